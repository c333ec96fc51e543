"""Programs that a recipe starts: each in a process group of its own, with a time limit, and gone when they are done."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from probes.channel import ProbeError
from probes.python_process import PROBES, ending

PATIENCE = 120.0
_GLANCE = 0.05
# On two processors that fifteen others want a program still gets an eighth of one, and a tenth of that if it is `nice`.
GETS_ON = 0.01
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def run(*commands: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> list[str]:
    """Run programs at the same time and return what each wrote to standard output.

    Parameters
    ----------
    *commands
        Programs with their arguments.
    environment : mapping, optional
        Added to the environment of this process.

    Raises
    ------
    ProbeError
        ``error``: when one fails or takes longer than `PATIENCE`, with the last line it wrote to standard error.
    """
    with contextlib.ExitStack() as stack:
        running = [stack.enter_context(started(command, environment=environment)) for command in commands]
        until = time.monotonic() + PATIENCE
        texts = []
        for program, command in zip(running, commands, strict=True):
            name = Path(str(command[0])).name
            try:
                text, errors = program.communicate(timeout=max(0.0, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                raise ProbeError("error", f"{name} was not done after {PATIENCE:g} s") from None
            if program.returncode:
                sys.stderr.write(errors)
                raise ProbeError("error", f"{name} ended with {ending(program.returncode)}: {_reason(errors)}")
            texts.append(text)
        return texts


@contextlib.contextmanager
def started(
    command: Sequence[str | Path], *, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    """Start a program in a process group of its own; at the end of the block the whole group is ended."""
    program = subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | dict(environment or {}),
        start_new_session=True,
    )
    try:
        yield program
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(program.pid, signal.SIGKILL)
        program.communicate()


class Progress:
    """Tells whether a program gets on, by the processor time that it and what it started use.

    Where others take the processors a start lasts many times as long, and goes on all the same; what has come to a halt
    uses none. Where the system does not tell, only the clock on the wall does.

    Parameters
    ----------
    patience : float
        Seconds in which a program that gets on uses at least the share `GETS_ON` of a processor.
    """

    def __init__(self, program: subprocess.Popen[str], patience: float) -> None:
        self._program = program
        self._patience = patience
        self._since, self._used = time.monotonic(), _processor_seconds(program.pid)

    def halted(self) -> bool:
        """Return whether it did not get on for as long as there is patience."""
        now = time.monotonic()
        if now - self._since < self._patience:
            return False
        used = _processor_seconds(self._program.pid)
        if used - self._used < GETS_ON * (now - self._since):
            return True
        self._since, self._used = now, used
        return False


def _processor_seconds(session: int) -> float:
    """Return the processor seconds of the processes of a session, and of those that they waited for."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # The name may hold spaces and parentheses; what follows begins with the state (proc_pid_stat(5)).
            fields = stat.read_text(errors="replace").rpartition(")")[2].split()
            if int(fields[3]) == session:
                ticks += sum(map(int, fields[11:15]))
    return ticks / _TICKS


def last_words(program: subprocess.Popen[str]) -> str:
    """End a program that does not do what it should, and return its last line that names an error, or its last line."""
    program.kill()
    _, errors = program.communicate()
    return f"{ending(program.returncode)}: {_reason(errors)}"


def _reason(errors: str) -> str:
    """Return the last line that names an error, or else the last line."""
    lines = [line.strip() for line in errors.splitlines() if line.strip()]
    named = [line for line in lines if re.search(r"error\S*: \S", line, re.IGNORECASE)]
    return (named or lines or [""])[-1]


def python_path() -> dict[str, str]:
    """Return the variable by which a started Python finds the probes."""
    return {"PYTHONPATH": os.pathsep.join([str(PROBES.parent), *filter(None, [os.environ.get("PYTHONPATH")])])}
