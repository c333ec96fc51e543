"""What the charts' layers have in common, in Altair's terms; imported only where a chart is compiled."""

from __future__ import annotations

from typing import Any, Literal

import altair as alt

from advisor.report.charts.compilation import INK_2, RULE

_SIDES: tuple[Literal["left", "center", "right"], ...] = ("left", "center", "right")


def named(rows: str) -> alt.Chart:
    """Return a chart of the rows of this name: they reach the drawing as they are, once for all layers."""
    return alt.Chart(alt.NamedData(rows))


def at(pixels: float) -> alt.XValue:
    """Return a fixed place on the horizontal axis."""
    return alt.XValue(pixels)  # type: ignore[no-untyped-call]


def said(text: str) -> alt.TextValue:
    """Return a fixed text."""
    return alt.TextValue(text)


def pixels(channel: type[Any], field: str) -> Any:
    """Return a channel whose values are pixels already."""
    return channel(f"{field}:Q", scale=None, axis=None)


def ticks(tick: alt.Chart, plot: int) -> list[Any]:
    """Return the layers of a horizontal axis whose ticks are rows (`advisor.report.charts.axes.marks`).

    An axis of the renderer's own would have to be compiled for every chart. A label at an edge stands within it.
    """
    x, top, bottom = pixels(alt.X, "x"), pixels(alt.Y, "top"), alt.Y2("bottom")
    label = {"x": x, "y": pixels(alt.Y, "bottom"), "text": alt.Text("text:N")}
    where = dict(
        zip(_SIDES, ("datum.x < 20", f"datum.x >= 20 && datum.x <= {plot - 20}", f"datum.x > {plot - 20}"), strict=True)
    )
    return [
        tick.mark_rule(stroke=RULE).encode(x=x, y=top, y2=bottom),
        *(
            tick.transform_filter(where[side]).mark_text(align=side, dy=18, fill=INK_2).encode(**label)
            for side in _SIDES
        ),
    ]
