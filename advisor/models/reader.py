"""Reading a model: its reader process, and what it tells; errors in the user's terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from advisor.errors import EXIT_PROBING, AdvisorError
from advisor.measurement.definitions import Limits
from advisor.measurement.worker.answers import WorkerError, WorkerLostError
from advisor.models import inputs
from advisor.models.children import Child
from advisor.models.commands import Read, Told
from advisor.models.inputs import Specification
from advisor.models.kinds import Source


@dataclass(frozen=True)
class Request:
    """A model, and what the user said of it.

    Attributes
    ----------
    source : Source
        The file.
    specification : Specification
        What it takes.
    samples, labels : Path, optional
        The user's own inputs, and their classes.
    signature : str
        Which one of a SavedModel.
    allow_code : bool
        Whether code in a Keras file may run.
    limits : Limits
        Of reading it, and of each export.
    """

    source: Source
    specification: Specification = field(default_factory=Specification)
    samples: Path | None = None
    labels: Path | None = None
    signature: str = ""
    allow_code: bool = False
    limits: Limits = field(default_factory=Limits)

    def model(self) -> dict[str, Any]:
        """Return what a child is told to load."""
        return {
            "kind": self.source.kind, "path": str(self.source.path), "function": self.source.function,
            "signature": self.signature, "unsafe": self.allow_code, "names": list(self.specification.inputs),
        }  # fmt: skip


def read(request: Request, folder: Path) -> Told:
    """Read a model, and write its reference into ``reference/`` of `folder`.

    Raises
    ------
    AdvisorError
        With the user's own file and line where their code fails (exit code 2); exit code 3 where the process was
        stopped or died.
    """
    told = _asked(request, folder)
    if told.lacking:
        missing = _listed(told.lacking)
        plain = [each.model_dump() for each in told.inputs]
        options = " ".join(f"--input '{each}'" for each in inputs.option(plain, told.sizes))
        raise AdvisorError(
            f"{request.source.said}: {missing} must be given: the model does not say",
            hint=f"{options}   (with numbers for the question marks)",
        )
    return told


def _asked(request: Request, folder: Path) -> Told:
    child = Child(request.source, folder / "reader", request.limits)
    command = Read(
        model=request.model(), inputs=request.specification.plain(), sizes=dict(request.specification.sizes),
        folder=folder / "reference", seconds=request.limits.seconds, samples=request.samples, labels=request.labels,
    )  # fmt: skip
    try:
        return child.confined.collect(child.worker.send(command))
    except WorkerLostError as error:
        raise AdvisorError(child.why(error), exit_code=EXIT_PROBING) from None
    except WorkerError as error:
        raise _refusal(request, error) from None
    finally:
        child.end()


def _refusal(request: Request, error: WorkerError) -> AdvisorError:
    message, said = error.message, request.source.said
    if message.startswith("nothing says what the model takes"):
        known = message.partition("(")[2].rstrip(")")
        names = [name.strip() for name in known.split(",")] if known else ["NAME"]
        told = f"{said}: it does not say what it takes{f' (its arguments: {known})' if known else ''}"
        return AdvisorError(
            f"{told}: return (model, example), or give its inputs",
            hint=" ".join(f"--input {name}=float32[batch,3,224,224]:0..1" for name in names[:1]),
        )
    # What the user's own code raised names its place already.
    file = request.source.path.name
    placed = message.startswith((file, "--samples")) or ".py:" in message
    return AdvisorError(message if placed else f"{said}: {message}")


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def plain_inputs(told: Told) -> list[Mapping[str, Any]]:
    """Return what a model takes as plain values."""
    return [each.model_dump() for each in told.inputs]
