"""The session on a device: the artifacts of a bundle, measured by the same core that measures on a workstation.

Nothing is exported or proved here. What was proved elsewhere is known by its digest and taken into the Run; here every
artifact answers the same inputs again, and is held against the answers that it gave where it was exported.
"""

from __future__ import annotations

import shutil
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
        artifacts, digits = self._unpacked(due)
        artifacts = [each for each in deployment.check(context, artifacts, digits) if self._alike(each)]
        sample = context.scratch / "sample.npy"
        np.save(sample, np.load(digits.held_out)[:1])
        Rounds(context, {}, Twins(context, {}), artifacts, sample).go([])
        single_core.measure(context, artifacts, sample)
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
        """Note what was proved of an artifact where it was exported: it is the same file."""
        keys = {task.blank().key, task.blank("artifact-size").key}
        for each in self.bundle.manifest.observations:
            if each.key in keys and self.context.record.find(each) is None:
                self.context.record.observe(each)

    def _unpacked(self, tasks: list[RouteTask]) -> tuple[list[Artifact], Digits]:
        """Lay the inputs and the artifacts into the session's own folder: what is written beside them stays there."""
        scratch, source = self.context.scratch, self.bundle.folder
        with np.load(source / DATA / INPUTS, allow_pickle=False) as kept:
            files = {name: kept[name] for name in kept.files}
        for name, array in files.items():
            np.save(scratch / f"{name}.npy", array)
        digits = Digits(scratch / "none", *(scratch / f"{name}.npy" for name in ("inputs", "labels", "predictions")))
        artifacts = []
        for task in tasks:
            packed = self._of(task)
            there = source / packed.artifact
            if digest(there) != packed.sha256:
                error = WorkerError("the artifact is not the one that was proved: copy the bundle again, whole")
                failed(self.context, task.latency(), error)
                continue
            here = scratch / packed.folder / there.name
            here.parent.mkdir(exist_ok=True)
            if there.is_dir():
                shutil.copytree(there, here, dirs_exist_ok=True)
            else:
                shutil.copy(there, here)
            artifacts.append(Artifact(task, here))
        return artifacts, digits

    def _of(self, task: RouteTask) -> Packed:
        return self._packed[task.framework.id, task.route.runtime, task.precision, task.workload]

    def _alike(self, artifact: Artifact) -> bool:
        """Tell whether an artifact answers here as it did where it was exported; where not, its proof is refuted."""
        packed = self._of(artifact.task)
        with np.load(self.bundle.folder / packed.answers, allow_pickle=False) as kept:
            expected = kept["answers"]
        answers = np.load(artifact.path.with_name("held-out-answers.npy")).reshape(expected.shape)
        told = compared(answers, expected, packed.precision)
        proof = self.context.record.find(artifact.task.blank())
        if proof is not None:
            told["proof"] = {**(proof.proof or {}), **told["proof"]}
            self.context.record.observe(proof.model_copy(update=told))
        if "outcome" in told:
            failed(self.context, artifact.task.latency(), WorkerError(told["message"], outcome="refuted"))
        return "outcome" not in told


def compared(answers: Any, expected: Any, precision: str) -> dict[str, Any]:
    """Return what holding a device's answers against the expected ones adds to a proof.

    Parameters
    ----------
    answers, expected : array
        N×classes, what the artifact answers here, and what it answered where it was exported.
    """
    scale = float(np.abs(expected).max()) or 1.0
    error = float(np.abs(answers.astype(np.float64) - expected).max()) / scale
    agreement = float((answers.argmax(1) == expected.argmax(1)).mean())
    well = np.isfinite(error) and agreement >= AGREEMENT and (precision != "float32" or error <= MOST_ERROR)
    found: dict[str, Any] = {"proof": {"agreement_on_device": agreement}}
    if np.isfinite(error):
        found["proof"]["error_on_device"] = error
    if not well:
        found |= {
            "outcome": "refuted",
            "message": f"on this device the artifact answers otherwise: {100 * agreement:.1f} % of the answers agree "
            f"with those where it was exported, and they differ by up to {error:.2g} of the largest",
        }
    return found
