"""A sentence of an answer with what it rests on as links: to the figures of a criterion, or to the document itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from advisor.decision.recommendation import Ground, Recommendation
from advisor.report import words
from advisor.report.figures import Key, Quote, Source, broken
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
