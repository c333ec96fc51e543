"""The performance table: Run + Catalog → one cell for every stack and criterion, each with where it comes from.

For each criterion the first place that says anything is taken, in the order of ``criteria.yaml``: measured here before
documented. Provenance sets the width of the interval and never a score. Nothing is filled in: a cell that nobody knows
says why, and counts as anything between worst and best.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from advisor.criteria import Build, Criterion, Documented, Evidence, Measured
from advisor.decision import network_means
from advisor.decision.phrases import figure
from advisor.decision.reader import RunReader, probe_of
from advisor.decision.readings import ELSEWHERE, Reading, add, at_least, at_most, per_second
from advisor.decision.recommendation import Cell, Provenance
from advisor.decision.transfer import Transfer
from advisor.keys import Stack, stack_id
from advisor.knowledge.alternatives import Alternative
from advisor.knowledge.alternatives import source_of as source_of_alternative
from advisor.knowledge.catalog import Catalog, Confidence, Fact
from advisor.measurement.definitions import current, everyone
from advisor.measurement.run import Run, Skipped
from advisor.profiles.profile import REACH
from advisor.profiles.team import FACTOR, Team
from advisor.targets.target import Reached, source_of

LEVEL_WIDTH: dict[Confidence, float] = {"high": 0.0, "medium": 0.5, "low": 1.0}
"""Half-width of a documented level's interval, in levels."""

VALUE_WIDTH: dict[Confidence, float] = {"high": 0.02, "medium": 0.1, "low": 0.3}
"""Half-width of a documented value's interval where its source gives none, as a share of the value."""

DAY = 86_400.0


@dataclass(frozen=True)
class Finding:
    """A cell, and what ties it to others.

    ``key`` is what the cell rests on: cells with the same key (two stacks that share one observation, or one gap) are
    uncertain together. ``probe`` is the probe whose result would fill a missing cell; ``named`` is what a reader can
    look up: the probe that was run, or the fact that is cited, which ``publisher`` says. ``subject`` is the id of the
    framework or the runtime where it is a matter of that one alone, and not of the whole stack. ``group`` names what
    was measured in the same rounds, and ``shared`` how much of the cell's variance all of it shares.
    """

    cell: Cell
    key: str
    probe: str | None = None
    named: str | None = None
    subject: str | None = None
    publisher: str | None = None
    group: str | None = None
    shared: float = 0.0


