"""What stands below the answer on a terminal: how much hangs on the weights, and what was not measured, and why."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping

from rich.table import Table
from rich.text import Text

from advisor.decision import phrases
from advisor.decision.recommendation import Ranked, Recommendation, Stability
from advisor.measurement.omission import EVERYTHING_ELSE
from advisor.measurement.run import Run, Skipped
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


_LONGEST = 200
_LISTED = 6


def gaps(recommendation: Recommendation, run: Run, titles: Mapping[str, str]) -> list[str]:
    """Return one sentence for each thing that the answer does not know, most general first."""
    return [*_frameworks(run, titles), *_figures(recommendation, titles), *_without_bearing(recommendation, run)]


def absent(ranking: Iterable[Ranked], run: Run) -> list[Ranked]:
    """Return of each framework that is compared but not installed where the Run was made its foremost stack."""
    found: dict[str, Ranked] = {}
    for each in ranking:
        framework = run.frameworks.get(each.framework)
        if framework is not None and framework.outcome == "not_installed":
            found.setdefault(each.framework, each)
    return list(found.values())


def _frameworks(run: Run, titles: Mapping[str, str]) -> Iterator[str]:
    for name, found in run.frameworks.items():
        if found.outcome != "measured":
            how = ""
            if found.install and found.outcome == "not_installed":
                # Frameworks need not share a Python, and the one in use may be worth leaving as it is.
                how = f". Install it: {words.line(found.install)}, or name a Python that has it: --python {name}=PATH"
            yield f"{words.name(name, titles)}: {words.OUTCOMES[found.outcome]}{how}"


def _figures(recommendation: Recommendation, titles: Mapping[str, str]) -> Iterator[str]:
    """Yield what is missing; criteria with one reason and the same stacks come together."""
    criteria = {need.criterion: words.line(need.title) for need in recommendation.needs}
    found: dict[tuple[str, str], list[str]] = {}
    for cell in recommendation.evidence:
        if cell.provenance == "missing" and cell.criterion in criteria:
            why = words.line(cell.message or "") or words.OUTCOMES.get(cell.outcome, cell.outcome)
            place = (criteria[cell.criterion], _short(why))
            found.setdefault(place, []).append(words.stack(cell.stack, titles))
    together: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (title, why), stacks in found.items():
        together.setdefault((why, tuple(stacks)), []).append(title)
    everyone = len(recommendation.ranking)
    for (why, stacks_), names in together.items():
        whose = "every stack" if len(stacks_) == everyone > 1 else ", ".join(stacks_)
        yield f"{'; '.join(names)}: {why} ({whose})"


def _without_bearing(recommendation: Recommendation, run: Run) -> Iterator[str]:
    """Yield what was left out and leaves no gap in this answer, since nothing that it could show would change it."""
    told = [cell.omission for cell in recommendation.evidence if cell.omission is not None]
    left = [skip for skip in run.skipped if not any(_alike(skip, each) for each in told)]
    rest = [skip for skip in left if skip.probe == EVERYTHING_ELSE]
    # What a session decided on its way it says for each framework, with the reason.
    settled: dict[str, list[str]] = {}
    for skip in left:
        if skip.kind == "needless":
            settled.setdefault(words.line(phrases.needless(skip)), []).append(words.line(skip.probe))
    for reason, probes in settled.items():
        yield f"{_listed(list(dict.fromkeys(probes)))}: {reason}"
    count = len({skip.probe for skip in left if skip not in rest and skip.kind != "needless"})
    if count:
        what = "1 probe on which" if count == 1 else f"{count} probes on which"
        yield f"{what} no figure of this answer rests; the Run says which and why"
    yield from (f"Everything else: {words.line(phrases.left_out(skip, run.titles))}" for skip in rest)


def _alike(one: Skipped, other: Skipped) -> bool:
    """Tell whether two things were left out for one reason; what is needless, for whichever framework it is said."""
    if one.kind == other.kind == "needless":
        return one.reason == other.reason
    return one == other.model_copy(update={"probe": one.probe})


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _LISTED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_LISTED]) + more


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rpartition(' ')[0] or text[: _LONGEST - 1]}…"
