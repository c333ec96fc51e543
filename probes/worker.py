"""A worker: one process with one framework that describes itself, prepares cells, times blocks and proves recipes."""

from __future__ import annotations

import importlib
import os
import platform
import re
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

# Only the standard library up to here and below: NumPy is part of what importing a framework costs.
from probes import footprint, frameworks, import_isolation, timing
from probes.channel import Body, Command, ProbeError, claim, failed, is_ours, serve
from probes.interface import Description

if TYPE_CHECKING:
    from probes.cell import Builder, Cell
    from probes.workloads import Case

TASKS = ("inference", "training", "pipeline")


def main(name: str, folders: Sequence[Path] = ()) -> None:
    """Serve the framework `name`, found among the shipped ones or in one of `folders`."""
    frameworks.__path__.extend(str(folder.resolve()) for folder in folders)
    worker = Worker(name)
    serve(
        claim(),
        {
            "describe": worker.describe,
            "prepare": worker.prepare,
            "block": worker.block,
            "reshape": worker.reshape,
            "footprint": worker.footprint,
            "measure": worker.measure,
            "prove": worker.prove,
        },
    )


class Worker:
    """The state behind the protocol: the framework's name and the cells that were prepared."""

    def __init__(self, framework: str) -> None:
        self.framework = framework
        self.cells: list[Cell] = []
        self.described = False

    def describe(self, command: Command) -> Body:
        """Import the framework with the given thread count and say what it is and what it takes."""
        threads = int(command["threads"])
        module = self._recipe("describe")
        description = Description(module, self.framework)
        os.environ["OPENBLAS_NUM_THREADS"] = "1"  # NumPy only referees here; its threads stay out of the way
        os.environ.update(description.call("environment", threads))
        distributions = import_isolation.of(module)
        before = footprint.resident_bytes()
        try:
            seconds, left_out = import_isolation.imported(description.modules, *distributions)
        except ModuleNotFoundError as error:
            if error.name in description.modules:
                raise ProbeError("not_installed", f"{sys.executable} has no module named {error.name!r}") from None
            raise
        after = footprint.resident_bytes()
        description.call("configure", threads)
        self.described = True
        installed = footprint.installed(*distributions)
        return {
            "ok": {
                "framework": self.framework,
                "version": footprint.version(description.distribution) or description.call("version"),
                "python": platform.python_version(),
                "node": platform.node(),
                "boot": _boot(),
                "packages": footprint.versions(description.packages),
                "threads_requested": threads,
                "settings": description.call("settings"),
                "devices": description.call("devices"),
                "import_seconds": seconds,
                "left_out": left_out,
                "memory_before_import": before,
                "memory_after_import": after,
                "installed_bytes": installed.bytes,
                "installed_packages": len(installed.packages),
            }
        }

    def prepare(self, command: Command) -> Body:
        """Make a cell ready, check its parity, and only then give it a number."""
        from probes import variant_choice

        builders, case = self._asked(command)
        choice = variant_choice.choose(builders, case, command.get("variant"))
        ready = choice.ready
        self.cells.append(ready.cell)
        return {
            "ok": {
                "cell": len(self.cells) - 1,
                "parity": ready.parity,
                "first_call": ready.first_call,
                "how": ready.how,
                "variant": choice.variant,
                "tried": choice.tried,
                **_amount(case, str(command["task"])),
            }
        }

    def block(self, command: Command) -> Body:
        """Time one block of a prepared cell."""
        cell = self._cell(command)
        given = {key: command[key] for key in ("settle", "lead_in", "seconds", "minimum_calls") if key in command}
        return {"ok": timing.block(cell.call, **given)}

    def reshape(self, command: Command) -> Body:
        """Time the first call of a prepared inference on a batch of another size, and the call after it."""
        from probes import shapes

        cell = self._cell(command)
        first, second = shapes.at_another(cell, str(command["workload"]), int(command["batch"]))
        return {"ok": {"first_call": first, "second_call": second}}

    def footprint(self, command: Command) -> Body:
        """Build a cell in this process, call it a few times without a referee, and tell what memory that took."""
        from probes import variant_choice

        builders, case = self._asked(command)
        return {"ok": footprint.of_calls(variant_choice.named(builders, command.get("variant"))[0], case)}

    def measure(self, command: Command) -> Body:
        """Run an experiment that has figures of its own."""
        self._needs_description()
        probe = str(command["probe"])
        if not re.fullmatch(r"[a-z][a-z0-9-]*", probe):
            raise ProbeError("error", f"{probe!r} is no experiment")
        route = command.get("route")
        found = self._recipe(probe.replace("-", "_")).measure(*([] if route is None else [route]))
        return {"ok": {"how": found.how, "values": found.values, "details": found.details}}

    def prove(self, command: Command) -> Body:
        """Run one recipe, on the trained network or else on seeded weights; its exception, too, is an outcome."""
        from probes import feeds, workloads
        from probes.models import handover

        self._needs_description()
        probe = str(command["probe"])
        start = time.perf_counter()
        try:
            folder, parameters = Path(command["folder"]), command.get("parameters")
            own = handover.of(command.get("workload"))
            if own is not None:
                return handover.proved(own, probe, str((parameters or {})["precision"]), folder)
            if "weights" in command:
                case = workloads.trained(Path(command["weights"]), folder, parameters)
            else:
                workload = command.get("workload") or (parameters or {}).get("workload", "cnn")
                case = workloads.untrained(str(workload), folder, parameters)
            result = self._recipe(recipe_name(probe)).run(case)
            body: Body = {"outcome": result.outcome, "proof": result.proof}
            if probe.startswith("route:") and result.outcome == "proved":
                # One input as the artifact is asked it, for whoever times it afterwards.
                body["proof"] = {**result.proof, "sample": str(feeds.save(folder / "sample", _first(case)))}
            if result.message:
                body["message"] = result.message
        except ModuleNotFoundError as error:
            body = failed(error)
            # A recipe that lacks a package says so in its own import; deeper down it is the package that is broken.
            if _raised_by_recipe(error):
                body = {"outcome": "not_installed", "message": f"{sys.executable} has no module named {error.name!r}"}
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the exception is the outcome
            body = failed(error)
        return body | {"seconds": time.perf_counter() - start}

    def _asked(self, command: Command) -> tuple[Sequence[Builder], Case]:
        """Return the alternatives of the setting that a command names, and the case they are to compute."""
        from probes import workloads

        self._needs_description()
        task, setting = str(command["task"]), str(command["setting"])
        if task not in TASKS:
            raise ProbeError("error", f"unknown task {task!r}: there are {', '.join(TASKS)}")
        settings = self._recipe(task).SETTINGS
        if setting not in settings:
            raise ProbeError("error", f"{self.framework} has no setting {setting!r}: there are {', '.join(settings)}")
        return settings[setting], workloads.synthetic(str(command["workload"]), command.get("parameters"))

    def _cell(self, command: Command) -> Cell:
        number = command["cell"]
        if not isinstance(number, int) or not 0 <= number < len(self.cells):
            raise ProbeError("error", f"no cell {number!r}: {len(self.cells)} are prepared")
        return self.cells[number]

    def _recipe(self, name: str) -> ModuleType:
        """Import ``probes.frameworks.<framework>.<name>``; a recipe that is not there was not run.

        A framework may share the recipes of a folder, which its ``describe.py`` names: its own come first.
        """
        package = f"probes.frameworks.{self.framework}"
        full = f"{package}.{name}"
        try:
            return importlib.import_module(full)
        except ModuleNotFoundError as error:
            if error.name == package:
                known = sorted(
                    path.parent.name for home in frameworks.__path__ for path in Path(home).glob("*/framework.yaml")
                )
                raise ProbeError(
                    "error", f"unknown framework {self.framework!r}: there are {', '.join(known)}"
                ) from None
            if error.name != full:
                raise
        if name != "describe":
            shared = getattr(importlib.import_module(f"{package}.describe"), "RECIPES", None)
            full = f"probes.frameworks.{shared}.{name}"
            try:
                if shared is not None:
                    return importlib.import_module(full)
            except ModuleNotFoundError as error:
                if error.name != full:
                    raise
        raise ProbeError("not_run", f"{self.framework} has no recipe {name!r}")

    def _needs_description(self) -> None:
        if not self.described:
            raise ProbeError("error", "describe comes first: it imports the framework and sets its threads")


