"""How often each stack takes each rank over the sampled worlds: one bar per stack, the first rank in full ink."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from advisor.report.charts import drawing
from advisor.report.charts.compilation import compiled

if TYPE_CHECKING:
    from advisor.report.charts.compilation import Chart

_ROW = 48
_OPACITY = (1.0, 0.55, 0.3, 0.15)


@dataclass(frozen=True)
class Shares:
    """One stack: its name, its framework, and the shares of worlds by rank, the first rank first."""

    name: str
    framework: str
    ranks: Sequence[float]


def ranks(rows: Sequence[Shares], finding: Markup) -> drawing.Drawing:
    """Draw the bars from 0 to 100 % of the worlds; ranks after the fourth share the faintest ink."""
    label = f"Share of the worlds in which each of {len(rows)} stacks takes each rank. The table below has every share."
    wide, narrow = drawing.draw(lambda width: _chart(rows, width), label)
    return drawing.Drawing(finding, wide, narrow)


def _chart(rows: Sequence[Shares], width: int) -> tuple[drawing.Layers, int, drawing.Rows]:
    plot = _plot(width)
    bars, names = _rows(rows, plot)
    return layers(width), _ROW * len(rows), {"bars": bars, "names": names}


@compiled
def layers(width: int) -> Chart:
    """Return the layers of the chart for a width in pixels."""
    import altair as alt

    from advisor.report.charts import grammar

    plot = _plot(width)
    ticks = [0, 0.25, 0.5, 0.75, 1] if width > 400 else [0, 0.5, 1]
    axis = alt.Axis(values=ticks, format=".0%", title="share of the worlds", labelFlush=True)
    x = alt.X("start:Q", scale=alt.Scale(domain=[0, 1], nice=False), axis=axis)
    bar, name = grammar.named("bars"), grammar.named("names")
    place: dict[str, Any] = {"y": alt.Y("y:Q", scale=None, axis=None)}
    layers = [
        bar.mark_rect(stroke=drawing.PAPER, strokeWidth=1.5).encode(
            x=x, x2=alt.X2("end"), y=alt.Y("top:Q", scale=None, axis=None), y2=alt.Y2("bottom"),
            fill=alt.Fill("color:N", scale=None), opacity=alt.Opacity("ink:Q", scale=None),
        ),
        bar.transform_filter("datum.room").mark_text(
            fontWeight="bold", fill=drawing.INK, stroke=drawing.PAPER, strokeWidth=3
        ).encode(x=alt.X("middle:Q"), y=alt.Y("text:Q", scale=None), text=alt.Text("rank:N")),
        name.mark_text(
            align="left", fontSize=13, fill=drawing.INK, stroke=drawing.PAPER, strokeWidth=4, limit=plot
        ).encode(x=grammar.at(0), text=alt.Text("name:N"), **place),
    ]  # fmt: skip
    return alt.layer(*layers).properties(width=plot)


def _plot(width: int) -> int:
    return width - 24


def _rows(rows: Sequence[Shares], plot: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    bars, names = [], []
    for number, row in enumerate(rows):
        top, start = number * _ROW, 0.0
        for rank, share in enumerate(row.ranks):
            if share > 0:
                bars.append(
                    {
                        "start": start, "end": start + share, "middle": start + share / 2, "top": top + 20,
                        "bottom": top + 40, "text": top + 31, "rank": str(rank + 1), "room": share * plot >= 16,
                        "ink": _OPACITY[min(rank, len(_OPACITY) - 1)], "color": drawing.color(row.framework),
                    }
                )  # fmt: skip
            start += share
        names.append({"name": row.name, "y": top + 12})
    return bars, names
