"""Time against size: how long each stack takes as a network grows, and where two of them change places."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from advisor.measurement import scale
from advisor.measurement.scale import Crossing, Point
from advisor.quantities import show
from advisor.report import frames, words
from advisor.report.charts.picture import Picture
from advisor.report.pages.context import Report


def points(report: Report) -> list[Point]:
    """Return the times of the networks that the Run has at several sizes; none in most Runs."""
    if not any("?" in (each.workload or "") for each in report.run.observations):
        return []
    return scale.points(report.run)


def context(report: Report, found: list[Point]) -> dict[str, Any]:
    """Return what the template of the page needs."""
    crossed = scale.crossings(found)
    groups: dict[tuple[str, str], list[Point]] = {}
    for each in found:
        groups.setdefault((each.network, how(each)), []).append(each)
    return {
        "groups": [
            {
                "title": f"{network}, {said}",
                "anchor": words.slug(f"{network}-{said}"),
                "chart": _drawn(report, members, crossed),
                "rows": [_row(report, each) for each in members],
            }
            for (network, said), members in groups.items()
        ],
        "crossings": [_crossing(report, each) for each in crossed if each.sure],
        "unsure": sum(not each.sure for each in crossed),
    }


def how(each: Point | Crossing) -> str:
    """Return in which precision or setting it was, in words."""
    setting = words.SETTINGS.get(each.setting, words.line(each.setting)) if each.setting else None
    return ", ".join(filter(None, (each.precision, setting))) or "as it is"


def _row(report: Report, each: Point) -> dict[str, str]:
    return {
        "stack": frames.name_of(report, each.stack),
        "size": scale.told(each.macs),
        "time": show(each.seconds, "s"),
        "interval": f"{show(each.low, 's')} to {show(each.high, 's')}",
    }


def _crossing(report: Report, each: Crossing) -> dict[str, str]:
    return {
        "network": f"{each.network}, {how(each)}",
        "small": frames.name_of(report, each.small),
        "large": frames.name_of(report, each.large),
        "size": scale.told(each.macs),
        "between": " and ".join(map(scale.told, each.between)),
    }


def _drawn(report: Report, members: list[Point], crossed: list[Crossing]) -> Picture | None:
    frame = frames.sizes(report, members)
    if frame["name"].nunique() < 2:
        return None
    from advisor.report.charts.sizes import sizes

    first = members[0]
    own = [c for c in crossed if (c.network, how(c)) == (first.network, how(first)) and c.sure]
    if not own:
        return sizes(frame, Markup("No two of these stacks are seen to change places."))
    told = own[0]
    names = (frames.name_of(report, told.small), frames.name_of(report, told.large))
    return sizes(
        frame,
        Markup("Below {} {} takes less time, above it {}.").format(scale.told(told.macs), *names),
    )
