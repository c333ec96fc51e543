"""One comparison in words, and what it rests on: who does better, by which figures, and where these come from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from advisor import rounding
from advisor.criteria import Criterion
from advisor.decision.evidence import Finding
from advisor.decision.readings import WORTHLESS
from advisor.decision.recommendation import Cell, Ground, Provenance
from advisor.decision.table import Table

_PROVED = ("not proved", "proved")


@dataclass(frozen=True)
class Said:
    """A sentence, and what it rests on."""

    text: str
    grounds: tuple[Ground, ...] = ()


def compared(table: Table, one: str, other: str, criterion: Criterion) -> Said:
    """Return in which way the stack `one` does better than `other`, with both figures and where they come from.

    What is a matter of the framework alone, or of the runtime alone, is told of that one and not of the whole stack.
    """
    mine, theirs = table.findings[one, criterion.id], table.findings[other, criterion.id]
    who, whom = subject(table, one, mine), subject(table, other, theirs)
    if who == whom:
        who, whom = table.title(one), table.title(other)
    grounds, origin = _origin(criterion, (mine, theirs))
    return Said(f"{who} {criterion.wins}{_figures(criterion, mine.cell, theirs.cell, whom)} ({origin})", grounds)


def subject(table: Table, stack: str, finding: Finding) -> str:
    """Return the name of that which a finding is about: the framework, the runtime, or the whole stack."""
    return table.title(stack) if finding.subject is None else table.titles.get(finding.subject, finding.subject)


def _figures(criterion: Criterion, mine: Cell, theirs: Cell, whom: str) -> str:
    refused = f"while {whom} does not support it"
    if theirs.outcome in WORTHLESS and (theirs.value is None or criterion.levels == _PROVED):
        beaten = refused if theirs.outcome == "not_supported" else f"while the same test fails for {whom}"
        return f": {mine.text if criterion.levels == _PROVED else _quoted(mine, criterion)}, {beaten}"
    return f": {_quoted(mine, criterion)} against {_quoted(theirs, criterion)} for {whom}"


def _quoted(cell: Cell, criterion: Criterion) -> str:
    """Return what a cell says; a level is a word of the criterion's, so it stands in quotes."""
    if cell.level is not None:
        return f"'{cell.text}'"
    if cell.value is None:
        return str(cell.text)
    said = f"{cell.text} {criterion.counted}" if criterion.counted else str(cell.text)
    if cell.low is None or cell.high is None or cell.high - cell.low <= abs(cell.value):
        return said
    # Who repeats such a figure has to know how little is known of it.
    shown = rounding.show(cell.value, cell.unit, cell.low, cell.high, share=criterion.percent)
    return f"{said} (between {shown.low} and {shown.high})"


def _origin(criterion: Criterion, findings: Sequence[Finding]) -> tuple[tuple[Ground, ...], str]:
    """Return what figures rest on, and the same in words: measured here, or documented by whom and since when."""
    kinds: dict[Provenance, list[Finding]] = {}
    for each in findings:
        kinds.setdefault(each.cell.provenance, []).append(each)
    grounds, parts = [], []
    for kind, members in kinds.items():
        found = [*_cited(criterion, members)] if members[0].cell.source else [_own(criterion, kind, members)]
        grounds += found
        told = "; ".join(each.text for each in found)
        parts.append(f"{kind}: {told}" if members[0].cell.source else told)
    return tuple(grounds), " and ".join(parts)


def _own(criterion: Criterion, kind: Provenance, findings: Sequence[Finding]) -> Ground:
    """Return what was measured here, or estimated: the row of the criterion holds both figures."""
    word = "estimated from what the profile says of the team" if kind == "asserted" else kind
    probes = dict.fromkeys(each.named for each in findings if each.named)
    return Ground(text=f"{word}: '{criterion.title}'", criterion=criterion.id, probes=tuple(probes))


def _cited(criterion: Criterion, findings: Sequence[Finding]) -> Iterator[Ground]:
    """Yield each publisher with the month since when it is so; what one says of both sides is told once."""
    told: dict[str, list[Finding]] = {}
    for each in findings:
        since = f", since {date.fromisoformat(each.cell.date):%B %Y}" if each.cell.date else ""
        told.setdefault(f"{each.publisher or each.cell.source}{since}", []).append(each)
    for text, members in told.items():
        sources = {each.cell.source for each in members}
        yield Ground(
            text=text,
            criterion=criterion.id,
            facts=tuple(dict.fromkeys(each.named for each in members if each.named)),
            source=sources.pop() if len(sources) == 1 else None,
        )
