"""How sure: stochastic multicriteria acceptability analysis (SMAA) over joint samples of measurements and weights.

Method: Lahdelma, Hokkanen & Salminen (1998), SMAA, European Journal of Operational Research 106; Lahdelma &
Salminen (2001), SMAA-2, Operations Research 49. With the weights as stated they are drawn around the stated ones; the
same indices with only the order of the weights, or without any weights, say how much the weights matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from advisor.decision.sampling import Samples, draw
from advisor.decision.table import Table

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

PAIRED = 32
"""How many of the first stacks every stack is compared with, one by one."""


@dataclass(frozen=True)
class Robustness:
    """What the samples say of each feasible stack, by its identifier (see `advisor.decision.recommendation.Ranked`).

    An open alternative takes its ranks away from the others; ``open`` is how often each would be first.
    """

    ranks: Mapping[str, tuple[float, ...]]
    pairwise: Mapping[str, tuple[float, ...]]
    by_ranking: Mapping[str, float]
    by_any: Mapping[str, float]
    central: Mapping[str, tuple[float, ...]]
    next_probe: str | None = None
    open: Mapping[str, float] = field(default_factory=dict)


def robustness(table: Table, *, seed: int, samples: int) -> Robustness:
    """Sample the table and return what the samples say."""
    names = table.feasible
    if not names:
        return Robustness({}, {}, {}, {}, {})
    findings, worths, among = table.findings, table.worths, names
    if table.open is not None:
        findings, worths = {**findings, **table.open.findings}, {**worths, **table.open.worths}
        among = (*names, *table.open.feasible)
    drawn = draw(
        among,
        table.profile.wishes,
        findings,
        worths,
        samples=samples,
        seed=seed,
        weightings=("stated", "ranking", "any"),
    )
    ranks, wins = rank_acceptability(drawn.values), pairwise_winning(drawn.values)
    by_ranking, by_any = first_rank(drawn.by["ranking"]), first_rank(drawn.by["any"])
    central = central_weights(drawn.by["any"], drawn.weights["any"])
    return Robustness(
        open={name: float(ranks[row][0]) for row, name in enumerate(among) if row >= len(names)},
        ranks={name: tuple(map(float, ranks[row])) for row, name in enumerate(names)},
        pairwise={name: tuple(map(float, wins[row][: len(names)])) for row, name in enumerate(names)},
        by_ranking={name: float(by_ranking[row]) for row, name in enumerate(names)},
        by_any={name: float(by_any[row]) for row, name in enumerate(names)},
        central={name: tuple(map(float, central[row])) for row, name in enumerate(names) if by_any[row] > 0},
        next_probe=most_decisive_unknown(drawn, range(len(names))),
    )


def rank_acceptability(values: Floats) -> Floats:
    """Return b[i, r]: the share of samples in which stack i has rank r (0 is first). Shape (stacks, stacks)."""
    import numpy as np

    samples, stacks = values.shape
    order = np.argsort(-values, axis=1)
    order += np.arange(stacks) * stacks
    counts = np.bincount(order.ravel(), minlength=stacks * stacks).reshape(stacks, stacks).T
    shares: Floats = counts / samples
    return shares


def first_rank(values: Floats) -> Floats:
    """Return the share of samples in which each stack comes first; shape (stacks,)."""
    import numpy as np

    samples, stacks = values.shape
    shares: Floats = np.bincount(np.argmax(values, axis=1), minlength=stacks) / samples
    return shares


def pairwise_winning(values: Floats, against: int = PAIRED) -> Floats:
    """Return p[i, j]: the share of samples in which stack i is worth more than stack j; 0.5 where they are the same.

    Of the columns j only the first `against` stacks are compared.
    """
    import numpy as np

    stacks = values.shape[1]
    wins = np.full((stacks, min(stacks, against)), 0.5)
    for j in range(wins.shape[1]):
        ahead = np.mean(values[:, j, None] < values[:, j + 1 :], axis=0)
        wins[j + 1 :, j] = ahead
        within = wins.shape[1] - j - 1
        wins[j, j + 1 :] = 1.0 - ahead[:within]
    return wins


def central_weights(values: Floats, weights: Floats) -> Floats:
    """Return the mean weights of the samples in which each stack comes first; shape (stacks, criteria).

    NaN for a stack that never does. `weights` has the shape (criteria, samples), drawn without preference.
    """
    import numpy as np

    winners = np.argmax(values, axis=1)
    central = np.full((values.shape[1], len(weights)), np.nan)
    for stack in np.flatnonzero(np.bincount(winners)):
        central[stack] = weights[:, winners == stack].mean(axis=1)
    return central


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
    for unknown in samples.unknowns:
        share = (samples.worths(unknown) - unknown.low) / (unknown.high - unknown.low)
        bin_of = np.minimum((share * bins).astype(int), bins - 1)
        sizes = np.bincount(bin_of, minlength=bins)
        sums = np.array([np.bincount(bin_of, column, minlength=bins) for column in values.T])
        changed = float(sizes[(sums.argmax(axis=0) != overall) & (sizes > 0)].sum()) / len(values)
        changes[unknown.probe] = max(changes.get(unknown.probe, 0.0), changed)
    best = max(sorted(changes), key=lambda probe: changes[probe], default=None)
    return best if best is not None and changes[best] > 0 else None