class Evidencer:
    """Finds the evidence for cells in one Run and one Catalog, as of the day on which the Run was finished.

    Sizes and memory are those of the kind of `build` that ships; without one, of the kind that a criterion asks first.
    What only the asker can know comes from `team`; with a `transfer`, figures are widened for the model and the device
    that are asked about, without it they say what was measured and no more.
    """

    def __init__(
        self,
        run: Run,
        catalog: Catalog,
        team: Team | None = None,
        transfer: Transfer | None = None,
        open_ones: Mapping[str, Alternative] | None = None,
        build: Build | None = None,
    ) -> None:
        self.reader = RunReader(run)
        self.catalog = catalog
        self.team = team
        self.transfer = transfer
        self.open = open_ones or {}
        self.build = build
        self.day = run.finished.date()
        self._known_levels: dict[str, Mapping[str, float]] = {}

    def table(self, stacks: Iterable[Stack], criteria: Iterable[Criterion]) -> dict[tuple[str, str], Finding]:
        """Return the finding of every cell by (`stack_id`, criterion id)."""
        columns = list(criteria)
        return {(stack_id(stack), each.id): self.find(stack, each) for stack in stacks for each in columns}

    def find(self, stack: Stack, criterion: Criterion) -> Finding:
        """Return what is known of one stack on one criterion."""
        if criterion.id == REACH:
            return self._reach(stack, criterion)
        if (open_one := self.open.get(stack_id(stack))) is not None:
            return self._open(stack, criterion, open_one)
        rules = [rule for rule in criterion.evidence if applies(rule, stack)]
        about = [rule for rule in rules if of_build(rule, self.build or criterion.build)]
        unknown: Finding | None = None
        for rule in about:
            finding = self._by(rule, stack, criterion)
            if finding.cell.provenance != "missing":
                return finding
            unknown = unknown or finding
        if unknown is not None:
            return unknown
        why = "the question does not apply to this stack"
        if rules:
            why = f"nothing tells it of a {self.build} build, which is the kind that this profile ships"
        cell = self._missing(stack, criterion, "missing" if rules else "not_applicable", why)
        return Finding(cell, f"{criterion.id}|{stack_id(stack)}")

    def _by(self, rule: Evidence, stack: Stack, criterion: Criterion) -> Finding:
        if rule.measured is not None:
            return self._measured(stack, criterion, rule.measured)
        if rule.documented is not None:
            return self._documented(stack, criterion, rule.documented)
        return self._asserted(stack, criterion)

    def _measured(self, stack: Stack, criterion: Criterion, rule: Measured) -> Finding:
        if self.transfer is not None and (why := self.transfer.foreign(rule)) is not None:
            cell = self._missing(stack, criterion, ELSEWHERE, why)
            return Finding(cell, f"{criterion.id}|{stack_id(stack)}")
        reading = self._reading(stack, criterion, rule)
        probe = probe_of(rule, stack)
        subject = stack.framework if rule.route == "framework" else stack_id(stack)
        if not reading.informative:
            cell = self._missing(stack, criterion, reading.outcome, reading.message, reading.omission)
            return Finding(cell, f"{criterion.id}|{subject}", self._telling(rule, probe, stack, reading.outcome))
        sigma, why = (0.0, None) if self.transfer is None else self.transfer.sigma(rule, criterion.unit)
        cell = _cell(
            stack,
            criterion,
            outcome=reading.outcome,
            transfer=sigma or None,
            transferred=why,
            value=reading.value,
            low=reading.low,
            high=reading.high,
            level=_level(criterion, reading),
            n=reading.n,
            provenance="measured here",
            grade=None if reading.grade == "measured" else reading.grade,
            evidence=reading.evidence[0] if reading.evidence else None,
            date=self.day.isoformat(),
            message=reading.message,
            omission=reading.omission,
        )
        alone = stack.framework if rule.route == "framework" else None
        key = f"{criterion.id}|{','.join(reading.evidence) or subject}"
        group = None if reading.group is None else f"{criterion.id}|{reading.group}"
        return Finding(cell, key, probe, probe, alone, group=group, shared=reading.shared)

    def _reading(self, stack: Stack, criterion: Criterion, rule: Measured) -> Reading:
        """Return what the Run says of a figure, put together from its parts."""
        if rule.networks:
            named = {str(each.workload): self._reading(stack, criterion, each) for each in rule.networks}
            return network_means.mean(named, self._levels(criterion, rule))
        unit = "s" if rule.items_per_call else criterion.unit
        read = functools.partial(
            self.reader.read, stack=stack, unit=unit, yes_or_no=bool(criterion.levels),
            most=1.0 if criterion.percent else math.inf,
        )  # fmt: skip
        reading = read(rule)
        if rule.plus:
            reading = add([reading, *map(read, rule.plus)])
        if rule.items_per_call:
            reading = per_second(reading, rule.items_per_call)
        if rule.bound != "exact":
            reading = at_least(reading) if rule.bound == "at least" else at_most(reading)
        return reading

    def _levels(self, criterion: Criterion, rule: Measured) -> Mapping[str, float]:
        """Return how far the figures of each network lie from the mean over all, from every stack of the Run."""
        key = f"{criterion.id}|{rule!r}"
        if key not in self._known_levels:
            rows = []
            for stack in self.reader.stacks:
                found = {str(each.workload): self._reading(stack, criterion, each) for each in rule.networks}
                logs = {name: network_means.middle(reading) for name, reading in found.items()}
                rows.append({name: log for name, log in logs.items() if log is not None})
            self._known_levels[key] = network_means.levels(rows)
        return self._known_levels[key]

    def _telling(self, rule: Measured, probe: str, stack: Stack, outcome: str) -> str | None:
        """Return the probe that would tell what is missing; None where it was tried and does not, or there is none."""
        if outcome == "missing" and self.reader.tried(probe, stack):
            return None
        return probe if probe == rule.probe or rule.route == "own" or _exists(probe) else None

    def _asserted(self, stack: Stack, criterion: Criterion) -> Finding:
        key = f"{criterion.id}|{stack.framework}"
        if self.team is None:
            return Finding(self._missing(stack, criterion, "missing", "the profile describes no team"), key)
        title = self.reader.run.titles.get(stack.framework, stack.framework)
        share = self.team.switching(stack.framework)
        cell = _cell(
            stack,
            criterion,
            outcome="asserted",
            value=share,
            low=share / FACTOR,
            high=share * FACTOR,
            provenance="asserted",
            message=self.team.explained(stack.framework, title),
        )
        return Finding(cell, key, subject=stack.framework)

    def _documented(self, stack: Stack, criterion: Criterion, rule: Documented) -> Finding:
        subject = stack.route if rule.route == "own" and stack.route else stack.framework
        fact = self.catalog.fact(subject, rule.fact, self.day)
        if fact is None and subject == stack.framework and (also := _documented_as(subject, rule.fact)) is not None:
            fact, subject = self.catalog.fact(also, rule.fact, self.day), also
        interval = None if fact is None else _interval(fact, criterion, self.day)
        key = f"{criterion.id}|{subject}"
        if fact is None or interval is None:
            why = f"nothing is documented about it for {self.day.isoformat()}"
            return Finding(self._missing(stack, criterion, "missing", why), key)
        value, low, high = interval
        source = self.catalog.source(fact.source)
        cell = _cell(
            stack,
            criterion,
            outcome="measured" if fact.measured else "documented",
            value=value,
            low=low,
            high=high,
            level=fact.level,
            provenance="measured elsewhere" if fact.measured else "documented",
            evidence=fact.id,
            source=source.url or f"{source.title} ({source.publisher})",
            date=fact.valid_from.isoformat(),
            message=fact.statement,
        )
        key = f"{criterion.id}|{fact.id}"
        return Finding(cell, key, named=fact.id, subject=subject, publisher=source.publisher)

    def _open(self, stack: Stack, criterion: Criterion, alternative: Alternative) -> Finding:
        """Return what is documented of an alternative that was not measured; all else of it is open."""
        for rule in criterion.evidence:
            if not applies(rule, stack) or not of_build(rule, self.build or criterion.build):
                continue
            if rule.documented is not None or (stack.route is not None and rule.route == "framework"):
                found = self._by(rule, stack, criterion)
                if found.cell.provenance != "missing":
                    return found
            level = alternative.levels.get(rule.documented.fact) if rule.documented is not None else None
            if level in criterion.levels:
                return self._level_of(stack, criterion, alternative, str(level))
        cell = self._missing(stack, criterion, "open", f"{alternative.title} was not measured here")
        # Nobody knows how good it is: its times and sizes are open together, as one question, not as many that average.
        about = "figures" if criterion.unit else criterion.measures
        return Finding(cell, f"open|{about}|{stack_id(stack)}")

    def _level_of(self, stack: Stack, criterion: Criterion, alternative: Alternative, level: str) -> Finding:
        value, source = float(criterion.level(level)), source_of_alternative(alternative)
        width = LEVEL_WIDTH["medium"]
        cell = _cell(
            stack,
            criterion,
            outcome="documented",
            value=value,
            low=max(0.0, value - width),
            high=min(len(criterion.levels) - 1.0, value + width),
            level=level,
            provenance="documented",
            source=source.url or f"{source.title} ({source.publisher})",
            date=alternative.checked_on.isoformat(),
            message=alternative.told(),
        )
        key = f"{criterion.id}|{alternative.id}"
        return Finding(cell, key, subject=alternative.id, publisher=source.publisher)

    def _reach(self, stack: Stack, criterion: Criterion) -> Finding:
        """Return whether a stack is documented to reach the target that is asked about."""
        what, target = stack.route or stack.framework, self.transfer.target if self.transfer else None
        said = target.reach(what) if target is not None else None
        if target is not None and said is None and stack.route is None and (known := everyone().get(what)):
            # What lies on top of a framework reaches what that reaches.
            said = target.reach(known.on_top_of) if known.on_top_of else None
        key = f"{criterion.id}|{what}"
        if target is None or said is None:
            where = target.called if target is not None else "the target"
            return Finding(self._missing(stack, criterion, "missing", f"nothing documents it for {where}"), key)
        value = float(isinstance(said, Reached))
        source = source_of(said)
        cell = _cell(
            stack,
            criterion,
            outcome="documented",
            value=value,
            low=value,
            high=value,
            level=criterion.levels[int(value)],
            provenance="documented",
            source=source.url or f"{source.title} ({source.publisher})",
            date=target.checked_on.isoformat(),
            message=f"through {said.through}" if isinstance(said, Reached) else said.because,
        )
        return Finding(cell, key, subject=what, publisher=source.publisher)

    def _missing(
        self, stack: Stack, criterion: Criterion, outcome: str, message: str | None, omission: Skipped | None = None
    ) -> Cell:
        return _cell(
            stack,
            criterion,
            outcome=outcome,
            text=outcome.replace("_", " "),
            provenance="missing",
            message=message,
            omission=omission,
        )


