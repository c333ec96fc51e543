"""The experiments of a session: one task per framework and variant, and what is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from advisor.measurement.definitions import Definitions, ExperimentDefinition, FrameworkDefinition
from advisor.measurement.run import Observation, Skipped


@dataclass(frozen=True)
class ExperimentTask:
    """Conduct one experiment with one framework."""

    framework: FrameworkDefinition
    experiment: ExperimentDefinition
    parameters: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    kind: Literal["experiment"] = "experiment"

    @property
    def probe(self) -> str:
        """The probe id."""
        return self.experiment.probe

    @property
    def title(self) -> str:
        """What a progress display calls it."""
        variant = "".join(f", {str(value).replace('-', ' ')}" for value in self.parameters.values())
        return f"{self.framework.title}: {self.experiment.title}{variant}"

    @property
    def estimate(self) -> float:
        """Seconds it takes on a quiet machine with two cores."""
        return self.experiment.seconds

    def blank(self, metric: str | None = None, unit: str | None = None) -> Observation:
        """Return the observation of one metric, by default the first, before anything is known of it."""
        name = metric or next(iter(self.experiment.metrics))
        found = unit if unit is not None else self.experiment.metrics.get(name)
        return Observation(
            probe=self.probe, framework=self.framework.id, workload=self.experiment.workload,
            mode=self.experiment.mode, parameters=dict(self.parameters), metric=name, unit=found, outcome="not_run",
        )  # fmt: skip


def planned(
    known: Definitions, frameworks: Iterable[str], wanted: Callable[[str], bool], *, quick: bool
) -> tuple[list[ExperimentTask], list[Skipped]]:
    """Return the experiments to conduct, and what is left out with the reason.

    Parameters
    ----------
    known : Definitions
        Of which experiments and recipes are taken.
    frameworks : iterable of str
        The ids of the chosen frameworks.
    wanted : callable
        Tells whether a probe id was asked for.
    quick : bool
        Leave out what is not for a quick session.
    """
    tasks, skipped = list[ExperimentTask](), list[Skipped]()
    for experiment in known.experiments:
        if not wanted(experiment.probe):
            continue
        if quick and experiment.not_quick:
            why = f"{experiment.not_quick}; leave out --quick to measure it"
            skipped.append(Skipped(probe=experiment.probe, why=why))
            continue
        for name in frameworks:
            if experiment.recipe and not known.has_recipe(name, experiment):
                why = f"{known.frameworks[name].title} has no recipe for it"
                skipped.append(Skipped(probe=experiment.probe, why=why))
                continue
            tasks += [
                ExperimentTask(known.frameworks[name], experiment, variant) for variant in experiment.variants
            ]  # fmt: skip
    return tasks, skipped
