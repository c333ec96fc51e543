"""A profile on the machine of a Run: what its anchors in the model's own quantities are there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from advisor.measurement.definitions import NetworkQuantities
from advisor.measurement.run import Run
from advisor.measurement.run_index import peak_of
from advisor.profiles.anchors import NOMINAL_PEAK, Quantity
from advisor.profiles.check import Constraint, Wish
from advisor.profiles.networks import quantities_of
from advisor.profiles.profile import Profile
from advisor.profiles.value import ValueFunction

Known = Mapping[str, NetworkQuantities]


def on_machine(profile: Profile, run: Run) -> Profile:
    """Return the profile with its anchors in the model's own quantities as what they are on the machine of `run`.

    Where the Run did not measure how much its machine reaches, they are those of `NOMINAL_PEAK`.
    """
    if not has_anchors(profile):
        return profile
    peak, known = peak_of(run) or NOMINAL_PEAK, quantities_of(profile)
    return replace(
        profile,
        wishes=tuple(_wish_on(wish, peak, known) for wish in profile.wishes),
        constraints=tuple(_constraint_on(constraint, peak, known) for constraint in profile.constraints),
    )


def has_anchors(profile: Profile, of: Quantity | None = None) -> bool:
    """Return whether a profile states anything in the model's own quantities, or in this one of them."""
    stated = [anchor for wish in profile.wishes for anchor in wish.anchors or ()]
    stated += [constraint.anchor for constraint in profile.constraints if constraint.anchor is not None]
    return any(of in (None, anchor.of) for anchor in stated)


def _wish_on(wish: Wish, peak: float, known: Known) -> Wish:
    if wish.anchors is None:
        return wish
    floor, target = (anchor.value(wish.criterion, peak, known) for anchor in wish.anchors)
    texts = [anchor.told(wish.criterion, peak, known) for anchor in wish.anchors]
    value = ValueFunction(floor, target, wish.criterion.unit)
    return replace(wish, value=value, floor_text=texts[0], target_text=texts[1])


def _constraint_on(constraint: Constraint, peak: float, known: Known) -> Constraint:
    if constraint.anchor is None:
        return constraint
    told = constraint.anchor.told(constraint.criterion, peak, known)
    return replace(constraint, limit=constraint.anchor.value(constraint.criterion, peak, known), limit_text=told)
