"""The reasons of an answer and what would change it, with what they rest on as links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from advisor.criteria import load_criteria
from advisor.decision.recommendation import Cell, Ground, Recommendation
from advisor.report import numbers, words
from advisor.report.figures import Key, Quote, Source, broken
from advisor.report.pages.cells import is_share
from advisor.report.pages.context import Report


@dataclass(frozen=True)
class Linked(Quote):
    """A text of a document in which some words lead further; each of the `links` holds its words and their address."""

    links: tuple[tuple[str, str], ...] = ()

    def __html__(self) -> Markup:
        text, ending = self.text, Markup()
        # What a sentence rests on stands at its end, so that the last place is the right one.
        for said, address in reversed(self.links):
            before, found, after = text.rpartition(said)
            if found:
                elsewhere = Markup(' rel="noreferrer"') if "://" in address else Markup()
                ending = Markup('<a href="%s"%s>%s</a>%s%s') % (address, elsewhere, said, broken(after), ending)
                text = before
        return Markup('<bdi data-from="%s">%s%s</bdi>') % (self.reference, broken(text), ending)


def reason(report: Report, told: Recommendation, place: int) -> Linked:
    """Return one of the reasons of an answer."""
    grounds = told.reason_grounds[place] if place < len(told.reason_grounds) else ()
    return sentence(report, report.sources[told.profile], grounds, "reasons", place)


def sentence(report: Report, source: Source, grounds: Sequence[Ground], *path: Key) -> Linked:
    """Return the sentence at `path`; the words of its grounds lead to the document, or to the criterion's page."""
    told = source.quote(*path)
    links = tuple((words.line(each.text), _address(report, each)) for each in grounds)
    return Linked(told.text, told.reference, links)


def _address(report: Report, ground: Ground) -> str:
    if (ground.source or "").startswith(("https://", "http://")):
        return str(ground.source)
    return report.href(f"criterion-{words.slug(ground.criterion)}")


def flips(report: Report, told: Recommendation) -> list[dict[str, Any]]:
    """Return what would change the answer: figures in raw units, levels in the words of the Recommendation."""
    source = report.sources[told.profile]
    places = {need.criterion: place for place, need in enumerate(told.needs)}
    cells = {(cell.stack, cell.criterion): cell for cell in told.evidence}
    levels = {(cell.criterion, cell.value): place for place, cell in enumerate(told.evidence) if cell.level}
    rows = []
    for number, flip in enumerate(told.flips):
        cell = cells.get((flip.stack, flip.criterion))
        figures = cell is None or cell.level is None
        share = cell is not None and is_share(told, cell)

        def level(value: float | None, criterion: str = flip.criterion) -> Quote | None:
            place = levels.get((criterion, value))
            if place is None:
                return _end(report, told, criterion, value)
            return source.quote("evidence", place, "level")

        def needed(value: float, unit: str = flip.unit, share: bool = share) -> str:
            return numbers.rough(value, unit, share=share)

        def now(value: float, cell: Cell | None = cell, unit: str = flip.unit, share: bool = share) -> str:
            bounds = (cell.low, cell.high) if cell is not None and cell.value == value else (None, None)
            return numbers.show(value, unit, *bounds, share=share).text

        rows.append(
            {
                "title": source.quote("needs", places[flip.criterion], "title")
                if flip.criterion in places
                else words.name(flip.criterion, told.titles),
                "stack": report.stack(flip.stack),
                "text": source.quote("flips", number, "text"),
                "figures": figures,
                "now": source.figure("flips", number, "now", show=now)
                if flip.now is not None and figures
                else level(flip.now),
                "needed": source.figure("flips", number, "needed", show=needed) if figures else level(flip.needed),
                "up": flip.now is not None and flip.needed > flip.now,
            }
        )
    return rows


def _end(report: Report, told: Recommendation, criterion: str, value: float | None) -> Quote | None:
    """Return a level that no stack has but that the profile names, as its floor or its target."""
    known = load_criteria().get(criterion)
    if known is None or value is None or value not in range(len(known.levels)):
        return None
    level = known.levels[int(value)]
    for place, need in enumerate(told.needs):
        for end in ("floor", "target"):
            if need.criterion == criterion and getattr(need, end) == level:
                return report.sources[told.profile].quote("needs", place, f"{end}_text")
    return None
