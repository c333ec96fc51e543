"""What is worth measuring for a profile, in which order, and what can no longer change its answer.

Two bounds decide. A probe on which no criterion of the profile rests says nothing about its answer. And once the worst
that the leader can be worth is more than the best of a rival, or the rival fails a constraint, nothing that is still
unknown about the two can change which of them comes first. Beyond the bounds a leader counts as settled that is
recommended already, comes first in nearly all samples in which everything unknown is drawn, and is known well enough,
as its closest rival is, for its reasons to be worth reading.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from fnmatch import fnmatchcase

from advisor.criteria import Criterion
from advisor.decision.alternatives import alternatives, unmeasured
from advisor.decision.evidence import Evidencer, applies, of_build
from advisor.decision.reader import probe_of
from advisor.decision.robustness import first_rank
from advisor.decision.sampling import draw
from advisor.decision.table import Table, build
from advisor.decision.transfer import asked_of
from advisor.decision.verdict import SMALL, WELL_KNOWN, judge, without
from advisor.keys import Stack, stack_id
from advisor.knowledge.catalog import Catalog, load_catalog
from advisor.measurement.definitions import Definitions, current
from advisor.measurement.omission import EVERYTHING_ELSE
from advisor.measurement.run import Run
from advisor.measurement.run_index import CEILING
from advisor.measurement.tasks.kinds import ENVIRONMENT
from advisor.profiles.machine import has_anchors, on_machine
from advisor.profiles.networks import for_session, subjects_of
from advisor.profiles.profile import Profile

MARGIN = 3 * SMALL
"""How far ahead without any one criterion a leader has to be before the rest of the evidence can be left alone."""

SETTLED = 0.995
"""Share of the samples in which a leader must come first to count as settled."""

SAMPLES = 4_000

_UNTRIED = frozenset({"missing", "not_run"})


def needed_probes(profile: Profile, definitions: Definitions | None = None) -> dict[str, float]:
    """Return the probes on which the profile's criteria rest, the weightiest first, with what rests on each (0 to 1).

    A probe on which a constraint rests comes before all others: it can put a stack out.
    """
    known = definitions or current()
    ids = [
        ENVIRONMENT,
        *(work.probe for work in known.workloads),
        *(work.probe for subject in subjects_of(profile) for work in subject.works),
        *(experiment.probe for experiment in known.experiments),
        *(route.id for route in known.routes.values() if profile.ships in route.ships),
        *(capability.probe for capability in known.capabilities.values()),
    ]
    required = {constraint.criterion.id for constraint in profile.constraints}
    weights = {wish.criterion.id: wish.weight for wish in profile.wishes}
    found: dict[str, float] = {}
    for name, criterion in profile.criteria.items():
        share = weights.get(name, 0.0) + (1.0 if name in required else 0.0)
        for probe in dict.fromkeys(_probes(criterion, profile, ids)):
            found[probe] = found.get(probe, 0.0) + share
    if has_anchors(profile, "ceiling"):
        found.setdefault(CEILING, 0.0)
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def skippable(
    profile: Profile,
    run: Run,
    catalog: Catalog | None = None,
    *,
    seed: int = 0,
    planned: Collection[Stack] = (),
) -> dict[tuple[str, str], str]:
    """Return what can no longer change the answer, for each probe and framework why, measured already or not.

    Parameters
    ----------
    run : Run
        What was measured so far; what it lacks counts as anything.
    planned : collection of Stack
        What will be compared beside what the Run knows of: the routes that a session has yet to try.
    """
    table = _table(profile, run, catalog, planned)
    reasons = _decided(table, seed)
    return {
        place: reasons[asking[0]] for place, asking in _asked(table).items() if all(each in reasons for each in asking)
    }


def enough(profile: Profile, run: Run, catalog: Catalog | None = None, *, seed: int = 0) -> bool:
    """Return whether a Run holds all that could change the profile's answer, or says why it left something out."""
    left = skippable(profile, run, catalog, seed=seed)
    return all(
        place in left or any(fnmatchcase(place[0], each.probe) for each in run.skipped if each.probe != EVERYTHING_ELSE)
        for place in _open(_table(profile, run, catalog))
    )