def _boot() -> str | None:
    """Return what the kernel calls the time since it was started: with the node's name, where this process runs."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return None


def _first(case: Case) -> Any:
    """Return the first sample of a case, an array or arrays by name."""
    inputs = case.inputs
    return {name: array[:1] for name, array in inputs.items()} if isinstance(inputs, Mapping) else inputs[:1]


def _amount(case: Case, task: str) -> dict[str, int]:
    """Return how much one call does, where that has a number: operations of matrix products, samples of a pass."""
    from probes import reference

    if task == "pipeline":
        return {"samples": len(case.inputs)}
    count = reference.operations(case.workload, task, case.samples)
    return {"operations": count} if count else {}


def recipe_name(probe: str) -> str:
    """Return the module of a probe: ``route:onnxruntime`` is ``route_onnxruntime``, ``capability:x-y`` is ``x_y``."""
    match = re.fullmatch(r"(route|capability):([a-z][a-z0-9-]*)", probe)
    if not match:
        raise ProbeError("error", f"{probe!r} is no recipe: expected route:NAME or capability:NAME")
    kind, name = match.groups()
    name = name.replace("-", "_")
    return f"route_{name}" if kind == "route" else name


def _raised_by_recipe(error: ModuleNotFoundError) -> bool:
    """Tell whether the import that failed stands in one of the recipes, and not deeper, inside a package."""
    frames = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    importing = [name for name in frames if not name.startswith("<frozen importlib")]
    return bool(importing) and is_ours(importing[-1])
