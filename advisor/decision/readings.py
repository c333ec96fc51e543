"""What a figure can be: an interval with or without a point in it, or the outcome that took its place.

Outcomes that say something are kept apart from those that say nothing: *not supported*, *refuted* and *crashed* (a
recipe that ended its process by a fault) are evidence (worth nothing), while an error, a disturbed measurement, a
framework that is not installed and a probe that was not run leave the figure unknown. A figure that was taken under
load is as good as its interval is wide.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from advisor.measurement.run import Skipped
from advisor.measurement.timing import Grade

ELSEWHERE = "not_measured_there"
"""The outcome of a figure that was measured on another kind of processor than the target answers on."""

WORTHLESS = frozenset({"refuted", "not_supported", "crashed"})
"""Outcomes that are evidence against a stack."""

# From the worst on: a sum is no better than its worst part.
_GRADES: tuple[Grade, ...] = ("bounded", "under load", "reported", "measured")


@dataclass(frozen=True)
class Reading:
    """A figure in its base unit, or why there is none.

    ``value`` is None when only bounds are known (``low`` and ``high``, without limit where None), when the outcome is
    `WORTHLESS`, and when nothing is known. ``evidence`` holds JSON pointers into the Run. ``grade`` is that of a
    timing; ``shared`` is the share of its variance that all timings of the ``group`` have in common.
    ``omission`` is what the session left out of it on purpose.
    """

    outcome: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    evidence: tuple[str, ...] = ()
    message: str | None = None
    grade: Grade | None = None
    group: str | None = None
    shared: float = 0.0
    omission: Skipped | None = None

    @property
    def informative(self) -> bool:
        """Return whether the reading says anything about the figure."""
        return self.outcome in WORTHLESS or any(part is not None for part in (self.value, self.low, self.high))


def add(readings: Sequence[Reading]) -> Reading:
    """Return the sum of figures that cannot be negative; what is unknown among them counts as anything from zero up."""
    for reading in readings:
        if reading.outcome in WORTHLESS:
            return reading
    if not any(reading.informative for reading in readings):
        return readings[0]
    unknown = [reading for reading in readings if reading.value is None]
    values = [reading.value for reading in readings if reading.value is not None]
    highs = [reading.high for reading in readings if reading.high is not None]
    return Reading(
        outcome="bounded" if unknown else "measured",
        value=None if unknown else math.fsum(values),
        low=math.fsum(reading.low or 0.0 for reading in readings),
        high=math.fsum(highs) if len(highs) == len(readings) else None,
        n=None if unknown else min((reading.n or 1) for reading in readings),
        evidence=tuple(pointer for reading in readings for pointer in reading.evidence),
        message=next((reading.message for reading in unknown if reading.message), None),
        omission=next((reading.omission for reading in unknown if reading.omission), None),
        grade=next((each for each in _GRADES if any(reading.grade == each for reading in readings)), None),
    )


def per_second(reading: Reading, items: int) -> Reading:
    """Return items per second from a time per call of `items` items."""

    def rate(seconds: float | None) -> float | None:
        return items / seconds if seconds else None

    return replace(reading, value=rate(reading.value), low=rate(reading.high), high=rate(reading.low))


def at_least(reading: Reading) -> Reading:
    """Return a reading of which only the lower bound says something about what is asked."""
    if reading.low is None:
        return reading
    message = reading.message or "a lower bound: what is asked needs at least this"
    return replace(reading, outcome="bounded", value=None, high=None, n=None, message=message)


def at_most(reading: Reading) -> Reading:
    """Return a reading of which only the upper bound says something about what is asked."""
    if reading.high is None:
        return reading
    message = reading.message or "an upper bound: what is asked needs at most this"
    return replace(reading, outcome="bounded", value=None, low=None, n=None, message=message)


def no_slower_than(others: Iterable[Reading], best: Reading) -> Reading:
    """Return the upper bound that other settings give a best known one that was not measured."""
    nearest = min(others, key=lambda reading: reading.high or math.inf)
    message = f"best known was not measured ({best.message or best.outcome}); it is at most as slow as another setting"
    return Reading("bounded", high=nearest.high, evidence=nearest.evidence, message=message, omission=best.omission)


def least(chosen: Reading, settings: Iterable[Reading]) -> Reading:
    """Bound the fastest setting's time by every setting's interval: it is the least of them."""
    known = [reading for reading in (chosen, *settings) if reading.low is not None and reading.high is not None]
    if not known:
        return chosen
    low = min(reading.low for reading in known if reading.low is not None)
    high = min(reading.high for reading in known if reading.high is not None)
    value = chosen.value
    fits = low <= high if value is None else low <= value <= high
    return replace(chosen, low=low, high=high) if fits else chosen
