"""The answer in words: what makes the difference, the strongest argument against it, and what to be careful about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from advisor.decision.profile import Wish
from advisor.decision.readings import WORTHLESS
from advisor.decision.recommendation import Cell
from advisor.decision.table import Table
from advisor.decision.wording import origin
from advisor.knowledge.catalog import Catalog
from advisor.measurement.run import Run

REASONS = 3
STALE = timedelta(days=365)


def reasons(table: Table) -> list[str]:
    """Return the criteria that make the most of the difference between the first and the second, as sentences."""
    if len(table.feasible) < 2:
        return []
    first, second = table.feasible[:2]
    gains = sorted(_differences(table, first, second), key=lambda item: (-item[0], item[1].criterion.id))
    return [
        f"It {_comparison(table, first, second, wish)}; worth {gain:.2f}."
        for gain, wish in gains[:REASONS]
        if round(gain, 2) > 0
    ]


def against(table: Table) -> str | None:
    """Return the strongest argument against the first: where a rival gains most on it, and what nobody knows."""
    if len(table.feasible) < 2:
        return None
    first = table.feasible[0]
    losses = [
        (gain, rival, wish)
        for rival in table.feasible[1:]
        for gain, wish in _differences(table, rival, first)
        if round(gain, 2) > 0
    ]
    parts = []
    if losses:
        gain, rival, wish = min(losses, key=lambda item: (-item[0], item[1], item[2].criterion.id))
        parts.append(f"{table.title(rival)} {_comparison(table, rival, first, wish)}; worth {gain:.2f} to it.")
    unknown = [wish for wish in table.profile.wishes if table.worths[first, wish.criterion.id].point is None]
    if unknown:
        share = sum(wish.weight for wish in unknown)
        names = ", ".join(wish.criterion.title for wish in unknown[:3])
        more = f" and {len(unknown) - 3} more" if len(unknown) > 3 else ""
        parts.append(f"Of the answer itself {share * 100:.0f} % of the weight is unknown ({names}{more}).")
    return " ".join(parts) or "On no criterion of this profile is another stack clearly better."


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
    said = f"{wish.criterion.wins}: {mine.text}"
    if theirs.outcome in WORTHLESS and theirs.value is None:
        said += f", while with {table.title(other)} it is {theirs.text}"
    else:
        said += f" against {theirs.text} for {table.title(other)}"
    return f"{said} ({_origins(mine, theirs)})"


def _origins(*cells: Cell) -> str:
    if all(cell.provenance == "documented" for cell in cells):
        return "documented, " + " and ".join(dict.fromkeys(str(cell.date)[:7] for cell in cells))
    return " and ".join(dict.fromkeys(origin(cell) for cell in cells))


def _counted_twice(wishes: Iterable[Wish]) -> Iterable[str]:
    groups: dict[str, list[Wish]] = {}
    for wish in wishes:
        groups.setdefault(wish.criterion.measures, []).append(wish)
    for tag, members in groups.items():
        if len(members) > 1:
            names = " and ".join(f"'{wish.criterion.id}'" for wish in members)
            share = sum(wish.weight for wish in members) * 100
            yield f"{names} measure the same thing ({tag}); together they weigh {share:.0f} %"


def _gaps(table: Table) -> Iterable[str]:
    cells = [table.cell(stack, wish.criterion.id) for stack in table.stacks for wish in table.profile.wishes]
    missing = [cell for cell in cells if cell.provenance == "missing"]
    if missing:
        causes = dict.fromkeys(cell.outcome.replace("_", " ") for cell in missing)
        yield f"{len(missing)} of {len(cells)} weighted figures are unknown ({', '.join(causes)})"
    bounded = sorted({cell.criterion for cell in cells if cell.provenance != "missing" and cell.outcome == "bounded"})
    if bounded:
        yield f"Of {', '.join(bounded)} only a bound is known for some stacks"


def _stale(table: Table, catalog: Catalog, day: date) -> Iterable[str]:
    cited = {finding.cell.evidence for finding in table.findings.values() if finding.cell.source is not None}
    stale = sorted(fact.id for fact in catalog.facts if fact.id in cited and day - fact.checked_on > STALE)
    if stale:
        yield f"Not checked for more than a year: {', '.join(stale)}"
