"""The systems that the comparison articles name: what each is for, what became of it, and who says so.

``systems.yaml`` holds one entry per system, ``facts-systems.yaml`` further dated facts about them and about the
frameworks. `advisor.articles.survey` makes a table of them and asks what of them is installed.
"""

from __future__ import annotations

import functools
from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from advisor import fields, resources
from advisor.articles.articles import HERE, base, documented, first_day, last_day
from advisor.documents import Model, read_yaml
from advisor.errors import AdvisorError, Loc, Problem, did_you_mean
from advisor.knowledge import mistakes
from advisor.knowledge.catalog import Catalog, Confidence, Fact, Name, Text, fact_problems, load_sources

Status = Literal["active", "maintenance", "deprecated", "archived", "replaced", "renamed", "not software", "unknown"]
FILE = "systems.yaml"
Owner = Name
"""The id of the framework whose makers it is of; ``neutral`` where that says nothing."""
Kind = Literal[
    "framework", "interface", "module", "compiler", "library", "models", "model", "project", "tool", "runtime",
    "server", "hub", "community", "service", "format", "protocol", "platform", "hardware", "product", "agent",
]  # fmt: skip
# YAML reads 2024-09-04 as a date, 2024-09 as text and 2024 as a number; all three are days as near as they are known.
Day = Annotated[str, BeforeValidator(str), Field(pattern=r"^[0-9]{4}(-[0-9]{2}){0,2}$")]


class Successor(Model):
    """A system that no article names but that took the place of one that they do name."""

    id: Name
    name: Text
    url: Annotated[str, Field(pattern=r"^https://\S+$")] | None = None
    pip: Text | None = None


class System(Model):
    """One system, and its status with the evidence for it.

    Attributes
    ----------
    called : tuple of str
        What texts call it besides `name`.
    belongs_to, said_to_belong_to : str
        The framework it goes with; where the articles place it elsewhere, where.
    role : str
        What it is for.
    status : str
        ``active``: a release in the two years before `checked_on`, or a service that is offered. ``maintenance``: its
        makers promise fixes only, or there are fixes without releases. ``deprecated``: it is still there, and its
        makers advise against it. ``archived``: its makers ended it, or nothing has changed for two years.
        ``replaced`` and ``renamed``: by or to `replaced_by`. ``not software``: hardware, a model, a company's
        product. ``unknown``: `says` tells why.
    since, version, released : str, optional
        Since when the status holds; the newest version known and its day (or the day of the last change).
    says, source : str
        What the status rests on, in our words, and who says so; for ``unknown``, why nothing could be established.
    instead : str, optional
        What to use today.
    pip, module, program : str, optional
        The distribution; the module, or ``module:attribute``; the command that answers with its version.
    recipes : tuple of str
        Probes of ours that exercise it.
    """

    id: Name
    name: Text
    called: tuple[Text, ...] = ()
    belongs_to: Owner
    said_to_belong_to: Owner | None = None
    kind: Kind
    role: Text
    status: Status
    since: Day | None = None
    version: Annotated[Text, BeforeValidator(str)] | None = None
    released: Day | None = None
    says: Text
    source: Name | None = None
    also: tuple[Name, ...] = ()
    confidence: Confidence = "high"
    instead: Text | None = None
    replaced_by: Name | None = None
    pip: Text | None = None
    module: Annotated[str, Field(pattern=r"^[A-Za-z_][\w.]*(:[A-Za-z_][\w.]*)?$")] | None = None
    program: tuple[Text, ...] | None = None
    recipes: tuple[Text, ...] = ()
    named_in: tuple[Name, ...] = ()
    checked_on: fields.Day

    @property
    def evidence(self) -> str | None:
        """Return the id of the fact that the status is (see `system_catalog`), or None where nothing is cited."""
        return None if self.source is None else f"{self.id}-status"

    def fact(self) -> Fact | None:
        """Return the status as a dated fact under the key ``status``, or None where nothing is cited for it."""
        if self.source is None:
            return None
        day = self.since or self.released
        return Fact(
            id=f"{self.id}-status",
            subject=self.id,
            key="status",
            statement=self.says,
            level=self.status,
            valid_from=first_day(day) if day else self.checked_on,
            source=self.source,
            checked_on=self.checked_on,
            confidence=self.confidence,
        )


class Systems(Model):
    """Every system, and the outside ones that replaced some of them."""

    systems: tuple[System, ...]
    successors: tuple[Successor, ...] = ()

    def system(self, name: str) -> System:
        """Return the system with this id, or raise AdvisorError naming the nearest."""
        for system in self.systems:
            if system.id == name:
                return system
        raise AdvisorError(
            f"unknown system '{name}'{did_you_mean(name, [system.id for system in self.systems])}",
            hint="advisor systems   (lists every system)",
        )

    def name(self, name: str) -> str:
        """Return how people call the system or successor with this id."""
        names = {successor.id: successor.name for successor in self.successors}
        return names.get(name) or self.system(name).name


