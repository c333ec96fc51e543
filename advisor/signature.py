"""What a model takes and gives, as people read it."""

from __future__ import annotations

from advisor.documents import Model


class Tensor(Model):
    """An input or output: its type, its dimensions (sizes, or names of what may vary), the range of its values."""

    name: str
    dtype: str
    shape: tuple[int | str, ...] = ()
    range: tuple[float, float] | None = None
