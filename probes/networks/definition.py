"""From a definition (plain data, as its YAML says it) to a network: parameters, repeated blocks, shapes, sizes.

Only the standard library is used: whoever starts a worker reads the YAML and hands over plain data.
"""

from __future__ import annotations

import ast
import difflib
import math
import operator
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from probes.networks.operations import OPERATIONS, STATISTICS, Attribute, MisfitError, Outcome, Shape, shown

Place = tuple[str | int, ...]
MOST_NODES = 5000
DTYPES = ("float32", "int64")
LOSSES = ("cross-entropy", "mean-squared-error")


class DefinitionError(Exception):
    """What is wrong in a definition, and where: the keys and indices that lead to it."""

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(message)
        self.place = place
        self.message = message


@dataclass(frozen=True)
class Input:
    """An input: its name, the shape of one sample, its dtype, and what is drawn.

    ``range`` holds the smallest value and the bound that none reaches; None stands for the standard normal.
    """

    name: str
    shape: Shape
    dtype: str
    range: tuple[float, float] | None


@dataclass(frozen=True)
class Node:
    """One operation: what it reads, with what attributes, and what that comes to.

    ``inputs`` are names of nodes and of the network's inputs; ``shape``, ``weights`` and ``macs`` are as in
    `probes.networks.operations.Outcome`.
    """

    id: str
    op: str
    inputs: tuple[str, ...]
    attrs: Mapping[str, Any]
    outcome: Outcome

    @property
    def shape(self) -> Shape:
        """Of one sample of its result."""
        return self.outcome.shape

    @property
    def macs(self) -> int:
        """Multiplications for one sample."""
        return self.outcome.macs

    def weights(self) -> dict[str, Shape]:
        """Return the shape of every weight by its name in the network: ``<id>_<kind>``."""
        return {f"{self.id}_{kind}": shape for kind, shape in self.outcome.weights.items()}


@dataclass(frozen=True)
class Network:
    """A network of a definition, with its parameters filled in.

    Attributes
    ----------
    spec : str
        What it is asked for by, such as ``mobilenetv2?width=0.5``.
    outputs : tuple of str
        Names of nodes; the first is what is judged and trained.
    learning_rate : float
        Of the plain SGD that trains it.
    loss : str or None
        None where it is not trained here.
    """

    id: str
    spec: str
    inputs: tuple[Input, ...]
    nodes: tuple[Node, ...]
    outputs: tuple[str, ...]
    learning_rate: float = 0.01
    loss: str | None = "cross-entropy"

    def node(self, name: str) -> Node:
        """Return the node of a name."""
        return next(node for node in self.nodes if node.id == name)

    def shape(self, name: str) -> Shape:
        """Return the shape of one sample of a node or an input."""
        return (
            next(each.shape for each in self.inputs if each.name == name) if self.reads(name) else self.node(name).shape
        )

    def reads(self, name: str) -> bool:
        """Tell whether a name is that of an input."""
        return any(each.name == name for each in self.inputs)

    def weights(self) -> dict[str, Shape]:
        """Return the shape of every weight by name, in the order of the nodes."""
        return {name: shape for node in self.nodes for name, shape in node.weights().items()}

    def trained(self) -> list[str]:
        """Return the names of the weights that gradients reach."""
        return [f"{node.id}_{kind}" for node in self.nodes for kind in node.outcome.weights if kind not in STATISTICS]

    def parameters(self, counts: str = "trained") -> int:
        """Return how many weights there are.

        ``trained`` counts what gradients reach, ``all`` the statistics of batch normalisation, too, and ``folded`` none
        of batch normalisation, as where it is merged into the layer before.
        """
        return sum(
            math.prod(shape)
            for node in self.nodes
            if counts != "folded" or node.op != "batch-norm"
            for kind, shape in node.outcome.weights.items()
            if counts == "all" or kind not in STATISTICS
        )

    def macs(self) -> int:
        """Return the multiplications for one sample."""
        return sum(node.macs for node in self.nodes)

    @property
    def kinds(self) -> frozenset[str]:
        """The operations and activations of the network."""
        activations = (node.attrs.get("activation") for node in self.nodes)
        return frozenset(str(each) for each in (*(node.op for node in self.nodes), *activations) if each is not None)

    def reading_macs(self) -> int:
        """Return those that read the data directly: no gradient with respect to the data is needed."""
        return sum(node.outcome.reading for node in self.nodes if all(map(self.reads, node.inputs)))