def applies(rule: Evidence, stack: Stack) -> bool:
    """Return whether a rule says where to look for this stack: some are for routes, some for frameworks alone."""
    return rule.route == "framework" or (rule.route != "none") == (stack.route is not None)


def of_build(rule: Evidence, build: Build | None) -> bool:
    """Return whether a rule speaks of a kind of build; what belongs to none speaks of every kind."""
    return rule.build is None or rule.build == build


def _documented_as(framework: str, key: str) -> str | None:
    """Return whose facts under a key count for a framework of which nothing is documented itself."""
    known = everyone().get(framework)
    return None if known is None else known.documented_as.get(key) or known.documented_as.get("*")


def _exists(probe: str) -> bool:
    return any(each.probe == probe for each in current().capabilities.values())


def _level(criterion: Criterion, reading: Reading) -> str | None:
    if not criterion.levels or reading.value is None:
        return None
    return criterion.levels[round(reading.value)]


def _cell(stack: Stack, criterion: Criterion, *, outcome: str, provenance: Provenance, **known: Any) -> Cell:
    """Return the cell of a stack and a criterion, its figure in words; `known` are the other fields of `Cell`."""
    cell = Cell(
        framework=stack.framework, route=stack.route, criterion=criterion.id, unit=criterion.unit, outcome=outcome,
        provenance=provenance, **known,
    )  # fmt: skip
    return cell if cell.text else cell.model_copy(update={"text": figure(cell, percent=criterion.percent)})


def _interval(fact: Fact, criterion: Criterion, day: date) -> tuple[float, float, float] | None:
    """Return value, low and high of a fact in the criterion's unit; None when it says nothing in that unit."""
    if criterion.levels:
        if fact.level not in criterion.levels:
            return None
        value, width = float(criterion.level(str(fact.level))), LEVEL_WIDTH[fact.confidence]
        return value, max(0.0, value - width), min(len(criterion.levels) - 1.0, value + width)
    if fact.earliest is not None and fact.latest is not None and criterion.unit == "s":
        low = max(0.0, (day - fact.latest).days * DAY)
        high = max(low, (day - fact.earliest).days * DAY)
        return (low + high) / 2, low, high
    if fact.value is None or fact.unit != criterion.unit:
        return None
    width = abs(fact.value) * VALUE_WIDTH[fact.confidence]
    low = fact.value - width if fact.low is None else fact.low
    return fact.value, low, fact.value + width if fact.high is None else fact.high
