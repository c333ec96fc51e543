"""Sessions of the benchmark: a few cells of a few frameworks, measured as a user's session measures them."""

from __future__ import annotations

import io
import math
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

from rich.console import Console

from advisor.measurement import comparison, definitions
from advisor.measurement.comparison import Comparison
from advisor.measurement.definitions import OUT_OF_THE_BOX
from advisor.measurement.run import PINNED_LATENCY, Observation, Run, save_run
from advisor.measurement.session.effort import PACES, Pace
from advisor.measurement.session.plan import Plan, make_plan
from advisor.measurement.session.session import measure
from advisor.measurement.store import Store
from advisor.measurement.worker import bench
from advisor.measurement.worker.answers import Block
from advisor.report.progress import progress
from advisor.report.timed_blocks import blocks
from benchmarks.tables import Result, binomial_tail

FRAMEWORKS = Path(__file__).parent / "frameworks"
# A standard session; what ships and what is measured apart from the rounds is no part of these.
PACE = replace(PACES["standard"], runtime_processes=1, patience=60.0, apart=0)
ONE_PROCESS = replace(PACES["quick"], runtime_processes=1)
# A quiet machine, where a bar asks for one: of the blocks beside nobody of ours others disturbed no more than this.
QUIET = 0.2
# A share that so few would miss as far by chance is missed.
UNLIKELY = 0.05
# Where every Run of a benchmark is kept, to be looked at when a verdict was wrong.
KEEP: dict[str, Path | None] = {"folder": None}

Group = tuple[str, int]
OPEN = "open"


@dataclass(frozen=True)
class Effort:
    """How much of a part of the table is measured.

    Attributes
    ----------
    quick : bool
        Fewer cells, and a few sessions only.
    until : float
        The moment (`time.monotonic`) after which no further session is begun; of each part one is made in any case.
    """

    quick: bool = False
    until: float = math.inf

    @property
    def limited(self) -> bool:
        """Whether time is short: then cells are few, too, so that sessions are many."""
        return self.quick or self.until < math.inf

    @property
    def over(self) -> bool:
        """Whether no further session is begun."""
        return time.monotonic() >= self.until

    def numbers(self, whole: int, few: int) -> Iterator[int]:
        """Yield numbers of sessions to make: as many as the `whole` table has, or a `few`, while there is time."""
        for number in range(few if self.quick else whole):
            if number and self.over:
                return
            yield number


@dataclass
class Burnt:
    """What this process used of a core while blocks ran, and how long they ran; seconds."""

    cpu: float = 0.0
    wall: float = 0.0

    @property
    def share(self) -> float:
        """The share of a core."""
        return self.cpu / self.wall if self.wall else 0.0


@dataclass
class Sessions:
    """Makes sessions one after the other, each with a seed of its own, and keeps account of what they cost.

    Attributes
    ----------
    runs : list of Run
        All of them.
    burnt : Burnt
        What this process burnt during blocks.
    """

    seed: int = 0
    runs: list[Run] = field(default_factory=list)
    burnt: Burnt = field(default_factory=Burnt)

    def one(self, plan: Plan) -> Run:
        """Measure once, with the progress bar that a user would see."""
        self.seed += 1
        console = Console(file=io.StringIO(), force_terminal=True)
        with tempfile.TemporaryDirectory() as folder, progress(console) as shown, self._watched():
            run = measure(plan, store=Store(Path(folder) / "runs"), seed=self.seed, on_event=shown)
        self.runs.append(run)
        if (kept := KEEP["folder"]) is not None:
            kept.mkdir(parents=True, exist_ok=True)
            save_run(run, kept / f"{self.seed:03}.json")
        return run

    @contextmanager
    def _watched(self) -> Iterator[None]:
        asked = bench.Bench.block

        def block(self_: bench.Bench, *arguments: Any) -> Block:
            cpu, wall = time.process_time(), time.perf_counter()
            found = asked(self_, *arguments)
            self.burnt.cpu += time.process_time() - cpu
            self.burnt.wall += time.perf_counter() - wall
            return found

        with patch.object(bench.Bench, "block", block):
            yield


