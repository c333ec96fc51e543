"""A profile about a model, or about several networks: its criteria ask about those, and not about the stand-in.

The criteria are written about the small network that is trained here, which stands for every model. Asked about one
model, each criterion that depends on the network is asked about that one, in the batches in which it is timed. Without
a model a profile names networks that people ship for its purpose: then times and sizes are the geometric means over
those of them that were measured, and anchors are multiples of the geometric means of what those amount to. Proofs and
accuracies stay with the trained network: the classes of an untrained one say nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from advisor.criteria import STAND_IN, Criterion, Evidence, Measured, Selection
from advisor.keys import Query
from advisor.measurement.definitions import NetworkQuantities, Task, network_quantities
from advisor.measurement.run import Run
from advisor.measurement.run_index import RunIndex
from advisor.profiles.check import Wish
from advisor.profiles.profile import Profile

if TYPE_CHECKING:
    from advisor.measurement.subject import Subject

ROUTES = "route:*"
OF_WEIGHTS = ("accuracy", "accuracy-loss")
"""The metrics that say something of trained weights only."""

WHOLE = ("python", "native")
"""The kinds of build whose size is the same whatever the model is: over several networks the stand-in's is taken, and
of one model its own, which is timed in any case."""

QUICK = 2
"""How many of a profile's networks a quick session measures: the first ones."""

Choice = Callable[[Measured], bool]


def subjects_of(profile: Profile, *, quick: bool = False) -> tuple[Subject, ...]:
    """Return what a session has to measure for a profile beside the stand-in: the model, or the profile's networks."""
    if profile.model is not None:
        return (profile.model,)
    if not profile.networks:
        return ()
    from advisor.measurement import subject as subjects

    return subjects.of_networks(profile.networks[:QUICK] if quick else profile.networks)


def quantities_of(profile: Profile) -> Mapping[str, NetworkQuantities]:
    """Return what the networks that a profile's criteria may be about amount to, by name."""
    model = profile.model
    if model is None:
        return network_quantities()
    from advisor.measurement import subject as subjects

    family = {each.spec: each.quantities for each in subjects.of_networks(model.family)}
    return {**network_quantities(), **family, model.spec: model.quantities}


def for_session(profile: Profile, *, quick: bool = False) -> Profile:
    """Return the profile as a session has to measure for it: about the model, or about all of its networks."""
    return _asked(profile, subjects_of(profile, quick=quick), lambda _: True)


def for_run(profile: Profile, run: Run) -> Profile:
    """Return the profile as a Run can answer it: about what of the model, or of its networks, the Run has measured.

    A criterion of which the Run has nothing for the model stays with the stand-in, whose figures are transferred.
    """
    if profile.model is None and not profile.networks:
        return profile
    index = RunIndex(run)
    tried = {found.key.network for found in index}
    about = [each for each in subjects_of(profile) if each.spec in tried]
    if profile.model is not None and not about:
        about = _around(profile.model, tried)

    def there(rule: Measured) -> bool:
        query = Query(probe=rule.probe, workload=rule.workload, parameters=rule.parameters, metric=rule.metric)
        return any(
            query.matches(found.key) and found.key.network == rule.workload and query.includes(found.key)
            and found.key.metric == rule.metric
            and (found.observation.summary is not None or found.observation.outcome == "proved")
            for found in index
        )  # fmt: skip

    return _asked(profile, about, there)


def _around(model: Subject, tried: Collection[str | None]) -> list[Subject]:
    """Return the sizes next to that of a model of which only the size is known, of those that were tried."""
    from advisor.measurement import subject as subjects

    there = [each for each in subjects.of_networks(model.family) if each.spec in tried]
    size = model.quantities.prediction
    below = [each for each in there if each.quantities.prediction <= size]
    above = [each for each in there if each.quantities.prediction > size]
    least = min(above, key=lambda each: each.quantities.prediction, default=None)
    most = max(below, key=lambda each: each.quantities.prediction, default=None)
    return [most, least] if most is not None and least is not None else []


