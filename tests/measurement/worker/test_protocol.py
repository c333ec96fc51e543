"""What is agreed between advisor and its workers: the lines that are sent, and what becomes of those that come."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from advisor.documents import LONGEST
from advisor.measurement.worker import protocol
from advisor.measurement.worker.answers import Answer, Block, Concluded, Described, Prepared, WorkerError
from advisor.measurement.worker.protocol import Command, Describe, Load, Prepare, Prove, Reply, TellMemory, TimeBlock

BLOCK = TimeBlock(cell=0, settle=0.0, lead_in=0.1, seconds=0.1, minimum_calls=5)
PREPARE = Prepare(
    probe="mlp-inference", workload="mlp", task="inference", parameters={"batch": 8}, setting="best-known"
)
PROVE = Prove(probe="capability:shouts", folder=Path("/scratch"), parameters={})
TIMED = {"calls": [0.1, 0.2], "wall": 0.3, "cpu": 0.6}
READY = {
    "cell": 1,
    "parity": {"max_relative_error": 1e-7, "limit": 1e-4, "referee": "numpy-float64"},
    "first_call": 0.5,
    "how": "eager",
    "variant": "eager",
    "tried": [
        {"variant": "eager", "how": "eager", "compiled": False, "first_call": 0.5, "call": 0.1},
        {"variant": "compiled", "message": "no compiler"},
    ],
    "operations": 12,
}


def heard(command: Command[Any], **body: object) -> Reply[Any]:
    return protocol.read(command, {"id": 1, **body}, received=2.5)


def refused(command: Command[Any], **body: object) -> WorkerError:
    with pytest.raises(WorkerError) as caught:
        _ = heard(command, **body).value
    return caught.value


def commands() -> list[type[Command[Any]]]:
    found = (each for each in vars(protocol).values() if isinstance(each, type) and issubclass(each, Command))
    return [each for each in found if "do" in each.model_fields and each.model_fields["do"].default in WORDS]


WORDS = (
    "describe", "prepare", "footprint", "block", "reshape", "measure", "prove", "load", "answer", "memory", "stop",
    "start",
)  # fmt: skip


def test_every_command_has_an_answer_that_is_agreed() -> None:
    assert {each.model_fields["do"].default for each in commands()} == set(WORDS)
    assert all(issubclass(each.answer(), Answer) and each.answer() is not Answer for each in commands())
    assert (Describe.answer(), Prepare.answer(), Prove.answer()) == (Described, Prepared, Concluded)


def test_a_command_is_sent_as_plain_data_without_what_it_leaves_open() -> None:
    assert PREPARE.model_dump(mode="json", exclude_none=True) == {
        "do": "prepare",
        "probe": "mlp-inference",
        "workload": "mlp",
        "task": "inference",
        "parameters": {"batch": 8},
        "setting": "best-known",
    }
    load = Load(artifact=Path("/a/model.onnx"), inputs=Path("/a/x.npy"), threads=2)
    assert load.model_dump(mode="json")["artifact"] == "/a/model.onnx"


def test_an_answer_is_read_by_its_model() -> None:
    reply = heard(BLOCK, ok=TIMED | {"nivcsw": 3})
    assert reply.received == 2.5
    assert reply.value == Block(calls=[0.1, 0.2], wall=0.3, cpu=0.6)
    assert reply.value.made == 2
    assert heard(BLOCK, ok=TIMED | {"count": 9_000}).value.made == 9_000


def test_what_a_cell_tells_of_its_calls_is_what_the_worker_said() -> None:
    ready = heard(PREPARE, ok=READY).value
    assert ready.details == {"operations": 12, "tried": READY["tried"]}
    assert ready.parity.weights_max_relative_error is None


@pytest.mark.parametrize(
    ("command", "ok", "why"),
    [
        (BLOCK, {}, "calls: Field required"),
        (BLOCK, "fast", "ok: Input should be a valid dictionary or instance of Block"),
        (BLOCK, TIMED | {"calls": ["0.1"]}, "calls.0: Input should be a valid number"),
        (BLOCK, TIMED | {"count": 1}, "1 calls are counted, 2 were timed"),
        (BLOCK, TIMED | {"calls": []}, "calls: List should have at least 1 item"),
        (BLOCK, TIMED | {"wall": float("nan")}, "wall: Input should be a finite number"),
        (BLOCK, TIMED | {"cpu": float("inf")}, "cpu: Input should be a finite number"),
        (PREPARE, READY | {"cell": "1"}, "cell: Input should be a valid integer"),
        (PREPARE, READY | {"parity": {"max_relative_error": "small"}}, "parity.max_relative_error: Input should be"),
        (PREPARE, READY | {"parity": {"max_relative_error": 0.0, "limit": 2.0}}, "parity.limit: Input should be less"),
        (PREPARE, READY | {"how": "x" * (LONGEST + 1)}, "a string of 10,001 characters"),
        (PREPARE, READY | {"tried": [{"call": 1.0}]}, "tried.0.variant: Field required"),
        (TellMemory(), {"peak_bytes": -1}, "peak_bytes: Input should be greater than or equal to 0"),
    ],
)
def test_an_answer_of_another_shape_is_one_clear_error(command: Command[Any], ok: object, why: str) -> None:
    error = refused(command, ok=ok)
    assert error.outcome == "error"
    assert error.message.startswith("not the answer that was agreed: ")
    assert why in error.message
    assert "\n" not in error.message


def test_what_a_worker_says_instead_of_a_result_is_the_error() -> None:
    error = refused(PREPARE, outcome="not_supported", message="no such operator", where="export.py:3")
    assert (error.outcome, error.message, error.where) == ("not_supported", "no such operator", "export.py:3")
    error = refused(PREPARE, outcome="a word of its own")
    assert (error.outcome, error.message) == ("error", "the worker gave no reason")


def test_of_a_recipe_whatever_became_of_it_is_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    told = heard(PROVE, outcome="refuted", message="/home/ada/x differs", seconds=1.5, proof={"n": 3}).value
    assert told == Concluded(outcome="refuted", message="~/x differs", seconds=1.5, proof={"n": 3})
    assert heard(PROVE, ok={}).value == Concluded(outcome="error")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"outcome": 7}, "outcome: Input should be"),
        ({"outcome": "proved", "seconds": "x"}, "seconds: Input should be a valid number"),
        ({"outcome": "proved", "proof": [1]}, "proof: Input should be a valid dictionary"),
        ({"outcome": "proved", "proof": {"x": float("nan")}}, "NaN or Infinity"),
        ({"outcome": "proved", "message": "\ud800"}, "surrogates not allowed"),
    ],
)
def test_a_recipe_of_another_shape_ends_in_an_error_of_its_own(body: dict[str, object], why: str) -> None:
    told = heard(PROVE, **body).value
    assert told.outcome == "error"
    assert why in told.message


def test_of_a_long_message_the_end_is_kept() -> None:
    told = heard(PROVE, outcome="error", message="a" * LONGEST + "the end").value
    assert len(told.message) == LONGEST
    assert told.message.endswith("the end")
