"""What follows from a Run's figures follows by arithmetic, and what does not follow is not claimed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from advisor.measurement.derivation import derived
from advisor.measurement.disturbance import seen
from advisor.measurement.run import Host, Observation, Outcome, Policy, Run
from advisor.measurement.timing import Round, Summary

COMPILED = {"variant": "compiled", "how": "compiled", "compiled": True, "first_call": 12.0, "call": 0.8e-3}
EAGER = {"variant": "eager", "how": "eager", "compiled": False, "first_call": 0.1, "call": 1e-3}


ROBBED = (seen("clocks", 0.9, 0.03),)


def latency(setting: str, medians: list[float], *, variant: str = "eager", **fields: Any) -> Observation:
    rounds = tuple(Round(round=n, process=n % 3, median=m, calls=50, wall=0.1, cpu=0.1) for n, m in enumerate(medians))
    middle = sorted(medians)[len(medians) // 2]
    summary = Summary(median=middle, low=min(medians), high=max(medians), n=50 * len(medians))
    return cell(setting, "latency", variant=variant, rounds=rounds, summary=summary, **fields)


def cell(setting: str, metric: str, *, outcome: Outcome = "measured", **fields: Any) -> Observation:
    return Observation(
        probe="mlp-training", framework="toy", workload="mlp", setting=setting, parameters={"batch": 8}, metric=metric,
        unit="s", outcome=outcome, **fields,
    )  # fmt: skip


def first_call(setting: str, seconds: float, **fields: Any) -> Observation:
    return cell(setting, "first-call", summary=Summary(median=seconds, low=seconds, high=seconds, n=1), **fields)


def follows(*observations: Observation) -> dict[str, Observation]:
    now = datetime.now(UTC)
    run = Run(
        id="x", started=now, finished=now, mode="standard", policy=Policy(threads=1), frameworks={},
        host=Host(cpu="c", cores=1, memory_bytes=1, os="o"), observations=observations,
    )  # fmt: skip
    return {each.metric or "": each for each in derived(run)}


def test_nothing_follows_from_nothing() -> None:
    assert follows(latency("out-of-the-box", [1e-3] * 8)) == {}


def test_samples_per_call_make_a_throughput() -> None:
    found = follows(latency("out-of-the-box", [0.01, 0.02, 0.04], proof={"samples": 512}))["throughput"]
    assert found.unit == "1/s"
    assert found.summary is not None
    assert (found.summary.low, found.summary.median, found.summary.high) == (12800, 25600, 51200)
    assert found.rounds == ()
    assert found.proof is None
    assert found.parameters == {"batch": 8}


def test_the_time_of_a_token_makes_a_rate_of_its_grade() -> None:
    time = cell("best-known", "token-latency", summary=Summary(median=0.5, low=0.25, high=1, n=5), grade="bounded")
    found = follows(time)["tokens-per-second"]
    assert found.summary is not None
    assert (found.summary.low, found.summary.median, found.summary.high) == (1, 2, 4)
    assert (found.unit, found.grade) == ("1/s", "bounded")


def test_the_share_is_of_the_highest_peak() -> None:
    peaks = [
        Observation(
            probe="ceiling", framework="toy", parameters={"library": name}, metric="peak-flops", unit="1/s",
            outcome="measured", summary=Summary(median=value, low=value, high=value, n=1),
        )
        for name, value in (("NumPy", 1e9), ("Toy", 4e9))
    ]  # fmt: skip
    one = latency("out-of-the-box", [1e-3] * 6, proof={"operations": 1_000_000})
    found = follows(one, *peaks)["ceiling-share"]
    assert found.summary is not None
    assert found.summary.median == pytest.approx(0.25)
    assert found.proof == {"operations": 1_000_000, "peak_flops": 4e9}
    assert "ceiling-share" not in follows(one)


def test_compiling_pays_after_its_cost_over_what_a_call_saves() -> None:
    found = follows(
        latency("out-of-the-box", [1e-3] * 8),
        latency("best-known", [0.8e-3] * 8, variant="compiled", proof={"tried": [COMPILED, EAGER]}),
        first_call("out-of-the-box", 2.0),
        first_call("best-known", 12.0),
    )
    calls = found["break-even"].summary
    assert calls is not None
    assert calls.median == pytest.approx(10 / 0.2e-3)
    assert calls.low < calls.median < calls.high
    seconds = found["compile-time"].summary
    assert seconds is not None
    assert seconds.median == pytest.approx(12 - 0.8e-3)


@pytest.mark.parametrize(
    ("medians", "outcome", "says"),
    [
        ([1.3e-3] * 8, "refuted", "takes 1.30 times as long"),
        ([1.01e-3] * 8, "refuted", "does not pay"),
        ([0.7e-3, 1.2e-3] * 4, "not_run", "unclear"),
    ],
)
def test_compiling_that_is_not_faster_does_not_pay(medians: list[float], outcome: Outcome, says: str) -> None:
    found = follows(
        latency("out-of-the-box", [1e-3] * 8),
        latency("best-known", medians, variant="compiled", proof={"tried": [COMPILED]}),
        first_call("best-known", 12.0),
    )["break-even"]
    assert found.outcome == outcome
    assert says in (found.message or "")
    assert found.summary is None


def test_where_eager_won_the_trial_compiling_still_has_its_cost() -> None:
    slow = COMPILED | {"call": 1.2e-3}
    found = follows(
        latency("best-known", [1e-3] * 8, variant="eager", proof={"tried": [slow, EAGER]}),
        first_call("best-known", 0.1),
    )
    assert found["break-even"].outcome == "refuted"
    assert "1.00 ms a call with eager, 1.20 ms compiled" in (found["break-even"].message or "")
    assert found["compile-time"].summary is not None
    assert found["compile-time"].summary.median == pytest.approx(12, rel=1e-3)
    assert (found["compile-time"].how, found["compile-time"].variant) == ("compiled", "compiled")


def test_of_two_that_compile_the_one_that_was_taken_counts() -> None:
    graph = COMPILED | {"variant": "graph", "first_call": 1.0, "call": 0.82e-3}
    found = follows(
        latency("out-of-the-box", [1e-3] * 8),
        latency("best-known", [0.82e-3] * 8, variant="graph", proof={"tried": [graph, COMPILED]}),
        first_call("best-known", 1.0),
    )
    assert found["break-even"].outcome == "measured"
    assert found["compile-time"].variant == "graph"


def test_what_follows_from_figures_under_load_is_of_their_grade() -> None:
    found = follows(
        latency("out-of-the-box", [1e-3] * 8, grade="under load"),
        latency("best-known", [0.8e-3] * 8, variant="compiled", proof={"tried": [COMPILED]}, grade="measured"),
        first_call("best-known", 12.0, grade="under load"),
    )
    assert (found["break-even"].outcome, found["break-even"].grade) == ("measured", "under load")
    assert found["compile-time"].grade == "under load"


def test_of_settings_that_are_only_bounded_the_break_even_is_bounded_by_both() -> None:
    def bounded(setting: str, low: float, high: float, **fields: Any) -> Observation:
        whole = latency(setting, [high] * 8, grade="bounded", **fields)
        robbed = [each.model_copy(update={"accepted": False, "disturbances": ROBBED}) for each in whole.rounds]
        summary = Summary(median=high, low=low, high=high, n=400)
        return whole.model_copy(update={"rounds": tuple(robbed), "summary": summary})

    found = follows(
        bounded("out-of-the-box", 4e-3, 8e-3),
        bounded("best-known", 0.5e-3, 1e-3, variant="compiled", proof={"tried": [COMPILED]}),
        first_call("best-known", 12.0),
    )["break-even"]
    assert (found.outcome, found.grade) == ("measured", "bounded")
    assert found.summary is not None
    cost = 12.0 - 8e-3
    assert found.summary.low == pytest.approx(cost / (8e-3 * (1 - 0.5 / 8)))
    assert found.summary.high == pytest.approx(cost / (4e-3 * (1 - 1 / 4)))
    assert found.summary.n >= 1


def test_a_trial_on_a_busy_machine_refutes_nothing() -> None:
    slow = COMPILED | {"call": 50e-3}
    found = follows(
        latency(
            "best-known", [1e-3] * 8, variant="eager", proof={"tried": [slow, EAGER]}, flags=("chosen-while-busy",)
        ),
        first_call("best-known", 0.1),
    )["break-even"]
    assert found.outcome == "not_run"
    assert "busy while the variants were tried" in (found.message or "")


def test_what_could_not_be_measured_has_no_rate() -> None:
    lost = cell("out-of-the-box", "latency", outcome="error", message="the worker died", proof={"samples": 5})
    found = follows(lost)["throughput"]
    assert (found.outcome, found.message, found.summary) == ("error", "the worker died", None)


def test_energy_per_call_follows_from_what_the_blocks_took() -> None:
    timed = latency("out-of-the-box", [1e-3] * 6)
    rounds = tuple(each.model_copy(update={"energy": 1.0 + each.round}) for each in timed.rounds)
    found = follows(timed.model_copy(update={"rounds": rounds}))["energy"]
    assert found.unit == "J"
    assert found.summary is not None
    assert found.summary.median == pytest.approx(3.5 / 50)
    assert [found.summary.low, found.summary.high] == pytest.approx([1 / 50, 6 / 50])


def test_what_compiles_out_of_the_box_is_told_what_that_costs_and_nothing_to_pay_it_back_against() -> None:
    found = follows(latency("out-of-the-box", [1e-3] * 8, proof={"tried": [{**COMPILED, "call": 2e-3}]}))
    assert set(found) == {"compile-time"}
    assert found["compile-time"].summary is not None
    assert found["compile-time"].summary.median == pytest.approx(12.0 - 2e-3)


def test_what_lies_on_top_of_a_framework_is_told_what_it_costs_over_that() -> None:
    below = latency("out-of-the-box", [1e-3] * 8).model_copy(update={"framework": "pytorch"})
    above = latency("out-of-the-box", [2e-3] * 8).model_copy(update={"framework": "keras_pytorch"})
    found = follows(below, above)
    assert set(found) == {"over-backend"}
    assert found["over-backend"].framework == "keras_pytorch"
    assert found["over-backend"].proof == {"backend": "pytorch"}
    assert found["over-backend"].summary is not None
    assert found["over-backend"].summary.median == pytest.approx(2.0)
    assert follows(above) == {}