def plan(
    frameworks: Collection[str],
    groups: Collection[Group],
    pace: Pace,
    settings: Collection[str] = (),
    *,
    plain: Collection[Group] = (),
) -> Plan:
    """Return a plan of these cells alone; no `settings` means all, and of the groups in `plain` only the first."""
    found = make_plan(
        definitions=definitions.load(folders=[FRAMEWORKS]), frameworks=frameworks, only=[probe for probe, _ in groups],
        pace=pace,
    )  # fmt: skip
    cells = [
        cell
        for cell in found.cells
        if (cell.workload.probe, cell.batch) in groups
        and (not settings or cell.setting in settings)
        and ((cell.workload.probe, cell.batch) not in plain or cell.setting == OUT_OF_THE_BOX)
    ]
    return replace(found, cells=tuple(cells), skipped=())


def judged(found: int, count: int, least: float) -> bool | None:
    """Return whether so many of so many reach a share; None where there are too few to tell that they do not."""
    if not count or found >= least * count:
        return None if not count else True
    return False if binomial_tail(found, count, least) < UNLIKELY else None


def disturbed(runs: Collection[Run]) -> tuple[int, int]:
    """Return how many blocks of these sessions others disturbed, and how many were timed."""
    counts = [blocks(run).all for run in runs]
    return sum(each.disturbed for each in counts), sum(each.timed for each in counts)


def where_quiet(line: Result, runs: Collection[Run]) -> Result:
    """Return a line whose bar asks for a quiet machine: what missed it is not judged where these sessions met none.

    Parameters
    ----------
    line : Result
        Nothing in it may be wrong on any machine, such as a word for a difference that is none.
    runs : collection of Run
        Sessions beside nobody of ours.
    """
    lost, timed = disturbed(runs)
    if line.holds or lost <= QUIET * timed:
        return line
    told = f"{line.found}; not judged: others disturbed {lost / timed:.0%} of the blocks beside nobody of ours"
    return replace(line, found=told, holds=None)


def stillness(runs: Collection[Run]) -> Result:
    """Return how quiet the machine was in sessions beside nobody of ours: lines that need it to be are read by this."""
    lost, timed = disturbed(runs)
    rounds = [block for run in runs for each in run.observations for block in each.rounds]
    bounces = sorted(1e9 * block.canary for block in rounds if block.canary is not None)
    apart = f"; a bounce between the cores {median(bounces):.0f} ns, {bounces[0]:.0f} at best" if bounces else ""
    return Result(
        f"How quiet the machine was: {len(runs)} sessions beside nobody of ours",
        f"{lost / timed:.0%} of {timed:,} blocks disturbed by others{apart}",
        "–",
        holds=None,
    )


def latency(run: Run, framework: str, group: Group, setting: str, metric: str = "latency") -> Observation:
    """Return the observation of one cell."""
    return next(
        each
        for each in run.observations
        if (each.framework, each.probe, each.parameters.get("batch"), each.setting) == (framework, *group, setting)
        and each.metric == metric
    )


def verdict(run: Run, group: Group, first: tuple[str, str], second: tuple[str, str]) -> tuple[str, Comparison]:
    """Return what a Run says of two cells, each a framework and a setting: a word, or `OPEN` without any ratio."""
    sides = [latency(run, framework, group, setting) for framework, setting in (first, second)]
    zone = comparison.zone(run.policy, run.aa_floor, {first[0], second[0]})
    found = comparison.compare(sides[0], sides[1], zone=zone)
    return (OPEN if found.ratio is None else found.word), found


def word_on_one_thread(run: Run, group: Group, first: tuple[str, str], second: tuple[str, str]) -> str | None:
    """Return the word for two cells on one pinned thread; None where they needed none, having been left alone."""
    try:
        sides = [latency(run, framework, group, mode, PINNED_LATENCY) for framework, mode in (first, second)]
    except StopIteration:
        return None
    return comparison.compare(sides[0], sides[1], zone=run.policy.indifference).word
