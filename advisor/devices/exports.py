"""What becomes a bundle: a session that exports and proves the routes, times nothing, and keeps what it exported."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from advisor.errors import EXIT_PROBING, AdvisorError
from advisor.measurement.run import Run
from advisor.measurement.session import session as sessions
from advisor.measurement.session.context import Context
from advisor.measurement.session.events import Listener, ignore
from advisor.measurement.session.phases import Phases
from advisor.measurement.session.plan import Plan
from advisor.measurement.session.sampling import failed
from advisor.measurement.store import Store
from advisor.measurement.tasks.deployment import RuntimeProcess
from advisor.measurement.tasks.export import Artifact
from advisor.measurement.tasks.kinds import RouteTask
from advisor.measurement.worker.answers import WorkerError

_DIGITS = {
    "inputs": "held-out.npy",
    "labels": "held-out-labels.npy",
    "predictions": "held-out-predictions.npy",
}


@dataclass(frozen=True)
class Kept:
    """An artifact that was exported and proved, one input of its network, and the answers that its runtime gave.

    The answers are those to the held-out digits where the network is trained on them, and to the input elsewhere.
    """

    task: RouteTask
    path: Path
    sample: Path
    answers: Path


@dataclass(frozen=True)
class Exports:
    """What a session exported, in a folder of its own.

    ``run`` holds its proofs, sizes and accuracies; ``digits`` the held-out digits, their labels and the referee's
    answers as NumPy files by name, where a network that is trained on them ships.
    """

    run: Run
    artifacts: Sequence[Kept]
    digits: Mapping[str, Path]


class _Steps(Phases):
    """Exports, proves and keeps; nothing is timed."""

    def __init__(self, context: Context, folder: Path) -> None:
        super().__init__(context)
        self.folder = folder
        self.kept: list[Kept] = []
        self.digits: dict[str, Path] = {}

    def go(self) -> None:
        """Export every route, and copy what was proved before the session's own folder is gone."""
        self._start_first()
        for each in self._export():
            try:
                self.kept.append(self._keep(each))
            except WorkerError as error:
                failed(self.context, each.task.latency(), error)
        if any(each.task.trained for each in self.kept):
            for name, file in _DIGITS.items():
                self.digits[name] = self.folder / f"{name}.npy"
                shutil.copy(self.context.scratch / "digits" / file, self.digits[name])

    def _keep(self, artifact: Artifact) -> Kept:
        here = self.folder / artifact.task.folder
        here.mkdir(parents=True)
        copied, answers = here / artifact.path.name, here / "answers.npz"
        if artifact.path.is_dir():
            shutil.copytree(artifact.path, copied)
        else:
            shutil.copy(artifact.path, copied)
        if artifact.task.trained:
            np.savez(answers, inputs=np.load(artifact.path.with_name("held-out-answers.npy")))
        else:
            running = RuntimeProcess(self.context, artifact)
            try:
                running.answer(artifact.sample, answers)
            finally:
                running.stop()
        sample = here / f"sample{artifact.sample.suffix}"
        shutil.copy(artifact.sample, sample)
        return Kept(artifact.task, copied, sample, answers)


def export(
    plan: Plan, folder: Path, *, store: Store, pythons: Mapping[str, Path] | None = None, seed: int = 0,
    threads: int | None = None, label: str | None = None, on_event: Listener = ignore,
) -> Exports:  # fmt: skip
    """Export and prove the routes of a plan into an empty folder.

    Raises
    ------
    AdvisorError
        Exit code 3 when no route could be proved: the first reason is named, and the Run, which is kept, has all.
    """
    folder.mkdir(parents=True)
    made: list[_Steps] = []

    def steps(context: Context) -> _Steps:
        made.append(_Steps(context, folder))
        return made[0]

    only = replace(plan, cells=(), experiments=(), capabilities=(), pace=replace(plan.pace, rounds=1, processes=1))
    try:
        run = sessions.measure(
            only, store=store, pythons=pythons, seed=seed, threads=threads, label=label, on_event=on_event, steps=steps
        )
    except sessions.InterruptedSessionError as error:
        told = "interrupted: no bundle was written, and an export is done again as a whole"
        raise AdvisorError(told, exit_code=error.exit_code) from None
    if not made[0].kept:
        why = next((each.message for each in run.observations if each.message), "no route was tried")
        raise AdvisorError(
            f"nothing to put into a bundle: no route could be exported and proved here ({why.splitlines()[0]})",
            hint=f"{store.path(run.id)}   (the Run with every reason)",
            exit_code=EXIT_PROBING,
        )
    return Exports(run, made[0].kept, made[0].digits)
