"""An ONNX file as a model: data, no code. ONNX Runtime without any optimisation of its own answers for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import onnx
import onnxruntime

from probes.channel import ProbeError
from probes.feeds import Feed
from probes.models.subject import BATCH, Content, Entry, Loading
from probes.runtimes.onnxruntime import TYPES

OWN = ("", "ai.onnx", "ai.onnx.ml")


class File:
    """An ``.onnx`` file, as a subject (see `probes.models.subject.Subject`)."""

    framework = "onnx"
    example: Feed | None = None
    samples: Feed | None = None
    labels: Any = None

    def __init__(self, loading: Loading) -> None:
        self.path = loading.path
        try:
            self.model = onnx.load(self.path, load_external_data=False)
        except Exception as error:
            raise ProbeError("error", f"{self.path.name} is no ONNX file, or a damaged one: {_first(error)}") from error
        if not self.model.graph.node:
            raise ProbeError("error", f"{self.path.name} is no ONNX file, or a damaged one: no operation is in it")
        beside = {
            entry.value
            for tensor in self.model.graph.initializer
            for entry in tensor.external_data
            if entry.key == "location"
        }
        missing = sorted(name for name in beside if not (self.path.parent / name).is_file())
        if missing:
            raise ProbeError("error", f"{self.path.name} keeps its weights in {missing[0]}, which is not beside it")
        self.beside = sorted(beside)
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.log_severity_level = 4
        try:
            self._session = onnxruntime.InferenceSession(self.path, options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise ProbeError("not_supported", f"ONNX Runtime cannot load it: {_first(error)}") from error
        self.entries = [
            Entry(each.name, kind(each.type), tuple(map(dimension, range(len(each.shape)), each.shape)))
            for each in self._session.get_inputs()
        ]
        strange = [each for each in self.entries if not hasattr(np, each.dtype) and each.dtype != "bool"]
        if strange:
            message = f"input {strange[0].name} takes {strange[0].dtype}, which is no array of numbers"
            raise ProbeError("not_supported", f"{message}: only those are drawn and compared")
        self._outputs = [each.name for each in self._session.get_outputs()]

    def answer(self, feed: Feed) -> Feed:
        """Return the answers; a session keeps nothing between calls."""
        return self.asked([feed])[0]

    def asked(self, feeds: Sequence[Feed], seed: int | None = None) -> list[Feed]:  # noqa: ARG002 - as every subject
        """Return the answers to several inputs."""
        try:
            found = [self._session.run(self._outputs, dict(feed)) for feed in feeds]
        except Exception as error:
            raise ProbeError("error", f"ONNX Runtime cannot run it: {_first(error)}") from error
        return [dict(zip(self._outputs, map(_plain, each), strict=True)) for each in found]

    def content(self, feed: Feed) -> Content:
        """Read sizes, operators and opset off the file."""
        graph = self.model.graph
        weights = [*graph.initializer]
        sizes = [int(np.prod(each.dims, dtype=np.int64)) for each in weights]
        wide = sum(s * itemsize(each.data_type) for s, each in zip(sizes, weights, strict=True))
        opsets = {each.domain: each.version for each in self.model.opset_import}
        foreign = sorted({node.domain for node in nodes(graph) if node.domain not in OWN})
        notes = [f"it uses operators outside ONNX's own: {', '.join(foreign)}"] if foreign else []
        if {"QLinearConv", "QuantizeLinear", "ConvInteger", "MatMulInteger"} & {n.op_type for n in nodes(graph)}:
            notes.append("it is quantised already")
        if self.beside:
            notes.append(f"its weights are in {', '.join(self.beside)}")
        producer = " ".join(filter(None, (self.model.producer_name, self.model.producer_version)))
        return Content(
            kind=f"ONNX file{f' written by {producer}' if producer else ''}",
            parameters=sum(sizes),
            weights_bytes=wide,
            macs=macs(self.model, feed),
            opset=opsets.get("", opsets.get("ai.onnx")),
            operators=sorted({node.op_type for node in nodes(graph)}),
            notes=tuple(notes),
        )


def nodes(graph: Any) -> Iterable[Any]:
    """Yield the operations of a graph and of the graphs inside it."""
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            for inner in ([attribute.g] if attribute.HasField("g") else []) + list(attribute.graphs):
                yield from nodes(inner)


def macs(model: Any, feed: Feed) -> int | None:
    """Return the multiplications of convolutions and matrix products for these inputs; None where shapes stay open."""
    from onnx import shape_inference

    fixed = onnx.ModelProto()
    fixed.CopyFrom(model)
    for each in fixed.graph.input:
        if each.name in feed:
            dims = each.type.tensor_type.shape.dim
            for dim, size in zip(dims, feed[each.name].shape, strict=False):
                dim.Clear()
                dim.dim_value = size
    del fixed.graph.value_info[:]
    try:
        inferred = shape_inference.infer_shapes(fixed, data_prop=True)
    except Exception:  # noqa: BLE001 - a figure that is missing is no reason to refuse the model
        return None
    shapes: dict[str, tuple[int, ...]] = {each.name: tuple(each.dims) for each in inferred.graph.initializer}
    for value in (*inferred.graph.value_info, *inferred.graph.input, *inferred.graph.output):
        tensor = value.type.tensor_type
        if tensor.HasField("shape") and all(dim.HasField("dim_value") for dim in tensor.shape.dim):
            shapes.setdefault(value.name, tuple(dim.dim_value for dim in tensor.shape.dim))
    total = 0
    for node in inferred.graph.node:
        count = _count(node, shapes)
        if count is None:
            return None
        total += count
    return total or None


def _count(node: Any, shapes: Mapping[str, tuple[int, ...]]) -> int | None:
    """Return the multiplications of one node, 0 for what multiplies no matrices; None where a shape is not known."""
    if node.op_type in ("If", "Loop", "Scan", "LSTM", "GRU", "RNN"):
        return None
    if node.op_type not in ("Conv", "ConvTranspose", "Gemm", "MatMul"):
        return 0
    needed = [*node.input[:2], node.output[0]]
    if any(name not in shapes for name in needed):
        return None
    first, second, out = (shapes[name] for name in needed)
    if node.op_type == "Conv":
        return int(np.prod(out, dtype=np.int64) * np.prod(second[1:], dtype=np.int64))
    if node.op_type == "ConvTranspose":
        return int(np.prod(first, dtype=np.int64) * np.prod(second[1:], dtype=np.int64))
    flipped = any(each.name == "transA" and each.i for each in node.attribute)
    inner = first[0] if node.op_type == "Gemm" and flipped else first[-1]
    return int(np.prod(out, dtype=np.int64) * inner)


def kind(text: str) -> str:
    """Return NumPy's name of ONNX Runtime's name of a type."""
    inner = text.removeprefix("tensor(").removesuffix(")")
    return TYPES.get(inner, {"float16": "float16"}.get(inner, inner))


def dimension(axis: int, size: Any) -> int | str | None:
    """Return a dimension of the file's: a size, the batch where the first may vary, else its name or nothing."""
    if isinstance(size, int):
        return size
    return BATCH if axis == 0 else (size or None)


def itemsize(data_type: int) -> int:
    """Return the bytes of one number of a tensor; of a floating one in float32."""
    found = np.dtype(onnx.helper.tensor_dtype_to_np_dtype(data_type))
    return 4 if np.issubdtype(found, np.floating) else found.itemsize


def _plain(value: Any) -> Any:
    if not isinstance(value, np.ndarray):
        raise ProbeError("not_supported", f"an output is {type(value).__name__}, which is no array of numbers")
    return value


def _first(error: BaseException) -> str:
    return " ".join(str(error).split())[:400] or type(error).__name__
