"""What a question is about: one model, as everybody who measures, decides and tells sees it.

`Subject` is the seam between ``--model`` and the rest. Whoever brings another kind of model (a network that is data, a
file of a framework, a function of one's own) makes a Subject of it, and nothing else of advisor need know the kind:

- **identity**: ``spec`` is what a Run calls the model (``workload`` of its observations) and what a worker is told:
  ``probes.workloads.synthetic(spec)`` and ``untrained(spec, …)`` have to return its `Case` there. ``title`` and
  ``kind`` are for people.
- **sizes**: ``quantities`` (weights, operations), of which ``2 x ceiling`` and ``1 x weights int8`` are multiples.
- **how a stack prepares it**: ``works`` are what is timed of it in a framework itself (inference, training), with the
  batches; a framework's own recipes do that (``probes/frameworks/NAME/inference.py``). ``documents`` are definitions
  that workers are handed beyond the shipped ones, ``variables`` what else a worker finds in its environment.
- **which routes**: `takes` says of a framework, and of a route out of it, why the model cannot go that way; None: it
  can be tried.

A session is given subjects (`advisor.measurement.session.plan.make_plan`), a profile one (`Profile.model`): criteria
then ask about it (`advisor.profiles.model`), and what was measured of it is no transfer from another model.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from advisor import resources
from advisor.documents import Document
from advisor.measurement import networks
from advisor.measurement.definitions import NetworkQuantities, Task, WorkloadDefinition, network_quantities, workloads
from advisor.measurement.networks import Asked, NetworkDefinition
from advisor.signature import Tensor


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A model that a question is about; see the module for what each part is for.

    Attributes
    ----------
    only : mapping of framework to routes, optional
        The frameworks that can prepare the model, each with the routes that can take it from there (None: every route
        of the framework); without it, every framework and every route is tried.
    refusals : mapping of str to str
        Why not, for people: by framework, or by ``framework→route``.
    family : tuple of str
        The same network at other sizes, where only a size was asked for (`advisor.measurement.scale`).
    inputs, outputs : tuple of Tensor
        What it takes and gives, for people.
    words : tuple of str
        The words of a command line that name it again.
    own : bool
        Whether it is a model of the user's, which `advisor export` writes artifacts of.
    """

    spec: str
    title: str
    kind: str
    quantities: NetworkQuantities
    works: tuple[WorkloadDefinition, ...]
    documents: tuple[Document[NetworkDefinition], ...] = field(default=(), repr=False)
    variables: Mapping[str, str] = field(default_factory=dict)
    only: Mapping[str, Sequence[str] | None] | None = None
    refusals: Mapping[str, str] = field(default_factory=dict)
    family: tuple[str, ...] = ()
    inputs: tuple[Tensor, ...] = ()
    outputs: tuple[Tensor, ...] = ()
    words: tuple[str, ...] = ()
    own: bool = False

    def takes(self, framework: str, route: str | None = None) -> str | None:
        """Return why the model cannot be prepared in a framework, or cannot go through a route from there."""
        if self.only is None:
            return None
        if framework not in self.only:
            return self.refusals.get(framework, f"{self.title} cannot be prepared in {framework}")
        routes = self.only[framework]
        if route is None or routes is None or route in routes:
            return None
        return self.refusals.get(f"{framework}→{route}", f"{self.title} does not go through {route} from {framework}")

    def work(self, task: Task) -> WorkloadDefinition | None:
        """Return what is timed of it for a task, or None where nothing is."""
        return next((each for each in self.works if each.task == task), None)

    def batch(self, task: Task, like: Any = 1) -> int | None:
        """Return the batch in which it is timed where the stand-in's is `like`: one sample, or as many as it serves."""
        work = self.work(task)
        if work is None:
            return None
        return work.batches[0] if like == 1 or task == "training" else work.batches[-1]


def of_network(asked: Asked) -> Subject:
    """Return the subject of a network that is data: a reference network, one with other parameters, or one's own.

    Raises
    ------
    AdvisorError
        With file:line:column, where a node does not fit what it reads.
    """
    definition = asked.definition
    own = asked.document.path.parent != resources.probes() / "networks"
    title = definition.title
    if asked.parameters:
        title += f" ({', '.join(f'{name} {value:g}' for name, value in sorted(asked.parameters.items()))})"
    known = None if own or asked.parameters else network_quantities().get(asked.spec)
    return Subject(
        spec=asked.spec,
        title=title,
        kind=definition.kind,
        quantities=known or _quantities(asked),
        works=_works(asked, title, own=own),
        documents=(asked.document,) if own else (),
        inputs=tuple(_input(asked, each) for each in definition.inputs),
    )


def _input(asked: Asked, each: networks.Input) -> Tensor:
    """Return what a network takes, with the parameters in the place of their names; expressions stay as they are."""
    known = {name: found.default for name, found in asked.definition.parameters.items()} | dict(asked.parameters)

    def size(amount: networks.Amount) -> int | str:
        value = known.get(amount, amount) if isinstance(amount, str) else amount
        return value if isinstance(value, str) else int(value)

    low, high = (size(amount) for amount in each.range) if each.range is not None else ("", "")
    bounds = None if isinstance(low, str) or isinstance(high, str) else (float(low), float(high))
    return Tensor(name=each.name, dtype=each.dtype, shape=("batch", *map(size, each.shape)), range=bounds)


def find(text: str) -> Subject:
    """Return the subject of what ``--model`` was given; raise AdvisorError, naming the nearest where there is none."""
    return of_network(networks.find(text))


# With parameters each asks a process what it amounts to, and a decision asks again and again.
@functools.cache
def of_networks(specs: tuple[str, ...]) -> tuple[Subject, ...]:
    """Return the subjects of reference networks, by their names."""
    return tuple(of_network(networks.find(f"@{spec}")) for spec in specs)


def _quantities(asked: Asked) -> NetworkQuantities:
    from advisor.measurement.network_sizes import described  # which starts a process, and is seldom needed

    (found,) = described([asked])
    return NetworkQuantities(
        weights=found.parameters["trained"],
        prediction=2 * found.macs,
        training=2 * (3 * found.macs - found.reading),
    )


def _works(asked: Asked, title: str, *, own: bool) -> tuple[WorkloadDefinition, ...]:
    """Return what is timed of a network: as the shipped workloads say, or one sample and eight, and a step on eight."""
    definition = asked.definition
    shipped = [] if own else [each for each in workloads() if each.workload == definition.id]
    if shipped:
        update = {"workload": asked.spec, "not_quick": None, "unless_named": None}
        kept = [each for each in shipped if each.task in ("inference", "training")]
        if not asked.parameters:
            return tuple(each.model_copy(update=update) for each in kept)
        return tuple(
            each.model_copy(update=update | {"title": f"{title} {each.task}", "what": f"{each.what[:-1]}, varied."})
            for each in kept
        )
    tasks: list[tuple[Task, tuple[int, ...], str]] = [("inference", (1, 8), "One forward pass of")]
    if definition.loss is not None:
        tasks.append(("training", (8,), "One step of plain SGD on"))
    return tuple(
        WorkloadDefinition(
            probe=f"{definition.id}-{task}", title=f"{title} {task}", workload=asked.spec, task=task, batches=batches,
            what=f"{what} {title}.",
        )
        for task, batches, what in tasks
    )  # fmt: skip
