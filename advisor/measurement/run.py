"""The Run: what was measured on one machine in one session (``advisor.run/1``).

Base units only: seconds, bytes, per second, ratio.
A metric's unit is part of its observation. Format history: 1 is the first.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from advisor.documents import Model, read_json, write_json

SCHEMA: Literal["advisor.run/1"] = "advisor.run/1"

Outcome = Literal[
    "measured", "proved", "refuted", "not_supported", "not_applicable", "not_installed", "not_run", "error"
]
Mode = Literal["quick", "standard", "thorough"]


class Host(Model):
    """The machine: processor, instruction set extensions, memory, operating system."""

    cpu: str
    cores: int
    memory_bytes: int
    os: str
    architecture: str = ""
    isa: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()


class Policy(Model):
    """What was held equal for every stack."""

    threads: int
    dtype: str = "float32"
    device: str = "cpu"
    indifference: float = 0.05


class Framework(Model):
    """One framework as found (or not found) on this machine."""

    title: str
    outcome: Outcome = "measured"
    version: str | None = None
    python: str | None = None
    packages: dict[str, str] = Field(default_factory=dict)
    threads_requested: int | None = None
    threads_effective: float | None = None
    settings: dict[str, str] = Field(default_factory=dict)
    message: str | None = None
    install: str | None = None


class Parity(Model):
    """Agreement of a framework's answer with the referee."""

    max_relative_error: float
    limit: float = 1e-4
    weights_max_relative_error: float | None = None
    referee: str = "numpy-float64"


class Round(Model):
    """One timed block: median seconds per call, calls, wall and CPU seconds of the block.

    ``energy``: joules that the whole processor took during the block, where it tells.

    What was seen of other work meanwhile: ``foreign_cpu``, processor seconds of other processes; ``hidden_cpu``,
    processor seconds that nobody visible accounts for; ``canary``, seconds of a byte's way from core to core and back.
    ``rejected`` says why a block does not count; it was repeated, under the same number, after a pause.
    """

    round: int
    median: float
    calls: int
    wall: float
    cpu: float
    mean: float | None = None
    energy: float | None = None
    foreign_cpu: float | None = None
    hidden_cpu: float | None = None
    canary: float | None = None
    process: int = 0
    accepted: bool = True
    rejected: str | None = None


class Summary(Model):
    """Point estimate, 95 % interval, quantiles of single calls, number of values behind them."""

    median: float
    low: float
    high: float
    n: int
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None
    p99_low: float | None = None
    p99_high: float | None = None


class Observation(Model):
    """One thing that was tried: a metric with its summary, or a proof with its outcome.

    ``how`` is the setting in words; ``setting`` is the name of the alternative that was taken, where a ``mode`` has
    several.
    """

    probe: str
    framework: str
    route: str | None = None
    workload: str | None = None
    mode: str | None = None
    how: str | None = None
    setting: str | None = None
    parameters: dict[str, str | int | float | bool] = Field(default_factory=dict)
    metric: str | None = None
    unit: str | None = None
    outcome: Outcome
    parity: Parity | None = None
    proof: dict[str, Any] | None = None
    rounds: tuple[Round, ...] = ()
    summary: Summary | None = None
    message: str | None = None
    where: str | None = None
    seconds: float | None = None
    flags: tuple[str, ...] = ()


class Spent(Model):
    """Where the session's wall-clock time went, in seconds."""

    imports: float = 0.0
    preparation: float = 0.0
    sampling: float = 0.0
    rest: float = 0.0
    total: float = 0.0


class Skipped(Model):
    """Something the session left out on purpose, and why."""

    probe: str
    why: str


class Run(Model):
    """Everything one session measured; the only document that leaves the measuring wing.

    ``aa_floor`` is, per framework, how far apart two processes of one stack were found (ratio); ``noise`` names the
    signals of other work and says whether each was available; ``not_measurable`` names what this machine does not tell,
    and why.
    """

    schema_: Literal["advisor.run/1"] = Field(default=SCHEMA, alias="schema")
    id: str
    started: datetime
    finished: datetime
    mode: Mode
    complete: bool = True
    advisor: str = ""
    host: Host
    policy: Policy
    frameworks: dict[str, Framework]
    aa_floor: dict[str, float] = Field(default_factory=dict)
    noise: dict[str, str] = Field(default_factory=dict)
    not_measurable: dict[str, str] = Field(default_factory=dict)
    observations: tuple[Observation, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    spent: Spent | None = None


def load_run(path: Path | str) -> Run:
    """Read a Run file; raise AdvisorError (exit code 2) when it is damaged, foreign or newer."""
    return read_json(Path(path), Run, schema=SCHEMA, what="Run file")


def save_run(run: Run, path: Path) -> None:
    """Write a Run file atomically."""
    write_json(path, run)
