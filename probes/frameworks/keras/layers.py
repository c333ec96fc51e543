"""Layers that Keras has none of its own for, as its users write them, for any backend."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import KerasTensor, ops


@keras.saving.register_keras_serializable("advisor")
def gelu_tanh(x: KerasTensor) -> KerasTensor:
    """Return GELU as GPT-2 has it: through a hyperbolic tangent."""
    return keras.activations.gelu(x, approximate=True)


@keras.saving.register_keras_serializable("advisor")
class Affine(keras.Layer):
    """x · scale + shift."""

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Make the weights."""
        self.scale = self.add_weight(shape=shape[-1:], initializer="ones", name="scale")
        self.shift = self.add_weight(shape=shape[-1:], initializer="zeros", name="shift")

    def call(self, x: KerasTensor) -> KerasTensor:
        """Return as many values."""
        return x * self.scale + self.shift


@keras.saving.register_keras_serializable("advisor")
class Position(keras.Layer):
    """A learned embedding of each step's place, added to what is there."""

    def __init__(self, rows: int, start: int = 0, **options: Any) -> None:
        super().__init__(**options)
        self.rows, self.start = rows, start

    def build(self, shape: tuple[int | None, ...]) -> None:
        """Make the table."""
        self.table = self.add_weight(shape=(self.rows, shape[-1]), initializer="zeros", name="table")

    def call(self, x: KerasTensor) -> KerasTensor:
        """Return N×steps×values."""
        return x + self.table[self.start : self.start + x.shape[1]]

    def get_config(self) -> dict[str, Any]:
        """Return what makes another one like this."""
        return {**super().get_config(), "rows": self.rows, "start": self.start}


@keras.saving.register_keras_serializable("advisor")
class Attention(keras.Layer):
    """Scaled dot-product attention over several heads, without weights."""

    def __init__(self, heads: int, **options: Any) -> None:
        super().__init__(**options)
        self.heads = heads

    def call(self, query: KerasTensor, key: KerasTensor, value: KerasTensor) -> KerasTensor:
        """Return N×steps×values."""
        split = (ops.reshape(x, (-1, x.shape[1], self.heads, x.shape[2] // self.heads)) for x in (query, key, value))
        return ops.reshape(ops.dot_product_attention(*split), (-1, *query.shape[1:]))

    def get_config(self) -> dict[str, Any]:
        """Return what makes another one like this."""
        return {**super().get_config(), "heads": self.heads}


@keras.saving.register_keras_serializable("advisor")
class Interaction(keras.Layer):
    """The dot products of every pair of vectors."""

    def call(self, vectors: list[KerasTensor]) -> KerasTensor:
        """Return N×pairs."""
        stacked = ops.stack(vectors, axis=1)
        count = len(vectors)
        products = ops.reshape(ops.matmul(stacked, ops.transpose(stacked, (0, 2, 1))), (-1, count * count))
        rows, columns = np.tril_indices(count, -1)
        return ops.take(products, rows * count + columns, axis=1)


@keras.saving.register_keras_serializable("advisor")
class Unembedding(keras.Layer):
    """The product with the transposed table of an embedding, which is not copied."""

    def __init__(self, embedding: keras.layers.Embedding, **options: Any) -> None:
        super().__init__(**options)
        self.embedding = embedding

    def call(self, x: KerasTensor) -> KerasTensor:
        """Return a score for every row."""
        return ops.matmul(x, ops.transpose(self.embedding.embeddings))
