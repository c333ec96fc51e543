"""Like with like: sizes and memory of one kind of build for all stacks, and nothing of a framework for its runtime."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.criteria import Criterion, load_criteria
from advisor.decision.engine import decide
from advisor.decision.evidence import Evidencer, Finding
from advisor.decision.explanation import warnings
from advisor.keys import Stack
from advisor.knowledge.catalog import load_catalog
from advisor.measurement.definitions import frameworks
from advisor.measurement.run import Run
from advisor.profiles.adjustments import aiming
from advisor.profiles.profile import Wish, load_profile, shipped_profiles
from tests.decision.tables import criterion, profile, table, wish
from tests.decision.test_questions import reference

CATALOG = load_catalog()
STACKS = [
    *(Stack(framework=name) for name in frameworks()),
    *(Stack(framework=name, route=route) for name, each in frameworks().items() for route in each.routes),
]
RUNNING = [each for each in load_criteria().values() if each.stage == "running"]


def found(stack: Stack, name: str, build: str | None = None, run: Run | None = None) -> Finding:
    return Evidencer(run or reference(), CATALOG, build=build).find(stack, load_criteria()[name])  # type: ignore[arg-type]


@pytest.mark.parametrize("of", RUNNING, ids=lambda each: each.id)
def test_what_is_told_of_a_runtime_is_of_that_runtime(of: Criterion) -> None:
    run, known = reference(), {fact.id: fact for fact in CATALOG.facts}
    evidencer = Evidencer(run, CATALOG)
    for stack in STACKS:
        cell = evidencer.find(stack, of).cell
        if cell.evidence is None:
            continue
        if cell.evidence in known:
            assert known[cell.evidence].subject == (stack.route or stack.framework)
            continue
        observation = run.observations[int(cell.evidence.split("/")[2])]
        assert observation.framework == stack.framework
        named = observation.probe.endswith(f"-{stack.route}")
        assert observation.route == stack.route or (stack.route is not None and named), (stack, observation.probe)


@pytest.mark.parametrize("route", ["onnxruntime", "executorch", "openvino"])
def test_what_pytorch_can_in_cpp_or_on_a_server_counts_for_no_runtime(route: str) -> None:
    stack = Stack(framework="pytorch", route=route)
    assert found(Stack(framework="pytorch"), "runtime-cpp").cell.provenance == "measured here"
    cpp = found(stack, "runtime-cpp").cell
    assert (cpp.provenance, cpp.level) == ("documented", "supported")
    assert (found(stack, "model-behind-a-port").cell.provenance == "missing") is (route != "onnxruntime")
    assert found(stack, "recommender-latency").cell.provenance == "missing"


def test_the_size_of_one_kind_of_build_says_nothing_of_another() -> None:
    executorch, openvino = (Stack(framework="pytorch", route=name) for name in ("executorch", "openvino"))
    sizes = {build: found(executorch, "runtime-size", build).cell for build in ("python", "native", "selective")}
    assert sizes["python"].provenance == "missing", "its Python package needs PyTorch, and was not measured"
    assert sizes["native"].value > sizes["selective"].value  # type: ignore[operator]
    assert found(openvino, "runtime-size", "selective").cell.provenance == "missing"
    assert found(openvino, "runtime-size", "python").cell.provenance == "measured here"


def test_python_of_a_host_bounds_a_program_in_cpp_and_says_nothing_of_a_microcontroller() -> None:
    litert = Stack(framework="tensorflow", route="litert")
    python, native = (found(litert, "peak-memory", build).cell for build in ("python", "native"))
    assert (native.value, native.low) == (None, None)
    assert native.high < python.high, "what Python and NumPy take of it was measured apart"  # type: ignore[operator]
    assert found(litert, "peak-memory", "selective").cell.provenance == "missing"
    assert found(litert, "cold-start", "selective").cell.provenance == "missing"


def test_a_profile_compares_the_kind_of_build_that_it_ships() -> None:
    assert load_profile("edge").build == load_profile("mobile").build == "native"
    assert load_profile("deployment").build == "python"
    small = aiming(load_profile("edge"), "microcontroller")
    assert small.build == "selective"
    told = decide(reference(), small, samples=200)
    sizes = {cell.stack.route: cell for cell in told.evidence if cell.criterion == "runtime-size"}
    assert sizes["litert"].value == 382892
    assert any("with only what the model needs" in each for each in told.warnings)


@pytest.mark.parametrize("name", shipped_profiles())
def test_no_shipped_profile_counts_one_thing_several_times(name: str) -> None:
    told = decide(reference(), load_profile(name), samples=200)
    rest = [each for each in told.warnings if " rest on " in each]
    assert rest == []


def rated(name: str, **update: str) -> Wish:
    return wish(criterion(name).model_copy(update=update), 1.0, 0.0, 100.0)


def test_wishes_that_rest_on_one_thing_are_told_and_those_that_separate_nothing() -> None:
    wishes = [rated("a", rests_on="x"), rated("b", rests_on="x"), rated("c"), rated("d")]
    rows = {
        name: {"a": (50.0, 50.0, 50.0), "b": (10.0, 10.0, 10.0), "c": (100.0, 100.0, 100.0), "d": (120.0, 110.0, 130.0)}
        for name in ("pytorch", "tensorflow")
    }
    built = table(profile(wishes), rows)
    assert {each for each in warnings(built, reference(), CATALOG) if "weigh" in each or "separate" in each} >= {
        "'A' and 'B' rest on one thing (x); together they weigh 50 %",
        "'C' and 'D' separate nothing: every stack is at the target; that is 50 % of the weight",
    }
    shared = {
        (stack, name): replace(found, cell=found.cell.model_copy(update={"evidence": f"/fact/{stack}"}))
        for (stack, name), found in built.findings.items()
    }
    told = warnings(replace(built, findings=shared), reference(), CATALOG)
    assert any(each.startswith("'C' and 'D' rest on the same evidence") for each in told)
    assert not any("'A' and 'B' rest on the same evidence" in each for each in told)
