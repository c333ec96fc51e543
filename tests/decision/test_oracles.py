"""The additive value against two independent implementations, on complete random tables."""

import warnings

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.decision.tables import Interval, criterion, profile, table, wish

TABLES = 1000
Case = tuple[NDArray[np.float64], NDArray[np.float64], list[float]]
"""Partial values (stacks × criteria), normalised weights, and our values of the stacks."""


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    rng = np.random.default_rng(5)
    found = []
    for _ in range(TABLES):
        stacks, criteria = rng.integers(2, 8), rng.integers(1, 12)
        worths, stated = rng.random((stacks, criteria)), rng.uniform(0.05, 1, criteria)
        needed = profile([wish(criterion(f"c{j}"), float(weight), 0.0, 1.0) for j, weight in enumerate(stated)])
        rows: dict[str, dict[str, Interval | None]] = {
            f"s{i}": {f"c{j}": (float(v), float(v), float(v)) for j, v in enumerate(row)}
            for i, row in enumerate(worths)
        }
        values = table(needed, rows).values
        ours = [values[f"s{i}"].middle for i in range(stacks)]
        found.append((worths, stated / stated.sum(), ours))
    return found


def test_values_equal_pymcdms_weighted_sum(cases: list[Case]) -> None:
    from pymcdm.methods import WSM

    method = WSM(normalization_function=lambda column, cost=False: column)
    for worths, weights, ours in cases:
        theirs = method(worths, weights, np.ones(len(weights)), validation=False)
        assert ours == pytest.approx(theirs, abs=1e-12)


def test_values_and_ranks_equal_scikit_criterias_weighted_sum(cases: list[Case]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import skcriteria
        from skcriteria.agg.simple import WeightedSumModel

        method = WeightedSumModel()
        for worths, weights, ours in cases:
            result = method.evaluate(skcriteria.mkdm(worths, [max] * len(weights), weights=weights))
            assert ours == pytest.approx(result.e_.score, abs=1e-12)
            assert [*np.argsort(ours)[::-1]] == [*np.argsort(result.rank_)]
