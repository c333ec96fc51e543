"""The timed rounds of a session: spread over fresh processes, and over further ones for what stays unclear."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from advisor.measurement import comparison, grades
from advisor.measurement.run import Observation
from advisor.measurement.session import sampling, stopping_rule
from advisor.measurement.session.context import Context
from advisor.measurement.session.effort import FURTHER_ROUNDS
from advisor.measurement.session.events import Noticed, PhaseStarted
from advisor.measurement.session.sampling import Cell
from advisor.measurement.session.stopping_rule import Needed
from advisor.measurement.tasks import deployment, preparation
from advisor.measurement.tasks.aa_floor import Twins
from advisor.measurement.tasks.export import Artifact
from advisor.measurement.worker.bench import Bench

# Open pairs that are named.
_NAMED = 6


class Rounds:
    """The timed rounds of one session.

    Parameters
    ----------
    benches : dict of framework id to Bench
        The frameworks' processes; one that cannot be started again is taken out.
    twins : Twins
        The second processes, for the A/A floor.
    artifacts : sequence of Artifact
        What ships, and is timed in processes of its own.
    needed : Needed, optional
        What no longer could change the answer is not timed any further, once two processes of it were heard.
    """

    def __init__(
        self, context: Context, benches: dict[str, Bench], twins: Twins, artifacts: Sequence[Artifact],
        needed: Needed | None = None,
    ) -> None:  # fmt: skip
        self._context = context
        self._benches = benches
        self._twins = twins
        self._artifacts = artifacts
        self._needed = needed or Needed(context)
        self._left: set[str] = set()
        self._told: set[tuple[str, str]] = set()

    def go(self, cells: Sequence[Cell]) -> None:
        """Make the rounds of the session's pace, beginning with these prepared cells, and then the further ones."""
        pace, context = self._context.plan.pace, self._context
        seconds = (len(cells) + len(self._artifacts)) * pace.rounds * pace.block
        context.tell(PhaseStarted("Measure", seconds))
        alive, fresh = list(cells), True
        for segment, rounds in enumerate(np.array_split(np.arange(pace.rounds), pace.segments)):
            numbers = [int(number) for number in rounds]
            alive = [cell for cell in alive if self._still(cell.blank(), numbers[0])]
            self._artifacts = [each for each in self._artifacts if self._still(each.task.latency(), numbers[0])]
            if context.over or self._done(alive, self._artifacts, numbers):
                continue
            if 0 < segment < pace.processes and not fresh:
                alive = self._renewed({cell.group for cell in alive}, twins=True)
            fresh = False
            context.patience.spread(pace.segments - segment + min(1, pace.further))
            alive = self._segment(alive, self._artifacts, numbers, segment)
        groups = {cell.group for cell in alive} | {each.task.group for each in self._artifacts}
        self._go_on(groups)
        if pace.until_decided:
            self._tell_open(groups)
        context.patience.spread(1)

    def _still(self, latency: Observation, number: int) -> bool:
        """Tell whether an observation's rounds from `number` on are needed; where they are not, the Run says so."""
        key, place = str(latency.key), (latency.probe, latency.framework)
        if key not in self._left and self._heard(latency) and (why := self._needed.why_not(latency)) is not None:
            self._left.add(key)
            if place not in self._told:
                self._told.add(place)
                self._needed.leave_out(latency, why, number + 1)
        return key not in self._left

    def _heard(self, latency: Observation) -> bool:
        """Tell whether enough rounds count, from two processes where the session starts several."""
        rounds = self._context.record.rounds(latency)
        counted = grades.counted(rounds) if rounds else []
        processes = {each.process for each in counted}
        several = min(2, self._context.plan.pace.segments if latency.route else self._context.plan.pace.processes)
        return len(counted) >= comparison.ENOUGH_PAIRS and len(processes) >= several

    def _go_on(self, groups: Collection[str]) -> None:
        """Hear further processes of the groups in which a pair is unclear, until none is.

        Two processes of one framework differ by more than two rounds of one process do: when a word is still missing,
        another process tells more than another round. Where the A/A floor is what stands in the way, the floor's own
        processes are heard again, too: it comes from as many as what it is held against.
        """
        pace, context = self._context.plan.pace, self._context
        for further in range(pace.further):
            unclear = self._unclear(groups)
            if context.over or not unclear:
                return
            first = pace.rounds + further * FURTHER_ROUNDS
            numbers = list(range(first, first + FURTHER_ROUNDS))
            artifacts = [each for each in self._artifacts if each.task.group in unclear]
            wide = self._wide_floors(unclear)
            heard = unclear | {context.plan.references[name].group for name in wide}
            tasks = [task for task in context.plan.cells if task.group in heard]
            if self._recorded([task.blank() for task in tasks] + _latencies(artifacts), numbers):
                continue
            if not further:
                seconds = sum(task.again for task in tasks)
                seconds += (len(tasks) + len(artifacts)) * FURTHER_ROUNDS * pace.block
                context.tell(PhaseStarted("Measure again what is unclear, in further processes", seconds))
            cells = self._renewed(heard, twins=bool(wide)) if tasks else []
            context.patience.spread(pace.further - further)
            self._segment(cells, artifacts, numbers, pace.segments + further)

    def _wide_floors(self, groups: Collection[str]) -> set[str]:
        """Return the frameworks in these groups whose A/A floor is wider than the indifference zone."""
        context = self._context
        concerned = {task.framework.id for task in context.plan.cells if task.group in groups} & set(self._benches)
        zone = context.record.start.policy.indifference
        return {name for name, floor in context.record.floors().items() if name in concerned and floor > zone}

    def _segment(
        self, cells: Sequence[Cell], artifacts: Sequence[Artifact], numbers: Sequence[int], segment: int
    ) -> list[Cell]:
        """Make these rounds; return those of `cells` that are still well."""
        context = self._context
        shipped = deployment.start(context, artifacts, segment) if artifacts else []
        well = {id(cell) for cell in sampling.sample(context, [*cells, *shipped], numbers)}
        deployment.finish(context, [cell for cell in shipped if id(cell) in well])
        return [cell for cell in cells if id(cell) in well]

    def _renewed(self, groups: Collection[str], *, twins: bool) -> list[Cell]:
        """Replace the frameworks' processes, and prepare again what is well in these groups."""
        context = self._context
        tasks = [
            task
            for task in context.plan.cells
            if task.group in groups
            and str(task.blank().key) not in self._left
            and (known := context.record.find(task.blank()))
            and known.outcome == "measured"
        ]
        needed = {task.framework.id for task in tasks}
        for task in context.plan.environments:
            name = task.framework.id
            bench = self._benches.get(name)
            if bench is not None and name in needed and not preparation.start(context, task, bench):
                del self._benches[name]
        tasks = [task for task in tasks if task.framework.id in self._benches]
        renewed: list[Cell] = list(preparation.prepare(context, tasks, self._benches, again=True))
        if not twins:
            return renewed
        self._twins.launch()
        return renewed + [twin for twin in self._twins.cells(groups) if str(twin.blank().key) not in self._left]

    def _tell_open(self, groups: Collection[str]) -> None:
        """Say which pairs are still open, of those that are needed."""
        record, pairs = self._context.record, []
        for blanks in self._needed_latencies(groups).values():
            for first, second in stopping_rule.open_pairs(record, blanks):
                where = first.probe if first.route is None else "what ships"
                named = " ".join([where, *(f"{name} {value}" for name, value in first.parameters.items())])
                pairs.append(f"{_side(first)} and {_side(second)} ({named})")
        if not pairs:
            self._context.tell(Noticed("Every pair that is needed is decided."))
            return
        more = f" and {len(pairs) - _NAMED} more" if len(pairs) > _NAMED else ""
        self._context.tell(Noticed(f"Still open: {'; '.join(pairs[:_NAMED])}{more}."))

    def _unclear(self, groups: Collection[str]) -> set[str]:
        record, robbed = self._context.record, self._context.plan.pace.until_decided
        return {
            group
            for group, blanks in self._needed_latencies(groups).items()
            if stopping_rule.unclear(record, blanks, robbed=robbed)
        }

    def _needed_latencies(self, groups: Collection[str]) -> dict[str, list[Observation]]:
        """Return the latencies of each of these groups, as far as more of them could change anything."""
        plan, pace = self._context.plan, self._context.plan.pace
        latencies: dict[str, list[Observation]] = {}
        for group, blank in [(task.group, task.blank()) for task in plan.cells] + [
            (each.task.group, each.task.latency()) for each in self._artifacts
        ]:
            if group in groups and self._still(blank, pace.rounds):
                latencies.setdefault(group, []).append(blank)
        return latencies

    def _done(self, cells: Sequence[Cell], artifacts: Sequence[Artifact], numbers: Sequence[int]) -> bool:
        return self._recorded([cell.blank() for cell in cells] + _latencies(artifacts), numbers)

    def _recorded(self, latencies: Sequence[Observation], numbers: Sequence[int]) -> bool:
        return all(self._context.record.done(each, number) for each in latencies for number in numbers)


def _side(latency: Observation) -> str:
    return "→".join(filter(None, (latency.framework, latency.route))) + (
        f", {latency.setting}" if latency.setting else ""
    )


def _latencies(artifacts: Sequence[Artifact]) -> list[Observation]:
    return [each.task.latency() for each in artifacts]
