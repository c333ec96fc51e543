"""A runtime worker: one process that holds an exported model and its runtime, and nothing of the framework.

Its memory, its libraries and the time from its start to the first answer are those of what would ship.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

# NumPy is imported by the first command: it belongs to the cold start, like the runtime.
from probes import timing
from probes.channel import Body, Command, ProbeError, claim, serve

if TYPE_CHECKING:
    from probes.arrays import Array
    from probes.runtimes.slots import Bound


def main(name: str, folders: Sequence[Path] = ()) -> None:
    """Serve the runtime `name`, a module of `probes.runtimes` or of ``runtimes/`` in one of `folders`."""
    from probes import runtimes

    runtimes.__path__.extend(str(folder.resolve() / "runtimes") for folder in folders)
    worker = RuntimeWorker(name)
    serve(claim(), {"load": worker.load, "block": worker.block, "answer": worker.answer, "memory": worker.memory})


class RuntimeWorker:
    """The state behind the protocol: the runtime's module, the loaded artifacts, and the first sample of each."""

    def __init__(self, runtime: str) -> None:
        self.runtime = runtime
        self.cells: list[tuple[Bound, tuple[Array, ...]]] = []
        self.before = 0

    def load(self, command: Command) -> Body:
        """Load an artifact and answer one sample: the parent's clock runs from the process's start to this reply.

        ``inputs`` is a file of arrays by name (see `probes.feeds`), ``outputs`` the framework's names of what comes
        back, if it has any; ``batch`` is 0 where all the file holds is one call.
        """
        from probes import feeds
        from probes.runtimes.slots import Bound

        # What the process holds from here on is for the runtime, its binding and the model.
        self.before = self.before or _status()["VmRSS"]
        start = time.perf_counter()
        module = self._module()

        model = module.Model(Path(command["artifact"]), int(command["threads"]))
        given = feeds.load(Path(command["inputs"]))
        bound = Bound(model, list(given), command.get("outputs"))
        sample = bound.arranged(given if command.get("batch") == 0 else feeds.rows(given, 0, 1))
        first = bound.named(model(*sample))
        seconds = time.perf_counter() - start
        self.cells.append((bound, sample))
        return {
            "ok": {
                "cell": len(self.cells) - 1,
                "first_answer": {name: array.ravel().tolist() for name, array in first.items()},
                "load_seconds": seconds,
                "inputs": [[slot.name, slot.dtype, slot.shape] for slot in model.inputs],
                "outputs": [[slot.name, slot.dtype, slot.shape] for slot in model.outputs],
                "forbidden": forbidden(module),
            }
        }

    def block(self, command: Command) -> Body:
        """Time one block of answers to the loaded sample, which already has the artifact's layout."""
        bound, sample = self._cell(command)
        model = bound.model
        given = {key: command[key] for key in ("settle", "lead_in", "seconds", "minimum_calls") if key in command}
        return {"ok": timing.block(lambda: model(*sample), **given)}

    def answer(self, command: Command) -> Body:
        """Answer every sample, ``batch`` at a time (1 when absent; 0: all in one call), and save the answers."""
        import numpy as np

        from probes import feeds

        bound, _ = self._cell(command)
        given = feeds.load(Path(command["inputs"]))
        parts = [bound(each) for each in feeds.batches(given, int(command.get("batch", 1)) or None)]
        answers = parts[0]
        if len(parts) > 1:
            answers = {name: np.concatenate([part[name] for part in parts]) for name in answers}
        outputs = Path(command["outputs"])
        if outputs.suffix == ".npy":
            (sole,) = answers.values()
            np.save(outputs, sole)
        else:
            np.savez(outputs, allow_pickle=False, **answers)
        return {"ok": {"calls": len(parts), "forbidden": forbidden(self._module())}}

    def memory(self, command: Command) -> Body:  # noqa: ARG002 - every handler takes the command
        """Tell what the process holds and which of the runtime's libraries it mapped."""
        module = self._module()
        status = _status()
        libraries = mapped_libraries(module.PACKAGE)
        return {
            "ok": {
                "peak_bytes": status["VmHWM"],
                "resident_bytes": status["VmRSS"],
                "before_bytes": self.before,
                "libraries": libraries,
                "library_bytes": sum(libraries.values()),
                "build": getattr(module, "BUILD", "python"),
                "native_bytes": native_bytes(module),
                "installed_bytes": _installed(module),
            }
        }

    def _module(self) -> ModuleType:
        full = f"probes.runtimes.{self.runtime}"
        try:
            return importlib.import_module(full)
        except ModuleNotFoundError as error:
            if error.name == full:
                raise ProbeError("error", f"unknown runtime {self.runtime!r}") from None
            raise ProbeError("not_installed", f"{sys.executable} has no module named {error.name!r}") from None

    def _cell(self, command: Command) -> tuple[Bound, tuple[Array, ...]]:
        number = command.get("cell", len(self.cells) - 1)
        if not isinstance(number, int) or not 0 <= number < len(self.cells):
            raise ProbeError("error", f"no cell {number!r}: {len(self.cells)} are loaded")
        return self.cells[number]


