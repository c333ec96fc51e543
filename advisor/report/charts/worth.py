"""What a figure is worth: the value function from floor to target, and under it every stack where its figure lies.

Drawn by hand, not by Vega: there is one for every criterion, and each is a line with some marks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from advisor.report.charts import drawing

_CURVE, _ROW, _TOP, _FOOT = 96, 22, 14, 26
_MARGIN = 0.12
_Scale = Callable[[float], float]


@dataclass(frozen=True)
class Place:
    """One stack: its name, its framework, and where its figure lies from floor (0) to target (1), with bounds.

    ``at`` is None where nobody knows the figure: then it may lie anywhere between the bounds.
    """

    name: str
    framework: str
    at: float | None
    low: float
    high: float


def worth(places: Sequence[Place], ticks: Sequence[tuple[float, str]], label: str) -> tuple[Markup, Markup]:
    """Return the wide and the narrow drawing.

    Parameters
    ----------
    places : sequence of Place
        The stacks, in the order of the rows.
    ticks : sequence of (position, text)
        What to write under the axis.
    label : str
        What a screen reader says in its place; the table beneath carries the data.
    """
    return (
        _svg(places, ticks, label, drawing.WIDE, "wide"),
        _svg(places, [ticks[0], ticks[-1]], label, drawing.NARROW, "narrow"),
    )


def _svg(places: Sequence[Place], ticks: Sequence[tuple[float, str]], label: str, width: int, kind: str) -> Markup:
    left, right = 42, width - 6
    span = (right - left) / (1 + 2 * _MARGIN)

    def x(position: float) -> float:
        return round(left + span * (min(max(position, -_MARGIN), 1 + _MARGIN) + _MARGIN), 1)

    def y(score: float) -> float:
        return round(_TOP + _CURVE * (1 - min(max(score, 0.0), 1.0)), 1)

    bottom = _TOP + _CURVE + 8 + _ROW * len(places)
    height = bottom + _FOOT
    parts = [
        Markup('<text x="{}" y="{}" fill="{}" text-anchor="end">{}</text>').format(
            left - 6, y(score) + 4, drawing.INK_2, text
        )
        for score, text in ((0.0, "0"), (0.5, "0.5"), (1.0, "1"))
    ]
    parts.append(
        Markup('<text x="0" y="{}" fill="{}" transform="rotate(-90)" dx="{}" text-anchor="middle">{}</text>').format(
            10, drawing.INK_2, -(_TOP + _CURVE / 2), "worth"
        )
    )
    parts += [Markup('<path d="M{},{}V{}" stroke="{}"/>').format(x(at), _TOP, bottom, drawing.RULE) for at, _ in ticks]
    parts.append(
        Markup('<path d="M{},{}H{}L{},{}H{}" fill="none" stroke="{}" stroke-width="2"/>').format(
            left, y(0), x(0), x(1), y(1), right, drawing.INK
        )
    )
    for number, place in enumerate(places):
        parts += _row(place, x, y, _TOP + _CURVE + 8 + _ROW * number + _ROW / 2)
    for number, (at, text) in enumerate(ticks):
        anchor = "start" if number == 0 else "end" if number == len(ticks) - 1 else "middle"
        parts.append(
            Markup('<text x="{}" y="{}" fill="{}" text-anchor="{}">{}</text>').format(
                x(at), height - 8, drawing.INK_2, anchor, text
            )
        )
    return Markup(
        '<svg class="{}" viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}">{}</svg>'
    ).format(kind, width, height, width, height, label, Markup("").join(parts))


def _row(place: Place, x: _Scale, y: _Scale, middle: float) -> list[Markup]:
    color = drawing.color(place.framework)
    if place.at is None:
        known = [
            Markup('<path d="M{},{}H{}" stroke="{}" stroke-width="1.5" stroke-dasharray="2,3"/>').format(
                x(place.low), middle, x(place.high), color
            )
        ]
        side = 0.0
    else:
        known = [
            Markup('<path d="M{0},{1}V{2}" stroke="{3}" stroke-dasharray="1,3"/>').format(
                x(place.at), y(place.at), middle, drawing.INK_2
            ),
            Markup('<path d="M{},{}H{}" stroke="{}" stroke-width="3" opacity="0.5"/>').format(
                x(place.low), middle, x(place.high), color
            ),
            Markup('<circle cx="{}" cy="{}" r="4.5" fill="{}" stroke="{}"/>').format(
                x(place.at), middle, color, drawing.PAPER
            ),
            Markup('<circle cx="{}" cy="{}" r="3" fill="{}" stroke="{}"/>').format(
                x(place.at), y(place.at), color, drawing.PAPER
            ),
        ]
        side = place.at
    right = side > 0.5
    place_x = x(place.low) - 8 if right else x(place.high) + 8
    if place.at is None:
        place_x, right = x(0.5), False
    anchor = "middle" if place.at is None else "end" if right else "start"
    text = Markup('<text x="{}" y="{}" fill="{}" stroke="{}" stroke-width="4" text-anchor="{}">{}</text>').format(
        round(place_x, 1), middle + 4, drawing.INK, drawing.PAPER, anchor, place.name
    )
    return [*known, text]
