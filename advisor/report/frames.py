"""The frames that the charts draw: those of the Run and of the Recommendation, with names as the pages write them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from advisor.decision.recommendation import Ranked, Recommendation
from advisor.keys import Stack
from advisor.measurement.run import Observation, Run
from advisor.report import words
from advisor.report.pages.context import Report
from advisor.report.speeds import Speeds
from advisor.report.timed_blocks import ratios

if TYPE_CHECKING:
    import pandas as pd

    from advisor.measurement.scale import Point

_SMALL = 0.0005
_STEPS = 9
MEAN = "geometric mean"
DRAWN = 10
"""Of so many criteria at most a chart shows every stack; the table beneath has all."""
_ABREAST = 5
"""So many stacks stand beside each other on a screen, and in a page of 150 kB."""


def of_answer(report: Report, told: Recommendation, rows: Any) -> pd.DataFrame:
    """Return one of the answer's frames with the stacks that a page draws: those that meet all, or else every one."""
    drawn = [each for each in told.ranking if each.feasible] or list(told.ranking)
    names = {_id(each): report.stack(each.stack).plain for each in drawn}
    frame = told.to_frame(rows)
    frame = frame[frame["stack"].isin(list(names))].copy()
    frame["name"] = [names[each] for each in frame["stack"]]
    frame["framework"] = [words.slug(each) for each in frame["framework"]]
    if "title" in frame:
        frame["title"] = [words.line(each) for each in frame["title"]]
    return frame


def beside(count: int) -> int:
    """Return how many of so many stacks stand beside each other; of the others the page of each criterion tells."""
    return min(count, _ABREAST)


def alike(told: Recommendation) -> frozenset[str]:
    """Return the criteria on which all stacks are known to be worth the same, unless that is every one."""
    drawn = [each for each in told.ranking if each.feasible] or list(told.ranking)
    values: dict[str, list[float | None]] = {}
    for each in drawn:
        for part in each.contributions:
            values.setdefault(part.criterion, []).append(part.value)
    same = frozenset(
        name
        for name, found in values.items()
        if None not in found and len({round(each or 0.0, 2) for each in found}) == 1
    )
    return same if len(drawn) > 1 and len(same) < len(values) else frozenset()


def criteria(report: Report, told: Recommendation) -> pd.DataFrame:
    """Return what each stack has on the weightiest criteria that tell some of them apart."""
    columns = ["name", "framework", "title", "text", "provenance", "score", "score_low", "score_high"]
    order = {need.criterion: place for place, need in enumerate(sorted(told.needs, key=lambda need: -need.weight))}
    frame = of_answer(report, told, "criteria")
    shown = [name for name in order if name not in alike(told)][:DRAWN]
    names = list(frame["name"].unique())
    drawn = names[: beside(len(names))]
    frame = frame[frame["criterion"].isin(shown) & frame["name"].isin(drawn)]
    return frame.sort_values("criterion", key=lambda each: each.map(order).astype(int), kind="stable")[columns]


def worlds(report: Report, told: Recommendation) -> pd.DataFrame:
    """Return the share of worlds in which each stack takes each place that it takes at all."""
    frame = of_answer(report, told, "worlds")
    return frame[frame["share"] > 0][["name", "framework", "rank", "share"]]


def lead(report: Report, told: Recommendation) -> pd.DataFrame | None:
    """Return the steps from the runner-up's worth to the first's; None with fewer than two stacks."""
    import pandas as pd

    first, second = (*[each for each in told.ranking if each.feasible][:2], None, None)[:2]
    if first is None or second is None:
        return None
    titles = {need.criterion: words.line(need.title) for need in told.needs}
    ours, theirs = _points(first), _points(second)
    gaps = {name: ours[name] - theirs.get(name, 0.0) for name in ours}
    telling = sorted((name for name in gaps if abs(gaps[name]) >= _SMALL), key=lambda name: -abs(gaps[name]))
    shown, rest = telling[:_STEPS], [name for name in gaps if name not in telling[:_STEPS]]
    steps = [(titles[name], gaps[name], "criterion") for name in shown]
    if rest:
        what = "no difference" if len(shown) == len(telling) else "together"
        steps.append((f"{len(rest)} other criteria: {what}", math.fsum(gaps[name] for name in rest), "criterion"))
    names = [report.stack(each.stack).plain for each in (second, first)]
    ends = [(names[0], second.value, "end"), (names[1], 0.0, "end")]
    return pd.DataFrame([ends[0], *steps, ends[1]], columns=["step", "amount", "kind"])