def named(spec: str) -> tuple[str, dict[str, str]]:
    """Return the name and the parameters of ``NAME?width=0.5&depth=2``.

    Raises
    ------
    ValueError
        When a parameter has no value.
    """
    name, _, rest = spec.partition("?")
    parameters = {}
    for part in filter(None, rest.split("&")):
        key, sign, value = part.partition("=")
        if not (key and sign and value):
            raise ValueError(f"'{part}' is no parameter; expected NAME=NUMBER, such as width=0.5")
        parameters[key] = value
    return name, parameters


def build(definition: Mapping[str, Any], given: Mapping[str, str | float] | None = None) -> Network:
    """Return the network of a definition with parameters `given` otherwise than by default.

    Raises
    ------
    DefinitionError
        For the first thing that does not fit: the node and the reason.
    ValueError
        For a parameter that there is not, or that has a value it cannot have.
    """
    values = _parameters(definition, given or {})
    inputs = tuple(_inputs(definition, values))
    writer = _Writer(inputs, values)
    writer.write(definition["nodes"], ("nodes",), {}, "")
    if not writer.nodes:
        raise DefinitionError(("nodes",), "a network has at least one node")
    outputs = []
    for index, text in enumerate(definition.get("outputs") or [writer.nodes[-1].id]):
        outputs += writer.outputs(text, ("outputs", index))
    spec = str(definition["id"])
    if given:
        spec += "?" + "&".join(f"{name}={_plain(values[name])}" for name in sorted(given))
    return Network(
        str(definition["id"]), spec, inputs, tuple(writer.nodes), tuple(outputs),
        float(definition.get("learning_rate", 0.01)), definition.get("loss", "cross-entropy"),
    )  # fmt: skip


def _parameters(definition: Mapping[str, Any], given: Mapping[str, str | float]) -> dict[str, float]:
    known: Mapping[str, Any] = definition.get("parameters") or {}
    values = {name: each["default"] for name, each in known.items()}
    for name, value in given.items():
        if name not in known:
            near = nearest(name, known)
            there = f"it has {', '.join(known)}" if known else "it has none"
            raise ValueError(f"{definition['id']} has no parameter '{name}'{near} ({there})")
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        low, high = known[name]["range"]
        if not low <= number <= high:
            raise ValueError(f"{name}={value}: expected a number from {_plain(low)} to {_plain(high)}")
        values[name] = int(number) if number == int(number) else number
    return values


def _inputs(definition: Mapping[str, Any], values: Mapping[str, float]) -> Iterable[Input]:
    for index, each in enumerate(definition["inputs"]):
        place = ("inputs", index)
        times = int(evaluated(each["repeat"], values, (*place, "repeat"))) if "repeat" in each else None
        for number in range(1, (times or 1) + 1):
            scope = {**values, "i": number}
            shape = tuple(
                _count(evaluated(size, scope, (*place, "shape", axis)), (*place, "shape", axis))
                for axis, size in enumerate(each["shape"])
            )
            drawn = each.get("range")
            bounds = None
            if drawn is not None:
                low, high = (evaluated(end, scope, (*place, "range", side)) for side, end in enumerate(drawn))
                bounds = (float(low), float(high))
            if each["dtype"] == "int64" and bounds is None:
                raise DefinitionError(place, f"input '{each['name']}' is of whole numbers and needs a range")
            yield Input(_filled(each["name"], scope, (*place, "name")), shape, each["dtype"], bounds)


