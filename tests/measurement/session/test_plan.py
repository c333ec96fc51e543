"""What a session will do, and what it leaves out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.decision import phrases
from advisor.errors import AdvisorError
from advisor.measurement import subject
from advisor.measurement.definitions import BEST_KNOWN, Definitions, NetworkQuantities
from advisor.measurement.session.effort import PACES
from advisor.measurement.session.plan import make_plan


def test_a_standard_session_tries_everything(toys: Definitions) -> None:
    plan = make_plan(mode="standard", definitions=toys)
    assert len(plan.environments) == 4
    assert len(plan.cells) == 4 * 2 * 3
    assert len(plan.routes) == 3 * 2
    assert not plan.skipped
    assert len({task.title for task in plan.tasks}) == len(plan.tasks)


def test_quick_leaves_compiled_settings_out_and_says_so() -> None:
    quick, standard = make_plan(mode="quick"), make_plan(mode="standard")
    left_out = [cell for cell in standard.cells if cell not in quick.cells]
    whole = {work.probe for work in quick.definitions.workloads if work.not_quick}
    assert {"mlp-inference", "lstm-training", "eager-overhead"} <= whole
    assert {cell.setting for cell in left_out if cell.probe not in whole} == {BEST_KNOWN}
    assert not whole & {cell.probe for cell in quick.cells}
    assert make_plan(mode="quick", only=["mlp-inference"]).cells
    apart = {"capability:*", "*-training"} | {task.probe for task in standard.experiments}
    extra = {route.id for route in quick.definitions.routes.values() if route.not_quick}
    assert {each.probe for each in quick.skipped} - apart == {cell.probe for cell in left_out} | extra
    assert all("--quick" in phrases.left_out(each, {}) for each in quick.skipped)
    assert extra == {"route:openvino"}
    assert [task for task in standard.routes if task.probe not in extra] == list(quick.routes)
    assert make_plan(mode="quick", only=["route:openvino"]).routes
    assert make_plan(mode="quick", routes=["openvino"], frameworks=["pytorch"]).routes
    assert any(cell.setting == BEST_KNOWN for cell in quick.cells)
    assert quick.estimate < standard.estimate < make_plan(mode="thorough").estimate


def test_an_estimate_is_the_sum_of_its_parts_with_two_exports_at_a_time() -> None:
    model = subject.find("@mobilenetv2")
    plan = make_plan(mode="quick", frameworks=["pytorch", "tensorflow"], only=["route:*"], subjects=[model])
    imports = sum(task.estimate for task in plan.environments)
    exports = sum(task.estimate for task in plan.routes)
    assert plan.exporting(plan.routes) == pytest.approx((exports + imports) / 2)
    assert plan.estimate == pytest.approx(imports + plan.exporting(plan.routes) + plan.sampling + plan.starting)


def test_a_model_of_ones_own_is_estimated_by_its_operations() -> None:
    def whole(operations: int) -> float:
        known = NetworkQuantities(weights=operations // 100, prediction=operations, training=3 * operations)
        own = replace(subject.find("@mobilenetv2"), spec="camera-make-9446d29d", quantities=known, works=())
        plan = make_plan(mode="quick", frameworks=["pytorch"], only=["route:*"], subjects=[own])
        return sum(task.estimate for task in plan.routes if task.workload == own.spec)

    assert whole(600_000_000) == pytest.approx(
        sum(task.estimate for task in make_plan(
            mode="quick", frameworks=["pytorch"], only=["route:*"], subjects=[subject.find("@mobilenetv2")]
        ).routes if not task.trained), rel=0.05,
    )  # fmt: skip
    fixed = 2 * whole(600_000_000) - whole(2_400_000_000)
    assert whole(6_000) == pytest.approx(fixed, rel=0.05), "what grows is by the root of the operations"


def test_only_takes_globs_over_probe_ids(toys: Definitions) -> None:
    assert {task.probe for task in make_plan(definitions=toys, only=["mlp-*"]).tasks} == {
        "environment", "mlp-inference", "mlp-training",
    }  # fmt: skip
    routes = make_plan(definitions=toys, only=["route:*"])
    assert not routes.cells
    assert routes.routes
    # A framework that ships nothing is not started for routes alone.
    assert "absent" not in routes.frameworks
    environments = make_plan(definitions=toys, only=["environment"])
    assert len(environments.tasks) == len(environments.environments) == 4


def test_frameworks_and_routes_can_be_chosen(toys: Definitions) -> None:
    plan = make_plan(definitions=toys, frameworks=["toy"], routes=[])
    assert set(plan.frameworks) == {"toy"}
    assert not plan.routes


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"frameworks": ["toyy"]}, "unknown framework 'toyy' — did you mean 'toy'"),
        ({"routes": ["toyr"]}, "unknown route 'toyr' — did you mean 'toyrt'"),
        ({"only": ["lstm*"]}, r"--only lstm\*: no probe has such an id .*mlp-inference"),
        ({"only": ["mlp"]}, r"--only mlp: no probe has such an id — did you mean 'mlp-inference'"),
        ({"only": ["route:toyrt"], "frameworks": ["absent"]}, "no recipe of Absent answers route:toyrt$"),
        ({"only": ["mlp-inference", "lstm*"]}, r"^--only lstm\*: no probe has such an id"),
    ],
)
def test_what_is_not_there_is_said_with_what_is(toys: Definitions, arguments: dict[str, list[str]], says: str) -> None:
    with pytest.raises(AdvisorError, match=says):
        make_plan(definitions=toys, mode="standard", **arguments)  # type: ignore[arg-type]


def test_every_mode_has_enough_blocks_and_processes() -> None:
    for pace in PACES.values():
        assert pace.rounds >= 6
        assert pace.runtime_processes >= 3
        assert pace.settle >= 0.01
    assert PACES["standard"].processes >= 3
    assert PACES["thorough"].processes >= 5
