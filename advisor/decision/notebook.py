"""A Recommendation as a notebook shows it: the answer, why, and what would change it, as plain escaped HTML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import TYPE_CHECKING

from advisor.decision import phrases
from advisor.keys import Stack, stack_title

if TYPE_CHECKING:
    from advisor.decision.recommendation import Ranked, Recommendation

SHOWN = 3
"""How many flip points are shown."""


def html(told: Recommendation) -> str:
    """Return one HTML element without styles, scripts or links, so that every notebook shows it as it shows its own."""
    return f"<div>{''.join(_parts(told))}</div>"


def _parts(told: Recommendation) -> Iterator[str]:
    yield f"<p>{escape(told.question)}</p>"
    yield f"<p><strong>{escape(line(told))}</strong></p>"
    yield _list("", told.reasons)
    yield _list("Provided that:" if told.answer else "Yet to be shown:", told.conditions)
    yield _ranking(told)
    yield _list("It would be another answer if", [flip.text for flip in told.flips[:SHOWN]])
    yield _list("Mind:", told.warnings)
    yield f"<p><small>Profile {escape(told.profile)}, Run {escape(told.run)}.</small></p>"


def line(told: Recommendation) -> str:
    """Return the answer in one line: the stack, the verdict, how sure."""
    if told.answer is None:
        return f"No answer: {told.verdict}"
    named = [_title(told, each) for each in told.tied or (told.answer,)]
    share = next(
        (each.rank_acceptability[0] for each in told.ranking if _same(each, told.answer) and each.rank_acceptability),
        None,
    )
    sure = "" if share is None else f" (first in {phrases.in_percent(share)} of the samples)"
    return f"{' or '.join(named)}: {told.verdict}{sure}"


def _ranking(told: Recommendation) -> str:
    rows = []
    for each in told.ranking:
        out = ", ".join(check.detail or check.criterion for check in each.constraints if check.outcome == "fail")
        first = phrases.in_percent(each.rank_acceptability[0]) if each.rank_acceptability else f"out: {out}"
        cells = (_title(told, each), f"{each.value:.2f} ({each.low:.2f}–{each.high:.2f})", first)
        rows.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
    head = "<tr><th>Stack</th><th>Value</th><th>First in</th></tr>"
    return f"<table><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table>"


def _list(title: str, lines: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return (f"<p>{title}</p>" if title else "") + f"<ul>{items}</ul>" if items else ""


def _title(told: Recommendation, each: Stack | Ranked) -> str:
    return stack_title(each.stack, told.titles)


def _same(ranked: Ranked, stack: Stack) -> bool:
    return ranked.stack == stack
