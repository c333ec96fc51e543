"""One figure for several networks: the geometric mean over those that were measured, each network's own level removed.

Networks differ by a thousandfold, and not every stack has every network. So of each network its level is taken out (the
effect of the network in an additive model of the logarithms, stack + network), and added again as the mean over all of
them: a stack that lacks the largest network is not the faster for it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from advisor.decision.readings import Reading

SWEEPS = 20
"""Turns of estimating stacks and networks; with few gaps two or three of them are enough."""


def levels(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return by network how far the logarithm of its figures lies from that of their mean over all networks.

    Parameters
    ----------
    rows : sequence of mapping
        For each stack the logarithm of its figure, by network; a stack may lack some.
    """
    known = [row for row in rows if row]
    names = sorted({name for row in known for name in row})
    effects = dict.fromkeys(names, 0.0)
    for _ in range(SWEEPS):
        stacks = [_mean([value - effects[name] for name, value in row.items()]) for row in known]
        effects = {
            name: _mean([row[name] - stack for row, stack in zip(known, stacks, strict=True) if name in row])
            for name in names
        }
        middle = _mean(list(effects.values())) if effects else 0.0
        effects = {name: effect - middle for name, effect in effects.items()}
    return effects


def middle(reading: Reading) -> float | None:
    """Return the logarithm of what a reading is about; None where it says nothing of a size."""
    ends = [each for each in (reading.low, reading.high) if each is not None and each > 0]
    if reading.value is not None and reading.value > 0:
        return math.log(reading.value)
    return _mean([math.log(each) for each in ends]) if ends else None


def mean(readings: Mapping[str, Reading], effects: Mapping[str, float]) -> Reading:
    """Return one reading for those of several networks, by name; `effects` are the networks' `levels`.

    What every network has is combined: the values, the lower ends, the upper ends. The interval of values is that of
    independent measurements; of bounds it is their mean. A network of which nothing is known is left out, and told.
    """
    known = {name: reading for name, reading in readings.items() if middle(reading) is not None and name in effects}
    if not known:
        return next((each for each in readings.values() if each.informative), next(iter(readings.values())))

    def combined(part: str) -> float | None:
        ends = {name: getattr(reading, part) for name, reading in known.items()}
        if any(end is None or end <= 0 for end in ends.values()):
            return None
        return math.exp(_mean([math.log(end) - effects[name] for name, end in ends.items()]))

    value, low, high = (combined(part) for part in ("value", "low", "high"))
    if value is not None and low is not None and high is not None:
        low, high = (value * math.exp(sign * _width(known, sign)) for sign in (-1, 1))
    left = [f"{name} ({each.outcome.replace('_', ' ')})" for name, each in readings.items() if name not in known]
    told = f"geometric mean over {', '.join(known)}" + (f"; without {', '.join(left)}" if left else "")
    grades = [each.grade for each in known.values() if each.grade not in (None, "measured")]
    first = next(iter(known.values()))
    return replace(
        first,
        outcome="bounded" if value is None else "measured",
        value=value,
        low=low,
        high=high,
        n=min((each.n or 1) for each in known.values()),
        evidence=tuple(pointer for each in known.values() for pointer in each.evidence),
        message=told,
        grade="bounded" if "bounded" in grades else grades[0] if grades else first.grade,
        group=None,
        shared=0.0,
    )


def _width(known: Mapping[str, Reading], sign: int) -> float:
    """Return the half-width of the mean's logarithm on one side: independent errors, divided by how many there are."""
    squares = []
    for each in known.values():
        end = each.high if sign > 0 else each.low
        assert each.value is not None and end is not None  # noqa: PT018 - both are what `combined` found
        squares.append(math.log(end / each.value) ** 2)
    return math.sqrt(math.fsum(squares)) / len(squares)


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)
