"""Why blocks were rejected, put together: their texts without the figures that differ from block to block."""

from __future__ import annotations

import re

_FIGURE = re.compile(r"\d[\d.,]*\s*(?:%|[nµm]?s\b)?")


def kind(text: str | None) -> str:
    """Return what a block was rejected for, in the words that all blocks rejected for the same share."""
    said, _, rest = (text or "not said").partition(": ")
    if rest and not _FIGURE.search(rest):
        said = f"{said}: {rest}"
    less, _, usual = said.partition(", ")
    if _FIGURE.match(less) and _FIGURE.match(usual):
        # "1.21 effective threads, 1.57 as a rule"
        return f"fewer {_FIGURE.sub('', less, count=1)} than {_FIGURE.sub('', usual, count=1)}"
    return _FIGURE.sub("too much", said)
