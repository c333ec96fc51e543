"""What can be probed: the YAML definitions of frameworks, routes, capabilities and workloads, typed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, AliasChoices, Field, field_validator, model_validator

from advisor import numerals, paths, quantities, resources
from advisor.documents import Model, read_yaml
from advisor.errors import Problem, did_you_mean
from advisor.fields import Count, Number


def _name(value: str) -> str:
    """Refuse what could not be the name of a file: ids name recipes, folders and environments."""
    why = paths.objection(value)
    if why is not None:
        raise ValueError(f"{value!r} {why}")
    return value


Name = Annotated[str, AfterValidator(_name)]
Color = Literal["orange", "blue", "teal", "plum", "olive", "red", "steel", "brown"]
COLORS: tuple[Color, ...] = get_args(Color)
Task = Literal["training", "inference", "pipeline"]
Ships = Literal["edge", "server"]

OUT_OF_THE_BOX = "out-of-the-box"
BEST_KNOWN = "best-known"
SETTINGS = (OUT_OF_THE_BOX, BEST_KNOWN)
TASKS: tuple[Task, ...] = ("training", "inference", "pipeline")


class Setting(Model):
    """One way of using a framework (``out-of-the-box``, ``best-known``), and what it is in words.

    ``quick`` names for a probe the variant that a quick session takes without trying the others.
    """

    title: str
    how: str
    quick: dict[str, str] = Field(default_factory=dict)


class OwnEnvironment(Model):
    """A Python beside the framework's own, for recipes whose packages do not go together with the others'.

    ``recipes`` are the probes that run there (``capability:route-litert``), ``packages`` what is installed into it, by
    the names and bounds that pip takes; ``why`` says in one sentence what does not go together, ``size`` what it takes
    on the disk.
    """

    recipes: tuple[str, ...] = Field(min_length=1)
    packages: tuple[str, ...] = Field(min_length=1)
    why: str
    size: str | None = None


class Conversion(Model):
    """How a trained model of a framework becomes what a runtime reads, in the fewest lines that its makers document.

    ``packages`` is what pip installs for it; ``code`` is Python in which ``model`` is the trained model and ``example``
    an input of it.
    """

    packages: tuple[str, ...] = Field(min_length=1)
    code: str


class FrameworkDefinition(Model):
    """A framework that has probes.

    ``module`` is what is looked for to know whether it is there; ``packages`` are the distributions whose versions
    a Run records; ``routes`` are the runtimes that its models can be shipped through, ``convert`` how, by runtime.
    ``order`` is its place where frameworks are listed, ``color`` its own in charts and tables; without it one is
    assigned. ``environments`` are those that it has beside its own, by name; frameworks that give one the same name
    share it. ``documented_as`` names whose facts count where there are none of its own, by the facts' key, or by ``*``
    for all others. ``on_top_of`` is the framework that computes for it, ``needs`` are further modules without which it
    is not there, ``recipes`` is the folder beside its own whose recipes serve where it has none itself (``keras``, for
    Keras on any backend). ``unless_training`` says why a session for what ships leaves it out, ``unless_named`` why
    every session does, unless it is asked for by name.
    """

    id: Name
    title: str
    module: str
    distribution: str
    install: str
    packages: tuple[str, ...] = ()
    settings: dict[str, Setting] = Field(default_factory=dict, validation_alias=AliasChoices("settings", "modes"))
    routes: tuple[str, ...] = ()
    convert: dict[Name, Conversion] = Field(default_factory=dict)
    environments: dict[Name, OwnEnvironment] = Field(default_factory=dict)
    order: Number = 50.0
    color: Color | None = None
    documented_as: dict[str, Name] = Field(default_factory=dict)
    on_top_of: Name | None = None
    needs: tuple[str, ...] = ()
    recipes: Name | None = None
    unless_training: str | None = None
    unless_named: str | None = None

    @property
    def modules(self) -> tuple[str, ...]:
        """The modules that have to be there."""
        return (self.module, *self.needs)

    @property
    def routes_apart(self) -> set[str]:
        """The routes whose export needs an environment of its own: extras, compared where they were tried."""
        recipes = (recipe for each in self.environments.values() for recipe in each.recipes)
        return {recipe.removeprefix("route:") for recipe in recipes if recipe.startswith("route:")}

    @field_validator("settings")
    @classmethod
    def _known_settings(cls, settings: dict[str, Setting]) -> dict[str, Setting]:
        for name in settings:
            if name not in SETTINGS:
                near = did_you_mean(name, SETTINGS)
                raise ValueError(f"no setting is called '{name}'{near} (known: {', '.join(SETTINGS)})")
        return settings


class Limits(Model):
    """What a recipe may take before it is stopped: seconds, and resident bytes of all its processes together."""

    seconds: float = 180.0
    memory: float = 8e9

    @field_validator("seconds", mode="before")
    @classmethod
    def _seconds(cls, value: Any) -> float:
        return _more_than(0, quantities.parse(value, "s"), value, "zero")

    @field_validator("memory", mode="before")
    @classmethod
    def _memory(cls, value: Any) -> float:
        # No Python starts in less: a number alone was meant as megabytes or gigabytes.
        return _more_than(1e6, quantities.parse(value, "B"), value, "1 MB")


def _more_than(least: float, number: float, said: Any, words: str) -> float:
    if number <= least:
        raise ValueError(f"expected more than {words}, got {numerals.shortened(said)}")
    return number


class RouteDefinition(Model):
    """A way from a trained model to a runtime: what is asked, how it is proved, what each outcome means.

    ``limits`` are those of one export. ``not_quick`` says why a quick session leaves it out, unless it is asked for by
    name. Such a route is an extra: it is compared where it was tried, and missed nowhere.
    """

    id: str
    runtime: Name
    title: str
    ships: tuple[Ships, ...]
    distribution: str
    install: str | None = None
    question: str
    why: str
    proof: str
    outcomes: dict[str, str] = Field(default_factory=dict)
    lifecycle: Literal["stable", "beta", "deprecated"] = "stable"
    limits: Limits = Field(default_factory=lambda: Limits(seconds=300.0))
    not_quick: str | None = None


class CapabilityDefinition(Model):
    """Something a framework may be able to do: what is asked, how it is proved, what each outcome means.

    ``group`` is the heading that it is shown under; ``settles`` are ids of claims; ``install`` says for a framework
    what brings a package that only this recipe needs; ``limits`` are those of one recipe; ``variants`` are the
    parameters that it is run with, one after the other.
    """

    id: Name
    title: str
    group: str | None = None
    question: str
    why: str
    proof: str
    outcomes: dict[str, str] = Field(default_factory=dict)
    settles: tuple[str, ...] = ()
    install: dict[str, str] = Field(default_factory=dict)
    limits: Limits = Field(default_factory=Limits)
    variants: tuple[dict[str, str | int | float | bool], ...] = Field(default=({},), min_length=1)
    lifecycle: Literal["stable", "beta", "deprecated"] = "stable"

    @property
    def probe(self) -> str:
        """The probe id."""
        return f"capability:{self.id}"

    @property
    def recipe(self) -> str:
        """The file of the recipe in a framework's folder."""
        return f"{self.id.replace('-', '_')}.py"


