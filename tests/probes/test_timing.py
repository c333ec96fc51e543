"""Blocks are bounded by time and by a least number of calls."""

from __future__ import annotations

import gc
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes.timing import MOST_CALLS, block, thinned

pytestmark = pytest.mark.alone


def test_a_block_ends_when_its_time_is_up() -> None:
    seen = block(lambda: time.sleep(0.001), settle=0, lead_in=0, seconds=0.05, minimum_calls=1)
    assert 0.05 <= seen["wall"] < 0.5
    assert 2 <= seen["count"] <= 50
    assert all(seconds >= 0.001 for seconds in seen["calls"])
    assert sum(seen["calls"]) == pytest.approx(seen["wall"])


def test_long_calls_are_made_often_enough() -> None:
    seen = block(lambda: time.sleep(0.01), settle=0, lead_in=0, seconds=0.001, minimum_calls=4)
    assert seen["count"] == len(seen["calls"]) == 4


def test_the_lead_in_is_not_timed() -> None:
    calls: list[float] = []
    start = time.perf_counter()
    seen = block(lambda: calls.append(time.perf_counter()), settle=0.02, lead_in=0.03, seconds=0.01, minimum_calls=1)
    assert calls[0] - start >= 0.02
    assert len(calls) > seen["count"]
    assert calls[-seen["count"]] - start >= 0.05


def test_cpu_time_tells_work_from_waiting() -> None:
    waiting = block(lambda: time.sleep(0.005), settle=0, lead_in=0, seconds=0.05)
    working = block(lambda: sum(range(20_000)), settle=0, lead_in=0, seconds=0.05)
    assert waiting["cpu"] < 0.5 * waiting["wall"]
    assert working["cpu"] > 0.1 * working["wall"]


def test_the_collector_rests_only_while_timed() -> None:
    seen: list[bool] = []
    block(lambda: seen.append(gc.isenabled()), settle=0, lead_in=0, seconds=0, minimum_calls=2)
    assert seen == [False, False]
    assert gc.isenabled()


def test_the_collector_comes_back_after_an_exception() -> None:
    def fail() -> None:
        raise ValueError("no more calls")

    with pytest.raises(ValueError, match="no more calls"):
        block(fail, settle=0, lead_in=0)
    assert gc.isenabled()


def test_many_calls_are_thinned_and_still_counted() -> None:
    seen = block(lambda: None, settle=0, lead_in=0, seconds=0.01, minimum_calls=3 * MOST_CALLS)
    assert len(seen["calls"]) == MOST_CALLS
    assert seen["count"] >= 3 * MOST_CALLS


@given(st.lists(st.floats(0, 1), max_size=60), st.integers(1, 50))
def test_thinning_keeps_order_and_spread(values: list[float], most: int) -> None:
    kept = thinned(list(enumerate(values)), most)
    assert len(kept) == min(len(values), most)
    assert kept == sorted(kept)
    if values:
        assert kept[0] == (0, values[0])