class _Facts(Model):
    facts: tuple[Fact, ...]


def load_systems(folder: Path | None = None) -> Systems:
    """Read ``systems.yaml`` from `folder` (default: the shipped one), checked against the sources.

    Raises
    ------
    AdvisorError
        Naming every mistake with file:line:column: duplicate ids, unknown sources and successors, a status without its
        evidence or its day, days in the wrong order.
    """
    return _systems(folder or HERE, () if folder else resources.folders())


def system_catalog(folder: Path | None = None) -> Catalog:
    """Return the catalog together with the facts about systems: their statuses and ``facts-systems.yaml``."""
    return _catalog(folder or HERE)


@functools.cache
def _systems(folder: Path, further: tuple[Path, ...] = ()) -> Systems:
    known = {source.id for source in load_sources(*documented(folder), *further)}
    systems: list[System] = []
    successors: list[Successor] = []
    for home in (folder, *(each for each in further if (each / FILE).is_file())):
        document = read_yaml(home / FILE, Systems, what="list of systems")
        held = [system.id for system in systems]
        names = [*held, *(system.id for system in document.value.systems)]
        outside = [*(each.id for each in successors), *(each.id for each in document.value.successors)]
        own = names[len(held) :]
        problems = mistakes.duplicates("systems", own, held)
        problems += mistakes.duplicates("successors", [each.id for each in document.value.successors], names)
        for index, system in enumerate(document.value.systems):
            place: Loc = ("systems", index)
            if home == folder and not system.named_in:
                problems.append(Problem((*place, "named_in"), "'named_in' is missing: which article names it?"))
            problems += [
                *_evidence(place, system, known),
                *_succession(place, system, {*names, *outside}),
                *_days(place, system),
            ]
        mistakes.refuse(document, problems)
        systems += document.value.systems
        successors += document.value.successors
    return document.value.model_copy(update={"systems": tuple(systems), "successors": tuple(successors)})


@functools.cache
def _catalog(folder: Path) -> Catalog:
    known, sources, systems = base(folder), load_sources(*documented(folder)), _systems(folder)
    document = read_yaml(folder / "facts-systems.yaml", _Facts, what="list of facts")
    facts = document.value.facts
    statuses = tuple(fact for system in systems.systems if (fact := system.fact()) is not None)
    held = {fact.id for fact in (*known.facts, *statuses)}
    mistakes.refuse(document, fact_problems(facts, {source.id for source in sources}, held))
    return Catalog(sources=sources, facts=(*known.facts, *facts, *statuses))


def _evidence(place: Loc, system: System, known: Collection[str]) -> list[Problem]:
    """Return what is wrong with the evidence for the status of `system`."""
    if system.source is not None and system.source not in known:
        return mistakes.unknown((*place, "source"), "source", system.source, known)
    strange = mistakes.all_unknown((*place, "also"), "source", system.also, known)
    if strange:
        return strange
    if system.source is None and system.status not in ("unknown", "not software"):
        return [Problem((*place, "status"), "'source' is missing: who says so?")]
    if system.source is not None and system.status == "unknown":
        return [Problem((*place, "source"), "an unknown status has no source")]
    if system.since is None and system.status in ("archived", "replaced", "renamed"):
        return [Problem((*place, "status"), f"'since' is missing: since when is it {system.status}?")]
    if system.said_to_belong_to == system.belongs_to:
        return [Problem((*place, "said_to_belong_to"), "the same as 'belongs_to': leave it out")]
    return []


def _succession(place: Loc, system: System, successors: Collection[str]) -> list[Problem]:
    if system.replaced_by is None:
        needed = system.status in ("replaced", "renamed")
        return [Problem((*place, "status"), f"'replaced_by' is missing: {system.status} by what?")] if needed else []
    if system.replaced_by == system.id:
        return [Problem((*place, "replaced_by"), "a system cannot replace itself")]
    return mistakes.unknown((*place, "replaced_by"), "system", system.replaced_by, successors)


def _days(place: Loc, system: System) -> list[Problem]:
    """Return days that do not exist or lie after the day of the check."""
    problems = []
    for key in ("since", "released"):
        day: str | None = getattr(system, key)
        if day is None:
            continue
        try:
            last_day(day)
        except ValueError:
            problems.append(Problem((*place, key), f"no such day: '{day}'"))
            continue
        if first_day(day) > system.checked_on:
            problems.append(Problem((*place, key), f"'{key}' ({day}) lies after 'checked_on' ({system.checked_on})"))
    return problems
