"""What a network comes to, layer by layer: shapes, parameters, multiplications, as the probes' own code works them out.

It is asked in a process of its own, as everything of the probes is: they are no package of ours.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from advisor import resources
from advisor.errors import Problem
from advisor.measurement.networks import Asked
from advisor.measurement.worker.environment import passed

LIMIT = 60.0
"""Seconds after which the process counts as hanging."""


@dataclass(frozen=True)
class Layer:
    """One node of a network, for people to read."""

    id: str
    op: str
    inputs: tuple[str, ...]
    shape: tuple[int, ...]
    parameters: int
    macs: int


@dataclass(frozen=True)
class Description:
    """What a network comes to: its layers, and its size.

    ``parameters`` are by how they are counted; ``reading`` are those multiplications that read the data directly.
    """

    spec: str
    layers: tuple[Layer, ...]
    parameters: Mapping[str, int]
    macs: int
    reading: int
    inputs: Mapping[str, Sequence[int]]
    outputs: Mapping[str, Sequence[int]]


def described(asked: Sequence[Asked]) -> list[Description]:
    """Return what each of the networks comes to.

    Raises
    ------
    AdvisorError
        With file:line:column, where a node does not fit what it reads.
    """
    questions = [{"definition": each.definition.plain(), "parameters": dict(each.parameters)} for each in asked]
    command = [sys.executable, str(resources.probes() / "__main__.py"), "networks"]
    answer = subprocess.run(
        command, input=json.dumps(questions), env=passed(), capture_output=True, text=True, timeout=LIMIT, check=True
    )
    return [_description(each, body) for each, body in zip(asked, json.loads(answer.stdout), strict=True)]


def _description(asked: Asked, body: Mapping[str, Any]) -> Description:
    if "wrong" in body:
        raise asked.document.error([Problem(tuple(body["wrong"]["place"]), body["wrong"]["message"])])
    layers = tuple(
        Layer(each["id"], each["op"], tuple(each["inputs"]), tuple(each["shape"]), each["parameters"], each["macs"])
        for each in body["layers"]
    )
    sizes = (body[each] for each in ("parameters", "macs", "reading", "inputs", "outputs"))
    return Description(body["spec"], layers, *sizes)
