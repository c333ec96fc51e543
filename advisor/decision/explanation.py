"""The answer in words: what makes the difference, the strongest argument against it, and what to be careful about."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from math import fsum

from advisor.criteria import Build
from advisor.decision.arguments import Said, compared, subject
from advisor.decision.next_steps import job_of, libraries
from advisor.decision.phrases import listed
from advisor.decision.table import Table
from advisor.decision.transfer import SMALL_ONE, asked_of
from advisor.decision.verdict import too_dear
from advisor.devices.combination import where as place_of
from advisor.knowledge.catalog import Catalog
from advisor.knowledge.devices import load_comparisons
from advisor.measurement.interference import interference
from advisor.measurement.run import Run
from advisor.measurement.run_index import peak_of
from advisor.profiles.anchors import NOMINAL_PEAK
from advisor.profiles.machine import has_anchors
from advisor.profiles.networks import networks_of
from advisor.profiles.profile import Wish
from advisor.profiles.team import CRITERION

REASONS = 3
PUBLISHED = 2
"""How many published comparisons of a target are told at most."""
_CAUSES = {"missing": "not known"}
STALE = timedelta(days=365)
BUILDS: Mapping[Build, str] = {
    "python": "the runtime's package for Python",
    "native": "a C or C++ program with the runtime's full library",
    "selective": "a program with only what the model needs of the runtime",
}
"""What ships, in words, by the kind of build."""


def reasons(table: Table, answer: str) -> list[Said]:
    """Return the criteria that make the most of the difference between the answer and the next, as sentences.

    Each sentence names whom it is about, so that it can be repeated alone. Where the answer is the one that the team
    knows, that comes first: it decided.
    """
    others = [name for name in table.feasible if name != answer]
    if not others:
        return []
    second = others[0]
    # The difference of the values as they are shown, so that a reader can check it.
    lead = _lead(table, answer, second)
    found = [Said(text) for text in _known_already(table, answer)]
    gains = sorted(_differences(table, answer, second), key=lambda item: (-item[0], item[1].criterion.id))
    for gain, wish in gains:
        if len(found) < REASONS and round(gain, 2) > 0:
            said = compared(table, answer, second, wish.criterion)
            found.append(Said(f"{said.text}. {_share(round(gain, 2), lead)}.", said.grounds))
    return found


def against(table: Table, answer: str) -> Said | None:
    """Return the strongest argument against the answer: where a rival gains most on it, and what nobody knows."""
    others = [name for name in table.feasible if name != answer]
    if not others:
        return None
    losses = [
        (gain, rival, wish)
        for rival in others
        for gain, wish in _differences(table, rival, answer)
        if round(gain, 2) > 0
    ]
    rival = Said(f"On no criterion of this profile is another stack clearly better{_unseen(table, others[0])}.")
    if losses:
        # Of rivals that gain as much the nearest is the stronger argument.
        behind = {name: table.values[answer].middle - table.values[name].middle for name in others}
        gain, name, wish = min(
            losses, key=lambda item: (-round(item[0], 2), behind[item[1]], -item[0], item[1], item[2].criterion.id)
        )
        said, title, lead = compared(table, name, answer, wish.criterion), table.title(name), _lead(table, answer, name)
        whole = f", which is {lead:.2f} behind over all" if lead > 0 else ""
        rival = Said(f"{said.text}. That is worth {gain:.2f} to {title}{whole}.", said.grounds)
    unknown = [wish for wish in table.profile.wishes if not table.worths[answer, wish.criterion.id].known]
    if not unknown:
        return rival
    share = fsum(wish.weight for wish in unknown) * 100
    names = ", ".join(f"'{wish.criterion.title}'" for wish in unknown[:3])
    more = f" and {len(unknown) - 3} more" if len(unknown) > 3 else ""
    missing = f"Of the answer itself, {share:.0f} % of the weight is not known: {names}{more}."
    return Said(f"{rival.text} {missing}" if losses else missing, rival.grounds)


def _unseen(table: Table, rival: str) -> str:
    """Return how much of a rival nobody knows, to be put behind a sentence that says nothing is known for it."""
    share = 1 - table.known(rival)
    if share < 0.05:
        return ""
    return f", as far as is known: of {table.title(rival)}, {share * 100:.0f} % of the weight is missing"


def _lead(table: Table, one: str, other: str) -> float:
    """Return by how much one is ahead of another, as their values are shown."""
    return round(round(table.values[one].middle, 2) - round(table.values[other].middle, 2), 2)


def _share(gain: float, lead: float) -> str:
    """Return what a criterion adds, beside the whole lead: others may take some of it away again."""
    if lead <= 0:
        return f"That is worth {gain:.2f} to it"
    if gain < lead:
        return f"That accounts for {gain:.2f} of the lead of {lead:.2f}"
    if gain == lead:
        return f"That is worth {gain:.2f}, as much as the whole lead"
    return f"That is worth {gain:.2f}, more than the whole lead of {lead:.2f}: other criteria take some of it back"


def _known_already(table: Table, answer: str) -> Iterable[str]:
    """Yield why a stack is named that is not the first by its value: only a tie that the team decides does that."""
    if answer != table.feasible[0]:
        known = table.titles.get(table.stacks[answer].framework, table.stacks[answer].framework)
        team = table.profile.team
        if team is not None and too_dear(table, table.feasible[0]):
            cost = table.cell(table.feasible[0], CRITERION).text
            days = f"{team.switching(table.stacks[table.feasible[0]].framework) * team.year:,.0f} working days"
            yield (
                f"{table.title(answer)} is built on {known}, which the team knows: switching to "
                f"{table.title(table.feasible[0])} would take {days}, {cost} of its year (an estimate)."
            )
            return
        mine, other = table.title(answer), table.title(table.feasible[0])
        yield f"{mine} is built on {known}, which the team knows, and {other} is not better by enough to matter."


def warnings(table: Table, run: Run, catalog: Catalog, *, decided: bool = True) -> list[str]:
    """Return what a reader should be careful about; of an answer that is not `decided` also what would decide it."""
    told = interference(run.observations).sentence if _rests_on_load(table) else None
    further = "" if decided else "; --fresh --until decided hears further processes until every pair has a word"
    found = [f"{told[0].upper()}{told[1:]}{further}"] if told else []
    found += [*_elsewhere(table, run), *_nominal(table, run), *_published(table), *_language(table)]
    found += [*_one_build(table), *_switching(table), *_counted_twice(table), *_separating_nothing(table)]
    for name in dict.fromkeys(stack.framework for stack in table.stacks.values()):
        framework, title = run.frameworks[name], run.titles[name]
        if framework.outcome == "not_installed":
            install = f": {framework.install}" if framework.install else ""
            found.append(f"{title} is not installed here, so nothing of it was measured{install}")
        elif framework.outcome != "measured":
            found.append(f"{title} could not be measured ({framework.message or framework.outcome})")
    if len(table.feasible) == 1:
        found.append("Only one stack was left to compare, so its first place says little")
    found.extend(run.notes)
    if not run.complete:
        found.append("The measuring session was interrupted: what it had not reached counts as unknown")
    found.extend(_by_size(table, run))
    found.extend(_gaps(table))
    found.extend(_stale(table, catalog, run.finished.date()))
    return found


def _rests_on_load(table: Table) -> bool:
    return any(finding.cell.grade is not None for finding in table.findings.values())


def _differences(table: Table, one: str, other: str) -> Iterable[tuple[float, Wish]]:
    """Yield what each criterion adds to the lead of `one` over `other`, where both are known."""
    for wish in table.profile.wishes:
        mine, theirs = table.worths[one, wish.criterion.id], table.worths[other, wish.criterion.id]
        if mine.point is not None and theirs.point is not None:
            yield wish.weight * (mine.point - theirs.point), wish


def _elsewhere(table: Table, run: Run) -> Iterable[str]:
    """Yield where a device's Run is from; and that a small network was measured, and how much figures were widened."""
    told = place_of(run)
    if told is not None:
        yield told
    sigmas = [finding.cell.transfer for finding in table.findings.values() if finding.cell.transfer]
    yield from asked_of(run, table.profile).told(sigmas, _instead(table))