class _Writer:
    """Writes nodes out one after the other, repeated blocks included."""

    def __init__(self, inputs: tuple[Input, ...], values: Mapping[str, float]) -> None:
        self.nodes: list[Node] = []
        self._values = values
        self._shapes: dict[str, Shape] = {each.name: each.shape for each in inputs}
        self._last = inputs[0].name
        self._tables: dict[str, Shape] = {}

    def write(self, entries: Iterable[Mapping[str, Any]], place: Place, scope: Mapping[str, float], start: str) -> None:
        """Write the entries; `start` is what came before the block that they stand in."""
        for index, entry in enumerate(entries):
            where = (*place, index)
            if "repeat" in entry:
                self._repeat(entry, where, scope)
            elif "when" not in entry or evaluated(entry["when"], {**self._values, **scope}, (*where, "when")):
                self._node(entry, where, {**self._values, **scope}, start)

    def outputs(self, text: str, place: Place) -> list[str]:
        """Return the nodes of an output; one with a ``*`` stands for a node of every block."""
        found = [node.id for node in self.nodes if re.fullmatch(re.escape(text).replace(r"\*", ".*"), node.id)]
        if not found:
            raise DefinitionError(place, f"no node is called '{text}'{nearest(text, [n.id for n in self.nodes])}")
        return found

    def _repeat(self, entry: Mapping[str, Any], place: Place, scope: Mapping[str, float]) -> None:
        repeat = entry["repeat"]
        rows: list[Mapping[str, Any]]
        if "times" in repeat:
            times = evaluated(repeat["times"], {**self._values, **scope}, (*place, "repeat", "times"))
            rows = [{}] * max(0, int(times))
        else:
            rows = repeat["over"]
        for number, row in enumerate(rows, start=1):
            inner: dict[str, float] = {**scope, repeat["name"]: number}
            for key, value in row.items():
                inner[key] = evaluated(value, {**self._values, **inner}, (*place, "repeat", "over", number - 1, key))
            self.write(entry["nodes"], (*place, "nodes"), inner, self._last)

    def _node(self, entry: Mapping[str, Any], place: Place, scope: Mapping[str, float], start: str) -> None:
        name = _filled(entry["id"], scope, (*place, "id"))
        op = entry["op"]
        told = f"node '{name}' ({op})"
        operation = OPERATIONS.get(op)
        if operation is None:
            near = nearest(op, OPERATIONS)
            raise DefinitionError(
                (*place, "op"), f"no operation is called '{op}'{near} (known: {', '.join(OPERATIONS)})"
            )
        if name in self._shapes:
            raise DefinitionError((*place, "id"), f"'{name}' is there already")
        if len(self.nodes) >= MOST_NODES:
            raise DefinitionError(place, f"more than {MOST_NODES} nodes")
        asked = entry.get("in", self._last)
        asked = [asked] if isinstance(asked, str) else asked
        inputs = []
        for index, text in enumerate(asked):
            where = (*place, "in", index) if isinstance(entry.get("in"), list) else (*place, "in")
            inputs += self._sources(text, scope, start, where, told)
        if operation.inputs is not None and len(inputs) != operation.inputs:
            raise DefinitionError(place, f"{told} takes {operation.inputs} input(s), got {len(inputs)}")
        if operation.inputs is None and len(inputs) < 2:
            raise DefinitionError(place, f"{told} takes two inputs or more, got {len(inputs)}")
        attrs = _attributes(entry.get("attrs") or {}, operation.attributes, scope, (*place, "attrs"), told)
        try:
            outcome = self._inferred(op, attrs, [self._shapes[each] for each in inputs])
        except MisfitError as error:
            blamed = place
            if error.attribute is not None and error.attribute in (entry.get("attrs") or {}):
                blamed = (*place, "attrs", error.attribute)
            raise DefinitionError(blamed, f"{told}: {error}") from None
        if op == "embedding":
            self._tables[name] = outcome.weights["table"]
        self._shapes[name] = outcome.shape
        self._last = name
        self.nodes.append(Node(name, op, tuple(inputs), attrs, outcome))

    def _inferred(self, op: str, attrs: Mapping[str, Any], shapes: list[Shape]) -> Outcome:
        if op != "unembedding":
            return OPERATIONS[op].infer(attrs, shapes)
        rows, width = self._tables.get(attrs["table"], (0, 0))
        if not rows:
            raise MisfitError(f"no embedding before it is called '{attrs['table']}'", "table")
        if shapes[0][-1:] != (width,):
            raise MisfitError(f"{shown(shapes[0])} does not fit a table of {width} values in each row")
        return Outcome((*shapes[0][:-1], rows), macs=math.prod(shapes[0]) * rows)

    def _sources(self, text: str, scope: Mapping[str, float], start: str, place: Place, told: str) -> list[str]:
        """Return what a name in ``in`` stands for: a node, an input, ``start``, or all that fit a ``*``."""
        if text == "start" and start:
            return [start]
        name = _filled(text, scope, place)
        if "*" in name:
            found = [each for each in self._shapes if re.fullmatch(re.escape(name).replace(r"\*", ".*"), each)]
        else:
            found = [name] if name in self._shapes else []
        if not found:
            raise DefinitionError(place, f"{told}: nothing before it is called '{name}'{nearest(name, self._shapes)}")
        return found


