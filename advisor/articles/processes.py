"""Processes of other interpreters and programs: limited in time, out of our folder and terminal, killed as a group."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO, NamedTuple

from advisor import optouts
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
