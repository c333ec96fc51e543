"""The referee against mathematics: finite differences, closed forms, layers written as loops."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probes import reference
from probes.networks import NETWORKS, convolution, layers, lstm, transformer
from probes.workloads import Array, initial_weights, synthetic


@pytest.mark.parametrize("name", [f"{network}:{weight}" for network in NETWORKS for weight in initial_weights(network)])
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


def test_a_convolution_is_the_sum_over_neighbors() -> None:
    rng = np.random.default_rng(1)
    x, kernel, bias = rng.standard_normal((2, 5, 4, 3)), rng.standard_normal((3, 3, 3, 6)), rng.standard_normal(6)
    got, _ = convolution.convolve({"c_kernel": kernel, "c_bias": bias}, "c", x)
    expected = np.zeros((2, 5, 4, 6))
    for n, i, j, di, dj in np.ndindex(2, 5, 4, 3, 3):
        if 0 <= i + di - 1 < 5 and 0 <= j + dj - 1 < 4:
            expected[n, i, j] += x[n, i + di - 1, j + dj - 1] @ kernel[di, dj]
    np.testing.assert_allclose(got, expected + bias, rtol=1e-12)


@settings(max_examples=40)
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
    pooled = convolution.pool(x)
    back = convolution.pool_backward(x, pooled, np.ones_like(pooled))
    assert back.sum() == pooled.size


@pytest.mark.parametrize("workload", NETWORKS)
def test_sgd_learns_the_batch(workload: str) -> None:
    case = synthetic(workload, {"batch": 8})
    before, _ = reference.loss_and_gradients(workload, case.weights, case.inputs, case.labels)
    after = reference.sgd(workload, case.weights, case.inputs, case.labels, learning_rate=case.learning_rate, steps=12)
    loss, _ = reference.loss_and_gradients(workload, after, case.inputs, case.labels)
    assert loss < 0.9 * before
    assert all(array.dtype == np.float32 for array in after.values())


@pytest.mark.parametrize("workload", NETWORKS)
def test_a_case_is_the_same_every_time(workload: str) -> None:
    one, two = synthetic(workload, {"batch": 4}), synthetic(workload, {"batch": 4})
    np.testing.assert_array_equal(one.inputs, two.inputs)
    np.testing.assert_array_equal(one.labels, two.labels)
    assert one.inputs.dtype == (np.int64 if workload == "recommender" else np.float32)
    assert all(array.dtype == np.float32 for array in one.weights.values())
    assert all(np.array_equal(one.weights[name], two.weights[name]) for name in one.weights)
    assert not np.array_equal(synthetic(workload, {"batch": 4}, seed=1).inputs, one.inputs)


@pytest.mark.parametrize(("workload", "kernel"), [("mlp", "dense2_kernel"), ("cnn", "conv2_kernel")])
def test_kernels_before_a_relu_have_the_variance_of_he(workload: str, kernel: str) -> None:
    weights = initial_weights(workload)[kernel]
    assert weights.var() == pytest.approx(2 / np.prod(weights.shape[:-1]), rel=0.1)


def test_an_lstm_step_by_step() -> None:
    """Gates written out as in Gers et al. (2000), one sample and one unit at a time."""
    case = synthetic("lstm", {"batch": 2})
    weights = reference.as_float64(case.weights)
    expected = np.zeros((2, lstm.UNITS))
    for n in range(2):
        state, cell = np.zeros(lstm.UNITS), np.zeros(lstm.UNITS)
        for x in case.inputs[n].astype(np.float64):
            sums = weights["lstm_kernel"].T @ x + weights["lstm_recurrent"].T @ state + weights["lstm_bias"]
            i, f, g, o = (sums[part * lstm.UNITS : (part + 1) * lstm.UNITS] for part in range(4))
            cell = cell / (1 + np.exp(-f)) + np.tanh(g) / (1 + np.exp(-i))
            state = np.tanh(cell) / (1 + np.exp(-o))
        expected[n] = state
    got = reference.forward("lstm", weights, case.inputs)
    np.testing.assert_allclose(got, expected @ weights["dense_kernel"] + weights["dense_bias"], rtol=1e-10)


def test_attention_is_the_weighted_mean_of_the_values() -> None:
    case = synthetic("transformer", {"batch": 1})
    weights = reference.as_float64(case.weights)
    x = case.inputs.astype(np.float64)
    got, _ = transformer._attend(weights, "layer1", x)
    query, key, value = (layers.dense(weights, f"layer1_{name}", x)[0] for name in ("query", "key", "value"))
    joined = np.zeros((transformer.STEPS, transformer.WIDTH))
    for head in range(4):
        part = slice(16 * head, 16 * head + 16)
        for step in range(transformer.STEPS):
            scores = np.array([query[step, part] @ key[other, part] / 4 for other in range(transformer.STEPS)])
            shares = np.exp(scores) / np.exp(scores).sum()
            joined[step, part] = shares @ value[:, part]
    np.testing.assert_allclose(got[0], layers.dense(weights, "layer1_output", joined), rtol=1e-9)


def test_layer_normalisation_standardises() -> None:
    x = np.random.default_rng(3).standard_normal((4, 5, 64)) * 7 + 2
    got, _ = layers.normalised({"n_scale": np.ones(64), "n_shift": np.zeros(64)}, "n", x)
    np.testing.assert_allclose(got.mean(axis=-1), 0, atol=1e-12)
    np.testing.assert_allclose(got.std(axis=-1), 1, rtol=1e-5)


class Counting(np.ndarray[Any, Any]):
    """An array that counts the operations of the matrix products it takes part in."""

    operations = 0

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        plain = [each.view(np.ndarray) if isinstance(each, Counting) else each for each in inputs]
        if "out" in options:
            options["out"] = tuple(each.view(np.ndarray) for each in options["out"])
        result = getattr(ufunc, method)(*plain, **options)
        if ufunc is np.matmul:
            Counting.operations += 2 * result.size * plain[0].shape[-1]
        return result.view(Counting) if isinstance(result, np.ndarray) else result

    def __array_function__(self, function: Any, types: Any, arguments: Any, options: Any) -> Any:
        # Joining arrays would forget that they count.
        result = super().__array_function__(function, types, arguments, options)
        return result.view(Counting) if isinstance(result, np.ndarray) else result


@pytest.mark.parametrize("workload", NETWORKS)
@pytest.mark.parametrize("batch", [1, 4])
def test_the_formula_of_the_operations_counts_what_the_referee_does(workload: str, batch: int) -> None:
    case = synthetic(workload, {"batch": batch})
    weights = {name: array.view(Counting) for name, array in case.weights.items()}
    Counting.operations = 0
    reference.forward(workload, weights, case.inputs)
    assert reference.operations(workload, "inference", batch) == Counting.operations
    Counting.operations = 0
    reference.loss_and_gradients(workload, weights, case.inputs, case.labels)
    assert reference.operations(workload, "training", batch) == Counting.operations


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
    known = "mlp, cnn, lstm, transformer, recommender, tiny, pictures"
    with pytest.raises(ValueError, match=f"unknown workload 'rnn': there are {known}"):
        synthetic("rnn")
