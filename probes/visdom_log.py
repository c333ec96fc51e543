"""Read back the log that Visdom writes when it is offline: one message to its server per line."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# What Visdom's browser draws a message as → what people call it.
KINDS = frozenset({"curve", "histogram", "image", "text", "sound", "heat map"})
_DRAWN = {"scatter": "curve", "bar": "histogram", "image": "image", "heatmap": "heat map"}


def kinds(log: Path) -> set[str]:
    """Return which kinds of panes a server would show from a log."""
    return {kind for message in _messages(log) for item in message["data"] if (kind := _kind(item))}


def curve(log: Path, window: str) -> dict[int, float]:
    """Return step → value of the curve in one window, from its first message and those that append to it."""
    items = [item for message in _messages(log) if message["win"] == window for item in message["data"]]
    return {
        int(step): float(value)
        for item in items
        for step, value in zip(item["x"], item["y"], strict=True)
        if value is not None and math.isfinite(value)
    }


def _kind(item: dict[str, Any]) -> str | None:
    if item["type"] == "text":
        # Sound is a piece of HTML with the bytes in it.
        return "sound" if "data:audio/" in item["content"] else "text"
    return _DRAWN.get(item["type"])


def _messages(log: Path) -> Iterator[dict[str, Any]]:
    with log.open(encoding="utf-8") as lines:
        for line in lines:
            _, message = json.loads(line)
            yield message
