"""How much slower a framework gets while another process keeps one core busy, and what helps.

People share machines, so that is a figure of its own. The load is ours: one process in a session of its own (on Linux
schedulers that group by session this is the worst neighbor), at rest while the quiet blocks are timed, and bounded
in processor time. Threads that spin while they wait for each other suffer most: hence the two remedies, OpenMP's
passive waiting and one thread fewer.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from advisor.measurement import statistics
from advisor.measurement.definitions import OUT_OF_THE_BOX
from advisor.measurement.disturbance import Disturbance
from advisor.measurement.run import Observation
from advisor.measurement.session.context import Context
from advisor.measurement.session.events import Noticed
from advisor.measurement.tasks.kinds import CellTask, ExperimentTask
from advisor.measurement.timing import UNDER_LOAD, Summary
from advisor.measurement.worker.answers import Block, WorkerError
from advisor.measurement.worker.framework import FrameworkProcess

PAIRS = 6
BATCH = 64
# Processor seconds of our own load, at most, for one framework and remedy.
LOAD_SECONDS = 10.0
# The scheduler needs a moment to spread a load that was just woken.
WARM_UP = 0.05
_SCRIPT = Path(__file__).with_name("load_process.py")
_AUTOGROUP = Path("/proc/sys/kernel/sched_autogroup_enabled")


def slow_down(context: Context, task: ExperimentTask) -> Observation:
    """Time one training step alone and beside our own load, in turns, in a fresh process; return the ratio.

    Raises
    ------
    WorkerError
        When the framework's process fails; ``not_applicable`` with a single thread, where there is none to take away.
    """
    remedy = str(task.parameters["remedy"])
    threads = context.threads - 1 if remedy == "fewer-threads" else context.threads
    if threads < 1:
        raise WorkerError("a single thread leaves none to take away", outcome="not_applicable")
    policy = {"OMP_WAIT_POLICY": "PASSIVE"} if remedy == "passive-waiting" else {}
    context.tell(
        Noticed(f"{task.title}: advisor keeps one core busy itself now, for at most {LOAD_SECONDS:.0f} s of its time")
    )
    with context.framework_process(task.framework, threads=threads, extra=policy) as process, Load() as load:
        process.described()
        ready = process.prepare(_step(context, task))
        pairs, disturbed = [], 0
        for _ in range(PAIRS):
            quiet, met = _quiet(context, process, ready.cell)
            disturbed += bool(met)
            with load.at_work():
                pairs.append((median(_timed(context, process, ready.cell).calls), quiet))
    found = statistics.paired_ratio([pairs], seed=context.seed)
    details = {
        "quiet": median(quiet for _, quiet in pairs),
        "busy": median(busy for busy, _ in pairs),
        "threads": threads,
        "omp_wait_policy": policy.get("OMP_WAIT_POLICY", "not set"),
        "autogroup": _AUTOGROUP.read_text().strip() if _AUTOGROUP.exists() else "not available",
        "disturbed_quiet_blocks": disturbed,
    }
    how = f"{ready.how}, {threads} thread{'s' if threads > 1 else ''}, "
    return task.blank().model_copy(
        update={
            "outcome": "measured",
            "how": how + f"OMP_WAIT_POLICY {policy.get('OMP_WAIT_POLICY', 'not set')}",
            "summary": Summary(median=found.value, low=found.low, high=found.high, n=len(pairs)),
            "proof": details,
            "grade": UNDER_LOAD if disturbed > PAIRS // 2 else None,
        }
    )


def _step(context: Context, task: ExperimentTask) -> CellTask:
    """Return the training step that is timed: the workload's own, in a batch of a size for this."""
    workload, setting = task.experiment.workload, task.experiment.setting or OUT_OF_THE_BOX
    known = context.plan.definitions.workloads
    (work,) = [each for each in known if (each.workload, each.task) == (workload, "training")]
    return CellTask(task.framework, work, BATCH, setting)


def _timed(context: Context, process: FrameworkProcess, cell: int) -> Block:
    pace = context.plan.pace
    return process.block(cell, pace, settle=pace.settle)


def _quiet(context: Context, process: FrameworkProcess, cell: int) -> tuple[float, tuple[Disturbance, ...]]:
    """Time a block beside nobody; while others disturb, time it again as long as the session has patience."""
    seen: list[tuple[float, tuple[Disturbance, ...]]] = []

    def attempt() -> Disturbance | None:
        found, sight = context.guard.block(
            lambda: _timed(context, process, cell), stack=f"busy {process.pid}", process=lambda: process.pid
        )
        seen[:] = [(median(found.calls), sight.disturbances)]
        return next((each for each in sight.disturbances if each.kind == "robbed"), None)

    context.patience.until_quiet(attempt)
    return seen[0]


class Load:
    """One process that keeps a core busy while asked to, in a session of its own.

    It ends with this object, with the process that started it, or when it has used up `seconds` of processor time.
    """

    def __init__(self, seconds: float = LOAD_SECONDS) -> None:
        self._seconds = seconds
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(_SCRIPT), str(seconds)], start_new_session=True,
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={},
        )  # fmt: skip

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Keep a core busy during the block.

        Raises
        ------
        WorkerError
            When the load had ended before the block did: then its times are not those beside a neighbor.
        """
        self._toggle()
        time.sleep(WARM_UP)
        yield
        self._toggle()
        if self.process.poll() is not None:
            raise WorkerError(f"our own load had used up its {self._seconds:.0f} s before all blocks were timed")

    def __enter__(self) -> Load:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):
            self.process.stdin.close()

    def _toggle(self) -> None:
        assert self.process.stdin is not None
        with contextlib.suppress(OSError):
            self.process.stdin.write(b"!")
            self.process.stdin.flush()
