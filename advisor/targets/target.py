"""A target: what a model is to run on, which runtimes and frameworks reach it, and through which accelerator.

One YAML file each. What a file names as ``reached`` or ``unreached`` is documented by a source of the catalog; what it
does not name is not known to reach it, and counts as unknown, never as yes.
"""

from __future__ import annotations

import functools
import re
from datetime import date
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from advisor.criteria import Build
from advisor.documents import Document, Model, read_yaml
from advisor.errors import AdvisorError, Problem, did_you_mean
from advisor.knowledge import mistakes
from advisor.knowledge.catalog import Name, Source, Text, load_sources

_HERE = Path(__file__).resolve().parent

Processor = Literal["cpu", "gpu", "npu", "tpu", "microcontroller"]


class Reached(Model):
    """A runtime or a framework that reaches the target, and through what."""

    what: Name
    through: Text
    source: Name


class Unreached(Model):
    """A runtime or a framework that does not reach the target, and why."""

    what: Name
    because: Text
    source: Name


class Host(Model):
    """How a Run tells that it was measured on such a device; ``processor`` is a pattern for the processor's name."""

    systems: tuple[Text, ...] = Field(min_length=1)
    architectures: tuple[Text, ...] = Field(min_length=1)
    processor: Text | None = None


class Target(Model):
    """What a model is to run on.

    Attributes
    ----------
    called : str
        What it is called in a sentence, with its article.
    ships : tuple of str
        For what one asks about it: shipping to devices (``edge``), to servers, or training.
    processor : str
        What decides how fast it is; figures of another kind of processor say nothing of it.
    build : str, optional
        The only kind of build that runs there.
    ask : str
        What to do where nothing is known of it.
    """

    id: Name
    title: Text
    called: Text
    ships: tuple[Literal["edge", "server", "training"], ...] = Field(min_length=1)
    processor: Processor
    host: Host | None = None
    reached: tuple[Reached, ...] = ()
    unreached: tuple[Unreached, ...] = ()
    build: Build | None = None
    ask: Text
    checked_on: date

    @model_validator(mode="after")
    def _once(self) -> Self:
        named = [*(each.what for each in self.reached), *(each.what for each in self.unreached)]
        twice = next((name for name in named if named.count(name) > 1), None)
        if twice is not None:
            raise ValueError(f"'{twice}' stands here twice")
        if self.host is not None and self.host.processor is not None:
            try:
                re.compile(self.host.processor)
            except re.error as error:
                raise ValueError(f"the pattern of 'processor' is none: {error}") from None
        return self

    def reach(self, what: str) -> Reached | Unreached | None:
        """Return what is documented of a runtime or a framework here, or None."""
        reached: Reached | Unreached | None = next((each for each in self.reached if each.what == what), None)
        return reached or next((each for each in self.unreached if each.what == what), None)

    def is_host(self, *, system: str, architecture: str, processor: str) -> bool:
        """Return whether a machine is such a device."""
        if self.host is None or architecture not in self.host.architectures:
            return False
        if not any(system.startswith(each) for each in self.host.systems):
            return False
        return self.host.processor is None or re.search(self.host.processor, processor) is not None


def load_targets(folder: Path | None = None) -> dict[str, Target]:
    """Read every target of `folder` (default: the shipped ones), by id.

    Raises
    ------
    AdvisorError
        Naming every mistake of a file with file:line:column: an unknown source, an id that is not the file's name.
    """
    return _load(folder or _HERE)


@functools.cache
def _load(folder: Path) -> dict[str, Target]:
    return {path.stem: _read(path) for path in sorted(folder.glob("*.yaml"))}


def _read(path: Path) -> Target:
    document: Document[Target] = read_yaml(path, Target, what="target")
    found, known = document.value, {source.id for source in load_sources()}
    problems = []
    if found.id != path.stem:
        problems.append(Problem(("id",), f"expected '{path.stem}', as the file is called"))
    for key in ("reached", "unreached"):
        for index, each in enumerate(getattr(found, key)):
            problems += mistakes.unknown((key, index, "source"), "source", each.source, known)
    mistakes.refuse(document, problems)
    return found


def load_target(name: str) -> Target:
    """Return the shipped target with this id; raise AdvisorError with the nearest one where there is none."""
    path = _HERE / f"{name}.yaml"
    if re.fullmatch(r"[a-z0-9-]+", name) is None or not path.is_file():
        known = sorted(each.stem for each in _HERE.glob("*.yaml"))
        raise AdvisorError(
            f"unknown target '{name}'{did_you_mean(name, known)}", hint="advisor target list   (lists every target)"
        )
    return load_targets()[name]


def source_of(reach: Reached | Unreached) -> Source:
    """Return the source of what is said."""
    return next(source for source in load_sources() if source.id == reach.source)
