"""Reading one figure out of a Run: which observation answers, what takes its place, and what is said when none does."""

from __future__ import annotations

from typing import Any

import pytest

from advisor.criteria import Selection
from advisor.decision.reader import RunReader, probe_of
from advisor.decision.readings import Reading
from advisor.keys import Stack
from advisor.measurement.run import Framework, Observation, Parity, Run, Skipped
from advisor.measurement.timing import Round, Summary
from tests.samples import sample_run

PYTORCH = Stack(framework="pytorch")
RAIL = Stack(framework="pytorch", route="rail")
SUMMARY = Summary(median=2.0, low=1.8, high=2.4, n=50, p50=2.1, p95=3.0, p99=4.0)


def run_of(*observations: Observation, **update: Any) -> Run:
    run = sample_run(keep=lambda each: False)
    return run.model_copy(update={"observations": observations, **update})


def timed(setting: str | None = "out-of-the-box", **update: Any) -> Observation:
    found = Observation(
        probe="walk", framework="pytorch", workload="legs", setting=setting, parameters={"batch": 1}, metric="latency",
        unit="s", outcome="measured", summary=SUMMARY,
    )  # fmt: skip
    return found.model_copy(update=update)


def proof(**update: Any) -> Observation:
    found = Observation(
        probe="route:rail", framework="pytorch", route="rail", parameters={"precision": "int8"}, outcome="proved",
        proof={"max_relative_error": 3.2e-7},
    )  # fmt: skip
    return found.model_copy(update=update)


def selection(**asked: Any) -> Selection:
    return Selection.model_validate({"probe": "walk", "metric": "latency", "parameters": {"batch": 1}, **asked})


def read(run: Run, stack: Stack = PYTORCH, unit: str = "s", **asked: Any) -> Reading:
    return RunReader(run).read(selection(**asked), stack, unit)


def proved(run: Run, **asked: Any) -> Reading:
    asked = {"probe": "route:*", "route": "own", "metric": None, "parameters": {"precision": "int8"}, **asked}
    return RunReader(run).read(selection(**asked), RAIL, "")


@pytest.mark.parametrize(
    ("statistic", "value", "low", "high"),
    [("median", 2.0, 1.8, 2.4), ("p50", 2.1, 1.8, 2.4), ("p95", 3.0, 2.7, 3.6), ("p99", 4.0, 3.6, 4.8)],
)
def test_a_quantile_without_an_interval_has_the_medians_in_proportion(
    statistic: str, value: float, low: float, high: float
) -> None:
    found = read(run_of(timed()), statistic=statistic)
    assert (found.value, found.low, found.high) == pytest.approx((value, low, high))
    assert (found.outcome, found.n, found.evidence) == ("measured", 50, ("/observations/0",))


def test_an_interval_holds_its_own_figure() -> None:
    odd = SUMMARY.model_copy(update={"p50": 2.6, "p99_low": 4.5, "p99_high": 5.0})
    middle, tail = (read(run_of(timed(summary=odd)), statistic=each) for each in ("p50", "p99"))
    assert (middle.value, middle.low, middle.high) == (2.6, 1.8, 2.6)
    assert (tail.value, tail.low, tail.high) == (4.0, 4.0, 5.0)


def test_a_quantile_of_too_few_calls_is_at_least_the_median() -> None:
    found = read(run_of(timed(summary=SUMMARY.model_copy(update={"p95": None}))), statistic="p95")
    told = "too few calls for the p95: it is at least as long as the median"
    assert found == Reading("bounded", low=1.8, evidence=("/observations/0",), message=told)


def test_another_unit_is_a_mistake_of_the_run() -> None:
    found = read(run_of(timed(unit="ms")))
    assert (found.outcome, found.message) == ("error", "expected the unit 's', the Run has 'ms'")


@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        ({}, True),
        ({"setting": "out-of-the-box"}, True),
        ({"setting": "other"}, False),
        ({"workload": "legs"}, True),
        ({"workload": "arms"}, False),
        ({"parameters": {}}, True),
        ({"parameters": {"batch": 2}}, False),
        ({"parameters": {"batch": 1, "precision": "int8"}}, False),
        ({"probe": "w*"}, True),
        ({"probe": "run"}, False),
        ({"metric": "first-call"}, False),
    ],
)
def test_an_observation_answers_only_what_is_asked(asked: dict[str, Any], fits: bool) -> None:
    assert read(run_of(timed()), **asked).informative is fits


