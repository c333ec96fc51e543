"""The phases of a session, in their order: start, prepare, export, sample, prove.

Where somebody tells what the session is for, each phase first asks what of it is still needed: what can put a stack out
comes before what only says how good it is, and what could no longer change the answer is left out.
"""

from __future__ import annotations

from datetime import UTC, datetime
from statistics import median

from advisor.measurement import statistics
from advisor.measurement.interference import interference
from advisor.measurement.omission import Kind
from advisor.measurement.run import Observation, Skipped
from advisor.measurement.run_index import CEILING
from advisor.measurement.session import sampling
from advisor.measurement.session.context import Context
from advisor.measurement.session.events import LeftOut, Noticed, PhaseStarted
from advisor.measurement.session.rounds import Rounds
from advisor.measurement.session.stopping_rule import Needed
from advisor.measurement.tasks import capability, deployment, experiment, export, memory, preparation, single_core
from advisor.measurement.tasks.aa_floor import Twins
from advisor.measurement.tasks.export import Artifact, Digits
from advisor.measurement.tasks.kinds import CapabilityTask, CellTask, ExperimentTask, RouteTask
from advisor.measurement.worker.answers import WorkerError
from advisor.measurement.worker.bench import Bench

_TRAINING = "train the network that the routes ship"
_TRAINING_ESTIMATE = 4.0


