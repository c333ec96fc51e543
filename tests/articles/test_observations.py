"""Figures and proofs that a test finds in a Run, how a reader is told of them, and why one cannot be had."""

from __future__ import annotations

from typing import Any

import pytest

from advisor.articles.bindings import Quantity, Selection
from advisor.articles.observations import (
    MissingError,
    Number,
    against,
    label,
    number,
    pairs,
    percentage,
    proofs,
    select,
    short,
)
from advisor.measurement.run import Framework, Observation, Run
from advisor.measurement.run_index import Found, RunIndex
from advisor.measurement.timing import Summary
from tests.samples import sample_run

SUMMARY = Summary(median=2.0, low=1.5, high=2.5, n=200, p50=2.0, p99=4.0, p99_low=3.5, p99_high=4.5)


def seen(**update: Any) -> Observation:
    found = Observation(
        probe="walk", framework="a", workload="legs", setting="out-of-the-box", parameters={"batch": 1},
        metric="first-call", unit="s", outcome="measured", summary=SUMMARY,
    )  # fmt: skip
    return found.model_copy(update=update)


def run_of(*observations: Observation) -> Run:
    named = {name: Framework(title=title) for name, title in (("a", "Ann"), ("b", "Bob"))}
    return sample_run().model_copy(update={"observations": observations, "frameworks": named})


def quantity(**parts: Any) -> Quantity:
    return Quantity.model_validate({"probe": "walk", "metric": "first-call", **parts})


def figure(observation: Observation, **parts: Any) -> Number:
    return number(Found(7, observation), quantity(**parts), run_of(observation))


def refused(observation: Observation | None, **parts: Any) -> str:
    found = None if observation is None else Found(0, observation)
    with pytest.raises(MissingError) as caught:
        number(found, quantity(**parts), run_of())
    return str(caught.value)


def test_a_figure_is_told_with_its_name_its_interval_and_its_place() -> None:
    found = figure(seen())
    assert (found.value, found.low, found.high, found.unit, found.share) == (2.0, 1.5, 2.5, "s", False)
    assert found.pointer == "/observations/7/summary/median"
    assert str(found) == "walk, Ann (out-of-the-box, batch 1) first call 2.00 s (1.50 s–2.50 s)"
    tail = figure(seen(), statistic="p99")
    assert (tail.value, tail.low, tail.high, tail.unit) == (4.0, 3.5, 4.5, "s")
    assert (tail.name, tail.pointer) == (
        "walk, Ann (out-of-the-box, batch 1) first call p99",
        "/observations/7/summary/p99",
    )


def test_a_share_reads_as_a_percentage() -> None:
    exact = Summary(median=0.0123, low=0.0123, high=0.0123, n=9)
    found = figure(seen(metric="accuracy-loss", unit="", summary=exact), metric="accuracy-loss")
    assert found.share
    assert str(found) == "walk, Ann (out-of-the-box, batch 1) accuracy loss 1.23 %"
    assert [percentage(each) for each in (0.5, -0.00126, 1.0)] == ["50 %", "−0.13 %", "100 %"]


def test_a_detail_of_a_proof_is_a_number_or_a_count() -> None:
    told = seen(metric=None, outcome="proved", summary=None, proof={"eager": {"frames": 3}, "kept": ["x", "y"]})
    found = figure(told, metric=None, figure="eager.frames")
    assert (found.value, found.low, found.high, found.unit) == (3, 3, 3, "")
    assert (found.name, found.pointer) == (
        "walk, Ann (out-of-the-box, batch 1) eager.frames", "/observations/7/proof/eager/frames",
    )  # fmt: skip
    assert figure(told, metric=None, figure="kept").value == 2
    assert Found(0, told).detail("eager.frames.more") is None
    assert Found(0, seen()).detail("eager") is None
    for proof in ({"kept": True}, {"kept": "two"}, {}):
        said = refused(told.model_copy(update={"proof": proof}), metric=None, figure="kept")
        assert said == "walk, Ann (out-of-the-box, batch 1) ended in 'proved' and reports no figure 'kept'"


