"""A signature of a SavedModel as an ONNX file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import tensorflow as tf
import tf2onnx

from probes.feeds import Feed


def onnx_of(function: Any, shapes: Mapping[str, Sequence[int | None]], feed: Feed, artifact: Path) -> None:
    """Convert with tf2onnx, the inputs by their names."""
    names = list(shapes)
    specs = [tf.TensorSpec(shapes[name], feed[name].dtype, name=name) for name in names]

    @tf.function(input_signature=specs)
    def signature(*given: Any) -> Any:
        return function(**dict(zip(names, given, strict=True)))

    tf2onnx.convert.from_function(signature, input_signature=specs, opset=17, output_path=str(artifact))
