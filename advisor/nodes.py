"""YAML as advisor reads it: plain data without tags, aliases and duplicate keys, and where each value stands."""

from __future__ import annotations

import math
from typing import Any

import yaml
from yaml.constructor import SafeConstructor

from advisor import numerals
from advisor.errors import Loc, Problem

_CONTAINERS = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
_TEXT = "tag:yaml.org,2002:str"
_NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
# PyYAML may have been built without libyaml.
_FAST: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class RefusedError(Exception):
    """A text that is no YAML, why, and where (line and column, from 0) when that is known."""

    def __init__(self, why: str, place: tuple[int, int] | None = None) -> None:
        super().__init__(why)
        self.place = place


def compose(text: str) -> yaml.Node | None:
    """Return the nodes of a YAML text; raise RefusedError when it is none."""
    try:
        return _compose(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise RefusedError(str(error.problem or error.context), (mark.line, mark.column) if mark else None) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise RefusedError(" ".join(str(error).split())[:200]) from None


class _Scalars(SafeConstructor):
    """Makes values of what is written, and knows how many characters a text may have."""

    def __init__(self, longest: float) -> None:
        super().__init__()
        self.longest = longest


def plain(node: yaml.Node | None, problems: list[Problem], *, longest: float = math.inf) -> Any:
    """Return the plain data of the nodes, and add what is not allowed to `problems`, such as longer texts."""
    return _plain(node, (), problems, set(), _Scalars(longest))


def _compose(text: str) -> yaml.Node | None:
    """Parse with libyaml, ten times as fast; where it refuses, Python's own parser says more exactly where and why."""
    try:
        return yaml.compose(text, Loader=_FAST)
    except yaml.YAMLError:
        return yaml.compose(text, Loader=yaml.SafeLoader)


def _plain(node: yaml.Node | None, loc: Loc, problems: list[Problem], seen: set[int], scalars: _Scalars) -> Any:
    """Turn YAML nodes into plain data; where each value stands is worked out by `places` when something is wrong."""
    if node is None:
        return None
    if id(node) in seen:
        problems.append(Problem(loc, "YAML aliases (*name) are not supported: write the value out"))
        return None
    seen.add(id(node))
    if not isinstance(node, yaml.ScalarNode) and node.tag not in _CONTAINERS:
        problems.append(Problem(loc, f"YAML tags ({node.tag}) are not supported"))
        return None
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                problems.append(Problem(loc, "a key must be a plain word"))
                continue
            key = str(key_node.value)
            if len(key) > scalars.longest:
                problems.append(Problem(loc, f"a key of {len(key):,} characters"))
                continue
            here = (*loc, key)
            if key in mapping:
                problems.append(Problem((*here, ""), f"duplicate key '{key}'"))
                continue
            mapping[key] = _plain(value_node, here, problems, seen, scalars)
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*loc, index), problems, seen, scalars) for index, item in enumerate(node.value)]
    if len(node.value) > scalars.longest:
        told = f"a text of {len(node.value):,} characters, where {scalars.longest:,} is the most"
        problems.append(Problem(loc, told))
        return None
    if node.tag == _TEXT:  # most of what is written; the constructor takes ten times as long
        return node.value
    if node.tag in _NUMBERS and numerals.digits(node.value) is None and not numerals.doubtful(node.value):
        problems.append(Problem(loc, _odd(node.value)))
        return None
    try:
        return scalars.construct_object(node)
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        problems.append(Problem(loc, f"cannot read this value: {str(error).splitlines()[0]}"))
        return None


def doubtful(node: yaml.Node | None) -> list[Problem]:
    """Return the numbers that people may have meant otherwise than YAML reads them: 1.500, which is 1500 to some."""
    found: list[Problem] = []

    def look(node: yaml.Node, loc: Loc) -> None:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                look(value, (*loc, str(key.value)))
        elif isinstance(node, yaml.SequenceNode):
            for index, item in enumerate(node.value):
                look(item, (*loc, index))
        elif node.tag in _NUMBERS and numerals.doubtful(node.value):
            found.append(Problem(loc, _odd(node.value)))

    if node is not None:
        look(node, ())
    return found


def _odd(text: str) -> str:
    """Return what is wrong with a number that YAML would read otherwise than people do: 010, 1:30, 0x10, 1_000."""
    near = numerals.alternatives(numerals.likely(text))
    return f"expected a plain number such as 10 or 0.5, got {numerals.shortened(text)}{near}"


def places(node: yaml.Node | None) -> dict[Loc, tuple[int, int, int]]:
    """Return line, column and width of every value, of its key (``(…, "key")``), and of a duplicate (``(…, "")``)."""
    found: dict[Loc, tuple[int, int, int]] = {}
    seen: set[int] = set()

    def note(node: yaml.Node, loc: Loc) -> None:
        mark, end = node.start_mark, node.end_mark
        width = end.column - mark.column if end.line == mark.line else 1
        found[loc] = (mark.line, mark.column, max(width, 1))
        if id(node) in seen:  # an alias, which may stand within what it names
            return
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            for key_node, value_node in node.value:
                if not isinstance(key_node, yaml.ScalarNode):
                    continue
                key, at = str(key_node.value), key_node.start_mark
                duplicate = (*loc, key) in found
                found[*loc, key, "" if duplicate else "key"] = (at.line, at.column, len(key))
                if not duplicate:
                    note(value_node, (*loc, key))
        elif isinstance(node, yaml.SequenceNode):
            for index, item in enumerate(node.value):
                note(item, (*loc, index))

    if node is not None:
        note(node, ())
    return found
