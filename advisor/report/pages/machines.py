"""Several Runs: an overview of the machines, a page of each, and pages of two Runs beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

from advisor.documents import write_packed
from advisor.keys import Stack
from advisor.measurement import run_changes
from advisor.measurement.run import Run
from advisor.report import numbers, words
from advisor.report.figures import Figure, Interval, Quote, Source
from advisor.report.pages import change_charts
from advisor.report.pages.context import Report, title
from advisor.report.run_comparison import Changes, Gathered, Group, Kept, changes

_Item = TypeVar("_Item")
_TIMED = ("median", "low", "high")
# A page stays light; the file behind it holds every row.
_ROWS = 40


@dataclass(frozen=True)
class Page:
    """A page that shows two Runs beside each other, and what became of every time."""

    name: str
    first: Kept
    second: Kept
    source: Source
    elsewhere: bool


class Several:
    """All Runs of a site, with the pages that compare them.

    Parameters
    ----------
    report : Report
        What the site is about.
    others : iterable of Run
        The further Runs, which are read one by one.
    folder : path
        Where each is put as a file before its blocks are let go.
    """

    def __init__(self, report: Report, others: Iterable[Run], folder: Path) -> None:
        self.report = report
        self.gathered = Gathered()
        self.gathered.add(report.run)
        self.sources: dict[str, Source] = {"run": report.source}
        for run in others:
            kept = self.gathered.add(run)
            write_packed(folder / f"{kept.name}.json.gz", run)
            self.sources[kept.name] = Source(kept.name, kept.run)
        self.groups = self.gathered.groups
        self.source = Source("machines", self.gathered.machines())
        self.pages = tuple(self._pages())
        self._found = {(page.elsewhere, page.second.name): page for page in self.pages}
        self._homes = {kept.name: group.page for group in self.groups for kept in group.runs}

    @property
    def documents(self) -> Iterator[tuple[Source, str]]:
        """Yield the documents beside the Runs, each with what it holds."""
        yield self.source, "The machines, their Runs, and whether the order of the frameworks holds on each"
        for page in self.pages:
            yield page.source, "Two Runs beside each other: the ratio of every time, and whether it is beyond noise"

    def _pages(self) -> Iterator[Page]:
        first = self.groups[0].shown
        for group in self.groups:
            if group.shown is not first:
                yield self._page(f"beside-{group.page}", first, group.shown, elsewhere=True)
            for kept in group.runs:
                before = group.before(kept)
                if before is not None:
                    yield self._page(f"changes-{kept.stem}", before, kept, elsewhere=False)

    def _page(self, name: str, first: Kept, second: Kept, *, elsewhere: bool) -> Page:
        return Page(name, first, second, Source(name, changes(first.run, second.run)), elsewhere)

    def found(self, *, elsewhere: bool, second: Kept) -> Page | None:
        """Return the page that compares `second` with an older Run, or with the machine of the answers."""
        return self._found.get((elsewhere, second.name))

    def home(self, kept: Kept) -> str:
        """Return the address of the machine of a Run."""
        return self.report.href(self._homes[kept.name])

    def row(self, kept: Kept) -> dict[str, Any]:
        """Return what is shown of a Run wherever it is listed."""
        source = self.sources[kept.name]
        return {
            "id": source.quote("id"),
            "file": f"{kept.name}.json.gz",
            "mode": source.quote("mode"),
            "run": kept.run,
            "versions": [
                (title(source, kept.run, key), source.quote("frameworks", key, "version"))
                for key, found in kept.run.frameworks.items()
                if found.version
            ],
        }


def gather(report: Report, folder: Path) -> Several | None:
    """Return the Runs of the site by machine; None for a site of one Run."""
    others = iter(report.others)
    second = next(others, None)
    return None if second is None else Several(report, chain([second], others), folder)


def summary(several: Several) -> dict[str, Any]:
    """Return what the first page says of further Runs."""
    first = several.groups[0]
    newest = several.found(elsewhere=False, second=first.shown)
    return {
        "total": several.source.figure("total"),
        "runs": several.source.figure("runs"),
        "many": len(several.groups) > 1,
        "changed": several.report.href(newest.name) if newest else None,
    }


def overview(several: Several) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the pages of the overview by name, with what the template of each needs; each shows so many machines."""
    agreement = [_agreement(several, place) for place in range(len(several.source.data["agreement"]))]
    sheets = _sheets("machines", several.groups)
    for number, (name, groups) in enumerate(sheets):
        whole = number == 0
        yield name, {
            **summary(several),
            "machines": [_machine(several, number * _ROWS + place, group) for place, group in enumerate(groups)],
            "agreement": agreement[:_ROWS] if whole else [],
            "more": len(agreement) > _ROWS,
            "charts": change_charts.on_every_machine(several.report, several.source, several.groups, agreement)
            if whole else [],
            "fleet": change_charts.fleet(several.source, several.groups) if whole else None,
            "sheets": _turned(several, sheets, number),
            "also": _also(several, [group.shown for group in groups]),
        }  # fmt: skip


