"""Joint samples of measurements and weights: the plausible worlds that the robustness analysis counts in.

Draws are keyed by what they are about, not by position: cells that rest on the same observation move together, the
order of stacks and criteria changes nothing, and adding a stack leaves the samples of the others as they were.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from advisor.decision.evidence import Finding
from advisor.decision.table import Worth
from advisor.profiles.profile import Wish
from advisor.profiles.value import ValueFunction

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Draws = NDArray[np.float32]

Weighting = Literal["stated", "ranking", "any"]
"""What is taken of the weights: as stated, give or take; only their order; nothing."""

WEIGHT_FACTOR = 1.5
"""A stated weight is taken to be right within this factor (95 %)."""

Z95 = 1.959963984540054
"""Half-width of a 95 % interval in standard deviations."""


@dataclass(frozen=True)
class Unknown:
    """A figure that nobody knows: the probe that would find it out, and the bounds of its worth."""

    probe: str
    key: str
    low: float
    high: float


@dataclass(frozen=True)
class Samples:
    """Joint samples of the value of every stack.

    ``values`` has the shape (samples, stacks), with the weights as stated, give or take; ``stacks`` names the columns.
    ``weights`` (criteria, samples) and ``by`` (values of the same shape, for each other weighting that was asked for)
    go with it.
    """

    stacks: tuple[str, ...]
    values: Floats
    seed: int
    unknowns: tuple[Unknown, ...] = ()
    weights: Mapping[Weighting, Floats] = field(default_factory=dict)
    by: Mapping[Weighting, Floats] = field(default_factory=dict)

    def worths(self, unknown: Unknown) -> Draws:
        """Return what the unknown figure was worth in each sample, of shape (samples,)."""
        return _uniform(unknown.low, unknown.high, _generator(self.seed, unknown.key), len(self.values))


def draw(
    stacks: Sequence[str],
    wishes: Sequence[Wish],
    findings: Mapping[tuple[str, str], Finding],
    worths: Mapping[tuple[str, str], Worth],
    *,
    samples: int,
    seed: int,
    weightings: Sequence[Weighting] = ("stated",),
    weight_factor: float = WEIGHT_FACTOR,
) -> Samples:
    """Draw the value of every stack `samples` times.

    Measured and documented figures: a two-piece normal whose central 95 % is the interval, on the criterion's axis.
    What
    was measured in the same rounds shares a part of its draws. Figures of which only bounds are known, or nothing:
    uniform within the bounds of their worth. Weights *as stated*:
    log-normal around the stated ones, 95 % within `weight_factor`. *Ranking*: uniform among the weights in the stated
    order. *Any*: uniform among all weights.

    Time is linear in samples, stacks and criteria. Memory: samples × (stacks + criteria) floats for each weighting;
    the samples of the cells are added up and dropped.
    """
    import numpy as np

    keys = Counter(findings[stack, wish.criterion.id].key for stack in stacks for wish in wishes)
    weights = _weightings(weightings, wishes, samples, seed, weight_factor)
    # One row for each stack: adding to a row is several times as fast as adding to a column.
    values = {each: np.zeros((len(stacks), samples)) for each in weightings}
    term = np.empty(samples)
    unknowns: dict[tuple[str, str], Unknown] = {}
    groups: dict[str | None, Draws] = {}
    for number, wish in enumerate(wishes):
        shared: dict[tuple[str, Worth], Draws] = {}
        for row, stack in enumerate(stacks):
            of, finding = worths[stack, wish.criterion.id], findings[stack, wish.criterion.id]
            draws: Draws | float | None = of.low if of.low == of.high else shared.get((finding.key, of))
            if draws is None:
                common = groups.get(finding.group)
                if finding.group is not None and finding.shared and common is None:
                    common = groups[finding.group] = _normal(_generator(seed, f"rounds|{finding.group}"), samples)
                draws = _cell(
                    finding,
                    of,
                    wish.value,
                    _generator(seed, finding.key),
                    samples,
                    common,
                    _transfer(finding, seed, samples),
                )
                if keys[finding.key] > 1:
                    shared[finding.key, of] = draws
            for each in weightings:
                np.multiply(weights[each][number], draws, out=term)
                values[each][row] += term
            if of.point is None and finding.probe is not None and of.low != of.high:
                unknowns[finding.probe, finding.key] = Unknown(finding.probe, finding.key, of.low, of.high)
    # Stacks that are exactly equal share their ranks evenly, whatever their order.
    for row, stack in enumerate(stacks):
        jitter = 1e-12 * _generator(seed, f"tie|{stack}").random(samples)
        for each in weightings:
            values[each][row] += jitter
    return Samples(
        stacks=tuple(stacks),
        values=values[weightings[0]].T,
        seed=seed,
        unknowns=tuple(unknowns.values()),
        weights=weights,
        by={each: values[each].T for each in weightings},
    )


def _weightings(
    weightings: Sequence[Weighting], wishes: Sequence[Wish], samples: int, seed: int, factor: float
) -> dict[Weighting, Floats]:
    """Return for each weighting the weights, of shape (criteria, samples), each column summing to 1."""
    found: dict[Weighting, Floats] = {}
    if "stated" in weightings:
        found["stated"] = _stated(wishes, samples, seed, factor)
    if "any" in weightings or "ranking" in weightings:
        free = _free(wishes, samples, seed)
        if "ranking" in weightings:
            found["ranking"] = _in_order(free, [wish.weight for wish in wishes])
        found["any"] = free
    for weights in found.values():
        weights /= weights.sum(axis=0)
    return found


def _stated(wishes: Sequence[Wish], samples: int, seed: int, factor: float) -> Floats:
    import numpy as np

    sigma = math.log(factor) / Z95
    weights = np.empty((len(wishes), samples))
    for row, wish in enumerate(wishes):
        normal = _normal(_generator(seed, f"weight|{wish.criterion.id}"), samples)
        weights[row] = wish.weight * np.exp(sigma * normal)
    return weights


def _free(wishes: Sequence[Wish], samples: int, seed: int) -> Floats:
    """Return exponential variables: over their sum they are uniform among all weights."""
    import numpy as np

    weights = np.empty((len(wishes), samples))
    for row, wish in enumerate(wishes):
        _generator(seed, f"any weight|{wish.criterion.id}").standard_exponential(out=weights[row])
    weights += 1e-300
    return weights


def _in_order(weights: Floats, stated: Sequence[float]) -> Floats:
    """Sort each column into the order of the stated weights; equal ones keep the order that chance gave them."""
    import numpy as np

    rising = np.sort(weights, axis=0)
    ordered = np.empty_like(weights)
    end = len(rising)
    for weight in sorted(set(stated), reverse=True):
        group = [index for index, each in enumerate(stated) if each == weight]
        block = rising[end - len(group) : end]
        if len(group) == 1:
            ordered[group[0]] = block[0]
        else:
            placed = np.empty_like(block)
            np.put_along_axis(placed, np.argsort(weights[group], axis=0), block, axis=0)
            ordered[group] = placed
        end -= len(group)
    return ordered


def _cell(
    finding: Finding,
    of: Worth,
    value: ValueFunction,
    generator: Any,
    samples: int,
    common: Draws | None = None,
    factor: Draws | None = None,
) -> Draws:
    """Return draws of one cell's worth, of shape (samples,).

    What was measured in the same rounds was slowed in the same rounds: `common` are the draws of what a whole group
    shares. Its share of a cell's interval moves with the others', so that the order of two stacks is as sure as their
    ratio is, also where each time alone is wide. `factor` are draws of what another model or another device does to
    it, which no other stack shares.
    """
    import numpy as np

    cell = finding.cell
    if cell.value is None or of.point is None:
        return _uniform(of.low, of.high, generator, samples)
    middle = value.position(cell.value)
    ends = sorted(value.position(end) for end in (cell.low, cell.high) if end is not None)
    below, above = max(middle - ends[0], 0.0) / Z95, max(ends[-1] - middle, 0.0) / Z95
    normal = _normal(generator, samples)
    if common is not None and finding.shared:
        normal *= np.float32(math.sqrt(1 - finding.shared))
        normal += np.float32(math.sqrt(finding.shared)) * common
    normal *= np.where(normal < 0, np.float32(below), np.float32(above)) if below != above else np.float32(above)
    normal += np.float32(middle)
    if factor is not None:
        normal += factor * np.float32((cell.transfer or 0.0) / value.length)
    return np.clip(normal, 0.0, 1.0, out=normal)


def _transfer(finding: Finding, seed: int, samples: int) -> Draws | None:
    """Return standard normal draws for a figure of another model or device, a stack's own; None for what is asked."""
    return _normal(_generator(seed, f"transfer|{finding.key}"), samples) if finding.cell.transfer else None


def _uniform(low: float, high: float, generator: Any, samples: int) -> Draws:
    import numpy as np

    draws: Draws = generator.random(samples, dtype=np.float32)
    draws *= np.float32(high - low)
    draws += np.float32(low)
    return draws


def _normal(generator: Any, samples: int) -> Draws:
    """Return standard normal draws (Box and Muller 1958): four times as fast as NumPy's own, one by one.

    In single precision: six standard deviations and seven digits are more than any measurement has.
    """
    import numpy as np

    half = (samples + 1) // 2
    uniform: Draws = generator.random(2 * half, dtype=np.float32)
    radius = np.sqrt(np.float32(-2) * np.log1p(-uniform[:half]))
    angle = np.float32(2 * math.pi) * uniform[half:]
    draws: Draws = np.concatenate((radius * np.cos(angle), radius * np.sin(angle)))
    return draws[:samples]


def _generator(seed: int, key: str) -> Any:
    import numpy as np

    digest = hashlib.blake2b(f"{seed}|{key}".encode(), digest_size=16).digest()
    return np.random.Generator(np.random.SFC64(int.from_bytes(digest, "little")))
