"""How much hangs on the weights: what ``recommend --explain`` prints below the answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from rich.table import Table
from rich.text import Text

from advisor.decision.recommendation import Ranked, Recommendation, Stability
from advisor.report import numbers, words

_ENDS = 0.001
"""A weight that close to 0 or 1 is no limit: no criterion weighs all or nothing."""

_NAMED = 3

Show = Callable[[str, Table, str], None]


def weights(told: Recommendation) -> list[str]:
    """Return at which weight of one criterion the answer would change, the nearest first."""
    titles = {need.criterion: words.line(need.title) for need in told.needs}
    found: list[tuple[float, str]] = []
    for each in told.stability:
        title, now = titles.get(each.criterion, each.criterion), numbers.weight(each.weight)
        if each.low > _ENDS:
            text = f"'{title}' weighed less than {numbers.weight(each.low)} (now {now})"
            found.append((math.log(each.weight / each.low), text))
        if each.high < 1 - _ENDS:
            text = f"'{title}' weighed more than {numbers.weight(each.high)} (now {now})"
            found.append((math.log(each.high / each.weight), text))
    return [text for _, text in sorted(found)]


def show(told: Recommendation, titles: Mapping[str, str], show: Show) -> None:
    """Print the explanation; `show` prints a table under a heading, with a note."""
    feasible = [each for each in told.ranking if each.feasible and each.rank_acceptability]
    if not feasible:
        return
    show("How often each comes first", _firsts(feasible, titles), "")
    central = [each for each in feasible if each.central_weights]
    if central:
        note = "Where a stack comes first by free weights: what then weighs most, on average (and what it weighs here)."
        show("With which weights", _central(central, told, titles), note)
    if told.stability:
        show("Weights between which the answer stays first", _stability(told.stability, told), "")
    if told.joint_flips:
        table = Table.grid(padding=(0, 1))
        for flip in told.joint_flips:
            table.add_row("–", Text(words.line(flip.text)))
        show("Together they would change it if", table, "")


def _columns(*headings: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    table.add_column(headings[0], overflow="fold")
    for heading in headings[1:]:
        table.add_column(heading, justify="right", overflow="fold")
    return table


def _name(each: Ranked, titles: Mapping[str, str]) -> Text:
    return Text(words.stack(each.stack, titles))


def _firsts(feasible: list[Ranked], titles: Mapping[str, str]) -> Table:
    table = _columns("Stack", "weights as stated", "only their order", "any weights")
    for each in feasible:
        shares = (each.rank_acceptability[0], each.first_by_ranking, each.first_by_any)
        table.add_row(_name(each, titles), *("–" if share is None else numbers.percent(share) for share in shares))
    return table


def _central(central: list[Ranked], told: Recommendation, titles: Mapping[str, str]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("Stack")
    table.add_column("What would weigh most", overflow="fold")
    for each in central:
        gains = sorted(
            zip(each.central_weights, told.needs, strict=True), key=lambda pair: (-pair[0], pair[1].criterion)
        )
        parts = [
            f"{words.line(need.title)} {numbers.weight(weight)} ({numbers.weight(need.weight)})"
            for weight, need in gains[:_NAMED]
        ]
        table.add_row(_name(each, titles), Text("; ".join(parts)))
    return table


def _stability(stability: tuple[Stability, ...], told: Recommendation) -> Table:
    titles = {need.criterion: words.line(need.title) for need in told.needs}
    table = _columns("Criterion", "now", "from", "to")
    for each in sorted(stability, key=lambda each: -each.weight):
        ends = (numbers.weight(end) for end in (each.weight, each.low, each.high))
        table.add_row(Text(titles.get(each.criterion, each.criterion)), *ends)
    return table
