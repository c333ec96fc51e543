"""How far a figure of one model on one machine holds for another model, or for another device.

What slows all stacks alike changes no order. What turns orders round is the interaction: a stack that suits one network
or one processor and not the next. So a figure that was obtained with another model or on another device gets one factor
of its own, log-normal with the standard deviation σ, independent between stacks. σ is not guessed:

- σ(model), per metric, is the spread of the stacks' log ratios between the networks that this Run measured (at least
  `NETWORKS` of them), else the value of the reference Run.
- σ(device) is the spread of the log ratios between devices in what others published (`advisor.knowledge.devices`);
  ``python -m benchmarks.transfer`` scores, one device left out at a time, how often an order so given was right.

Both are of a *change*: the ratio of two stacks differs from one context to another by √2 · σ, as two independent
factors do.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from advisor.criteria import Measured
from advisor.decision.recommendation import Z95
from advisor.knowledge.devices import Comparison, load_comparisons
from advisor.measurement.definitions import routes
from advisor.measurement.run import Observation, Run
from advisor.profiles.profile import Profile
from advisor.targets.target import Target

NETWORKS = 3
"""How many networks a Run must have measured before its own spread between them counts."""

NO_NETWORKS = frozenset({"pictures", "tiny"})
"""The workloads that are no networks: what they say does not depend on the model."""

SMALL_ONE = "a small network"
SMALL = f"with {SMALL_ONE}"

PROVED = {
    "latency": "latency_seconds",
    "cold-start": "cold_start_seconds",
    "peak-memory": "peak_memory_bytes",
    "artifact-size": "artifact_bytes",
    "runtime-size": "runtime_bytes",
}
"""The figures that a proof of a route reports for each of its networks, by the metric that they are of."""

SHIPPED: Mapping[str, float] = {
    "latency": 0.58,
    "training": 0.63,
    "cold-start": 0.22,
    "peak-memory": 0.1,
    "artifact-size": 0.16,
    "runtime-size": 0.37,
}
"""σ(model) of the reference Run, for Runs that measured fewer networks; ``python -m benchmarks.transfer`` prints it."""

SPEED = frozenset(
    {
        *("latency", "throughput", "cold-start", "first-call", "training-time", "import-time"),
        *("peak-memory", "runtime-memory", "runtime-start"),
    }
)
"""The metrics that another kind of processor makes others of."""

TIMES = frozenset({"s", "1/s"})
"""The units of what changes from one processor to another; sizes do not, or belong to a build."""

Stacks = Mapping[Any, float]
"""The logarithm of every stack's figure in one context (one network, one device); less is better."""


@dataclass(frozen=True)
class Spread:
    """How much the ratio of two stacks changes from context to context.

    ``sigma`` is the standard deviation of one stack's log factor for a change of context, from ``contexts`` contexts
    and ``pairs`` pairs of stacks; ``freedom`` is how many differences it rests on.
    """

    sigma: float
    contexts: int
    pairs: int
    freedom: int

    @property
    def predictive(self) -> float:
        """Return σ for one more context: larger where few differences were seen (Student's t of that freedom)."""
        return self.sigma * math.sqrt(self.freedom / (self.freedom - 2)) if self.freedom > 2 else math.inf


def ratios(rows: Iterable[tuple[Hashable, Stacks]]) -> dict[tuple[Hashable, Hashable], dict[Hashable, float]]:
    """Return by pair of stacks and context their log ratio; several rows of one context are averaged."""
    found: dict[tuple[Hashable, Hashable], dict[Hashable, list[float]]] = defaultdict(lambda: defaultdict(list))
    for context, logs in rows:
        for first, second in itertools.combinations(sorted(logs, key=str), 2):
            found[first, second][context].append(logs[first] - logs[second])
    return {pair: {context: _mean(each) for context, each in by.items()} for pair, by in found.items()}


def spread(rows: Iterable[tuple[Hashable, Stacks]], *, least: int = 2) -> Spread | None:
    """Return the pooled spread of log ratios between contexts; None where no pair was seen in `least` of them."""
    squares, freedom, contexts, pairs = 0.0, 0, set(), 0
    for by in ratios(rows).values():
        if len(by) < least:
            continue
        middle = _mean(by.values())
        squares += math.fsum((each - middle) ** 2 for each in by.values())
        freedom += len(by) - 1
        contexts |= set(by)
        pairs += 1
    return Spread(math.sqrt(squares / freedom), len(contexts), pairs, freedom) if freedom else None


