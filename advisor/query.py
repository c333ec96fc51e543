"""The one language in which criteria and claims say which observations of a Run they mean."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Annotated, Literal

from pydantic import Field

from advisor.documents import Model
from advisor.keys import CellKey, Scalar

Text = Annotated[str, Field(min_length=1)]
Statistic = Literal["median", "p50", "p95", "p99"]


class Query(Model):
    """Which observations are meant; what is absent leaves it open.

    Attributes
    ----------
    probe : str
        Glob over probe ids, such as ``route:*``.
    workload, mode : str, optional
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
    mode: str | None = None
    parameters: dict[str, Scalar] = Field(default_factory=dict)
    metric: str | None = None
    figure: str | None = None
    statistic: Statistic = "median"

    def matches(self, key: CellKey) -> bool:
        """Return whether a key is of this probe, network and setting."""
        return (
            fnmatchcase(key.probe, self.probe)
            and (self.workload is None or key.network in (None, self.workload))
            and (self.mode is None or key.setting in (None, self.mode))
        )

    def includes(self, key: CellKey) -> bool:
        """Return whether a key has every parameter that is asked for."""
        held = dict(key.parameters)
        return all(name in held and held[name] == value for name, value in self.parameters.items())

    def governs(self, key: CellKey) -> bool:
        """Return whether none of a key's parameters differs from one that is asked for: a proof has fewer of them."""
        return all(self.parameters.get(name, value) == value for name, value in key.parameters)
