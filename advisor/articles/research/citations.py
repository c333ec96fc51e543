"""In-text citations and the reference list, in the form of APA 7.

American Psychological Association (2020), "Publication manual", 7th edition, sections 8.10–8.22 (author and date in the
text; ``n.d.``; a letter where author and year are the same) and 9.4–9.37 (elements of a reference).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from advisor.articles.articles import Article
from advisor.knowledge.catalog import Catalog, Source
from advisor.report import words
from advisor.report.escaping import text

_MARK = re.compile("\x00cite:([^\x00]*)\x00")
_NOBODY = ("unknown", "unpublished")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A source with its author (None: the title stands first), the year for the text and the date for the list."""

    source: Source
    author: str | None
    role: str
    year: str
    date: str

    @property
    def short(self) -> str:
        """Return how the text calls the author: a surname, an organization, or a shortened title in quotes."""
        if self.author is None:
            head = self.source.title.split(":")[0].split(" [")[0].rstrip("?")
            return f"“{head}”"
        return _surnames(self.author) if self.source.author else self.author


class Citations:
    """Collects what a text cites, and writes the citations and the list once all of them are known.

    Parameters
    ----------
    catalog : Catalog
        The sources that may be cited, and the facts that say when each was last looked at.
    looked : mapping of source id to date
        When a source was last looked at, besides what the facts say.
    """

    def __init__(self, catalog: Catalog, looked: Mapping[str, date] | None = None) -> None:
        self.sources = {source.id: source for source in catalog.sources}
        self.looked: dict[str, date] = dict(looked or {})
        for fact in catalog.facts:
            self.looked[fact.source] = max(fact.checked_on, self.looked.get(fact.source, date.min))
        self.cited: dict[str, None] = {}

    def cite(self, *names: str) -> Markup:
        """Return the place of a citation in parentheses; nothing for sources that the catalog does not have."""
        known = [name for name in dict.fromkeys(names) if name in self.sources]
        if not known:
            return Markup("")
        self.cited |= dict.fromkeys(known)
        return Markup(f"\x00cite:{' '.join(known)}\x00")  # noqa: S704 - ids are names

    def cited_text(self, statement: object, *names: str, note: str = "") -> Markup:
        """Return a statement as a sentence with its citation before the full stop, and a note after it."""
        line = words.line(str(statement)).rstrip(".")
        cited = self.cite(*names)
        return Markup("{}{}{}.").format(text(line), Markup(" ") + cited if cited else "", text(note))

    def resolve(self, markdown: str) -> str:
        """Return the text with every citation written out; call it after the whole text is there."""
        labels = self._labels()

        def written(found: re.Match[str]) -> str:
            years: dict[str, list[str]] = {}
            for author, year in sorted((labels[name] for name in found[1].split()), key=_told):
                years.setdefault(author, []).append(year)
            return "(" + "; ".join(f"{_comma(author)} {', '.join(dated)}" for author, dated in years.items()) + ")"

        return _MARK.sub(written, markdown)

    def references(self) -> list[Markup]:
        """Return the reference list: what was cited, and nothing else, in alphabetical order."""
        labels = self._labels()
        entries = [(_entry(self.sources[name]), labels[name][1]) for name in self.cited]
        entries.sort(key=lambda item: (_filed(item[0]), item[1], item[0].source.title.casefold()))
        return [self._reference(entry, year) for entry, year in entries]

    def _labels(self) -> dict[str, tuple[str, str]]:
        """Return author and year of every cited source, with a letter where two would read the same."""
        same: dict[tuple[str, str], list[Entry]] = {}
        for name in self.cited:
            entry = _entry(self.sources[name])
            same.setdefault((entry.short, entry.year), []).append(entry)
        labels = {}
        for (author, year), entries in same.items():
            entries.sort(key=lambda entry: (entry.source.title.casefold(), entry.source.id))
            for place, entry in enumerate(entries):
                dash = "-" if year == "n.d." else ""
                letter = f"{dash}{_letters(place)}" if len(entries) > 1 else ""
                labels[entry.source.id] = (author, f"{year}{letter}")
        return labels

    def _reference(self, entry: Entry, year: str) -> Markup:
        source = entry.source
        when = entry.date.replace(entry.year, year, 1)
        title, described = _title(source, entry.role)
        who = None if entry.author is None else _stopped(text(entry.author))
        parts = [f"*{_stopped(text(title))}*" if not described else f"*{text(title)}* {_stopped(text(described))}"]
        parts = [who, f"({text(when)}).", *parts] if who else [*parts, f"({text(when)})."]
        publisher = source.publisher.split(", ")[0]
        if source.author and publisher not in _NOBODY:
            parts.append(_stopped(text(publisher)))
        elif (source.url or "").startswith("https://github.com/"):
            parts.append("GitHub.")
        if source.url is not None:
            day = self.looked.get(source.id)
            retrieved = isinstance(source, Article) and source.retrieved
            day = retrieved or day
            seen = f"Retrieved {_day(day)}, from " if day is not None and entry.year == "n.d." else ""
            parts.append(f"{seen}<{source.url}>")
        return Markup(" ".join(parts))  # noqa: S704 - every part is escaped, and addresses have no spaces


def _entry(source: Source) -> Entry:
    author, _, role = source.publisher.partition(", ")
    if isinstance(source, Article):
        year = source.date[:4] if source.date[:4].isdigit() else "n.d."
        return Entry(source, source.author or _somebody(author), "", year, source.date)
    who = source.author or _somebody(author)
    if source.published is None:
        return Entry(source, who, role, "n.d.", "n.d.")
    when = source.published
    return Entry(source, who, role, f"{when.year}", f"{when.year}, {_MONTHS[when.month - 1]} {when.day}")


def _surnames(authors: str) -> str:
    """Return how the text calls people: one surname, two, or the first with ``et al.`` for the others."""
    people = [person.split(", ")[0] for person in re.split(r"(?<=\.), (?:[&…] )?", authors)]
    return " & ".join(people) if len(people) < 3 else f"{people[0]} et al."


def _somebody(name: str) -> str | None:
    return None if name in _NOBODY else name


def _title(source: Source, role: str) -> tuple[str, str]:
    """Return the title, and what stands in brackets after it: its kind, or whom it quotes."""
    head, bracket, rest = source.title.partition(" [")
    described = f"[{rest}" if bracket else ""
    if role:
        described = f"{described} [{role[0].upper()}{role[1:]}]".strip()
    return head, described


def _comma(author: str) -> Markup:
    """Return an author with the comma before the year; after a title in quotes it stands within them (APA 7, 8.14)."""
    return text(f"{author[:-1]},”" if author.endswith("”") else f"{author},")


def _told(label: tuple[str, str]) -> tuple[str, str]:
    """Return what the citations of one place are ordered by: author, then year, undated last."""
    return label[0].casefold(), label[1]


def _filed(entry: Entry) -> str:
    return (entry.author or entry.source.title).casefold()


def _letters(place: int) -> str:
    return chr(ord("a") + place) if place < 26 else _letters(place // 26 - 1) + _letters(place % 26)


def _day(day: date) -> str:
    return f"{_MONTHS[day.month - 1]} {day.day}, {day.year}"


def _stopped(words: str) -> str:
    return words if words.endswith((".", "?", "!")) else f"{words}."