def _instead(table: Table) -> list[str]:
    """Return what was measured in place of the model that is asked about; nothing where it was measured itself."""
    cells = [finding.cell for finding in table.findings.values() if finding.cell.transfer]
    if not any(cell.transferred and cell.transferred.startswith("with ") for cell in cells):
        return []
    return networks_of(table.profile) or [SMALL_ONE]


def _by_size(table: Table, run: Run) -> Iterable[str]:
    """Yield where stacks of the answer change places as the network grows, where the Run has it at several sizes."""
    if not any("?" in (each.workload or "") for each in run.observations):
        return  # no network of another size than its own
    from advisor.measurement import scale

    named = {name: table.title(name) for name in table.stacks}
    for each in scale.crossings(scale.points(run)):
        if each.small not in named or each.large not in named or not each.sure:
            continue
        how = ", ".join(filter(None, (each.precision, (each.setting or "").replace("-", " "))))
        yield (
            f"Below {scale.told(each.macs)} {named[each.small]} answers sooner, above it {named[each.large]} "
            f"({each.network}{f', {how}' if how else ''}; measured at {' and '.join(map(scale.told, each.between))})"
        )


def _nominal(table: Table, run: Run) -> Iterable[str]:
    """Yield that the machine's ceiling is not known, of which anchors are multiples."""
    if has_anchors(table.profile, "ceiling") and peak_of(run) is None:
        yield (
            f"How much this machine reaches was not measured: for the ceiling {NOMINAL_PEAK / 1e9:.0f} billion "
            "operations a second are taken (advisor probe --only ceiling)"
        )


