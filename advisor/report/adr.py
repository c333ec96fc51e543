"""The decision as an architecture decision record in the form of MADR 4.0: proposed, numbered, never overwriting."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from advisor.decision.phrases import listed, origin
from advisor.decision.recommendation import Cell, Ranked, Recommendation
from advisor.documents import write_new
from advisor.errors import EXIT_REFUSED, AdvisorError
from advisor.measurement.run import Run
from advisor.report import numbers, template_engine, words
from advisor.report.escaping import finalize, tidy

_NUMBERED = re.compile(r"(\d{4,})-.*\.md")
_ADDRESS = re.compile(r"https://[!#$%&'()*+,./0-9:;=?@A-Z_a-z~-]+")
_GOOD, _BAD = 2 / 3, 1 / 3
_LINES = 6


def write(
    told: Recommendation, run: Run, folder: Path, *, command: str, check: str, templates: Path | None = None
) -> Path:
    """Write the record into `folder` under the next free number and return its path.

    Parameters
    ----------
    told : Recommendation
        The answer to record.
    run : Run
        What it rests on.
    folder : path
        Such as ``docs/decisions``; made when it is not there.
    command, check : str
        The command lines that give the answer again, and that tell whether it still holds.
    templates : path, optional
        A folder whose ``adr.md.j2`` replaces ours.

    Raises
    ------
    AdvisorError
        Exit code 1 when there is no answer to record; 2 when the folder cannot be written.
    """
    if told.answer is None:
        message = f"--adr: the verdict is '{told.verdict}': there is no decision to record"
        raise AdvisorError(message, exit_code=EXIT_REFUSED)
    text = _Record(told, run).text(command, check, templates)
    chosen = "-".join(part for part in (told.answer.framework, told.answer.route) if part)
    name = words.slug(f"use {chosen} for {told.profile}")
    return write_new((folder / f"{number:04}-{name}.md" for number in _numbers(folder)), text)


def _numbers(folder: Path) -> Iterator[int]:
    found = [int(match[1]) for path in folder.glob("*.md") if (match := _NUMBERED.fullmatch(path.name))]
    number = max(found, default=0)
    while True:
        number += 1
        yield number


class _Record:
    def __init__(self, told: Recommendation, run: Run) -> None:
        self.told = told
        self.run = run
        self.titles = run.titles | told.titles
        self.cells = {(cell.stack, cell.criterion): cell for cell in told.evidence}

    def text(self, command: str, check: str, templates: Path | None) -> str:
        told, answer = self.told, self.told.answer
        assert answer is not None
        chosen = self._stack(answer)
        needs = sorted(told.needs, key=lambda need: -need.weight)
        context = {
            "told": told,
            "run": self.run,
            "title": f"Use {chosen}: {told.title}",
            "chosen": chosen,
            "why": self._why(),
            "sureness": self._sureness(),
            "needs": needs,
            "options": [self._option(each) for each in told.ranking],
            "versions": self._versions(),
            "sources": [*self._sources()],
            "command": check,
            "again": command,
        }
        return tidy(template_engine.render(_environment(templates), "adr.md.j2", context))

    def _stack(self, item: Any) -> str:
        return words.stack(item.stack, self.titles)

    def _why(self) -> str:
        if self.told.verdict == "tie":
            others = listed([self._stack(each) for each in self.told.tied[1:]])
            return f"it is as good as {others}, within what can be told apart"
        return f"it is worth the most for this profile ({self.told.verdict})"

    def _sureness(self) -> str:
        first = self.told.ranking[0]
        share = numbers.percent(first.rank_acceptability[0])
        value = f"{numbers.score(first.value)} of 1, between {numbers.score(first.low)} and {numbers.score(first.high)}"
        worlds = numbers.count(self.told.samples)
        return f"{self._stack(first)} comes first in {share} of {worlds} plausible worlds. Its value is {value}."

    def _option(self, ranked: Ranked) -> dict[str, Any]:
        worth = {each.criterion: each for each in ranked.contributions}
        lines = []
        for need in sorted(self.told.needs, key=lambda need: -need.weight)[:_LINES]:
            cell, value = self.cells[ranked.stack, need.criterion], worth[need.criterion].value
            lines.append({"kind": _kind(value), "title": need.title, "text": cell.text or "", "origin": origin(cell)})
        failed = [each.detail for each in ranked.constraints if each.outcome == "fail"]
        total = f"Value {numbers.score(ranked.value)} ({numbers.score(ranked.low)} to {numbers.score(ranked.high)})"
        summary = f"{total}." if ranked.feasible else f"Out: {'; '.join(failed)}. {total}."
        return {"title": self._stack(ranked), "summary": summary, "lines": lines}

    def _versions(self) -> str:
        known = [f"{found.title} {found.version}" for found in self.run.frameworks.values() if found.version]
        return listed(known) if known else "none was found"

    def _sources(self) -> Iterator[dict[str, str]]:
        cited: dict[str, Cell] = {}
        for cell in self.told.evidence:
            if cell.source is not None and cell.evidence is not None:
                cited.setdefault(cell.evidence, cell)
        for cell in cited.values():
            yield {"what": cell.message or "", "where": _link(cell.source or "")}


def _kind(value: float | None) -> str:
    if value is None:
        return "Neutral"
    return "Good" if value >= _GOOD else "Bad" if value <= _BAD else "Neutral"


def _link(source: str) -> str:
    """Return an address as a link, and anything else as text."""
    return Markup(f"<{source}>") if _ADDRESS.fullmatch(source) else source  # noqa: S704 - nothing in it can end the link


def _environment(templates: Path | None) -> jinja2.Environment:
    environment = template_engine.environment(templates, finalize)
    filters: dict[str, Any] = {
        "code": _code,
        "day": lambda moment: Markup(f"{moment:%Y-%m-%d}"),  # noqa: S704 - digits and dashes
        "weight": numbers.weight,
    }
    environment.filters.update(filters)
    return environment


def _code(text: str) -> Markup:
    """Return one line for a code block or span: nothing in it is Markdown, and it cannot end either."""
    return Markup(words.line(text).replace("`", "'"))  # noqa: S704 - inside code
