"""The client of the canary: two sleeping processes that tell what a virtual machine's host does unseen.

Two things no clock of the guest tells: that the host has moved its cores apart, and that another machine works on the
other thread of the same physical core, which nearly halves what this one gets done. A byte that the two processes
bounce shows the first, work that is always the same the second.
"""

from __future__ import annotations

import contextlib
import math
import os
import platform
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from advisor import paths
from advisor.measurement import host
from advisor.measurement.disturbance import WORK_LIMIT, Disturbance, seen
from advisor.measurement.noise.baseline import Memory, Shortest
from advisor.measurement.noise.watch import AVAILABLE

# Bounces of one quiet machine differ by a third, and now and then one is shorter than all others by as much: the
# shortest of all would condemn every later block. The shortest tenth of a session is stable, and still far below the
# bounces of cores that the host has moved apart. Work that nobody slows differs by a hundredth, and where neighbors are
# busy most of the time, few looks find it so.
SHORT_BOUNCE = 0.1
SHORT_WORK = 0.02
BOUNCE = "ping-pong canary"
WORK = "the same work on both cores"
_SCRIPT = Path(__file__).with_name("canary_process.py")
_ANSWER_LENGTH = 96


@dataclass(frozen=True)
class Answer:
    """What one look found, in nanoseconds; infinity where a core did not come.

    ``bounce``: a byte's way from core to core and back, None on a machine with one; ``work``: what the same work took
    on each core, by its number.
    """

    bounce: float | None
    work: Mapping[int, float] = field(default_factory=dict)


class Canary:
    """A pair of sleeping processes that can be asked how close their cores are, and whether anything slows them.

    They keep to the first and the last core that may be used: where cores are of two kinds (big.LITTLE), that is one of
    each, and each is held against its own shortest. On one core there is one process, which only works.

    Parameters
    ----------
    cpu : str
        The processor's name; part of what identifies a host.
    memory : path, optional
        The file that remembers what every host was at its quietest; default one in the user's cache folder.
    remember : bool
        Whether this session's own figures are kept for the next.
    virtual : bool, optional
        Whether this is a virtual machine; default what the system says. Elsewhere whoever shares a core is seen on the
        clocks of the processes, and work takes longer on a warm processor without anybody else's doing.

    Attributes
    ----------
    missing : str or None
        Why there is no canary here, when there is none.
    """

    def __init__(
        self, cpu: str, memory: Path | None = None, *, virtual: bool | None = None, remember: bool = True
    ) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._works = bool(host.virtual() if virtual is None else virtual)
        self._remember = remember
        self.missing: str | None = None
        try:
            cpus = sorted(os.sched_getaffinity(0))
        except AttributeError:
            self.missing = "not available: this system does not pin processes to cores"
            cpus = []
        self._cores = list(dict.fromkeys(cpus[:1] + cpus[-1:]))
        self._pair = len(self._cores) > 1
        named = f"{platform.node()} | {cpu} | cores {cpus[:1]} {cpus[-1:]} | Python {platform.python_version()}"
        self._memory = Memory(memory or paths.cache() / "canary.json", named)
        self.bounces = Shortest(SHORT_BOUNCE, self._memory.lowest("bounce"))
        self.works = {
            core: Shortest(SHORT_WORK, self._memory.lowest(f"core {core}"), WORK_LIMIT) for core in self._cores
        }
        if self.missing is None:
            self._start()

    @property
    def signals(self) -> dict[str, str]:
        """Which of the two things can be seen here, and why the other cannot."""
        work = AVAILABLE if self._works else "not used: it is for virtual machines"
        bounce = AVAILABLE if self._pair else "not available: it needs two cores"
        return {BOUNCE: self.missing or bounce, WORK: self.missing or work}

    def look(self) -> Answer | None:
        """Return what the two find now, or None without a canary."""
        process = self._process
        if process is None:
            return None
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(b"\n")
            process.stdin.flush()
            told = [float(each) for each in process.stdout.readline(_ANSWER_LENGTH).split()]
            bounce, work = (told[0], told[1:]) if self._pair else (None, told)
            figures = dict(zip(self._cores, work, strict=True))
            found = Answer(bounce, figures if self._works else {})
        except (OSError, ValueError, IndexError):
            self.missing = "not available: its process ended"
            self._stop()
            return None
        if found.bounce is not None:
            self.bounces.add(found.bounce)
        for core, taken in found.work.items():
            self.works[core].add(taken)
        return found

    def disturbances(self, *looks: Answer | None) -> tuple[Disturbance, ...]:
        """Return what these looks saw that is more than usual."""
        found = [each for each in looks if each is not None]
        disturbances = []
        if any(math.isinf(figure) for each in found for figure in (each.bounce or 0.0, *each.work.values())):
            disturbances.append(seen("core"))
        for core, shortest in self.works.items():
            worst = _longest(each.work[core] for each in found if each.work)
            if worst > shortest.limit * shortest.lowest:
                disturbances.append(seen("work", worst / 1e9, shortest.lowest / 1e9, core))
        worst = _longest(each.bounce or 0.0 for each in found)
        if worst > self.bounces.limit * self.bounces.lowest:
            disturbances.append(seen("bounce", worst / 1e9, self.bounces.lowest / 1e9))
        return tuple(disturbances)

    def slowdown(self, *looks: Answer | None) -> float | None:
        """Return how many times as long as at its shortest the work took at most in these looks; None where not known.

        What is less than `WORK_LIMIT` is as usual for a block, and yet moves a time that is said to a few percent.
        """
        ratios = [
            taken / self.works[core].lowest
            for each in looks
            if each is not None
            for core, taken in each.work.items()
            if math.isfinite(taken) and self.works[core].lowest > 0
        ]
        return max(1.0, *ratios) if ratios else None

    def close(self) -> None:
        """End the processes and remember what this host was at its quietest."""
        self._stop()
        if self._remember:
            self._memory.keep({"bounce": self.bounces} | {f"core {core}": each for core, each in self.works.items()})

    def _start(self) -> None:
        command = [sys.executable, "-I", "-S", str(_SCRIPT), *map(str, self._cores)]
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


def _longest(figures: Iterable[float]) -> float:
    """Return the largest finite figure; a core that did not come is told of apart."""
    return max(filter(math.isfinite, figures), default=0.0)
