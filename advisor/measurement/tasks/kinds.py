"""The kinds of tasks: start a framework, time a cell, ship through a route, conduct an experiment, prove something."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from advisor.measurement.definitions import (
    BEST_KNOWN,
    OUT_OF_THE_BOX,
    CapabilityDefinition,
    ExperimentDefinition,
    FrameworkDefinition,
    RouteDefinition,
    WorkloadDefinition,
    network_quantities,
)
from advisor.measurement.metrics import unit_of
from advisor.measurement.run import Observation

ENVIRONMENT = "environment"
ROUTE_WORKLOAD = "cnn"

# Seconds on a quiet machine with two cores; only the progress display uses them.
_IMPORT = {"pytorch": 2.0, "tensorflow": 5.5}
_FIRST_CALL = {OUT_OF_THE_BOX: 0.3, BEST_KNOWN: 7.0}
_AGAIN = 1.0
# Of an export while another runs beside it: what its converter takes of any network, and further of MobileNetV2 (0.6
# billion operations) in float32 and in int8; with the operations it grows by about their root. Of sessions with it.
_EXPORTS = {
    ("pytorch", "executorch"): (7.0, 10.0, 23.0),
    ("pytorch", "litert"): (5.0, 8.0, 25.0),
    ("pytorch", "onnxruntime"): (4.0, 10.0, 13.0),
    ("tensorflow", "litert"): (1.7, 11.0, 18.0),
    ("tensorflow", "onnxruntime"): (1.7, 8.0, 14.0),
    ("jax", "litert"): (4.0, 5.0, 8.0),
    ("jax", "onnxruntime"): (6.0, 4.0, 9.0),
}
_EXPORT = (3.0, 10.0, 15.0)
_MOBILENET = 6e8
_PROOF = 10.0


@dataclass(frozen=True)
class EnvironmentTask:
    """Start a framework in its own process: import time, memory, installed size, threads."""

    framework: FrameworkDefinition
    kind: Literal["environment"] = "environment"

    @property
    def probe(self) -> str:
        """The probe id."""
        return ENVIRONMENT

    @property
    def title(self) -> str:
        """What a progress display calls it."""
        return f"import {self.framework.title}"

    @property
    def estimate(self) -> float:
        """Seconds it takes on a quiet machine with two cores."""
        return _IMPORT.get(self.framework.id, 5.0)

    def blank(self, metric: str | None = None) -> Observation:
        """Return the observation of one metric of this task before anything is known of it."""
        return Observation(
            probe=self.probe, framework=self.framework.id, metric=metric, unit=unit_of(metric), outcome="not_run"
        )


@dataclass(frozen=True)
class CellTask:
    """Time one workload in one framework, one batch size and one setting.

    ``variant`` names the one to take where the setting has several; without it a short trial decides.
    """

    framework: FrameworkDefinition
    workload: WorkloadDefinition
    batch: int
    setting: str
    variant: str | None = None
    kind: Literal["cell"] = "cell"

    @property
    def probe(self) -> str:
        """The probe id."""
        return self.workload.probe

    @property
    def title(self) -> str:
        """What a progress display calls it."""
        found = self.framework.settings.get(self.setting)
        how = f" ({found.title})" if found else ""
        return f"{self.framework.title}: {self.workload.title}, batch {self.batch}{how}"

    @property
    def group(self) -> str:
        """Cells of one group are visited in one round, and their times may be divided by each other."""
        return f"{self.workload.probe}/{self.workload.workload}/{self.batch}"

    @property
    def key(self) -> str:
        """What tells it apart from the other cells of its framework."""
        return f"{self.group}/{self.setting}"

    @property
    def estimate(self) -> float:
        """Seconds it takes to prepare on a quiet machine with two cores."""
        compiles = self.variant is None and self.workload.task != "pipeline"
        return _FIRST_CALL.get(self.setting, 2.0) if compiles else _AGAIN

    @property
    def again(self) -> float:
        """Seconds it takes in a later process: nothing is tried, and compilers find what they left."""
        return min(self.estimate, _AGAIN)

    def blank(self, metric: str | None = "latency") -> Observation:
        """Return the observation of one metric of this task before anything is known of it."""
        found = self.framework.settings.get(self.setting)
        return Observation(
            probe=self.probe, framework=self.framework.id, workload=self.workload.workload, setting=self.setting,
            how=found.how if found else None, parameters={"batch": self.batch}, metric=metric, unit=unit_of(metric),
            outcome="not_run",
        )  # fmt: skip

    def latency(self) -> Observation:
        """Return the observation of how long a call takes before anything is known of it."""
        return self.blank()


@dataclass(frozen=True)
class RouteTask:
    """Ship a network through one runtime in one precision: prove it, then measure what would ship.

    The network is that of the digits, which is trained and judged by them, or another one with seeded weights. One that
    is not ``timed`` is proved and judged only. ``operations`` are those of one sample of a model that is asked about.
    """

    framework: FrameworkDefinition
    route: RouteDefinition
    precision: str
    workload: str = ROUTE_WORKLOAD
    timed: bool = True
    operations: int | None = None
    kind: Literal["route"] = "route"

    @property
    def probe(self) -> str:
        """The probe id."""
        return self.route.id

    @property
    def title(self) -> str:
        """What a progress display calls it."""
        what = "" if self.trained else f", {self.workload}"
        return f"{self.framework.title} → {self.route.title}{what}, {self.precision}"

    @property
    def trained(self) -> bool:
        """Whether the network is that of the digits, with weights that were trained here."""
        return self.workload == ROUTE_WORKLOAD

    @property
    def folder(self) -> str:
        """The name of the folder for what it exports."""
        name = re.sub(r"[^A-Za-z0-9.-]+", "-", self.workload)
        return f"{self.framework.id}-{self.route.runtime}-{name}-{self.precision}"

    @property
    def group(self) -> str:
        """Cells of one group are visited in one round, and their times may be divided by each other."""
        return f"route/{self.workload}"

    @property
    def estimate(self) -> float:
        """Seconds it takes to export and prove on a quiet machine with two cores."""
        fixed, whole, small = _EXPORTS.get((self.framework.id, self.route.runtime), _EXPORT)
        known = network_quantities().get(self.workload)
        amount = self.operations if self.operations is not None or known is None else known.prediction
        if self.trained or amount is None:
            return fixed
        return fixed + (small if self.precision == "int8" else whole) * math.sqrt(amount / _MOBILENET)

    def blank(self, metric: str | None = None) -> Observation:
        """Return the proof's observation, or that of one metric, before anything is known of it."""
        parameters: dict[str, str | int | float | bool] = {"precision": self.precision}
        if metric == "latency":
            parameters["batch"] = 1
        return Observation(
            probe=self.probe, framework=self.framework.id, route=self.route.runtime, workload=self.workload,
            parameters=parameters, metric=metric, unit=unit_of(metric), outcome="not_run",
        )  # fmt: skip

    def runtime_size(self, build: str) -> Observation:
        """Return the observation of the runtime's libraries in one kind of build."""
        blank = self.blank("runtime-size")
        return blank.model_copy(update={"parameters": {**blank.parameters, "build": build}})

    def latency(self) -> Observation:
        """Return the observation of how long a call takes before anything is known of it."""
        return self.blank("latency")