class WorkloadDefinition(Model):
    """A workload, done the same way in every framework; ``what`` says in one sentence what is computed.

    ``not_quick`` says why a quick session leaves it out, unless it is asked for by name; ``unless_named`` why every
    session but a thorough one does.
    """

    probe: Name
    title: str
    workload: Name
    task: Task
    batches: tuple[Annotated[Count, Field(ge=1)], ...]
    what: str
    not_quick: str | None = None
    unless_named: str | None = None


class NetworkQuantities(Model):
    """What a network amounts to: its weights, and the operations of a prediction and of a training step of a sample.

    Operations are floating-point ones of matrix products and convolutions; a multiplication and an addition are two.
    """

    weights: int
    prediction: int
    training: int


class ExperimentDefinition(Model):
    """Something with figures of its own, measured beside the workloads; ``what`` says in one sentence what is done.

    ``metrics`` names them, the one that stands for it first; ``variants`` are the parameters that it
    is done with; ``seconds`` is what one takes on a quiet machine. ``recipe`` is false where no recipe of the framework
    does it but the session. ``not_quick`` says why a quick session leaves it out, unless it is asked for by name, and
    ``unless_named`` why every session does that is not about it. ``routes`` says for a framework whose
    recipe exports for them which runtimes it is done in as well.
    """

    probe: Name
    title: str
    workload: Name | None = None
    setting: str | None = None
    metrics: tuple[str, ...] = Field(min_length=1)
    variants: tuple[dict[str, str | int | float | bool], ...] = Field(default=({},), min_length=1)
    seconds: Number = Field(default=5.0, gt=0)
    recipe: bool = True
    routes: dict[Name, tuple[Name, ...]] = Field(default_factory=dict)
    what: str
    not_quick: str | None = None
    unless_named: str | None = None


class _Workloads(Model):
    workloads: tuple[WorkloadDefinition, ...]

    @model_validator(mode="before")
    @classmethod
    def _named(cls, data: Any) -> Any:
        return {"workloads": data} if isinstance(data, list) else data


class _Networks(Model):
    networks: dict[str, NetworkQuantities]


class _Experiments(Model):
    experiments: tuple[ExperimentDefinition, ...]

    @model_validator(mode="before")
    @classmethod
    def _named(cls, data: Any) -> Any:
        return {"experiments": data} if isinstance(data, list) else data


