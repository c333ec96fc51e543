"""What networks come to, for those who ask in JSON: a list of definitions in, a list of layers and sizes out."""

from __future__ import annotations

import json
import math
import sys
from typing import Any

from probes.networks.definition import DefinitionError, Network, build


def main() -> None:
    """Answer the questions of standard input: each a definition and parameters."""
    answers = [_answer(each["definition"], each["parameters"]) for each in json.load(sys.stdin)]
    json.dump(answers, sys.stdout)


def _answer(definition: dict[str, Any], parameters: dict[str, float]) -> dict[str, Any]:
    try:
        return described(build(definition, parameters))
    except DefinitionError as error:
        return {"wrong": {"place": error.place, "message": error.message}}


def described(network: Network) -> dict[str, Any]:
    """Return the layers and the size of a network as plain data."""
    return {
        "spec": network.spec,
        "layers": [
            {
                "id": node.id,
                "op": node.op,
                "inputs": node.inputs,
                "shape": node.shape,
                "parameters": sum(map(math.prod, node.outcome.weights.values())),
                "macs": node.macs,
            }
            for node in network.nodes
        ],
        "parameters": {counts: network.parameters(counts) for counts in ("trained", "all", "folded")},
        "macs": network.macs(),
        "reading": network.reading_macs(),
        "inputs": {each.name: each.shape for each in network.inputs},
        "outputs": {name: network.shape(name) for name in network.outputs},
    }