def machine(several: Several, place: int, group: Group) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the pages of one machine by name, with what the template of each needs; each shows so many Runs."""
    orders = several.source.data["machines"][place]["orders"]
    sheets = _sheets(group.page, group.runs)
    for number, (name, runs) in enumerate(sheets):
        yield name, {
            **_machine(several, place, group),
            "listed": [_run(several, group, kept) for kept in runs],
            "orders": [_order(several, place, each, group) for each in range(min(len(orders), _ROWS))]
            if number == 0 else [],
            "more": len(orders) > _ROWS,
            "trends": _trends(several, place) if number == 0 else [],
            "trend": change_charts.trend(several.report, several.source, place, group) if number == 0 else None,
            "sheets": _turned(several, sheets, number),
            "also": _also(several, runs),
        }  # fmt: skip


def _sheets(name: str, items: Sequence[_Item]) -> list[tuple[str, Sequence[_Item]]]:
    """Return the items by page: the first has the name as it is, the others are numbered."""
    starts = range(0, len(items), _ROWS)
    return [
        (f"{name}-page-{number}" if number > 1 else name, items[start : start + _ROWS])
        for number, start in enumerate(starts, start=1)
    ]


def _turned(several: Several, sheets: Sequence[tuple[str, Any]], shown: int) -> list[tuple[int, str | None]]:
    """Return number and address of each page, without one for the page that is shown; nothing for a single page."""
    if len(sheets) == 1:
        return []
    return [
        (number + 1, None if number == shown else several.report.href(name)) for number, (name, _) in enumerate(sheets)
    ]


def pair(several: Several, page: Page) -> dict[str, Any]:
    """Return what the template of two Runs beside each other needs."""
    document = page.source.document
    assert isinstance(document, Changes)
    moved = [place for place, row in enumerate(document.rows) if row.word in ("faster", "slower")]
    rest = [place for place, row in enumerate(document.rows) if row.word not in ("faster", "slower")]
    counts = {word: page.source.figure("counts", word) for word in page.source.data["counts"]}
    return {
        "page": page,
        "first": several.row(page.first),
        "second": several.row(page.second),
        "cpus": [several.sources[each.name].quote("host", "cpu") for each in (page.first, page.second)],
        "counts": counts,
        "apart": [page.source.quote("apart", number) for number in range(len(document.apart))],
        "versions": [page.source.quote("versions", number) for number in range(len(document.versions))],
        "moved": [_changed(several, page, document, place) for place in moved[:_ROWS]],
        "rest": [_changed(several, page, document, place) for place in rest[:_ROWS]],
        "chart": change_charts.changed(several.report, page.source, moved, counts),
        "more": len(moved) > _ROWS or len(rest) > _ROWS,
        "machine": several.home(page.second),
        "also": _also(several, [page.first, page.second]),
    }


def _machine(several: Several, place: int, group: Group) -> dict[str, Any]:
    report, source = several.report, several.sources[group.shown.name]
    host = group.shown.run.host
    beside = several.found(elsewhere=True, second=group.shown)
    return {
        "address": report.href(group.page),
        "answers": place == 0,
        "shown": several.row(group.shown),
        "count": several.source.figure("machines", place, "count"),
        "cpu": source.quote("host", "cpu"),
        "cores": source.figure("host", "cores"),
        "memory": source.figure("host", "memory_bytes", show=lambda value: f"{value / 2**30:.0f}{numbers.NARROW}GiB"),
        "os": source.quote("host", "os"),
        "isa": [source.quote("host", "isa", number) for number in range(len(host.isa))],
        "threads": source.figure("policy", "threads"),
        "times": several.source.figure("machines", place, "times", show=_two)
        if several.source.get("machines", place, "times") is not None
        else None,
        "works": several.source.figure("machines", place, "works"),
        "beside": report.href(beside.name) if beside else None,
    }


def _run(several: Several, group: Group, kept: Kept) -> dict[str, Any]:
    """Return one Run of a machine, and what changed since the one before it, or why that cannot be said."""
    page, place = several.found(elsewhere=False, second=kept), group.runs.index(kept)
    older = group.runs[place + 1] if place + 1 < len(group.runs) else None
    return {
        **several.row(kept),
        "href": several.report.href(page.name) if page else None,
        "counts": {word: page.source.figure("counts", word) for word in ("faster", "slower")} if page else {},
        "apart": bool(older and run_changes.differences(older.run, kept.run)),
    }


def _two(value: float) -> str:
    return f"{value:.2f}"


def _trends(several: Several, place: int) -> list[dict[str, Any]]:
    """Return the Runs of a machine that compare, oldest first, each with what became of the times of every stack."""
    found: dict[str, dict[str, Any]] = {}
    for number, each in enumerate(several.source.get("machines", place, "trends")):
        kept, path = several.sources[each["run"]], ("machines", place, "trends", number)
        row = found.setdefault(each["run"], {"id": kept.quote("id"), "started": kept.get("started"), "cells": {}})
        stack = Stack(framework=each["framework"], route=each.get("route"))
        row["cells"][several.report.stack(stack)] = (
            several.source.figure(*path, "ratio", show=_two), several.source.figure(*path, "works"),
        )  # fmt: skip
    return list(found.values())


def _agreement(several: Several, place: int) -> dict[str, Any]:
    source, path = several.source, ("agreement", place)
    found = source.get(*path)
    counts = {word: source.figure(*path, "counts", word) for word in found["counts"]}
    held = [word for word, count in found["counts"].items() if count]
    asked = sum(found["counts"].values())
    return {
        "work": _work(several, source, path),
        "stacks": [several.report.stack(each) for each in found["frameworks"]],
        "counts": counts,
        # On a machine where it was not measured nobody knows, and one alone agrees with nobody.
        "everywhere": len(held) == 1 and held[0] != "unclear" and asked == len(several.groups),
        "wherever": len(held) == 1 and held[0] != "unclear" and 1 < asked < len(several.groups),
        "once": asked == 1,
        "against": bool(found["counts"]["faster"] and found["counts"]["slower"]),
    }


def _order(several: Several, place: int, number: int, group: Group) -> dict[str, Any]:
    source, path = several.source, ("machines", place, "orders", number)
    found, run = source.get(*path), several.sources[group.shown.name]
    stacks = [several.report.stack(each) for each in found["frameworks"]]
    return {
        "work": _work(several, source, path),
        "stacks": stacks,
        "times": [_time(run, index) for index in found["observations"]],
        "ratio": _ratio(source, *path),
        "word": found["word"],
        "least": {"faster": stacks[0], "slower": stacks[1]}.get(found["word"]),
    }


def _changed(several: Several, page: Page, document: Changes, place: int) -> dict[str, Any]:
    row, path = document.rows[place], ("rows", place)
    sides = ((page.first, row.first), (page.second, row.second))
    return {
        "work": _work(several, page.source, path),
        "metric": words.metric(row.metric or ""),
        "stack": several.report.stack(row.stack),
        "times": [None if index is None else _time(several.sources[kept.name], index) for kept, index in sides],
        "ratio": _ratio(page.source, *path),
        "word": row.word,
        "why": page.source.quote(*path, "why") if row.why else None,
    }


def _time(source: Source, index: int) -> Interval | None:
    path = ("observations", index)
    if source.get(*path, "summary") is None:
        return None
    return source.interval(*path, "summary", unit=source.get(*path, "unit") or "", keys=_TIMED)


def _ratio(source: Source, *path: str | int) -> Interval | None:
    return (
        None if source.get(*path, "ratio") is None else source.interval(*path, unit="", keys=("ratio", "low", "high"))
    )


def _work(several: Several, source: Source, path: tuple[str | int, ...]) -> dict[str, Any]:
    """Return what was done: the probe, the setting, and its parameters."""
    found = source.get(*path)
    setting = found.get("setting")
    return {
        "title": several.report.probe_title(found["probe"]),
        "setting": words.SETTINGS.get(setting, words.line(setting)) if setting else None,
        "parameters": [
            (None if name == "precision" else words.line(name), _parameter(source, (*path, "parameters", name)))
            for name in found["parameters"]
        ],
    }


def _parameter(source: Source, path: tuple[str | int, ...]) -> Figure | Quote:
    value = source.get(*path)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return source.figure(*path, show=lambda number: f"{number:g}")
    return source.quote(*path)


def _also(several: Several, runs: Sequence[Kept]) -> list[Quote]:
    """Return the ids of the Runs that a page shows besides the one of the answers."""
    return [several.sources[each.name].quote("id") for each in runs if each.place][:_ROWS]
