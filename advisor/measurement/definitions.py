"""What can be probed: the YAML definitions of frameworks, routes and workloads beside the probes, typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from advisor import resources
from advisor.documents import Model, read_yaml

Task = Literal["training", "inference"]
Ships = Literal["edge", "server"]

OUT_OF_THE_BOX = "out-of-the-box"
BEST_KNOWN = "best-known"


class Setting(Model):
    """One way of using a framework (``out-of-the-box``, ``best-known``), and what it is in words."""

    title: str
    how: str


class FrameworkDefinition(Model):
    """A framework that has probes.

    ``module`` is what is looked for to know whether it is there; ``packages`` are the distributions whose versions
    a Run records; ``routes`` are the runtimes that its models can be shipped through.
    """

    id: str
    title: str
    module: str
    distribution: str
    install: str
    packages: tuple[str, ...] = ()
    modes: dict[str, Setting] = Field(default_factory=dict)
    routes: tuple[str, ...] = ()


class RouteDefinition(Model):
    """A way from a trained model to a runtime: what is asked, how it is proved, what each outcome means."""

    id: str
    runtime: str
    title: str
    ships: tuple[Ships, ...]
    distribution: str
    install: str | None = None
    question: str
    why: str
    proof: str
    outcomes: dict[str, str] = Field(default_factory=dict)
    lifecycle: Literal["stable", "beta", "deprecated"] = "stable"


class WorkloadDefinition(Model):
    """A workload, done the same way in every framework; ``what`` says in one sentence what is computed."""

    probe: str
    title: str
    workload: str
    task: Task
    batches: tuple[int, ...]
    what: str


class _Workloads(Model):
    workloads: tuple[WorkloadDefinition, ...]

    @model_validator(mode="before")
    @classmethod
    def _named(cls, data: Any) -> Any:
        return {"workloads": data} if isinstance(data, list) else data


@dataclass(frozen=True)
class Definitions:
    """All definitions, and the folder of the probes that they describe.

    ``folders`` are further folders of frameworks (each holding ``<id>/framework.yaml``); ``homes`` says for each
    framework that came from one of them which.
    """

    probes: Path
    frameworks: Mapping[str, FrameworkDefinition]
    routes: Mapping[str, RouteDefinition]
    workloads: tuple[WorkloadDefinition, ...]
    homes: Mapping[str, Path] = field(default_factory=dict)


def load(probes: Path | None = None, folders: Sequence[Path] = ()) -> Definitions:
    """Read the definitions.

    Parameters
    ----------
    probes : path, optional
        Folder of the probes; default the one that advisor ships.
    folders : sequence of paths
        Further folders of frameworks in the same convention; an id found there replaces a shipped one.

    Raises
    ------
    AdvisorError
        With file:line:column when a definition is not valid.
    """
    home = probes or resources.probes()
    frameworks: dict[str, FrameworkDefinition] = {}
    homes: dict[str, Path] = {}
    for folder in (home / "frameworks", *folders):
        for file in sorted(folder.glob("*/framework.yaml")):
            found = read_yaml(file, FrameworkDefinition, what="framework definition").value
            frameworks[found.id] = found
            if folder in folders:
                homes[found.id] = folder.resolve()
    routes = {}
    for file in sorted((home / "routes").glob("*.yaml")):
        route = read_yaml(file, RouteDefinition, what="route definition").value
        routes[route.runtime] = route
    workloads = read_yaml(home / "workloads.yaml", _Workloads, what="list of workloads").value.workloads
    return Definitions(home, frameworks, routes, workloads, homes)


@lru_cache(maxsize=1)
def shipped() -> Definitions:
    """Return the definitions that advisor ships."""
    return load()


def frameworks() -> dict[str, FrameworkDefinition]:
    """Return the shipped frameworks by id."""
    return dict(shipped().frameworks)


def routes() -> dict[str, RouteDefinition]:
    """Return the shipped routes by runtime id (``executorch``, ``litert`` …)."""
    return dict(shipped().routes)


def workloads() -> tuple[WorkloadDefinition, ...]:
    """Return the shipped workloads in the order in which they are measured."""
    return shipped().workloads
