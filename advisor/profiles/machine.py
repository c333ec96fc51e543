"""A profile on the machine of a Run: what its anchors in the model's own quantities are there."""

from __future__ import annotations

from dataclasses import replace

from advisor.measurement.derivation import CEILING
from advisor.measurement.run import Run
from advisor.profiles.anchors import NOMINAL_PEAK, Quantity
from advisor.profiles.check import Must, Wish
from advisor.profiles.profile import Profile
from advisor.profiles.value import ValueFunction


def on_machine(profile: Profile, run: Run) -> Profile:
    """Return the profile with its anchors in the model's own quantities as what they are on the machine of `run`.

    Where the Run did not measure how much its machine reaches, they are those of `NOMINAL_PEAK`.
    """
    if not has_anchors(profile):
        return profile
    peak = peak_of(run) or NOMINAL_PEAK
    return replace(
        profile,
        wishes=tuple(_wish_on(wish, peak) for wish in profile.wishes),
        musts=tuple(_must_on(must, peak) for must in profile.musts),
    )


def has_anchors(profile: Profile, of: Quantity | None = None) -> bool:
    """Return whether a profile states anything in the model's own quantities, or in this one of them."""
    stated = [anchor for wish in profile.wishes for anchor in wish.anchors or ()]
    stated += [must.anchor for must in profile.musts if must.anchor is not None]
    return any(of in (None, anchor.of) for anchor in stated)


def peak_of(run: Run) -> float | None:
    """Return the most operations a second that the machine of a Run was seen to reach, or None."""
    peaks = [
        each.summary.median
        for each in run.observations
        if each.probe == CEILING and each.metric == "peak-flops" and each.summary is not None
    ]
    return max(peaks, default=None)


def _wish_on(wish: Wish, peak: float) -> Wish:
    if wish.anchors is None:
        return wish
    floor, target = (anchor.value(wish.criterion, peak) for anchor in wish.anchors)
    texts = [anchor.told(wish.criterion, peak) for anchor in wish.anchors]
    value = ValueFunction(floor, target, wish.criterion.unit)
    return replace(wish, value=value, floor_text=texts[0], target_text=texts[1])


def _must_on(must: Must, peak: float) -> Must:
    if must.anchor is None:
        return must
    told = must.anchor.told(must.criterion, peak)
    return replace(must, limit=must.anchor.value(must.criterion, peak), limit_text=told)
