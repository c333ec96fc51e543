"""The decision: Run + Catalog + Profile → Recommendation.

Alternatives → evidence → constraints and partial values → additive value with bounds → joint samples → verdict, and
what would change it. Pure: the same documents, seed and number of samples give the same Recommendation, byte for byte.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from advisor.decision.alternatives import alternatives, measurable, unmeasured
from advisor.decision.evidence import Evidencer
from advisor.decision.explanation import against, reasons, warnings
from advisor.decision.flips import dominated, flips, joint_flips, stability
from advisor.decision.next_steps import steps, ways
from advisor.decision.phrases import listed
from advisor.decision.recommendation import (
    AskedModel,
    Cell,
    Coverage,
    FallenRoute,
    Lead,
    Need,
    Open,
    Provenance,
    Ranked,
    Recommendation,
    StatedConstraint,
    Verdict,
    Without,
)
from advisor.decision.robustness import Robustness, robustness
from advisor.decision.table import Table, build, contributions, scored
from advisor.decision.transfer import asked_of
from advisor.decision.verdict import SMALL, judge, without
from advisor.keys import as_id
from advisor.knowledge.alternatives import load_alternatives, source_of
from advisor.knowledge.catalog import Catalog, load_catalog
from advisor.measurement.definitions import frameworks as defined_frameworks
from advisor.measurement.definitions import routes as defined_routes
from advisor.measurement.run import Run
from advisor.profiles.machine import on_machine
from advisor.profiles.networks import for_run, networks_of
from advisor.profiles.profile import Profile

SAMPLES = 10_000


def decide(
    run: Run,
    profile: Profile,
    catalog: Catalog | None = None,
    *,
    seed: int = 0,
    samples: int = SAMPLES,
    frameworks: Collection[str] | None = None,
    exclude: Collection[str] = (),
) -> Recommendation:
    """Return the Recommendation for `profile` on the evidence of `run` and `catalog`.

    Parameters
    ----------
    run : Run
        What was measured; it may be incomplete, or hold one framework only.
    profile : Profile
        What is needed (`advisor.profiles.profile.load_profile`).
    catalog : Catalog, optional
        What is documented; default the shipped one. Facts count as of the day on which the Run was finished.
    seed, samples : int
        Of the robustness analysis; both are recorded.
    frameworks, exclude : collection of str
        Which alternatives to compare (see `advisor.decision.alternatives.alternatives`), also of those that are only
        documented.

    Raises
    ------
    AdvisorError
        When a name in `frameworks` or `exclude` is unknown, or nothing is left to compare (exit code 3 where
        the Run has nothing).

    Examples
    --------
    >>> from advisor import load_profile, load_run
    >>> told = decide(load_run("run.json"), load_profile("edge"))
    >>> told.verdict, told.answer
    ('lean', Stack(framework='tensorflow', route='litert'))
    """
    catalog = load_catalog() if catalog is None else catalog
    profile = on_machine(for_run(profile, run), run)
    routes = defined_routes()
    open_ones = unmeasured(run, profile, frameworks=frameworks, exclude=exclude)
    opened = unmeasured(run, profile, frameworks=frameworks)
    kept = [name for name in measurable(exclude, run) if as_id(name) not in opened]
    named_ones = None if frameworks is None else measurable(frameworks, run)
    stacks = alternatives(run, profile.ships, defined_frameworks(), routes, frameworks=named_ones, exclude=kept)
    titles = run.titles
    titles |= {stack.route: routes[stack.route].title for stack in stacks if stack.route in routes}
    titles = {**{each.id: each.title for _, each in open_ones.values()}, **titles}
    named = {name: each for name, (_, each) in open_ones.items()}
    evidencer = Evidencer(run, catalog, profile.team, asked_of(run, profile), named, profile.build)
    table = build(profile, stacks, titles, evidencer.table(stacks, profile.criteria.values()))
    if open_ones:
        others = [stack for stack, _ in open_ones.values()]
        found = evidencer.table(others, profile.criteria.values())
        table = replace(table, open=build(profile, others, titles, found))
    return assemble(table, run, catalog, seed=seed, samples=samples)


def assemble(table: Table, run: Run, catalog: Catalog, *, seed: int, samples: int) -> Recommendation:
    """Return the Recommendation of a scored table: samples, verdict, and what would change it."""
    profile = table.profile
    found = robustness(table, seed=seed, samples=samples)
    judgement = judge(table, {name: shares[0] for name, shares in found.ranks.items()})
    answer = table.stacks[judgement.answer] if judgement.answer else None
    because = reasons(table, judgement.answer) if judgement.answer else []
    rival = against(table, judgement.answer) if judgement.answer else None
    return Recommendation(
        profile=profile.name,
        title=profile.title,
        question=_question(profile),
        run=run.id,
        decided=run.finished,
        seed=seed,
        samples=samples,
        verdict=judgement.verdict,
        answer=answer,
        tied=tuple(table.stacks[name] for name in judgement.tied),
        conditions=judgement.conditions,
        titles=dict(table.titles) | {name: criterion.title for name, criterion in profile.criteria.items()},
        ranking=tuple(_ranked(table, name, found) for name in (*table.feasible, *table.out)),
        needs=tuple(_needs(profile)),
        constraints=tuple(_constraints(profile)),
        evidence=tuple(_cells(table)),
        reasons=tuple(each.text for each in because),
        reason_grounds=tuple(each.grounds for each in because),
        against=rival.text if rival else None,
        against_grounds=rival.grounds if rival else (),
        flips=tuple(flips(table)) if answer else (),
        joint_flips=tuple(joint_flips(table)) if answer else (),
        stability=tuple(stability(profile.wishes, table.worths, table.feasible)) if answer else (),
        open=tuple(_open(table, found)),
        without=tuple(_without(table, judgement.verdict)) if answer else (),
        lead=_lead(table) if answer else None,
        steps=tuple(steps(table, run, judgement.answer)) if judgement.answer else (),
        ways=tuple(ways(table)) if judgement.verdict != "undetermined" else (),
        model=_model(profile, run),
        networks=tuple(networks_of(profile)),
        next_probe=found.next_probe,
        coverage=_coverage(table),
        warnings=tuple(warnings(table, run, catalog, decided=judgement.verdict == "recommended")),
    )


def _question(profile: Profile) -> str:
    """Return what is asked, and of which model."""
    about = profile.model
    if about is None:
        return profile.question
    size = f"{_amount(about.quantities.weights)} weights, {_amount(about.quantities.prediction)} operations a sample"
    return f"{profile.question} Asked about {about.title}: {size}."


def _amount(count: int) -> str:
    """Return a large count in thousands, millions or billions."""
    for size, word in ((1e9, " billion"), (1e6, " million"), (1e3, " thousand")):
        if count >= size:
            return f"{count / size:.3g}{word}"
    return str(count)


def _model(profile: Profile, run: Run) -> AskedModel | None:
    """Return what was asked about, for whoever reads the answer."""
    about = profile.model
    if about is None:
        return None
    return AskedModel(
        name=about.spec, title=about.title, kind=about.kind, weights=about.quantities.weights,
        operations=about.quantities.prediction,
        measured=any(each.workload == about.spec and each.summary is not None for each in run.observations),
        inputs=about.inputs, outputs=about.outputs, fallen=tuple(_fallen(about.spec, run)),
    )  # fmt: skip


def _fallen(spec: str, run: Run) -> Iterator[FallenRoute]:
    """Yield the routes that a model did not go through, with what the Run tells of the reason."""
    for number, each in enumerate(run.observations):
        if each.workload != spec or each.route is None or each.metric is not None or each.outcome == "proved":
            continue
        proof = each.proof or {}
        operator, where = (proof.get(key) for key in ("operator", "where"))
        yield FallenRoute(
            framework=each.framework, route=each.route, precision=str(each.parameters.get("precision", "")),
            outcome=each.outcome, why=each.message or each.outcome.replace("_", " "),
            operator=operator if isinstance(operator, str) else None, where=where if isinstance(where, str) else None,
            observation=number,
        )  # fmt: skip


def _ranked(table: Table, name: str, found: Robustness) -> Ranked:
    stack, value, wishes = table.stacks[name], table.values[name], table.profile.wishes
    feasible = name in table.feasible
    above = sum(table.values[other].middle > value.middle for other in table.feasible)
    cells = {wish.criterion.id: table.cell(name, wish.criterion.id) for wish in wishes}
    return Ranked(
        framework=stack.framework,
        route=stack.route,
        feasible=feasible,
        value=value.middle,
        low=value.low,
        high=value.high,
        rank_acceptability=found.ranks.get(name, ()),
        pairwise=found.pairwise.get(name, ()),
        first_by_ranking=found.by_ranking.get(name),
        first_by_any=found.by_any.get(name),
        central_weights=found.central.get(name, ()),
        dominated=feasible and dominated(table, name),
        would_rank=None if feasible else above + 1,
        constraints=table.constraints[name],
        contributions=tuple(contributions(wishes, table.row(name), cells)),
    )


def _needs(profile: Profile) -> list[Need]:
    return [
        Need(
            criterion=wish.criterion.id,
            title=wish.criterion.title,
            question=wish.criterion.question,
            group=wish.group,
            unit=wish.criterion.unit,
            better=wish.criterion.better,
            weight=wish.weight,
            floor=wish.floor_text if wish.criterion.levels else wish.value.floor,
            target=wish.target_text if wish.criterion.levels else wish.value.target,
            floor_text=wish.floor_text,
            target_text=wish.target_text,
            because=wish.because,
        )
        for wish in profile.wishes
    ]


def _constraints(profile: Profile) -> list[StatedConstraint]:
    return [
        StatedConstraint(
            criterion=constraint.criterion.id,
            title=constraint.criterion.title,
            text=f"{constraint.criterion.title} {constraint.text}",
            because=constraint.because,
        )
        for constraint in profile.constraints
    ]


def _cells(table: Table) -> list[Cell]:
    """Return the performance table row by row, in the order of the ranking, weighted cells with their worth."""
    cells = []
    for name in (*table.feasible, *table.out):
        for criterion in table.profile.criteria:
            cell = table.cell(name, criterion)
            worth = table.worths.get((name, criterion))
            cells.append(cell if worth is None else scored(cell, worth))
    return cells


def _without(table: Table, verdict: Verdict) -> list[Without]:
    """Return the criteria without which the first would be another, or no longer ahead by enough to matter."""
    found = []
    for each in without(table):
        tied = each.lead <= SMALL
        if (tied and verdict == "tie") or (each.first == table.feasible[0] and not tied):
            continue
        names = [table.title(each.first), table.title(each.second)]
        then = f"{listed(names)} would be as good as each other" if tied else f"{names[0]} would lead"
        found.append(
            Without(
                criterion=each.criterion, first=table.stacks[each.first], second=table.stacks[each.second],
                lead=each.lead, text=f"without '{each.title}', {then}",
            )
        )  # fmt: skip
    return found


def _open(table: Table, found: Robustness) -> list[Open]:
    """Return the alternatives that could lead, the likeliest first."""
    if table.open is None:
        return []
    documented = {each.id: each for each in load_alternatives()}
    opened = []
    for name in sorted(table.open.feasible, key=lambda name: (-found.open.get(name, 0.0), name)):
        stack, value = table.open.stacks[name], table.open.values[name]
        each = documented[stack.route or stack.framework]
        source = source_of(each)
        opened.append(
            Open(
                framework=stack.framework, route=stack.route, title=table.open.title(name), low=value.low,
                high=value.high, first=found.open.get(name, 0.0), known=each.told(), source=source.url,
                date=each.checked_on.isoformat(),
            )
        )  # fmt: skip
    return opened


def _lead(table: Table) -> Lead | None:
    """Return what the lead of the first over the second is made of."""
    if len(table.feasible) < 2:
        return None
    first, second = table.feasible[:2]
    parts = {"measured": 0.0, "transferred": 0.0, "documented": 0.0, "unknown": 0.0}
    for wish in table.profile.wishes:
        name = wish.criterion.id
        gain = wish.weight * (table.worths[first, name].middle - table.worths[second, name].middle)
        parts[_made_of([table.cell(first, name), table.cell(second, name)])] += gain
    whole = table.values[first].middle - table.values[second].middle
    return Lead(over=table.stacks[second], whole=whole, **parts)


def _made_of(cells: list[Cell]) -> str:
    """Return what a difference rests on: on the weaker of the two sides."""
    if any(cell.provenance == "missing" for cell in cells):
        return "unknown"
    if any(cell.provenance != "measured here" for cell in cells):
        return "documented"
    return "transferred" if any(cell.transfer for cell in cells) else "measured"


def _coverage(table: Table) -> Coverage:
    """Return the share of the weight by provenance, averaged over every stack that was compared."""
    shares: dict[Provenance, float] = {}
    for name in table.stacks:
        for wish in table.profile.wishes:
            provenance = table.cell(name, wish.criterion.id).provenance
            if not table.worths[name, wish.criterion.id].known:
                provenance = "missing"
            shares[provenance] = shares.get(provenance, 0.0) + wish.weight / len(table.stacks)
    # A figure that was measured elsewhere is cited like a document.
    cited = shares.get("documented", 0.0) + shares.get("measured elsewhere", 0.0)
    # What is nothing has to be nothing: sums of weights leave a rest in their last digit.
    documented, missing, asserted = (
        round(share, 12) for share in (cited, shares.get("missing", 0.0), shares.get("asserted", 0.0))
    )
    measured = max(0.0, round(1.0 - documented - missing - asserted, 12))
    return Coverage(measured=measured, documented=documented, missing=missing, asserted=asserted)
