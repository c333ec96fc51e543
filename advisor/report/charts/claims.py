"""The ledger at a glance: for each kind of claim, how many hold, how many do not, and how many nobody can settle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import pandas as pd
from markupsafe import Markup

from advisor.report.charts import theme
from advisor.report.charts.picture import Picture, draw

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_STEP = 44
SORTS = ("holds", "does not hold, or no longer", "cannot be tested, or an opinion")


def claims(rows: Iterable[Mapping[str, object]], finding: Markup) -> Picture:
    """Draw rows with ``kind``, ``sort`` (one of `SORTS`) and ``count``: the more ink, the more certain."""
    frame = pd.DataFrame(list(rows))
    label = f"Claims of {frame['kind'].nunique()} kinds by what became of them. The table below has every count."

    def make(width: int) -> alt.TopLevelMixin:
        key = alt.Legend(
            title=None, columns=1, labelLimit=width - 40, symbolStrokeWidth=1, symbolStrokeColor=theme.INK_2
        )
        base = (
            alt.Chart(frame)
            .transform_calculate(place=f"indexof({list(SORTS)!r}, datum.sort)")
            .encode(y=theme.over("kind", width, _STEP, frame["kind"]), order="place:Q")
        )
        x = alt.X("count:Q", stack="zero", axis=alt.Axis(title="claims", tickCount=5, format="d"))
        bars = base.mark_bar(stroke=theme.INK_2, strokeWidth=1).encode(
            x=x, fill=alt.Fill("sort:N", sort=list(SORTS), legend=key,
                               scale=alt.Scale(domain=list(SORTS), range=[theme.INK, theme.RULE, theme.PAPER])),
            tooltip=["kind", "sort", "count"],
        )  # fmt: skip
        return alt.layer(bars).properties(width=width - 24, height=alt.Step(_STEP))

    return draw(make, finding, label)
