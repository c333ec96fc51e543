"""The processes that hold a model: within limits, and nothing left behind."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from advisor import resources
from advisor.measurement.definitions import Limits
from advisor.measurement.worker import limits as marks
from advisor.measurement.worker.answers import WorkerDiedError, WorkerError, WorkerSilentError
from advisor.measurement.worker.client import Worker
from advisor.measurement.worker.environment import surroundings
from advisor.measurement.worker.limits import Confinement
from advisor.models.kinds import Source

CACHES = {"HF_HOME": ".cache/huggingface", "TORCH_HOME": ".cache/torch", "KERAS_HOME": ".keras"}
"""Where frameworks keep what they downloaded: by the variable that says so, beneath a home."""
_FRAME = re.compile(r'File "([^"]+)", line (\d+) in (\S+)')


class Child:
    """One process that holds one model.

    Parameters
    ----------
    source : Source
        The model.
    python : Path, optional
        Which Python; default the one that runs this.
    scratch : Path
        A folder of this process alone.
    limits : Limits
        Seconds for each command, and bytes of the process with all that it starts.
    """

    def __init__(self, source: Source, scratch: Path, limits: Limits, python: Path | None = None) -> None:
        scratch.mkdir(parents=True, exist_ok=True)
        self.source, self.limits, self.python = source, limits, python
        command = [str(python or sys.executable), str(resources.probes() / "__main__.py"), "model"]
        self.worker = Worker(command, env=_environment(source, scratch), name=f"the process of {source.said}")
        marks.mark_process(self.worker.pid, scratch, scratch)
        self.confined = Confinement(self.worker, scratch, limits)

    def end(self) -> None:
        """End it with all that it started; safe to call again."""
        self.confined.end()
        # Once more: what had left the process's group held its streams open, and is gone only now.
        self.worker.close()

    def why(self, error: WorkerError) -> str:
        """Return in the user's terms why the process gave no answer."""
        where = hanging(self.worker.last_words, self.source)
        if isinstance(error, WorkerSilentError):
            first = error.message.splitlines()[0].replace("; the recipe was stopped", "")
            if "no answer within" in first:
                at = f", at {where}" if where else ""
                return f"{self.source.said} did not end within {self.limits.seconds:g} s{at} (--limit-time)"
            return f"{self.source.said} was stopped: {first} (--limit-memory)" if "memory" in first else first
        if isinstance(error, WorkerDiedError):
            how = error.message.splitlines()[0].rpartition(": ")[2]
            last = next((line for line in reversed(self.worker.last_words) if line), "")
            return f"the process of {self.source.said} ended: {how}" + (f" ({last[:200]})" if last else "")
        return error.message


def hanging(lines: tuple[str, ...], source: Source) -> str | None:
    """Return the user's place in what a process wrote before its limit, innermost first."""
    home = str(source.path.parent) + os.sep
    for line in lines:
        found = _FRAME.search(line)
        if found and found[1].startswith(home) and "site-packages" not in found[1]:
            return f"{Path(found[1]).relative_to(source.path.parent)}:{found[2]}"
    return None


def _environment(source: Source, scratch: Path) -> Mapping[str, str]:
    """Return the environment of a child: its home is a folder of ours, which is removed."""
    return surroundings(threads=1, scratch=scratch) | (of_code() if source.runs_code else {})


def of_code() -> dict[str, str]:
    """Return where a user's code finds the weights that it downloaded before: its own variables, else the usual place.

    Its home is a folder of ours, so that nothing of it writes into the user's. What it draws at random is the same in
    every process.
    """
    home = Path.home()
    usual = {name: home / place for name, place in CACHES.items()}
    found = {name: str(place) for name, place in usual.items() if place.is_dir()}
    found |= {name: os.environ[name] for name in (*CACHES, "PYTHONPATH") if name in os.environ}
    # Else weights that are drawn in the order of a set are other ones in every process.
    return found | {"PYTHONHASHSEED": "0"}
