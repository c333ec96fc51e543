"""The Run: what was measured on one machine in one session (``advisor.run/1``).

Base units only: seconds, bytes, per second, ratio.
A metric's unit is part of its observation. Format history: 1 is the first.
"""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    Field,
    PrivateAttr,
    ValidationInfo,
    field_validator,
    model_validator,
)

from advisor.documents import LONGEST, read_json, write_json, wrong
from advisor.errors import Problem
from advisor.keys import CellKey, Scalar, Stack
from advisor.measurement import omission, plausibility
from advisor.measurement.timing import BOUND, Count, Grade, Part, Positive, Round, Seconds, Summary
from advisor.measurement.upgrade import with_build, with_grade, with_variant

if TYPE_CHECKING:
    import pandas as pd

SCHEMA: Literal["advisor.run/1"] = "advisor.run/1"
PINNED_LATENCY = "latency-pinned"
"""The metric of what was timed instead, on one thread that keeps to one core; it answers another question."""
LEFT_OUT = "kept from the import"
"""The setting of a framework that names what its import asked for, found installed, and does not require."""

Outcome = Literal[
    "measured", "proved", "refuted", "not_supported", "not_applicable", "not_installed", "not_run", "crashed", "error"
]
Mode = Literal["quick", "standard", "thorough"]
Moment = Annotated[
    AwareDatetime, Field(strict=True, gt=datetime(1970, 1, 1, tzinfo=UTC), lt=datetime(9999, 1, 1, tzinfo=UTC))
]


class Host(Part):
    """The machine: processor, instruction set extensions, memory, operating system.

    ``label`` is what somebody calls it, or a hash that tells it from others and names it to nobody.
    """

    cpu: str
    cores: Count
    memory_bytes: Annotated[int, Field(ge=0, le=10**18)]
    os: str
    architecture: str = ""
    isa: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    label: str = ""


class Policy(Part):
    """What was held equal for every stack; ``grading`` numbers the rules by which blocks came to figures."""

    threads: Count
    dtype: str = "float32"
    device: str = "cpu"
    grading: Count = 1
    indifference: Annotated[float, Field(ge=0, le=1)] = 0.05


class Framework(Part):
    """One framework as found (or not found) on this machine."""

    title: str
    outcome: Outcome = "measured"
    version: str | None = None
    python: str | None = None
    packages: dict[str, str] = Field(default_factory=dict)
    threads_requested: Count | None = None
    threads_effective: Positive | None = None
    settings: dict[str, str] = Field(default_factory=dict)
    message: str | None = None
    install: str | None = None


class Parity(Part):
    """Agreement of a framework's answer with the referee."""

    max_relative_error: Positive
    limit: Annotated[float, Field(ge=0, le=1)] = 1e-4
    weights_max_relative_error: Positive | None = None
    gradient_slope_error: Positive | None = None
    referee: str = "numpy-float64"


def plain(value: Any) -> Any:
    """Return plain data, or raise ValueError for what in it no page and no other program can take.

    NaN and infinity are no figures, and no JSON; neither is a number that no float holds, for most who read it.
    """
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("NaN or Infinity, which are no figures")
    if isinstance(value, int) and abs(value) > BOUND:
        raise ValueError("a number beyond 1e30, which nothing that is measured reaches")
    if isinstance(value, str) and len(value) > LONGEST:
        raise ValueError(f"a string of {len(value):,} characters, where {LONGEST:,} is the most")
    for key in value if isinstance(value, dict) else ():
        plain(key)
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ():
        plain(each)
    return value


Plain = Annotated[Any, AfterValidator(plain)]
Proof = Annotated[dict[str, Any], AfterValidator(plain)]


class Observation(Part):
    """One thing that was tried: a metric with its summary, or a proof with its outcome.

    ``how`` is the setting in words; ``variant`` is the name of the one that was taken, where a ``setting`` has
    several. ``device`` is where it computed, if not where the policy of the Run says. ``grade`` says how good a timing
    is; other figures, and those of older Runs, have none. What is ``bounded`` lies between the ``low`` and ``high`` of
    its summary, and its ``median`` is no more than the upper bound.
    """

    probe: str
    framework: str
    route: str | None = None
    workload: str | None = None
    setting: str | None = None
    how: str | None = None
    variant: str | None = None
    parameters: Annotated[dict[str, str | int | float | bool], AfterValidator(plain)] = Field(default_factory=dict)
    device: str | None = None
    metric: str | None = None
    unit: str | None = None
    outcome: Outcome
    parity: Parity | None = None
    proof: Proof | None = None
    rounds: tuple[Round, ...] = ()
    summary: Summary | None = None
    grade: Grade | None = None
    message: str | None = None
    where: str | None = None
    seconds: Seconds | None = None
    flags: tuple[str, ...] = ()

    @property
    def stack(self) -> Stack:
        """Whose it is."""
        return Stack(framework=self.framework, route=self.route)

    @property
    def key(self) -> CellKey:
        """What tells this observation from every other of its Run."""
        return CellKey(
            probe=self.probe, network=self.workload, stack=self.stack,
            setting=self.setting, device=self.device, parameters=tuple(sorted(self.parameters.items())),
            metric=self.metric,
        )  # fmt: skip

    @model_validator(mode="before")
    @classmethod
    def _upgraded(cls, data: Any) -> Any:
        return with_build(with_grade(with_variant(data)))

    @model_validator(mode="after")
    def _possible(self) -> Self:
        found = plausibility.impossible(self)
        if found is not None:
            raise wrong(found)
        return self


