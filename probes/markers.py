"""Environment markers of requirements (PEP 508), evaluated for this interpreter with the standard library alone.

A worker runs in whatever environment has the framework, so it cannot count on a packaging library.
"""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Callable

_TOKEN = re.compile(r"\s*(?:(?P<text>'[^']*'|\"[^\"]*\")|(?P<sign>\(|\)|===|[<>=!~]=|[<>])|(?P<word>[A-Za-z_][\w.]*))")
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)")


def requirement(text: str) -> tuple[str, bool]:
    """Return the name that a requirement asks for, and whether its marker holds here (extras are not asked for)."""
    match = _REQUIREMENT.match(text)
    if not match:
        raise ValueError(f"not a requirement: {text!r}")
    _, _, marker = text.partition(";")
    return match.group(1), holds(marker)


def holds(marker: str) -> bool:
    """Tell whether a marker holds for this interpreter without any extra; an empty marker holds."""
    if not marker.strip():
        return True
    tokens = _tokens(marker)
    result = _any(tokens)
    if tokens:
        raise ValueError(f"not a marker: {marker!r}")
    return result


def environment() -> dict[str, str]:
    """Return the variables of PEP 508 for this interpreter."""
    return {
        "implementation_name": sys.implementation.name,
        "implementation_version": platform.python_version(),
        "os_name": os.name,
        "platform_machine": platform.machine(),
        "platform_python_implementation": platform.python_implementation(),
        "platform_release": platform.release(),
        "platform_system": platform.system(),
        "platform_version": platform.version(),
        "python_full_version": platform.python_version(),
        "python_version": ".".join(platform.python_version_tuple()[:2]),
        "sys_platform": sys.platform,
        "extra": "",
    }


def _tokens(marker: str) -> list[str]:
    tokens, position = [], 0
    while position < len(marker.rstrip()):
        match = _TOKEN.match(marker, position)
        if not match:
            raise ValueError(f"not a marker: {marker!r}")
        tokens.append(match.group().strip())
        position = match.end()
    return tokens[::-1]  # the next token is the last, so that reading is popping


def _any(tokens: list[str]) -> bool:
    result = _all(tokens)
    while tokens and tokens[-1] == "or":
        tokens.pop()
        result = _all(tokens) or result
    return result


def _all(tokens: list[str]) -> bool:
    result = _one(tokens)
    while tokens and tokens[-1] == "and":
        tokens.pop()
        result = _one(tokens) and result
    return result


def _one(tokens: list[str]) -> bool:
    if tokens and tokens[-1] == "(":
        tokens.pop()
        result = _any(tokens)
        if not tokens or tokens.pop() != ")":
            raise ValueError("a bracket of the marker is not closed")
        return result
    if len(tokens) < 3:
        raise ValueError("the marker ends too early")
    left, operator = _value(tokens.pop()), tokens.pop()
    if operator == "not":
        operator += f" {tokens.pop()}"
    return _compare(left, operator, _value(tokens.pop()))


def _value(token: str) -> str:
    if token[0] in "'\"":
        return token[1:-1]
    variables = environment()
    if token not in variables:
        raise ValueError(f"not a variable of markers: {token!r}")
    return variables[token]


def _compare(left: str, operator: str, right: str) -> bool:
    if operator == "in":
        return left in right
    if operator == "not in":
        return left not in right
    if operator in ("==", "!=") and right.endswith(".*"):
        prefix = right[:-1]
        return (f"{left}.".startswith(prefix)) == (operator == "==")
    a, b = _release(left), _release(right)
    if operator == "~=" and a and b:
        return a >= b and a[: len(b) - 1] == b[:-1]
    compare = _OPERATORS.get(operator)
    if compare is None:
        raise ValueError(f"not a comparison of markers: {operator!r}")
    return compare(_padded(a, b), _padded(b, a)) if a and b else compare(left, right)


_OPERATORS: dict[str, Callable[[object, object], bool]] = {
    "==": lambda a, b: a == b,
    "===": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,  # type: ignore[operator]
    "<=": lambda a, b: a <= b,  # type: ignore[operator]
    ">": lambda a, b: a > b,  # type: ignore[operator]
    ">=": lambda a, b: a >= b,  # type: ignore[operator]
}


def _release(text: str) -> tuple[int, ...] | None:
    """Return a plain release number as integers; anything else compares as text."""
    return tuple(int(part) for part in text.split(".")) if re.fullmatch(r"\d+(\.\d+)*", text) else None


def _padded(a: tuple[int, ...] | None, b: tuple[int, ...] | None) -> tuple[int, ...]:
    a, b = a or (), b or ()
    return a + (0,) * (len(b) - len(a))
