"""The whole decision on an invented Run: what comes out, where it comes from, and how it degrades."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from advisor.decision.engine import decide
from advisor.decision.recommendation import SCHEMA, Recommendation
from advisor.documents import read_json, to_json, write_json
from advisor.errors import EXIT_USAGE, AdvisorError
from advisor.knowledge.catalog import load_catalog
from advisor.measurement.run import Framework, Run
from advisor.profiles.profile import Profile, load_profile, shipped_profiles
from tests.samples import sample_run

PROFILES = [load_profile(name) for name in shipped_profiles()]
OF_NO_ROUTE = {"recommender-latency"}
"""What a session measures in frameworks and in no runtime."""

DERIVED = {"time-to-ready", "brevity", "cnn-throughput", "mlp-throughput"}
"""Criteria whose figures are sums or rates of what the Run holds."""
EDGE = load_profile("edge")
ids = [profile.name for profile in PROFILES]


def stacks(found: Recommendation) -> set[tuple[str, str | None]]:
    return {(each.framework, each.route) for each in found.ranking}


def profile(tmp_path: Path, text: str) -> Profile:
    file = tmp_path / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    return load_profile(file)


def test_what_a_profile_ships_decides_what_is_compared() -> None:
    run = sample_run()
    assert stacks(decide(run, EDGE)) == {
        ("pytorch", "executorch"), ("pytorch", "onnxruntime"), ("tensorflow", "litert"), ("tensorflow", "onnxruntime"),
    }  # fmt: skip
    assert stacks(decide(run, load_profile("deployment"))) == {
        ("pytorch", None), ("pytorch", "onnxruntime"), ("tensorflow", None), ("tensorflow", "onnxruntime"),
    }  # fmt: skip
    assert stacks(decide(run, load_profile("research"))) == {("pytorch", None), ("tensorflow", None)}


@pytest.mark.parametrize("needed", PROFILES, ids=ids)
def test_a_recommendation_adds_up(needed: Profile) -> None:
    found = decide(sample_run(), needed)
    cover = found.coverage
    assert sum(need.weight for need in found.needs) == pytest.approx(1)
    assert cover.measured + cover.documented + cover.missing == pytest.approx(1)
    for each in found.ranking:
        middles = [(c.low + c.high) / 2 if c.value is None else c.value for c in each.contributions]
        weights = [c.weight for c in each.contributions]
        assert each.value == pytest.approx(sum(w * m for w, m in zip(weights, middles, strict=True)))
        assert each.low <= each.value <= each.high
        assert sum(each.rank_acceptability) == pytest.approx(1)
    values = [each.value for each in found.ranking if each.feasible]
    assert values == sorted(values, reverse=True)
    assert found.answer is not None
    assert (found.answer.framework, found.answer.route) == (found.ranking[0].framework, found.ranking[0].route)


@pytest.mark.parametrize("needed", PROFILES, ids=ids)
def test_every_figure_can_be_found_in_the_run_or_in_a_cited_fact(needed: Profile) -> None:
    run, facts = sample_run(), {fact.id: fact for fact in load_catalog().facts}
    found = decide(run, needed)
    assert len(found.evidence) == len(found.ranking) * len(needed.criteria)
    for cell in found.evidence:
        if cell.criterion in OF_NO_ROUTE and cell.route is not None:
            assert cell.provenance == "missing", "the framework's own figure says nothing of the runtime"
            continue
        assert cell.evidence is not None
        if cell.provenance in ("documented", "measured elsewhere"):
            assert cell.message == facts[cell.evidence].statement
            continue
        index, *path = cell.evidence.removeprefix("/observations/").split("/")
        observation = run.observations[int(index)]
        assert observation.framework == cell.framework
        assert observation.route in (None, cell.route)
        if cell.criterion in DERIVED:
            continue
        if path:
            detail: object = observation.proof
            for name in path[1:]:
                assert isinstance(detail, dict)
                detail = detail[name]
            assert cell.value == detail
        elif cell.outcome == "measured":
            assert observation.summary is not None
            assert cell.value in (observation.summary.median, observation.summary.p50, observation.summary.p99)


def test_the_same_documents_give_the_same_bytes() -> None:
    assert to_json(decide(sample_run(), EDGE)) == to_json(decide(sample_run(), EDGE))
    assert to_json(decide(sample_run(), EDGE, seed=1)) != to_json(decide(sample_run(), EDGE, seed=2))


def test_the_json_form_can_be_read_back(tmp_path: Path) -> None:
    found = decide(sample_run(), EDGE)
    write_json(tmp_path / "edge.json", found)
    assert read_json(tmp_path / "edge.json", Recommendation, schema=SCHEMA, what="Recommendation") == found
    plain = json.loads((tmp_path / "edge.json").read_text())
    assert (plain["schema"], plain["samples"], plain["seed"]) == ("advisor.recommendation/1", 10_000, 0)
    assert plain["decided"].startswith("2026-11-20T17:14:05")


def test_it_explains_itself_without_the_run() -> None:
    found = decide(sample_run(), EDGE)
    assert found.titles["tensorflow"] == "TensorFlow"
    assert found.titles["litert"] == "LiteRT"
    assert found.titles["edge-latency"] == "Latency of one prediction (int8)"
    assert {each.text for each in found.constraints} >= {
        "Route to the device is proved", "Size of the model file (int8) at most 2 x weights float32 + 1 MB (2.09 MB)",
    }  # fmt: skip
    assert all(cell.text for cell in found.evidence)


def test_reasons_are_figures_with_units_that_make_the_difference() -> None:
    found = decide(sample_run(), EDGE)
    assert found.reasons[0] == (
        "TensorFlow → LiteRT has a smaller runtime: 5.6 MB against 21 MB for PyTorch → ONNX Runtime "
        "(measured here: 'Size of the runtime'). That accounts for 0.05 of the lead of 0.07."
    )
    assert found.reason_grounds[0][0].probes == ("route:litert", "route:onnxruntime")
    assert len(found.reasons) == 3
    assert str(found.against).startswith("PyTorch is developed further by its makers: 'active' against")


def test_two_criteria_that_measure_one_thing_are_warned_about() -> None:
    both = "'Latency of one prediction (int8)' and 'Slowest one in a hundred (int8)'"
    said = f"{both} measure the same thing (inference speed); together they weigh 21 %"
    assert said in decide(sample_run(), EDGE).warnings


def test_one_framework_alone_is_still_answered() -> None:
    found = decide(sample_run(frameworks=("tensorflow",)), EDGE)
    assert stacks(found) == {("tensorflow", "litert"), ("tensorflow", "onnxruntime")}
    assert found.answer is not None
    research = decide(sample_run(frameworks=("tensorflow",)), load_profile("research"))
    assert research.verdict == "lean"
    assert research.reasons == ()
    assert research.against is None
    assert "Only one stack was left to compare, so its first place says little" in research.warnings


def one_missing() -> Run:
    run = sample_run(frameworks=("tensorflow",))
    missing = Framework(
        title="PyTorch", outcome="not_installed", message="No module named 'torch'",
        install="pip install 'framework-advisor[pytorch]'",
    )  # fmt: skip
    return run.model_copy(update={"frameworks": {**run.frameworks, "pytorch": missing}})


def test_a_framework_that_is_not_installed_is_unknown_and_never_zero() -> None:
    found = decide(one_missing(), EDGE)
    assert ("pytorch", "executorch") in stacks(found)
    assert (found.verdict, found.answer and found.answer.framework) == ("lean", "tensorflow")
    assert any("PyTorch → ExecuTorch" in condition for condition in found.conditions)
    assert any("pip install 'framework-advisor[pytorch]'" in warning for warning in found.warnings)
    unknown = next(each for each in found.ranking if each.route == "executorch")
    assert unknown.feasible
    assert {check.outcome for check in unknown.constraints} == {"unknown"}
    # How large its library is, is documented where it is not installed, too.
    assert unknown.high - unknown.low > 0.5


def test_nothing_measured_is_no_answer() -> None:
    empty = sample_run(keep=lambda o: False)
    found = decide(empty, EDGE)
    assert (found.verdict, found.answer, found.reasons, found.flips) == ("undetermined", None, (), ())
    assert found.next_probe is not None
    assert found.coverage.measured == 0


def test_an_interrupted_run_says_so() -> None:
    found = decide(sample_run().model_copy(update={"complete": False}), EDGE)
    assert any("interrupted" in warning for warning in found.warnings)


def test_no_stack_that_meets_the_constraints_is_infeasible_with_the_nearest_miss_first(tmp_path: Path) -> None:
    needed = profile(
        tmp_path,
        """\
