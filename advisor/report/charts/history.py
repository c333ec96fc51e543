"""What became of something over time: the times of all Runs of a machine, and advice that was given."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
from markupsafe import Markup

from advisor.report.charts import theme
from advisor.report.charts.picture import Picture, draw

if TYPE_CHECKING:
    import pandas as pd

_ANSWERS = {"agrees": "circle", "does not agree": "cross"}


def trend(frame: pd.DataFrame, finding: Markup) -> Picture:
    """Draw a frame with ``day`` (ISO 8601), ``name``, ``framework``, ``ratio``, ``works`` and ``run``."""
    label = f"Times of {frame['run'].nunique()} Runs over those of the oldest. The table below has every ratio."
    names = list(dict.fromkeys(frame["name"]))
    ends = [*frame["ratio"], 0.95, 1.05]

    def make(width: int) -> alt.TopLevelMixin:
        key = alt.Legend(title=None, columns=2 if width > theme.NARROW else 1, labelLimit=width, offset=28)
        shapes = alt.Scale(domain=names, range=[theme.SHAPES[n % len(theme.SHAPES)] for n in range(len(names))])
        y = alt.Y(
            "ratio:Q", scale=alt.Scale(type="log", domain=[min(ends) / 1.03, max(ends) * 1.03], nice=False),
            axis=alt.Axis(title="time over that of the oldest Run", format=".2~f", tickCount=5, **theme.OVER),
        )  # fmt: skip
        base = alt.Chart(frame).encode(
            x=_days("day", width),
            y=y,
            color=alt.Color("name:N", scale=theme.colors(frame, "name"), legend=key),
        )
        one = alt.Chart(frame.iloc[:1]).mark_rule(strokeDash=[3, 3]).encode(y=alt.datum(1))
        dots = base.mark_point(**theme.EDGE).encode(
            shape=alt.Shape("name:N", scale=shapes, legend=key),
            tooltip=["name", "run", alt.Tooltip("ratio:Q", format=".3~f"), "works"],
        )
        return alt.layer(one, base.mark_line(strokeWidth=1.5), dots).properties(width=width - 74, height=220)

    return draw(make, finding, label)


def advice(frame: pd.DataFrame, finding: Markup) -> Picture:
    """Draw a frame with ``row``, ``day``, ``when``, the answer's ``title`` and ``framework``, ``answer``, ``said``.

    Each row of the chart is one advice: the answer of its day, and at the end that of today.
    """
    label = f"{frame['row'].nunique()} pieces of advice on a time line. The table below has every answer."
    owners = list(dict.fromkeys(frame["title"]))

    def make(width: int) -> alt.TopLevelMixin:
        row = theme.over("row", width, 40, frame["row"], labelExpr="split(datum.label, '\u2063')[0]")
        key = alt.Legend(title=None, columns=3 if width > theme.NARROW else 2, labelLimit=width)
        shapes = alt.Scale(domain=list(_ANSWERS), range=list(_ANSWERS.values()))
        base = alt.Chart(frame).encode(x=_days("day", width), y=row)
        way = base.mark_line(strokeWidth=1, color=theme.RULE).encode(detail="row:N")
        marks = base.mark_point(size=110, **theme.EDGE).encode(
            fill=alt.Fill("title:N", scale=alt.Scale(domain=owners, range=_owned(frame, owners)), legend=key),
            shape=alt.Shape("answer:N", scale=shapes, legend=alt.Legend(title=None, symbolFillColor=theme.INK_2)),
            tooltip=["persona", "said", "when", "title", "answer"],
        )
        return alt.layer(way, marks).properties(width=width - 24, height=alt.Step(40))

    return draw(make, finding, label)


def _owned(frame: pd.DataFrame, owners: list[str]) -> list[str]:
    styles = dict(zip(frame["title"], frame["framework"], strict=True))
    return [theme.color(styles[each]) for each in owners]


def _days(field: str, width: int) -> alt.X:
    # UTC, and a format of digits: no drawing depends on where it was made.
    axis = alt.Axis(title=None, format="%Y-%m-%d", tickCount=5 if width > theme.NARROW else 2, labelOverlap="greedy")
    return alt.X(field, type="temporal", scale=alt.Scale(type="utc", padding=12), axis=axis)
