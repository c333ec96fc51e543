"""A user's model that a session hands to its workers: a file of JSON that ``ADVISOR_MODEL`` names.

It says under which name the session measures the model, what to load, and where its reader wrote the reference. The
worker of its framework exports and proves it in place of a network of ours.
"""

from __future__ import annotations

import functools
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from probes.channel import Body, ProbeError

if TYPE_CHECKING:
    from probes.models.reader import Reader

VARIABLE = "ADVISOR_MODEL"


def of(workload: object) -> dict[str, Any] | None:
    """Return what is said of the model of that name; None where the name is that of a network."""
    file = os.environ.get(VARIABLE)
    told: dict[str, Any] | None = json.loads(Path(file).read_text(encoding="utf-8")) if file else None
    return told if told is not None and told["spec"] == workload else None


def proved(told: dict[str, Any], probe: str, precision: str, folder: Path) -> Body:
    """Export the model through a route and prove it; the answer is that of a recipe, with one input as ``sample``."""
    from probes.models.exports import SUFFIXES

    route = probe.removeprefix("route:")
    if route not in SUFFIXES:
        raise ProbeError("not_run", f"nothing exports a model of yours for {route}")
    # A folder of its own: an attempt that failed is cleared away with all that is beside its artifact.
    home = folder / "model"
    home.mkdir(exist_ok=True)
    artifact = home / f"model{SUFFIXES[route]}"
    command = {
        "do": "convert", "model": told["model"], "inputs": told["inputs"], "sizes": told["sizes"],
        "folder": told["folder"], "route": route, "precision": precision, "artifact": str(artifact),
    }  # fmt: skip
    body = _reader().convert(command)
    if body.get("outcome") == "proved":
        body["proof"]["sample"] = str(Path(told["folder"]) / "asked-0.npz")
    return body


@functools.cache
def _reader() -> Reader:
    from probes.models.reader import Reader

    return Reader()
