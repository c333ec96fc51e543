"""Criteria: the questions that evidence answers, and where each looks for its evidence, in order of preference.

They are data (``criteria.yaml``). A criterion is measured in a physical unit, or judged on named levels from the worst
to the best. ``measures`` names what it is about: two criteria with the same tag count one thing twice.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from advisor import resources
from advisor.documents import Model, read_yaml
from advisor.errors import Problem
from advisor.fields import Count
from advisor.keys import Query, Text

Unit = Literal["s", "B", "1/s", ""]
Scope = Literal["own", "framework", "none", "routed"]
Stage = Literal["training", "converting", "running"]
Build = Literal["python", "native", "selective"]
"""What of a runtime ships: its package for Python, a C or C++ program with its full library, or one with only what the
model needs."""

ROUTE = "{route}"
"""What stands for the stack's route in the name of a probe that is about one runtime."""

STAND_IN = "cnn"
"""The network that criteria are about where nobody says which model is meant: the one of the digits, trained here."""


class Selection(Query):
    """Which observations of a Run answer a criterion for a stack.

    Attributes
    ----------
    route : {"own", "framework", "none", "routed"}
        ``own``: observations of the stack's route (only stacks that have one). ``framework``: observations of the
        framework alone, for every stack built on it. ``none`` and ``routed``: the same, but only for stacks without,
        or with, a route.
    probe : str
        A glob; ``{route}`` in it is the stack's route, so that the proof of one runtime counts for no other.
    setting : str, optional
        ``best-known`` means the faster of the measured settings, provided that best-known was measured; when it was
        not, another setting only bounds it (see `advisor.decision.evidence`).
    metric, figure : str, optional
        Without them: the outcome of the proof itself, for a criterion with the levels *not proved* and *proved*. A
        figure is a number, or a yes or no for a criterion with two levels.
    """

    route: Scope = "framework"

    def probe_of(self, route: str | None) -> str:
        """Return the probe, or the glob, that answers for a stack through `route`; None: whatever the route."""
        return self.probe.replace(ROUTE, route or "*")


class Measured(Selection):
    """Evidence from the Run: one selection, or the sum of several (``plus``).

    ``items_per_call`` turns a time per call into a rate of items per second. ``bound: at least`` says that the figure
    is only a lower bound of what the criterion asks (memory after import, where memory while serving is asked), ``at
    most`` that it is an upper one (a process with Python in it, where a program without is asked).
    ``networks`` are the same figure of several networks, each selected for itself: then their geometric mean answers,
    and the rule's own selection stands for none of them.
    """

    plus: tuple[Selection, ...] = ()
    networks: tuple[Measured, ...] = ()
    items_per_call: Count | None = Field(default=None, gt=0)
    bound: Literal["exact", "at least", "at most"] = "exact"

    @property
    def parts(self) -> tuple[Selection, ...]:
        """Return every selection that the figure is made of."""
        if self.networks:
            return tuple(part for each in self.networks for part in each.parts)
        return (self, *self.plus)


class Documented(Model):
    """Evidence from the Catalog: the fact with key ``fact`` about the stack's route or framework (see `Selection`)."""

    fact: Text
    route: Scope = "framework"


class Evidence(Model):
    """One place where evidence may be found; ``asserted``: an estimate from what the profile says of its team.

    ``build`` is the kind of build that a size or a memory is of: it counts only where the profile ships that kind.
    """

    measured: Measured | None = None
    documented: Documented | None = None
    asserted: Literal["switching"] | None = None
    build: Build | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(each is not None for each in (self.measured, self.documented, self.asserted)) != 1:
            raise ValueError("expected one of 'measured', 'documented' and 'asserted'")
        return self

    @property
    def route(self) -> Scope:
        """Return whose evidence it is: the route's, the framework's, or the framework's where there is no route."""
        scope = self.measured or self.documented
        return "framework" if scope is None else scope.route


