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
OURS = ("refuted", "not_installed", "not_run")
"""The outcomes that are told in our own words, and not in an exporter's."""


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
    if told.get("anonymous"):
        body = _nameless(body, told["model"])
    if body.get("outcome") == "proved":
        body["proof"]["sample"] = str(Path(told["folder"]) / "asked-0.npz")
    return body


def _nameless(body: Body, model: dict[str, Any]) -> Body:
    """Return an outcome without what names the model or its code: file, and classes in an exporter's words.

    What we say ourselves of answers that differ names outputs only, and stays.
    """
    found = dict(body)
    proof = dict(found.get("proof") or {})
    if proof.get("where"):
        proof["where"] = f"line {str(proof['where']).rpartition(':')[2]} of its file"
    if found.get("message") and found.get("outcome") not in OURS:
        named = f" at {proof['operator']}" if proof.get("operator") else ""
        found["message"] = f"the exporter stops{named} (its words are left out)"
    proof.pop("message", None)
    name = Path(str(model["path"])).name
    text = str(found.get("message", "")).replace(str(model["path"]), "the model").replace(name, "the model")
    return found | ({"message": text} if text else {}) | ({"proof": proof} if proof else {})


@functools.cache
def _reader() -> Reader:
    from probes.models.reader import Reader

    return Reader()
