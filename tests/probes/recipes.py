"""Running recipes as a session does: in a worker of the framework, each with a folder of its own."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

from advisor.measurement import definitions, environments
from advisor.measurement.worker.environment import surroundings
from tests.probes import fork_server
from tests.probes.fork_server import ForkServer
from tests.probes.processes import Probe

BROKEN = Path(__file__).parent / "broken_frameworks"
MODULES = {"pytorch": "torch", "tensorflow": "tensorflow", "keras_pytorch": "keras", "jax": "jax"}


def need(module: str, framework: str = "") -> None:
    """Skip the test where `module` is missing, unless the environment demands that everything is there."""
    if importlib.util.find_spec(module) is None:
        if os.environ.get("ADVISOR_REQUIRE_ALL"):
            pytest.fail(f"{module} is not installed, and ADVISOR_REQUIRE_ALL is set")
        pytest.skip(f"{module} is not installed {framework}")


def has_javascript(package: str) -> bool:
    """Tell whether Node.js is here with a package, in the folders that a user would look into."""
    if shutil.which("node") is None:
        return False
    folders = [Path(each) for each in os.environ.get("NODE_PATH", "").split(os.pathsep) if each]
    if shutil.which("npm"):
        root = subprocess.run(["npm", "root", "--global"], capture_output=True, text=True, check=True).stdout
        folders.append(Path(root.strip()))
    return any((folder / package).is_dir() for folder in folders)


def python_of(framework: str, capability: str) -> Path | None:
    """Return the Python of a recipe that has an environment of its own, where that was made."""
    frameworks = definitions.frameworks() | definitions.extras()
    owner = frameworks[framework.removeprefix("broken_")]
    return environments.find([owner])[owner.id].own.get(f"capability:{capability}")


class ForkServers:
    """For each framework one process that has imported it; started when it is first needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._servers: dict[str, ForkServer] = {}

    def of(self, framework: str) -> ForkServer | None:
        """Return the server of a framework, or None where a process must not fork after an import."""
        name = framework.removeprefix("broken_")
        if fork_server.WORKS and name not in self._servers and name not in fork_server.THREADED:
            folder = self._folder / name
            folder.mkdir()
            self._servers[name] = ForkServer(name, folder, surroundings(threads=fork_server.THREADS, scratch=folder))
        return self._servers.get(name)

    def close(self) -> None:
        """End them all."""
        for server in self._servers.values():
            server.close()


class Recipes:
    """Workers of the shipped recipes and of the broken ones, started when they are first needed.

    A worker is a fork of a process that has imported the framework, and so are the fresh processes that its recipes
    call. Programs in the folder `programs` are found before those of the system.
    """

    def __init__(self, folder: Path, servers: ForkServers, programs: Path | None = None) -> None:
        self._folder = folder
        self._servers = servers
        self._programs = programs
        self._workers: dict[str, Probe] = {}
        self._count = 0

    def prove(self, framework: str, capability: str, **parameters: object) -> dict[str, Any]:
        """Return the reply to ``prove``; ``broken_pytorch`` is PyTorch with the broken recipes."""
        need(MODULES[framework.removeprefix("broken_")])
        python = python_of(framework, capability)
        key = f"{framework} {python}"
        if key not in self._workers:
            extra = ("--frameworks-folder", str(BROKEN)) if framework.startswith("broken_") else ()
            environment = surroundings(threads=2, scratch=self._folder)
            if self._programs:
                environment["PATH"] = f"{self._programs}{os.pathsep}{environment['PATH']}"
            server = None if python else self._servers.of(framework)
            self._workers[key] = Probe(
                "framework", framework, *extra, environment=environment, python=python, server=server
            )
            self._workers[key].ok("describe", threads=2)
        self._count += 1
        folder = self._folder / f"{self._count}-{framework}-{capability}"
        folder.mkdir()
        worker = self._workers[key]
        return worker.ask("prove", probe=f"capability:{capability}", folder=str(folder), parameters=parameters)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.ExitStack() as stack:
            for worker in self._workers.values():
                stack.enter_context(worker)


def left_behind(folder: Path, program: str = "") -> Iterator[str]:
    """Yield the command lines, with `program` in them, of processes that a recipe left running."""
    import psutil

    for process in psutil.process_iter():
        try:
            command = " ".join(process.cmdline())
            if process.environ().get("TMPDIR") == str(folder) and command and program in command:
                yield command
        except psutil.Error:
            continue
