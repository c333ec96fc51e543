"""Anchors in the model's own quantities: ``2 x ceiling``, ``1 x weights int8``, ``2 x weights float32 + 1 MB``.

What is fast for a network of three million operations is out of reach for one of three billion, and what is small for
the one is nothing for the other. So that one profile serves both, a target or a floor may be a multiple of what the
network itself amounts to: the time that its operations take at the most that the machine reaches (``ceiling``), or the
bytes of its weights in one precision (``weights int8``, ``weights float32``). A size may have a fixed part beside that:
what a format says of the graph does not shrink with the weights. Which network is meant, the criterion's evidence says:
the one that was measured for it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from advisor import numerals
from advisor.criteria import Criterion, Measured
from advisor.errors import did_you_mean
from advisor.measurement.definitions import NetworkQuantities, network_quantities
from advisor.quantities import parse, show

Quantity = Literal["ceiling", "weights int8", "weights float32"]

BYTES: dict[Quantity, int] = {"weights int8": 1, "weights float32": 4}
UNITS: dict[Quantity, str] = {"ceiling": "s", "weights int8": "B", "weights float32": "B"}

NOMINAL_PEAK = 375e9
"""Operations a second that a machine is taken to reach where nobody measured it: the reference Run's ceiling."""

_ANCHOR = re.compile(r"(?P<factor>\S+)\s+[x×]\s+(?P<of>\S.*)")
_MEANT = re.compile(
    r"(?P<factor>.*?)\s*(?:[x×*]\s*)?(?P<of>(?:ceil|weight)\w*.*)|\S+\s*[x×]\s+(?P<other>\S.*)", re.IGNORECASE
)


@dataclass(frozen=True)
class Anchor:
    """A multiple of one of the model's own quantities, and for a size what is fixed beside it, in bytes."""

    factor: float
    of: Quantity
    plus: float = 0.0

    def __str__(self) -> str:
        multiple = f"{numerals.written(self.factor)} x {self.of}"
        if not self.plus:
            return multiple
        number, unit = show(self.plus, "B").split()
        return f"{multiple} + {float(number):g} {unit}"

    def value(
        self, criterion: Criterion, peak: float = NOMINAL_PEAK, known: Mapping[str, NetworkQuantities] | None = None
    ) -> float:
        """Return it in the criterion's base unit, for the network that was measured for the criterion.

        Of several networks it is the geometric mean, as their figure is.

        Parameters
        ----------
        criterion : Criterion
            One that `read` accepted it for.
        peak : float
            The most operations a second that the machine reaches.
        known : mapping, optional
            What networks amount to, by name; default the shipped ones.
        """
        cases = _cases(criterion, network_quantities() if known is None else known)
        assert cases
        logs = [math.log(self._of(network, rule, peak)) for network, rule in cases]
        return math.exp(math.fsum(logs) / len(logs)) if len(logs) > 1 else self._of(*cases[0], peak)

    def _of(self, network: NetworkQuantities, rule: Measured, peak: float) -> float:
        if self.of != "ceiling":
            return self.factor * network.weights * BYTES[self.of] + self.plus
        batch = rule.parameters.get("batch", 1)
        assert isinstance(batch, int)
        operations = network.training if rule.probe.endswith("-training") else network.prediction
        return self.factor * operations * batch / peak

    def told(self, criterion: Criterion, peak: float, known: Mapping[str, NetworkQuantities] | None = None) -> str:
        """Return it with what it is for the network that was measured, such as ``2 x ceiling (15.6 µs)``."""
        return f"{self} ({show(self.value(criterion, peak, known), criterion.unit)})"


def read(value: Any, criterion: Criterion) -> Anchor | None:
    """Return the anchor that a text states, or None where it states a quantity of another kind.

    Raises
    ------
    ValueError
        When it means one of the model's quantities and is none, or one that the criterion does not have.
    """
    text = "" if criterion.levels or not isinstance(value, str) else " ".join(value.split())
    meant = _MEANT.fullmatch(text)
    if meant is None:
        return None
    found = _ANCHOR.fullmatch(text)
    said, sign, fixed = ((found or meant)["of"] or meant["other"]).partition("+")
    said, fixed = said.strip(), fixed.strip()
    of = next((each for each in UNITS if each == said), None)
    if found is None or of is None:
        near = did_you_mean(f"{meant['factor'] or 1} x {said}", [f"{meant['factor'] or 1} x {each}" for each in UNITS])
        expected = f"a multiple of {', '.join(map(repr, UNITS))}, such as '2 x ceiling'"
        raise ValueError(f"expected {expected}, got {numerals.shortened(text)}{near}")
    factor = numerals.number(found["factor"], expected=f"a number before 'x {said}', such as '2 x {said}'")
    if factor <= 0:
        raise ValueError(f"expected more than zero, got {numerals.shortened(text)}")
    anchor = Anchor(factor, of, _fixed(fixed, of, text) if sign else 0.0)
    if criterion.unit != UNITS[anchor.of]:
        kind = "a time" if UNITS[anchor.of] == "s" else "a size"
        raise ValueError(f"'{said}' is {kind}, and '{criterion.id}' is none")
    if not _cases(criterion, network_quantities()):
        raise ValueError(f"'{criterion.id}' does not depend on the network alone: it has no '{said}'")
    return anchor


def _fixed(said: str, of: Quantity, text: str) -> float:
    """Return the bytes that stand beside a multiple of the weights."""
    if UNITS[of] != "B":
        raise ValueError(f"only a size has a fixed part, got {numerals.shortened(text)}")
    try:
        size = parse(said, "B")
    except ValueError:
        size = math.nan
    if not 0 < size < math.inf:
        raise ValueError(f"expected a size after '+', such as '2 x {of} + 1 MB', got {numerals.shortened(text)}")
    return size


def _cases(criterion: Criterion, known: Mapping[str, NetworkQuantities]) -> list[tuple[NetworkQuantities, Measured]]:
    """Return the networks that the criterion's figure is of, each with the rule that measures it."""
    for rule in (rule.measured for rule in criterion.evidence):
        if rule is None or rule.metric not in ("latency", "artifact-size") or rule.plus:
            continue
        found = [(known[str(each.workload)], each) for each in rule.networks or (rule,) if each.workload in known]
        if found and all(network.prediction or rule.metric != "latency" for network, _ in found):
            return found
    return []
