"""Ratios of two times with their intervals, one row each, around the line where both take as long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from markupsafe import Markup

from advisor.report.charts import drawing, lettering
from advisor.report.charts.axes import logarithmic, marks, place
from advisor.report.charts.compilation import compiled

if TYPE_CHECKING:
    from advisor.report.charts.compilation import Chart

# In pixels: a row with a name of one line, and each further line of a name.
_ROW, _LINE, _LETTERS = 40, 16, 13


@dataclass(frozen=True)
class Ratio:
    """One ratio with its bounds: what it is of, and the framework in whose color it stands; ink when none is meant."""

    name: str
    framework: str | None
    value: float
    low: float
    high: float


def ratios(rows: Sequence[Ratio], finding: Markup, axis: str) -> drawing.Drawing:
    """Draw the rows on one logarithmic axis, which `axis` names in words."""
    label = f"{len(rows)} ratios with their intervals, {axis}. The table below has every one."
    wide, narrow = drawing.draw(lambda width: _chart(rows, axis, width), label)
    return drawing.Drawing(finding, wide, narrow)


def _chart(rows: Sequence[Ratio], axis: str, width: int) -> tuple[drawing.Layers, int, drawing.Rows]:
    plot = _plot(width)
    names = [lettering.wrapped(row.name, plot, _LETTERS) for row in rows]
    tops = [0, *accumulate(_ROW + _LINE * (len(lines) - 1) for lines in names)]
    bottom = tops.pop()
    ends = [end for row in rows for end in (row.low, row.value, row.high)]
    # Both sides of one are on the axis, however far the ratios lie on one of them.
    low, high, ticks = logarithmic([*ends, 0.95, 1.05], 6 if width > 400 else 4)
    x = place(low, high, plot)
    found = [
        {
            "x": x(row.value), "low": x(row.low), "high": x(row.high), "y": top + 12 + _LINE * len(lines),
            "color": drawing.color(row.framework) if row.framework else drawing.INK_2,
        }
        for top, row, lines in zip(tops, rows, names, strict=True)
    ]  # fmt: skip
    said = [
        {"y": top + 12 + _LINE * number, "text": line}
        for top, lines in zip(tops, names, strict=True)
        for number, line in enumerate(lines)
    ]
    one = [{"x": x(1.0), "top": 0, "bottom": bottom}]
    title = [{"y": bottom + 40, "text": axis}]
    data: drawing.Rows = {
        "ratios": found,
        "names": said,
        "one": one,
        "ticks": marks(ticks, x, "", bottom),
        "title": title,
    }
    return layers(width), bottom + 4, data


@compiled
def layers(width: int) -> Chart:
    """Return the layers of the chart for a width in pixels."""
    import altair as alt

    from advisor.report.charts import grammar

    plot = _plot(width)
    ratio, axis = grammar.named("ratios"), grammar.ticks(grammar.named("ticks"), plot)
    x, y = grammar.pixels(alt.X, "x"), grammar.pixels(alt.Y, "y")
    layers = [
        axis[0],
        grammar.named("one").mark_rule(strokeWidth=1.5, stroke=drawing.INK).encode(
            x=x, y=grammar.pixels(alt.Y, "top"), y2=alt.Y2("bottom")
        ),
        ratio.mark_rule(strokeWidth=3, opacity=0.5).encode(
            x=grammar.pixels(alt.X, "low"), x2=alt.X2("high"), y=y, stroke=alt.Stroke("color:N", scale=None)
        ),
        ratio.mark_circle(size=60, opacity=1, stroke=drawing.PAPER, strokeWidth=1).encode(
            x=x, y=y, fill=alt.Fill("color:N", scale=None)
        ),
        grammar.named("names").mark_text(
            align="left", fontSize=_LETTERS, fill=drawing.INK, stroke=drawing.PAPER, strokeWidth=4, limit=plot
        ).encode(x=grammar.at(0), y=y, text=alt.Text("text:N")),
        *axis[1:],
        grammar.named("title").mark_text(align="left", fill=drawing.INK_2).encode(
            x=grammar.at(0), y=y, text=alt.Text("text:N")
        ),
    ]  # fmt: skip
    return alt.layer(*layers).properties(width=plot)


def _plot(width: int) -> int:
    return width - 14
