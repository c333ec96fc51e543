"""ONNX files of an old opset, raised to the one from which weights can be quantised per channel."""

from __future__ import annotations

from pathlib import Path

import onnx
from onnx import version_converter

PER_CHANNEL = 13


def raised(artifact: Path) -> None:
    """Write a file anew where its opset is below 13; weights that it lists as inputs, too, are inputs no more."""
    model = onnx.load(artifact)
    weights = {each.name for each in model.graph.initializer}
    kept = [each for each in model.graph.input if each.name not in weights]
    changed = len(kept) < len(model.graph.input)
    if changed:
        del model.graph.input[:]
        model.graph.input.extend(kept)
        model.ir_version = max(model.ir_version, 4)
    opset = next((each.version for each in model.opset_import if each.domain in ("", "ai.onnx")), PER_CHANNEL)
    if opset < PER_CHANNEL:
        model = version_converter.convert_version(model, PER_CHANNEL)
    if changed or opset < PER_CHANNEL:
        onnx.save(model, artifact)
