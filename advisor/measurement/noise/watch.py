"""Was the machine ours? What the kernel tells of other work while a block ran.

Two signals, by what they were worth against known loads: the processor clocks of all other processes, which see
everything that is visible here; and the busy time of the processors that nobody here accounts for, which also sees what
a container hides, at the kernel's tick of 10 ms. Where the system has neither (macOS, Windows), the others go on.
"""

from __future__ import annotations

import contextlib
import math
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from advisor.measurement.disturbance import Disturbance, Signal, seen

# Shares of a processor: visible processes may take 3 %, unexplained busy time 15 % (its tick is coarse).
VISIBLE_LIMIT = 0.03
HIDDEN_LIMIT = 0.15
# What happens once and takes seconds (an import, a compilation) is told with a wider interval, and disturbed by more.
ONCE_LIMIT = 0.15
# A difference of two times that were cut to whole ticks has a standard deviation of 1/√6 tick; twice that is allowed.
_ROUNDING = 2 / math.sqrt(6)
# The clock of a process that runs on another processor is brought up to date at the scheduler's tick, up to 4 ms at
# once; and on a virtual machine the kernel's own threads and the host's agent take a few percent in such lumps.
_LUMP = 0.004
# On larger machines the same share of the machine as on one with four processors.
_LIMITS_HOLD_UP_TO = 4

# Whoever does not come to rest is waited for no longer than this, in seconds, and looked at again so soon. ONNX
# Runtime's pool spins for 40 to 65 ms, others for up to 8.
_RESTS_WITHIN, _LOOKS_AGAIN = 0.25, 0.003

# A thread with a smaller part in the work of a block only looks on.
_PART = 0.1

# A recipe's compiler's compiler's assembler: what is further down is not looked for.
_GENERATIONS = 12

CLOCKS = "processor clocks of other processes"
IDLE = "busy time that no process here accounts for"
AVAILABLE = "available"

_TICK = 1 / os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 0.01


@dataclass(frozen=True)
class Foreign:
    """What others took of the processors during a block.

    Attributes
    ----------
    wall : float
        Seconds that were watched.
    visible : float or None
        Processor seconds of other processes; None where their clocks cannot be read.
    hidden : float or None
        Processor seconds that were neither idle nor the measured process's; None where the kernel does not say.
    """

    wall: float
    visible: float | None
    hidden: float | None


@dataclass(frozen=True)
class _Glance:
    at: float
    clocks: Mapping[int, float]
    idle: float | None
    ended: Mapping[int, float]


