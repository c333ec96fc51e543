"""The answer in words: what makes the difference, the strongest argument against it, and what to be careful about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from advisor.decision.criteria import Criterion
from advisor.decision.evidence import Finding
from advisor.decision.profile import Wish
from advisor.decision.readings import WORTHLESS
from advisor.decision.recommendation import Cell
from advisor.decision.table import Table
from advisor.decision.wording import listed
from advisor.knowledge.catalog import Catalog
from advisor.measurement.run import Run

REASONS = 3
_CAUSES = {"contended": "disturbed by other work", "missing": "not known"}
STALE = timedelta(days=365)


def reasons(table: Table, answer: str, *, tied: bool = False) -> list[str]:
    """Return the criteria that make the most of the difference between the answer and the next, as sentences.

    Where several are `tied`, each sentence names the one that it is about; where the answer is the one that the team
    knows, that comes first: it decided.
    """
    others = [name for name in table.feasible if name != answer]
    if not others:
        return []
    second = others[0]
    # The difference of the values as they are shown, so that a reader can check it.
    lead = round(table.values[answer].middle, 2) - round(table.values[second].middle, 2)
    who = table.title(answer) if tied else "It"
    found = list(_known_already(table, answer))
    gains = sorted(_differences(table, answer, second), key=lambda item: (-item[0], item[1].criterion.id))
    for gain, wish in gains:
        if len(found) < REASONS and round(gain, 2) > 0:
            share = _share(round(gain, 2), round(lead, 2))
            found.append(f"{who} {_comparison(table, answer, second, wish)}; this {share}.")
    return found


def against(table: Table, answer: str) -> str | None:
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
    parts = []
    if losses:
        gain, rival, wish = min(losses, key=lambda item: (-item[0], item[1], item[2].criterion.id))
        title = table.title(rival)
        parts.append(f"{title} {_comparison(table, rival, answer, wish)}; this is worth {gain:.2f} to {title}.")
    unknown = [wish for wish in table.profile.wishes if table.worths[answer, wish.criterion.id].point is None]
    if unknown:
        share = sum(wish.weight for wish in unknown)
        names = ", ".join(wish.criterion.title for wish in unknown[:3])
        more = f" and {len(unknown) - 3} more" if len(unknown) > 3 else ""
        parts.append(f"Of the answer itself {share * 100:.0f} % of the weight is unknown ({names}{more}).")
    return " ".join(parts) or "On no criterion of this profile is another stack clearly better."


def _share(gain: float, lead: float) -> str:
    """Return what a criterion adds, beside the whole lead: others may take some of it away again."""
    if lead <= 0:
        return f"is worth {gain:.2f} to it"
    if gain < lead:
        return f"makes {gain:.2f} of its lead of {lead:.2f}"
    return f"is worth {gain:.2f}, {'more than' if gain > lead else 'as much as'} its whole lead of {lead:.2f}"


def _known_already(table: Table, answer: str) -> Iterable[str]:
    """Yield why a stack is named that is not the first by its value: only a tie that the team decides does that."""
    if answer != table.feasible[0]:
        known = table.titles.get(table.stacks[answer].framework, table.stacks[answer].framework)
        mine, other = table.title(answer), table.title(table.feasible[0])
        yield f"{mine} is built on {known}, which the team knows, and {other} is not better by enough to matter."


def warnings(table: Table, run: Run, catalog: Catalog) -> list[str]:
    """Return what a reader should be careful about."""
    found = list(_counted_twice(table.profile.wishes))
    for name in dict.fromkeys(stack.framework for stack in table.stacks.values()):
        framework = run.frameworks[name]
        if framework.outcome == "not_installed":
            install = f": {framework.install}" if framework.install else ""
            found.append(f"{framework.title} is not installed here, so nothing of it was measured{install}")
        elif framework.outcome != "measured":
            found.append(f"{framework.title} could not be measured ({framework.message or framework.outcome})")
    if len(table.feasible) == 1:
        found.append("Only one stack was left to compare, so its first place says little")
    if not run.complete:
        found.append("The measuring session was interrupted: what it had not reached counts as unknown")
    found.extend(_gaps(table))
    found.extend(_stale(table, catalog, run.finished.date()))
    return found


def _differences(table: Table, one: str, other: str) -> Iterable[tuple[float, Wish]]:
    """Yield what each criterion adds to the lead of `one` over `other`, where both are known."""
    for wish in table.profile.wishes:
        mine, theirs = table.worths[one, wish.criterion.id], table.worths[other, wish.criterion.id]
        if mine.point is not None and theirs.point is not None:
            yield wish.weight * (mine.point - theirs.point), wish


def _comparison(table: Table, one: str, other: str, wish: Wish) -> str:
    mine, theirs = table.cell(one, wish.criterion.id), table.cell(other, wish.criterion.id)
    said = f"{wish.criterion.wins}: {_quoted(mine, wish.criterion)}"
    if theirs.outcome in WORTHLESS and theirs.value is None:
        said += f", while with {table.title(other)} it is {theirs.text}"
    else:
        said += f" against {_quoted(theirs, wish.criterion)} for {table.title(other)}"
    return f"{said} ({_origins(table.findings[one, wish.criterion.id], table.findings[other, wish.criterion.id])})"


def _quoted(cell: Cell, criterion: Criterion) -> str:
    """Return what a cell says; a level is a word of the criterion's, so it stands in quotes."""
    if cell.level is not None:
        return f"'{cell.text}'"
    return f"{cell.text} {criterion.counted}" if criterion.counted and cell.value is not None else str(cell.text)


def _origins(*findings: Finding) -> str:
    """Return where figures come from, and what to look up: the probe or the fact behind each."""
    kinds: dict[str, list[Finding]] = {}
    for each in findings:
        kinds.setdefault(each.cell.provenance, []).append(each)
    return " and ".join(_origin(kind, of) for kind, of in kinds.items())


def _origin(kind: str, findings: list[Finding]) -> str:
    dates = dict.fromkeys(str(each.cell.date)[:7] for each in findings if each.cell.source is not None)
    names = dict.fromkeys(each.named for each in findings if each.named)
    since = f", {' and '.join(dates)}" if dates else ""
    return f"{kind}{since}" + (f": {' and '.join(map(str, names))}" if names else "")


def _counted_twice(wishes: Iterable[Wish]) -> Iterable[str]:
    groups: dict[str, list[Wish]] = {}
    for wish in wishes:
        groups.setdefault(wish.criterion.measures, []).append(wish)
    for tag, members in groups.items():
        if len(members) > 1:
            names = listed([f"'{wish.criterion.title}'" for wish in members])
            share = sum(wish.weight for wish in members) * 100
            yield f"{names} measure the same thing ({tag.replace('-', ' ')}); together they weigh {share:.0f} %"


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
    cited = {finding.cell.evidence for finding in table.findings.values() if finding.cell.source is not None}
    stale = sorted(fact.id for fact in catalog.facts if fact.id in cited and day - fact.checked_on > STALE)
    if stale:
        yield f"Not checked for more than a year: {', '.join(stale)}"
