"""What a session tells while it works, for whoever shows progress."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from advisor.measurement.disturbance import Disturbance
from advisor.measurement.run import Outcome, Skipped


@dataclass(frozen=True)
class SessionStarted:
    """The session begins: its Run id, what it will do and how long that will take, in seconds."""

    run: str
    tasks: int
    estimate: float


@dataclass(frozen=True)
class PhaseStarted:
    """A part of the session begins ("Start the frameworks", "Measure")."""

    title: str
    estimate: float


@dataclass(frozen=True)
class TaskStarted:
    """One thing begins: the `index`-th (from 1) of `total`, expected to take `estimate` seconds."""

    title: str
    index: int
    total: int
    estimate: float


@dataclass(frozen=True)
class TaskFinished:
    """One thing ended: its outcome, the seconds it took, and a message when it did not go well."""

    title: str
    outcome: Outcome
    seconds: float
    message: str | None = None


@dataclass(frozen=True)
class Waiting:
    """The session pauses for `seconds` at most because the machine is not quiet; `why` is what was seen."""

    why: str | Disturbance
    seconds: float


@dataclass(frozen=True)
class LeftOut:
    """The session leaves something out after all; ``titles`` say what the framework that it is about is called."""

    skipped: Skipped
    titles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Noticed:
    """Something the user should know that stops nothing ("TensorFlow is not installed: pip install …")."""

    message: str


@dataclass(frozen=True)
class SessionFinished:
    """The Run is safely on disk at `path`."""

    run: str
    path: str
    complete: bool


Event = SessionStarted | PhaseStarted | TaskStarted | TaskFinished | Waiting | LeftOut | Noticed | SessionFinished
Listener = Callable[[Event], None]


def ignore(event: Event) -> None:
    """Drop an event."""
