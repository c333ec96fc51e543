"""What became slower or faster from one Run to another: the same cell, measured in two sessions.

Rounds of different sessions are not pairs, so each side keeps its own interval, and the interval of the ratio is put
together from both: "method of variance estimates recovery" on the logarithms, G. Y. Zou, A. Donner, "Construction of
confidence limits about effect measures", Statistics in Medicine 27 (2008).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from advisor.measurement import comparison
from advisor.measurement.comparison import Word
from advisor.measurement.run import Observation, Run
from advisor.measurement.statistics import NARROWEST, Interval, at_least
from advisor.measurement.timing import BOUNDED, Summary

# The extremes of fewer values hold their median less often than in 95 of 100 cases: 1 − 2^(1−n).
ENOUGH_VALUES = 6


@dataclass(frozen=True)
class Change:
    """How one cell of the second Run compares with the same cell of the first.

    Attributes
    ----------
    first, second : Observation or None
        The cell in either Run; None where that Run has none.
    word : str
        ``faster``, ``slower`` or ``same`` when the whole interval of the ratio says so; otherwise ``unclear``.
    ratio : Interval or None
        Seconds of the second Run over seconds of the first, with the 95 % interval; None without both.
    why : str
        Why there is no ratio, or what else differs.
    """

    first: Observation | None
    second: Observation | None
    word: Word
    ratio: Interval | None = None
    why: str = ""

    @property
    def cell(self) -> Observation:
        """The observation that names the cell."""
        found = self.first or self.second
        assert found is not None
        return found


def machine(run: Run) -> dict[str, str | int]:
    """Return what tells the machine of a Run from others, by name, beside its label."""
    host = run.host
    return {
        "processor": host.cpu,
        "cores": host.cores,
        "architecture": host.architecture,
        "instruction set": ", ".join(host.isa),
    }


def same_machine(first: Run, second: Run) -> bool:
    """Return whether two Runs are of one machine, as far as they tell: older ones have no label."""
    labels = {first.host.label, second.host.label} - {""}
    return machine(first) == machine(second) and len(labels) < 2


def differences(first: Run, second: Run) -> list[str]:
    """Return what of host and policy makes the times of two Runs incomparable, each as ``name: first, second``."""
    sides = [{**machine(run), **run.policy.model_dump()} for run in (first, second)]
    if not same_machine(first, second) and sides[0] == sides[1]:
        return [f"machine: {first.host.label}, {second.host.label}"]
    return [f"{name}: {was}, {sides[1][name]}" for name, was in sides[0].items() if was != sides[1][name]]


def versions(first: Run, second: Run) -> list[str]:
    """Return the packages whose versions differ, each as ``name first → second``."""
    sides = [
        {name: version for found in run.frameworks.values() for name, version in found.packages.items()}
        for run in (first, second)
    ]
    return [
        f"{name} {sides[0].get(name, 'absent')} → {sides[1].get(name, 'absent')}"
        for name in sorted({*sides[0], *sides[1]})
        if sides[0].get(name) != sides[1].get(name)
    ]


def changes(first: Run, second: Run) -> Iterator[Change]:
    """Yield how every time of `second` compares with that of `first`, in the order of the Runs.

    Ratios within ``1 / (1 + zone)`` and ``1 + zone`` make no difference. The zone is the wider indifference zone of the
    two policies, or the A/A floor of the framework in either Run where that is wider still.
    """
    sides = [{each.key: each for each in run.observations if each.unit == "s"} for run in (first, second)]
    for cell in {**sides[0], **sides[1]}:
        old, new = sides[0].get(cell), sides[1].get(cell)
        named = old or new
        assert named is not None
        zones = (comparison.zone(run.policy, run.aa_floor, [named.framework]) for run in (first, second))
        yield _change(old, new, max(zones))


def quotient(second: Summary, first: Summary) -> Interval:
    """Return the ratio of two positive medians, measured independently, with its 95 % interval of at least ±2 %."""
    value = math.log(second.median / first.median)
    below = math.hypot(math.log(second.median / second.low), math.log(first.high / first.median))
    above = math.hypot(math.log(second.high / second.median), math.log(first.median / first.low))
    ratio = Interval(math.exp(value), math.exp(value - below), math.exp(value + above))
    return at_least(ratio, NARROWEST)


def _change(old: Observation | None, new: Observation | None, zone: float) -> Change:
    for side, which in ((old, "first"), (new, "second")):
        if side is None:
            return Change(old, new, "unclear", why=f"not tried in the {which} Run")
        if side.summary is None:
            return Change(old, new, "unclear", why=side.message or f"{side.outcome} in the {which} Run")
    assert old is not None
    assert new is not None
    assert old.summary is not None
    assert new.summary is not None
    if min(old.summary.low, new.summary.low) <= 0:
        return Change(old, new, "unclear", why="too short for a ratio")
    ratio = quotient(new.summary, old.summary)
    why = "" if old.how == new.how else f"{old.how} → {new.how}"
    word: Word = "unclear"
    few = min(_values(old), _values(new))
    if BOUNDED in (old.grade, new.grade):
        # An interval of which only the ends are known: the ratio lies anywhere between theirs.
        ratio = Interval(ratio.value, new.summary.low / old.summary.high, new.summary.high / old.summary.low)
        word = comparison.word(ratio, zone)
    elif few < ENOUGH_VALUES:
        why = f"measured {'once' if few == 1 else f'{few} times'}: too few for a 95 % interval"
    else:
        word = comparison.word(ratio, zone)
    return Change(old, new, word, ratio, why)


def _values(side: Observation) -> float:
    """Return how many independent values a figure rests on; blocks of calls are judged by their own interval."""
    assert side.summary is not None
    return math.inf if side.rounds else side.summary.n
