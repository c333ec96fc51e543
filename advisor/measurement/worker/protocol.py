"""What is said between advisor and a worker: the commands, each with the answer that is agreed for it.

A command is one line of JSON, ``{"id": n, "do": "…", …}``, and so is its answer: ``{"id": n, "ok": {…}}``, or
``{"id": n, "outcome": "…", "message": "…"}`` for a recipe and for what gave no result. `probes.channel` is the other
end. An answer of another shape costs its own observation, never the session.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar, cast

from pydantic import BaseModel, ConfigDict, NonNegativeFloat, NonNegativeInt, PositiveInt, ValidationError

from advisor.measurement.run import plain
from advisor.measurement.worker.answers import (
    Answer,
    Block,
    Concluded,
    Described,
    Done,
    Footprint,
    Loaded,
    Measured,
    Memory,
    Prepared,
    Reshaped,
    WorkerError,
    shortened,
    without_home,
)

A = TypeVar("A", bound=Answer)
Parameters = Mapping[str, str | int | float | bool]


class Command(BaseModel, Generic[A]):
    """Base of all commands; `A` is the model of its answer. A field that is None is not sent."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)

    do: str

    @classmethod
    def answer(cls) -> type[A]:
        """Return the model of the answer: the one that the head of the class names."""
        names = (base.__pydantic_generic_metadata__["args"] for base in cls.__mro__ if issubclass(base, Command))
        return cast("type[A]", next(args[0] for args in names if args))


class Describe(Command[Described]):
    """Import the framework, with so many threads; it comes first."""

    do: Literal["describe"] = "describe"
    threads: PositiveInt


class _Cell(Command[A], Generic[A]):
    """A workload in one setting of a framework; without ``variant`` a short trial takes one of its variants."""

    probe: str
    workload: str
    task: str
    parameters: Parameters
    setting: str
    variant: str | None = None


class Prepare(_Cell[Prepared]):
    """Make a cell ready and hold its answer against the referee."""

    do: Literal["prepare"] = "prepare"


class BuildAlone(_Cell[Footprint]):
    """Build a cell and call it a few times, without a referee, to tell what memory that takes."""

    do: Literal["footprint"] = "footprint"


class TimeBlock(Command[Block]):
    """Time one block of a cell: seconds of rest, of untimed calls, of timed calls; and how many of these at least."""

    do: Literal["block"] = "block"
    cell: NonNegativeInt
    settle: NonNegativeFloat
    lead_in: NonNegativeFloat
    seconds: NonNegativeFloat
    minimum_calls: PositiveInt


class Reshape(Command[Reshaped]):
    """Time the first call of a prepared inference on a batch of another size, and the one after it."""

    do: Literal["reshape"] = "reshape"
    cell: NonNegativeInt
    workload: str
    batch: PositiveInt


class Measure(Command[Measured]):
    """Run an experiment that has figures of its own."""

    do: Literal["measure"] = "measure"
    probe: str
    route: str | None = None


class Prove(Command[Concluded]):
    """Run a recipe, on the trained network where its ``weights`` are named."""

    do: Literal["prove"] = "prove"
    probe: str
    folder: Path
    parameters: Parameters
    workload: str | None = None
    weights: Path | None = None


class Load(Command[Loaded]):
    """Load an artifact into its runtime and answer the first of the inputs."""

    do: Literal["load"] = "load"
    artifact: Path
    inputs: Path
    threads: PositiveInt


class AnswerAll(Command[Done]):
    """Answer every sample of a file, one by one, into another file."""

    do: Literal["answer"] = "answer"
    inputs: Path
    outputs: Path


class TellMemory(Command[Memory]):
    """Tell what a runtime's process holds."""

    do: Literal["memory"] = "memory"


class Stop(Command[Done]):
    """End."""

    do: Literal["stop"] = "stop"


class Train(Command[Done]):
    """Train the network on the digits: a program of its own, whose start is the command."""

    do: Literal["start"] = "start"


class MeasureCeiling(Command[Measured]):
    """Measure what NumPy reaches: a program of its own, whose start is the command."""

    do: Literal["start"] = "start"


@dataclass(frozen=True)
class Pending(Generic[A]):
    """A command that was sent and whose answer has not been collected; ``sent`` is the moment, as in `Reply`."""

    id: int | None
    command: Command[A]
    sent: float


@dataclass(frozen=True)
class Reply(Generic[A]):
    """An answer of a worker, or what it said instead.

    ``received`` is the moment of its arrival on the clock of `time.perf_counter`.
    """

    answer: A | None
    instead: Concluded
    received: float

    @property
    def value(self) -> A:
        """The answer, or WorkerError with what the worker said instead."""
        if self.answer is not None:
            return self.answer
        said = self.instead
        raise WorkerError(said.message or "the worker gave no reason", outcome=said.outcome, where=said.where)


def read(command: Command[A], body: Mapping[str, Any], received: float) -> Reply[A]:
    """Return the reply to a command; where it is not what was agreed, the reply is an error that says how it differs.

    Parameters
    ----------
    body : mapping
        The line that came, parsed.
    received : float
        When it came.
    """
    if isinstance(body.get("message"), str):
        body = {**body, "message": shortened(body["message"])}
    expected = command.answer()
    answer: Answer | None = None
    try:
        said = Concluded.model_validate(body)
        if issubclass(expected, Concluded):
            answer = said
        elif "ok" in body:
            answer = expected.model_validate(body["ok"], strict=True)
        if not isinstance(answer, Block):
            # What a Run cannot hold: numbers and strings beyond its bounds, NaN and infinity, halves of characters.
            # A block is thousands of figures and no text: its model says all, and this would take the parent's time.
            plain(body)
            json.dumps(body, allow_nan=False, ensure_ascii=False).encode()
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "ok"
        return _refused(expected, f"{place}: {first['msg']}", received)
    except (ValueError, RecursionError) as error:
        return _refused(expected, str(error), received)
    if said.message:
        said = said.model_copy(update={"message": without_home(said.message)})
    return Reply(cast("A | None", said if isinstance(answer, Concluded) else answer), said, received)


def _refused(expected: type[A], why: str, received: float) -> Reply[A]:
    said = Concluded(outcome="error", message=f"not the answer that was agreed: {why[:200]}")
    return Reply(cast("A", said) if issubclass(expected, Concluded) else None, said, received)