class Phases:
    """The phases of one session.

    Attributes
    ----------
    whole : bool
        Whether everything that was planned has been tried; false once the budget of time has cut something.
    """

    def __init__(self, context: Context) -> None:
        self.context = context
        self.plan = context.plan
        self.benches: dict[str, Bench] = {}
        self.needed = Needed(context)
        self.twins = Twins(context, {})
        self.whole = True

    def go(self) -> None:
        """Go through all phases."""
        self._start_first()
        self._prove(first=True)
        self._ceilings()
        cells = self._prepare()
        # Nothing of the exports is compared, so the second processes may import meanwhile.
        self.twins = Twins(self.context, self.benches)
        self.twins.launch()
        artifacts = self._export()
        cells += self.twins.cells()
        Rounds(self.context, self.benches, self.twins, artifacts, self.needed).go(cells)
        self._tell_cut_short()
        self.twins.stop()
        single_core.measure(self.context, self.needed, artifacts)
        self._tell_interference()
        self._apart()
        self._prove()
        self._effective_threads()

    def _start_first(self) -> None:
        tell, plan = self.context.tell, self.plan
        tell(PhaseStarted("Start the frameworks", sum(task.estimate for task in plan.environments)))
        for task in plan.environments:
            environment = self.context.environments[task.framework.id]
            if not environment.present:
                text = environment.message or f"{task.framework.title} is not installed"
                tell(Noticed(f"{text}: {environment.install}"))
                error = WorkerError(f"{text}: {environment.install}", outcome="not_installed")
                preparation.missing(self.context, task, error)
                continue
            bench = Bench(self.context, task.framework)
            if preparation.start(self.context, task, bench):
                self.benches[task.framework.id] = bench

    def _ceilings(self) -> None:
        """Measure what the machine reaches, before anything is timed: what is fast enough can be a multiple of it."""
        tasks = [task for task in self._experiments() if task.probe == CEILING]
        if not self.context.over:
            experiment.conduct(self.context, tasks, self.benches, self.needed)

    def _experiments(self) -> list[ExperimentTask]:
        return [task for task in self.plan.experiments if task.framework.id in self.benches and self._untried(task)]

    def _prepare(self) -> list[sampling.Cell]:
        tasks = [task for task in self.plan.cells if task.framework.id in self.benches and self._due(task)]
        tasks = self.needed.due(tasks)
        if tasks:
            self.context.tell(PhaseStarted("Prepare the workloads", sum(task.estimate for task in tasks)))
        return list(preparation.prepare(self.context, tasks, self.benches))

    def _due(self, task: CellTask | RouteTask) -> bool:
        """Tell whether something of a task is still to be measured; in a session that is resumed, much is not."""
        record, latency = self.context.record, task.latency()
        if isinstance(task, RouteTask) and not self._untried(task):
            found = record.find(task.blank())
            if found is not None and found.outcome != "proved":
                return False
        return not all(record.done(latency, number) for number in range(self.plan.pace.rounds))

    def _untried(self, task: RouteTask | ExperimentTask | CapabilityTask) -> bool:
        found = self.context.record.find(task.blank())
        return found is None or found.outcome == "not_run"

    def _export(self) -> list[Artifact]:
        """Export what ships; return what is to be timed."""
        context = self.context
        tasks = [task for task in self.plan.routes if task.framework.id in self.benches and self._due(task)]
        tasks = self.needed.due(tasks)
        if not tasks:
            return []
        context.tell(PhaseStarted("Export and prove the routes", self.plan.exporting(tasks)))
        digits: Digits | None = None
        with context.spending.on("preparation"):
            if trained := [task for task in tasks if task.trained]:
                with context.task(_TRAINING, _TRAINING_ESTIMATE) as result:
                    try:
                        digits = export.train(context, next(iter(self.benches.values())))
                    except WorkerError as error:
                        result.outcome, result.message = error.outcome, error.message
                        for task in trained:
                            sampling.failed(context, task.blank(), error)
                        tasks = [task for task in tasks if not task.trained]
            artifacts = export.prove(context, tasks, self.benches, digits, self.needed)
        if digits is not None:
            artifacts = deployment.check(context, artifacts, digits)
        still = self.needed.due(artifact.task for artifact in artifacts)
        return [artifact for artifact in artifacts if artifact.task in still and artifact.task.timed]

    def _apart(self) -> None:
        """Measure what is no part of the rounds, as long as the budget allows."""
        tasks = self._experiments()
        if self.context.over and (tasks or self.plan.pace.apart):
            self._left_out("*", "budget_apart")
            return
        experiment.shapes(self.context, self.benches)
        experiment.conduct(self.context, tasks, self.benches, self.needed)
        memory.measure(self.context, self.benches)

    def _prove(self, *, first: bool = False) -> None:
        """Prove the capabilities, last, when the frameworks' own processes need no memory any more.

        Only those without which a framework is out come `first`: then nothing of it need be timed.
        """
        tasks = [task for task in self.plan.capabilities if task.framework.id in self.benches and self._untried(task)]
        tasks = [task for task in tasks if not first or task.probe in self.plan.first]
        if tasks and self.context.over:
            self._left_out("capability:*", "budget_capabilities")
        elif tasks:
            for bench in () if first else self.benches.values():
                bench.stop()
            self.context.tell(PhaseStarted("Prove the capabilities", sum(task.estimate for task in tasks)))
            capability.prove(self.context, tasks, self.needed)

    def _latencies(self) -> list[Observation]:
        plan = self.plan
        timed = [route for route in plan.routes if route.timed]
        return [cell.blank() for cell in plan.cells] + [route.latency() for route in timed]

    def _left_out(self, probe: str, kind: Kind, *, first: int | None = None, last: int | None = None) -> None:
        left_out = Skipped(probe=probe, kind=kind, budget=self.plan.budget, first=first, last=last)
        self.context.record.skip(left_out)
        self.whole = False
        self.context.tell(LeftOut(left_out))

    def _tell_cut_short(self) -> None:
        latencies = self._latencies()
        made = {block.round for latency in latencies for block in self.context.record.rounds(latency)}
        if self.context.over and latencies and len(made) < self.plan.pace.rounds:
            self._left_out("*", "budget_rounds", first=len(made) + 1, last=self.plan.pace.rounds)

    def _tell_interference(self) -> None:
        """Say how much others disturbed, where it made figures wider."""
        record = self.context.record
        run = record.run(finished=datetime.now(UTC), complete=False)
        if sentence := interference(run.observations).sentence:
            self.context.tell(Noticed(f"{sentence[0].upper()}{sentence[1:]}."))

    def _effective_threads(self) -> None:
        """Record processor seconds per second of wall clock, of the workload that keeps most threads busy."""
        record = self.context.record
        for task in self.plan.environments:
            cells = [record.rounds(cell.blank()) for cell in self.plan.cells if cell.framework == task.framework]
            # Where no block of a cell was left alone, its disturbed ones have to do.
            blocks = [[each for each in rounds if each.accepted] or rounds for rounds in cells if rounds]
            if not blocks:
                continue
            busiest = max(([each.cpu / each.wall for each in rounds] for rounds in blocks), key=median)
            summary = statistics.sampled(busiest)
            record.observe(
                task.blank("effective-threads").model_copy(update={"outcome": "measured", "summary": summary})
            )
            known = record.frameworks()[task.framework.id]
            record.framework(task.framework.id, known.model_copy(update={"threads_effective": summary.median}))
