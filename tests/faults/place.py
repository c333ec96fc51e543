"""A place of its own for one try: folders, an environment, and a look at what a command leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from advisor.measurement.store import Store

ROOT = Path(__file__).resolve().parents[2]
FRAMEWORKS = Path(__file__).parent / "frameworks"
_PATIENCE = 5.0


@dataclass(frozen=True)
class Finding:
    """What was tried, what happened in a few words, and what was amiss."""

    fault: str
    happened: str
    amiss: tuple[str, ...] = ()


def heed() -> None:
    """Heed signals in a new process: what ``nohup`` or a shell's ``&`` started ignores some, and its children too."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


@dataclass(frozen=True)
class Told:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def last(self) -> str:
        """The error that it ended with, or its last line."""
        lines = [line for line in self.err.splitlines() if line.strip()]
        return next((line for line in lines if line.startswith("Error: ")), lines[-1] if lines else "")


class Place:
    """Folders for work, temporary files, a home and the cache, all under one folder, and commands that run there."""

    def __init__(self, folder: Path, **env: str | None) -> None:
        self.folder = folder
        self.work, self.temporary = folder / "work", folder / "tmp"
        for each in (self.work, self.temporary, folder / "home"):
            each.mkdir(parents=True, exist_ok=True)
        mine = {
            "PATH": os.environ["PATH"], "HOME": str(folder / "home"), "TMPDIR": str(self.temporary), "LANG": "C.UTF-8",
            "ADVISOR_CACHE": str(folder / "cache"), "PYTHONPATH": str(ROOT),
            # Where the disk is full, Python itself keeps half of a compiled module, and cannot import it any more.
            "PYTHONDONTWRITEBYTECODE": "1", **env,
        }  # fmt: skip
        self.env = {name: value for name, value in mine.items() if value is not None}

    @property
    def store(self) -> Store:
        """The kept Runs."""
        return Store(self.work / ".advisor" / "runs")

    def probe(self, *arguments: str, frameworks: str = "tame") -> list[str]:
        """Return the arguments of a session with our frameworks."""
        return [
            "probe", "--quick", "--threads", "1", "--frameworks-folder", str(FRAMEWORKS), "--framework", frameworks,
            "--only", "mlp-inference", *arguments,
        ]  # fmt: skip

    def start(
        self,
        arguments: Sequence[str],
        *,
        faults: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        before: Sequence[str] = (),
        limits: Callable[[], None] | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start a command; `before` stands before the program, `limits` is called in the new process."""

        def prepare() -> None:
            heed()
            if limits is not None:
                limits()

        return subprocess.Popen(
            [*before, sys.executable, "-m", "tests.faults.hurried", *faults, "--", *arguments],
            cwd=self.work, env={**self.env, **(env or {})}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, preexec_fn=prepare,
        )  # fmt: skip

    def ended(self, process: subprocess.Popen[bytes], *, limit: float = 240.0) -> Told:
        """Wait for a command."""
        try:
            out, err = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            err += b"\nError: the command did not end"
        return Told(process.returncode, (out or b"").decode("utf-8", "replace"), err.decode("utf-8", "replace"))

    def run(
        self,
        *arguments: str,
        faults: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        before: Sequence[str] = (),
        limits: Callable[[], None] | None = None,
    ) -> Told:
        """Run a command to its end."""
        return self.ended(self.start(arguments, faults=faults, env=env, before=before, limits=limits))

    def amiss(self, told: Told, *codes: int) -> list[str]:
        """Return what a command should not have done: exit codes, tracebacks, and what it left behind."""
        found = [] if told.code in codes else [f"exit code {told.code}: {told.err[-600:]}"]
        if "Traceback (most recent call last)" in told.err + told.out:
            found.append(f"a traceback: {told.err[-600:]}")
        if told.code not in (0, -9) and told.err.count("\nError: ") + told.err.startswith("Error: ") != 1:
            found.append(f"not one clear line: {told.err[-600:]}")
        return found + self.left()

    def left(self, also: Iterable[str] = ()) -> list[str]:
        """Return the processes and temporary files that are still here."""
        until = time.monotonic() + _PATIENCE
        while (alive := self.alive()) and time.monotonic() < until:
            time.sleep(0.05)
        files = [path for path in self.temporary.iterdir() if path.name not in also]
        files += list(self.folder.rglob(".*.advisor-*"))
        return [f"left running: {each}" for each in alive] + [f"left behind: {path.name}" for path in files]

    def alive(self) -> list[str]:
        """Return the processes that carry this place in their environment."""
        mark, found = os.fsencode(f"ADVISOR_CACHE={self.folder / 'cache'}") + b"\0", []
        for process in psutil.process_iter():
            try:
                mine = mark in Path(f"/proc/{process.pid}/environ").read_bytes()
                if mine and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(" ".join(process.cmdline())[:120])
            except (OSError, psutil.Error):
                continue
        return found
