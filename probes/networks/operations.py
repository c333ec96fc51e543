"""The closed set of operations that a network is made of: attributes, shapes, weights, multiplications.

Shapes are those of one sample, without the batch: ``(height, width, channels)`` is an image, ``(steps, values)`` a
sequence, ``(values,)`` a vector, ``()`` one number for each sample. Only the standard library is used.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Shape = tuple[int, ...]
ACTIVATIONS = ("relu", "relu6", "gelu", "gelu-tanh", "sigmoid", "tanh")
# What gradients do not reach: batch normalisation keeps them from what it has seen.
STATISTICS = ("mean", "variance")


class MisfitError(Exception):
    """What does not fit; ``attribute`` names the attribute that is to blame, where it is one."""

    def __init__(self, message: str, attribute: str | None = None) -> None:
        super().__init__(message)
        self.attribute = attribute


@dataclass(frozen=True)
class Attribute:
    """An attribute of an operation.

    ``kind`` is ``count`` (1 or more), ``index`` (any whole number), ``pair`` (one count or two), ``number``, ``flag``,
    ``padding`` (``same``, ``valid`` or a count), ``node`` (the id of one before) or ``choice``. Without a ``default``
    it has to be given, unless it is ``optional``.
    """

    kind: str
    default: Any = None
    choices: tuple[str, ...] = ()
    optional: bool = False

    @property
    def needed(self) -> bool:
        """Whether a definition has to give it."""
        return self.default is None and not self.optional


@dataclass(frozen=True)
class Outcome:
    """What an operation makes of its inputs.

    Attributes
    ----------
    shape : tuple of int
        Of one sample of its result.
    weights : mapping
        Shape of each weight by its kind (``kernel``, ``bias``, ``table`` …).
    macs : int
        Multiplications with an addition in matrix products and convolutions, for one sample.
    reading : int
        Those among them that read the operation's input directly.
    """

    shape: Shape
    weights: Mapping[str, Shape] = field(default_factory=dict)
    macs: int = 0
    reading: int = 0


Infer = Callable[[Mapping[str, Any], Sequence[Shape]], Outcome]


@dataclass(frozen=True)
class Operation:
    """One operation: what it infers, its attributes, and how many inputs it takes (None: two or more)."""

    infer: Infer
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    inputs: int | None = 1


def _image(shape: Shape) -> Shape:
    if len(shape) != 3:
        raise MisfitError(f"expected an image (height × width × channels), got {shown(shape)}")
    return shape


def _values(shape: Shape) -> Shape:
    if len(shape) not in (1, 2):
        raise MisfitError(f"expected values or a sequence of them, got {shown(shape)}")
    return shape


def _sequence(shape: Shape) -> Shape:
    if len(shape) != 2:
        raise MisfitError(f"expected a sequence (steps × values), got {shown(shape)}")
    return shape


def shown(shape: Shape) -> str:
    """Return a shape in words: ``112 × 112 × 32``."""
    return " × ".join(map(str, shape)) or "one number"


def margins(size: int, kernel: int, stride: int, padding: str | int) -> tuple[int, int]:
    """Return how many zeros go before and after `size` values; ``same`` as TensorFlow has it, the odd one behind."""
    if padding == "valid":
        return 0, 0
    if padding == "same":
        whole = max(0, (math.ceil(size / stride) - 1) * stride + kernel - size)
        return whole // 2, whole - whole // 2
    return int(padding), int(padding)


def _windows(given: Mapping[str, Any], shape: Shape) -> tuple[int, int]:
    """Return height and width of what a window of the given kernel, stride and padding makes of an image."""
    found = []
    for size, kernel, stride in zip(shape[:2], given["kernel"], given["stride"] or given["kernel"], strict=True):
        length = size + sum(margins(size, kernel, stride, given["padding"])) - kernel
        if length < 0:
            raise MisfitError(f"a kernel of {kernel} does not fit into {shown(shape)}", "kernel")
        found.append(length // stride + 1)
    return found[0], found[1]


def _dense(given: Mapping[str, Any], shapes: Sequence[Shape]) -> Outcome:
    shape, units = _values(shapes[0]), given["units"]
    macs = math.prod(shape) * units
    weights = {"kernel": (shape[-1], units)} | ({"bias": (units,)} if given["bias"] else {})
    return Outcome((*shape[:-1], units), weights, macs, macs)


def _conv(given: Mapping[str, Any], shapes: Sequence[Shape]) -> Outcome:
    shape, filters, groups = _image(shapes[0]), given["filters"], given["groups"]
    if shape[2] % groups or filters % groups:
        raise MisfitError(f"{groups} groups divide neither {shape[2]} channels nor {filters} filters evenly", "groups")
    high, wide = _windows(given, shape)
    kernel = (*given["kernel"], shape[2] // groups, filters)
    macs = high * wide * math.prod(kernel)
    weights = {"kernel": kernel} | ({"bias": (filters,)} if given["bias"] else {})
    return Outcome((high, wide, filters), weights, macs, macs)


def _depthwise(given: Mapping[str, Any], shapes: Sequence[Shape]) -> Outcome:
    shape = _image(shapes[0])
    high, wide = _windows(given, shape)
    kernel = (*given["kernel"], shape[2], 1)
    macs = high * wide * math.prod(kernel)
    weights = {"kernel": kernel} | ({"bias": (shape[2],)} if given["bias"] else {})
    return Outcome((high, wide, shape[2]), weights, macs, macs)


def _conv_transpose(given: Mapping[str, Any], shapes: Sequence[Shape]) -> Outcome:
    (high, wide, channels), filters, scale = _image(shapes[0]), given["filters"], given["kernel"]
    macs = high * wide * channels * filters * scale * scale
    weights = {"kernel": (scale, scale, channels, filters)} | ({"bias": (filters,)} if given["bias"] else {})
    return Outcome((high * scale, wide * scale, filters), weights, macs, macs)


def _max_pool(given: Mapping[str, Any], shapes: Sequence[Shape]) -> Outcome:
    shape = _image(shapes[0])
    return Outcome((*_windows(given, shape), shape[2]))


def _batch_norm(given: Mapping[str, Any], shapes: Sequence[Shape]) -> Outcome:  # noqa: ARG001 - as all of them
    (shape,) = shapes
    if len(shape) not in (1, 3):
        raise MisfitError(f"expected an image or a vector, got {shown(shape)}")
    return Outcome(shape, dict.fromkeys(("scale", "shift", *STATISTICS), shape[-1:]))


def _scaled(given: Mapping[str, Any], shapes: Sequence[Shape]) -> Outcome:  # noqa: ARG001 - as all of them
    shape = _values(shapes[0])
    return Outcome(shape, dict.fromkeys(("scale", "shift"), shape[-1:]))


def _same(given: Mapping[str, Any], shapes: Sequence[Shape]) -> Outcome:  # noqa: ARG001 - as all of them
    return Outcome(shapes[0])


def _average(given: Mapping[str, Any], shapes: Sequence[Shape]) -> Outcome:  # noqa: ARG001 - as all of them
    if len(shapes[0]) not in (2, 3):
        raise MisfitError(f"expected an image or a sequence, got {shown(shapes[0])}")
    return Outcome(shapes[0][-1:])


def _flatten(given: Mapping[str, Any], shapes: Sequence[Shape]) -> Outcome:  # noqa: ARG001 - as all of them
    return Outcome((math.prod(shapes[0]),))


def _add(given: Mapping[str, Any], shapes: Sequence[Shape]) -> Outcome:  # noqa: ARG001 - as all of them
    if len(set(shapes)) > 1:
        raise MisfitError(f"{' and '.join(map(shown, shapes))} cannot be added")
    return Outcome(shapes[0])


def _concat(given: Mapping[str, Any], shapes: Sequence[Shape]) -> Outcome:
    along, first = given["along"], shapes[0]
    axis = {"values": -1, "steps": 0}[along]
    if along == "steps":
        _sequence(first)
    others = {shape[:-1] if axis else shape[1:] for shape in shapes}
    if len(others) > 1 or not first:
        raise MisfitError(f"{' and '.join(map(shown, shapes))} do not fit side by side along their {along}")
    joined = list(first)
    joined[axis] = sum(shape[axis] for shape in shapes)
    return Outcome(tuple(joined))


def _embedding(given: Mapping[str, Any], shapes: Sequence[Shape]) -> Outcome:
    if len(shapes[0]) > 1:
        raise MisfitError(f"expected numbers of rows, one or a sequence, got {shown(shapes[0])}")
    return Outcome((*shapes[0], given["width"]), {"table": (given["rows"], given["width"])})


def _position(given: Mapping[str, Any], shapes: Sequence[Shape]) -> Outcome:
    steps, width = _sequence(shapes[0])
    if given["start"] + steps > given["rows"]:
        told = f"{steps} steps from number {given['start']} on are more than the table's {given['rows']} rows"
        raise MisfitError(told, "rows")
    return Outcome(shapes[0], {"table": (given["rows"], width)})


def _heads(given: Mapping[str, Any], width: int) -> None:
    if width % given["heads"]:
        raise MisfitError(f"{given['heads']} heads do not divide {width} values evenly", "heads")


def _self_attention(given: Mapping[str, Any], shapes: Sequence[Shape]) -> Outcome:
    steps, width = _sequence(shapes[0])
    _heads(given, width)
    weights: dict[str, Shape] = {}
    for part in ("query", "key", "value", "output"):
        weights |= {f"{part}_kernel": (width, width), f"{part}_bias": (width,)}
    macs = 4 * steps * width * width + 2 * steps * steps * width
    return Outcome(shapes[0], weights, macs, 3 * steps * width * width)


def _attention(given: Mapping[str, Any], shapes: Sequence[Shape]) -> Outcome:
    query, key, value = map(_sequence, shapes)
    if key != value or query[1] != key[1]:
        raise MisfitError(f"query, key and value do not fit: {'; '.join(map(shown, shapes))}")
    _heads(given, query[1])
    return Outcome(query, macs=2 * query[0] * key[0] * query[1])


def _lstm(given: Mapping[str, Any], shapes: Sequence[Shape]) -> Outcome:
    (steps, values), units = _sequence(shapes[0]), given["units"]
    weights = {"kernel": (values, 4 * units), "recurrent": (units, 4 * units), "bias": (4 * units,)}
    shape = (steps, units) if given["sequences"] else (units,)
    reading = steps * 4 * units * values
    return Outcome(shape, weights, reading + steps * 4 * units * units, reading)


def _select(given: Mapping[str, Any], shapes: Sequence[Shape]) -> Outcome:
    (shape,), index = shapes, given["index"]
    if not shape or len(shape) > 2 or not -shape[0] <= index < shape[0]:
        raise MisfitError(f"there is no number {index} along the first dimension of {shown(shape)}", "index")
    return Outcome(shape[1:])


def _interaction(given: Mapping[str, Any], shapes: Sequence[Shape]) -> Outcome:  # noqa: ARG001 - as all of them
    if len(set(shapes)) > 1 or len(shapes[0]) != 1:
        raise MisfitError(f"expected vectors of one length, got {', '.join(map(shown, shapes))}")
    count, width = len(shapes), shapes[0][0]
    return Outcome((count * (count - 1) // 2,), macs=count * count * width)


_ACTIVATION = Attribute("choice", choices=ACTIVATIONS, optional=True)
_WINDOW = {
    "kernel": Attribute("pair"),
    "stride": Attribute("pair", (1, 1)),
    "padding": Attribute("padding", "same"),
}
_PRODUCT = {"bias": Attribute("flag", default=True), "activation": _ACTIVATION}
_WITH_HEADS = {"heads": Attribute("count")}
_EPSILON = {"epsilon": Attribute("number", 1e-3)}

OPERATIONS: dict[str, Operation] = {
    "dense": Operation(_dense, {"units": Attribute("count")} | _PRODUCT),
    "conv": Operation(_conv, {"filters": Attribute("count")} | _WINDOW | {"groups": Attribute("count", 1)} | _PRODUCT),
    "depthwise": Operation(_depthwise, _WINDOW | _PRODUCT),
    "conv-transpose": Operation(
        _conv_transpose, {"filters": Attribute("count"), "kernel": Attribute("count")} | _PRODUCT
    ),
    "batch-norm": Operation(_batch_norm, _EPSILON),
    "layer-norm": Operation(_scaled, _EPSILON),
    "affine": Operation(_scaled),
    "activation": Operation(_same, {"kind": Attribute("choice", choices=ACTIVATIONS)}),
    "max-pool": Operation(
        _max_pool,
        {"kernel": Attribute("pair"), "stride": Attribute("pair", ()), "padding": Attribute("padding", "valid")},
    ),
    "global-average": Operation(_average),
    "flatten": Operation(_flatten),
    "add": Operation(_add, inputs=None),
    "concat": Operation(_concat, {"along": Attribute("choice", "values", ("values", "steps"))}, inputs=None),
    "embedding": Operation(_embedding, {"rows": Attribute("count"), "width": Attribute("count")}),
    "position": Operation(_position, {"rows": Attribute("count"), "start": Attribute("index", 0)}),
    "self-attention": Operation(_self_attention, _WITH_HEADS),
    "attention": Operation(_attention, _WITH_HEADS, inputs=3),
    "lstm": Operation(_lstm, {"units": Attribute("count"), "sequences": Attribute("flag", default=False)}),
    "select": Operation(_select, {"index": Attribute("index")}),
    "interaction": Operation(_interaction, inputs=None),
    # The transposed table of an embedding that stands before; the definition checks that it does.
    "unembedding": Operation(_same, {"table": Attribute("node")}),
}
