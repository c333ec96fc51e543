"""The client of one worker process: JSON Lines both ways, a time limit for every answer, nothing left behind."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from typing import IO, Any, TypeVar

from advisor.measurement.worker import protocol
from advisor.measurement.worker.answers import (
    Answer,
    WorkerDiedError,
    WorkerError,
    WorkerLostError,
    WorkerSilentError,
)
from advisor.measurement.worker.protocol import Command, Pending, Reply

STDERR_LINES = 40
_STDERR_WIDTH = 400
_LONGEST_LINE = 64 * 1024 * 1024
_GARBAGE_LINES = 1000
_LAST_WORDS = 2.0
A = TypeVar("A", bound=Answer)


class Worker:
    """One worker process and its channel.

    Parameters
    ----------
    command : sequence of str
        The program and its arguments.
    env : mapping
        The whole environment of the process (see `advisor.measurement.worker.environment`).
    name : str
        How messages call it.
    core : int, optional
        The only processor that it may use; its threads inherit that.

    Attributes
    ----------
    started : float
        When the process was asked for, on the clock of `time.perf_counter`.

    Notes
    -----
    The process leads a session of its own, so that `close` ends whatever it started, and so that Ctrl-C in a
    terminal reaches the parent only. Two threads drain its output; they sleep while it works.
    """

    def __init__(self, command: Sequence[str], *, env: Mapping[str, str], name: str, core: int | None = None) -> None:
        self.name = name
        self.started = time.perf_counter()
        try:
            self._process = subprocess.Popen(
                list(command), env=dict(env), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise WorkerDiedError(f"{name} could not be started: {command[0]}: {error.strerror or error}") from None
        if core is not None and hasattr(os, "sched_setaffinity"):
            # It waits for its first command: no thread but its first has been started yet.
            with contextlib.suppress(OSError):
                os.sched_setaffinity(self._process.pid, {core})
        self._next = 0
        self._garbage: list[str] = []
        self._garbage_lines = 0
        self._stderr: deque[str] = deque(maxlen=STDERR_LINES)
        self._replies: queue.Queue[tuple[float, bytes]] = queue.Queue()
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        assert self._process.stdin is not None
        self._stdin: IO[bytes] = self._process.stdin
        self._threads = [
            threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True),
            threading.Thread(target=self._drain, args=(self._process.stderr,), daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def last_words(self) -> tuple[str, ...]:
        """The last lines of stderr."""
        return tuple(self._stderr)

    def ask(self, command: Command[A], *, limit: float) -> A:
        """Send one command and wait at most `limit` seconds for its answer; errors as of `collect`."""
        return self.collect(self.send(command), limit=limit)

    def send(self, command: Command[A]) -> Pending[A]:
        """Send one command and return at once; `collect` waits for the answer."""
        self._next += 1
        pending = Pending(self._next, command, time.perf_counter())
        line = json.dumps({"id": pending.id, **command.model_dump(mode="json", exclude_none=True)}) + "\n"
        # A worker that is gone is noticed when the answer is collected: there its last words are known.
        with contextlib.suppress(OSError, ValueError):
            self._stdin.write(line.encode())
            self._stdin.flush()
        return pending

    def collect(self, pending: Pending[A], *, limit: float) -> A:
        """Wait for the answer of a command that was sent; as `reply`, and WorkerError where there is no result."""
        return self.reply(pending, limit=limit).value

    def reply(self, pending: Pending[A], *, limit: float) -> Reply[A]:
        """Wait for the reply to a command that was sent, at most `limit` seconds from its sending.

        Raises
        ------
        WorkerDiedError
            The process ended before it answered.
        WorkerSilentError
            No answer in time, or a channel full of something else; the process has been killed.
        """
        while True:
            left = pending.sent + limit - time.perf_counter()
            found = self.poll(pending, timeout=max(0.0, left))
            if found is not None:
                return found
            if left <= 0:
                self.close()
                raise WorkerSilentError(
                    self._tell(f"no answer to '{pending.command.do}' within {limit:g} s; {self.name} was stopped")
                )

    def poll(self, pending: Pending[A], *, timeout: float) -> Reply[A] | None:
        """Return the answer of a command that was sent, or None when `timeout` seconds pass without one.

        Raises
        ------
        WorkerDiedError, WorkerSilentError
            As `reply`.
        """
        until = time.perf_counter() + timeout
        while True:
            try:
                received, line = self._replies.get(timeout=max(0.0, until - time.perf_counter()))
            except queue.Empty:
                return None
            if not line:
                # Whoever asks next shall hear it at once, too.
                self._replies.put((received, line))
                raise self._obituary(pending)
            body = self._parse(line)
            if body is None:
                if self._garbage_lines > _GARBAGE_LINES:
                    self.close()
                    raise WorkerSilentError(self._tell(f"{self.name} wrote no answers on its channel; it was stopped"))
            elif body.get("id") == pending.id:
                return protocol.read(pending.command, body, received)

    def sole_answer(self, command: Command[A], *, limit: float) -> A:
        """Wait for the one line of a program that takes no commands: its start was the command."""
        return self.collect(Pending(None, command, self.started), limit=limit)

    def waited(self, pending: Pending[Any]) -> float:
        """Return the seconds since a command was sent."""
        return time.perf_counter() - pending.sent

    def stop(self, *, limit: float = 2.0) -> None:
        """Ask the worker to end, then `close`."""
        with contextlib.suppress(WorkerError):
            self.ask(protocol.Stop(), limit=limit)
        self.close(grace=limit)

    def close(self, *, grace: float = 0.0) -> None:
        """End the process and all that it started; safe to call again."""
        with contextlib.suppress(OSError):
            self._stdin.close()
        if grace:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(grace)
        self._kill_group()
        self._process.wait()
        for thread in self._threads:
            thread.join(_LAST_WORDS)
        for stream in (self._process.stdout, self._process.stderr):
            # A grandchild that left the group may still hold the other end: then the reader keeps the stream.
            if stream is not None and not any(thread.is_alive() for thread in self._threads):
                stream.close()

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _kill_group(self) -> None:
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        if self._process.poll() is None:
            self._process.kill()

    def _obituary(self, pending: Pending[Any]) -> WorkerLostError:
        try:
            status = self._process.wait(_LAST_WORDS)
        except subprocess.TimeoutExpired:
            self.close()
            return WorkerSilentError(
                self._tell(f"{self.name} closed its channel before it answered '{pending.command.do}'; it was stopped")
            )
        self.close()
        how = f"exit status {status}"
        if status < 0:
            try:
                how = f"signal {signal.Signals(-status).name}"
            except ValueError:
                how = f"signal {-status}"
        return WorkerDiedError(self._tell(f"{self.name} died at '{pending.command.do}': {how}"), signal=-status)

    def _tell(self, what: str) -> str:
        parts = [what]
        if self._garbage:
            parts.append(f"On its channel stood, which is no answer: {self._garbage[0]!r}")
        if self._stderr:
            parts.append("Its last words:\n" + "\n".join(self._stderr))
        return "\n".join(parts)

    def _parse(self, line: bytes) -> dict[str, Any] | None:
        try:
            body = json.loads(line)
        except (ValueError, RecursionError):
            body = None
        if isinstance(body, dict) and "id" in body:
            return body
        self._garbage_lines += 1
        if len(self._garbage) < 1:
            self._garbage.append(line[:120].decode("utf-8", "replace").rstrip())
        return None

    def _read(self, stream: IO[bytes]) -> None:
        with contextlib.suppress(OSError, ValueError):
            while line := stream.readline(_LONGEST_LINE):
                self._replies.put((time.perf_counter(), line))
        self._replies.put((time.perf_counter(), b""))

    def _drain(self, stream: IO[bytes]) -> None:
        rest = b""
        with contextlib.suppress(OSError, ValueError):
            while chunk := os.read(stream.fileno(), 65536):
                *lines, rest = (rest + chunk).split(b"\n")
                rest = rest[-_STDERR_WIDTH:]
                self._keep(lines)
        self._keep([rest])

    def _keep(self, lines: list[bytes]) -> None:
        for line in lines[-STDERR_LINES:]:
            text = line[:_STDERR_WIDTH].decode("utf-8", "replace").rstrip()
            if text:
                self._stderr.append(text)
