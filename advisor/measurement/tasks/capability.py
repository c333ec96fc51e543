"""Capabilities proved: each recipe in a fresh worker of its own, within its limits."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Sequence
from pathlib import Path

from advisor.measurement.run import Observation
from advisor.measurement.session.context import Context
from advisor.measurement.session.sampling import failed
from advisor.measurement.session.stopping_rule import Needed
from advisor.measurement.tasks.kinds import CapabilityTask
from advisor.measurement.tasks.recipe_process import RecipeProcess
from advisor.measurement.worker.answers import Concluded, WorkerError
from advisor.measurement.worker.framework import FrameworkProcess
from advisor.measurement.worker.protocol import Pending


def prove(context: Context, tasks: Sequence[CapabilityTask], needed: Needed) -> None:
    """Run every recipe, one after the other, and record what came out; one that fails costs its own outcome only.

    The variants of one recipe share a process, as long as it lives. A recipe that is not `needed` any more is left out.
    """
    for _, variants in itertools.groupby(tasks, key=lambda task: (task.capability.id, task.framework.id)):
        group = needed.due(variants)
        if not group:
            continue
        first = group[0]
        scratch = context.scratch / f"{first.capability.id}-{first.framework.id}"
        process = RecipeProcess(context, first.framework, first.probe, first.capability.limits, scratch)
        with contextlib.closing(process):
            _prove(context, group, process)


def _prove(context: Context, tasks: Sequence[CapabilityTask], process: RecipeProcess) -> None:
    for task in tasks:
        with context.task(task.title, task.estimate) as result, context.spending.on("preparation"):
            try:
                concluded = process.collect(process.send(_asking(task, process.folder())))
                found = observed(task.blank().model_copy(update={"how": process.how}), concluded)
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


def _asking(task: CapabilityTask, folder: Path) -> Callable[[FrameworkProcess], Pending[Concluded]]:
    return lambda running: running.send_proof(task.probe, folder, dict(task.parameters))


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
            "variant": proof.pop("variant", None) if chosen else None,
            "outcome": concluded.outcome,
            "proof": proof or None,
            "message": concluded.message,
            "where": concluded.where,
            "seconds": concluded.seconds,
        }
    )
