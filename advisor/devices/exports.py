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
from advisor.measurement.store import Store
from advisor.measurement.tasks.export import Artifact, Digits
from advisor.measurement.tasks.kinds import RouteTask


@dataclass(frozen=True)
class Exports:
    """What a session exported, in a folder of its own.

    Attributes
    ----------
    run : Run
        Its proofs, sizes and accuracies.
    artifacts : tuple of (task, path, answers)
        What was proved: its file or folder, and the answers that it gave to the inputs, as a NumPy file.
    inputs, labels, predictions : path
        NumPy files: what was asked, what is right, what the referee answers.
    """

    run: Run
    artifacts: Sequence[tuple[RouteTask, Path, Path]]
    inputs: Path
    labels: Path
    predictions: Path


class _Steps(Phases):
    """Exports, proves and keeps; nothing is timed."""

    def __init__(self, context: Context, folder: Path) -> None:
        super().__init__(context)
        self.folder = folder
        self.kept: list[tuple[RouteTask, Path, Path]] = []

    def go(self) -> None:
        """Export every route, and copy what was proved before the session's own folder is gone."""
        self._start_first()
        artifacts, digits = self._export()
        if digits is not None:
            self.kept = [self._keep(each) for each in artifacts]
            for name, path in _data(digits).items():
                shutil.copy(path, self.folder / f"{name}.npy")

    def _keep(self, artifact: Artifact) -> tuple[RouteTask, Path, Path]:
        task = artifact.task
        here = self.folder / f"{task.framework.id}-{task.route.runtime}-{task.precision}"
        here.mkdir(parents=True)
        copied = here / artifact.path.name
        if artifact.path.is_dir():
            shutil.copytree(artifact.path, copied)
        else:
            shutil.copy(artifact.path, copied)
        answers = here.with_name(f"{here.name}.npy")
        shutil.copy(artifact.path.with_name("held-out-answers.npy"), answers)
        return task, copied, answers


def _data(digits: Digits) -> Mapping[str, Path]:
    return {"inputs": digits.held_out, "labels": digits.labels, "predictions": digits.predictions}


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
    run = sessions.measure(
        only, store=store, pythons=pythons, seed=seed, threads=threads, label=label, on_event=on_event, steps=steps
    )
    if not made[0].kept:
        why = next((each.message for each in run.observations if each.message), "no route was tried")
        raise AdvisorError(
            f"nothing to put into a bundle: no route could be exported and proved here ({why.splitlines()[0]})",
            hint=f"{store.path(run.id)}   (the Run with every reason)",
            exit_code=EXIT_PROBING,
        )
    return Exports(run, made[0].kept, *(folder / f"{name}.npy" for name in ("inputs", "labels", "predictions")))


def compressed(exports: Exports, path: Path) -> None:
    """Write inputs, labels and predictions into one small file."""
    names = ("inputs", "labels", "predictions")
    np.savez_compressed(path, allow_pickle=False, **{name: np.load(getattr(exports, name)) for name in names})
