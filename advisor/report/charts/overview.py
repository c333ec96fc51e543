"""The ledger at a glance: for each kind of claim, how many hold, how many do not, and how many nobody can settle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from advisor.report.charts import drawing
from advisor.report.charts.compilation import compiled

if TYPE_CHECKING:
    from advisor.report.charts.compilation import Chart

_ROW, _FOOT = 46, 4
_STEPS = [step * 10**power for power in range(9) for step in (1, 2, 5)]
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
    plot, bottom = _plot(width), _ROW * len(kinds)
    most = max(kind.holds + kind.fails + kind.open for kind in kinds)

    def x(count: float) -> float:
        return count / most * plot

    step = next(step for step in _STEPS if most / step <= 5)
    ticks = [{"x": x(tick), "text": str(tick), "top": 0, "bottom": bottom} for tick in range(0, most + 1, step)]
    bars: list[dict[str, Any]] = []
    names: list[dict[str, Any]] = []
    for number, kind in enumerate(kinds):
        top, start = number * _ROW, 0
        for sort, count in (("holds", kind.holds), ("fails", kind.fails), ("open", kind.open)):
            if count:
                bars.append(
                    {
                        "start": x(start), "end": x(start + count), "middle": x(start + count / 2), "top": top + 20,
                        "bottom": top + 38, "text": top + 30, "count": str(count), "sort": sort,
                        "room": count / most * plot >= 18,
                    }
                )  # fmt: skip
            start += count
        names.append({"name": kind.title, "y": top + 12})
    return layers(width), bottom + _FOOT, {"bars": bars, "names": names, "ticks": ticks, "title": [{"y": bottom + 36}]}


@compiled
def layers(width: int) -> Chart:
    """Return the layers of the chart for a width in pixels."""
    import altair as alt

    from advisor.report.charts import grammar

    plot = _plot(width)
    bar, name = grammar.named("bars"), grammar.named("names")
    axis = grammar.ticks(grammar.named("ticks"), plot)
    place: dict[str, Any] = {
        "x": grammar.pixels(alt.X, "start"), "x2": alt.X2("end"),
        "y": grammar.pixels(alt.Y, "top"), "y2": alt.Y2("bottom"),
    }  # fmt: skip
    layers = [
        axis[0],
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
        ).encode(x=grammar.pixels(alt.X, "middle"), y=alt.Y("text:Q", scale=None), text=alt.Text("count:N")),
        name.mark_text(
            align="left", fontSize=13, fill=drawing.INK, stroke=drawing.PAPER, strokeWidth=4, limit=plot
        ).encode(x=grammar.at(0), y=alt.Y("y:Q", scale=None), text=alt.Text("name:N")),
        *axis[1:],
        grammar.named("title").mark_text(align="left", fill=drawing.INK_2).encode(
            x=grammar.at(0), y=grammar.pixels(alt.Y, "y"), text=grammar.said("claims")
        ),
    ]  # fmt: skip
    return alt.layer(*layers).properties(width=plot)


def _plot(width: int) -> int:
    return width - 24