def test_a_route_is_asked_for_its_own_figures_and_a_framework_for_its() -> None:
    run = run_of(timed(), timed(route="rail", summary=SUMMARY.model_copy(update={"median": 1.9})))
    assert read(run, RAIL, route="own").value == 1.9
    assert read(run, RAIL, route="framework").value == 2.0
    assert (probe_of(selection(route="own"), RAIL), probe_of(selection(), RAIL)) == ("route:rail", "walk")


def test_the_fastest_setting_counts_where_the_best_known_was_measured() -> None:
    slow = SUMMARY.model_copy(update={"median": 9.0, "low": 8.0, "high": 10.0, "p50": 9.0})
    found = read(run_of(timed(), timed("best-known", summary=slow)), setting="best-known")
    assert (found.value, found.message) == (
        2.0, "measured out of the box, because the best known setting was slower here",
    )  # fmt: skip
    # Of two intervals that lap over each other the least of both is bounded by each of them.
    near = SUMMARY.model_copy(update={"median": 2.1, "low": 1.5, "high": 2.2, "p50": 2.1})
    both = run_of(timed(), timed("best-known", summary=near))
    for statistic, value in (("median", 2.0), ("p50", 2.1)):
        least = read(both, setting="best-known", statistic=statistic)
        assert (least.value, least.low, least.high) == (value, 1.5, 2.2)
    assert read(both, setting="best-known", statistic="p95").low == pytest.approx(2.7)


def test_where_the_best_known_setting_does_not_work_and_no_other_was_measured_that_is_said() -> None:
    refused = timed("best-known", outcome="not_supported", message="no compiler", summary=None)
    found = read(run_of(refused), setting="best-known")
    assert (found.outcome, found.message) == (
        "missing", "best known does not work here (no compiler); no other was measured",
    )  # fmt: skip


def test_a_proof_tells_how_near_the_answers_are() -> None:
    held = proved(run_of(proof()))
    assert (held.outcome, held.value, held.low, held.high, held.n) == ("proved", 1.0, 1.0, 1.0, 1)
    assert (held.message, held.evidence) == ("largest relative error 3.2e-07", ("/observations/0",))
    assert proved(run_of(proof(proof={}))).message is None
    timed_alone = timed(parity=Parity(max_relative_error=4.1e-7))
    assert read(run_of(timed_alone), metric=None).message == "largest relative error 4.1e-07"


@pytest.mark.parametrize("outcome", ["refuted", "not_supported"])
def test_a_proof_that_failed_is_evidence_with_its_reason_and_place(outcome: str) -> None:
    found = proved(run_of(proof(outcome=outcome, message="answers differ", where="rail.py:9")))
    assert found == Reading(outcome, 0.0, 0.0, 0.0, 1, ("/observations/0",), "answers differ at rail.py:9")


def test_a_workload_that_was_timed_without_a_comparison_of_answers_proves_nothing() -> None:
    assert not read(run_of(timed()), metric=None).informative


def test_the_proof_of_another_setting_or_precision_proves_nothing() -> None:
    assert not proved(run_of(proof(setting="eager")), setting="compiled").informative
    assert proved(run_of(proof(setting="eager")), setting="eager").informative
    assert not proved(run_of(proof(parameters={"precision": "float32"}))).informative


def test_figures_behind_a_proof_of_the_same_case_share_its_fate() -> None:
    failed = proof(outcome="not_supported", message="no")
    asked: dict[str, Any] = {"probe": "route:*", "route": "own", "parameters": {"precision": "int8", "batch": 1}}
    assert read(run_of(failed), RAIL, **asked) == Reading("not_supported", evidence=("/observations/0",), message="no")
    other = failed.model_copy(update={"parameters": {"precision": "float32"}})
    assert read(run_of(other), RAIL, **asked).outcome == "missing"


