"""Layers that PyTorch has no module of its own for, as its users write them."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class GlobalAverage(nn.Module):
    """The mean over an image's pixels, or over a sequence's steps.

    The pixels are averaged with their dimensions kept: exporters keep that in one piece with what comes before.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Return N×channels of N×channels×height×width, or N×values of N×steps×values."""
        return x.mean((2, 3), keepdim=True).flatten(1) if x.ndim == 4 else x.mean(1)


class Position(nn.Module):
    """A learned embedding of each step's place, added to what is there."""

    def __init__(self, rows: int, width: int, start: int) -> None:
        super().__init__()
        self.table = nn.Parameter(torch.empty(rows, width))
        self.start = start

    def forward(self, x: Tensor) -> Tensor:
        """Return N×steps×values."""
        return x + self.table[self.start : self.start + x.shape[1]]


class Attention(nn.Module):
    """Scaled dot-product attention over several heads, without weights."""

    def __init__(self, heads: int) -> None:
        super().__init__()
        self.heads = heads

    def forward(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        """Return N×steps×values."""
        mixed = F.scaled_dot_product_attention(self.split(query), self.split(key), self.split(value))
        return mixed.transpose(1, 2).flatten(2)

    def split(self, x: Tensor) -> Tensor:
        """Return N×steps×values as N×heads×steps×part."""
        return x.unflatten(2, (self.heads, -1)).transpose(1, 2)

    def extra_repr(self) -> str:
        """Return what tells it apart when it is printed."""
        return f"heads={self.heads}"


class SelfAttention(nn.Module):
    """Attention of a sequence to itself, with the projections of query, key, value and output."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.query, self.key, self.value, self.output = (nn.Linear(width, width) for _ in range(4))
        self.attention = Attention(heads)

    def forward(self, x: Tensor) -> Tensor:
        """Return N×steps×values."""
        return self.output(self.attention(self.query(x), self.key(x), self.value(x)))


class Interaction(nn.Module):
    """The dot products of every pair of vectors."""

    def __init__(self, count: int) -> None:
        super().__init__()
        # A buffer: exporters stumble over indices that are made on the way.
        rows, columns = torch.tril_indices(count, count, -1, device="cpu")
        self.register_buffer("pairs", rows * count + columns, persistent=False)

    def forward(self, vectors: list[Tensor]) -> Tensor:
        """Return N×pairs."""
        stacked = torch.stack(vectors, dim=1)
        return torch.bmm(stacked, stacked.transpose(1, 2)).flatten(1)[:, self.pairs]
