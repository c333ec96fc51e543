"""How many digits of a value are shown, and with which prefix: no digit that the interval does not justify."""

from __future__ import annotations

import math
from dataclasses import dataclass

from advisor import numerals
from advisor.quantities import span

NARROW = "\N{NO-BREAK SPACE}"
_PREFIXES = {
    "s": ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")),
    "B": ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1.0, "B")),
    # Rates of samples or requests are read in full; operations and bytes per second cannot be.
    "1/s": ((1e12, "T/s"), (1e9, "G/s"), (1e6, "M/s"), (1.0, "/s")),
}


@dataclass(frozen=True)
class Shown:
    """A value as text with its unit, and its bounds as text without one (``None`` where the value is exact)."""

    text: str
    low: str | None = None
    high: str | None = None

    @property
    def interval(self) -> str:
        """Return ``"[0.60–0.63]"``, or nothing for an exact value."""
        return "" if self.low is None else f"[{self.low}–{self.high}]"

    def __str__(self) -> str:
        return f"{self.text} {self.interval}".rstrip()


def show(value: float, unit: str, low: float | None = None, high: float | None = None, *, share: bool = False) -> Shown:
    """Return `value` with its bounds as text.

    Parameters
    ----------
    value, low, high : float
        In the base unit `unit`; without bounds the value counts as exact and gets three significant digits.
    unit : str
        ``s``, ``B``, ``1/s`` or ``""``.
    share : bool
        A unitless value that reads as a percentage.

    The last digit shown stands at the leading digit of half the interval's width, with at least two and at most
    three significant digits.
    """
    low, high = (value, value) if low is None or high is None else (low, high)
    digits = _digits(value, (high - low) / 2)
    size = value or max(abs(low), abs(high))
    factor, word = scale(float(f"{size:.{digits - 1}e}"), unit, share=share)
    places = _places(value / factor, digits) if value or low == high else -_magnitude((high - low) / 2 / factor)
    whole = factor == 1 and unit == "" and value == round(value)
    if (factor == 1 and unit == "B") or (whole and low == high):
        places = 0
    elif whole and high - low >= 1:
        # A whole number that is known to a whole one at best has no decimals to show.
        places = min(0, places)
    text = plain(value / factor, places)
    ending = f"{NARROW}{word}" if word else ""
    if low == high:
        return Shown((text.rstrip("0").rstrip(".") if "." in text else text) + ending)
    return Shown(text + ending, plain(low / factor, places), plain(high / factor, places))


def _digits(value: float, half: float) -> int:
    if value == 0 or half <= 0:
        return 3
    return min(3, max(2, _magnitude(value) - _magnitude(half) + 1))


def _magnitude(value: float) -> int:
    return math.floor(math.log10(abs(value)))


def _places(value: float, digits: int) -> int:
    if value == 0:
        return 0
    places = digits - 1 - _magnitude(value)
    if places > 0 and _magnitude(float(f"{value:.{places}f}") or 1.0) > _magnitude(value):
        places -= 1
    return places


def scale(value: float, unit: str, *, share: bool = False) -> tuple[float, str]:
    """Return the factor and the unit in which `value` reads with one to three digits before the point."""
    size = abs(value)
    if unit == "":
        return (0.01, "%") if share else (1.0, "")
    if unit not in _PREFIXES:
        return 1.0, unit
    if unit == "s" and (long := span(size)) is not None:
        return long
    if size == 0:
        return 1.0, unit.removeprefix("1")
    ladder = _PREFIXES[unit]
    return next((each for each in ladder if size >= each[0]), ladder[-1])


def plain(value: float, places: int) -> str:
    """Return a number with `places` decimals, as it can be read again; a negative count rounds to tens and so on."""
    text = numerals.grouped(round(value, places), max(0, places))
    return text.removeprefix("-") if float(text.replace(",", "")) == 0 else text.replace("-", "−")


def percent(share: float) -> str:
    """Return a share of worlds or of weight as a whole percentage; never ``0 %`` or ``100 %`` when it is not."""
    if 0 < share < 0.01:
        return f"under 1{NARROW}%"
    if 0.99 < share < 1:
        return f"over 99{NARROW}%"
    return f"{abs(share) * 100:.0f}{NARROW}%"
