"""The alternatives: which stacks a profile compares, and those that nobody measured here and it should not pass over.

The latter are open, with what is documented of them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from advisor.errors import EXIT_PROBING, EXIT_USAGE, AdvisorError, did_you_mean
from advisor.keys import Stack, as_id, stack_id
from advisor.knowledge.alternatives import Alternative, load_alternatives
from advisor.measurement.definitions import FrameworkDefinition, RouteDefinition
from advisor.measurement.definitions import frameworks as defined_frameworks
from advisor.measurement.definitions import routes as defined_routes
from advisor.measurement.run import Run
from advisor.profiles.entries import Ships
from advisor.profiles.profile import Profile
from advisor.targets.target import Reached


def alternatives(
    run: Run,
    ships: Ships | None,
    definitions: Mapping[str, FrameworkDefinition],
    routes: Mapping[str, RouteDefinition],
    *,
    frameworks: Collection[str] | None = None,
    exclude: Collection[str] = (),
) -> tuple[Stack, ...]:
    """Return the stacks to compare, sorted by identifier.

    Parameters
    ----------
    run : Run
        Its frameworks are compared, those that are not installed too (as unknown).
    ships : {"edge", "server"} or None
        ``edge``: every framework through every route that ships to devices. ``server``: every framework alone, and
        through every route that ships to servers. None: every framework alone. A route that a quick session leaves
        out is an alternative only where the Run tried it.
    definitions, routes : mapping
        What routes a framework has, and what a route ships to.
    frameworks : collection of str, optional
        Compare only these frameworks.
    exclude : collection of str
        Leave out these frameworks, routes or stacks (``tensorflow``, ``onnxruntime``, ``pytorch→onnxruntime``).

    Raises
    ------
    AdvisorError
        When a name is unknown to the Run, or nothing is left to compare.
    """
    return chosen(run, every(run, ships, definitions, routes), frameworks=frameworks, exclude=exclude)


def refuse_unknown(
    names: Collection[str], frameworks: Mapping[str, FrameworkDefinition], routes: Mapping[str, RouteDefinition]
) -> None:
    """Raise AdvisorError for what is no framework, no route and no stack of these: nobody waits for a mistaken name."""
    stacks = [f"{name}→{route}" for name, each in frameworks.items() for route in each.routes]
    known = [*frameworks, *routes, *stacks]
    for name in names:
        if as_id(name) not in map(str.lower, known):
            message = f"--exclude: there is nothing called '{name}'{did_you_mean(as_id(name), known)}"
            raise AdvisorError(message, hint=f"one of {', '.join(known)}")


def every(
    run: Run,
    ships: Ships | None,
    definitions: Mapping[str, FrameworkDefinition],
    routes: Mapping[str, RouteDefinition],
) -> list[Stack]:
    """Return all stacks that can be compared where this is shipped (see `alternatives`)."""
    found: list[Stack] = []
    for name in run.frameworks:
        seen = {each.route for each in run.observations if each.framework == name and each.route}
        known = definitions[name].routes if name in definitions else ()
        extra = {route for route in seen | set(known) if route in routes and routes[route].not_quick}
        extra |= definitions[name].routes_apart if name in definitions else set()
        shipping = sorted(
            route
            for route in (seen | set(known)) - (extra - _tried(run, name))
            if ships is not None and (route not in routes or ships in routes[route].ships)
        )
        if ships != "edge":
            found.append(Stack(framework=name))
        found.extend(Stack(framework=name, route=route) for route in shipping)
    # Frameworks of somebody's own may have no route at all: they are compared as they are, and the answer says so.
    return found or [Stack(framework=name) for name in run.frameworks]


def chosen(
    run: Run, found: Collection[Stack], *, frameworks: Collection[str] | None = None, exclude: Collection[str] = ()
) -> tuple[Stack, ...]:
    """Return those of `found` that are asked for (see `alternatives`, also for what is raised)."""
    named = {part for stack in found for part in (stack.framework, stack.route, stack_id(stack)) if part}
    named |= set(run.frameworks)
    spelled = {name.lower(): name for name in named}
    left_out = {spelled.get(as_id(item), item) for item in exclude}
    for wanted in (*(frameworks or ()), *sorted(left_out)):
        if wanted not in named:
            message = f"nothing called '{wanted}' is compared here{did_you_mean(wanted, named)}"
            raise AdvisorError(message, hint=f"one of {', '.join(sorted(named))}")
    kept = [
        stack
        for stack in found
        if (frameworks is None or stack.framework in frameworks)
        and not left_out & {stack.framework, stack.route, stack_id(stack)}
    ]
    if not kept:
        asked = frameworks is not None or left_out
        message = "there is nothing to compare: no framework is left"
        raise AdvisorError(message, exit_code=EXIT_USAGE if asked else EXIT_PROBING)
    return tuple(sorted(kept, key=stack_id))


def _tried(run: Run, framework: str) -> set[str]:
    """Return the routes of a framework that the Run tried, and whose runtime was there."""
    return {
        each.route
        for each in run.observations
        if each.framework == framework and each.route and each.outcome not in ("not_installed", "not_run")
    }


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


def measurable(names: Collection[str], run: Run | None = None) -> list[str]:
    """Return the names that are none of an alternative that is only documented; some have recipes all the same.

    In a `run` that is none of its frameworks, such a one is documented, too.
    """
    tried = defined_frameworks() if run is None else run.frameworks
    known = {each.id for each in load_alternatives()} - {*defined_routes(), *tried}
    return [name for name in names if as_id(name).rpartition("→")[2] not in known]


def _stack(each: Alternative, run: Run, frameworks: Collection[str] | None) -> Stack | None:
    """Return the stack of an alternative in a Run, or None where there is none that is asked for."""
    if not each.frameworks:
        asked = frameworks is None or each.id in frameworks
        measured = {each.id, *each.measured_as} & set(run.frameworks)
        return Stack(framework=each.id) if asked and not measured else None
    seen = _seen(run)
    names = [name for name in each.frameworks if name in run.frameworks and name in (frameworks or [name])]
    left = [name for name in names if (name, each.id) not in seen]
    return Stack(framework=left[0], route=each.id) if left and len(left) == len(names) else None


def _seen(run: Run) -> set[tuple[str, str | None]]:
    """Return the routes that a Run tried, by framework, where what they need was there."""
    missing = ("not_installed", "not_run")
    return {(each.framework, each.route) for each in run.observations if each.outcome not in missing}


def _relevant(each: Alternative, profile: Profile) -> bool:
    if (profile.ships or "training") not in each.ships:
        return False
    if profile.target is not None:
        return isinstance(profile.target.reach(each.id), Reached)
    asked = {"browser"} if any(each.criterion.id == "browser-runtime" for each in profile.constraints) else set()
    return not each.where or bool(asked & set(each.where))
