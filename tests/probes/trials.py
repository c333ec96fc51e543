"""Run recipes in this process, as they are and broken on purpose; one JSON line each.

``python -m tests.probes.trials pytorch`` is what the tests start: one import of the framework for all trials.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

Break = Callable[[Any], AbstractContextManager[object]]


def main(framework: str) -> None:
    """Read ``{"capability": …, "breaks": […]}`` from standard input and answer on standard output."""
    from probes.channel import claim
    from probes.worker import Worker

    channel = claim()
    worker = Worker(framework)
    worker.describe({"threads": 2})
    breaks: Mapping[str, Mapping[str, Break]] = importlib.import_module(f"tests.probes.broken.{framework}").BREAKS
    for line in channel.commands():
        capability = line["capability"]
        ways: dict[str, Break] = {"": lambda _: nullcontext(), **breaks.get(capability, {})}
        for way, broken in ways.items():
            channel.reply(capability, {"broken": way, **_prove(worker, framework, capability, broken)})


def _prove(worker: Any, framework: str, capability: str, broken: Break) -> dict[str, Any]:
    name = capability.replace("-", "_")
    with tempfile.TemporaryDirectory() as folder:
        command = {"probe": f"capability:{capability}", "folder": folder}
        try:
            recipe = importlib.import_module(f"probes.frameworks.{framework}.{name}")
        except ModuleNotFoundError:
            return dict(worker.prove(command))
        with broken(recipe):
            return dict(worker.prove(command))


if __name__ == "__main__":
    main(sys.argv[1])