def forbidden(runtime: ModuleType | None = None) -> list[str]:
    """Return the frameworks that this process has imported or mapped, but those that `runtime` holds by right."""
    from probes.runtimes import FORBIDDEN

    # A package's own folder, not one of its name inside another: OpenVINO has a reader of models called tensorflow.
    mapped = {package for path in _mapped_files() for package in re.findall(r"/(?:site|dist)-packages/([^/]+)/", path)}
    held = [name for name in FORBIDDEN if sys.modules.get(name) or name in mapped]
    return [name for name in held if name not in getattr(runtime, "HOLDS", ())]


def mapped_libraries(package: str) -> dict[str, int]:
    """Return path → bytes on disk of the shared libraries of `package` that this process has mapped.

    ``<package>.libs`` beside it counts too: wheels put the libraries there that they bring along.
    """
    spec = importlib.util.find_spec(package)
    homes = [Path(home).resolve() for home in spec.submodule_search_locations or ()] if spec else []
    homes += [home.with_name(f"{home.name}.libs") for home in homes]
    files = (Path(path) for path in _mapped_files() if ".so" in Path(path).name)
    return {str(file): file.stat().st_size for file in sorted(files) if any(file.is_relative_to(h) for h in homes)}


def native_bytes(module: ModuleType) -> int | None:
    """Return the bytes of the libraries that a program in C or C++ ships with a runtime; None where it has none."""
    spec = importlib.util.find_spec(module.PACKAGE)
    patterns = getattr(module, "NATIVE", ())
    homes = [Path(home) for home in spec.submodule_search_locations or ()] if spec else []
    found = [[file for home in homes for file in home.glob(pattern)] for pattern in patterns]
    # One that is missing would make the rest look small.
    if not found or not all(found):
        return None
    return sum(file.stat().st_size for files in found for file in files)


def _installed(module: ModuleType) -> int:
    """Return the bytes that a runtime takes installed; a framework's library does not work without all it requires."""
    if not getattr(module, "HOLDS", ()):
        return installed_bytes(module.DISTRIBUTION)
    from probes import footprint

    return footprint.installed(module.DISTRIBUTION).bytes


def installed_bytes(distribution: str) -> int:
    """Return the bytes of the installed files of one distribution, without what it depends on."""
    from importlib import metadata

    files = metadata.files(distribution) or ()
    paths = (Path(str(file.locate())) for file in files)
    return sum(path.stat().st_size for path in paths if path.is_file())


def _mapped_files() -> set[str]:
    with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:
        return {
            fields[5]
            for line in maps
            if len(fields := line.rstrip("\n").split(maxsplit=5)) == 6 and fields[5][0] == "/"
        }


def _status() -> dict[str, int]:
    """Return the sizes of /proc/self/status in bytes."""
    with open("/proc/self/status", encoding="utf-8") as status:
        pairs = (line.split(":", 1) for line in status)
        return {name: int(text.split()[0]) * 1024 for name, text in pairs if text.rstrip().endswith("kB")}
