"""What names a measurement (a stack, the key of an observation), and the query by which criteria and claims ask."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Annotated, Literal

from pydantic import Field

from advisor.documents import Model

Scalar = str | int | float | bool


class Stack(Model):
    """An alternative: a framework and, where something is shipped, the route it is shipped through."""

    framework: str
    route: str | None = None

    @property
    def stack(self) -> Stack:
        """Itself: as what has a stack, so that either may be asked."""
        return self


EVERY = Stack(framework="*", route="*")
"""Stands for every stack in a key that names work and not whose it is."""


@dataclass(frozen=True, slots=True)
class CellKey:
    """What tells one measurement from every other of its machine.

    Which variant of a setting a trial chose is found out and no part of the name: a second session may choose another,
    and measures the same cell.

    Attributes
    ----------
    probe, network, setting, metric : str or None
        As the observation has them: its ``workload`` is the network. Without a metric it is a
        proof.
    stack : Stack
        Whose it is.
    device : str or None
        Where it computed; None: where the policy of the Run says.
    parameters : tuple of (str, scalar)
        Batch size, precision and their like, sorted by name.
    """

    probe: str
    network: str | None
    stack: Stack
    setting: str | None
    device: str | None
    parameters: tuple[tuple[str, Scalar], ...]
    metric: str | None

    @property
    def work(self) -> CellKey:
        """What was asked of every stack alike: the key without whose answer it is."""
        return replace(self, stack=EVERY)

    @property
    def group(self) -> str:
        """What is visited in the same rounds: one network and batch, or all that ships it alike."""
        what = "route" if self.stack.route is not None else self.probe
        return "|".join((what, self.network or "", *(f"{name} {value}" for name, value in self.parameters)))

    def __str__(self) -> str:
        """Return the key as one line of JSON, for journals."""
        stack = (self.stack.framework, self.stack.route)
        return json.dumps([self.probe, *stack, self.network, self.setting, self.parameters, self.metric, self.device])


Text = Annotated[str, Field(min_length=1)]
Statistic = Literal["median", "p50", "p95", "p99"]


class Query(Model):
    """Which observations are meant; what is absent leaves it open.

    Attributes
    ----------
    probe : str
        Glob over probe ids, such as ``route:*``.
    workload, setting : str, optional
        The network and the setting. An observation that has none (a capability, an installed size) belongs to each.
    parameters : mapping
        Parameters that an observation must have; it may have others.
    metric : str, optional
        The figure; absent: the outcome of a proof.
    figure : str, optional
        Instead of a metric: the dotted path of a detail in the proof, such as ``captures.by_default``.
    statistic : str
        Which statistic of the metric.
    """

    probe: Text
    workload: str | None = None
    setting: str | None = None
    parameters: dict[str, Scalar] = Field(default_factory=dict)
    metric: str | None = None
    figure: str | None = None
    statistic: Statistic = "median"

    def matches(self, key: CellKey) -> bool:
        """Return whether a key is of this probe, network and setting."""
        return (
            fnmatchcase(key.probe, self.probe)
            and (self.workload is None or key.network in (None, self.workload))
            and (self.setting is None or key.setting in (None, self.setting))
        )

    def includes(self, key: CellKey) -> bool:
        """Return whether a key has every parameter that is asked for."""
        held = dict(key.parameters)
        return all(name in held and held[name] == value for name, value in self.parameters.items())

    def governs(self, key: CellKey) -> bool:
        """Return whether none of a key's parameters differs from one that is asked for: a proof has fewer of them."""
        return all(self.parameters.get(name, value) == value for name, value in key.parameters)


def stack_id(stack: Stack) -> str:
    """Return the identifier of a stack: ``pytorch`` or ``pytorch→executorch``."""
    return f"{stack.framework}→{stack.route}" if stack.route else stack.framework


def stack_title(stack: Stack, titles: Mapping[str, str]) -> str:
    """Return the name of a stack as people write it: ``PyTorch → ExecuTorch``."""
    framework = titles.get(stack.framework, stack.framework)
    return f"{framework} → {titles.get(stack.route, stack.route)}" if stack.route else framework


def as_id(text: str) -> str:
    """Return the identifier of a framework, a route or a stack as answers print it: ``PyTorch -> ONNX Runtime``."""
    return text.replace("->", "→").replace(" ", "").lower()
