"""Figures that are added, turned round and bounded: what is unknown stays unknown, and evidence stays evidence."""

from __future__ import annotations

import pytest

from advisor.decision.readings import Reading, add, at_least, least, no_slower_than, per_second

SMALL = Reading("measured", 2.0, 1.0, 3.0, 9, ("/a",))
LARGE = Reading("measured", 5.0, 4.0, 7.0, 4, ("/b", "/c"))
GONE = Reading("error", message="it fell over")


@pytest.mark.parametrize(
    ("reading", "says"),
    [
        (SMALL, True),
        (Reading("measured", 0.0), True),
        (Reading("refuted"), True),
        (Reading("not_supported"), True),
        (Reading("bounded", low=0.0), True),
        (Reading("bounded", high=3.0), True),
        (GONE, False),
        (Reading("not_run"), False),
    ],
)
def test_an_outcome_says_something_where_it_is_evidence_or_bounds_a_figure(reading: Reading, says: bool) -> None:
    assert reading.informative is says


def test_a_sum_has_the_sums_of_the_bounds_the_least_count_and_all_evidence() -> None:
    assert add([SMALL, LARGE]) == Reading("measured", 7.0, 5.0, 10.0, 4, ("/a", "/b", "/c"))
    assert add([LARGE, Reading("measured", 1.0, 1.0, 1.0)]).n == 1


def test_an_unknown_part_of_a_sum_counts_as_anything_from_zero_up() -> None:
    assert add([GONE, SMALL]) == Reading("bounded", None, 1.0, None, None, ("/a",), "it fell over")
    silent = Reading("contended")
    assert add([silent, SMALL, GONE]).message == "it fell over"
    capped = add([SMALL, Reading("bounded", high=6.0, evidence=("/d",))])
    assert (capped.outcome, capped.low, capped.high, capped.evidence) == ("bounded", 1.0, 9.0, ("/a", "/d"))


def test_a_sum_of_nothing_known_says_why_the_first_is_not() -> None:
    assert add([GONE, Reading("not_run")]) is GONE


@pytest.mark.parametrize("outcome", ["refuted", "not_supported"])
def test_evidence_against_one_part_is_evidence_against_the_sum(outcome: str) -> None:
    against = Reading(outcome, message="no")
    assert add([SMALL, against, GONE]) is against


def test_the_rate_of_the_longest_time_is_the_lowest() -> None:
    found = per_second(Reading("measured", 2.0, 1.0, 4.0, 9, ("/a",)), 32)
    assert (found.value, found.low, found.high) == (16.0, 8.0, 32.0)
    assert (found.outcome, found.n, found.evidence) == ("measured", 9, ("/a",))
    unbounded = per_second(Reading("bounded", None, 0.0, 4.0), 32)
    assert (unbounded.value, unbounded.low, unbounded.high) == (None, 8.0, None)


def test_a_lower_bound_loses_all_that_it_does_not_say() -> None:
    told = "a lower bound: what is asked needs at least this"
    assert at_least(SMALL) == Reading("bounded", None, 1.0, None, None, ("/a",), told)
    assert at_least(Reading("measured", 2.0, 1.0, 3.0, message="so it is")).message == "so it is"
    assert at_least(GONE) is GONE


def test_a_best_known_setting_is_at_most_as_slow_as_the_fastest_other() -> None:
    found = no_slower_than([LARGE, Reading("bounded", low=0.0), SMALL], Reading("contended"))
    assert (found.outcome, found.value, found.low, found.high, found.evidence) == ("bounded", None, None, 3.0, ("/a",))
    assert found.message == "best known was not measured (contended); it is at most as slow as another setting"
    assert str(no_slower_than([SMALL], GONE).message).startswith("best known was not measured (it fell over);")


def test_the_fastest_setting_is_no_slower_than_any() -> None:
    wide = Reading("measured", 2.0, 1.5, 9.0)
    narrow = Reading("measured", 2.1, 1.0, 2.5)
    found = least(wide, [narrow, GONE, Reading("bounded", low=0.1)])
    assert (found.value, found.low, found.high) == (2.0, 1.0, 2.5)
    # Bounds that leave the figure itself out would contradict it: then it keeps its own.
    assert least(wide, [Reading("measured", 1.2, 1.1, 1.3)]) is wide
    assert least(wide, [Reading("measured", 1.9, 1.8, 2.0)]).high == 2.0
    assert least(Reading("measured", 2.0, 2.0, 3.0), []).low == 2.0
