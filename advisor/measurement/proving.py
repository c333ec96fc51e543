"""Capabilities proved: each recipe in a fresh worker of its own, within its limits."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from advisor.measurement.answers import WorkerError
from advisor.measurement.capabilities import CapabilityTask
from advisor.measurement.confinement import Confinement
from advisor.measurement.context import Context
from advisor.measurement.run import Observation, Outcome
from advisor.measurement.sampling import failed


def prove(context: Context, tasks: Sequence[CapabilityTask]) -> None:
    """Run every recipe, one after the other, and record what came out; one that fails costs its own outcome only."""
    for task in tasks:
        with context.task(task.title, task.estimate) as result, context.spending.on("preparation"):
            try:
                found = observed(task.blank(), _body(context, task))
            except WorkerError as error:
                result.outcome, result.message = error.outcome, error.message
                failed(context, task.blank(), error)
                continue
            if found.outcome == "not_installed":
                install = task.capability.install.get(task.framework.id, task.framework.install)
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


def _body(context: Context, task: CapabilityTask) -> Mapping[str, Any]:
    name = task.framework.id
    scratch = context.scratch / f"{task.capability.id}-{name}"
    folder = scratch / "artifacts"
    folder.mkdir(parents=True)
    home = context.plan.definitions.homes.get(name)
    worker = context.worker(
        "framework", name, *(("--frameworks-folder", str(home)) if home else ()),
        python=context.environments[name].python, name=f"the {task.framework.title} worker", scratch=scratch,
    )  # fmt: skip
    confined = Confinement(worker, scratch, task.capability.limits)
    try:
        _ = confined.collect(worker.send("describe", threads=context.threads)).value
        return confined.collect(worker.send("prove", probe=task.probe, folder=str(folder))).body
    finally:
        confined.end()
        shutil.rmtree(scratch, ignore_errors=True)
