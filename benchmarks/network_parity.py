"""Every reference network in every framework, inference and training: parity with the referee, or the true reason.

``python -m benchmarks.network_parity measure RESULTS [--framework F …] [--network N …] [--cut] [--budget S]`` checks
each in a child process, and adds to RESULTS (JSON lines: what is there is not done again).
``python -m benchmarks.network_parity page RESULTS --output site/network-parity.md`` writes the page.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from advisor import resources
from advisor.measurement import definitions, networks
from benchmarks import json_lines, network_parity_page

KINDS = ("inference", "training")
PUBLISHED = (
    "mlp", "cnn", "lstm", "transformer", "recommender", "tiny", "resnet8", "ds-cnn", "autoencoder", "mobilenetv1",
    "mobilenetv2", "resnet50", "bert-mini", "dlrm", "unet", "lstm-words", "gpt2-decode",
)  # fmt: skip
# The same nodes in a size for which a small machine has the time; the referee computes every step in float64.
CUT = {
    "mobilenetv1": "resolution=32", "mobilenetv2": "width=0.1&resolution=32", "resnet50": "width=0.125&resolution=32",
    "unet": "width=4&resolution=16", "bert-mini": "width=64&depth=1&seq=5", "lstm-words": "width=8&seq=4",
    "gpt2-decode": "width=64&depth=2&heads=4&seq=6", "dlrm": "rows=9",
}  # fmt: skip
BATCH = {"inference": 2, "training": 16}
SECONDS = 240.0

Cell = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, or write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    measure = commands.add_parser("measure")
    measure.add_argument("results", type=Path)
    measure.add_argument("--framework", action="append", choices=[*definitions.everyone()])
    measure.add_argument("--network", action="append", choices=PUBLISHED)
    measure.add_argument("--cut", action="store_true", help="the large networks in a small size")
    measure.add_argument("--budget", type=float, default=float("inf"), help="seconds; what is left over is not run")
    page = commands.add_parser("page")
    page.add_argument("results", type=Path)
    page.add_argument("--output", type=Path, required=True)
    child = commands.add_parser("child")
    child.add_argument("framework")
    given = parser.parse_args(arguments)
    if given.command == "child":
        _answer(given.framework)
    elif given.command == "page":
        titles = {name: each.title for name, each in definitions.everyone().items()}
        text = network_parity_page.written(json_lines.read(given.results), titles, PUBLISHED)
        given.output.write_text(text, encoding="utf-8")
    else:
        end = time.monotonic() + given.budget
        done = {(each["framework"], each["network"], each["kind"]) for each in json_lines.read(given.results)}
        for framework in given.framework or definitions.everyone():
            wanted = [(n, k) for n in given.network or PUBLISHED for k in KINDS if (framework, n, k) not in done]
            for cell in checked(framework, wanted, cut=given.cut, end=end):
                json_lines.add(given.results, cell)
                print(*(cell[key] for key in ("framework", "spec", "kind", "outcome", "told")), flush=True)


def checked(framework: str, wanted: Sequence[tuple[str, str]], *, cut: bool, end: float) -> Iterator[Cell]:
    """Yield what becomes of each, from a process that is renewed when it was lost."""
    child: Child | None = None
    try:
        for network, kind in wanted:
            if time.monotonic() > end:
                return
            child = child if child is not None and child.lives else Child(framework)
            spec = f"{network}?{CUT[network]}" if cut and network in CUT else network
            asked = {"spec": spec, "kind": kind, "batch": BATCH[kind]}
            yield {"framework": framework, "network": network, **asked, **child.ask(asked)}
    finally:
        if child is not None:
            child.end()


class Child:
    """A process of one framework; one that is silent for too long is ended."""

    def __init__(self, framework: str) -> None:
        self._scratch = tempfile.TemporaryDirectory(prefix="parity-")
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(map(str, (resources.probes().parent, Path(__file__).parent.parent))),
            "TF_CPP_MIN_LOG_LEVEL": "3",
            networks.VARIABLE: str(networks.hand_over(Path(self._scratch.name))),
        }
        command = [sys.executable, "-m", __spec__.name, "child", framework]
        self._process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    @property
    def lives(self) -> bool:
        """Whether it can be asked."""
        return self._process.poll() is None

    def ask(self, asked: Cell) -> Cell:
        """Return what it answers, or how it ended."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        try:
            line = self._lines.get(timeout=SECONDS)
        except queue.Empty:
            self.end()
            return {"outcome": "stopped", "told": f"not done after {SECONDS:g} s"}
        if not line:
            return {"outcome": "crashed", "told": f"the process ended with status {self._process.wait()}"}
        return dict(json.loads(line))

    def end(self) -> None:
        """End it; safe to call again."""
        self._process.kill()
        self._process.wait()
        self._scratch.cleanup()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith('{"outcome"'):
                self._lines.put(line)
        self._lines.put("")


def _answer(framework: str) -> None:
    """Check what standard input asks for, in this process."""
    import importlib

    from probes.channel import ProbeError

    description = importlib.import_module(f"probes.frameworks.{framework}.describe")
    os.environ.update(description.environment(1))
    for name in description.MODULES:
        importlib.import_module(name)
    recipes = getattr(description, "RECIPES", framework)
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            found = {"outcome": "proved", "told": _parity(recipes, **asked)}
        except ProbeError as error:
            found = {"outcome": error.outcome, "told": str(error)}
        except Exception as error:  # noqa: BLE001 - what a framework raises is the cell's reason
            found = {"outcome": "error", "told": f"{type(error).__name__}: {str(error).partition(os.linesep)[0]}"}
        print(json.dumps(found), flush=True)


def _parity(recipes: str, spec: str, kind: str, batch: int) -> dict[str, Any]:
    import importlib

    from probes import parity, workloads
    from probes.channel import ProbeError
    from probes.networks import catalog

    if kind == "training" and spec == "tiny":
        raise ProbeError("not_applicable", "a row of tiny operations, made to time calls and not to learn")
    if kind == "training" and catalog.load(spec).loss is None:
        raise ProbeError("not_applicable", "its definition has no loss")
    case = workloads.synthetic(spec, {"batch": batch})
    settings = importlib.import_module(f"probes.frameworks.{recipes}.{kind}").SETTINGS
    return dict(parity.check(settings["out-of-the-box"][0](case), parity.Referee(case)).parity)


if __name__ == "__main__":
    main()