def _published(table: Table) -> Iterable[str]:
    """Yield what others published of the target: how its runtimes compared in one model on one device."""
    target = table.profile.target
    of_target = [] if target is None else [each for each in load_comparisons() if each.target == target.id]
    for each in sorted(of_target, key=lambda each: (-len(each.figures), each.id))[:PUBLISHED]:
        figures = sorted(each.figures, key=lambda figure: figure.value, reverse=each.metric == "rate")
        told = [f"{figure.runtime} {figure.value:g}{' ' if each.unit else ''}{each.unit}" for figure in figures]
        yield f"Published for {each.device}, {each.model} ({each.metric}): {listed(told)} ({each.source})"


def _language(table: Table) -> Iterable[str]:
    """Yield that a question lies one level up, where libraries or servers are chosen, with their names."""
    job = job_of(table.profile)
    if job is None:
        return
    first = table.stacks[table.feasible[0]] if table.feasible else None
    names = listed([each.name for each in libraries(table.profile, first) or job.names])
    if table.profile.job is None:
        yield f"Limits as large as these are those of language models, which were not measured: look at {names}"
    else:
        yield f"For {job.called} the choice is one level up, and was not measured: look at {names}"


def _switching(table: Table) -> Iterable[str]:
    """Yield what switching is taken to cost the team, how much that weighs, and who would lead without it."""
    wish = next((wish for wish in table.profile.wishes if wish.criterion.id == CRITERION), None)
    team = table.profile.team
    if wish is None or team is None or not table.feasible:
        return
    others = [name for name in table.stacks if table.stacks[name].framework != team.knows]
    made = f" ({table.cell(others[0], CRITERION).message})" if others else ""

    def without(name: str) -> float:
        return table.values[name].middle - wish.weight * table.worths[name, CRITERION].middle

    first = table.feasible[0]
    leader = max(table.feasible, key=without)
    then = f"{table.title(leader)} would still lead" if leader == first else f"{table.title(leader)} would lead"
    yield (
        f"'{wish.criterion.title}' is an estimate{made} and weighs {wish.weight * 100:.0f} %; "
        f"without it (--no-team) {then}"
    )


def _one_build(table: Table) -> Iterable[str]:
    """Yield of which kind of build the sizes, memory and start are that the profile compares."""
    titles = [each.title for each in table.profile.criteria.values() if each.build is not None]
    if titles:
        what, verb = listed([f"'{title}'" for title in titles]), "is" if len(titles) == 1 else "are"
        shipped = BUILDS[table.profile.build]
        yield f"{what} {verb} of {shipped}: what is known of another kind of build says nothing of it"


