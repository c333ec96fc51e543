"""Text generation in JAX with a cache of fixed size: jitted for the prompt and for one word, the cache donated."""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from probes import generation
from probes.figures import Figures
from probes.generation import Text
from probes.workloads import Array


def decoded(heads: int, depth: int, weights: Any, words: Any, start: Any, cache: Any) -> Any:
    """Return the scores of what follows the last of the words, and the cache with them from slot `start` on."""

    def dense(x: Any, name: str) -> Any:
        return x @ weights[f"{name}_kernel"] + weights[f"{name}_bias"]

    def norm(x: Any, name: str) -> Any:
        centred = x - x.mean(axis=-1, keepdims=True)
        scaled = centred * jax.lax.rsqrt((centred**2).mean(axis=-1, keepdims=True) + generation.EPSILON)
        return scaled * weights[f"{name}_scale"] + weights[f"{name}_shift"]

    slots = start + jnp.arange(len(words))
    x = weights["words_table"][words] + weights["position_table"][slots]
    seen = jnp.arange(cache[0].shape[0])[None, :] <= slots[:, None]
    held = []
    for layer in range(depth):
        name = f"layer{layer + 1}"
        inner = norm(x, f"{name}_norm1")
        query, key, value = (
            dense(inner, f"{name}_{part}").reshape(len(words), heads, -1) for part in ("query", "key", "value")
        )
        keys = jax.lax.dynamic_update_slice(cache[2 * layer], key, (start, 0, 0))
        values = jax.lax.dynamic_update_slice(cache[2 * layer + 1], value, (start, 0, 0))
        held += [keys, values]
        mixed = jax.nn.dot_product_attention(query[None], keys[None], values[None], mask=seen[None, None])[0]
        x = x + dense(mixed.reshape(len(words), -1), f"{name}_output")
        inner = jax.nn.gelu(dense(norm(x, f"{name}_norm2"), f"{name}_inner"), approximate=True)
        x = x + dense(inner, f"{name}_outer")
    return norm(x[-1], "norm") @ weights["words_table"].T, held


class Jitted:
    """The decoder, jitted."""

    how = "jax.jit, jax.nn.dot_product_attention, the cache donated"

    def __init__(self, told: Text) -> None:
        self._told = told
        self._weights = {name: jnp.asarray(array) for name, array in told.weights.items()}
        self._step = jax.jit(partial(decoded, told.heads, told.depth), donate_argnums=3)
        self.clear()
        self.cache_bytes = sum(each.nbytes for each in self._cache)

    def clear(self) -> None:
        """Empty the cache."""
        self._cache = [jnp.asarray(each) for each in self._told.empty()]

    def scores(self, words: Array, start: int) -> Array:
        """Take words in, return the scores."""
        found, self._cache = self._step(self._weights, words.astype(np.int32), start, self._cache)
        return np.asarray(found)


def measure(spec: str = generation.NETWORK) -> Figures:
    """Measure JAX."""
    told = generation.text(spec)
    return generation.measured(lambda: Jitted(told), told)
