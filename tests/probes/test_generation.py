"""Text generation: its referee against the network's own step, and what is held against the referee."""

from __future__ import annotations

import numpy as np
import pytest

from advisor.measurement.definitions import load
from advisor.measurement.session.plan import make_plan
from probes import generation
from probes.arrays import Array
from probes.channel import ProbeError
from probes.networks import catalog, evaluation
from probes.networks.definition import Network

SPEC = "gpt2-decode?width=64&depth=2&heads=2"


@pytest.fixture(scope="module")
def told() -> generation.Text:
    return generation.text(SPEC, prompt=4, following=3)


class Anew:
    """A generator in float64 that computes the whole text for each word; one that forgets keeps the last only."""

    how = "NumPy"
    cache_bytes = 24

    def __init__(self, told: generation.Text, *, forgets: bool) -> None:
        self._told, self._forgets = told, forgets
        self.clear()

    def clear(self) -> None:
        self._words = np.zeros(0, np.int64)

    def scores(self, words: Array, start: int) -> Array:
        self._words = words if self._forgets else np.concatenate([self._words[:start], words])
        told = self._told
        found: Array = generation.refereed(told.weights, told.depth, told.heads, self._words)[-1]
        return found


def test_the_referee_agrees_with_the_steps_of_the_network_word_by_word(told: generation.Text) -> None:
    weights = {name: array.astype(np.float64) for name, array in told.weights.items()}
    words = np.concatenate([told.prompt, told.following])
    # The network has at least one word in its cache. A first word that finds itself there attends to nothing else.
    alone = weights | {"position_table": weights["position_table"][np.r_[0, 0 : len(weights["position_table"]) - 1]]}
    past = {each.name: np.zeros((1, 1, 64)) for each in catalog.load(f"{SPEC}&seq=1").inputs[1:]}
    for _ in range(told.depth):
        past = _new(catalog.load(f"{SPEC}&seq=1"), alone, words[0], past)[1]
    found = []
    for place in range(1, len(words) - 1):
        scores, new = _new(catalog.load(f"{SPEC}&seq={place}"), weights, words[place], past)
        past = {name: np.concatenate([past[name], new[name]], axis=1) for name in past}
        found.append(scores)
    np.testing.assert_allclose(np.stack(found)[-len(told.expected) :], told.expected, rtol=1e-9, atol=1e-9)


def _new(
    network: Network, weights: dict[str, Array], word: int, past: dict[str, Array]
) -> tuple[Array, dict[str, Array]]:
    """Return the scores of a step, and its new keys and values by the names that they go in by."""
    answers = dict(
        zip(network.outputs, evaluation.outputs(network, weights, {"word": np.array([[word]]), **past}), strict=True)
    )
    new = {name: answers[name.replace("past", "layer")].reshape(1, 1, -1) for name in past}
    return answers["logits"][0], new


def test_what_a_generator_takes_is_measured_and_one_that_forgets_is_refuted(told: generation.Text) -> None:
    found = generation.measured(lambda: Anew(told, forgets=False), told)
    assert found.details["max_relative_error"] < 1e-12
    assert found.values["cache-memory"] == [24]
    pairs = zip(found.values["prefill-latency"], found.values["time-to-first-token"], strict=True)
    assert all(0 < prefill < first for prefill, first in pairs)
    with pytest.raises(ProbeError, match="differ"):
        generation.measured(lambda: Anew(told, forgets=True), told)


def test_a_session_generates_text_only_where_it_is_named_then_through_the_runtimes_as_well() -> None:
    known = load()
    for mode in ("quick", "standard", "thorough"):
        plan = make_plan(definitions=known, mode=mode)
        assert "text-generation" not in {task.probe for task in plan.experiments}
    named = make_plan(definitions=known, only=["text-generation"], frameworks=["pytorch", "jax", "tensorflow"])
    whose = [(task.framework.id, task.route) for task in named.experiments]
    assert whose == [("pytorch", None), ("pytorch", "onnxruntime"), ("pytorch", "openvino"), ("jax", None)]
