"""Physical quantities as people write and read them: ``10 MB``, ``5 ms``, ``2 %``.

Base units only are kept in documents: seconds (``s``), bytes (``B``), per second (``1/s``) and ratios (``""``).
"""

from __future__ import annotations

import math
import re

UNITS = ("s", "B", "1/s", "")
# Times in words: long ones are no SI units, and "2 minutes" would read as two milli-"inutes".
_LONG_TIMES = {"minutes": 60, "hours": 3600, "days": 86400, "weeks": 7 * 86400, "months": 30.4375 * 86400}
_LONG_TIMES |= {"years": 365.25 * 86400, "seconds": 1, "milliseconds": 1e-3, "microseconds": 1e-6}
_SHORT = {"sec": "seconds", "min": "minutes", "h": "hours"}
# From twice a unit on, times read in it: "90 s", "24 h", "3 days".
_SPANS = ((86400.0, "days"), (3600.0, "h"), (60.0, "min"))
# What profiles mostly say: for that the library, whose loading is a twentieth of a decision, need not be loaded.
_PLAIN = re.compile(r"([0-9]+(?:\.[0-9]+)?) (s|ms|µs|B|kB|MB|GB)")
_POWERS = {"s": 0, "ms": -3, "µs": -6, "B": 0, "kB": 3, "MB": 6, "GB": 9}
_LONG = re.compile(r"([0-9]+(?:\.[0-9]+)?) ([a-z]+)")
_BARE = re.compile(r"[-+0-9.,e]+", re.IGNORECASE)
_SHARE = re.compile(r"([0-9]+(?:\.[0-9]+)?) %")
_PREFIXES = {-12: "p", -9: "n", -6: "µ", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T", 15: "P"}


def parse(text: str | float, unit: str) -> float:
    """Return `text` in the base unit `unit`.

    Parameters
    ----------
    text : str or float
        ``"10 MB"``, ``"5 ms"``, ``"2 %"``, or a bare number, which is taken to be in `unit` already.
    unit : str
        One of `UNITS`.

    Raises
    ------
    ValueError
        When the text is no quantity, or a quantity of another unit; the message says what was expected.
    """
    if isinstance(text, bool):
        raise ValueError(f"expected {_expected(unit)}, got {text!r}")
    if isinstance(text, str) and (common := _common(text)) is not None and common[1] == unit:
        return common[0]
    from quantiphy import InvalidNumber

    try:
        if isinstance(text, (int, float)):
            number, found = float(text), ""
        else:
            number, found = _read(text.replace("\N{NO-BREAK SPACE}", " ").strip())
    except (InvalidNumber, OverflowError):
        raise ValueError(f"expected {_expected(unit)}, got {str(text)[:40]!r}") from None
    if not math.isfinite(number) or found not in ("", unit):
        raise ValueError(f"expected {_expected(unit)}, got {text!r}")
    return number


def stated(text: str | float, unit: str, *, percent: bool = False) -> float:
    """Return what `parse` does, of a text that says its unit: ``256`` could be bytes or megabytes.

    Only zero, and numbers and rates that are no percentages, may be bare; `percent` says of a ratio that it is one.

    Raises
    ------
    ValueError
        As `parse`, and when the unit is missing.
    """
    number = parse(text, unit)
    if (unit in ("s", "B") or percent) and number and _BARE.fullmatch(str(text).strip()):
        expected = "a percentage such as '2 %'" if percent else _expected(unit)
        raise ValueError(f"expected {expected}, got {str(text)!r}, which has no unit")
    return number


def _common(text: str) -> tuple[float, str] | None:
    """Return number and unit of a text of the commonest forms, as `_read` would; None for all others."""
    if found := _PLAIN.fullmatch(text):
        return float(f"{found[1]}e{_POWERS[found[2]]}"), found[2][-1]
    if found := _SHARE.fullmatch(text):
        return float(found[1]) / 100, ""
    if (found := _LONG.fullmatch(text)) and (long := _long(found[2])) is not None:
        return float(found[1]) * long, "s"
    return None


def _long(word: str) -> float | None:
    """Return the seconds of a unit of long times, in one of its spellings."""
    return _LONG_TIMES.get(_SHORT.get(word) or word.rstrip("s") + "s")


def _read(text: str) -> tuple[float, str]:
    """Return number and unit of `text`; a prefix without a unit (``5 m``) is no quantity."""
    from quantiphy import InvalidNumber, Quantity

    head, _, word = text.rpartition(" ")
    if head and (long := _long(word)) is not None:
        return float(Quantity(head)) * long, "s"
    if text.endswith("/s"):
        return float(Quantity(text.removesuffix("/s"))), "1/s"
    quantity = Quantity(text, binary=True)
    if quantity.units == "%":
        return float(quantity) / 100, ""
    if not quantity.units and text[-1:].isalpha():
        raise InvalidNumber(text)
    return float(quantity), quantity.units


def _expected(unit: str) -> str:
    examples = {"s": "a time such as '5 ms'", "B": "a size such as '10 MB'", "1/s": "a rate such as '100 /s'"}
    return examples.get(unit, "a number or a percentage such as '2 %'")


def show(value: float, unit: str, *, digits: int = 3) -> str:
    """Return `value` (in the base unit) as text with an SI prefix and `digits` significant digits.

    >>> show(0.000612, "s")
    '612 µs'
    >>> show(24352, "B")
    '24.4 kB'
    >>> show(86400, "s")
    '24 h'
    >>> show(0.0031, "")
    '0.0031'
    """
    if value == 0 and unit in ("s", "B"):
        return f"0 {unit}"
    if unit in ("s", "B"):
        if unit == "B" and abs(value) < 1000:
            return f"{value:.0f} B"
        if unit == "s" and (long := span(value)) is not None:
            return f"{significant(value / long[0], digits)} {long[1]}"
        return _prefixed(value, unit, digits)
    if unit == "1/s" and abs(value) >= 1e6:
        return _prefixed(value, "/s", digits)
    if unit == "1/s":
        return f"{significant(value, digits)} /s"
    return significant(value, digits)


def span(seconds: float) -> tuple[float, str] | None:
    """Return the seconds and the name of the unit in which a long time reads; None below two minutes."""
    return next((each for each in _SPANS if abs(seconds) >= 2 * each[0]), None)


def _prefixed(value: float, unit: str, digits: int) -> str:
    """Return `value` with all of its `digits` significant digits, and the SI prefix that leaves 1 to 999."""
    mantissa, _, power = f"{value:.{digits - 1}e}".partition("e")
    step = min(max(int(power) // 3 * 3, min(_PREFIXES)), max(_PREFIXES))
    shift = int(power) - step
    return f"{float(mantissa) * 10.0**shift:.{max(0, digits - 1 - shift)}f} {_PREFIXES[step]}{unit}"


def significant(value: float, digits: int = 3) -> str:
    """Return a plain number with at most `digits` significant digits, with thousands separators and no exponent."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    return f"{value:,.{decimals}f}" if decimals == 0 else f"{value:,.{decimals}f}".rstrip("0").rstrip(".")