def between_networks(run: Run, metric: str) -> Spread | None:
    """Return the spread of `metric` between the networks of a Run, or None where too few were measured.

    `metric` is a key of `PROVED` (of the routes that something can be shipped through, each precision for itself) or
    ``training`` (a training step of the frameworks themselves).
    """
    # What was timed in rounds says it better than what proofs report of one thread, where there is enough of it.
    ways = (
        [_step]
        if metric == "training"
        else [functools.partial(_shipped, metric), functools.partial(_proof, PROVED[metric])]
    )
    for way in ways:
        rows: dict[str | None, dict[str, dict[Hashable, float]]] = defaultdict(lambda: defaultdict(dict))
        for found in filter(None, map(way, run.observations)):
            network, precision, stack, value = found
            rows[precision][network].setdefault(stack, math.log(value))
        known = pooled(spread(by.items(), least=NETWORKS) for by in rows.values())
        if known is not None and known.freedom >= NETWORKS:
            return known
    return None


def pooled(spreads: Iterable[Spread | None]) -> Spread | None:
    """Return one spread for several, weighted by what each rests on."""
    known = [each for each in spreads if each is not None]
    if not known:
        return None
    freedom = sum(each.freedom for each in known)
    square = math.fsum(each.freedom * each.sigma**2 for each in known) / freedom
    return Spread(math.sqrt(square), max(each.contexts for each in known), sum(each.pairs for each in known), freedom)


Contextual = tuple[str, str | None, Hashable, float]
"""Network, precision, stack and value."""


def _shipped(metric: str, each: Observation) -> Contextual | None:
    """Return network, precision, stack and value of a figure of what ships; None for another one."""
    if each.route is None or each.metric != metric or each.summary is None or each.workload is None:
        return None
    if each.parameters.get("build") in ("python", "native"):
        return None
    stack = each.framework, each.route
    return each.workload, str(each.parameters.get("precision")), stack, each.summary.median


def _proof(figure: str, each: Observation) -> Contextual | None:
    """Return network, precision, stack and value of a figure of a route's proof."""
    route = each.probe.removeprefix("capability:route-")
    if route == each.probe or route not in routes() or each.outcome != "proved" or each.proof is None:
        return None
    network, value = str(each.parameters.get("workload")), each.proof.get(figure)
    if not isinstance(value, (int, float)) or value <= 0:
        return None
    return network, str(each.parameters.get("precision")), (each.framework, route), float(value)


def _step(each: Observation) -> Contextual | None:
    """Return network, no precision, framework and time of a training step in the best known setting."""
    network = each.workload or ""
    if not each.probe.endswith("-training") or network in ("", *NO_NETWORKS):
        return None
    if each.metric != "latency" or each.setting != "best-known":
        return None
    return (network, None, each.framework, each.summary.median) if each.summary is not None else None


def model_sigma(run: Run, metric: str) -> tuple[float, str]:
    """Return σ(model) of a metric for this Run, and where it comes from in words."""
    found = between_networks(run, metric)
    if found is None or found.freedom < NETWORKS:
        return SHIPPED[metric], "the reference Run's spread between networks"
    shipped = {each.workload for each in run.observations if each.route is not None}
    small = "small " if len(shipped) < NETWORKS else ""
    return found.predictive, f"the spread between the {found.contexts} {small}networks of this Run"


def model_metric(rule: Measured) -> str | None:
    """Return the metric whose σ(model) a figure of this rule has; None where it does not depend on the network.

    What a proof proves and what an import takes do not. Accuracies neither: a share that another network lost says
    nothing of this one's, in any width, and is left as it is.
    """
    if all(part.workload is None or part.workload in NO_NETWORKS for part in (rule, *rule.plus)):
        return None
    if rule.parameters.get("build") in ("python", "native"):
        return None  # the full library, whatever the model
    if rule.probe.endswith("-training") or rule.metric == "training-time":
        return "training" if rule.metric in ("latency", "training-time") else "cold-start"
    first = {
        "first-call": "cold-start",
        "import-time": "cold-start",
        "runtime-memory": "peak-memory",
        "runtime-start": "cold-start",
    }
    metric = first.get(rule.metric or "", rule.metric or "")
    return metric if metric in PROVED else None


