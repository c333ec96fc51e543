"""The session on a device: the artifacts of a bundle, measured by the same core that measures on a workstation.

Nothing is exported or proved here. What was proved elsewhere is known by its digest and taken into the Run; here every
artifact answers the same inputs again, and is held against the answers that it gave where it was exported.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from advisor import resources
from advisor.devices import examination
from advisor.devices.manifest import Manifest, Packed
from advisor.errors import EXIT_PROBING, AdvisorError
from advisor.measurement.definitions import Definitions
from advisor.measurement.environments import Environment
from advisor.measurement.interference import interference
from advisor.measurement.run import Framework, Mode, Outcome, Run
from advisor.measurement.session import session as sessions
from advisor.measurement.session.context import Context
from advisor.measurement.session.effort import PACES
from advisor.measurement.session.events import Listener, Noticed, PhaseStarted
from advisor.measurement.session.plan import Plan
from advisor.measurement.session.rounds import Rounds
from advisor.measurement.session.sampling import failed
from advisor.measurement.session.stopping_rule import Needed
from advisor.measurement.store import Store
from advisor.measurement.tasks import deployment, single_core
from advisor.measurement.tasks.aa_floor import Twins
from advisor.measurement.tasks.export import Artifact, Digits, digest
from advisor.measurement.tasks.kinds import EnvironmentTask, RouteTask
from advisor.measurement.worker.answers import WorkerError

DATA = "data"
INPUTS = "inputs.npz"
# Float32 sums in another order differ by far less; eight bits round otherwise with other instructions, and then what
# counts is that the same class is answered.
MOST_ERROR, AGREEMENT = 1e-3, 0.98
# As where int8 of a network that nobody trained is proved: an answer of zeros would have been as near.
UNRELATED = 1.0
# What is the same wherever it was obtained: a file, what was proved of it, and how right it answers.
OF_THE_FILE = (None, "artifact-size", "accuracy", "accuracy-loss")


@dataclass(frozen=True)
class Bundle:
    """A bundle on the device that it is for."""

    folder: Path
    manifest: Manifest

    @property
    def store(self) -> Store:
        """Where its Runs and journals are kept: in its own folder."""
        return Store(self.folder / "work" / "runs")


def measure(
    bundle: Bundle, *, mode: Mode | None = None, seed: int = 0, threads: int | None = None, budget: float | None = None,
    label: str | None = None, resume: bool = False, on_event: Listener,
) -> Run:  # fmt: skip
    """Measure what is in a bundle and return the Run, which is also kept in the bundle's folder.

    Raises
    ------
    AdvisorError
        Exit code 3 where no runtime of the bundle is installed, or where the system shows nothing of itself.
    """
    found = _environments(bundle.manifest)
    if not any(each.present for each in found.values()):
        lacking = sorted(examination.lacking(bundle.manifest))
        raise AdvisorError(
            f"no runtime of this bundle is installed for this Python: {', '.join(lacking)}",
            hint=examination.install(bundle.manifest, lacking),
            exit_code=EXIT_PROBING,
        )
    journal = _unfinished(bundle.store) if resume else None
    return sessions.measure(
        planned(bundle.manifest, mode or bundle.manifest.mode, budget), store=bundle.store, seed=seed, threads=threads,
        on_event=on_event, resume=journal, label=label, found=found, steps=lambda context: Steps(context, bundle),
        exported=bundle.manifest.exported,
    )  # fmt: skip


def planned(manifest: Manifest, mode: Mode, budget: float | None = None) -> Plan:
    """Return what a session does with a bundle."""
    definitions = Definitions(resources.probes(), manifest.frameworks, manifest.routes, ())
    routes = tuple(
        RouteTask(manifest.frameworks[each.framework], manifest.routes[each.runtime], each.precision, each.network)
        for each in manifest.packed
    )
    environments = tuple(EnvironmentTask(each) for each in manifest.frameworks.values())
    return Plan(definitions, mode, PACES[mode], environments, (), routes, only=("route:*",), budget=budget)


def _unfinished(store: Store) -> Path:
    left = store.unfinished()
    if not left:
        raise AdvisorError(f"no session in {store.folder} was interrupted: there is nothing to resume")
    return left[0]


def _environments(manifest: Manifest) -> dict[str, Environment]:
    """Return for every framework what of its routes' runtimes is here: the framework itself is not asked for."""
    here = examination.versions(manifest)
    found = {}
    for name, framework in manifest.frameworks.items():
        runtimes = {manifest.routes[each.runtime].distribution for each in manifest.packed if each.framework == name}
        own = {each: here[each] for each in sorted(runtimes) if each in here}
        found[name] = Environment(
            framework=name, python=Path(examination.PYTHON), present=bool(own), install=framework.install,
            version=manifest.framework_versions.get(name), packages=own, python_version=examination.python(),
        )  # fmt: skip
    return found


