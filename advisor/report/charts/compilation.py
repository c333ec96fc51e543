"""From an Altair chart to what the renderer takes, once: shipped with us, and made anew where the charts' code changed.

Altair and its compiler take longer to start than all charts of a site take to draw, and what they make depends on the
width alone: rows and height reach a chart when it is drawn. ``python -m advisor.report.charts.compilation`` writes what
is shipped.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import importlib.metadata
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from advisor.documents import write_text
from advisor.report.charts import lettering

if TYPE_CHECKING:
    import altair as alt

    Chart = alt.LayerChart | alt.FacetChart

PAPER, INK, INK_2, RULE = "#ffffff", "#1b1d1f", "#54585c", "#d8d5cd"
WIDE, NARROW = 720, 300
SHIPPED = Path(__file__).with_name("compiled.json")
CHARTS = ("contributions", "evidence", "overview", "ranks", "ratios", "routes", "stability", "strips")

Layers = dict[str, Any]
"""A chart as its renderer takes it, without rows and of any height."""

Rows = dict[str, list[dict[str, Any]]]
"""The rows behind a chart, by the name that its layers call them by."""

_CONFIG: dict[str, Any] = {
    "background": None,
    "padding": 4,
    "aria": False,
    "view": {"stroke": None},
    "text": {"fontSize": 12, "fill": INK},
    "axis": {
        "domain": False,
        "ticks": False,
        "gridColor": RULE,
        "labelColor": INK_2,
        "labelFontSize": 12,
        "labelPadding": 6,
        "titleColor": INK_2,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "titleAnchor": "start",
        "titlePadding": 6,
    },
}


def compiled(make: Callable[[int], Chart]) -> Callable[[int], Layers]:
    """Let a chart's layers be made and compiled once for each width in pixels, however often it is drawn."""

    @functools.cache
    def once(width: int) -> Layers:
        found = _shipped().get(f"{make.__module__} {width}")
        return compile_anew(make(width)) if found is None else found

    once.anew = lambda width: compile_anew(make(width))  # type: ignore[attr-defined]
    return once


def compile_anew(chart: Chart) -> Layers:
    """Return what the renderer takes for a chart."""
    import vl_convert
    from altair.utils.schemapi import debug_mode

    # Altair checks every part against its schema, which takes longer than to draw it; our tests do that check.
    with debug_mode(False):
        spec = chart.to_dict(validate=False)
    spec["config"] = _CONFIG
    lettering.hide(spec)
    found: Layers = vl_convert.vegalite_to_vega(spec)
    return found


@functools.cache
def code() -> str:
    """Return the digest of the code that charts are made by."""
    whole = hashlib.sha256()
    for file in sorted(Path(__file__).parent.glob("*.py")):
        whole.update(file.read_bytes())
    return whole.hexdigest()


@functools.cache
def _shipped() -> Mapping[str, Layers]:
    return read_shipped()


def read_shipped() -> Mapping[str, Layers]:
    """Return the layers that are shipped, by module and width; none where the code is not what made them."""
    try:
        kept: dict[str, Any] = json.loads(SHIPPED.read_bytes())
    except (OSError, ValueError):
        return {}
    layers: dict[str, Layers] = kept["layers"] if kept.get("code") == code() else {}
    return layers


def modules() -> list[ModuleType]:
    """Return the modules that hold a chart's layers each."""
    return [importlib.import_module(f"advisor.report.charts.{name}") for name in CHARTS]


def shippable() -> Mapping[str, Layers]:
    """Return the layers of every chart, compiled now, by module and width."""
    return {f"{each.__name__} {width}": each.layers.anew(width) for each in modules() for width in (WIDE, NARROW)}


def main() -> None:
    """Write what is shipped."""
    # Not from this module, which runs under another name: the charts belong to the one that they import.
    from advisor.report.charts import compilation

    document = {"code": compilation.code(), "versions": compilation.versions(), "layers": compilation.shippable()}
    write_text(SHIPPED, json.dumps(document, separators=(",", ":"), sort_keys=True) + "\n")


def versions() -> dict[str, str]:
    """Return the versions of what compiles."""
    return {name: importlib.metadata.version(name) for name in ("altair", "vl-convert-python")}


if __name__ == "__main__":
    main()