@dataclass(frozen=True)
class Transfer:
    """What was measured against what is asked.

    Another model, but where the ``model`` that is asked about was measured itself; another device where ``device`` says
    so. With ``shipped`` what ships was measured on the device itself, from a bundle, and only the rest elsewhere.
    """

    run: Run
    device: bool = False
    target: Target | None = None
    model: str | None = None
    shipped: bool = False

    @property
    def called(self) -> str:
        """Return what the asked device is called in a sentence."""
        return "your device" if self.target is None else self.target.called

    def foreign(self, rule: Measured) -> str | None:
        """Return why a figure says nothing of the target, which answers on another kind of processor; or None."""
        processor = None if self.target is None else self.target.processor
        if not self._elsewhere(rule) or processor in (None, self.run.policy.device) or rule.metric not in SPEED:
            return None
        return f"measured on this machine's {self.run.policy.device}, and {self.called} answers on its {processor}"

    def sigma(self, rule: Measured, unit: str) -> tuple[float, str | None]:
        """Return the σ that a figure of this rule has for what is asked, and what it was obtained with; 0 and None."""
        squares, others = 0.0, []
        metric = None if rule.workload == self.model and rule.workload is not None else model_metric(rule)
        if metric is not None:
            # The mean of several networks is itself as far from what holds for all as they are from each other.
            several = len(rule.networks)
            squares += self._model(metric)[0] ** 2 * (1 + 1 / several if several else 1)
            others.append(f"with {several} networks" if several > 1 else "with another network" if several else SMALL)
        if self._elsewhere(rule) and unit in TIMES:
            squares += device_sigma() ** 2
            others.append("on this machine")
        return math.sqrt(squares), " ".join(others) or None

    def _elsewhere(self, rule: Measured) -> bool:
        """Return whether a figure of a rule was measured on another device than the one that is asked about."""
        return self.device and not (self.shipped and rule.probe.startswith("route:"))

    def told(self, sigmas: Collection[float], networks: Collection[str] = (SMALL_ONE,)) -> list[str]:
        """Return what a reader of figures with these σ has to know: how much they were widened, and after what.

        Parameters
        ----------
        networks : collection of str
            What was measured in place of the model that is asked about; nothing where it was measured itself.
        """
        if not sigmas:
            return []
        factor = f"by up to ×{math.exp(Z95 * max(sigmas)):.1f} either way"
        elsewhere = self.device and not self.shipped
        where = "the device" if self.shipped else "this machine"
        published = "what was published of other devices"
        if not networks:
            return [
                f"The model was measured on {where}. For {self.called} its times are widened, {factor}, after "
                f"{published}: check there what must hold"
            ]
        asked = "your model" + (f" on {self.called}" if elsewhere else "")
        after = self._model("latency")[1] + (f" and {published}" if elsewhere else "")
        several = len(networks) > 1
        what = f"A small network was measured on {where}"
        if SMALL_ONE not in networks:
            what = f"On {where} {', '.join(networks)} {'were' if several else 'was'} measured"
        return [
            f"{what}. For {asked} {'their' if several else 'its'} figures are widened, {factor}, after {after}: check "
            "there what must hold"
        ]

    def _model(self, metric: str) -> tuple[float, str]:
        known = self.__dict__.setdefault("_known", {})
        if metric not in known:
            known[metric] = model_sigma(self.run, metric)
        result: tuple[float, str] = known[metric]
        return result


def asked_of(run: Run, profile: Profile) -> Transfer:
    """Return what a profile asks against what a Run measured: what ships to devices runs on another machine.

    A Run that was measured on a device of the target needs no widening for it. Where what ships was measured from a
    bundle, the device is that one, unless a target is named that it is not of.
    """
    target, host, shipped = profile.target, run.host, (run.exported or run.reported) is not None
    model = None if profile.model is None else profile.model.spec
    if target is None:
        return Transfer(run, device=profile.ships == "edge", model=model, shipped=shipped)
    there = target.is_host(system=host.os, architecture=host.architecture, processor=host.cpu)
    return Transfer(run, device=not there or shipped, target=target, model=model, shipped=shipped and there)


def device_rows(comparisons: Sequence[Comparison]) -> list[tuple[Hashable, Stacks]]:
    """Return what was published as contexts: a device, and how fast every runtime was in one model on it."""
    return [(each.device, each.logs()) for each in comparisons if each.metric != "cold-start"]


def between_devices(comparisons: Sequence[Comparison]) -> Spread | None:
    """Return the spread between devices of what was published, with what another model adds taken out.

    The comparisons of two devices are mostly of two models as well, so the spread between devices holds both. What the
    model alone adds is known from the comparisons of several models on one device. One that is larger than all together
    takes out half.
    """
    rows = device_rows(comparisons)
    whole = spread(rows)
    if whole is None:
        return None
    model = pooled(
        spread([((device, number), logs) for number, (context, logs) in enumerate(rows) if context == device])
        for device in sorted({str(context) for context, _ in rows})
    )
    between = whole.sigma**2 - (model.sigma**2 if model else 0.0)
    return replace(whole, sigma=math.sqrt(max(between, whole.sigma**2 / 2)))


# 11 calls of 5 ms in a decision.
@functools.cache
def device_sigma() -> float:
    """Return σ(device) of times, from the shipped comparisons."""
    found = between_devices(load_comparisons())
    assert found is not None, "the shipped comparisons hold devices in common"
    return found.predictive


def _mean(values: Collection[float]) -> float:
    return math.fsum(values) / len(values)
