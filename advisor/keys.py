"""What names a measurement: a stack, and the key of an observation."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

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
        As the observation has them: its ``workload`` is the network, its ``mode`` the setting. Without a metric it is a
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

    def __str__(self) -> str:
        """Return the key as one line of JSON, for journals."""
        stack = (self.stack.framework, self.stack.route)
        return json.dumps([self.probe, *stack, self.network, self.setting, self.parameters, self.metric, self.device])
