"""What a question is about: its identity, its sizes, what is timed of it and where it can go."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from advisor.errors import AdvisorError
from advisor.measurement import subject
from advisor.measurement.definitions import network_quantities
from advisor.measurement.session.plan import make_plan
from advisor.measurement.subject import Subject

OWN = """
id: own
title: Own network
what: One of ours.
kind: tabular
inputs: [{name: x, shape: [4], dtype: float32}]
nodes:
  - {id: hidden, op: dense, in: x, attrs: {units: 8, activation: relu}}
  - {id: logits, op: dense, in: hidden, attrs: {units: 3}}
"""


def own(folder: Path) -> Subject:
    file = folder / "own.yaml"
    file.write_text(OWN, encoding="utf-8")
    return subject.find(str(file))


def test_a_reference_network_is_timed_as_the_workloads_say() -> None:
    found = subject.find("@resnet8")
    assert (found.spec, found.kind) == ("resnet8", "cnn")
    assert found.quantities == network_quantities()["resnet8"]
    assert [(each.probe, each.batches) for each in found.works] == [
        ("resnet8-inference", (1,)), ("resnet8-training", (32,)),
    ]  # fmt: skip
    assert found.batch("training", 64) == 32
    assert not found.documents, "workers know it"


def test_other_parameters_make_another_network_of_the_same_probes() -> None:
    found = subject.find("@mobilenetv2?width=0.5")
    assert found.spec == "mobilenetv2?width=0.5"
    assert "width 0.5" in found.title
    whole = network_quantities()["mobilenetv2"]
    assert 0 < found.quantities.prediction < whole.prediction / 3
    assert {each.workload for each in found.works} == {found.spec}


def test_one_s_own_network_is_handed_to_workers_with_its_sizes(tmp_path: Path) -> None:
    found = own(tmp_path)
    assert found.quantities.weights == 4 * 8 + 8 + 8 * 3 + 3
    assert found.quantities.prediction == 2 * (4 * 8 + 8 * 3)
    assert found.quantities.training == 2 * (2 * 4 * 8 + 3 * 8 * 3), "nobody needs the gradient of the data"
    assert [each.value.id for each in found.documents] == ["own"]
    assert found.batch("inference", 1) == 1
    assert found.batch("inference", 32) == 8


def test_a_plan_takes_a_subject_up_in_both_settings_and_through_every_route(tmp_path: Path) -> None:
    about = (own(tmp_path), subject.find("@resnet8"))
    plan = make_plan(mode="quick", subjects=about)
    for each in about:
        cells = [cell for cell in plan.cells if cell.workload.workload == each.spec]
        assert {cell.setting for cell in cells} == {"out-of-the-box", "best-known"}
        for framework in plan.frameworks.values():
            shipped = {route.route.runtime for route in plan.routes if route.framework == framework}
            of_it = {
                route.route.runtime
                for route in plan.routes
                if (route.framework, route.workload) == (framework, each.spec)
            }
            assert shipped == of_it
    keys = [str(task.blank().key) for task in plan.trials]
    assert len(set(keys)) == len(keys)
    assert plan.fingerprint != make_plan(mode="quick").fingerprint


def test_probes_that_are_named_leave_other_networks_out(tmp_path: Path) -> None:
    found = own(tmp_path)
    plan = make_plan(only=[each.probe for each in found.works], subjects=[found])
    assert {cell.workload.workload for cell in plan.cells} == {"own"}
    assert {route.workload for route in plan.routes} == {"own"}


def test_where_a_subject_cannot_go_is_not_tried_and_told(tmp_path: Path) -> None:
    why = "a file of PyTorch"
    only = replace(own(tmp_path), only={"pytorch": ("executorch",)}, refusals={"tensorflow": why})
    plan = make_plan(mode="quick", frameworks=["pytorch", "tensorflow"], subjects=[only])
    assert {cell.framework.id for cell in plan.cells if cell.workload.workload == "own"} == {"pytorch"}
    assert {(r.framework.id, r.route.runtime) for r in plan.routes if r.workload == "own"} == {
        ("pytorch", "executorch")
    }
    told = {(each.framework, each.reason) for each in plan.skipped if each.kind == "not_taken"}
    assert ("tensorflow", why) in told
    assert any(framework == "pytorch" and "does not go through litert" in str(reason) for framework, reason in told)


@pytest.mark.parametrize("text", ["@resnet8?widht=2", "@resnet8?width=1000", "resnet8.txt", "@"])
def test_what_is_no_model_is_refused(text: str) -> None:
    with pytest.raises(AdvisorError):
        subject.find(text)