def test_what_others_disturbed_says_so_and_counts() -> None:
    loaded = read(run_of(timed(grade="under load")))
    assert (loaded.outcome, loaded.grade, loaded.value) == ("measured", "under load", read(run_of(timed())).value)
    bounded = read(run_of(timed(grade="bounded", summary=Summary(median=2.0, low=1.0, high=2.0, n=7))))
    assert (bounded.outcome, bounded.value, bounded.low, bounded.high) == ("bounded", None, 1.0, 2.0)


def test_a_p99_under_load_is_an_upper_bound() -> None:
    rounds = (Round(round=0, median=2.0, calls=100, wall=1.0, cpu=1.0),)
    summary = Summary(median=2.0, low=1.8, high=2.4, n=200, p99=5.0, p99_low=4.0, p99_high=6.0)
    found = read(run_of(timed(grade="under load", rounds=rounds, summary=summary)), statistic="p99")
    assert (found.outcome, found.value, found.low, found.high) == ("bounded", None, 1.8, 6.0)
    quiet = read(run_of(timed(grade="measured", rounds=rounds, summary=summary)), statistic="p99")
    assert (quiet.outcome, quiet.value, quiet.low, quiet.high) == ("measured", 5.0, 4.0, 6.0)


def test_of_settings_that_are_only_bounded_the_best_known_one_lies_below_the_least_upper_bound() -> None:
    eager = timed(setting="out-of-the-box", grade="bounded", summary=Summary(median=3.0, low=1.0, high=3.0, n=7))
    compiled = timed(setting="best-known", grade="bounded", summary=Summary(median=2.0, low=0.5, high=2.0, n=7))
    found = read(run_of(eager, compiled), setting="best-known")
    assert (found.outcome, found.value, found.low, found.high) == ("bounded", None, 0.5, 2.0)


def test_what_is_missing_says_the_most_particular_reason_that_is_known() -> None:
    nothing = run_of()
    assert (read(nothing).outcome, read(nothing).message) == ("missing", "the Run has no such figure")
    ended = read(run_of(complete=False))
    assert (ended.outcome, ended.message) == ("not_run", "the session ended before it was measured")
    absent = {"pytorch": Framework(title="PyTorch", outcome="not_installed")}
    found = read(run_of(frameworks=absent))
    assert (found.outcome, found.message) == ("not_installed", "PyTorch is not installed here")
    failed = read(run_of(timed(outcome="error", message="killed", summary=None), frameworks=absent))
    assert (failed.outcome, failed.message) == ("error", "killed")


def test_a_reason_for_one_batch_size_is_no_reason_for_another() -> None:
    long = Skipped(probe="wal*", kind="slow", reason="it takes too long", parameters={"batch": 16})
    left = run_of(skipped=(long, Skipped(probe="*", kind="other", reason="left out")))
    assert (read(left, parameters={"batch": 1}).outcome, read(left, parameters={"batch": 1}).message) == (
        "not_run",
        "left out",
    )
    why = "batch 16: it takes too long; leave out --quick to measure it"
    assert read(left, parameters={"batch": 16}).message == why
    assert read(left, parameters={}).message == why


def test_a_reading_names_what_was_left_out_and_so_does_the_bound_that_stands_for_it() -> None:
    long = Skipped(probe="walk", kind="slow_setting", parameters={"batch": 1})
    alone = read(run_of(skipped=(long,)), setting="best-known")
    assert (alone.outcome, alone.omission) == ("not_run", long)
    bounded = read(run_of(timed(), skipped=(long,)), setting="best-known")
    assert (bounded.outcome, bounded.omission) == ("bounded", long)
    assert read(run_of(timed(), skipped=(long,))).omission is None


def test_what_a_session_found_needless_is_known_by_its_probe_and_framework() -> None:
    ours, theirs = (Skipped(probe="walk", kind="needless", framework=name, reason="out") for name in ("pytorch", "b"))
    left = timed(outcome="not_run", message="out", summary=None)
    found = read(run_of(left, skipped=(theirs, ours)))
    assert (found.outcome, found.message, found.omission) == ("not_run", "out", ours)
    assert read(run_of(left, skipped=(theirs,))).omission is None
