"""How far each weight could move before the answer changes: a band of weights with the profile's own as a tick."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
from markupsafe import Markup

from advisor.report.charts import theme
from advisor.report.charts.picture import Picture, draw

if TYPE_CHECKING:
    import pandas as pd

_STEP = 40


def stability(frame: pd.DataFrame, finding: Markup) -> Picture:
    """Draw a frame with the columns ``title``, ``weight``, ``low`` and ``high``, all from 0 to 1."""
    label = f"Weights between which the answer stays, for {len(frame)} criteria. The table below has every bound."

    def make(width: int) -> alt.TopLevelMixin:
        base = alt.Chart(frame).encode(y=theme.over("title", width, _STEP, frame["title"]))
        band = base.mark_rule(strokeWidth=8, opacity=0.4).encode(
            x=theme.share("low", "weight of the criterion", width), x2="high:Q"
        )
        own = base.mark_tick(thickness=2.5, height=16, color=theme.INK).encode(
            x="weight:Q",
            tooltip=["title", *(alt.Tooltip(f"{each}:Q", format=".1%") for each in ("low", "weight", "high"))],
        )
        return alt.layer(band, own).properties(width=width - 24, height=alt.Step(_STEP))

    return draw(make, finding, label)