def _counted_twice(table: Table) -> Iterable[str]:
    """Yield which wishes are one thing counted several times: by what they measure, or by what they rest on."""
    wishes = table.profile.wishes
    by_tag: dict[str, list[Wish]] = {}
    by_ground: dict[str, list[Wish]] = {}
    for wish in wishes:
        by_tag.setdefault(wish.criterion.measures, []).append(wish)
        if wish.criterion.rests_on is not None:
            by_ground.setdefault(wish.criterion.rests_on, []).append(wish)
    for tag, members in by_tag.items():
        if len(members) > 1:
            yield _together(members, "measure the same thing", tag.replace("-", " "))
    for ground, several in by_ground.items():
        if len(several) > 1:
            yield _together(several, "rest on one thing", ground)
    told = {id(wish): (wish.criterion.measures, wish.criterion.rests_on) for wish in wishes}
    for one, other in itertools.combinations(wishes, 2):
        (tag, rests), (its_tag, its_rests) = told[id(one)], told[id(other)]
        if tag != its_tag and (rests is None or rests != its_rests) and _same_evidence(table, one, other):
            yield _together([one, other], "rest on the same evidence", "one fact or one observation for every stack")


def _together(wishes: list[Wish], what: str, which: str) -> str:
    names = listed([f"'{wish.criterion.title}'" for wish in wishes])
    return f"{names} {what} ({which}); together they weigh {fsum(wish.weight for wish in wishes) * 100:.0f} %"


def _same_evidence(table: Table, one: Wish, other: Wish) -> bool:
    """Return whether two wishes rest on the same fact or observation for every stack of which either is known."""
    pairs = [(table.cell(each, one.criterion.id), table.cell(each, other.criterion.id)) for each in table.stacks]
    known = [(first.evidence, second.evidence) for first, second in pairs if first.evidence or second.evidence]
    return bool(known) and all(first == second for first, second in known)


def _separating_nothing(table: Table) -> Iterable[str]:
    """Yield the wishes on which all stacks stand at the target, or all at the floor: their weight decides nothing."""
    for end, where in ((1.0, "target"), (0.0, "floor")):
        worths = [
            (wish, [table.worths[name, wish.criterion.id] for name in table.feasible]) for wish in table.profile.wishes
        ]
        same = [wish for wish, of in worths if len(of) > 1 and all(each.low == each.high == end for each in of)]
        if same:
            names, share = listed([f"'{wish.criterion.title}'" for wish in same]), fsum(wish.weight for wish in same)
            verb = "separates" if len(same) == 1 else "separate"
            yield f"{names} {verb} nothing: every stack is at the {where}; that is {share * 100:.0f} % of the weight"


def _gaps(table: Table) -> Iterable[str]:
    cells = [table.cell(stack, wish.criterion.id) for stack in table.stacks for wish in table.profile.wishes]
    missing = [cell for cell in cells if cell.provenance == "missing"]
    if missing:
        causes = dict.fromkeys(_CAUSES.get(cell.outcome, cell.outcome.replace("_", " ")) for cell in missing)
        verb = "is" if len(missing) == 1 else "are"
        yield f"{len(missing)} of {len(cells)} weighted figures {verb} unknown ({', '.join(causes)})"
    bounded = {cell.criterion for cell in cells if cell.provenance != "missing" and cell.outcome == "bounded"}
    if bounded:
        titles = [f"'{wish.criterion.title}'" for wish in table.profile.wishes if wish.criterion.id in bounded]
        yield f"Only a bound is known, for some stacks, of {listed(titles)}"


def _stale(table: Table, catalog: Catalog, day: date) -> Iterable[str]:
    stale = {fact.id for fact in catalog.facts if day - fact.checked_on > STALE}
    criteria = table.profile.criteria
    named = dict.fromkeys(
        f"'{criteria[criterion].title}' of {subject(table, stack, finding)}"
        for (stack, criterion), finding in table.findings.items()
        if finding.cell.source is not None and finding.cell.evidence in stale
    )
    if named:
        yield f"Not checked for more than a year: {listed([*named])}"