class Steps:
    """What a device does with a bundle.

    Attributes
    ----------
    whole : bool
        Whether everything that was planned has been tried; false once the budget of time has cut the rounds.
    """

    def __init__(self, context: Context, bundle: Bundle) -> None:
        self.context = context
        self.bundle = bundle
        self.whole = True
        self._packed = {
            (each.framework, each.runtime, each.precision, each.network): each for each in bundle.manifest.packed
        }

    def go(self) -> None:
        """Take over what was proved, check every artifact here, and measure."""
        context, manifest = self.context, self.bundle.manifest
        for name, framework in manifest.frameworks.items():
            found = context.environments[name]
            outcome: Outcome = "measured" if found.present else "not_installed"
            packages, python = dict(found.packages), found.python_version
            title = Framework(
                title=framework.title, outcome=outcome, version=found.version, packages=packages, python=python
            )
            context.record.framework(name, title.model_copy(update={"threads_requested": context.threads}))
        due = [task for task in context.plan.routes if self._present(task)]
        for task in due:
            self._take_over(task)
        context.tell(PhaseStarted("Check the artifacts here", deployment.CHECK_ESTIMATE * len(due)))
        artifacts = self._unpacked(due)
        digits = self._digits()
        if digits is not None:
            artifacts = deployment.check(context, artifacts, digits)
        artifacts = [each for each in artifacts if self._alike(each)]
        Rounds(context, {}, Twins(context, {}), artifacts).go([])
        single_core.measure(context, Needed(context), artifacts)
        made = {one.round for task in due for one in context.record.rounds(task.latency())}
        self.whole = not context.over or len(made) >= context.plan.pace.rounds
        told = interference(list(context.record.finished())).sentence
        if told:
            context.tell(Noticed(f"{told[0].upper()}{told[1:]}."))

    def _present(self, task: RouteTask) -> bool:
        """Tell whether a route's runtime is here; where it is not, the Run says what would bring it."""
        if task.route.distribution in self.context.environments[task.framework.id].packages:
            return True
        install = examination.install(self.bundle.manifest, [task.route.distribution])
        error = WorkerError(f"{task.route.distribution} is not installed here: {install}", outcome="not_installed")
        if self.context.environments[task.framework.id].present:
            for blank in (task.blank(), task.latency()):
                failed(self.context, blank, error)
        self.context.tell(Noticed(f"{task.title}: {error.message}"))
        return False

    def _take_over(self, task: RouteTask) -> None:
        """Note what was proved and judged of a stack's artifacts where they were exported: they are the same files."""
        for each in self.bundle.manifest.observations:
            if each.stack == task.blank().stack and self.context.record.find(each) is None:
                self.context.record.observe(each)

    def _digits(self) -> Digits | None:
        """Lay the held-out digits into the session's own folder, where the bundle has them."""
        scratch, kept = self.context.scratch, self.bundle.folder / DATA / INPUTS
        if not kept.is_file():
            return None
        files = arrays(kept)
        for name, array in files.items():
            np.save(scratch / f"{name}.npy", array)
        inputs, labels, predictions = (scratch / f"{name}.npy" for name in ("inputs", "labels", "predictions"))
        return Digits(scratch / "none", inputs, labels, predictions, inputs)

    def _unpacked(self, tasks: list[RouteTask]) -> list[Artifact]:
        """Lay the artifacts into the session's own folder: what is written beside them stays there."""
        artifacts = []
        for task in tasks:
            packed = self._of(task)
            there = self.bundle.folder / packed.artifact
            if digest(there) != packed.sha256:
                error = WorkerError("the artifact is not the one that was proved: copy the bundle again, whole")
                failed(self.context, task.latency(), error)
                continue
            here = self.context.scratch / task.folder / there.name
            here.parent.mkdir(exist_ok=True)
            if there.is_dir():
                shutil.copytree(there, here, dirs_exist_ok=True)
            else:
                shutil.copy(there, here)
            artifacts.append(Artifact(task, here, _spread(self.bundle.folder / packed.sample, here.parent)))
        return artifacts

    def _of(self, task: RouteTask) -> Packed:
        return self._packed[task.framework.id, task.route.runtime, task.precision, task.workload]

    def _alike(self, artifact: Artifact) -> bool:
        """Tell whether an artifact answers here as it did where it was exported; where not, its proof is refuted."""
        packed, task = self._of(artifact.task), artifact.task
        expected = arrays(self.bundle.folder / packed.answers)
        try:
            answers = self._answers(artifact)
        except WorkerError as error:
            for blank in (task.blank(), task.latency()):
                failed(self.context, blank, error)
            return False
        told = compared(list(answers.values()), list(expected.values()), packed.precision, trained=task.trained)
        proof = self.context.record.find(task.blank())
        if proof is not None:
            told["proof"] = {**(proof.proof or {}), **told["proof"]}
            self.context.record.observe(proof.model_copy(update=told))
        if "outcome" in told:
            failed(self.context, task.latency(), WorkerError(told["message"], outcome="refuted"))
        return "outcome" not in told

    def _answers(self, artifact: Artifact) -> dict[str, Any]:
        """Return what an artifact answers here to what it was asked where it was exported."""
        if artifact.task.trained:
            return arrays(artifact.path.with_name("held-out-answers.npy"))
        outputs = artifact.path.with_name("answers.npz")
        running = deployment.RuntimeProcess(self.context, artifact)
        try:
            running.answer(artifact.sample, outputs)
        finally:
            running.stop()
        return arrays(outputs)


