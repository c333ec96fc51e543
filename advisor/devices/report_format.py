"""What another tool wrote: which of its lines, or which of its JSON's fields, hold the time of a call.

A format is a YAML file (``formats/``, or one of the user's by path), so a further tool needs no Python.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from advisor.documents import Model, read_text, read_yaml
from advisor.errors import AdvisorError

HOME = Path(__file__).resolve().parent / "formats"
UNITS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
"""Seconds of each unit that a tool may print."""


class Required(Model):
    """What a file has to hold: text by a regular expression, and what it is, in words."""

    find: str
    expected: str

    @field_validator("find")
    @classmethod
    def _compiles(cls, find: str) -> str:
        try:
            re.compile(find)
        except re.error as error:
            raise ValueError(f"no regular expression: {error}") from None
        return find


class Figure(Model):
    """Where a figure stands: the first group of a regular expression, or the way to a field of JSON.

    ``over_calls`` says that it is of all calls together; ``take`` says which match counts where there are several.
    """

    find: str | None = None
    at: tuple[str, ...] = ()
    unit: Literal["s", "ms", "us", "ns"] | None = None
    over_calls: bool = False
    take: Literal["first", "last"] = "first"
    expected: str

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.find is None) == (not self.at):
            raise ValueError("expected either 'find' (text) or 'at' (JSON)")
        if self.find is not None:
            Required(find=self.find, expected=self.expected)
            if re.compile(self.find).groups != 1:
                raise ValueError("'find' needs one group in parentheses, around the figure")
        return self


class Figures(Model):
    """What is read: the time of a call, and of how many calls, threads and which version, where it is told."""

    latency: Figure
    calls: Figure | None = None
    threads: Figure | None = None
    version: Figure | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.latency.unit is None:
            raise ValueError("'latency' needs a unit: s, ms, us or ns")
        if self.latency.over_calls and self.calls is None:
            raise ValueError("'latency' is of all calls, so 'calls' has to say how many")
        return self


class ReportFormat(Model):
    """How the file of one tool is read; ``runtime`` is the one that the tool always runs, where it is always one."""

    tool: Annotated[str, Field(min_length=1)]
    runtime: str | None = None
    reads: Literal["text", "json"]
    source: str | None = None
    must: tuple[Required, ...] = ()
    figures: Figures

    @model_validator(mode="after")
    def _of_its_kind(self) -> Self:
        for name in ("latency", "calls", "threads", "version"):
            each: Figure | None = getattr(self.figures, name)
            if each is not None and bool(each.at) != (self.reads == "json"):
                raise ValueError(f"'{name}' is found by {'at' if self.reads == 'json' else 'find'} in {self.reads}")
        return self


class Reading(Model):
    """What a file said: seconds of a call, how far its printed digits leave that open, calls, threads, version."""

    seconds: float
    resolution: float
    calls: int | None = None
    threads: int | None = None
    version: str | None = None


def names() -> list[str]:
    """Return the formats that come with us."""
    return sorted(path.stem for path in HOME.glob("*.yaml"))


def load(name: str) -> ReportFormat:
    """Read a format: one of ours by name, or a YAML file by path.

    Raises
    ------
    AdvisorError
        Exit code 2, with file:line:column for a mistake in it.
    """
    own = name.endswith((".yaml", ".yml"))
    if not own and name not in names():
        raise AdvisorError(f"--as: '{name}' is no format: expected {', '.join(names())}, or a YAML file of your own")
    path = Path(name) if own else HOME / f"{name}.yaml"
    return read_yaml(path, ReportFormat, what="format of a tool's file", by_hand=own).value


def read(path: Path, known: ReportFormat) -> Reading:
    """Return what a tool's file says.

    Raises
    ------
    AdvisorError
        With file:line and what was expected there.
    """
    text = read_text(path, f"file of {known.tool}")
    source = _Json(path, text) if known.reads == "json" else _Text(path, text)
    for each in known.must:
        source.hold(each)
    figures = known.figures
    told = {name: source.find(getattr(figures, name)) for name in ("latency", "calls", "threads", "version")}
    (value, place), unit = told["latency"] or source.missing(figures.latency), figures.latency.unit
    calls = None if told["calls"] is None else _count(path, *told["calls"], figures.calls)
    if figures.latency.over_calls and calls is None:
        assert figures.calls is not None
        source.missing(figures.calls)
    share = UNITS[str(unit)] / (calls or 1 if figures.latency.over_calls else 1)
    seconds = _number(path, value, place, figures.latency) * share
    return Reading(
        seconds=seconds, resolution=min(seconds, _resolution(value) * share), calls=calls,
        threads=None if told["threads"] is None else _count(path, *told["threads"], figures.threads),
        version=None if told["version"] is None else told["version"][0],
    )  # fmt: skip


Found = tuple[str, int]
"""What was found, as it is printed, and the line."""


class _Text:
    """A text, of which every line is looked at."""

    def __init__(self, path: Path, text: str) -> None:
        self.path, self.lines = path, text.splitlines()

    def find(self, figure: Figure | None) -> Found | None:
        if figure is None:
            return None
        found = [
            (match[1], number) for number, line in enumerate(self.lines, start=1)
            if (match := re.search(str(figure.find), line))
        ]  # fmt: skip
        return found[0 if figure.take == "first" else -1] if found else None

    def hold(self, each: Required) -> None:
        if not any(re.search(each.find, line) for line in self.lines):
            self.missing(each)

    def missing(self, each: Figure | Required) -> Found:
        raise AdvisorError(
            f"{self.path}:{max(1, len(self.lines))}: ends without what is read: expected {each.expected}"
        )


class _Json(_Text):
    """A JSON document; its fields are found by their way."""

    def __init__(self, path: Path, text: str) -> None:
        super().__init__(path, text)
        try:
            self.data: Any = json.loads(text)
        except (ValueError, RecursionError) as error:
            line = getattr(error, "lineno", 1)
            raise AdvisorError(f"{path}:{line}: not valid JSON: {getattr(error, 'msg', error)}") from None

    def find(self, figure: Figure | None) -> Found | None:
        if figure is None:
            return None
        here: Any = self.data
        for name in figure.at:
            if not isinstance(here, dict) or name not in here:
                return None
            here = here[name]
        return (here if isinstance(here, str) else json.dumps(here)), self._line(figure.at)

    def missing(self, each: Figure | Required) -> Found:
        way: Sequence[str] = each.at if isinstance(each, Figure) else ()
        known = next((count for count in range(len(way), 0, -1) if self._has(way[:count])), 0)
        line = self._line(way[:known])
        raise AdvisorError(f"{self.path}:{line}: '{'.'.join(way)}' is missing: expected {each.expected}")

    def _has(self, way: Sequence[str]) -> bool:
        return self.find(Figure(at=tuple(way), expected="")) is not None

    def _line(self, way: Sequence[str]) -> int:
        """Return the line of the last name of a way, each looked for after the one before it."""
        line = 0
        for name in way:
            line = next((at for at in range(line, len(self.lines)) if json.dumps(name) in self.lines[at]), line)
        return line + 1


def _number(path: Path, value: str, line: int, figure: Figure) -> float:
    try:
        found = float(value)
    except ValueError:
        found = math.nan
    if not (math.isfinite(found) and found > 0):
        raise AdvisorError(f"{path}:{line}: '{value}' is no time of a call: expected {figure.expected}, above zero")
    return found


def _count(path: Path, value: str, line: int, figure: Figure | None) -> int:
    if not re.fullmatch(r"[1-9]\d{0,14}", value):
        expected = figure.expected if figure else "a number"
        raise AdvisorError(f"{path}:{line}: '{value}' is no number of one or more: expected {expected}")
    return int(value)


def _resolution(value: str) -> float:
    """Return half a unit of the last digit that is printed."""
    digits, _, exponent = value.lower().partition("e")
    return 0.5 * 10.0 ** (int(exponent or 0) - len(digits.partition(".")[2]))
