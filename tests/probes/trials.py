"""Run recipes in this process, as they are and broken on purpose.

``python -m tests.probes.trials pytorch`` is what the tests start: one import of the framework for all trials.
"""

from __future__ import annotations

import importlib
import shutil
import sys
import tempfile
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from tests.probes.broken.common import RIGHT, Break


def main(framework: str) -> None:
    """Answer ``{"do": "try", "capability": …}`` with how the recipe ended as it is, and broken in each way."""
    from probes.channel import claim
    from probes.worker import Worker

    channel = claim()
    worker = Worker(framework)
    worker.describe({"threads": 2})
    _hurry()
    breaks: Mapping[str, Mapping[str, Break]] = importlib.import_module(f"tests.probes.broken.{framework}").BREAKS
    for line in channel.commands():
        capability = line["capability"]
        ways: dict[str, Break] = {"": lambda _: nullcontext(), **breaks.get(capability, {})}
        with tempfile.TemporaryDirectory() as folder:
            tried = [
                {"capability": capability, "broken": way}
                | _prove(worker, framework, capability, broken, Path(folder, way.replace(" ", "-") or RIGHT))
                for way, broken in ways.items()
            ]
        channel.reply(line["id"], {"tried": tried})


def _hurry() -> None:
    """Train the network of the digits once for all recipes, whose seed is the same, and time as little as can be."""
    from probes import digits, quantization

    train, trained = digits.write, Path(tempfile.mkdtemp())

    def write(output: Path) -> dict[str, Any]:
        if not any(trained.iterdir()):
            train(trained)
        shutil.copytree(trained, output, dirs_exist_ok=True)
        return {}

    vars(digits).update(write=write)
    vars(quantization).update(ROUNDS=1)


def _prove(worker: Any, framework: str, capability: str, broken: Break, folder: Path) -> dict[str, Any]:
    folder.mkdir()
    command = {"probe": f"capability:{capability}", "folder": str(folder)}
    try:
        recipe = importlib.import_module(f"probes.frameworks.{framework}.{capability.replace('-', '_')}")
    except ModuleNotFoundError:
        return dict(worker.prove(command))
    with broken(recipe):
        return dict(worker.prove(command))


if __name__ == "__main__":
    main(sys.argv[1])
