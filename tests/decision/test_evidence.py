"""Evidence: which observation answers a criterion, and what a missing, failed or disturbed one means."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from advisor.criteria import load_criteria
from advisor.decision.evidence import Evidencer, Finding
from advisor.keys import Stack
from advisor.knowledge.catalog import Catalog, Fact, Source, load_catalog
from advisor.measurement.run import Framework, Observation, Run, Skipped
from advisor.measurement.timing import Summary
from advisor.profiles.team import Team
from tests.samples import sample_run

PYTORCH = Stack(framework="pytorch")
LITERT = Stack(framework="tensorflow", route="litert")
EXECUTORCH = Stack(framework="pytorch", route="executorch")
ONNX = Stack(framework="pytorch", route="onnxruntime")


def found(stack: Stack, criterion: str, run: Run | None = None, catalog: Catalog | None = None) -> Finding:
    evidencer = Evidencer(run or sample_run(), catalog or load_catalog())
    return evidencer.find(stack, load_criteria()[criterion])


def observed(finding: Finding, run: Run) -> Observation:
    assert finding.cell.evidence is not None
    return run.observations[int(finding.cell.evidence.removeprefix("/observations/"))]


def is_(
    probe: str, setting: str | None = None, metric: str | None = None, **parameters: object
) -> Callable[[Observation], bool]:
    return lambda o: (
        o.probe == probe
        and setting in (None, o.setting)
        and metric in (None, o.metric)
        and parameters.items() <= o.parameters.items()
    )


def without(match: Callable[[Observation], bool]) -> Run:
    return sample_run(keep=lambda o: not match(o))


def changed(match: Callable[[Observation], bool], **update: object) -> Run:
    return sample_run(change=lambda o: o.model_copy(update=update) if match(o) else o)


def test_a_measured_figure_points_to_its_observation() -> None:
    run = sample_run()
    finding = found(LITERT, "edge-latency", run)
    behind = observed(finding, run)
    assert behind.summary is not None
    assert finding.cell.value == behind.summary.p50
    assert (finding.cell.low, finding.cell.high) == (behind.summary.low, behind.summary.high)
    assert (behind.probe, behind.parameters) == ("route:litert", {"precision": "int8", "batch": 1})
    assert (finding.cell.provenance, finding.cell.outcome, finding.cell.text) == (
        "measured here",
        "measured",
        "90 µs",
    )


def test_a_quantile_has_its_own_interval() -> None:
    run = sample_run()
    finding = found(LITERT, "edge-latency-p99", run)
    summary = observed(finding, run).summary
    assert summary is not None
    assert (finding.cell.value, finding.cell.low, finding.cell.high) == (summary.p99, summary.p99_low, summary.p99_high)


def test_too_few_calls_for_a_quantile_leave_only_a_bound() -> None:
    run = changed(is_("route:litert", metric="latency"), summary=Summary(median=1e-4, low=0.9e-4, high=1.1e-4, n=20))
    cell = found(LITERT, "edge-latency-p99", run).cell
    assert (cell.outcome, cell.value, cell.low, cell.high) == ("bounded", None, 0.9e-4, None)
    assert cell.text == "at least 90 µs"


def test_a_proof_is_a_level() -> None:
    cell = found(EXECUTORCH, "edge-route").cell
    assert (cell.level, cell.value, cell.outcome) == ("proved", 1.0, "proved")
    refuted = changed(is_("route:executorch", precision="float32"), outcome="refuted", message="answers differ by 3 %")
    cell = found(EXECUTORCH, "edge-route", refuted).cell
    assert (cell.level, cell.value, cell.outcome) == ("not proved", 0.0, "refuted")
    assert cell.message == "answers differ by 3 %"


def test_a_workload_that_was_timed_is_proved() -> None:
    assert found(PYTORCH, "serving-route").cell.level == "proved"
    assert found(ONNX, "serving-route").cell.evidence != found(PYTORCH, "serving-route").cell.evidence


@pytest.mark.parametrize("outcome", ["not_supported", "refuted"])
def test_figures_behind_a_proof_that_failed_are_evidence(outcome: str) -> None:
    int8 = is_("route:executorch", precision="int8")
    run = sample_run(
        keep=lambda o: not int8(o) or o.metric is None,
        change=lambda o: o.model_copy(update={"outcome": outcome, "message": "no"}) if int8(o) else o,
    )
    cell = found(EXECUTORCH, "edge-latency", run).cell
    assert (cell.outcome, cell.value, cell.provenance, cell.message) == (outcome, None, "measured here", "no")
    assert cell.text == outcome.replace("_", " ")
    # The float32 model still runs.
    assert found(EXECUTORCH, "edge-route", run).cell.level == "proved"


@pytest.mark.parametrize("outcome", ["error", "not_run", "not_installed"])
def test_figures_that_nobody_has_are_unknown_and_say_why(outcome: str) -> None:
    run = changed(is_("route:litert", precision="int8"), outcome=outcome, message="why", summary=None)
    finding = found(LITERT, "artifact-size", run)
    assert (finding.cell.provenance, finding.cell.outcome, finding.cell.message) == ("missing", outcome, "why")
    assert finding.probe == "route:litert"


def test_where_an_error_happened_is_told() -> None:
    run = changed(is_("route:litert", precision="int8"), outcome="error", message="KeyError: 'x'", where="route.py:19")
    assert found(LITERT, "artifact-size", run).cell.message == "KeyError: 'x' at route.py:19"


def test_a_figure_under_load_counts_with_its_interval_and_a_mark() -> None:
    run = changed(is_("route:litert", metric="latency"), grade="under load")
    quiet, cell = found(LITERT, "edge-latency", sample_run()).cell, found(LITERT, "edge-latency", run).cell
    assert (cell.outcome, cell.provenance, cell.grade) == ("measured", "measured here", "under load")
    assert (cell.value, cell.low, cell.high) == (quiet.value, quiet.low, quiet.high)
    assert cell.text == f"≈ {quiet.text}"
    assert quiet.grade is None


def test_a_figure_that_is_only_bounded_has_no_value_and_both_bounds() -> None:
    run = changed(
        is_("route:litert", metric="latency"), grade="bounded", summary=Summary(median=9e-5, low=4e-5, high=9e-5, n=7)
    )
    cell = found(LITERT, "edge-latency", run).cell
    assert (cell.outcome, cell.provenance, cell.value, cell.low, cell.high) == (
        "bounded", "measured here", None, 4e-5, 9e-5
    )  # fmt: skip
    assert cell.text == "≈ 40 µs to 90 µs"


def test_a_figure_in_another_unit_is_not_taken() -> None:
    cell = found(LITERT, "edge-latency", changed(is_("route:litert", metric="latency"), unit="ms")).cell
    assert (cell.provenance, cell.message) == ("missing", "expected the unit 's', the Run has 'ms'")


def test_best_known_is_the_faster_of_the_settings_that_were_timed() -> None:
    cell = found(PYTORCH, "cnn-training").cell
    assert cell.value == 9.4e-3
    slow = Summary(median=0.1, low=0.09, high=0.11, n=10, p50=0.1)
    run = changed(is_("cnn-training", "best-known", "latency"), summary=slow)
    cell = found(PYTORCH, "cnn-training", run).cell
    assert cell.value == 14e-3
    assert cell.message == "measured out of the box, because the best known setting was slower here"
    # What is waited for is the first call of the setting that is used.
    assert found(PYTORCH, "compile-wait", run).cell.value == 4e-3
    assert found(PYTORCH, "compile-wait").cell.value == 9.8


def test_best_known_that_was_not_measured_is_bounded_by_another_setting_and_never_replaced() -> None:
    run = changed(is_("cnn-training", "best-known"), outcome="error", message="killed by signal 9", summary=None)
    cell = found(PYTORCH, "cnn-training", run).cell
    assert (cell.outcome, cell.value, cell.low) == ("bounded", None, None)
    assert cell.high == pytest.approx(14e-3 * 1.02)
    assert cell.text == "at most 14.3 ms"
    assert "killed by signal 9" in str(cell.message)
    # The wait for its compiler is simply unknown.
    assert found(PYTORCH, "compile-wait", run).cell.provenance == "missing"


def test_best_known_that_does_not_work_here_leaves_the_other_setting_as_the_best_known_one() -> None:
    run = changed(is_("cnn-training", "best-known"), outcome="not_supported", message="no C++ compiler", summary=None)
    cell = found(PYTORCH, "cnn-training", run).cell
    assert cell.value == 14e-3
    assert cell.message == "measured out of the box, because the best known setting did not work here: no C++ compiler"


def test_deleting_the_best_known_observation_never_narrows_its_interval() -> None:
    for median in (1e-3, 13.9e-3, 14.1e-3, 0.1):
        summary = Summary(median=median, low=median * 0.8, high=median * 1.3, n=10, p50=median)
        match = is_("cnn-training", "best-known", "latency")
        whole = found(PYTORCH, "cnn-training", changed(match, summary=summary)).cell
        less = found(PYTORCH, "cnn-training", without(match)).cell
        assert less.low is None
        assert whole.high is not None
        assert less.high is not None
        assert less.high >= whole.high


def test_a_rate_is_what_a_batch_takes() -> None:
    run = sample_run()
    finding = found(PYTORCH, "cnn-throughput", run)
    summary = observed(finding, run).summary
    assert summary is not None
    assert finding.cell.value == pytest.approx(32 / summary.median)
    assert (finding.cell.low, finding.cell.high) == (32 / summary.high, 32 / summary.low)


def test_a_sum_adds_its_parts_and_their_intervals() -> None:
    cell = found(PYTORCH, "time-to-ready").cell
    assert cell.value == pytest.approx(1.9 + 9.8)
    assert [cell.low, cell.high] == pytest.approx([1.9 * 0.97 + 9.8, 1.9 * 1.03 + 9.8])
    part = found(PYTORCH, "time-to-ready", without(is_("cnn-inference"))).cell
    assert (part.outcome, part.value, part.high) == ("bounded", None, None)
    assert part.low == pytest.approx(1.9 * 0.97)


def test_a_lower_bound_is_said_as_one() -> None:
    cell = found(PYTORCH, "serving-memory").cell
    assert (cell.outcome, cell.value, cell.high, cell.text) == ("bounded", None, None, "at least 281 MB")
    assert found(ONNX, "serving-memory").cell.value == 72e6


def test_what_was_left_out_on_purpose_says_so() -> None:
    why = "batch 64 in the best known setting: compiling it takes longer than --quick allows"
    run = without(is_("mlp-training")).model_copy(
        update={"skipped": (Skipped(probe="mlp-training", kind="other", reason=why),)}
    )
    cell = found(PYTORCH, "mlp-training", run).cell
    assert (cell.outcome, cell.message) == ("not_run", why)
    assert cell.omission == run.skipped[0]


def test_an_interrupted_session_is_the_reason_for_what_it_lacks() -> None:
    run = without(is_("mlp-training")).model_copy(update={"complete": False})
    assert found(PYTORCH, "mlp-training", run).cell.message == "the session ended before it was measured"


def test_a_framework_that_is_not_installed_is_unknown() -> None:
    missing = Framework(title="PyTorch", outcome="not_installed", message="No module named 'torch'")
    run = sample_run(frameworks=("tensorflow",))
    run = run.model_copy(update={"frameworks": {**run.frameworks, "pytorch": missing}})
    cell = found(PYTORCH, "cnn-training", run).cell
    assert (cell.outcome, cell.provenance, cell.message) == ("not_installed", "missing", "No module named 'torch'")


def test_a_documented_level_cites_its_fact() -> None:
    cell = found(LITERT, "runtime-maintenance").cell
    assert (cell.level, cell.provenance, cell.evidence) == ("active", "documented", "litert-maintained")
    assert cell.date == "2024-09-04"
    assert str(cell.source).startswith("https://")
    assert found(PYTORCH, "runtime-maintenance").cell.evidence == "pytorch-maintained"


def test_doubt_about_a_source_widens_the_interval_and_moves_nothing() -> None:
    sure = found(LITERT, "runtime-maintenance").cell
    assert (sure.low, sure.value, sure.high) == (2.0, 2.0, 2.0)
    unsure = found(LITERT, "framework-maintenance").cell
    assert (unsure.low, unsure.value, unsure.high) == (0.5, 1.0, 1.5)


def test_facts_count_as_of_the_day_of_the_run() -> None:
    run = sample_run().model_copy(update={"finished": datetime(2026, 3, 1, tzinfo=UTC)})
    assert found(LITERT, "framework-maintenance", run).cell.level == "active"
    run = sample_run().model_copy(update={"finished": datetime(2019, 1, 1, tzinfo=UTC)})
    assert found(LITERT, "framework-maintenance", run).cell.provenance == "missing"


def test_the_age_of_a_release_follows_from_its_days() -> None:
    cell = found(LITERT, "release-recency").cell
    assert (cell.low, cell.high) == (258 * 86_400, 264 * 86_400)
    assert cell.text == "261 days"


def test_a_documented_value_without_an_interval_gets_one_from_its_confidence() -> None:
    fact = Fact.model_validate(
        {
            "id": "x", "subject": "tensorflow", "key": "latest-release", "statement": "x", "value": 86_400.0,
            "unit": "s", "valid_from": "2026-01-01", "source": "x", "checked_on": "2026-01-01", "confidence": "medium",
        }
    )  # fmt: skip
    catalog = Catalog(sources=(Source(id="x", title="X", publisher="The makers"),), facts=(fact,))
    cell = found(LITERT, "release-recency", catalog=catalog).cell
    assert [cell.low, cell.value, cell.high] == pytest.approx([77_760, 86_400, 95_040])
    assert cell.source == "X (The makers)"


def test_stacks_that_share_an_observation_or_a_gap_share_a_key() -> None:
    shared = [found(stack, "cnn-training").key for stack in (PYTORCH, EXECUTORCH, ONNX)]
    assert len(set(shared)) == 1
    gaps = [found(stack, "cnn-training", without(is_("cnn-training"))).key for stack in (PYTORCH, EXECUTORCH)]
    assert len(set(gaps)) == 1
    own = [found(stack, "artifact-size", without(is_("route:onnxruntime"))).key for stack in (EXECUTORCH, ONNX)]
    assert len(set(own)) == 2


def test_a_question_that_does_not_apply_says_so() -> None:
    cell = found(PYTORCH, "artifact-size").cell
    assert (cell.outcome, cell.provenance) == ("not_applicable", "missing")


RECAPTURES = is_("capability:shape-changes")


def test_a_detail_of_a_proof_is_a_figure_with_its_place() -> None:
    run = changed(RECAPTURES, proof={"captures": {"by_default": 3}})
    cell = found(PYTORCH, "recaptures", run).cell
    assert (cell.value, cell.low, cell.high, cell.outcome) == (3, 3, 3, "measured")
    assert cell.evidence is not None
    index, *path = cell.evidence.removeprefix("/observations/").split("/")
    assert path == ["proof", "captures", "by_default"]
    assert run.observations[int(index)].proof == {"captures": {"by_default": 3}}


@pytest.mark.parametrize(
    ("outcome", "proof", "expected"),
    [
        ("refuted", {"captures": {"by_default": 3}}, "refuted"),
        ("not_supported", None, "not_supported"),
        ("proved", {"captures": {"told": 1}}, "missing"),
        ("proved", {"captures": 3}, "missing"),
        ("error", None, "error"),
    ],
)
def test_a_number_counts_only_where_the_proof_held(outcome: str, proof: dict[str, object], expected: str) -> None:
    cell = found(PYTORCH, "recaptures", changed(RECAPTURES, outcome=outcome, proof=proof, message="so it is")).cell
    assert (cell.value, cell.outcome) == (None, expected)


def test_yes_or_no_counts_wherever_it_was_found_out() -> None:
    run = changed(is_("capability:reproducibility"), outcome="refuted", proof={"same_bits_with_one_thread": True})
    threads = found(PYTORCH, "reproducibility-across-threads", run).cell
    assert (threads.level, threads.value) == ("the same", 1)
    assert found(PYTORCH, "reproducibility", run).cell.outcome == "refuted"


def test_several_figures_of_one_proof_are_added_up() -> None:
    assert found(Stack(framework="tensorflow"), "brevity").cell.value == 24 + 41 + 12


def test_what_was_measured_elsewhere_is_cited_and_gives_way_to_what_was_measured_here() -> None:
    cell = found(PYTORCH, "busy-slowdown").cell
    assert (cell.provenance, cell.outcome) == ("measured elsewhere", "measured")
    assert cell.source is not None
    here = Observation(
        probe="busy-machine", framework="pytorch", workload="mlp", metric="slow-down", unit="", outcome="measured",
        parameters={"remedy": "none"}, summary=Summary(median=9.0, low=8.0, high=10.0, n=9),
    )  # fmt: skip
    run = sample_run()
    run = run.model_copy(update={"observations": (*run.observations, here)})
    assert found(PYTORCH, "busy-slowdown", run).cell.value == 9.0


@pytest.mark.parametrize(
    ("stack", "level"),
    [
        (PYTORCH, "archived"),
        (Stack(framework="tensorflow"), "active"),
        (ONNX, "active"),
        (Stack(framework="tensorflow", route="onnxruntime"), "active"),
    ],
)
def test_the_server_that_counts_is_the_one_of_what_is_served(stack: Stack, level: str) -> None:
    assert found(stack, "model-server").cell.level == level


def test_a_framework_and_a_runtime_are_each_asked_for_their_own_server() -> None:
    assert found(PYTORCH, "model-behind-a-port").probe == "capability:serving"
    assert found(ONNX, "model-behind-a-port").probe == "capability:serving-onnxruntime"


def test_a_gap_is_told_by_its_outcome_and_whose_it_is() -> None:
    cell = found(PYTORCH, "artifact-size").cell
    assert (cell.text, cell.unit, cell.framework, cell.route) == ("not applicable", "B", "pytorch", None)
    cell = found(LITERT, "artifact-size", without(is_("route:litert"))).cell
    assert (cell.text, cell.framework, cell.route) == ("missing", "tensorflow", "litert")


def test_what_a_team_would_have_to_say_is_missing_where_there_is_none() -> None:
    finding = found(PYTORCH, "switching-cost")
    assert (finding.cell.outcome, finding.cell.provenance, finding.cell.message) == (
        "missing", "missing", "the profile describes no team",
    )  # fmt: skip
    team = Team("tensorflow", 2, 0, 0.1)
    cell = Evidencer(sample_run(), load_catalog(), team).find(PYTORCH, load_criteria()["switching-cost"]).cell
    assert (cell.outcome, cell.provenance) == ("asserted", "asserted")
    assert cell.value == pytest.approx(15 / 220)
    assert (cell.low, cell.high) == pytest.approx((15 / 440, 30 / 220))


def test_a_figure_says_how_many_values_it_rests_on() -> None:
    run = sample_run()
    finding = found(LITERT, "edge-latency", run)
    summary = observed(finding, run).summary
    assert summary is not None
    assert finding.cell.n == summary.n > 1


def test_a_documented_value_keeps_the_interval_of_its_source() -> None:
    fact = Fact.model_validate(
        {
            "id": "x", "subject": "tensorflow", "key": "feature-releases", "statement": "x", "value": 4, "low": 3,
            "high": 7, "unit": "", "valid_from": "2026-01-01", "source": "x", "checked_on": "2026-01-01",
            "confidence": "low",
        }
    )  # fmt: skip
    catalog = Catalog(sources=(Source(id="x", title="X", publisher="The makers"),), facts=(fact,))
    (name,) = (
        each.id for each in load_criteria().values()
        if any(rule.documented and rule.documented.fact == "feature-releases" for rule in each.evidence)
    )  # fmt: skip
    cell = found(LITERT, name, catalog=catalog).cell
    assert (cell.value, cell.low, cell.high) == (4, 3, 7)
    assert found(LITERT, name, catalog=Catalog(sources=(), facts=())).cell.provenance == "missing"