class Watch:
    """Compares the processors' clocks before and after a block.

    Parameters
    ----------
    root : path
        Where ``proc`` is mounted.
    """

    def __init__(self, root: Path = Path("/")) -> None:
        self._proc = root / "proc"
        self._cpus = _allowed()
        self._scale = max(1.0, len(self._cpus) / _LIMITS_HOLD_UP_TO)
        self._has_clocks = bool(self._clocks())
        self._has_stat = self._idle() is not None

    @property
    def signals(self) -> dict[str, str]:
        """Which signals exist here: a name, and ``available`` or the reason why not."""
        return {
            CLOCKS: AVAILABLE if self._has_clocks else "not available: the system does not list processes in /proc",
            IDLE: AVAILABLE if self._has_stat else "not available: the system has no /proc/stat",
        }

    def glance(self, *, ended: bool = False) -> _Glance:
        """Return the clocks as they stand; takes about a millisecond.

        With `ended` also what the children took that have ended since, as each process was told: a compiler's calls of
        another compiler belong to whoever is measured, and are gone before anybody can look at their clocks.
        """
        clocks = self._clocks() if self._has_clocks else {}
        told = {pid: self._ended(pid) for pid in clocks} if ended else {}
        return _Glance(time.perf_counter(), clocks, self._idle(), told)

    def between(self, before: _Glance, after: _Glance, measured: int) -> Foreign:
        """Return what others took between two glances; `measured` is the process id of the worker that was timed.

        A process belongs to the measured one when it is in its session (workers lead a session of their own, so their
        compilers and thread pools count as theirs) or descends from it. The watching process does not count: what it
        takes, it takes for the glances themselves, before and after the timed calls.
        """
        own = visible = 0.0
        for pid, clock in after.clocks.items():
            if pid == os.getpid() != measured:
                continue
            used = clock - before.clocks.get(pid, 0.0)
            told = after.ended.get(pid, 0.0) - before.ended.get(pid, 0.0)
            if used > 0 or told > 0:
                if self._belongs(pid, measured):
                    own += max(0.0, used) + max(0.0, told)
                else:
                    visible += max(0.0, used)
        wall = after.at - before.at
        hidden = None
        if self._has_clocks and before.idle is not None and after.idle is not None:
            hidden = max(0.0, wall * len(self._cpus) - (after.idle - before.idle) - own)
        return Foreign(wall, visible if self._has_clocks else None, hidden)

    def disturbances(self, foreign: Foreign, *, visible: float = VISIBLE_LIMIT) -> tuple[Disturbance, ...]:
        """Return what others took, where it was more than something that is timed can bear.

        Parameters
        ----------
        visible : float
            The share of a processor that visible processes may take.
        """
        rounding = _ROUNDING * _TICK * math.sqrt(len(self._cpus))
        signals: tuple[tuple[Signal, float | None, float, float], ...] = (
            ("clocks", foreign.visible, visible, _LUMP),
            ("hidden", foreign.hidden, HIDDEN_LIMIT, rounding),
        )
        return tuple(
            seen(signal, taken / foreign.wall, limit * self._scale)
            for signal, taken, limit, allowance in signals
            if taken is not None and taken > limit * self._scale * foreign.wall + allowance
        )

    def threads(self, process: int) -> dict[int, int]:
        """Return the nanoseconds that each thread of a process has run so far, as far as the system tells."""
        found = {}
        for task in self._tasks(process):
            with contextlib.suppress(OSError, ValueError, IndexError):
                told = (self._proc / str(process) / "task" / task / "schedstat").read_text()
                found[int(task)] = int(told.split()[0])
        return found

    def _tasks(self, process: int) -> list[str]:
        try:
            return os.listdir(self._proc / str(process) / "task")
        except OSError:
            return []

    def rest(self, process: int, pause: float) -> None:
        """Sleep until no thread of a process runs: thread pools spin for a while after their last work.

        A thread that spins can be seen at once, also while the host of a virtual machine has taken its processor away.
        The clock of its process cannot: it is brought up to date at a tick, and stands still meanwhile.

        Parameters
        ----------
        process : int
            Its id.
        pause : float
            Seconds to sleep at least; where the system does not tell what threads do, that is all.
        """
        until = time.perf_counter() + _RESTS_WITHIN
        time.sleep(pause)
        while self._runs(process) and time.perf_counter() < until:
            time.sleep(_LOOKS_AGAIN)

    def _runs(self, process: int) -> bool:
        """Tell whether a thread of a process runs, or would if it had a processor; ours, which asks, is not counted."""
        others = (each for each in self._tasks(process) if each != str(threading.get_native_id()))
        return any((fields := self._stat(f"{process}/task/{each}")) and fields[0] == "R" for each in others)

    def _belongs(self, pid: int, measured: int) -> bool:
        if pid == measured or _session_of(pid) == measured:
            return True
        # Some compilers lead a session of their own, so that Ctrl-C in a terminal does not reach them.
        for _ in range(_GENERATIONS):
            fields = self._stat(pid)
            if fields is None or (pid := int(fields[1])) <= 1:
                return False
            if pid == measured:
                return True
        return False

    def _ended(self, pid: int) -> float:
        """Return the processor seconds of a process's children that have ended and were waited for."""
        fields = self._stat(pid)
        return 0.0 if fields is None else (int(fields[13]) + int(fields[14])) * _TICK

    def _stat(self, task: int | str) -> list[str] | None:
        """Return what the kernel tells of a process or thread, from its state on (third field of proc_pid_stat(5))."""
        try:
            text = (self._proc / str(task) / "stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None
        # The name may hold spaces and parentheses.
        return text.rpartition(")")[2].split()

    def _clocks(self) -> dict[int, float]:
        clocks = {}
        try:
            names = os.listdir(self._proc)
        except OSError:
            return {}
        for name in names:
            if name.isdigit() and (clock := _clock(int(name))) is not None:
                clocks[int(name)] = clock
        return clocks

    def _idle(self) -> float | None:
        """Return the seconds for which the processors that we may use were idle, since the machine started.

        The kernel keeps idle time exactly; busy time it counts by the tick.
        """
        try:
            lines = (self._proc / "stat").read_text().splitlines()
        except OSError:
            return None
        idle, seen = 0, False
        for line in lines:
            name, _, rest = line.partition(" ")
            if name.startswith("cpu") and name[3:].isdigit() and int(name[3:]) in self._cpus:
                # user nice system idle iowait …
                idle += sum(map(int, rest.split()[3:5]))
                seen = True
        return idle * _TICK if seen else None


def taking_part(before: Mapping[int, int], after: Mapping[int, int]) -> int | None:
    """Return how many threads had at least a tenth of what a process ran between two looks; None where it did not run.

    That is no matter of how many processors they got: two that share one with others still both have a part.
    """
    ran = [taken - before.get(thread, 0) for thread, taken in after.items()]
    whole = sum(ran)
    return sum(each >= _PART * whole for each in ran) if whole > 0 else None


def _clock(pid: int) -> float | None:
    """Return the processor seconds of a process so far, or None where they cannot be read."""
    try:
        # The clock of a whole process, as pthread_getcpuclockid makes it for a thread (Linux).
        return time.clock_gettime((~pid << 3) | 2)
    except (OSError, AttributeError, OverflowError):
        return None


def _allowed() -> frozenset[int]:
    try:
        return frozenset(os.sched_getaffinity(0))
    except AttributeError:
        return frozenset(range(os.cpu_count() or 1))


def _session_of(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except OSError:
        return None