def _attributes(
    given: Mapping[str, Any], known: Mapping[str, Attribute], scope: Mapping[str, float], place: Place, told: str
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in given.items():
        if name not in known:
            there = f"it has {', '.join(known)}" if known else "it has none"
            raise DefinitionError((*place, name), f"{told} has no attribute '{name}'{nearest(name, known)} ({there})")
        found[name] = _attribute(value, known[name], scope, (*place, name), f"{told}: {name}")
    missing = [name for name, each in known.items() if each.needed and name not in found]
    if missing:
        raise DefinitionError(place[:-1], f"{told} needs {' and '.join(missing)}")
    return {name: found.get(name, each.default) for name, each in known.items()}


def _attribute(value: Any, known: Attribute, scope: Mapping[str, float], place: Place, told: str) -> Any:
    match known.kind:
        case "choice":
            if value not in known.choices:
                expected = ", ".join(known.choices)
                raise DefinitionError(
                    place, f"{told} '{value}'{nearest(str(value), known.choices)} (known: {expected})"
                )
            return value
        case "node":
            return _filled(str(value), scope, place)
        case "flag":
            if not isinstance(value, bool):
                raise DefinitionError(place, f"{told}: expected true or false, got {value!r}")
            return value
        case "padding":
            return value if value in ("same", "valid") else int(_count(evaluated(value, scope, place), place, least=0))
        case "pair":
            sides = value if isinstance(value, list) else [value, value]
            if len(sides) != 2:
                raise DefinitionError(place, f"{told}: expected one number or [height, width]")
            return tuple(_count(evaluated(side, scope, place), place) for side in sides)
        case "count":
            return _count(evaluated(value, scope, place), place)
        case "index":
            return int(evaluated(value, scope, place))
        case _:
            return float(evaluated(value, scope, place))


def _count(value: float, place: Place, least: int = 1) -> int:
    if value != int(value) or value < least:
        raise DefinitionError(place, f"expected a whole number of at least {least}, got {_plain(value)}")
    return int(value)


_OPERATORS: dict[type[ast.AST], Any] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge, ast.USub: operator.neg,
}  # fmt: skip


def divisible(value: float, by: int = 8) -> int:
    """Return the multiple of `by` nearest to `value`, never more than a tenth below it (MobileNet's rounding)."""
    rounded = max(by, int(value + by / 2) // by * by)
    return rounded + by if rounded < 0.9 * value else rounded


_FUNCTIONS: dict[str, Any] = {"divisible": divisible, "round": round, "min": min, "max": max, "int": int}


def evaluated(value: Any, scope: Mapping[str, float], place: Place) -> Any:
    """Return a number, or what an expression of parameters comes to."""
    if isinstance(value, int | float):
        return value
    if not isinstance(value, str) or len(value) > 200:
        raise DefinitionError(place, f"expected a number or an expression, got {str(value)[:60]!r}")
    try:
        return _evaluated(ast.parse(value, mode="eval").body, scope)
    except KeyError as error:
        name = str(error.args[0])
        near = nearest(name, [*scope, *_FUNCTIONS])
        raise DefinitionError(place, f"'{value}': nothing is called '{name}'{near}") from None
    except (SyntaxError, ValueError, TypeError, ArithmeticError):
        raise DefinitionError(place, f"'{value}' is no expression that can be computed") from None


def _evaluated(node: ast.expr, scope: Mapping[str, float]) -> Any:
    match node:
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.Name(id=name):
            return scope[name]
        case ast.UnaryOp(op=op, operand=operand):
            return _OPERATORS[type(op)](_evaluated(operand, scope))
        case ast.BinOp(left=left, op=op, right=right):
            return _OPERATORS[type(op)](_evaluated(left, scope), _evaluated(right, scope))
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _OPERATORS[type(op)](_evaluated(left, scope), _evaluated(right, scope))
        case ast.BoolOp(op=op, values=values):
            return (all if isinstance(op, ast.And) else any)(_evaluated(each, scope) for each in values)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            return _FUNCTIONS[name](*(_evaluated(each, scope) for each in arguments))
        case _:
            raise ValueError("not allowed")


def _filled(text: str, scope: Mapping[str, float], place: Place) -> str:
    """Return a name with its ``{…}`` filled in."""
    filled = re.sub(r"\{([^{}]+)\}", lambda match: _plain(evaluated(match[1], scope, place)), text)
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_*]*", filled):
        raise DefinitionError(place, f"'{filled}' is no name: expected letters, digits and _")
    return filled


def _plain(value: float) -> str:
    return str(int(value)) if value == int(value) else f"{value:g}"


def nearest(word: str, choices: Iterable[str]) -> str:
    """Return ``" — did you mean 'x'?"`` for the nearest of `choices`, or nothing where none is near."""
    near = difflib.get_close_matches(word, [str(each) for each in choices], n=1, cutoff=0.6)
    return f" — did you mean '{near[0]}'?" if near else ""
