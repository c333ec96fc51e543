"""Capabilities proved: each recipe in a fresh worker of its own, within its limits."""

from __future__ import annotations

import contextlib
import itertools
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from advisor.measurement.run import Observation, Outcome
from advisor.measurement.session.context import Context
from advisor.measurement.session.relevance import Needed
from advisor.measurement.session.sampling import failed
from advisor.measurement.tasks.kinds import CapabilityTask
from advisor.measurement.worker.answers import WorkerError
from advisor.measurement.worker.client import Worker
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
                body = recipe.run(task)
                found = observed(task.blank().model_copy(update={"how": recipe.how}), body)
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


def observed(blank: Observation, body: Mapping[str, Any]) -> Observation:
    """Return the observation that a worker's answer to ``prove`` makes of `blank`."""
    outcome = body.get("outcome")
    proof = dict(body.get("proof") or {})
    if "artifact" in proof:
        # The folder is gone when the session ends; the name is what a reader of the Run can use.
        proof["artifact"] = Path(str(proof["artifact"])).name
    return blank.model_copy(
        update={
            "outcome": outcome if outcome in get_args(Outcome) else "error",
            "proof": proof or None,
            "message": body.get("message"),
            "where": body.get("where"),
            "seconds": body.get("seconds"),
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
        self._running: tuple[Worker, Confinement] | None = None
        # The versions there: those of the Run are the framework's own Python's.
        self.how: str | None = None

    def run(self, task: CapabilityTask) -> Mapping[str, Any]:
        """Return the body of the worker's answer."""
        try:
            worker, confined = self._ready()
            folder = Path(tempfile.mkdtemp(dir=self._scratch))
            parameters = dict(task.parameters)
            sent = worker.send("prove", probe=task.probe, folder=str(folder), parameters=parameters)
            return confined.collect(sent).body
        except WorkerError:
            self.close()
            raise

    def close(self) -> None:
        """End the process with all that it started, and remove what it wrote; safe to call again."""
        if self._running is not None:
            self._running[1].end()
            self._running = None
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _ready(self) -> tuple[Worker, Confinement]:
        if self._running is None:
            name, context = self._framework.id, self._context
            home = context.plan.definitions.homes.get(name)
            self._scratch.mkdir()
            worker = context.worker(
                "framework", name, *(("--frameworks-folder", str(home)) if home else ()), scratch=self._scratch,
                python=context.environments[name].python_for(self._probe), name=f"the {self._framework.title} worker",
            )  # fmt: skip
            self._running = worker, Confinement(worker, self._scratch, self._limits)
            told = self._running[1].collect(worker.send("describe", threads=context.threads)).value
            if self._probe in context.environments[name].own:
                versions = ", ".join(f"{package} {version}" for package, version in sorted(told["packages"].items()))
                self.how = f"in an environment of its own: {versions}"
        return self._running
