"""Where every stack stands on the way from floor to target: of all criteria of a profile, or of one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import altair as alt
from markupsafe import Markup

from advisor.report.charts import theme
from advisor.report.charts.picture import Picture, draw

if TYPE_CHECKING:
    import pandas as pd

_STEP = 13


def criteria(frame: pd.DataFrame, finding: Markup) -> Picture:
    """Draw the rows of `Recommendation.to_frame`, one block per criterion in the order of the frame."""
    order, names = (list(dict.fromkeys(frame[each])) for each in ("title", "name"))
    label = "Where each stack stands between floor and target, by criterion. The table below has every value."
    words = {0.0: "floor 0", 0.5: "0.5", 1.0: "target 1"}

    def make(width: int) -> alt.TopLevelMixin:
        # A layer of which the first stacks have no mark would else put the others first.
        row = alt.Y("name:N", sort=names, scale=alt.Scale(domain=names), axis=None)
        header = alt.Header(labelOrient="top", labelAnchor="start", labelAlign="left", title=None, labelLimit=width)
        columns = 2 if width > theme.NARROW else 1
        layered = alt.layer(*_layers(frame, row, words, columns), data=frame).properties(
            width=width - 14, height=alt.Step(_STEP)
        )
        facet = layered.facet(row=alt.Row("title:N", sort=order, header=header), spacing=10)
        found: alt.TopLevelMixin = facet.resolve_scale(x="shared", color="shared", shape="shared")
        return found

    return draw(make, finding, label)


def criterion(frame: pd.DataFrame, ticks: Mapping[float, str], finding: Markup, label: str) -> Picture:
    """Draw the stacks on one criterion; `ticks` says what stands under floor (0), target (1) and between them."""

    def make(width: int) -> alt.TopLevelMixin:
        words = dict(ticks) if width > theme.NARROW else {at: ticks[at] for at in (0.0, 1.0)}
        layers = _layers(frame, theme.over("name", width, 40, frame["name"]), words, 0)
        return alt.layer(*layers, data=frame).properties(width=width - 14, height=alt.Step(40))

    return draw(make, finding, label)


def _layers(frame: pd.DataFrame, row: alt.Y, words: Mapping[float, str], columns: int) -> list[alt.Chart]:
    """Return the layers; the legend has so many columns, and with none there is no legend."""
    axis = alt.Axis(title=None, values=list(words), labelExpr=theme.pick(dict(words)), labelFlush=True)
    x = alt.X("score_low:Q", scale=alt.Scale(domain=[0, 1], nice=False, clamp=True), axis=axis)
    owners = dict(zip(frame["name"], frame["framework"], strict=True))
    key: Any = alt.Legend(title=None, columns=columns) if columns else None
    shapes = alt.Scale(domain=list(owners), range=_shapes(owners))
    base = alt.Chart().encode(y=row, color=alt.Color("name:N", scale=theme.colors(frame, "name"), legend=key))
    pointed = theme.pointed("name")
    known, unknown = (base.transform_filter(f"{sign}isValid(datum.score)") for sign in ("", "!"))
    return [
        known.transform_filter("datum.score_high > datum.score_low")
        .mark_rule(strokeWidth=3, strokeOpacity=0.5)
        .encode(x=x, x2="score_high:Q", opacity=theme.faded(pointed)),
        unknown.mark_rule(strokeWidth=1.5, strokeDash=[2, 3]).encode(
            x=x, x2="score_high:Q", opacity=theme.faded(pointed)
        ),
        known.mark_point(**theme.EDGE)
        .add_params(pointed)
        .encode(
            x="score:Q",
            opacity=theme.faded(pointed),
            shape=alt.Shape("name:N", scale=shapes, legend=key),
            tooltip=["name", "title", "text", "provenance", alt.Tooltip("score:Q", format=".2f")],
        ),
    ]


def _shapes(owners: Mapping[Any, Any]) -> list[str]:
    """Return a shape for each name: two stacks of one framework share its color and differ in shape."""
    seen: Counter[Any] = Counter()
    found = []
    for owner in owners.values():
        found.append(theme.SHAPES[seen[owner] % len(theme.SHAPES)])
        seen[owner] += 1
    return found
