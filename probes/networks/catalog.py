"""The networks that this process was handed, by name: a file of JSON that ``ADVISOR_NETWORKS`` names.

Definitions are YAML, which a framework's Python need not be able to read: whoever starts a worker has read it.
"""

from __future__ import annotations

import functools
import json
import os
from pathlib import Path
from typing import Any

from probes.networks.definition import DefinitionError, Network, build, named, nearest

VARIABLE = "ADVISOR_NETWORKS"


def names() -> tuple[str, ...]:
    """Return the names of all networks."""
    return tuple(_definitions(os.environ.get(VARIABLE, "")))


def load(spec: str) -> Network:
    """Return the network of ``NAME`` or ``NAME?width=0.5``.

    Raises
    ------
    ValueError
        When there is no such network, or it has no such parameter, or does not fit with it.
    """
    return _load(spec, os.environ.get(VARIABLE, ""))


@functools.lru_cache(maxsize=64)
def _load(spec: str, file: str) -> Network:
    name, parameters = named(spec)
    known = _definitions(file)
    if name not in known:
        raise ValueError(f"unknown network {name!r}{nearest(name, known)} (there are {', '.join(known) or 'none'})")
    try:
        return build(known[name], parameters)
    except DefinitionError as error:
        raise ValueError(f"{spec}: {error.message}") from None


@functools.lru_cache(maxsize=8)
def _definitions(file: str) -> dict[str, Any]:
    if not file:
        raise ValueError(f"no networks were handed to this process: {VARIABLE} names no file")
    found: dict[str, Any] = json.loads(Path(file).read_text(encoding="utf-8"))
    return found
