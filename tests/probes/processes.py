"""Talking to a probe process as advisor does: one JSON line each way; the process has no network."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self, cast

from advisor import resources
from tests import sealed


class Probe:
    """A worker process; replies are read one per command."""

    def __init__(
        self,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        python: Path | None = None,
    ) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._log = Path(self._folder.name, "calls")
        self.process = subprocess.Popen(
            [
                *sealed.prefix(self._log),
                str(python or sys.executable),
                str(resources.probes() / "__main__.py"),
                *arguments,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
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
        self.process.communicate(timeout=30)
        reached = sealed.reached(self._log)
        self._folder.cleanup()
        assert not reached, reached
