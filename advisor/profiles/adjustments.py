"""A profile adjusted for one question, its file untouched: other weights, further constraints, without the team."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import fsum
from typing import TypeVar

from advisor import numerals
from advisor.criteria import load_criteria
from advisor.errors import AdvisorError, did_you_mean
from advisor.knowledge.jobs import load_job
from advisor.profiles.check import Checker
from advisor.profiles.files import EVERY_CRITERION
from advisor.profiles.profile import Constraint, Limit, Profile, aimed
from advisor.profiles.team import CRITERION
from advisor.targets.target import load_target

T = TypeVar("T")

_KINDS: Mapping[str, Limit] = {"<=": "at_most", "≤": "at_most", ">=": "at_least", "≥": "at_least", "=": "is"}
_CONSTRAINT = re.compile(r"\s*([^\s<>=≤≥!]+)\s*([<>=≤≥!]+)\s*([^<>=≤≥!]*?)\s*")
_SIGNS = re.compile(r"[<>=≤≥!]+")
# Signs that are none of ours, and which of ours is meant.
_MEANT = {"<": "<=", "=<": "<=", ">": ">=", "=>": ">=", "==": "=", "<==": "<=", ">==": ">="}


def reweighted(profile: Profile, weights: Sequence[str]) -> Profile:
    """Give some wishes another share of the whole decision; the others keep their proportions.

    Parameters
    ----------
    weights : sequence of str
        Such as ``edge-latency=40``: criterion and share in percent; 0 leaves the wish out.

    Raises
    ------
    AdvisorError
        Naming the option, when a text is none of these, a criterion is not weighed by the profile, or the shares leave
        nothing for the others.
    """
    shares: dict[str, float] = {}
    known = [wish.criterion.id for wish in profile.wishes]
    for text in weights:
        name, _, number = (part.strip() for part in text.partition("="))
        option = f"--weight {text}"
        if not name or not number:
            raise AdvisorError(f"{option}: expected a criterion and its share in percent, such as edge-latency=40")
        if name not in known:
            if name in load_criteria():
                message = (
                    f"{option}: the profile '{profile.name}' does not weigh '{name}', so nothing says what it is worth"
                )
                hint = f"a profile of your own: extends: {profile.name}, and '{name}' with its target and floor"
                raise AdvisorError(message, hint=hint)
            message = f"{option}: the profile '{profile.name}' weighs no '{name}'{did_you_mean(name, known)}"
            raise AdvisorError(message, hint=f"it weighs {', '.join(known)}")
        share = _percent(number, option)
        if name in shares:
            raise AdvisorError(f"{option}: '{name}' is weighed twice")
        shares[name] = share
    total, others = fsum(shares.values()), fsum(w.weight for w in profile.wishes if w.criterion.id not in shares)
    if not shares:
        return profile
    if total > 1 + 1e-9 or (total < 1 - 1e-9 and not others):
        left = "more than 100 %" if total > 1 else f"only {total * 100:g} %, with no other wish to take the rest"
        raise AdvisorError(f"--weight: the shares {', '.join(weights)} add up to {left}")
    rest = max(0.0, 1.0 - total)
    wishes = [
        replace(wish, weight=shares.get(wish.criterion.id, wish.weight * rest / others if others else 0.0))
        for wish in profile.wishes
    ]
    return replace(profile, wishes=tuple(wish for wish in wishes if wish.weight > 0))


def requiring(profile: Profile, constraints: Sequence[str]) -> Profile:
    """Add hard constraints, each in place of the profile's own on the same criterion.

    Parameters
    ----------
    constraints : sequence of str
        Such as ``artifact-size<=5 MB``, ``accuracy>=95 %`` or ``edge-route=proved``.

    Raises
    ------
    AdvisorError
        Naming the option and what was expected.
    """
    asked = [_constraint(profile, text) for text in constraints]
    replaced = {constraint.criterion.id for constraint in asked}
    kept = [constraint for constraint in profile.constraints if constraint.criterion.id not in replaced]
    return replace(profile, constraints=(*kept, *{each.criterion.id: each for each in asked}.values()))


def aiming(profile: Profile, target: str | None) -> Profile:
    """Ask for one target in place of the profile's own; none leaves that as it is.

    Raises
    ------
    AdvisorError
        Naming the option, for an unknown target, with the nearest one.
    """
    return profile if target is None else aimed(profile, _named("--target", target, load_target))


def working(profile: Profile, job: str | None) -> Profile:
    """Ask for one job in place of the profile's own; none leaves that as it is.

    Raises
    ------
    AdvisorError
        Naming the option, for an unknown job, with the nearest one.
    """
    return profile if job is None else replace(profile, job=_named("--job", job, load_job).id)


def _named(option: str, name: str, load: Callable[[str], T]) -> T:
    """Return what an option names; a mistake names the option."""
    try:
        return load(name)
    except AdvisorError as error:
        raise AdvisorError(f"{option} {name}: {error.message}", hint=error.hint) from None


def without_team(profile: Profile) -> Profile:
    """Leave out what switching would cost the team; the other wishes keep their proportions."""
    wishes = [wish for wish in profile.wishes if wish.criterion.id != CRITERION]
    total = fsum(wish.weight for wish in wishes)
    if profile.team is None or not wishes:
        return profile
    return replace(profile, team=None, wishes=tuple(replace(wish, weight=wish.weight / total) for wish in wishes))


def _constraint(profile: Profile, text: str) -> Constraint:
    option, found = f"--require '{text}'", _CONSTRAINT.fullmatch(text)
    examples = "'artifact-size<=5 MB', 'cnn-throughput>=100 /s' or 'edge-route=proved'"
    if found is None or not found[3]:
        several = ", and one only" if len(_SIGNS.findall(text)) > 1 else ""
        raise AdvisorError(f"{option}: expected a criterion and its limit{several}, such as {examples}")
    name, sign, value = found.groups()
    checker = Checker(load_criteria()).for_profile(profile.ships, profile.criteria)
    criterion = checker.criteria.get(name)
    fitting = ("=",) if criterion is None or criterion.levels else ("<=", ">=")
    if criterion is not None and (sign not in _KINDS or (_KINDS[sign] == "is") != bool(criterion.levels)):
        meant = _MEANT.get(sign, sign)
        signs = [meant] if meant in fitting else fitting
        kind = f"a level of '{name}'" if criterion.levels else f"a limit of '{name}'"
        message = f"{option}: {kind} stands after {' or '.join(repr(each) for each in fitting)}, not after '{sign}'"
        raise AdvisorError(message, hint=" or ".join(f"--require '{name}{each}{value}'" for each in signs))
    constraint = checker.constraint(name, _KINDS.get(sign, "is"), value, "asked for on the command line")
    if constraint is not None:
        return constraint
    raise AdvisorError(f"{option}: {checker.problems[0].message}", hint=EVERY_CRITERION if checker.unknown else None)


def _percent(number: str, option: str) -> float:
    expected = "a share from 0 to 100 percent, such as edge-latency=40"
    digits = number.removesuffix("%").rstrip()
    try:
        share = numerals.number(digits, expected=expected)
    except ValueError as error:
        raise AdvisorError(f"{option}: {error}") from None
    if 0 < share < 1 and digits == number:
        forms = [numerals.written(round(100 * share, 9)), f"{digits} %"]
        raise AdvisorError(f"{option}: expected {expected}, got '{number}'{numerals.alternatives(forms)}")
    if not 0 <= share <= 100:
        raise AdvisorError(f"{option}: expected {expected}")
    return share / 100