name: tiny
title: A tiny device
question: Which framework?
ships: edge
require:
  - {criterion: runtime-size, at_most: 1 MB, because: flash}
prefer:
  ship:
    weight: 1
    criteria:
      cold-start: {weight: 1, target: 50 ms, floor: 2 s, because: it sleeps}
""",
    )
    found = decide(sample_run(), needed)
    assert (found.verdict, found.answer) == ("infeasible", None)
    assert [each.route for each in found.ranking][:2] == ["litert", "executorch"]
    assert found.ranking[0].would_rank == 1
    # 5.6 MB, and that is the full library: it is no other with another network.
    assert found.ranking[0].constraints[0].shortfall == pytest.approx(4.6e6, rel=0.01)
    assert found.ranking[0].constraints[0].detail == "5.6 MB > 1 MB, off by 4.6 MB"


def test_a_route_that_is_not_supported_is_out() -> None:
    run = sample_run(
        change=lambda o: (
            o.model_copy(update={"outcome": "not_supported", "message": "the converter refuses"})
            if o.route == "litert" and o.metric is None
            else o
        )
    )
    found = decide(run, EDGE)
    out = next(each for each in found.ranking if each.route == "litert")
    assert not out.feasible
    assert out.rank_acceptability == ()
    assert out.constraints[0].detail == "not proved, must be proved: the converter refuses"


def test_alternatives_can_be_chosen() -> None:
    run = sample_run()
    assert stacks(decide(run, EDGE, frameworks=["pytorch"])) == {("pytorch", "executorch"), ("pytorch", "onnxruntime")}
    assert ("pytorch", "onnxruntime") not in stacks(decide(run, EDGE, exclude=["onnxruntime"]))
    assert stacks(decide(run, EDGE, exclude=["pytorch->onnxruntime"])) == stacks(decide(run, EDGE)) - {
        ("pytorch", "onnxruntime")
    }
    with pytest.raises(AdvisorError, match="nothing called 'pytorhc' is compared here — did you mean 'pytorch'"):
        decide(run, EDGE, exclude=["pytorhc"])
    with pytest.raises(AdvisorError, match="nothing to compare") as caught:
        decide(run, EDGE, exclude=["pytorch", "tensorflow"])
    assert caught.value.exit_code == EXIT_USAGE


def test_leaving_out_a_loser_changes_no_other_value() -> None:
    run = sample_run()
    whole, less = decide(run, EDGE), decide(run, EDGE, exclude=["tensorflow→onnxruntime"])
    for each in less.ranking:
        same = next(o for o in whole.ranking if (o.framework, o.route) == (each.framework, each.route))
        assert (each.value, each.low, each.high) == (same.value, same.low, same.high)


def test_deciding_on_a_run_file_loads_nothing_heavy(tmp_path: Path) -> None:
    write_json(tmp_path / "run.json", sample_run())
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from advisor.decision.engine import decide\n"
        "from advisor.profiles.profile import load_profile\n"
        "from advisor.measurement.run import load_run\n"
        "decide(load_run(Path(sys.argv[1])), load_profile('edge'), samples=10)\n"
        "heavy = {'pandas', 'altair', 'mkdocs', 'jinja2', 'torch', 'tensorflow', 'scipy', 'rich'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "run.json")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    assert done.stdout.strip() == "[]"
