"""What of a system is present on this machine: installed, in which version, importable.

Nothing is imported into our own process: each system gets a process of the asked interpreter and a time limit, because
an old package may hang, crash or print whatever it likes when it is imported. Only `online` uses a network, by pip.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple

from advisor import optouts
from advisor.errors import AdvisorError
from advisor.measurement.worker.environment import at_home


class Finished(NamedTuple):
    """How a process ended: its exit code (None: it took too long; negative: a signal), and what it wrote."""

    code: int | None
    output: str
    errors: str

    @property
    def death(self) -> str:
        """Say how a process ended that should not have ended so."""
        code = self.code or 0
        if code < 0:
            names = {number.value: number.name for number in signal.Signals}
            return f"killed by {names.get(-code, f'signal {-code}')}"
        return f"exit code {code}" + (f": {self.last_line}" if self.last_line else "")

    @property
    def last_line(self) -> str:
        """Return the last line of the errors, which usually says what was wrong."""
        lines = [line.strip() for line in self.errors.splitlines() if line.strip()]
        return lines[-1][:300] if lines else ""


class Running:
    """The processes under way, so that an interruption can end them all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._processes: set[subprocess.Popen[bytes]] = set()
        self._ended = False

    def run(self, command: Sequence[str], timeout: float, *, asks_index: bool = False) -> Finished:
        """Run `command` away from our folder and terminal; its code is None when it took too long.

        What it imports sees no secret and no home of the user's; a pip that `asks_index` needs both to find the index.
        """
        # Files, not pipes: a child that keeps a pipe open or fills it could make us wait for ever.
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            with self._lock:
                if self._ended:
                    return Finished(None, "", "")
                process = subprocess.Popen(
                    command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True,
                    env=os.environ | optouts.variables() if asks_index else _apart(Path(folder)),
                )  # fmt: skip
                self._processes.add(process)
            try:
                code: int | None = process.wait(timeout)
            except subprocess.TimeoutExpired:
                _kill(process)
                code = None
            finally:
                with self._lock:
                    self._processes.discard(process)
            return Finished(code, _text(out), _text(err))

    def kill(self) -> None:
        """End what runs, and start nothing more."""
        with self._lock:
            self._ended = True
            for process in self._processes:
                _kill(process)