class OfModel(Model):
    """The words of a criterion where it is asked about one model, and not about the network that stands for all."""

    title: Text
    question: Text
    wins: Text


class Criterion(Model):
    """One question, its unit or its levels, and its evidence in order of preference.

    ``stage`` says what it is about: working with the framework (``training``), the way out of it (``converting``), or
    what ships (``running``). What runs is the stack's runtime, and a fact of the framework says nothing of that.

    ``of_model`` are the words where one model is asked about: a question about a dense network is then one about it.
    ``rests_on`` names what several criteria rest on that measure different things: they are one thing counted again.
    ``wins`` completes the sentence "it …" when a stack is the better one, in plain words. In such a
    sentence ``counted`` stands after each figure (``6 a year``, ``120 days ago``).
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    title: Text
    question: Text
    why: Text
    wins: Text
    unit: Unit = ""
    percent: bool = False
    counted: Text | None = None
    levels: tuple[str, ...] = ()
    better: Literal["lower", "higher"] = "higher"
    measures: Text
    stage: Stage
    rests_on: Text | None = None
    of_model: OfModel | None = None
    evidence: tuple[Evidence, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _unit_or_levels(self) -> Self:
        if self.levels and (self.unit or self.percent or self.better == "lower"):
            raise ValueError("levels run from the worst to the best and have no unit")
        if self.counted and self.levels:
            raise ValueError("'counted' is for figures, not for levels")
        if len(self.levels) == 1 or len(set(self.levels)) != len(self.levels):
            raise ValueError("expected at least two different levels")
        for rule in self.evidence:
            if rule.measured is None or rule.measured.metric is not None:
                continue
            if len(self.levels) != 2 and (self.levels or rule.measured.figure is None):
                raise ValueError("the outcome of a proof needs two levels, such as [not proved, proved]")
        return self

    @model_validator(mode="after")
    def _runtime_for_itself(self) -> Self:
        for rule in self.evidence:
            named = rule.measured is not None and ROUTE in rule.measured.probe
            if self.stage == "running" and (rule.route == "framework" or (rule.route == "routed" and not named)):
                raise ValueError("what runs is the stack's own: no evidence of the framework counts for its runtime")
        return self

    @property
    def build(self) -> Build | None:
        """Return the kind of build that is asked for first; None for what belongs to no build."""
        return next((rule.build for rule in self.evidence if rule.build is not None), None)

    def level(self, name: str) -> int:
        """Return the index of a level; raise ValueError when there is none of that name."""
        return self.levels.index(name)

    def applies(self, *, routed: bool) -> bool:
        """Return whether some evidence rule applies to stacks with (or without) a route."""
        wanted = {"own", "routed", "framework"} if routed else {"none", "framework"}
        return any(rule.route in wanted for rule in self.evidence)


class _Criteria(Model):
    criteria: tuple[Criterion, ...]


FILE = "criteria.yaml"


def load_criteria(path: Path | None = None) -> dict[str, Criterion]:
    """Return every criterion by id, in the order of the file.

    Default is the shipped ``criteria.yaml``, and those of the folders that are in use (`advisor.resources.using`).
    """
    own = [folder / FILE for folder in resources.folders()] if path is None else []
    files = [path or Path(__file__).resolve().parent / FILE, *(file for file in own if file.is_file())]
    return _load(tuple(files))


# 170 calls of 6 ms in a site: saves 1 s.
@functools.cache
def _load(files: tuple[Path, ...]) -> dict[str, Criterion]:
    found: dict[str, Criterion] = {}
    for file in files:
        document = read_yaml(file, _Criteria, what="list of criteria")
        problems = []
        for index, criterion in enumerate(document.value.criteria):
            if criterion.id in found:
                problems.append(Problem(("criteria", index, "id"), f"duplicate id '{criterion.id}'"))
            found[criterion.id] = criterion
        if problems:
            raise document.error(problems)
    return found