class Exported(Part):
    """Where the artifacts that a device measured were exported and proved: the Run, its machine, when."""

    run: str
    host: Host
    finished: Moment
    bundle: str


class Reported(Part):
    """Which tool reported the times of a Run, when, and in which file."""

    tool: str
    day: date
    file: str
    sha256: str


class Spent(Part):
    """Where the session's wall-clock time went, in seconds."""

    imports: Seconds = 0.0
    preparation: Seconds = 0.0
    sampling: Seconds = 0.0
    rest: Seconds = 0.0
    total: Seconds = 0.0


class Skipped(Part):
    """Something the session left out on purpose, and why; ``parameters`` where it is about those only.

    ``framework`` is an id (in the journal of an older session a title), ``variant`` the name of the one that was
    taken instead of others, ``budget`` is in seconds, ``first`` and ``last`` are numbers of rounds, from 1, ``probes``
    says how many there are. Which of them a kind has to say is in `omission.FIELDS`.
    """

    probe: str
    kind: omission.Kind
    parameters: Annotated[dict[str, Scalar], AfterValidator(plain)] = Field(default_factory=dict)
    framework: str | None = None
    variant: str | None = None
    reason: str | None = None
    profile: str | None = None
    probes: Count | None = None
    budget: Positive | None = None
    first: Count | None = None
    last: Count | None = None

    @model_validator(mode="before")
    @classmethod
    def _with_kind(cls, data: Any) -> Any:
        return omission.with_kind(data)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for name in omission.FIELDS[self.kind]:
            if getattr(self, name) is None:
                raise wrong(Problem((name,), f"missing, though what is left out as '{self.kind}' has to say it"))
        return self


class Run(Part):
    """Everything one session measured; the only document that leaves the measuring wing.

    ``aa_floor`` is, per framework, how far apart two processes of one stack were found (ratio); ``noise`` names the
    signals of other work and says whether each was available; ``not_measurable`` names what this machine does not tell,
    and why. ``exported`` says of a device's Run where its artifacts come from; their digests stand in the proofs.
    ``reported`` says that its times are another tool's.
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
    aa_floor: dict[str, Positive] = Field(default_factory=dict)
    noise: dict[str, str] = Field(default_factory=dict)
    not_measurable: dict[str, str] = Field(default_factory=dict)
    observations: tuple[Observation, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    spent: Spent | None = None
    exported: Exported | None = None
    reported: Reported | None = None
    _read: tuple[str, ...] = PrivateAttr(default=())

    @field_validator("skipped", mode="before")
    @classmethod
    def _with_ids(cls, skipped: Any, info: ValidationInfo) -> Any:
        found: Mapping[str, Framework] = info.data.get("frameworks", {})
        return omission.with_ids(skipped, {each.title: name for name, each in reversed([*found.items()])})

    @model_validator(mode="after")
    def _consistent(self, info: ValidationInfo) -> Self:
        # What a session puts together follows from what it measured; a document may have been through other hands.
        if info.mode == "json":
            found = next(plausibility.contradictions(self), None)
            if found is not None:
                raise wrong(found)
        return self

    @property
    def titles(self) -> dict[str, str]:
        """Return what each framework is called; two that a reader could not tell apart have their ids beside them."""
        alike = Counter(map(_seen, (found.title for found in self.frameworks.values())))
        return {
            name: found.title if alike[_seen(found.title)] == 1 else f"{found.title} ({name})"
            for name, found in self.frameworks.items()
        }

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know of this document: how it was read, and what in it is odd but not impossible."""
        return (*self._read, *plausibility.oddities(self))

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each observation, typed and in base units.

        ``frame.attrs["columns"]`` says what each column holds. Frames of several Runs go below each other with
        ``pandas.concat``: each row names its Run and machine.

        Examples
        --------
        >>> frame = load_run("run.json").to_frame()
        >>> frame[frame["metric"] == "artifact-size"].groupby("stack", observed=True)["value"].min().idxmin()
        'tensorflow→litert'
        """
        from advisor.measurement import frames

        return frames.observations(self)

    def samples(self) -> pd.DataFrame:
        """Return one row for each timed block, typed and in seconds; those that something disturbed say by what.

        Examples
        --------
        >>> frame = load_run("run.json").samples()
        >>> frame.attrs["units"]["median"]
        's'
        """
        from advisor.measurement import frames

        return frames.samples(self)


def _seen(title: str) -> str:
    """Return a title as a reader sees it: letters without their case, kind and the space around them."""
    return "".join(unicodedata.normalize("NFKC", title).casefold().split())


def load_run(path: Path | str) -> Run:
    """Read a Run file.

    A Run of a newer advisor that has further fields is read without them, and says so in its `notes`.

    Raises
    ------
    AdvisorError
        Exit code 2 when it is damaged or foreign, contradicts itself, or is of a newer schema.

    Examples
    --------
    >>> sorted(load_run("run.json").frameworks)
    ['pytorch', 'tensorflow']
    """
    notes: list[str] = []
    run = read_json(Path(path), Run, schema=SCHEMA, what="Run file", newer=_newer, notes=notes)
    run._read = tuple(notes)
    return run


def _newer(data: Any) -> str | None:
    """Return the version of advisor that wrote plain data, when it is newer than this one."""
    from packaging.version import InvalidVersion, Version

    from advisor.resources import own_version

    told = data.get("advisor") if isinstance(data, Mapping) else None
    try:
        return told if isinstance(told, str) and Version(told) > Version(own_version()) else None
    except InvalidVersion:
        return None


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
