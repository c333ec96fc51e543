"""The referee against mathematics: finite differences, closed forms, a convolution written as loops."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probes import reference
from probes.workloads import KERNELS, LEARNING_RATES, Array, initial_weights, synthetic


@pytest.mark.parametrize(
    "name", [f"{w}:{layer}_{kind}" for w in KERNELS for layer in KERNELS[w] for kind in ("kernel", "bias")]
)
def test_gradients_agree_with_finite_differences(name: str) -> None:
    workload, weight = name.split(":")
    case = synthetic(workload, {"batch": 3})
    weights = reference.as_float64(case.weights)
    direction = np.random.default_rng(7).standard_normal(weights[weight].shape)
    _, gradients = reference.loss_and_gradients(workload, weights, case.inputs, case.labels)

    def loss(step: float) -> float:
        moved = {**weights, weight: weights[weight] + step * direction}
        return reference.loss_and_gradients(workload, moved, case.inputs, case.labels)[0]

    # The step is small enough that no ReLU and no pooling window changes sides.
    slope = (loss(1e-8) - loss(-1e-8)) / 2e-8
    assert slope == pytest.approx((gradients[weight] * direction).sum(), rel=1e-4, abs=1e-5)


def test_a_convolution_is_the_sum_over_neighbours() -> None:
    rng = np.random.default_rng(1)
    x, kernel, bias = rng.standard_normal((2, 5, 4, 3)), rng.standard_normal((3, 3, 3, 6)), rng.standard_normal(6)
    got, _ = reference._convolve({"c_kernel": kernel, "c_bias": bias}, "c", x)
    expected = np.zeros((2, 5, 4, 6))
    for n, i, j, di, dj in np.ndindex(2, 5, 4, 3, 3):
        if 0 <= i + di - 1 < 5 and 0 <= j + dj - 1 < 4:
            expected[n, i, j] += x[n, i + di - 1, j + dj - 1] @ kernel[di, dj]
    np.testing.assert_allclose(got, expected + bias, rtol=1e-12)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 5), st.integers(2, 12), st.floats(0.1, 100), st.integers(0, 2**32))
def test_cross_entropy(batch: int, classes: int, scale: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    logits, labels = scale * rng.standard_normal((batch, classes)), rng.integers(0, classes, batch)
    loss, gradient = reference.cross_entropy(logits, labels)
    assert loss >= 0
    np.testing.assert_allclose(gradient.sum(axis=1), 0, atol=1e-12)
    shifted, _ = reference.cross_entropy(logits + 1e3, labels)
    assert shifted == pytest.approx(loss, rel=1e-9, abs=1e-9)


def test_equal_logits_cost_the_logarithm_of_the_classes() -> None:
    loss, _ = reference.cross_entropy(np.zeros((4, 10)), np.arange(4))
    assert loss == pytest.approx(np.log(10))


def test_a_tie_in_pooling_sends_the_gradient_once() -> None:
    x = np.ones((1, 4, 4, 2))
    pooled = reference._pool(x)
    back = reference._pool_backward(x, pooled, np.ones_like(pooled))
    assert back.sum() == pooled.size


@pytest.mark.parametrize("workload", KERNELS)
def test_sgd_learns_the_batch(workload: str) -> None:
    case = synthetic(workload, {"batch": 8})
    before, _ = reference.loss_and_gradients(workload, case.weights, case.inputs, case.labels)
    after = reference.sgd(workload, case.weights, case.inputs, case.labels, learning_rate=case.learning_rate, steps=12)
    loss, _ = reference.loss_and_gradients(workload, after, case.inputs, case.labels)
    assert loss < 0.9 * before
    assert all(array.dtype == np.float32 for array in after.values())


@pytest.mark.parametrize("workload", KERNELS)
def test_a_case_is_the_same_every_time(workload: str) -> None:
    one, two = synthetic(workload, {"batch": 4}), synthetic(workload, {"batch": 4})
    np.testing.assert_array_equal(one.inputs, two.inputs)
    np.testing.assert_array_equal(one.labels, two.labels)
    assert one.inputs.dtype == np.float32
    assert one.learning_rate == LEARNING_RATES[workload]
    assert all(np.array_equal(one.weights[name], two.weights[name]) for name in one.weights)
    assert not np.array_equal(synthetic(workload, {"batch": 4}, seed=1).inputs, one.inputs)


@pytest.mark.parametrize("workload", KERNELS)
def test_weights_have_the_variance_of_he(workload: str) -> None:
    weights = initial_weights(workload)
    for layer, shape in KERNELS[workload].items():
        expected = 2 / np.prod(shape[:-1])
        assert weights[f"{layer}_kernel"].var() == pytest.approx(expected, rel=0.5)


def test_no_relu_of_the_mlp_is_on_the_edge_while_it_is_judged() -> None:
    """The seed is chosen so; else float32 and float64 could take different sides, and parity would fail by chance."""
    case = synthetic("mlp", {"batch": 64})
    weights = reference.as_float64(case.weights)
    for _ in range(3):
        hidden: Array = case.inputs.astype(np.float64)
        for layer in ("dense1", "dense2"):
            hidden = hidden @ weights[f"{layer}_kernel"] + weights[f"{layer}_bias"]
            assert np.abs(hidden).min() > 1e-5
            hidden = np.maximum(hidden, 0)
        weights = reference.sgd("mlp", weights, case.inputs, case.labels, learning_rate=case.learning_rate, steps=1)


def test_an_unknown_workload_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown workload 'rnn': there are mlp, cnn"):
        synthetic("rnn")
