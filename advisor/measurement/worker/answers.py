"""What comes back from a worker: the models of its answers, and the errors that stand for one that never came.

A worker runs code of others: it may be confused, or its channel may carry what a library wrote there. So no type is
converted, and what is not listed here is not read.
"""

from __future__ import annotations

import os
import re
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    model_validator,
)

from advisor.documents import LONGEST
from advisor.measurement.run import Outcome, Parity


def without_home(text: str) -> str:
    """Return a text with ``~`` for this user's home: Runs and sites travel, and a home is named after its owner."""
    home = os.environ.get("HOME", "").rstrip("/")
    return re.sub(rf"{re.escape(home)}(?=[/\s:'\"]|$)", "~", text) if home else text


def shortened(text: str) -> str:
    """Return a text as long as a Run holds it; of a longer one the end, which says what went wrong."""
    return text if len(text) <= LONGEST else f"…{text[1 - LONGEST :]}"


class WorkerError(Exception):
    """A command that gave no result; `outcome`, `message` and `where` go into the observation as they are."""

    def __init__(self, message: str, *, outcome: Outcome = "error", where: str | None = None) -> None:
        super().__init__(message)
        self.message = shortened(without_home(message))
        self.outcome = outcome
        self.where = where


class WorkerLostError(WorkerError):
    """The worker is gone or had to be killed: it answers no further command."""


class WorkerDiedError(WorkerLostError):
    """The worker ended by itself; the message names the signal or the exit status and the last lines of stderr.

    ``signal`` is the number of the signal that ended it; 0 or less: none did.
    """

    def __init__(self, message: str, *, signal: int = 0) -> None:
        super().__init__(message)
        self.signal = signal


class WorkerSilentError(WorkerLostError):
    """The worker gave no answer in time and was killed."""


def _known(outcome: object) -> object:
    """Return ``error`` in place of a missing outcome and of a word that is none."""
    return "error" if outcome is None or (isinstance(outcome, str) and outcome not in get_args(Outcome)) else outcome


class Answer(BaseModel):
    """Base of all answers: immutable, of exactly these types, every number finite."""

    model_config = ConfigDict(frozen=True, strict=True, allow_inf_nan=False, extra="ignore", defer_build=True)


class Concluded(Answer):
    """What became of a recipe, or why a command gave no result.

    ``proof`` are a recipe's figures, ``seconds`` what it took; ``where`` is the ``file:line`` that a failure comes
    from.
    """

    outcome: Annotated[Outcome, BeforeValidator(_known)] = "error"
    message: str | None = None
    where: str | None = None
    seconds: NonNegativeFloat | None = None
    proof: dict[str, Any] | None = None


class Described(Answer):
    """What a framework is, how it is set up, and what its import took: seconds, bytes.

    ``left_out`` are the modules that its import asked for, found installed, and does not require. ``node`` and ``boot``
    say where it runs.
    """

    version: str | None
    python: str
    packages: dict[str, str] = {}
    threads_requested: int
    settings: dict[str, Any]
    node: str | None = None
    boot: str | None = None
    import_seconds: NonNegativeFloat
    memory_after_import: NonNegativeInt
    left_out: list[str] = []
    installed_bytes: NonNegativeInt
    installed_packages: NonNegativeInt


class Alternative(Answer):
    """One variant of a setting that was tried: seconds of its first call and of its shortest, or why it is out."""

    variant: str
    how: str | None = None
    compiled: bool | None = None
    first_call: float | None = None
    call: float | None = None
    message: str | None = None


class Prepared(Answer):
    """A cell that is ready: its number, its agreement with the referee, the seconds of its first call.

    ``variant`` is the one that was taken of those that were ``tried``. ``operations`` or ``samples`` say how
    much one call does, where that has a number.
    """

    cell: NonNegativeInt
    parity: Parity
    first_call: NonNegativeFloat
    how: str
    variant: str | None
    tried: list[Alternative]
    operations: NonNegativeInt | None = None
    samples: NonNegativeInt | None = None

    @property
    def details(self) -> dict[str, Any]:
        """What one call does and what else was tried, as plain data: what is derived from a latency needs it."""
        amounts = {"operations": self.operations, "samples": self.samples}
        known: dict[str, Any] = {name: amount for name, amount in amounts.items() if amount is not None}
        return known | {"tried": [each.model_dump(exclude_unset=True) for each in self.tried]}


class Block(Answer):
    """One timed block: seconds of its calls, in order, and of the whole block; `energy` in joules.

    Of many calls only some are listed; ``count`` is then how many there were.
    """

    calls: Annotated[list[PositiveFloat], Field(min_length=1)]
    count: PositiveInt | None = None
    wall: PositiveFloat
    cpu: NonNegativeFloat
    energy: NonNegativeFloat | None = None

    @model_validator(mode="after")
    def _all_counted(self) -> Self:
        if self.count is not None and self.count < len(self.calls):
            raise ValueError(f"{self.count} calls are counted, {len(self.calls)} were timed")
        return self

    @property
    def made(self) -> int:
        """How many calls there were."""
        return len(self.calls) if self.count is None else self.count


class Reshaped(Answer):
    """Seconds of the first call at another shape, and of the one after it."""

    first_call: float
    second_call: float


class Footprint(Answer):
    """Bytes that a process held before and after a few calls, and at most."""

    before: int
    after: int
    peak: int


class Measured(Answer):
    """The figures of an experiment, several of each metric, how it was done, and what belongs to them."""

    how: str
    values: dict[str, Annotated[list[float], Field(min_length=1)]]
    details: dict[str, Any]


class Loaded(Answer):
    """An artifact that its runtime has loaded and answered one sample with.

    ``forbidden`` are the frameworks that the process holds, which no process of a runtime may. ``load_seconds`` is the
    time from loading the runtime, with Python and NumPy there already, to that answer.
    """

    cell: NonNegativeInt
    load_seconds: NonNegativeFloat | None = None
    forbidden: list[str] = []


class Memory(Answer):
    """Bytes that a runtime's process held at most, and those of the runtime's libraries: mapped, and installed.

    ``build`` is the kind of build that the process maps; ``native_bytes`` are those of the libraries that a program in
    C or C++ ships, where the package holds them. ``before_bytes`` is what the process held with Python and NumPy,
    before the runtime was loaded.
    """

    peak_bytes: NonNegativeInt
    before_bytes: NonNegativeInt | None = None
    library_bytes: NonNegativeInt
    build: Literal["python", "selective"] = "python"
    native_bytes: NonNegativeInt | None = None
    installed_bytes: NonNegativeInt


class Done(Answer):
    """Something that was done and whose result lies in files."""