def networks_of(profile: Profile) -> list[str]:
    """Return the networks that the criteria of a profile are over, as `for_run` found them."""
    named = (
        str(each.workload)
        for criterion in profile.criteria.values()
        for rule in criterion.evidence
        if rule.measured is not None
        for each in rule.measured.networks
    )
    return list(dict.fromkeys(named))


def _asked(profile: Profile, about: Sequence[Subject], there: Choice) -> Profile:
    if not about:
        return profile
    # The sizes around that of a model are several networks, and none of them is the model.
    one = profile.model is not None and profile.model in about
    criteria = {name: _of(criterion, about, there, one=one) for name, criterion in profile.criteria.items()}
    wishes = [replace(wish, criterion=criteria[wish.criterion.id]) for wish in profile.wishes]
    constraints = tuple(replace(each, criterion=criteria[each.criterion.id]) for each in profile.constraints)
    return replace(profile, wishes=tuple(_merged(wishes) if one else wishes), constraints=constraints)


def _merged(wishes: Sequence[Wish]) -> list[Wish]:
    """Return the wishes with those that ask the same of the model as one: it would be counted once for each."""
    found: dict[str, Wish] = {}
    for wish in wishes:
        key = repr(wish.criterion.evidence) if wish.criterion.of_model is not None else wish.criterion.id
        known = found.get(key)
        found[key] = wish if known is None else replace(known, weight=known.weight + wish.weight)
    return list(found.values())


def _of(criterion: Criterion, about: Sequence[Subject], there: Choice, *, one: bool) -> Criterion:
    """Return the criterion about some subjects: about `one` model, or over several networks."""
    rules = [_rule(each, about, there, one=one) for each in criterion.evidence]
    if all(new is old for new, old in zip(rules, criterion.evidence, strict=True)):
        return criterion
    kept = tuple(each for each in rules if each is not None) or criterion.evidence
    words = criterion.of_model.model_dump() if criterion.of_model is not None else {}
    return criterion.model_copy(update={"evidence": kept, **words})


def _rule(rule: Evidence, about: Sequence[Subject], there: Choice, *, one: bool) -> Evidence | None:
    asked = rule.measured
    if asked is None or not _depends(asked, one=one):
        return rule
    found = [cast("Measured", new) for each in about if (new := _selection(asked, each)) is not None]
    found = [each for each in found if there(each)]
    if not found:
        return rule
    new = found[0] if one else asked.model_copy(update={"networks": tuple(found)})
    return rule.model_copy(update={"measured": new})


def _depends(rule: Measured, *, one: bool) -> bool:
    """Return whether a figure depends on the network; of the kinds of networks only the stand-in stands for others."""
    if rule.metric in OF_WEIGHTS or (not one and rule.parameters.get("build") in WHOLE):
        return False
    parts = [each for each in (rule, *rule.plus) if _task(each) is not None]
    if one:
        return any(each.workload in network_quantities() for each in parts)
    return rule.metric is not None and any(each.workload == STAND_IN for each in parts)


def _task(part: Selection) -> Task | None:
    """Return which work of a network a selection is of; None: of nothing that every network has."""
    if part.probe == ROUTES:
        return "inference"
    tasks: tuple[Task, ...] = ("inference", "training")
    return next((task for task in tasks if part.probe == f"{part.workload}-{task}"), None)


def _selection(part: Selection, subject: Subject) -> Selection | None:
    """Return the selection for a subject, or None where nothing of the kind is timed of it."""
    task = _task(part)
    update: dict[str, Any] = {}
    if task is not None:
        update["workload"] = subject.spec
    if task is not None and part.probe != ROUTES:
        work, like = subject.work(task), part.parameters.get("batch", 1)
        batch = subject.batch(task, like)
        if work is None or batch is None:
            return None
        update["probe"] = work.probe
        if "batch" in part.parameters:
            update["parameters"] = {**part.parameters, "batch": batch}
        if isinstance(part, Measured) and part.items_per_call:
            update["items_per_call"] = batch
    if isinstance(part, Measured) and part.plus:
        more = [_selection(each, subject) for each in part.plus]
        if None in more:
            return None
        update["plus"] = tuple(more)
    return part.model_copy(update=update)
