"""Which stacks a Run lets a profile compare."""

from __future__ import annotations

import pytest

from advisor.decision.alternatives import alternatives, refuse_unknown
from advisor.decision.stack import stack_id
from advisor.errors import AdvisorError
from advisor.measurement import definitions
from advisor.measurement.run import Observation, Outcome, Run
from tests.samples import sample_run


def compared(run: Run) -> set[str]:
    found = alternatives(run, "server", definitions.frameworks(), definitions.routes())
    return {stack_id(stack) for stack in found}


def with_proof(outcome: Outcome) -> Run:
    run = sample_run()
    proof = Observation(
        probe="route:openvino", framework="pytorch", route="openvino", workload="cnn",
        parameters={"precision": "float32"}, outcome=outcome,
    )  # fmt: skip
    return run.model_copy(update={"observations": (*run.observations, proof)})


def test_an_extra_route_is_compared_only_where_it_was_tried() -> None:
    usual = compared(sample_run())
    assert "pytorch→onnxruntime" in usual
    assert "pytorch→openvino" not in usual
    assert compared(with_proof("proved")) == usual | {"pytorch→openvino"}


@pytest.mark.parametrize("outcome", ["not_installed", "not_run"])
def test_what_is_not_there_costs_nobody_the_answer(outcome: Outcome) -> None:
    assert compared(with_proof(outcome)) == compared(sample_run())


@pytest.mark.parametrize("outcome", ["refuted", "error", "not_supported"])
def test_what_failed_stays_to_be_seen(outcome: Outcome) -> None:
    assert "pytorch→openvino" in compared(with_proof(outcome))


def test_a_device_is_no_server() -> None:
    stacks = alternatives(with_proof("proved"), "edge", definitions.frameworks(), definitions.routes())
    assert "pytorch→openvino" not in {stack_id(stack) for stack in stacks}


@pytest.mark.parametrize("name", ["pytorch", "LiteRT", "pytorch->executorch", "PyTorch → ONNX Runtime"])
def test_what_can_be_left_out_is_known_before_anything_is_measured(name: str) -> None:
    refuse_unknown([name], definitions.frameworks(), definitions.routes())


def test_a_mistaken_name_is_refused_before_anything_is_measured() -> None:
    with pytest.raises(AdvisorError, match=r"--exclude: there is nothing called 'litrt' — did you mean 'litert'\?"):
        refuse_unknown(["pytorch", "litrt"], definitions.frameworks(), definitions.routes())
