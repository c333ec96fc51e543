"""How sure: stochastic multicriteria acceptability analysis (SMAA) over joint samples of measurements and weights.

Method: Lahdelma, Hokkanen & Salminen (1998), SMAA, European Journal of Operational Research 106; Lahdelma &
Salminen (2001), SMAA-2, Operations Research 49. Weights are drawn around the stated ones instead of uniformly: a stated
weight is taken to be right within a factor of `WEIGHT_FACTOR` (95 %).

Draws are keyed by what they are about, not by position: cells that rest on the same observation move together, the
order of stacks and criteria changes nothing, and adding a stack leaves the samples of the others as they were.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from advisor.decision.evidence import Finding
from advisor.decision.profile import Wish
from advisor.decision.score import Worth
from advisor.decision.value import ValueFunction

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

WEIGHT_FACTOR = 1.5
Z95 = 1.959963984540054
"""Half-width of a 95 % interval in standard deviations."""


@dataclass(frozen=True)
class Samples:
    """Joint samples of the value of every stack.

    ``values`` has the shape (samples, stacks); ``unknowns`` holds the drawn worth (samples,) of every missing cell by
    its probe and key; ``stacks`` names the columns.
    """

    stacks: tuple[str, ...]
    values: Floats
    unknowns: Mapping[str, Floats]


def draw(
    stacks: Sequence[str],
    wishes: Sequence[Wish],
    findings: Mapping[tuple[str, str], Finding],
    worths: Mapping[tuple[str, str], Worth],
    *,
    samples: int,
    seed: int,
) -> Samples:
    """Draw the value of every stack `samples` times.

    Measured and documented figures: a two-piece normal whose central 95 % is the interval, on the criterion's axis.
    Figures of which only bounds are known, or nothing: uniform within the bounds of their worth.
    Memory: samples × (stacks + criteria + missing figures) floats; the other cells' samples are added up and dropped.
    """
    import numpy as np

    keys = Counter(findings[stack, wish.criterion.id].key for stack in stacks for wish in wishes)
    repeated = {key for key, count in keys.items() if count > 1}
    weights = _weights(wishes, samples, seed)
    values = np.zeros((samples, len(stacks)))
    unknowns: dict[str, Floats] = {}
    for row, wish in enumerate(wishes):
        shared: dict[tuple[str, Worth], Floats] = {}
        for column, stack in enumerate(stacks):
            of, finding = worths[stack, wish.criterion.id], findings[stack, wish.criterion.id]
            if of.low == of.high:
                values[:, column] += weights[row] * of.low
                continue
            draws = shared.get((finding.key, of))
            if draws is None:
                draws = _cell(finding, of, wish.value, _generator(seed, finding.key), samples)
                if finding.key in repeated:
                    shared[finding.key, of] = draws
            values[:, column] += weights[row] * draws
            if of.point is None and finding.probe is not None:
                unknowns[f"{finding.probe}|{finding.key}"] = draws
    # Stacks that are exactly equal share their ranks evenly, whatever their order.
    for column, stack in enumerate(stacks):
        values[:, column] += 1e-12 * _generator(seed, f"tie|{stack}").random(samples)
    return Samples(tuple(stacks), values, unknowns)


def rank_acceptability(values: Floats) -> Floats:
    """Return b[i, r]: the share of samples in which stack i has rank r (0 is first). Shape (stacks, stacks)."""
    import numpy as np

    samples, stacks = values.shape
    order = np.argsort(-values, axis=1)
    counts = np.zeros((stacks, stacks))
    for rank in range(stacks):
        counts[:, rank] = np.bincount(order[:, rank], minlength=stacks)
    shares: Floats = counts / samples
    return shares


def pairwise_winning(values: Floats) -> Floats:
    """Return p[i, j]: the share of samples in which stack i is worth more than stack j; the diagonal is 0.5."""
    import numpy as np

    stacks = values.shape[1]
    wins = np.full((stacks, stacks), 0.5)
    for i in range(1, stacks):
        wins[i, :i] = np.mean(values[:, i : i + 1] > values[:, :i], axis=0)
        wins[:i, i] = 1.0 - wins[i, :i]
    return wins


def most_decisive_unknown(samples: Samples, columns: Sequence[int], *, bins: int = 10) -> str | None:
    """Return the probe of the missing figure that is most likely to change who comes first; None when none could.

    The samples are sorted into `bins` by what the figure could turn out to be; what counts is how often the stack that
    leads on average within a bin is not the one that leads over all (partial perfect information).
    """
    import numpy as np

    if len(columns) < 2:
        return None
    values = samples.values[:, list(columns)]
    overall = int(np.argmax(values.mean(axis=0)))
    changes: dict[str, float] = {}
    for key, draws in samples.unknowns.items():
        bin_of = np.minimum((draws * bins).astype(int), bins - 1)
        changed = 0.0
        for index in range(bins):
            inside = bin_of == index
            if inside.any() and int(np.argmax(values[inside].mean(axis=0))) != overall:
                changed += float(inside.mean())
        probe = key.partition("|")[0]
        changes[probe] = max(changes.get(probe, 0.0), changed)
    best = max(sorted(changes), key=lambda probe: changes[probe], default=None)
    return best if best is not None and changes[best] > 0 else None


def _weights(wishes: Sequence[Wish], samples: int, seed: int) -> Floats:
    """Return weights of shape (criteria, samples), each column summing to 1: log-normal around the stated ones."""
    import numpy as np

    sigma = math.log(WEIGHT_FACTOR) / Z95
    rows = [
        wish.weight * np.exp(sigma * _generator(seed, f"weight|{wish.criterion.id}").standard_normal(samples))
        for wish in wishes
    ]
    weights: Floats = np.array(rows)
    weights /= weights.sum(axis=0)
    return weights


def _cell(finding: Finding, of: Worth, value: ValueFunction, generator: Any, samples: int) -> Floats:
    """Return draws of one cell's worth, of shape (samples,)."""
    import numpy as np

    cell = finding.cell
    if cell.value is None or of.point is None:
        uniform: Floats = of.low + (of.high - of.low) * generator.random(samples)
        return uniform
    middle = value.position(cell.value)
    ends = sorted(value.position(end) for end in (cell.low, cell.high) if end is not None)
    below, above = middle - ends[0], ends[-1] - middle
    normal = generator.standard_normal(samples) / Z95
    worths: Floats = np.clip(middle + normal * np.where(normal < 0, max(below, 0.0), max(above, 0.0)), 0.0, 1.0)
    return worths


def _generator(seed: int, key: str) -> Any:
    import numpy as np

    digest = hashlib.blake2b(f"{seed}|{key}".encode(), digest_size=16).digest()
    return np.random.Generator(np.random.SFC64(int.from_bytes(digest, "little")))
