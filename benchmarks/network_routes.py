"""Every reference network through every route, in float32 and int8: a figure or the true reason in each cell.

``python -m benchmarks.network_routes measure RESULTS [--network N …] [--route R …]`` exports, each in a child process
within limits of time and memory, and adds to RESULTS (JSON lines: what is there is not done again).
``python -m benchmarks.network_routes page RESULTS --output site/network-routes.md`` writes the page.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from advisor.measurement import definitions, environments, network_sizes, networks
from advisor.measurement.definitions import Limits
from advisor.measurement.worker.answers import Concluded, Described, WorkerError
from advisor.measurement.worker.client import Worker
from advisor.measurement.worker.environment import surroundings
from advisor.measurement.worker.limits import Confinement
from advisor.measurement.worker.protocol import Describe, Prove
from benchmarks import json_lines, network_routes_page

EXPORTER = Path(__file__).with_name("network_exporter.py")
ROUTES = {
    "pytorch": ("executorch", "onnxruntime", "openvino", "litert", "aotinductor", "torchexport", "torchscript"),
    "tensorflow": ("litert", "onnxruntime", "openvino", "savedmodel"),
}
PRECISIONS = ("float32", "int8")
# What a small machine does in reasonable time. The others take minutes and gigabytes for each export.
NETWORKS = (
    "mlp", "cnn", "lstm", "transformer", "recommender", "resnet8", "ds-cnn", "autoencoder", "mobilenetv1",
    "mobilenetv2", "bert-mini", "dlrm", "unet", "lstm-words", "gpt2-decode?depth=2&heads=4&width=64",
)  # fmt: skip
LIMITS = Limits(seconds=300.0, memory=6e9)
# One: with more, exporters wait at barriers for threads that the machine gave to others.
THREADS = 1

Cell = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, or write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    measure = commands.add_parser("measure")
    measure.add_argument("results", type=Path)
    measure.add_argument("--network", action="append", choices=NETWORKS)
    measure.add_argument("--route", action="append", help="FRAMEWORK:RUNTIME")
    measure.add_argument("--precision", action="append", choices=PRECISIONS)
    page = commands.add_parser("page")
    page.add_argument("results", type=Path)
    page.add_argument("--output", type=Path, required=True)
    given = parser.parse_args(arguments)
    if given.command == "page":
        sizes = parameters()
        limits = LIMITS.seconds, LIMITS.memory / 1e9
        text = network_routes_page.written(json_lines.read(given.results), ROUTES, NETWORKS, sizes, limits)
        given.output.write_text(text, encoding="utf-8")
        return
    routes = [
        (framework, route)
        for framework, several in ROUTES.items()
        for route in several
        if not given.route or f"{framework}:{route}" in given.route
    ]
    for framework, route in routes:
        wanted = [(n, p) for n in given.network or NETWORKS for p in given.precision or PRECISIONS]
        done = {(c["framework"], c["route"], c["network"], c["precision"]) for c in json_lines.read(given.results)}
        left = [(n, p) for n, p in wanted if (framework, route, n, p) not in done]
        for cell in measured(framework, route, left):
            json_lines.add(given.results, cell)
            told = cell["message"] or cell["proof"].get("relative_rms")
            print(framework, route, cell["network"], cell["precision"], cell["outcome"], told, flush=True)


def parameters() -> dict[str, int]:
    """Return how many parameters every reference network has."""
    asked = [networks.find(f"@{name}") for name in dict.fromkeys((*networks.shipped(), *NETWORKS))]
    return {each.spec: each.parameters["trained"] for each in network_sizes.described(asked)}


def measured(framework: str, route: str, wanted: Sequence[tuple[str, str]]) -> Iterator[Cell]:
    """Yield what becomes of each network and precision, one after the other, in a process that is renewed when lost."""
    known = definitions.frameworks()[framework]
    python = environments.find([known])[framework].python_for(f"capability:route-{route}")
    with tempfile.TemporaryDirectory(prefix="networks-") as name:
        process = Exporter(framework, python, Path(name))
        with contextlib.closing(process):
            for network, precision in wanted:
                start = time.perf_counter()
                concluded, answers = process.export(route, network, precision)
                yield {
                    "framework": framework, "route": route, "network": network, "precision": precision,
                    "outcome": concluded.outcome, "message": concluded.message, "proof": concluded.proof or {},
                    "seconds": time.perf_counter() - start, "answers": answers,
                }  # fmt: skip


class Exporter:
    """The process that exports, within limits; a new one when the last was lost."""

    def __init__(self, framework: str, python: Path, scratch: Path) -> None:
        self._framework = framework
        self._python = python
        self._scratch = scratch
        self._running: tuple[Worker, Confinement] | None = None

    def export(self, route: str, network: str, precision: str) -> tuple[Concluded, dict[str, Any] | None]:
        """Return what became of one export, and the answers where there are any."""
        folder = Path(tempfile.mkdtemp(dir=self._scratch))
        parameters = {"route": route, "network": network, "precision": precision}
        try:
            worker, confined = self._ready()
            pending = worker.send(Prove(probe=f"route:{route}", folder=folder, parameters=parameters))
            concluded = confined.collect(pending)
            return concluded, network_routes_page.answers(folder)
        except WorkerError as error:
            self.close()
            return Concluded(outcome=error.outcome, message=error.message, where=error.where), None
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        """End the process with all that it started; safe to call again."""
        if self._running is not None:
            self._running[1].end()
            self._running = None

    def _ready(self) -> tuple[Worker, Confinement]:
        if self._running is None:
            command = [str(self._python), str(EXPORTER), self._framework]
            env = surroundings(threads=THREADS, scratch=self._scratch)
            worker = Worker(command, env=env, name=f"the exporter of {self._framework}")
            self._running = worker, Confinement(worker, self._scratch, LIMITS)
            described: Described = self._running[1].collect(worker.send(Describe(threads=THREADS)))
            print(self._framework, described.version, file=sys.stderr)
        return self._running


if __name__ == "__main__":
    main()
