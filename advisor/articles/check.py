"""Checks everything that is documented, part by part, and names every mistake at its place in its file."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from advisor.articles.articles import HERE, Verdicts, base, documented, load_articles, load_verdicts
from advisor.articles.catalog import whole_catalog
from advisor.articles.claims import Claim, load_claims
from advisor.articles.runtimes import load_runtimes
from advisor.articles.systems import Systems, load_systems, system_catalog
from advisor.documents import Document, Model, read_yaml
from advisor.errors import AdvisorError, Loc, Problem, did_you_mean
from advisor.knowledge.alternatives import load_alternatives
from advisor.knowledge.catalog import Fact, load_sources
from advisor.knowledge.devices import load_comparisons


@dataclass(frozen=True)
class Expected:
    """What a criterion expects of the facts under its key: one of these levels, or a figure in this unit.

    A unit of seconds also takes the day of an event, from which an age follows.
    """

    criterion: str
    levels: tuple[str, ...] = ()
    unit: str = ""


class _Facts(Model):
    facts: tuple[Fact, ...]


class _Claims(Model):
    claims: tuple[Claim, ...]


def check(
    folder: Path | None = None,
    *,
    expected: Mapping[str, Expected] | None = None,
    profiles: Collection[str] = (),
    probes: Collection[str] = (),
) -> dict[str, int]:
    """Check every part of `folder` (default: the shipped one) and return how much each holds.

    Parameters
    ----------
    expected : mapping
        By key of facts: what the criterion that reads them expects.
    profiles : collection of str
        The profiles that personas may name (empty: any).
    probes : collection of str
        The probes that the tests of claims and the recipes of systems may name by a glob (empty: any).

    Raises
    ------
    AdvisorError
        Naming every mistake of every part, with file:line:column and what was expected.
    """
    home = folder or HERE
    if not home.is_dir():
        raise AdvisorError(f"{home}: no such folder")
    counts: dict[str, int] = {}
    mistakes: dict[str, None] = {}

    def part(load: Callable[[], Any]) -> Any:
        try:
            return load()
        except AdvisorError as error:
            mistakes[error.message] = None
            return None

    parts: dict[str, Callable[[], Collection[Any]]] = {
        "sources": lambda: load_sources(*documented(home)),
        "articles": lambda: load_articles(home),
        "facts": lambda: whole_catalog(home).facts,
        "systems": lambda: load_systems(home).systems,
        "claims": lambda: load_claims(home),
        "recommendations": lambda: load_verdicts(home).recommendations,
        "runtimes": lambda: load_runtimes(home),
        "alternatives": lambda: load_alternatives(None if home == HERE else home),
        "comparisons": lambda: load_comparisons(None if home == HERE else home),
    }
    for name, load in parts.items():
        counts[name] = len(part(load) or ())
    part(lambda: base(home))
    part(lambda: system_catalog(home))
    if not mistakes:
        for path in sorted(path for each in documented(home) for path in each.glob("facts*.yaml")):
            part(functools.partial(_fitting, path, expected or {}))
        part(lambda: _refuse(*_strangers(home, profiles)))
        if probes:
            part(lambda: _refuse(*_untried(home, probes)))
            part(lambda: _refuse(*_unexercised(home, probes)))
    if mistakes:
        raise AdvisorError(
            [line for each in mistakes for line in each.split("\n")], hint="CONTRIBUTING.md says what an entry needs"
        )
    return counts


def _fitting(path: Path, expected: Mapping[str, Expected]) -> None:
    _refuse(*_misfits(path, expected))


def _refuse(document: Document[Any], problems: Iterator[Problem]) -> None:
    found = list(problems)
    if found:
        raise document.error(found)


def _misfits(path: Path, expected: Mapping[str, Expected]) -> tuple[Document[_Facts], Iterator[Problem]]:
    """Return facts that a criterion reads and that say nothing it understands: they would count as missing."""
    document = read_yaml(path, _Facts, what="list of facts")

    def problems() -> Iterator[Problem]:
        for index, fact in enumerate(document.value.facts):
            wanted = expected.get(fact.key)
            # A fact without a worth only tells what happened; no criterion asks about its subject.
            if wanted is None or (fact.level is None and fact.value is None and fact.earliest is None):
                continue
            here = ("facts", index)
            if wanted.levels and fact.level not in wanted.levels:
                near = did_you_mean(fact.level or "", wanted.levels)
                levels = ", ".join(f"'{level}'" for level in wanted.levels)
                message = f"the criterion '{wanted.criterion}' reads this fact and knows the levels {levels}{near}"
                yield Problem((*here, "level"), message)
            elif not wanted.levels and not _fits(fact, wanted):
                unit = f"in '{wanted.unit}'" if wanted.unit else "without a unit"
                message = f"the criterion '{wanted.criterion}' reads this fact and expects a 'value' {unit}"
                yield Problem((*here, "key"), message)

    return document, problems()


def _fits(fact: Fact, wanted: Expected) -> bool:
    return (fact.value is not None and fact.unit == wanted.unit) or (wanted.unit == "s" and fact.earliest is not None)


def _strangers(home: Path, profiles: Collection[str]) -> tuple[Document[Verdicts], Iterator[Problem]]:
    """Return personas whose profile does not exist."""
    document = read_yaml(home / "verdicts.yaml", Verdicts, what="list of recommendations")

    def problems() -> Iterator[Problem]:
        for name, persona in document.value.personas.items():
            if profiles and persona.profile is not None and persona.profile not in profiles:
                near = did_you_mean(persona.profile, profiles)
                yield Problem(("personas", name, "profile"), f"unknown profile '{persona.profile}'{near}")

    return document, problems()


def _untried(home: Path, probes: Collection[str]) -> tuple[Document[Any], Iterator[Problem]]:
    """Return the tests of claims that ask for a probe which does not exist: they would never be settled."""
    document = read_yaml(home / "claims.yaml", _Claims, what="list of claims")

    def problems() -> Iterator[Problem]:
        for index, claim in enumerate(document.value.claims):
            test = claim.test.model_dump(by_alias=True, exclude_none=True) if claim.test else {}
            for place, glob in _globs(("claims", index, "test"), test):
                yield from _nothing(place, glob, probes)

    return document, problems()


def _unexercised(home: Path, probes: Collection[str]) -> tuple[Document[Any], Iterator[Problem]]:
    """Return the recipes of systems that do not exist."""
    document = read_yaml(home / "systems.yaml", Systems, what="list of systems")

    def problems() -> Iterator[Problem]:
        for index, system in enumerate(document.value.systems):
            for number, glob in enumerate(system.recipes):
                yield from _nothing(("systems", index, "recipes", number), glob, probes)

    return document, problems()


def _globs(place: Loc, test: Any) -> Iterator[tuple[Loc, str]]:
    """Yield every glob over probes in a test, however deep in ``all`` and ``any``, with its place."""
    parts = test.items() if isinstance(test, dict) else enumerate(test) if isinstance(test, (list, tuple)) else ()
    for key, value in parts:
        if key == "probe":
            yield (*place, key), value
        else:
            yield from _globs((*place, key), value)


def _nothing(place: Loc, glob: str, probes: Collection[str]) -> Iterator[Problem]:
    if not any(fnmatchcase(probe, glob) for probe in probes):
        yield Problem(place, f"no probe is called '{glob}'{did_you_mean(glob, probes)}")
