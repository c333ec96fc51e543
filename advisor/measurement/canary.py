"""The client of the ping-pong canary, and the memory of how short a bounce is on this host at its quietest.

On virtual machines the host moves the virtual cores apart unseen: no clock of the guest tells, yet a bounce between
them takes nearly twice as long, and so does work on several threads.
"""

from __future__ import annotations

import bisect
import contextlib
import json
import math
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import platformdirs

from advisor.documents import write_text
from advisor.errors import AdvisorError

LIMIT = 1.35
# Bounces of one quiet machine differ by a third, and now and then one is shorter than all others by as much: the
# shortest of all would condemn every later block. The shortest tenth of a session is stable, and still far below the
# bounces of cores that the host has moved apart.
SHORT = 0.1
# A host that has moved a virtual machine for good would otherwise be measured against what it was before, for ever.
KEPT = timedelta(days=7)
NAME = "ping-pong canary"
_SCRIPT = Path(__file__).with_name("canary_process.py")
_ANSWER_LENGTH = 32


@dataclass(frozen=True)
class Close:
    """How short a bounce was when the cores were close, in nanoseconds, and when a session last saw them that close."""

    lowest: float
    seen: date


class Canary:
    """A pair of sleeping processes that can be asked how long a byte takes from core to core.

    Parameters
    ----------
    cpu : str
        The processor's name; part of what identifies a host.
    memory : path, optional
        The file that remembers the shortest bounce of every host; default one in the user's cache folder.

    Attributes
    ----------
    lowest : float
        What the shortest tenth of the bounces stayed below, in the quietest session that is known of this host, in
        nanoseconds; infinity before the first, and where no session of the last week saw the cores that close.
    missing : str or None
        Why there is no canary here, when there is none.
    """

    def __init__(self, cpu: str, memory: Path | None = None) -> None:
        self._memory = memory or remembered() / "bounces.json"
        self._process: subprocess.Popen[bytes] | None = None
        self.missing: str | None = None
        try:
            cpus = sorted(os.sched_getaffinity(0))
        except AttributeError:
            self.missing = "not available: this system does not pin processes to cores"
            cpus = []
        else:
            if len(cpus) < 2:
                self.missing = "not available: it needs two cores"
        self._host = f"{platform.node()} | {cpu} | cores {cpus[:1]} {cpus[-1:]} | Python {platform.python_version()}"
        self.lowest = self._known = self._recent(self._all())
        self._found: list[float] = []
        if self.missing is None:
            self._start(cpus[0], cpus[-1])

    def bounce(self) -> float | None:
        """Return the time of a bounce in nanoseconds (infinity: a core did not come), or None without a canary."""
        process = self._process
        if process is None:
            return None
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(b"\n")
            process.stdin.flush()
            found = float(process.stdout.readline(_ANSWER_LENGTH))
        except (OSError, ValueError):
            self.missing = "not available: its process ended"
            self._stop()
            return None
        if math.isfinite(found):
            bisect.insort(self._found, found)
        if self._found:
            self.lowest = min(self._known, self._shortest())
        return found

    def objection(self, *bounces: float | None) -> str | None:
        """Return why a block between these bounces cannot count, or None."""
        worst = max((each for each in bounces if each is not None), default=0.0)
        if worst <= LIMIT * self.lowest:
            return None
        if math.isinf(worst):
            return "a core was not free for the canary"
        return f"the cores are further apart than usual: {worst:.0f} ns a bounce, {self.lowest:.0f} ns when close"

    def close(self) -> None:
        """End the processes and remember how short a bounce was."""
        self._stop()
        if self._found and self._shortest() <= LIMIT * self.lowest:
            known = self._all()
            # Another session may have ended meanwhile.
            lowest = min(self.lowest, self._recent(known))
            known[self._host] = Close(lowest, datetime.now(UTC).date())
            said = {host: {"lowest": each.lowest, "seen": each.seen.isoformat()} for host, each in known.items()}
            # A host that cannot remember starts anew the next time.
            with contextlib.suppress(AdvisorError):
                write_text(self._memory, json.dumps(said, indent=1) + "\n")

    def _start(self, *cpus: int) -> None:
        command = [sys.executable, "-I", "-S", str(_SCRIPT), *map(str, cpus)]
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={},
                start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            self.missing = f"not available: {error}"

    def _stop(self) -> None:
        if self._process is not None:
            # Both processes end when their pipes do.
            for stream in (self._process.stdin, self._process.stdout):
                if stream is not None:
                    with contextlib.suppress(OSError):
                        stream.close()
            try:
                self._process.wait(1.0)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def _shortest(self) -> float:
        return self._found[int(SHORT * len(self._found))]

    def _recent(self, known: Mapping[str, Close]) -> float:
        own = known.get(self._host)
        return math.inf if own is None or datetime.now(UTC).date() - own.seen >= KEPT else own.lowest

    def _all(self) -> dict[str, Close]:
        try:
            known = json.loads(self._memory.read_text(encoding="utf-8"))
            return {
                str(host): Close(float(each["lowest"]), date.fromisoformat(each["seen"]))
                for host, each in known.items()
            }
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return {}


def remembered() -> Path:
    """Return the folder of what is remembered of this host between sessions."""
    configured = os.environ.get("ADVISOR_CACHE")
    return Path(configured) if configured else platformdirs.user_cache_path("advisor")