def stability(told: Recommendation) -> pd.DataFrame:
    """Return the weights between which the answer stays, of those criteria whose weight can change it."""
    import pandas as pd

    titles = {need.criterion: need.title for need in told.needs}
    rows = [
        (words.line(titles.get(each.criterion, each.criterion)), each.weight, each.low, each.high)
        for each in sorted(told.stability, key=lambda each: -each.weight)
        if each.low > 0 or each.high < 1
    ]
    return pd.DataFrame(rows, columns=["title", "weight", "low", "high"])


def blocks(timed: Sequence[tuple[Observation, str]]) -> pd.DataFrame:
    """Return the blocks of observations with the names of their variants; of many blocks, an even selection."""
    import pandas as pd

    rows = []
    for each, name in timed:
        assert each.summary is not None
        step = math.ceil(len(each.rounds) / 50) or 1
        rows += [
            (name, words.slug(each.framework), float(f"{block.median:.4g}"), block.accepted, each.grade or "",
             float(f"{each.summary.median:.4g}"))
            for block in each.rounds[::step]
        ]  # fmt: skip
    return pd.DataFrame(rows, columns=["name", "framework", "seconds", "accepted", "grade", "value"])


def grades(run: Run) -> pd.DataFrame:
    """Return how the blocks of timings lie about the figures that stand for them, as a histogram for each grade.

    ``ratio`` and ``to`` are the ends of a bar, ``share`` is of the blocks of the grade.
    """
    import numpy as np
    import pandas as pd

    edges = np.geomspace(0.8, 3.2, 41)
    rows = []
    for grade, found in ratios(run).items():
        counts, _ = np.histogram(np.clip(found, edges[0], edges[-1]), edges)
        rows += [
            (grade, float(f"{low:.4g}"), float(f"{high:.4g}"), int(count), float(f"{count / len(found):.4g}"))
            for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True)
            if count
        ]
    return pd.DataFrame(rows, columns=["grade", "ratio", "to", "count", "share"])


def speed(report: Report) -> pd.DataFrame:
    """Return how many times as long as the fastest each stack takes, work by work, with the means as the last rows."""
    import pandas as pd

    found = report.speeds.document
    assert isinstance(found, Speeds)
    rows = [
        (report.probe_title(work.probe), report.stack(each.stack).plain, float(f"{each.ratio:.4g}"), each.alike,
         f"observation {each.observation} of the Run")
        for work in found.works for each in work.ratios
    ]  # fmt: skip
    rows += [
        (f"{MEAN} of {found.common}", report.stack(Stack(framework=each.framework, route=each.route)).plain,
         float(f"{each.mean:.4g}"), each.alike, "the works that all of them did")
        for each in found.means
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["row", "column", "ratio", "alike", "from"])


def _points(ranked: Ranked) -> dict[str, float]:
    return {
        part.criterion: part.weight * ((part.low + part.high) / 2 if part.value is None else part.value)
        for part in ranked.contributions
    }


def _id(ranked: Ranked) -> str:
    return f"{ranked.framework}→{ranked.route}" if ranked.route else ranked.framework


def name_of(report: Report, stack: str) -> str:
    """Return a stack's name as the pages write it, from its id."""
    framework, _, route = stack.partition("→")
    return report.stack(Stack(framework=framework, route=route or None)).plain


def sizes(report: Report, points: Sequence[Point]) -> pd.DataFrame:
    """Return the times of one network at several sizes, a row for each stack and size."""
    import pandas as pd

    return pd.DataFrame(
        {
            "name": name_of(report, each.stack),
            "framework": words.slug(each.stack.partition("→")[0]),
            "mmacs": each.macs / 1e6,
            "milliseconds": each.seconds * 1e3,
            "low": each.low * 1e3,
            "high": each.high * 1e3,
        }
        for each in points
    )
