"""Talking to a probe process as advisor does: one JSON line each way; the process has no network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, cast

from advisor import resources
from tests import sealed
from tests.probes import fork_server
from tests.probes.fork_server import Forked, ForkServer


class Probe:
    """A worker process; replies are read one per command. A fork of `server`, where one is given: then that is sealed.

    Parameters
    ----------
    *arguments : str
        Of the program.
    program : sequence of str
        What Python runs; the probes, or ``("-m", module)``.
    environment : mapping, optional
        Of the process; default that of this one.
    python : path, optional
        Another interpreter than ours.
    server : ForkServer, optional
        What has imported the framework already.
    """

    def __init__(
        self,
        *arguments: str,
        program: Sequence[str] = (str(resources.probes() / "__main__.py"),),
        environment: Mapping[str, str] | None = None,
        python: Path | None = None,
        server: ForkServer | None = None,
    ) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._log = Path(self._folder.name, "calls")
        self._server = server
        command = [*program, *arguments]
        self.process: subprocess.Popen[str] | Forked
        if server:
            self.process = server.start(command, environment or os.environ)
        else:
            self.process = subprocess.Popen(
                [*sealed.prefix(self._log, files=False), str(python or sys.executable), *command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                cwd=fork_server.ROOT,
                env=environment,
            )
        self._count = 0

    def ask(self, do: str, **command: object) -> dict[str, Any]:
        """Return the whole reply to one command."""
        self._count += 1
        stdin, stdout = cast(IO[str], self.process.stdin), cast(IO[str], self.process.stdout)
        stdin.write(json.dumps({"id": self._count, "do": do, **command}) + "\n")
        stdin.flush()
        line = stdout.readline()
        assert line, f"the process ended with {self.process.wait()}"
        reply = cast(dict[str, Any], json.loads(line))
        assert reply["id"] == self._count
        return reply

    def ok(self, do: str, **command: object) -> dict[str, Any]:
        """Return what the process answers to a command that must succeed."""
        reply = self.ask(do, **command)
        assert "ok" in reply, reply
        return cast(dict[str, Any], reply["ok"])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.communicate(timeout=120)
        reached = self._server.reached() if self._server else sealed.reached(self._log)
        self._folder.cleanup()
        assert not reached, reached
