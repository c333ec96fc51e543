"""Alternatives that nobody measured here and that a profile should not pass over: open, with what is documented."""

from __future__ import annotations

from collections.abc import Collection

from advisor.decision.stack import as_id, stack_id
from advisor.keys import Stack
from advisor.knowledge.alternatives import Alternative, load_alternatives
from advisor.measurement.run import Run
from advisor.profiles.profile import Profile
from advisor.targets.target import Reached

LARGE_FILE, LARGE_MEMORY = 200e6, 2e9
"""The limits of model file and memory from which on a question is likely to be about a language model, in bytes."""


def unmeasured(
    run: Run, profile: Profile, *, frameworks: Collection[str] | None = None, exclude: Collection[str] = ()
) -> dict[str, tuple[Stack, Alternative]]:
    """Return the open alternatives of a profile by the stack's id.

    Those that are for what the profile ships to, that reach its target, and whose framework the Run knows; what the Run
    measured itself is none of them. Of several frameworks whose models one takes, the first stands for it.
    """
    found: dict[str, tuple[Stack, Alternative]] = {}
    for each in load_alternatives():
        stack = _stack(each, run, frameworks)
        if stack is None or each.models is not None or not _relevant(each, profile):
            continue
        if {stack_id(stack), each.id, stack.framework} & {as_id(name) for name in exclude}:
            continue
        found[stack_id(stack)] = (stack, each)
    return found


def for_language_models(profile: Profile) -> list[str]:
    """Return the names of what serves language models where the profile's limits look like one, else nothing."""
    limits = {must.criterion.id: must.limit for must in profile.musts if must.kind == "at_most"}
    large = any(limits.get(name, 0.0) >= LARGE_FILE for name in ("artifact-size",))
    large = large or any(limits.get(name, 0.0) >= LARGE_MEMORY for name in ("peak-memory", "serving-memory"))
    return [each.title for each in load_alternatives() if each.models == "language"] if large else []


def measurable(names: Collection[str]) -> list[str]:
    """Return the names that are none of an alternative that is only documented."""
    known = {each.id for each in load_alternatives()}
    return [name for name in names if as_id(name).rpartition("→")[2] not in known]


def _stack(each: Alternative, run: Run, frameworks: Collection[str] | None) -> Stack | None:
    """Return the stack of an alternative in a Run, or None where there is none that is asked for."""
    if not each.frameworks:
        measured = each.id in run.frameworks or frameworks is not None
        return None if measured else Stack(framework=each.id)
    seen = {observation.route for observation in run.observations}
    names = [name for name in each.frameworks if name in run.frameworks and name in (frameworks or [name])]
    return Stack(framework=names[0], route=each.id) if names and each.id not in seen else None


def _relevant(each: Alternative, profile: Profile) -> bool:
    if (profile.ships or "training") not in each.ships:
        return False
    if profile.target is not None:
        return isinstance(profile.target.reach(each.id), Reached)
    asked = {"browser"} if any(must.criterion.id == "browser-runtime" for must in profile.musts) else set()
    return not each.where or bool(asked & set(each.where))
