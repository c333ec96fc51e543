"""Ratios of times: to the fastest of each work, their means geometric, and no difference where nobody knows one."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.measurement.run import Observation
from advisor.measurement.timing import Summary
from advisor.report.speeds import Speeds, speeds
from tests.samples import sample_run


def timed(framework: str, seconds: float, width: float = 0.0) -> Observation:
    return Observation(
        probe="x", framework=framework, metric="latency", unit="s", outcome="measured", grade="measured",
        summary=Summary(median=seconds, low=seconds * (1 - width), high=seconds * (1 + width), n=3),
    )  # fmt: skip


def of(*works: list[Observation]) -> Speeds:
    observations = tuple(each for work in works for each in work)
    run = sample_run().model_copy(update={"observations": observations})
    places = iter(range(len(observations)))
    return speeds(run, {str(number): [next(places) for _ in work] for number, work in enumerate(works)})


times = st.floats(1e-6, 10.0)


@given(st.lists(st.tuples(times, times), min_size=1, max_size=6))
def test_ratios_are_to_the_fastest_and_their_mean_is_geometric(pairs: list[tuple[float, float]]) -> None:
    found = of(*([timed("pytorch", one), timed("tensorflow", two), timed("tensorflow", two * 3)] for one, two in pairs))
    for work, (one, two) in zip(found.works, pairs, strict=True):
        ratios = {each.framework: each.ratio for each in work.ratios}
        assert min(ratios.values()) == 1
        assert ratios["tensorflow"] / ratios["pytorch"] == pytest.approx(two / one)
    means = {each.framework: each.mean for each in found.means}
    assert bool(means) == (len(pairs) > 1)
    if means:
        whole = math.prod((two / one) ** (1 / len(pairs)) for one, two in pairs)
        assert means["tensorflow"] / means["pytorch"] == pytest.approx(whole)


@pytest.mark.parametrize(("seconds", "width", "alike"), [(1.04, 0.0, True), (1.2, 0.0, False), (1.2, 0.15, True)])
def test_what_differs_by_less_than_matters_or_than_is_known_is_alike(seconds: float, width: float, alike: bool) -> None:
    (work,) = of([timed("pytorch", 1.0, width), timed("tensorflow", seconds, width)]).works
    assert [each.alike for each in work.ratios] == [True, alike]


def test_times_of_which_only_bounds_are_known_and_works_of_one_are_left_out() -> None:
    bounded = timed("tensorflow", 2.0).model_copy(update={"grade": "bounded"})
    assert of([timed("pytorch", 1.0), bounded], []).works == ()
