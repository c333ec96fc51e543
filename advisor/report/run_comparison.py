"""Several Runs on one site: which machines they are of, who is faster on each, and what changed between two.

Each result is a document of its own among the downloads, so that every number of the pages can be followed to it, and
from there to the Runs.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, groupby
from typing import Any, Literal

from pydantic import Field

from advisor.documents import Model
from advisor.errors import AdvisorError
from advisor.keys import Stack
from advisor.measurement import comparison, run_changes
from advisor.measurement.comparison import Word
from advisor.measurement.run import Observation, Run
from advisor.measurement.timing import BOUNDED, Round, Summary
from advisor.report import words

Parameters = dict[str, str | int | float | bool]
# A framework's message can be as long as a page.
_WHY = 200
_WORDS: tuple[Word, ...] = ("faster", "slower", "same", "unclear")
_COMPARED = (
    "probe", "framework", "route", "setting", "how", "parameters", "metric", "unit", "outcome", "message", "flags",
    "grade",
)  # fmt: skip
_NO_TIME = Observation(probe="", framework="", outcome="not_run")


class Order(Model):
    """Which of two frameworks takes less time for the same work, from blocks measured side by side in one Run.

    ``ratio`` is seconds of the first over seconds of the second; ``observations`` are the places of both in the Run.
    """

    probe: str
    setting: str | None = None
    parameters: Parameters
    frameworks: tuple[str, str]
    observations: tuple[int, int]
    word: Word
    ratio: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """What is compared: the same on every machine."""
        return self.probe, self.setting, tuple(sorted(self.parameters.items())), self.frameworks


class Trend(Model):
    """The times of a stack in a Run over those in the oldest Run of the machine: geometric mean over common works."""

    run: str
    framework: str
    route: str | None = None
    works: int
    ratio: float


class Machine(Model):
    """One machine: its Runs by file name, newest first, the one that stands for it, and the orders found in that.

    ``times`` is how long it takes over the machine of the answers, geometric mean over ``works`` that both did.
    """

    page: str
    count: int
    runs: tuple[str, ...]
    shown: str
    orders: tuple[Order, ...]
    trends: tuple[Trend, ...] = ()
    times: float | None = None
    works: int = 0


class Agreement(Model):
    """On how many machines the first of two frameworks is ``faster``, ``slower``, ``same``, ``unclear``."""

    probe: str
    setting: str | None = None
    parameters: Parameters
    frameworks: tuple[str, str]
    counts: dict[Word, int]


class Machines(Model):
    """Every machine of a site, and whether the orders of the frameworks agree; ``sooner`` than that of the answers."""

    schema_: Literal["advisor.machines/1"] = Field(default="advisor.machines/1", alias="schema")
    total: int
    runs: int
    sooner: int = 0
    machines: tuple[Machine, ...]
    agreement: tuple[Agreement, ...]


class Changed(Model):
    """One time in two Runs; ``first`` and ``second`` are the places of its observation there.

    ``ratio`` is seconds of the second Run over seconds of the first, with its 95 % interval.
    """

    probe: str
    framework: str
    route: str | None = None
    setting: str | None = None
    metric: str | None = None
    parameters: Parameters
    first: int | None = None
    second: int | None = None
    word: Word
    ratio: float | None = None
    low: float | None = None
    high: float | None = None
    why: str | None = None

    @property
    def stack(self) -> Stack:
        """Whose time it is."""
        return Stack(framework=self.framework, route=self.route)


class Changes(Model):
    """Every time of two Runs beside each other; ``counts`` are by word.

    ``apart`` names what of machine and policy differs, ``versions`` the packages that do.
    """

    schema_: Literal["advisor.changes/1"] = Field(default="advisor.changes/1", alias="schema")
    first: str
    second: str
    apart: tuple[str, ...]
    versions: tuple[str, ...]
    counts: dict[Word, int]
    rows: tuple[Changed, ...]


@dataclass
class Kept:
    """A Run with few of its blocks: the name of its file, what its pages are called after, and where it was given."""

    name: str
    stem: str
    run: Run
    place: int


@dataclass
class Group:
    """The Runs of one machine, newest first, and the orders found in the one that stands for it."""

    page: str
    shown: Kept
    orders: tuple[Order, ...]
    runs: list[Kept] = field(default_factory=list)

    def before(self, kept: Kept) -> Kept | None:
        """Return the newest older Run under the same policy."""
        older = self.runs[self.runs.index(kept) + 1 :]
        return next((each for each in older if not run_changes.differences(each.run, kept.run)), None)


class Gathered:
    """The Runs of a site by machine; the machine of the first Run comes first, and that Run stands for it.

    A Run is taken in at a time and loses its blocks, which are most of it: a site of many Runs holds the blocks of one.
    """

    def __init__(self) -> None:
        self.groups: list[Group] = []
        self._count = 0
        self._ids: set[str] = set()
        self._names: set[str] = set()

    def add(self, run: Run) -> Kept:
        """Take in a Run.

        Raises
        ------
        AdvisorError
            When a Run of the same id was taken in before.
        """
        if run.id in self._ids:
            raise AdvisorError(f"the Run {words.line(run.id)} is given twice", hint="name every Run once")
        self._ids.add(run.id)
        stem = self._unused(f"run-{words.slug(run.id)}")
        kept = Kept(stem if self._count else "run", stem, _bare(run), self._count)
        self._count += 1
        group = next((each for each in self.groups if run_changes.same_machine(each.shown.run, run)), None)
        if group is None:
            page = self._unused(f"machine-{words.slug(run.host.cpu)}-{run.host.cores}-cores")
            group = Group(page, kept, orders(run))
            self.groups.append(group)
        elif group.shown.place and run.started > group.shown.run.started:
            group.shown, group.orders = kept, orders(run)
        group.runs.append(kept)
        group.runs.sort(key=lambda each: (each.run.started, each.run.id), reverse=True)
        return kept

    def machines(self) -> Machines:
        """Return what the Runs say together."""
        answers = _latencies(self.groups[0].shown.run)
        ratios = [_mean(_latencies(each.shown.run), answers) for each in self.groups]
        found = tuple(
            Machine(
                page=each.page, count=len(each.runs), runs=tuple(kept.name for kept in each.runs),
                shown=each.shown.name, orders=each.orders, trends=tuple(_trends(each.runs)),
                times=ratio, works=works,
            )
            for each, (ratio, works) in zip(self.groups, ratios, strict=True)
        )  # fmt: skip
        return Machines(
            total=len(found), runs=self._count,
            sooner=sum(each.times is not None and each.times < 1 for each in found[1:]),
            machines=found, agreement=tuple(_agreement(found)),
        )  # fmt: skip

    def _unused(self, name: str) -> str:
        number, found = 1, name
        while found in self._names:
            number += 1
            found = f"{name}-{number}"
        self._names.add(found)
        return found


def orders(run: Run) -> tuple[Order, ...]:
    """Return which framework takes less time for the same work, for every two frameworks of `run`."""
    timed = [
        (index, each) for index, each in enumerate(run.observations)
        if each.metric == "latency" and each.route is None and each.rounds
    ]  # fmt: skip
    timed.sort(key=lambda found: _work(found[1]))
    found = []
    for _, same in groupby(timed, key=lambda found: _work(found[1])):
        for (place, first), (other, second) in combinations(sorted(same, key=_framework), 2):
            if first.framework == second.framework:
                continue
            zone = comparison.zone(run.policy, run.aa_floor, (first.framework, second.framework))
            told = comparison.compare(first, second, zone=zone)
            found.append(
                Order(
                    probe=first.probe, setting=first.setting, parameters=first.parameters,
                    frameworks=(first.framework, second.framework), observations=(place, other),
                    word=told.word,
                    ratio=told.ratio, low=told.low, high=told.high,
                )
            )  # fmt: skip
    return tuple(sorted(found, key=lambda each: each.observations))


def _latencies(run: Run) -> dict[Any, float]:
    """Return the times per call of a Run by what is timed; those of which only bounds are known are left out."""
    return {
        each.key: each.summary.median
        for each in run.observations
        if each.metric == "latency" and each.summary and each.summary.median > 0 and each.grade != BOUNDED
    }


def time_ratios(run: Run, other: Run) -> list[float]:
    """Return the times per call of a Run over those of another, of all that both timed."""
    others = _latencies(other)
    return [seconds / others[key] for key, seconds in _latencies(run).items() if key in others]


def _mean(times: Mapping[Any, float], others: Mapping[Any, float]) -> tuple[float | None, int]:
    """Return the geometric mean of `times` over `others` where both have one, and how many these are."""
    logs = [math.log(seconds / others[key]) for key, seconds in times.items() if key in others]
    return (math.exp(math.fsum(logs) / len(logs)) if logs else None), len(logs)


def _trends(runs: Sequence[Kept]) -> Iterator[Trend]:
    """Yield what became of the times of every stack, Run by Run, oldest first, under the policy of the newest Run."""
    same = [each for each in reversed(runs) if not run_changes.differences(each.run, runs[0].run)]
    if len(same) < 2:
        return
    before = _latencies(same[0].run)
    for kept in same:
        by_stack: dict[Stack, dict[Any, float]] = {}
        for key, seconds in _latencies(kept.run).items():
            by_stack.setdefault(key.stack, {})[key] = seconds
        for stack, times in by_stack.items():
            ratio, works = _mean(times, before)
            if ratio is not None:
                yield Trend(run=kept.name, framework=stack.framework, route=stack.route, works=works, ratio=ratio)


def changes(first: Run, second: Run) -> Changes:
    """Return every time of `second` beside that of `first`; those that became longer or shorter most come first."""
    places = [{id(each): place for place, each in enumerate(run.observations)} for run in (first, second)]
    rows = [
        Changed(
            probe=each.cell.probe, framework=each.cell.framework, route=each.cell.route, setting=each.cell.setting,
            metric=each.cell.metric, parameters=each.cell.parameters,
            first=places[0][id(each.first)] if each.first else None,
            second=places[1][id(each.second)] if each.second else None,
            word=each.word, why=words.line(each.why)[:_WHY] or None,
            ratio=each.ratio.value if each.ratio else None,
            low=each.ratio.low if each.ratio else None, high=each.ratio.high if each.ratio else None,
        )
        for each in run_changes.changes(first, second)
    ]  # fmt: skip
    counts = Counter(row.word for row in rows)
    return Changes(
        first=first.id, second=second.id,
        apart=tuple(run_changes.differences(first, second)), versions=tuple(run_changes.versions(first, second)),
        counts={word: counts[word] for word in _WORDS},
        rows=tuple(sorted(rows, key=lambda row: -max(row.ratio or 0, 1 / row.ratio if row.ratio else 0))),
    )  # fmt: skip


def _agreement(machines: Iterable[Machine]) -> Iterator[Agreement]:
    found: dict[object, tuple[Order, Counter[Word]]] = {}
    for machine in machines:
        for order in machine.orders:
            found.setdefault(order.key, (order, Counter()))[1][order.word] += 1
    for order, counts in found.values():
        yield Agreement(
            probe=order.probe, setting=order.setting, parameters=order.parameters, frameworks=order.frameworks,
            counts={word: counts[word] for word in _WORDS},
        )  # fmt: skip


def _bare(run: Run) -> Run:
    # Times alone are compared; whatever else was observed keeps its place, so that the others keep theirs.
    bare = (_time(each) if each.unit == "s" else _NO_TIME for each in run.observations)
    return run.model_copy(update={"observations": tuple(bare)})


def _time(each: Observation) -> Observation:
    """Return a time with what is compared of it: hundreds of Runs are held, and one that was read knows much more."""
    # One block stays: that a time is one of blocks is what tells how it may be compared.
    rounds = tuple(Round.model_construct(set(), **dict(block)) for block in each.rounds[:1])
    summary = each.summary and Summary.model_construct(set(), **dict(each.summary))
    kept = {name: getattr(each, name) for name in _COMPARED}
    return Observation.model_construct(set(), **kept, rounds=rounds, summary=summary)


def _framework(found: tuple[int, Observation]) -> tuple[str, int]:
    return found[1].framework, found[0]


def _work(each: Observation) -> str:
    return str(each.key.work)