@dataclass(frozen=True)
class Definitions:
    """All definitions, and the folder of the probes that they describe.

    ``folders`` are further folders of frameworks (each holding ``<id>/framework.yaml``); ``homes`` says for each
    framework that came from one of them which. ``extras`` are frameworks that are only taken up when they are named,
    or when it is about training.
    """

    probes: Path
    frameworks: Mapping[str, FrameworkDefinition]
    routes: Mapping[str, RouteDefinition]
    workloads: tuple[WorkloadDefinition, ...]
    homes: Mapping[str, Path] = field(default_factory=dict)
    capabilities: Mapping[str, CapabilityDefinition] = field(default_factory=dict)
    experiments: tuple[ExperimentDefinition, ...] = ()
    extras: Mapping[str, FrameworkDefinition] = field(default_factory=dict)
    folders: tuple[Path, ...] = ()

    @property
    def everyone(self) -> dict[str, FrameworkDefinition]:
        """All frameworks, also those that not every session takes up."""
        return {**self.frameworks, **self.extras}

    def naming(self, frameworks: Collection[str]) -> Definitions:
        """Return these definitions with those of the extras that are among `frameworks`."""
        named = {name: found for name, found in self.extras.items() if name in frameworks}
        return replace(self, frameworks={**self.frameworks, **named}) if named else self

    def training(self) -> Definitions:
        """Return these definitions with the extras that a question about training takes up."""
        return self.naming([name for name, each in self.extras.items() if each.unless_named is None])

    def recipe(self, framework: str, name: str) -> Path | None:
        """Return the file `name` of a framework, or of those that it shares recipes with; None where there is none."""
        known = self.frameworks.get(framework) or self.extras.get(framework)
        home = self.homes.get(framework, self.probes / "frameworks")
        places = [home / framework]
        if known is not None and known.recipes is not None:
            places += [folder / known.recipes for folder in (home, self.probes / "frameworks")]
        return next((place / name for place in places if (place / name).is_file()), None)

    def timed(self, framework: str) -> tuple[Task, ...]:
        """Return the tasks that a framework has a recipe for; all where it has none, which is not there at all."""
        return tuple(task for task in TASKS if self.recipe(framework, f"{task}.py") is not None) or TASKS

    def options(self, framework: str | None = None) -> tuple[str, ...]:
        """Return the options of a worker that finds what lies in further folders; of a framework its own come first."""
        home = self.homes.get(framework or "")
        return tuple(
            word
            for folder in dict.fromkeys((*([home] if home else []), *self.folders))
            for word in ("--frameworks-folder", str(folder))
        )

    def has_recipe(self, framework: str, asked: CapabilityDefinition | ExperimentDefinition) -> bool:
        """Tell whether a framework has a recipe for a capability or an experiment."""
        name = asked.recipe if isinstance(asked, CapabilityDefinition) else f"{asked.probe.replace('-', '_')}.py"
        return self.recipe(framework, name) is not None


def load(probes: Path | None = None, folders: Sequence[Path] = ()) -> Definitions:
    """Read the definitions.

    Parameters
    ----------
    probes : path, optional
        Folder of the probes; default the one that advisor ships.
    folders : sequence of paths
        Further folders of frameworks in the same convention, with ``capabilities/``, ``routes/`` and ``workloads.yaml``
        where they add any; an id found there replaces a shipped one.

    Raises
    ------
    AdvisorError
        With file:line:column when a definition is not valid.
    """
    home = probes or resources.probes()
    routes = {runtime: route for folder in (home, *folders) for runtime, route in _routes(folder).items()}
    frameworks: dict[str, FrameworkDefinition] = {}
    homes: dict[str, Path] = {}
    for folder in (home / "frameworks", *folders):
        for file in sorted(folder.glob("*/framework.yaml")):
            found = _framework(file, routes)
            frameworks[found.id] = found
            if folder in folders:
                homes[found.id] = folder.resolve()
    capabilities = {}
    for folder in (home, *folders):
        for file in sorted((folder / "capabilities").glob("*.yaml")):
            capability = read_yaml(file, CapabilityDefinition, what="capability definition").value
            capabilities[capability.id] = capability
    workloads = {each.probe: each for each in _workloads(home)}
    for folder in folders:
        if (folder / "workloads.yaml").is_file():
            workloads |= {each.probe: each for each in _workloads(folder)}
    # Only those who add experiments have the file.
    own = home / "experiments.yaml"
    experiments = read_yaml(own, _Experiments, what="list of experiments").value.experiments if own.is_file() else ()
    compared, extras = _apart(dict(sorted(frameworks.items(), key=lambda item: (item[1].order, item[0]))))
    return Definitions(
        home, compared, routes, tuple(workloads.values()), homes, capabilities, experiments, extras, tuple(folders)
    )