def _table(profile: Profile, run: Run, catalog: Catalog | None, planned: Collection[Stack] = ()) -> Table:
    # Of what is asked about, the quickest session measures this much: a Run without it has yet to answer.
    known, profile = current(), on_machine(for_session(profile, quick=True), run)
    missing = {(each.framework, each.route) for each in run.observations if each.outcome == "not_installed"}
    there = [each for each in planned if each.framework in run.frameworks]
    here = [each for each in there if (each.framework, each.route) not in missing]
    found = [*alternatives(run, profile.ships, known.frameworks, known.routes), *here]
    stacks = sorted({stack_id(stack): stack for stack in found}.values(), key=stack_id)
    titles = run.titles
    titles |= {route.runtime: route.title for route in known.routes.values()}
    known_of = load_catalog() if catalog is None else catalog
    unmeasured_ones = unmeasured(run, profile)
    named = {name: each for name, (_, each) in unmeasured_ones.items()}
    evidencer = Evidencer(run, known_of, profile.team, asked_of(run, profile), named, build=profile.build)
    columns = profile.criteria.values()
    table = build(profile, stacks, titles, evidencer.table(stacks, columns))
    others = [stack for stack, _ in unmeasured_ones.values()]
    return replace(table, open=build(profile, others, titles, evidencer.table(others, columns))) if others else table


def _open(table: Table) -> dict[tuple[str, str], list[str]]:
    """Return the stacks that wait for each probe and framework that was not tried."""
    waiting: dict[tuple[str, str], list[str]] = {}
    for (stack, _), finding in table.findings.items():
        if finding.cell.outcome in _UNTRIED and finding.probe is not None:
            waiting.setdefault((finding.probe, table.stacks[stack].framework), []).append(stack)
    return waiting


def _asked(table: Table) -> dict[tuple[str, str], list[str]]:
    """Return the stacks of which each probe and framework could tell something that the profile asks.

    What the machine reaches says how good a time is, of every stack.
    """
    asking: dict[tuple[str, str], list[str]] = {}
    anchored = has_anchors(table.profile, "ceiling")
    for name, stack in table.stacks.items():
        if anchored:
            asking.setdefault((CEILING, stack.framework), []).append(name)
        for criterion in table.profile.criteria.values():
            for rule in criterion.evidence:
                if rule.measured is None or not applies(rule, stack) or not of_build(rule, table.profile.build):
                    continue
                for part in rule.measured.parts:
                    stacks = asking.setdefault((probe_of(part, stack), stack.framework), [])
                    stacks += [name] if name not in stacks else []
    return asking


def _decided(table: Table, seed: int) -> dict[str, str]:
    """Return the stacks of which nothing more needs to be known, and why."""
    reasons = {stack: f"{table.title(stack)} fails a constraint already" for stack in table.out}
    if not table.feasible:
        return reasons
    first, rest = table.feasible[0], table.feasible[1:]
    title, worst = table.title(first), table.values[first].low
    # A constraint that is still open could put the leader out, and then every rival counts again.
    if any(each.outcome == "unknown" for each in table.constraints[first]):
        return reasons
    behind = {rival for rival in rest if table.values[rival].high < worst}
    reasons |= {rival: f"whatever it shows, {title} stays ahead of {table.title(rival)}" for rival in behind}
    # Of a leader of which little is known the verdict would be another one, however far ahead it is.
    shares = _shares(table, seed)
    if not rest or judge(table, shares).verdict != "recommended":
        return reasons
    # What is still open may bring one criterion to carry the answer alone, which would make a lean of it.
    if any(each.first != first or each.lead <= MARGIN for each in without(table)):
        return reasons
    if len(behind) == len(rest) and all(high < worst for high in _open_highs(table)):
        reasons[first] = f"whatever it shows, {title} comes first"
    elif shares[first] >= SETTLED and min(table.known(first), table.known(rest[0])) >= WELL_KNOWN:
        reasons |= dict.fromkeys(table.feasible, f"{title} comes first in nearly every case, whatever it shows")
    return reasons


def _shares(table: Table, seed: int) -> dict[str, float]:
    """Return the share of samples in which each stack comes first, before all that nobody can measure here as well."""
    findings, worths = table.findings, table.worths
    if table.open is not None:
        findings, worths = {**findings, **table.open.findings}, {**worths, **table.open.worths}
    among = (*table.feasible, *_opened(table))
    drawn = draw(among, table.profile.wishes, findings, worths, samples=SAMPLES, seed=seed)
    return dict(zip(table.feasible, map(float, first_rank(drawn.values)), strict=False))


def _opened(table: Table) -> tuple[str, ...]:
    return () if table.open is None else table.open.feasible


def _open_highs(table: Table) -> list[float]:
    """Return the most that each alternative is worth that nobody measured."""
    return [] if table.open is None else [table.open.values[name].high for name in table.open.feasible]


def _probes(criterion: Criterion, profile: Profile, ids: Iterable[str]) -> Iterable[str]:
    """Yield the probes that could answer a criterion for some alternative of the profile."""
    routed, alone = profile.ships is not None, profile.ships != "edge"
    for rule in criterion.evidence:
        if rule.measured is None or (rule.route == "own" and not routed) or (rule.route == "none" and not alone):
            continue
        if not of_build(rule, profile.build):
            continue
        for part in rule.measured.parts:
            yield from (probe for probe in ids if fnmatchcase(probe, part.probe_of(None)))
