"""Inputs and outputs are matched by name, and asked in the artifact's own types: in ONNX Runtime, and by themselves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from probes import feeds
from probes.channel import ProbeError
from probes.feeds import Feed
from probes.runtimes import Slot, clean_process
from probes.runtimes.clean_process import Question
from probes.runtimes.slots import matched, taken


def slots(*names: str) -> list[Slot]:
    return [Slot(name, "float32", (None,)) for name in names]


@given(st.permutations(["start_logits", "end_logits", "pooled"]))
def test_equal_names_belong_together_in_whatever_order(order: list[str]) -> None:
    positions = matched("output", slots(*order), ["start_logits", "end_logits", "pooled"])
    assert all(order[position] == name for name, position in positions.items())


@given(st.permutations(range(12)), st.sampled_from(["output_{}", "StatefulPartitionedCall:{}", "args_{}"]))
def test_what_a_converter_numbered_stands_in_the_order_of_the_numbers(order: list[int], form: str) -> None:
    """As text, output_10 comes before output_2."""
    names = [f"name{number}" for number in range(12)]
    positions = matched("output", slots(*(form.format(number) for number in order)), names)
    assert [order[positions[name]] for name in names] == list(range(12))


def test_names_of_other_kinds_keep_the_order_of_the_exporter() -> None:
    assert matched("output", slots("add_3", "add_1"), ["a", "b"]) == {"a": 0, "b": 1}
    assert matched("input", slots("", ""), ["a", "b"]) == {"a": 0, "b": 1}
    assert matched("input", slots("whatever"), ["a"]) == {"a": 0}


def test_an_input_that_was_dropped_is_named() -> None:
    with pytest.raises(ValueError, match=r"has 1 inputs \(x\), the model 2 \(x, mask\)"):
        matched("input", slots("x"), ["x", "mask"])


def test_types_and_shapes_are_the_artifacts_or_refused() -> None:
    ids = np.array([[1, 2]])
    narrow = taken("ids", ids, Slot("ids", "int32", (None, 2)))
    assert narrow.dtype == np.int32
    np.testing.assert_array_equal(narrow, ids)
    with pytest.raises(ValueError, match="larger"):
        taken("ids", ids + 2**40, Slot("ids", "int32", (None, 2)))
    with pytest.raises(ValueError, match="takes float32 as x, and is given int64"):
        taken("x", ids, Slot("", "float32", (None, 2)))
    with pytest.raises(ValueError, match=r"as \(any, 3\), and is given \(1, 2\)"):
        taken("ids", ids, Slot("", "int64", (None, 3)))
    # ExecuTorch tells the largest sizes, and takes smaller ones.
    assert taken("ids", ids, Slot("", "int64", (8, 4), bounds=True)).shape == (1, 2)


@pytest.mark.integration
def test_several_inputs_of_every_type_and_outputs_in_another_order(tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    pytest.importorskip("onnxruntime")
    from onnx import TensorProto, helper, save

    graph = helper.make_graph(
        [
            helper.make_node("Cast", ["ids"], ["numbers"], to=TensorProto.FLOAT),
            helper.make_node("Cast", ["mask"], ["kept"], to=TensorProto.FLOAT),
            helper.make_node("Mul", ["numbers", "kept"], ["masked"]),
            helper.make_node("Add", ["masked", "x"], ["sum"]),
            helper.make_node("Not", ["mask"], ["flipped"]),
        ],
        "several",
        [
            helper.make_tensor_value_info("mask", TensorProto.BOOL, ["n", 3]),
            helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3]),
            helper.make_tensor_value_info("ids", TensorProto.INT64, ["n", 3]),
        ],
        [
            helper.make_tensor_value_info("flipped", TensorProto.BOOL, ["n", 3]),
            helper.make_tensor_value_info("sum", TensorProto.FLOAT, ["n", 3]),
        ],
    )
    save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), tmp_path / "several.onnx")
    rng = np.random.default_rng(0)
    ids, mask, x = rng.integers(0, 9, (4, 3)), rng.random((4, 3)) < 0.5, rng.random((4, 3), dtype=np.float32)
    inputs: Feed = {"ids": ids, "mask": mask, "x": x}
    asked = [Question("one by one", inputs), Question("in pairs", inputs, 2), Question("at once", inputs, 0)]
    for answers in clean_process.ask("onnxruntime", tmp_path / "several.onnx", asked, ["sum", "flipped"]).answers:
        assert list(answers) == ["sum", "flipped"]
        np.testing.assert_allclose(answers["sum"], ids * mask + x, rtol=1e-6)
        np.testing.assert_array_equal(answers["flipped"], ~mask)
    short = {name: inputs[name] for name in ("ids", "x")}
    with pytest.raises(ProbeError, match=r"has 3 inputs \(mask, x, ids\), the model 2 \(ids, x\)"):
        clean_process.ask("onnxruntime", tmp_path / "several.onnx", [Question("short", short)])


@given(st.integers(1, 9), st.integers(1, 9))
def test_batches_are_all_samples_once_and_in_order(samples: int, size: int) -> None:
    feed: Feed = {"a": np.arange(samples), "b": np.arange(samples) * 2.0}
    parts = list(feeds.batches(feed, size))
    np.testing.assert_array_equal(np.concatenate([part["a"] for part in parts]), feed["a"])
    assert all(len(part["b"]) == len(part["a"]) <= size for part in parts)


def test_inputs_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="a has 2, b has 3"):
        feeds.count({"a": np.zeros(2), "b": np.zeros(3)})


def test_files_keep_names_types_and_order(tmp_path: Path) -> None:
    feed: Feed = {"z": np.arange(3), "a": np.ones((3, 2), np.float32), "flag": np.array([True, False, True])}
    read = feeds.load(feeds.save(tmp_path / "several", feed))
    assert list(read) == ["z", "a", "flag"]
    for name, array in feed.items():
        assert read[name].dtype == array.dtype
        np.testing.assert_array_equal(read[name], array)
    assert list(feeds.load(feeds.save(tmp_path / "one", feed["a"]))) == [feeds.SOLE]
