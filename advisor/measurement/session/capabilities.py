"""The capabilities that a session proves: one task per framework that has the recipe, and what is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from advisor.measurement.definitions import CapabilityDefinition, Definitions, FrameworkDefinition
from advisor.measurement.run import Observation, Skipped

EVERY = "capability:*"

# Seconds on a quiet machine with two cores, with the import of the framework; only the progress display uses it.
_ESTIMATE = 10.0


@dataclass(frozen=True)
class CapabilityTask:
    """Run one framework's recipe for one capability (in one variant), in a process that does nothing else."""

    framework: FrameworkDefinition
    capability: CapabilityDefinition
    parameters: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    kind: Literal["capability"] = "capability"

    @property
    def probe(self) -> str:
        """The probe id."""
        return self.capability.probe

    @property
    def title(self) -> str:
        """What a progress display calls it."""
        variant = "".join(f", {value}" for value in self.parameters.values())
        return f"{self.framework.title}: {self.capability.title}{variant}"

    @property
    def estimate(self) -> float:
        """Seconds it takes on a quiet machine with two cores."""
        return _ESTIMATE / len(self.capability.variants)

    def blank(self, metric: str | None = None, unit: str | None = None) -> Observation:
        """Return the observation of the proof before anything is known of it."""
        return Observation(
            probe=self.probe, framework=self.framework.id, parameters=dict(self.parameters), metric=metric, unit=unit,
            outcome="not_run",
        )  # fmt: skip


def planned(
    known: Definitions, frameworks: Iterable[str], wanted: Callable[[str], bool], *, quick: bool
) -> tuple[list[CapabilityTask], list[Skipped]]:
    """Return the recipes to run, capability by capability, and what is left out with the reason.

    Parameters
    ----------
    known : Definitions
        Of which capabilities and recipes are taken.
    frameworks : iterable of str
        The ids of the chosen frameworks.
    wanted : callable
        Tells whether a probe id was asked for.
    quick : bool
        Leave all of them out.
    """
    asked = [capability for capability in known.capabilities.values() if wanted(capability.probe)]
    if quick and asked:
        why = "each needs a process of its own, which takes longer than --quick allows; leave out --quick to prove them"
        return [], [Skipped(probe=EVERY, why=why)]
    tasks, skipped = [], []
    for capability in asked:
        for name in frameworks:
            framework = known.frameworks[name]
            if known.has_recipe(name, capability):
                tasks += [CapabilityTask(framework, capability, variant) for variant in capability.variants]
            else:
                skipped.append(Skipped(probe=capability.probe, why=f"{framework.title} has no recipe for it"))
    return tasks, skipped