@dataclass(frozen=True)
class ExperimentTask:
    """Conduct one experiment with one framework, or with what it exports for the runtime of a ``route``."""

    framework: FrameworkDefinition
    experiment: ExperimentDefinition
    parameters: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    route: str | None = None
    kind: Literal["experiment"] = "experiment"

    @property
    def probe(self) -> str:
        """The probe id."""
        return self.experiment.probe

    @property
    def title(self) -> str:
        """What a progress display calls it."""
        variant = "".join(f", {str(value).replace('-', ' ')}" for value in self.parameters.values())
        through = f" → {self.route}" if self.route else ""
        return f"{self.framework.title}{through}: {self.experiment.title}{variant}"

    @property
    def estimate(self) -> float:
        """Seconds it takes on a quiet machine with two cores."""
        return self.experiment.seconds

    def blank(self, metric: str | None = None) -> Observation:
        """Return the observation of one metric, by default the first, before anything is known of it."""
        name = metric or self.experiment.metrics[0]
        return Observation(
            probe=self.probe, framework=self.framework.id, route=self.route, workload=self.experiment.workload,
            setting=self.experiment.setting, parameters=dict(self.parameters), metric=name, unit=unit_of(name),
            outcome="not_run",
        )  # fmt: skip


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
        return _PROOF / len(self.capability.variants)

    def blank(self, metric: str | None = None) -> Observation:
        """Return the observation of the proof before anything is known of it."""
        return Observation(
            probe=self.probe, framework=self.framework.id, parameters=dict(self.parameters), metric=metric,
            unit=unit_of(metric), outcome="not_run",
        )  # fmt: skip
