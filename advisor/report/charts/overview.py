"""The ledger at a glance: for each kind of claim, how many hold, how many do not, and how many nobody can settle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
from markupsafe import Markup

from advisor.report.charts import drawing

_ROW = 46
LEGEND = Markup(
    '<p class="legend-line" aria-hidden="true"><span class="key key-measured">holds</span> '
    '<span class="key key-documented">does not hold, is outdated, contradicted or within noise</span> '
    '<span class="key key-missing">cannot be tested here, or an opinion</span></p>'
)


@dataclass(frozen=True)
class Kind:
    """One kind of claim: its title, and how many hold, fail, and stay open."""

    title: str
    holds: int
    fails: int
    open: int


def overview(kinds: Sequence[Kind], finding: Markup) -> drawing.Drawing:
    """Draw one bar per kind of claim; the more ink, the more certain."""
    label = f"Claims of {len(kinds)} kinds by what became of them. The table below has every count."
    wide, narrow = drawing.draw(lambda width: _chart(kinds, width), label)
    return drawing.Drawing(finding, wide, narrow, LEGEND)


def _chart(kinds: Sequence[Kind], width: int) -> tuple[drawing.Layers, int, drawing.Rows]:
    plot = width - 24
    most = max(kind.holds + kind.fails + kind.open for kind in kinds)
    bars: list[dict[str, Any]] = []
    names: list[dict[str, Any]] = []
    for number, kind in enumerate(kinds):
        top, start = number * _ROW, 0
        for sort, count in (("holds", kind.holds), ("fails", kind.fails), ("open", kind.open)):
            if count:
                bars.append(
                    {
                        "start": start, "end": start + count, "middle": start + count / 2, "top": top + 20,
                        "bottom": top + 38, "text": top + 30, "count": str(count), "sort": sort,
                        "room": count / most * plot >= 18,
                    }
                )  # fmt: skip
            start += count
        names.append({"name": kind.title, "y": top + 12})
    return _layers(plot, most), _ROW * len(kinds), {"bars": bars, "names": names}


@drawing.compiled
def _layers(plot: int, most: int) -> drawing.Chart:
    axis = alt.Axis(title="claims", tickCount=5, format="d")
    x = alt.X("start:Q", scale=alt.Scale(domain=[0, most], nice=False), axis=axis)
    bar, name = drawing.named("bars"), drawing.named("names")
    place: dict[str, Any] = {
        "x": x, "x2": alt.X2("end"), "y": alt.Y("top:Q", scale=None, axis=None), "y2": alt.Y2("bottom"),
    }  # fmt: skip
    layers = [
        bar.transform_filter("datum.sort == 'holds'").mark_rect(
            fill=drawing.INK, stroke=drawing.PAPER, strokeWidth=1.5
        ).encode(**place),
        bar.transform_filter("datum.sort == 'fails'").mark_rect(
            fill=drawing.INK_2, opacity=0.55, stroke=drawing.PAPER, strokeWidth=1.5
        ).encode(**place),
        bar.transform_filter("datum.sort == 'open'").mark_rect(
            fill=drawing.PAPER, stroke=drawing.INK_2, strokeDash=[3, 2]
        ).encode(**place),
        bar.transform_filter("datum.room").mark_text(
            fontWeight="bold", fill=drawing.INK, stroke=drawing.PAPER, strokeWidth=3, baseline="middle"
        ).encode(x=alt.X("middle:Q"), y=alt.Y("text:Q", scale=None), text=alt.Text("count:N")),
        name.mark_text(
            align="left", fontSize=13, fill=drawing.INK, stroke=drawing.PAPER, strokeWidth=4, limit=plot
        ).encode(x=drawing.at(0), y=alt.Y("y:Q", scale=None), text=alt.Text("name:N")),
    ]  # fmt: skip
    return alt.layer(*layers).properties(width=plot)
