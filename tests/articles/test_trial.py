"""Every form of test can hold, fail, stay within the noise, and say what is missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from advisor.articles import trial as trials
from advisor.articles.bindings import Form
from advisor.articles.trial import Trial, probes
from advisor.measurement.run import Observation, Run
from advisor.measurement.run_index import RunIndex
from advisor.measurement.timing import Summary
from tests.samples import sample_run

CNN = {"probe": "cnn-training", "metric": "latency", "setting": "out-of-the-box"}
PYTORCH, TENSORFLOW = {**CNN, "framework": "pytorch"}, {**CNN, "framework": "tensorflow"}
ONNX = {"probe": "route:onnxruntime", "parameters": {"precision": "float32"}}
SIZE = {"probe": "route:litert", "metric": "artifact-size"}
SMALL, LARGE = {**SIZE, "parameters": {"precision": "int8"}}, {**SIZE, "parameters": {"precision": "float32"}}


def apply(form: Form, run: Run) -> Trial:
    return trials.apply(form, RunIndex(run))


def form(**parts: Any) -> Form:
    return Form.model_validate(parts)


def compare(first: dict[str, Any], second: dict[str, Any], words: str, **more: Any) -> Form:
    return form(compare={"first": first, "second": second, "is": words, **more})


def changed(probe: str, framework: str, metric: str | None, **update: Any) -> Run:
    """Return the sample Run in which these observations are updated."""

    def change(observation: Observation) -> Observation:
        if (observation.probe, observation.framework, observation.metric) != (probe, framework, metric):
            return observation
        return observation.model_copy(update=update)

    return sample_run(change=change)


def lasting(seconds: float) -> Summary:
    return Summary(median=seconds, low=seconds * 0.98, high=seconds * 1.02, n=100, p50=seconds)


@pytest.mark.parametrize(
    ("words", "answer"), [("lower", "holds"), ("higher", "does not hold"), ("same", "does not hold")]
)
def test_a_comparison_follows_the_whole_interval_of_the_ratio(words: str, answer: str) -> None:
    trial = apply(compare(PYTORCH, TENSORFLOW, words), sample_run())
    assert trial.answer == answer
    (figure,) = trial.measured
    assert figure.value == pytest.approx(14 / 21)
    assert figure.low is not None
    assert figure.high is not None
    assert figure.low < 14 / 21 < figure.high
    for pointer, median in zip(figure.evidence, (14e-3, 21e-3), strict=True):
        index = int(pointer.split("/")[2])
        summary = sample_run().observations[index].summary
        assert pointer.endswith("/summary/median")
        assert summary is not None
        assert summary.median == median


@pytest.mark.parametrize(
    ("seconds", "lower", "higher", "same"),
    [
        (21e-3, "within noise", "within noise", "holds"),
        (22e-3, "within noise", "within noise", "within noise"),
        (12e-3, "holds", "does not hold", "does not hold"),
        (30e-3, "does not hold", "holds", "does not hold"),
    ],
)
def test_what_lies_inside_the_zone_or_across_its_edge_is_no_difference(
    seconds: float, lower: str, higher: str, same: str
) -> None:
    run = changed("cnn-training", "pytorch", "latency", summary=lasting(seconds))
    exact = changed("cnn-training", "tensorflow", "latency", summary=Summary(median=21e-3, low=21e-3, high=21e-3, n=9))
    run = run.model_copy(
        update={
            "observations": tuple(
                other if other.framework == "tensorflow" else each
                for each, other in zip(run.observations, exact.observations, strict=True)
            )
        }
    )
    answers = [apply(compare(PYTORCH, TENSORFLOW, words), run).answer for words in ("lower", "higher", "same")]
    assert answers == [lower, higher, same]


def test_the_noise_floor_widens_the_zone() -> None:
    run = sample_run()
    assert apply(compare(PYTORCH, TENSORFLOW, "lower"), run).answer == "holds"
    noisy = run.model_copy(update={"aa_floor": {"tensorflow": 0.9}})
    assert apply(compare(PYTORCH, TENSORFLOW, "lower"), noisy).answer == "within noise"


def test_a_glob_pairs_what_neither_side_fixes_and_every_pair_must_agree() -> None:
    mlp_and_cnn = {"probe": "[mc]??-inference", "metric": "latency", "setting": "best-known"}
    faster = compare({**mlp_and_cnn, "framework": "pytorch"}, {**mlp_and_cnn, "framework": "tensorflow"}, "lower")
    trial = apply(faster, sample_run())
    assert trial.answer == "holds"
    assert len(trial.measured) == 4
    one_slow = changed("mlp-inference", "pytorch", "latency", summary=lasting(1.0))
    assert apply(faster, one_slow).answer == "does not hold"


def test_a_margin_compares_differences_where_a_ratio_makes_no_sense() -> None:
    loss = {"metric": "accuracy-loss", "parameters": {"precision": "int8"}}
    first = {**loss, "probe": "route:litert", "framework": "tensorflow"}
    second = {**loss, "probe": "route:executorch", "framework": "pytorch"}
    assert apply(compare(first, second, "lower", margin=0.005), sample_run()).answer == "holds"
    assert apply(compare(first, second, "same", margin=0.02), sample_run()).answer == "holds"
    assert apply(compare(first, second, "higher", margin=0.005), sample_run()).answer == "does not hold"
    nothing = {**first, "parameters": {"precision": "float32"}}
    assert apply(compare(nothing, second, "lower"), sample_run()).answer == "cannot be tested here"


@pytest.mark.parametrize(
    ("claimed", "tolerance", "answer"),
    [(0.67, 0.1, "holds"), (0.7, 0.05, "within noise"), (7.2, 0.5, "does not hold")],
)
def test_a_figure_is_held_against_what_is_claimed(claimed: float, tolerance: float, answer: str) -> None:
    tested = form(figure={"of": PYTORCH, "over": TENSORFLOW, "claimed": claimed, "tolerance": tolerance})
    assert apply(tested, sample_run()).answer == answer


@pytest.mark.parametrize(
    ("bound", "answer"),
    [
        ({"at_most": 0.5}, "holds"),
        ({"at_most": 0.2}, "does not hold"),
        ({"at_least": 0.2}, "holds"),
        ({"at_least": 0.5}, "does not hold"),
    ],
)
def test_a_bound_on_a_ratio(bound: dict[str, float], answer: str) -> None:
    assert apply(form(bound={"of": SMALL, "over": LARGE, **bound}), sample_run()).answer == answer


def test_a_bound_inside_the_interval_is_within_noise() -> None:
    assert apply(form(bound={"of": PYTORCH, "at_most": 14e-3}), sample_run()).answer == "within noise"


def test_a_quantile_with_its_own_interval() -> None:
    slow = {**PYTORCH, "statistic": "p99"}
    (figure,) = apply(form(bound={"of": slow, "at_least": 15e-3}), sample_run()).measured
    assert (figure.value, figure.low, figure.high) == pytest.approx((14e-3 * 1.31, 14e-3 * 1.24, 14e-3 * 1.4))
    few = changed("cnn-training", "pytorch", "latency", summary=Summary(median=14e-3, low=13e-3, high=15e-3, n=20))
    assert apply(form(bound={"of": slow, "at_least": 15e-3}), few).why == (
        "CNN training, PyTorch (eager, batch 64) latency: too few calls for a p99",
    )


def test_an_outcome_and_its_opposite() -> None:
    proved = form(outcome={"of": {**ONNX, "framework": "pytorch"}, "is": ["proved"]})
    failed = form(outcome={"of": {**ONNX, "framework": "pytorch"}, "is": ["refuted", "not_supported"]})
    assert apply(proved, sample_run()).answer == "holds"
    assert apply(failed, sample_run()).answer == "does not hold"
    refused = changed("route:onnxruntime", "pytorch", None, outcome="not_supported", message="ValueError: no\nsuch op")
    trial = apply(failed, refused)
    assert trial.answer == "holds"
    assert trial.why == ("ONNX Runtime, PyTorch (precision float32): not_supported (ValueError: no such op)",)
    assert trial.measured[0].evidence[0].endswith("/outcome")


@pytest.mark.parametrize("outcome", ["error", "not_installed", "not_run", "not_applicable"])
def test_an_outcome_that_says_nothing_decides_nothing(outcome: str) -> None:
    tested = form(outcome={"of": {**ONNX, "framework": "pytorch"}, "is": ["proved"]})
    trial = apply(tested, changed("route:onnxruntime", "pytorch", None, outcome=outcome, message="it broke"))
    assert trial.answer == "cannot be tested here"
    assert trial.why == (f"ONNX Runtime, PyTorch (precision float32) ended in '{outcome}': it broke",)


@pytest.mark.parametrize(
    ("held", "asked", "answer"),
    [
        (True, True, "holds"),
        (False, True, "does not hold"),
        (1, True, "does not hold"),
        ("fit", "fit", "holds"),
        (None, True, "cannot be tested here"),
    ],
)
def test_a_detail_of_a_proof(held: object, asked: object, answer: str) -> None:
    run = changed("route:onnxruntime", "pytorch", None, proof={"eager": held})
    tested = form(proof={"of": {**ONNX, "framework": "pytorch"}, "field": "eager", "is": asked})
    trial = apply(tested, run)
    assert trial.answer == answer
    assert [figure.evidence[0].rpartition("/proof/")[2] for figure in trial.measured] == ["eager"] * (held is not None)


def test_details_lie_deep_and_lists_have_a_length() -> None:
    run = changed("route:onnxruntime", "pytorch", None, proof={"eager": {"line": "frame"}, "kinds": ["text", "audio"]})
    onnx = {**ONNX, "framework": "pytorch"}
    deep = apply(form(proof={"of": onnx, "field": "eager.line", "is": "frame"}), run)
    assert deep.answer == "holds"
    assert deep.measured[0].evidence[0].endswith("/proof/eager/line")
    assert apply(form(bound={"of": {**onnx, "figure": "kinds"}, "at_least": 2}), run).answer == "holds"
    assert apply(form(proof={"of": onnx, "field": "kinds.line", "is": "frame"}), run).answer == "cannot be tested here"


def test_figures_of_proofs_are_compared_like_any_other() -> None:
    run = changed("route:onnxruntime", "pytorch", None, proof={"lines": 10})
    first = {**ONNX, "framework": "pytorch", "figure": "lines"}
    trial = apply(compare(first, {**first, "framework": "tensorflow"}, "lower"), run)
    assert trial.answer == "cannot be tested here"
    named = "ONNX Runtime, TensorFlow (precision float32)"
    assert trial.why == (f"{named} ended in 'proved' and reports no figure 'lines'",)
    artifact = compare(
        {**ONNX, "framework": "pytorch", "figure": "artifact_bytes"},
        {**ONNX, "framework": "tensorflow", "figure": "artifact_bytes"},
        "same",
    )
    assert apply(artifact, sample_run()).answer == "holds"


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (
            lambda run: run.model_copy(update={"observations": ()}),
            "not measured in this run: probe cnn-training (pytorch, out-of-the-box, latency)",
        ),
        (
            lambda run: sample_run(frameworks=("pytorch",)),
            "not measured in this run: probe cnn-training (tensorflow, out-of-the-box, latency)",
        ),
        (
            lambda run: changed("cnn-training", "tensorflow", "latency", outcome="error", summary=None),
            "CNN training, TensorFlow (Keras as in its tutorial, batch 64) ended in 'error'",
        ),
    ],
)
def test_what_is_missing_is_said_and_never_guessed(change: Callable[[Run], Run], why: str) -> None:
    trial = apply(compare(PYTORCH, TENSORFLOW, "lower"), change(sample_run()))
    assert trial.answer == "cannot be tested here"
    assert trial.why == (why,)
    assert trial.measured == ()


def test_a_pair_that_lacks_a_side_is_not_left_out() -> None:
    def keep(observation: Observation) -> bool:
        return observation.framework == "pytorch" or observation.parameters.get("batch") != 32

    every = {"probe": "cnn-inference", "metric": "latency", "setting": "best-known"}
    faster = compare({**every, "framework": "pytorch"}, {**every, "framework": "tensorflow"}, "lower")
    trial = apply(faster, sample_run(keep=keep))
    assert trial.answer == "cannot be tested here"
    assert "a counterpart for probe cnn-inference" in trial.why[0]


def test_a_claim_about_another_device_cannot_be_tested_here() -> None:
    trial = apply(compare({**PYTORCH, "device": "cuda"}, {**TENSORFLOW, "device": "cuda"}, "lower"), sample_run())
    assert trial.why == ("this run was measured on cpu, the claim is about cuda",)


HOLDS = {"outcome": {"of": {**ONNX, "framework": "pytorch"}, "is": ["proved"]}}
FAILS = {"outcome": {"of": {**ONNX, "framework": "pytorch"}, "is": ["refuted"]}}
NOISE = {"bound": {"of": PYTORCH, "at_most": 14e-3}}
MISSING = {"outcome": {"of": {"probe": "capability:nothing"}, "is": ["proved"]}}


@pytest.mark.parametrize(
    ("parts", "every", "some"),
    [
        ([HOLDS, HOLDS], "holds", "holds"),
        ([HOLDS, FAILS], "does not hold", "holds"),
        ([HOLDS, NOISE], "within noise", "holds"),
        ([HOLDS, MISSING], "cannot be tested here", "holds"),
        ([FAILS, NOISE], "does not hold", "within noise"),
        ([FAILS, MISSING], "does not hold", "cannot be tested here"),
        ([NOISE, MISSING], "cannot be tested here", "cannot be tested here"),
        ([MISSING, MISSING], "cannot be tested here", "cannot be tested here"),
    ],
)
def test_what_is_missing_decides_nothing_and_undoes_nothing(parts: list[dict[str, Any]], every: str, some: str) -> None:
    run = sample_run()
    for order in (parts, parts[::-1]):
        assert apply(form(all=order), run).answer == every
        assert apply(form(any=order), run).answer == some


def test_the_probes_that_a_test_rests_on() -> None:
    tested = form(all=[HOLDS, {"any": [MISSING, NOISE]}, {"bound": {"of": SMALL, "over": LARGE, "at_most": 1}}])
    assert probes(tested) == ("route:onnxruntime", "capability:nothing", "cnn-training", "route:litert")


def test_a_comparison_tells_figures_ratio_and_where_it_lies() -> None:
    told = apply(compare(PYTORCH, TENSORFLOW, "lower"), sample_run())
    (why,) = told.why
    assert why.startswith(
        "CNN training, latency: 14.0 ms with PyTorch (eager, batch 64) against 21.0 ms with TensorFlow"
    )
    assert why.endswith(", ratio 0.667 (0.641–0.694), below the zone of ±5 %")
    assert told.measured[0].unit == ""
    above = apply(compare(TENSORFLOW, PYTORCH, "lower"), sample_run())
    assert above.why[0].endswith(", above the zone of ±5 %")
    alike = apply(compare(PYTORCH, PYTORCH, "same", margin=1.0), sample_run())
    assert alike.why[0].endswith(", inside the margin of ±1.00 s")
    assert alike.measured[0].unit == "s"


@pytest.mark.parametrize("part", ["compare", "figure", "bound"])
def test_a_figure_that_is_not_positive_has_no_ratio(part: str) -> None:
    none = Summary(median=0.0, low=0.0, high=0.0, n=1)
    run = changed("cnn-training", "tensorflow", "first-call", summary=none)
    first, second = ({**each, "metric": "first-call"} for each in (PYTORCH, TENSORFLOW))
    forms = {
        "compare": compare(first, second, "lower"),
        "figure": form(figure={"of": first, "over": second, "claimed": 2, "tolerance": 0.1}),
        "bound": form(bound={"of": first, "over": second, "at_least": 2}),
    }
    trial = apply(forms[part], run)
    assert (trial.answer, trial.measured) == ("cannot be tested here", ())
    assert trial.why[0].endswith(": a figure that is not positive has no ratio")


def test_what_was_claimed_stands_beside_what_was_found() -> None:
    figure = apply(form(figure={"of": PYTORCH, "over": TENSORFLOW, "claimed": 0.67, "tolerance": 0.1}), sample_run())
    assert figure.why[0].endswith("; claimed 0.67, give or take 10 %")
    assert figure.measured[0].unit == ""
    least = apply(form(bound={"of": PYTORCH, "over": TENSORFLOW, "at_least": 0.5}), sample_run())
    assert least.why[0].endswith("; asked for at least 0.5")
