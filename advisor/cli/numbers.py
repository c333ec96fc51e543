"""Numbers, times and days as options: one strict grammar for all of them, where Python's own readers take more.

``float`` takes ``nan``, ``int`` takes ``1_0`` and digits of every script, and no range refuses what cannot be compared.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from advisor import numerals

if TYPE_CHECKING:
    _Type = click.ParamType[Any]
else:
    _Type = click.ParamType  # not to be subscripted in every version that we take


class Whole(click.IntRange):
    """A whole number within bounds."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number; fail with what was expected."""
        if isinstance(value, str):
            try:
                value = numerals.count(value)
            except ValueError as error:
                self.fail(str(error), param, ctx)
        return super().convert(value, param, ctx)


class Share(click.FloatRange):
    """A share from 0 to 1, which may be written in percent."""

    def __init__(self) -> None:
        super().__init__(0, 1)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the share; fail with what was expected."""
        if isinstance(value, str):
            value = self._read(value, param, ctx)
        return super().convert(value, param, ctx)

    def _read(self, text: str, param: click.Parameter | None, ctx: click.Context | None) -> float:
        from advisor import quantities

        try:
            share = quantities.parse(text, "")
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if 1 < share <= 100 and "%" not in text:
            self.fail(f"expected a share from 0 to 1, got {text!r} — did you mean '{text.strip()} %'?", param, ctx)
        return share


class Time(_Type):
    """A time within bounds, in seconds; a number without a unit is in `bare`, where that is given."""

    name = "time"

    def __init__(
        self, example: str, *, bare: str | None = None, least: float = 0.0, most: float = 365 * 86400.0
    ) -> None:
        self.example, self.bare, self.least, self.most = example, bare, least, most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the seconds; fail with what was expected."""
        if not isinstance(value, str):
            return value
        from advisor import quantities

        text = value.strip()
        alone = self.bare is not None and numerals.digits(text) is not None
        # Minutes as people type them; elsewhere a bare "m" is the prefix of a unit, and not read.
        minutes = text.endswith("m") and numerals.digits(text[:-1].strip()) is not None
        try:
            seconds = quantities.stated(f"{text} {self.bare}" if alone else f"{text}in" if minutes else text, "s")
        except ValueError as error:
            near = str(error).partition(" — ")[2]
            if numerals.digits(text) is not None:
                near = f"did you mean '{text} s' or '{text} min'?"
            said = f"expected a time such as {self.example}, got {numerals.shortened(value)}"
            self.fail(f"{said} — {near}" if near else said, param, ctx)
        if not self.least <= seconds <= self.most or not seconds:
            least = f"of {quantities.show(self.least, 's')} or more" if self.least else "above zero"
            bounds = f"{least} and at most {quantities.show(self.most, 's')}"
            self.fail(f"expected a time such as {self.example}, {bounds}; got {numerals.shortened(value)}", param, ctx)
        return seconds


class Day(_Type):
    """A day as ``YYYY-MM-DD``, at midnight UTC."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the moment; fail with what was expected."""
        if not isinstance(value, str):
            return value
        try:
            day = numerals.day(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
