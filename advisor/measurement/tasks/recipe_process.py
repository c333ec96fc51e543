"""The confined process of recipes: started when it is first needed, and again after it was lost.

Several recipes may share it, one after the other: whatever ends it ended the one that it was working on, and the next
one finds a fresh process.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from advisor.measurement.definitions import FrameworkDefinition, Limits
from advisor.measurement.session.context import Context
from advisor.measurement.worker.answers import Concluded, WorkerError
from advisor.measurement.worker.framework import FrameworkProcess
from advisor.measurement.worker.limits import Confinement
from advisor.measurement.worker.protocol import Pending


class RecipeProcess:
    """A process of one framework that runs recipes within limits.

    Parameters
    ----------
    framework : FrameworkDefinition
        Whose recipes they are.
    probe : str
        ``capability:…`` or ``route:…``; some have a Python of their own.
    limits : Limits
        Of one recipe: seconds, and bytes of the process with all that it starts.
    scratch : Path
        The temporary folder of this process alone; it is removed by `close`.
    threads : int, optional
        Another count than the session's.
    """

    def __init__(
        self, context: Context, framework: FrameworkDefinition, probe: str, limits: Limits, scratch: Path,
        threads: int | None = None,
    ) -> None:  # fmt: skip
        self._context = context
        self._framework = framework
        self._probe = probe
        self._limits = limits
        self._scratch = scratch
        self._threads = threads
        self._running: tuple[FrameworkProcess, Confinement] | None = None
        # The versions there: those of the Run are the framework's own Python's.
        self.how: str | None = None

    def folder(self) -> Path:
        """Return a new folder for the files of one recipe."""
        self._scratch.mkdir(exist_ok=True)
        return Path(tempfile.mkdtemp(dir=self._scratch))

    def send(self, command: Callable[[FrameworkProcess], Pending[Concluded]]) -> Pending[Concluded]:
        """Start the process unless it runs, and ask for a recipe; `collect` or `poll` tell what became of it.

        Raises
        ------
        WorkerError
            The framework cannot be started.
        """
        try:
            return command(self._ready())
        except WorkerError:
            self._end()
            raise

    def collect(self, pending: Pending[Concluded]) -> Concluded:
        """Wait for what became of a recipe; as `poll`."""
        while True:
            concluded = self.poll(pending, timeout=1.0)
            if concluded is not None:
                return concluded

    def poll(self, pending: Pending[Concluded], *, timeout: float) -> Concluded | None:
        """Return what became of a recipe, or None when it is not known after `timeout` seconds.

        Raises
        ------
        WorkerError
            The process died, was silent for too long or took too much, and has been ended with all that it started.
        """
        assert self._running is not None
        try:
            return self._running[1].poll(pending, timeout=timeout)
        except WorkerError:
            self._end()
            raise

    def close(self) -> None:
        """End the process with all that it started, and remove what it wrote; safe to call again."""
        self._end()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _end(self) -> None:
        if self._running is not None:
            self._running[1].end()
            self._running = None

    def _ready(self) -> FrameworkProcess:
        if self._running is None:
            environment = self._context.environments[self._framework.id]
            self._scratch.mkdir(exist_ok=True)
            process = self._context.framework_process(
                self._framework, python=environment.python_for(self._probe), scratch=self._scratch,
                threads=self._threads,
            )  # fmt: skip
            self._running = process, Confinement(process.worker, self._scratch, self._limits)
            described = self._running[1].collect(process.describing)
            if self._probe in environment.own:
                versions = ", ".join(f"{package} {version}" for package, version in sorted(described.packages.items()))
                self.how = f"in an environment of its own: {versions}"
        return self._running[0]