def test_why_there_is_no_figure_is_said() -> None:
    assert refused(None) == "not measured in this run: a counterpart for probe walk (first-call)"
    gone = seen(outcome="error", message="it\n  fell", summary=None)
    assert refused(gone) == "walk, Ann (out-of-the-box, batch 1) ended in 'error': it fell"
    assert refused(seen(summary=None)) == "walk, Ann (out-of-the-box, batch 1) ended in 'measured'"
    few = SUMMARY.model_copy(update={"p99_low": None})
    assert refused(seen(summary=few), statistic="p99").endswith("first call: too few calls for a p99")


def test_what_is_not_in_the_run_is_described_by_all_that_was_asked() -> None:
    asked = Selection.model_validate(
        {"probe": "run", "framework": "a", "setting": "out-of-the-box", "parameters": {"batch": 2}}
    )
    with pytest.raises(MissingError) as caught:
        select(asked, RunIndex(run_of(seen())))
    assert str(caught.value) == "not measured in this run: probe run (a, out-of-the-box, batch 2)"
    elsewhere = Selection.model_validate({"probe": "walk", "metric": "first-call", "device": "cuda"})
    with pytest.raises(MissingError, match=r"^this run was measured on cpu, the claim is about cuda$"):
        select(elsewhere, RunIndex(run_of(seen())))


@pytest.mark.parametrize(
    ("asked", "places"),
    [
        ({}, [0, 1, 2]),
        ({"framework": "b"}, [1]),
        ({"setting": "best-known"}, [2]),
        ({"workload": "arms"}, []),
        ({"parameters": {"batch": 1}}, [0, 1]),
        ({"probe": "w?lk"}, [0, 1, 2]),
        ({"metric": "latency"}, []),
    ],
)
def test_a_selection_means_what_fits_all_of_it(asked: dict[str, Any], places: list[int]) -> None:
    run = run_of(seen(), seen(framework="b"), seen(setting="best-known", parameters={"batch": 8}))
    asked = {"probe": "walk", "metric": "first-call", **asked}
    try:
        found = [each.index for each in select(Selection.model_validate(asked), RunIndex(run))]
    except MissingError:
        found = []
    assert found == places


def test_figures_are_paired_by_what_neither_side_fixes() -> None:
    run = run_of(
        seen(), seen(framework="b"), seen(parameters={"batch": 8}), seen(framework="b", parameters={"batch": 9})
    )
    found = pairs(quantity(framework="a"), quantity(framework="b"), RunIndex(run))
    places = [tuple(None if side is None else side.index for side in pair) for pair in found]
    assert places == [(0, 1), (2, None), (None, 3)]
    other = run_of(seen(), seen(probe="run", framework="b", route="rail"))
    ((first, second),) = pairs(quantity(framework="a"), quantity(probe="run", framework="b"), RunIndex(other))
    assert first is not None
    assert second is not None
    assert (first.index, second.index) == (0, 1)


def test_two_figures_are_told_beside_each_other_with_what_they_are_of_said_once() -> None:
    one, two = seen(), seen(framework="b", setting=None, how="jit", summary=SUMMARY)
    run = run_of(one, two)
    a, b = (number(Found(place, each), quantity(), run) for place, each in enumerate((one, two)))
    told = against(Found(0, one), Found(1, two), a, b, run)
    assert told == "walk, first call: 2.00 s with Ann (out-of-the-box, batch 1) against 2.00 s with Bob (jit, batch 1)"
    run_too = two.model_copy(update={"probe": "run"})
    assert against(Found(0, one), Found(1, run_too), a, b, run).startswith("walk and run, first call: ")
    assert label(seen(framework="c", setting=None, parameters={}), run) == "walk, c"


def test_proofs_are_those_that_say_something() -> None:
    held = seen(metric=None, outcome="refuted", summary=None)
    run = run_of(held, held.model_copy(update={"outcome": "not_installed", "framework": "b"}))
    asked = {"probe": "walk", "framework": "a"}
    assert [each.index for each in proofs(Selection.model_validate(asked), RunIndex(run))] == [0]
    with pytest.raises(MissingError, match=r"Bob .* ended in 'not_installed'"):
        proofs(Selection.model_validate({"probe": "walk"}), RunIndex(run))


def test_a_long_message_is_cut_to_one_line() -> None:
    assert short("one\n two") == "one two"
    assert short("x" * 120) == "x" * 120
    assert short("x" * 121) == "x" * 119 + "…"
    assert len(short("x" * 300)) == 120
