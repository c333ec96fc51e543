"""The referee of networks as data: operations against sums written as loops, shapes against what is computed."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from probes.arrays import Array
from probes.networks import catalog, definition, evaluation, weights
from probes.networks.definition import DefinitionError, Network
from probes.networks.operations import margins

SMALL = ("mlp", "cnn", "lstm", "transformer", "recommender", "tiny", "ds-cnn", "resnet8", "autoencoder", "dlrm?rows=9")
# The large ones in a size that takes no time: the same nodes.
CUT = (
    "mobilenetv1?resolution=32", "mobilenetv2?width=0.1&resolution=32", "resnet50?width=0.125&resolution=32",
    "unet?width=4&resolution=16", "bert-mini?width=64&depth=1&seq=5", "gpt2-decode?width=64&depth=2&heads=4&seq=6",
    "lstm-words?width=8&seq=4",
)  # fmt: skip


def one(op: str, shape: list[int], **attrs: Any) -> Network:
    """Return a network of one node."""
    return definition.build(
        {
            "id": "one",
            "inputs": [{"name": "x", "shape": shape, "dtype": "float32"}],
            "nodes": [{"id": "y", "op": op, "attrs": attrs}],
        }
    )


def computed(network: Network, *, seed: int = 1, batch: int = 2) -> tuple[Array, dict[str, Array], Array]:
    """Return seeded input, weights and answer of a network with one input, in float64."""
    rng = np.random.default_rng(seed)
    drawn = weights.double(weights.drawn(network, rng))
    inputs = weights.inputs(network, rng, batch)
    (x,) = inputs.values()
    return x.astype(np.float64), drawn, evaluation.outputs(network, drawn, inputs)[0]


@pytest.mark.parametrize("spec", [*SMALL, *CUT])
def test_what_is_computed_has_the_shapes_that_were_inferred(spec: str) -> None:
    network = catalog.load(spec)
    rng = np.random.default_rng(2008)
    drawn = weights.drawn(network, rng)
    assert {name: array.shape for name, array in drawn.items()} == network.weights()
    assert {array.dtype for array in drawn.values()} == {np.dtype(np.float32)}
    answers = evaluation.outputs(network, weights.double(drawn), weights.inputs(network, rng, 3))
    assert [each.shape for each in answers] == [(3, *network.shape(name)) for name in network.outputs]
    assert all(np.isfinite(each).all() and each.std() > 1e-3 for each in answers)


@settings(max_examples=30)
@given(
    st.integers(3, 8),
    st.integers(3, 8),
    st.integers(1, 3),
    st.integers(1, 2),
    st.sampled_from(["same", "valid", 1]),
    st.sampled_from([1, 2]),
)
def test_a_convolution_is_the_sum_over_neighbors(
    height: int, width: int, kernel: int, stride: int, padding: str | int, groups: int
) -> None:
    assume(padding != 1 or kernel > 1)
    network = one(
        "conv", [height, width, 4], filters=2, kernel=[kernel, 1], stride=stride, padding=padding, groups=groups
    )
    x, drawn, got = computed(network)
    (high, wide, filters), share = network.shape("y"), 4 // groups
    before = margins(height, kernel, stride, padding)[0], margins(width, 1, stride, padding)[0]
    for n, i, j, f in np.ndindex(2, high, wide, filters):
        total = drawn["y_bias"][f]
        for di, c in np.ndindex(kernel, share):
            row, column = i * stride + di - before[0], j * stride - before[1]
            if 0 <= row < height and 0 <= column < width:
                total += x[n, row, column, f // (filters // groups) * share + c] * drawn["y_kernel"][di, 0, c, f]
        assert got[n, i, j, f] == pytest.approx(total, abs=1e-12)


def test_a_depthwise_convolution_is_one_with_as_many_groups() -> None:
    x, drawn, got = computed(one("depthwise", [7, 6, 3], kernel=3, stride=2))
    whole = one("conv", [7, 6, 3], filters=3, kernel=3, stride=2, groups=3)
    kernel = drawn["y_kernel"].reshape(3, 3, 1, 3)
    expected = evaluation.outputs(whole, {**drawn, "y_kernel": kernel}, {"x": x})[0]
    np.testing.assert_allclose(got, expected, atol=1e-12)


def test_a_transposed_convolution_turns_the_gradient_of_a_convolution_around() -> None:
    """⟨conv(y), x⟩ = ⟨y, transposed(x)⟩, with the channels of the kernel swapped."""
    x, drawn, got = computed(one("conv-transpose", [3, 2, 4], filters=5, kernel=2, bias=False))
    y = np.random.default_rng(3).standard_normal(got.shape)
    forward = one("conv", [6, 4, 5], filters=4, kernel=2, stride=2, padding="valid", bias=False)
    down = evaluation.outputs(forward, {"y_kernel": drawn["y_kernel"].swapaxes(2, 3)}, {"x": y})[0]
    assert (down * x).sum() == pytest.approx((y * got).sum())


def test_pooling_takes_the_largest_and_no_zero_from_outside() -> None:
    network = one("max-pool", [4, 4, 1], kernel=3, stride=2, padding=1)
    x = -1 - np.arange(16.0).reshape(1, 4, 4, 1)
    got = evaluation.outputs(network, {}, {"x": x})[0]
    np.testing.assert_array_equal(got[0, :, :, 0], [[-1, -2], [-5, -6]])


def test_attention_head_by_head() -> None:
    rng = np.random.default_rng(4)
    query, key, value = rng.standard_normal((1, 3, 4)), rng.standard_normal((1, 5, 4)), rng.standard_normal((1, 5, 4))
    got = evaluation.attended([query, key, value], 2)
    for step, part in np.ndindex(3, 2):
        of = slice(2 * part, 2 * part + 2)
        scores = np.exp(key[0, :, of] @ query[0, step, of] / np.sqrt(2))
        np.testing.assert_allclose(got[0, step, of], scores @ value[0, :, of] / scores.sum(), rtol=1e-12)


def test_an_lstm_step_by_step() -> None:
    x, drawn, got = computed(one("lstm", [5, 3], units=2, sequences=True))
    state, cell = np.zeros(2), np.zeros(2)
    for step in range(5):
        gates = x[0, step] @ drawn["y_kernel"] + state @ drawn["y_recurrent"] + drawn["y_bias"]
        enter, forget, leave = (1 / (1 + np.exp(-gates[start : start + 2])) for start in (0, 2, 6))
        cell = forget * cell + enter * np.tanh(gates[4:6])
        state = leave * np.tanh(cell)
        np.testing.assert_allclose(got[0, step], state, rtol=1e-12)


def test_batch_normalisation_has_seen_a_batch() -> None:
    network = catalog.load("resnet8")
    drawn = weights.drawn(network, np.random.default_rng(1))
    inputs = weights.inputs(network, np.random.default_rng(0), weights.SEEN)
    seen = evaluation.statistics(network, drawn, inputs)
    np.testing.assert_allclose(drawn["norm3_2_variance"], seen["norm3_2_variance"], rtol=1e-3)
    still, moving = (evaluation.outputs(network, drawn, inputs, training=training)[0] for training in (False, True))
    np.testing.assert_allclose(still, moving, rtol=0.01, atol=0.01)


@pytest.mark.parametrize("text", ["9 ** 9 ** 9", "__import__('os')", "width.real", "[1]", "'a' * 9", "1 +", "1 / 0"])
def test_an_expression_can_do_nothing_but_reckon(text: str) -> None:
    with pytest.raises(DefinitionError, match=r"no expression that can be computed|nothing is called"):
        definition.evaluated(text, {"width": 2}, ())


def test_what_was_not_handed_over_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"unknown network 'mobilenet2' — did you mean 'mobilenetv2'\?"):
        catalog.load("mobilenet2")
    with pytest.raises(ValueError, match="'width' is no parameter; expected NAME=NUMBER"):
        catalog.load("mlp?width")
    with pytest.raises(ValueError, match="heads do not divide 100 values evenly"):
        catalog.load("bert-mini?width=100&heads=3")
    monkeypatch.delenv(catalog.VARIABLE)
    with pytest.raises(ValueError, match="ADVISOR_NETWORKS names no file"):
        catalog.load("mlp")
    (tmp_path / "other.json").write_text(json.dumps({}))
    monkeypatch.setitem(os.environ, catalog.VARIABLE, str(tmp_path / "other.json"))
    with pytest.raises(ValueError, match="there are none"):
        catalog.load("mlp")