def _apart(folder: Path) -> dict[str, str]:
    """Return the environment of a process that looks for what is installed where the user's own would find it."""
    searched = {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
    return at_home(folder) | searched


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process that nobody has waited for, with its children; they form a group of their own."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        process.kill()
    process.wait()


def _text(stream: IO[bytes]) -> str:
    stream.seek(0)
    return stream.read(1 << 20).decode("utf-8", "replace")


Outcome = Literal[
    "importable", "installed", "not importable", "not installed", "crashed", "timed out", "not applicable"
]

_AT_ONCE = max(2, min(4, (os.cpu_count() or 2) // 2))
_VERSION = re.compile(r"\d+(?:\.\d+)+[\w.+-]*")
# pip reports an index that it cannot reach as one that has no versions, after warnings (if it may retry) with these.
_UNREACHABLE = ("Retrying (Retry(", "Could not fetch URL", "connection error")

# Runs in the asked interpreter (any Python from 3.8). Replies as JSON Lines on what was fd 1 before the import could
# print to it: first the version from the metadata, so that a crash of the import does not take it along.
_ASK = r"""
import json, os, sys
channel = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
def reply(**found):
    print(json.dumps(found), file=channel, flush=True)
distribution, target = json.loads(sys.argv[1])
from importlib import metadata, util
version = None
if distribution:
    try:
        version = metadata.version(distribution)
    except metadata.PackageNotFoundError:
        pass
top = target.partition(":")[0].partition(".")[0] if target else None
if top and version is None:
    if top in sys.builtin_module_names or top in getattr(sys, "stdlib_module_names", ()):
        version = "%d.%d.%d" % sys.version_info[:3]
    elif util.find_spec(top) is not None and hasattr(metadata, "packages_distributions"):
        for other in metadata.packages_distributions().get(top, []):
            distribution, version = other, metadata.version(other)
            break
there = version is not None or bool(top and util.find_spec(top) is not None)
reply(version=version, distribution=distribution, there=there)
if there and target:
    import pkgutil
    try:
        pkgutil.resolve_name(target if ":" in target else target + ":")
        reply(importable=True)
    except BaseException as error:
        text = str(error).strip().splitlines()
        reply(importable=False, message=type(error).__name__ + (": " + text[0][:300] if text else ""))
os._exit(0)
"""


class Target(NamedTuple):
    """What to ask for: an id of the caller's, a distribution, a module (or ``module:attribute``), a command."""

    id: str
    pip: str | None = None
    module: str | None = None
    program: tuple[str, ...] | None = None


@dataclass(frozen=True)
class LocalCheck:
    """What was found of one system.

    Attributes
    ----------
    outcome : str
        ``not applicable`` where there is nothing to install; ``installed`` where there is nothing to import.
    version, distribution : str, optional
        Of what is installed; the distribution differs from the asked one where another provides the module.
    message : str, optional
        Why it could not be imported.
    newest, resolves : str, optional
        Online: the newest version of the index, and the newest that fits the asked Python (empty where none does).
    index_message : str, optional
        Online: why the index gave no answer.
    """

    id: str
    outcome: Outcome = "not applicable"
    version: str | None = None
    distribution: str | None = None
    message: str | None = None
    newest: str | None = None
    resolves: str | None = None
    index_message: str | None = None

    def row(self) -> dict[str, str]:
        """Return the cells of a table, as text."""
        return {
            "here": self.outcome if self.id else "",
            "version here": self.version or "",
            "message": self.message or "",
            "newest": self.newest or "",
            "resolves": self.resolves or "",
            "index": self.index_message or "",
        }


def check_targets(
    targets: Iterable[Target],
    *,
    python: str | Path | None = None,
    online: bool = False,
    timeout: float = 30.0,
    progress: Callable[[LocalCheck], None] | None = None,
) -> list[LocalCheck]:
    """Check every target in a process of its own, a few at once, and return the results in the same order.

    Parameters
    ----------
    python : str or Path, optional
        The interpreter to ask (default: this one).
    timeout : float
        Seconds that each process may take; it is killed with its children then.
    progress : callable, optional
        Called with each result as it arrives, from another thread.

    Raises
    ------
    AdvisorError
        When the interpreter cannot be run.
    """
    interpreter = _interpreter(python)
    running = Running()

    def check(target: Target) -> LocalCheck:
        found = _check(target, interpreter, timeout, running)
        if online and target.pip:
            found = _ask_index(found, target.pip, interpreter, timeout, running)
        if progress is not None:
            progress(found)
        return found

    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        pending = [pool.submit(check, target) for target in targets]
        try:
            return [future.result() for future in pending]
        except BaseException:
            for future in pending:
                future.cancel()
            running.kill()
            raise


def _check(target: Target, python: str, timeout: float, running: Running) -> LocalCheck:
    if target.program is not None:
        return _check_program(target, timeout, running)
    if target.pip is None and target.module is None:
        return LocalCheck(target.id)
    ended = running.run([python, "-c", _ASK, json.dumps([target.pip, target.module])], timeout)
    found: dict[str, Any] = {"there": False}
    for line in ended.output.splitlines():
        found |= json.loads(line)
    version, distribution, message = found.get("version"), found.get("distribution"), found.get("message")
    outcome: Outcome = "importable" if found.get("importable") else "not importable"
    if ended.code is None:
        outcome, message = "timed out", f"no answer within {timeout:g} s"
    elif ended.code != 0:
        outcome, message = "crashed", ended.death
    elif not found["there"]:
        outcome = "not installed"
    elif target.module is None:
        outcome = "installed"
    return LocalCheck(target.id, outcome, version, distribution if version else None, message)


def _check_program(target: Target, timeout: float, running: Running) -> LocalCheck:
    assert target.program is not None
    path = shutil.which(target.program[0])
    if path is None:
        return LocalCheck(target.id, "not installed")
    ended = running.run([path, *target.program[1:]], timeout)
    if ended.code is None:
        return LocalCheck(target.id, "timed out", message=f"no answer within {timeout:g} s")
    if ended.code != 0:
        return LocalCheck(target.id, "crashed", message=ended.death)
    version = _VERSION.search(ended.output) or _VERSION.search(ended.errors)
    return LocalCheck(target.id, "installed", version.group() if version else None)


def _ask_index(check: LocalCheck, name: str, python: str, timeout: float, running: Running) -> LocalCheck:
    """Ask pip of the asked interpreter, which knows the user's index, for the newest version and the one that fits."""
    versions: list[str] = []
    for options in (["--ignore-requires-python"], []):
        command = [
            python,
            "-m",
            "pip",
            "--disable-pip-version-check",
            "--no-input",
            "index",
            "versions",
            *options,
            name,
        ]
        ended = running.run(command, timeout, asks_index=True)
        if ended.code is None:
            return replace(check, index_message=f"no answer within {timeout:g} s")
        if any(sign in ended.errors for sign in _UNREACHABLE):
            return replace(check, index_message="the index could not be reached")
        newest = re.match(rf"{re.escape(name)} \(([^)\s]+)\)", ended.output, re.IGNORECASE)
        if newest is None and "No matching distribution" not in ended.errors:
            return replace(check, index_message=ended.last_line or "no answer")
        versions.append(newest.group(1) if newest else "")
    newest_of_all, fitting = versions
    message = None
    if not newest_of_all:
        message = "the index has no version that fits"
    elif not fitting:
        message = "no version fits this Python"
    return replace(check, newest=newest_of_all or None, resolves=fitting, index_message=message)


def _interpreter(python: str | Path | None) -> str:
    """Return the path of the asked interpreter; `os.fspath` keeps the link of a virtual environment."""
    asked = sys.executable if python is None else os.fspath(python)
    path = shutil.which(os.path.expanduser(asked))
    if path is None:
        raise AdvisorError(
            f"cannot run the Python '{asked}'", hint="name an interpreter, such as --python /path/to/python"
        )
    return os.path.abspath(path)
