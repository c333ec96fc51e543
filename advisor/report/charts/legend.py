"""The line above a chart that tells which mark is which: color for the framework, shape for the route."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup


def legend(items: Iterable[tuple[str, str, str]]) -> Markup:
    """Return the legend of marks: for each the style of its framework, its shape, and its name."""
    marks = (
        Markup(
            '<span class="item own-{}"><svg class="mark" width="18" height="18" aria-hidden="true">'
            '<use href="#m-{}"/></svg> {}</span>'
        ).format(*item)
        for item in items
    )
    return Markup('<p class="legend-line">{}</p>').format(Markup(" ").join(marks))
