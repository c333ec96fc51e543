"""The referee against mathematics: finite differences, closed forms, layers written as loops."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from probes import reference
from probes.networks import catalog, gradients
from probes.workloads import Array, initial_weights, synthetic

NETWORKS = ("mlp", "cnn", "lstm", "transformer", "recommender", "tiny")
SMALL = ("mlp", "cnn", "lstm?seq=5", "transformer?seq=5", "recommender", "tiny?depth=3")


@pytest.mark.parametrize("workload", SMALL)
def test_gradients_agree_with_finite_differences(workload: str) -> None:
    case = synthetic(workload, {"batch": 3})
    weights = reference.as_float64(case.weights)
    _, found = reference.loss_and_gradients(workload, weights, case.inputs, case.labels)
    assert list(found) == list(weights)
    rng = np.random.default_rng(7)
    for name, gradient in found.items():
        direction = rng.standard_normal(gradient.shape)

        def loss(step: float, name: str = name, direction: Array = direction) -> float:
            moved = {**weights, name: weights[name] + step * direction}
            return reference.loss_and_gradients(workload, moved, case.inputs, case.labels)[0]

        # The step is small enough that no ReLU and no pooling window changes sides.
        slope = (loss(1e-8) - loss(-1e-8)) / 2e-8
        assert slope == pytest.approx((gradient * direction).sum(), rel=1e-4, abs=1e-5), name


def test_what_numpy_has_no_gradient_of_is_named() -> None:
    case = synthetic("resnet8?width=4", {"batch": 2})
    with pytest.raises(ValueError, match="NumPy has no gradient of 'batch-norm'"):
        reference.loss_and_gradients(case.workload, case.weights, case.inputs, case.labels)


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
    node = catalog.load("cnn").node("pool1")
    (back,) = gradients.RULES["max-pool"](
        gradients.Step(node, {}, [np.ones((1, 4, 4, 2))], np.ones((1, 2, 2, 2)), np.ones((1, 2, 2, 2)))
    )[1]
    assert back.sum() == 8
    assert sorted(set(back.ravel())) == [0, 1]


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


@pytest.mark.parametrize("workload", [*NETWORKS, "resnet8", "gpt2-decode?width=64&depth=2&heads=4&seq=6"])
@pytest.mark.parametrize("batch", [1, 4])
def test_the_formula_of_the_operations_counts_what_the_referee_does(workload: str, batch: int) -> None:
    case = synthetic(workload, {"batch": batch})
    weights = {name: array.view(Counting) for name, array in case.weights.items()}
    Counting.operations = 0
    reference.forward(workload, weights, case.feeds)
    assert reference.operations(workload, "inference", batch) == Counting.operations


def test_a_training_step_is_spared_the_gradient_of_the_data() -> None:
    assert reference.operations("mlp", "training", 2) == 2 * 2 * (2 * 784 * 512 + 3 * (512 * 512 + 512 * 10))
    assert reference.operations("recommender", "training", 1) == 3 * reference.operations("recommender", "inference", 1)


def test_no_relu_of_the_mlp_is_on_the_edge_while_it_is_judged() -> None:
    """The seed is chosen so; else float32 and float64 could take different sides, and parity would fail by chance."""
    case = synthetic("mlp", {"batch": 64})
    weights = reference.as_float64(case.weights)
    for _ in range(3):
        hidden: Array = case.inputs.astype(np.float64)
        for layer in ("dense1", "dense2"):
            hidden = hidden @ weights[f"{layer}_kernel"] + weights[f"{layer}_bias"]
            assert np.abs(hidden).min() > 2e-6
            hidden = np.maximum(hidden, 0)
        weights = reference.sgd("mlp", weights, case.inputs, case.labels, learning_rate=case.learning_rate, steps=1)


def test_an_unknown_workload_is_refused() -> None:
    with pytest.raises(ValueError, match=r"unknown network 'lstn' — did you mean 'lstm'\?"):
        synthetic("lstn")
