"""The Run: what was measured on one machine in one session (``advisor.run/1``).

Base units only: seconds, bytes, per second, ratio.
A metric's unit is part of its observation. Format history: 1 is the first.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, AwareDatetime, Field, model_validator

from advisor.documents import Model, read_json, write_json

SCHEMA: Literal["advisor.run/1"] = "advisor.run/1"
CONTENDED = "contended"
"""The flag of a figure that other work on the machine disturbed."""
PINNED_LATENCY = "latency-pinned"
"""The metric of what was timed instead, on one thread that keeps to one core; it answers another question."""
LEFT_OUT = "kept from the import"
"""The setting of a framework that names what its import asked for, found installed, and does not require."""

Outcome = Literal[
    "measured", "proved", "refuted", "not_supported", "not_applicable", "not_installed", "not_run", "error"
]
Mode = Literal["quick", "standard", "thorough"]
# Nothing that is measured is larger, and everything that is worked out from such figures is still a number.
_BOUND = 1e30
Figure = Annotated[float, Field(ge=-_BOUND, le=_BOUND)]
Seconds = Annotated[float, Field(ge=0, le=_BOUND)]
Moment = Annotated[AwareDatetime, Field(gt=datetime(1970, 1, 1, tzinfo=UTC), lt=datetime(9999, 1, 1, tzinfo=UTC))]


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
    median: Annotated[float, Field(gt=0, le=_BOUND)]
    calls: int
    wall: Seconds
    cpu: Seconds
    mean: Seconds | None = None
    energy: float | None = None
    foreign_cpu: float | None = None
    hidden_cpu: float | None = None
    canary: float | None = None
    process: int = 0
    accepted: bool = True
    rejected: str | None = None


class Summary(Model):
    """Point estimate, 95 % interval, quantiles of single calls, number of values behind them."""

    median: Figure
    low: Figure
    high: Figure
    n: int
    p50: Figure | None = None
    p95: Figure | None = None
    p99: Figure | None = None
    p99_low: Figure | None = None
    p99_high: Figure | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.low <= self.median <= self.high:
            raise ValueError(f"{self.median:g} does not lie between {self.low:g} and {self.high:g}")
        return self


def _finite(value: Any) -> Any:
    """Refuse NaN and infinity wherever they stand in plain data: they are no figures, and no JSON."""
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("NaN or Infinity, which are no figures")
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ():
        _finite(each)
    return value


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
    proof: Annotated[dict[str, Any], AfterValidator(_finite)] | None = None
    rounds: tuple[Round, ...] = ()
    summary: Summary | None = None
    message: str | None = None
    where: str | None = None
    seconds: float | None = None
    flags: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.summary is not None and self.unit == "s":
            least = self.summary.low
            if least < 0 or (least == 0 and self.metric == "latency"):
                raise ValueError(f"a {self.metric} of {least:g} s cannot be")
        return self


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
    started: Moment
    finished: Moment
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
    """Read a Run file.

    Raises
    ------
    AdvisorError
        Exit code 2 when it is damaged, foreign or newer.

    Examples
    --------
    >>> sorted(load_run("run.json").frameworks)
    ['pytorch', 'tensorflow']
    """
    return read_json(Path(path), Run, schema=SCHEMA, what="Run file")


def save_run(run: Run, path: Path) -> None:
    """Write a Run file atomically.

    Examples
    --------
    >>> run = load_run("run.json")
    >>> save_run(run, Path("copy.json"))
    >>> load_run("copy.json") == run
    True
    """
    write_json(path, run)
