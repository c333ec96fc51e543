"""Capabilities proved: each recipe in a fresh worker of its own, within its limits."""

from __future__ import annotations

import contextlib
import itertools
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from advisor.measurement.run import Observation
from advisor.measurement.session.context import Context
from advisor.measurement.session.sampling import failed
from advisor.measurement.session.stopping_rule import Needed
from advisor.measurement.tasks.kinds import CapabilityTask
from advisor.measurement.worker.answers import Concluded, WorkerError
from advisor.measurement.worker.framework import FrameworkProcess
from advisor.measurement.worker.limits import Confinement


def prove(context: Context, tasks: Sequence[CapabilityTask], needed: Needed) -> None:
    """Run every recipe, one after the other, and record what came out; one that fails costs its own outcome only.

    The variants of one recipe share a process, as long as it lives. A recipe that is not `needed` any more is left out.
    """
    for _, variants in itertools.groupby(tasks, key=lambda task: (task.capability.id, task.framework.id)):
        group = needed.due(variants)
        if not group:
            continue
        with contextlib.closing(_Recipe(context, group[0])) as recipe:
            _prove(context, group, recipe)


def _prove(context: Context, tasks: Sequence[CapabilityTask], recipe: _Recipe) -> None:
    for task in tasks:
        with context.task(task.title, task.estimate) as result, context.spending.on("preparation"):
            try:
                concluded = recipe.run(task)
                found = observed(task.blank().model_copy(update={"how": recipe.how}), concluded)
            except WorkerError as error:
                result.outcome, result.message = error.outcome, error.message
                failed(context, task.blank(), error)
                continue
            if found.outcome == "not_installed":
                mend = context.environments[task.framework.id].mend.get(task.probe)
                install = mend or task.capability.install.get(task.framework.id, task.framework.install)
                found = found.model_copy(update={"message": f"{found.message}: {install}"})
            result.outcome, result.message = found.outcome, found.message
            context.record.observe(found)


def observed(blank: Observation, concluded: Concluded) -> Observation:
    """Return the observation that a worker's answer to ``prove`` makes of `blank`."""
    proof = dict(concluded.proof or {})
    if "artifact" in proof:
        # The folder is gone when the session ends; the name is what a reader of the Run can use.
        proof["artifact"] = Path(str(proof["artifact"])).name
    # Where the export had a choice: what was taken, beside the Python that it was done in.
    chosen = "tried" in proof
    words = [each for each in (blank.how, proof.pop("how", None) if chosen else None) if each]
    return blank.model_copy(
        update={
            "how": "; ".join(words) or None,
            "setting": proof.pop("setting", None) if chosen else None,
            "outcome": concluded.outcome,
            "proof": proof or None,
            "message": concluded.message,
            "where": concluded.where,
            "seconds": concluded.seconds,
        }
    )


class _Recipe:
    """The confined worker of one recipe: started when it is first needed, and again when it was lost."""

    def __init__(self, context: Context, task: CapabilityTask) -> None:
        self._context = context
        self._framework = task.framework
        self._probe = task.probe
        self._limits = task.capability.limits
        self._scratch = context.scratch / f"{task.capability.id}-{task.framework.id}"
        self._running: tuple[FrameworkProcess, Confinement] | None = None
        # The versions there: those of the Run are the framework's own Python's.
        self.how: str | None = None

    def run(self, task: CapabilityTask) -> Concluded:
        """Return what became of the recipe."""
        try:
            process, confined = self._ready()
            folder = Path(tempfile.mkdtemp(dir=self._scratch))
            return confined.collect(process.send_proof(task.probe, folder, dict(task.parameters)))
        except WorkerError:
            self.close()
            raise

    def close(self) -> None:
        """End the process with all that it started, and remove what it wrote; safe to call again."""
        if self._running is not None:
            self._running[1].end()
            self._running = None
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _ready(self) -> tuple[FrameworkProcess, Confinement]:
        if self._running is None:
            environment = self._context.environments[self._framework.id]
            self._scratch.mkdir()
            process = self._context.framework_process(
                self._framework, python=environment.python_for(self._probe), scratch=self._scratch
            )
            self._running = process, Confinement(process.worker, self._scratch, self._limits)
            described = self._running[1].collect(process.describing)
            if self._probe in environment.own:
                versions = ", ".join(f"{package} {version}" for package, version in sorted(described.packages.items()))
                self.how = f"in an environment of its own: {versions}"
        return self._running