def _framework(file: Path, routes: Collection[str] | None = None) -> FrameworkDefinition:
    """Read a framework's definition, and hold it against the recipes beside it and the `routes` that there are."""
    document = read_yaml(file, FrameworkDefinition, what="framework definition")
    found = document.value
    problems = []
    for index, runtime in enumerate(found.routes if routes else ()):
        # A route of a newer or another advisor is passed over; one that was mistyped is not.
        near = did_you_mean(runtime, routes or ())
        if runtime not in (routes or ()) and near:
            known = ", ".join(routes or ())
            problems.append(Problem(("routes", index), f"no route is called '{runtime}'{near} (known: {known})"))
    places = [file.parent, *([file.parent.parent / found.recipes] if found.recipes else [])]
    timed = [f"{task}.py" for task in TASKS if any((place / f"{task}.py").is_file() for place in places)]
    if timed and not found.settings:
        expected = f"expected 'settings:' with {' or '.join(SETTINGS)}, the settings in which it is timed"
        problems.append(Problem((), f"{' and '.join(timed)} would never be run: {expected}"))
    if problems:
        raise document.error(problems)
    return found


def _apart(found: Mapping[str, FrameworkDefinition]) -> tuple[dict[str, FrameworkDefinition], ...]:
    """Return the frameworks that are always taken up, and the extras."""
    apart = {name for name, each in found.items() if each.unless_named or each.unless_training}
    return tuple({name: each for name, each in found.items() if (name in apart) == extra} for extra in (False, True))


def _workloads(home: Path) -> tuple[WorkloadDefinition, ...]:
    return read_yaml(home / "workloads.yaml", _Workloads, what="list of workloads").value.workloads


def _routes(home: Path) -> dict[str, RouteDefinition]:
    files = sorted((home / "routes").glob("*.yaml"))
    found = [read_yaml(file, RouteDefinition, what="route definition").value for file in files]
    return {route.runtime: route for route in found}


@lru_cache(maxsize=1)
def shipped() -> Definitions:
    """Return the definitions that advisor ships."""
    return load()


@lru_cache(maxsize=4)
def _with(folders: tuple[Path, ...]) -> Definitions:
    return load(folders=folders)


def current() -> Definitions:
    """Return the shipped definitions, and those of the folders that are in use (`advisor.resources.using`)."""
    return _with(resources.folders()) if resources.folders() else shipped()


# To decide, frameworks and routes are enough: the capabilities' many files are not read for it.


@lru_cache(maxsize=1)
def _shipped_frameworks() -> dict[str, FrameworkDefinition]:
    found = [_framework(file) for file in sorted(resources.probes().glob("frameworks/*/framework.yaml"))]
    return {each.id: each for each in sorted(found, key=lambda each: (each.order, each.id))}


# 575 calls of 3 ms in a decision, 5,400 in a site: saves 2 and 13 s of processor time.
@lru_cache(maxsize=1)
def _shipped_routes() -> dict[str, RouteDefinition]:
    return _routes(resources.probes())


@lru_cache(maxsize=1)
def _shipped_workloads() -> tuple[WorkloadDefinition, ...]:
    return _workloads(resources.probes())


def frameworks() -> dict[str, FrameworkDefinition]:
    """Return the frameworks that every session takes up, by id."""
    return dict(current().frameworks) if resources.folders() else _apart(_shipped_frameworks())[0]


def extras() -> dict[str, FrameworkDefinition]:
    """Return the frameworks that not every session takes up, by id."""
    return dict(current().extras) if resources.folders() else _apart(_shipped_frameworks())[1]


def everyone() -> dict[str, FrameworkDefinition]:
    """Return all frameworks by id."""
    return {**frameworks(), **extras()}


def routes() -> dict[str, RouteDefinition]:
    """Return the routes by runtime id (``executorch``, ``litert`` …)."""
    return dict(current().routes if resources.folders() else _shipped_routes())


# 40 calls of 0.9 ms in a decision, 1,600 in a site.
@lru_cache(maxsize=1)
def network_quantities() -> Mapping[str, NetworkQuantities]:
    """Return what the networks of the workloads amount to, by the network's name."""
    file = resources.probes() / "quantities.yaml"
    return read_yaml(file, _Networks, what="list of networks").value.networks


def capabilities() -> dict[str, CapabilityDefinition]:
    """Return the capabilities by id (``export-onnx`` …)."""
    return dict(current().capabilities)


def workloads() -> tuple[WorkloadDefinition, ...]:
    """Return the workloads in the order in which they are measured."""
    return current().workloads if resources.folders() else _shipped_workloads()