def arrays(file: Path) -> dict[str, Any]:
    """Return the arrays of a NumPy file by name; the only one of a ``.npy`` file is called ``inputs``."""
    read = np.load(file)
    if isinstance(read, np.ndarray):
        return {"inputs": read}
    with read:
        return {name: read[name] for name in read.files}


def _spread(file: Path, folder: Path) -> Path:
    """Write a compressed sample as a runtime reads it fastest: no cold start shall hold the unpacking."""
    found = arrays(file)
    if list(found) == ["inputs"]:
        np.save(folder / "sample.npy", found["inputs"])
        return folder / "sample.npy"
    np.savez(folder / "sample.npz", **found)
    return folder / "sample.npz"


def compared(answers: Sequence[Any], expected: Sequence[Any], precision: str, *, trained: bool) -> dict[str, Any]:
    """Return what holding a device's answers against the expected ones adds to a proof.

    Parameters
    ----------
    answers, expected : sequence of arrays
        What the artifact answers here, output by output, and what it answered where it was exported.
    trained : bool
        Whether the answers are of classes that were learnt, N×classes: then in int8 the classes count.
    """
    error, rms = 0.0, 0.0
    for one, other in zip(answers, expected, strict=True):
        theirs = np.asarray(other, np.float64).ravel()
        apart = np.asarray(one, np.float64).ravel() - theirs
        error = max(error, float(np.abs(apart).max() / (np.abs(theirs).max() or 1.0)))
        rms = max(rms, float(np.sqrt((apart**2).mean() / ((theirs**2).mean() or 1.0))))
    found: dict[str, Any] = {"proof": {"error_on_device": error} if np.isfinite(error) else {}}
    well = bool(np.isfinite(error)) and (error <= MOST_ERROR if precision == "float32" else rms < UNRELATED)
    agreement = 1.0
    if trained:
        agreement = float(np.mean([(a.reshape(len(a), -1).argmax(1) == b.reshape(len(b), -1).argmax(1)).mean()
                                   for a, b in zip(answers, expected, strict=True)]))  # fmt: skip
        found["proof"]["agreement_on_device"] = agreement
    if not well or agreement < AGREEMENT:
        classes = f"{100 * agreement:.1f} % of its classes agree, and " if trained else ""
        found |= {
            "outcome": "refuted",
            "message": f"on this device the artifact answers otherwise than where it was exported: {classes}it differs "
            f"by up to {error:.2g} of the largest",
        }
    return found
