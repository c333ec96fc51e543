"""Read back TensorBoard event files with TensorBoard's own loader, which brings old and new forms to one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Typed or not, installed or not: TensorBoard is optional.
from tensorboard.backend.event_processing import event_file_loader  # type: ignore[import-not-found, unused-ignore]
from tensorboard.util import tensor_util  # type: ignore[import-not-found, unused-ignore]

KINDS = frozenset({"scalars", "histograms", "images", "text", "audio", "graphs"})


def kinds(folder: Path) -> set[str]:
    """Return which of TensorBoard's panels have something to show from the event files of a folder."""
    return {value.metadata.plugin_data.plugin_name for _, value in _values(folder)} & KINDS


def scalars(folder: Path, tag: str) -> dict[int, float]:
    """Return step → value of one curve."""
    return {step: float(tensor_util.make_ndarray(value.tensor)) for step, value in _values(folder) if value.tag == tag}


def _values(folder: Path) -> Iterator[tuple[int, Any]]:
    for file in sorted(folder.glob("*.tfevents.*")):
        for event in event_file_loader.EventFileLoader(str(file)).Load():
            yield from ((event.step, value) for value in event.summary.value)
