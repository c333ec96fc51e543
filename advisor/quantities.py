"""Physical quantities as people write and read them: ``10 MB``, ``5 ms``, ``2 %``.

Base units only are kept in documents: seconds (``s``), bytes (``B``), per second (``1/s``) and ratios (``""``). A
quantity is a number (see `advisor.numerals`), at most some blanks, and a unit of the table below, as it stands there.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from advisor import numerals

UNITS = ("s", "B", "1/s", "")
_DAY = 86400
# Powers of ten are read exactly (`5 ms` is the number that Python calls 5e-3); the others are factors.
_POWERS: dict[str, dict[str, int]] = {
    "s": {"s": 0, "ms": -3, "µs": -6, "ns": -9, "ps": -12},
    "B": {"B": 0, "kB": 3, "MB": 6, "GB": 9, "TB": 12, "PB": 15},
    "1/s": {"/s": 0, "k/s": 3, "M/s": 6, "G/s": 9, "T/s": 12, "P/s": 15},
    "": {"%": -2},
}
_FACTORS: dict[str, dict[str, float]] = {
    "s": {
        "min": 60, "minute": 60, "h": 3600, "hour": 3600, "day": _DAY, "week": 7 * _DAY, "month": 30.4375 * _DAY,
        "year": 365.25 * _DAY,
    },
    "B": {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40},
}  # fmt: skip
# The same units in other words.
_ALSO = {
    "sec": "s", "second": "s", "millisecond": "ms", "microsecond": "µs", "nanosecond": "ns", "us": "µs", "μs": "µs",
}  # fmt: skip
_PLURALS = ("sec", "min", "second", "minute", "hour", "day", "week", "month", "year")
# What is no unit here, and which of ours may be meant: only for the message.
_MEANT = {
    "byte": ("B",), "bytes": ("B",), "kb": ("kB", "KiB"), "kbyte": ("kB",), "mbyte": ("MB",), "gbyte": ("GB",),
    "m": ("min", "ms"), "hr": ("h",), "hrs": ("h",), "d": ("days",), "msec": ("ms",), "usec": ("µs",),
    "mo": ("months",), "w": ("weeks",), "y": ("years",), "percent": ("%",), "pct": ("%",),
    "per second": ("/s",), "1/s": ("/s",),
    "hz": ("/s",), "khz": ("k/s",), "k /s": ("k/s",), "m /s": ("M/s",), "/ s": ("/s",), "/sec": ("/s",),
    "/second": ("/s",), "٪": ("%",),
}  # fmt: skip
_BLANKS = " \N{NO-BREAK SPACE}\N{THIN SPACE}\N{NARROW NO-BREAK SPACE}"
_QUANTITY = re.compile(rf"({numerals.NUMERAL})[{_BLANKS}]*((?:[^\W\d_]|[%/])\D*)?")
_ELSEWHERE = re.compile(r"([-+]?[0-9.,](?:[0-9.,'’_\s]*?[0-9.,])??(?:[eE][-+]?[0-9]+)?)\s*(1/s|[^0-9.,]*)")
_LISTED = {
    "s": ("s", "ms", "µs", "min", "h", "days", "weeks", "months", "years"),
    "B": ("B", "kB", "MB", "GB", "KiB", "MiB", "GiB"),
    "1/s": ("/s", "k/s", "M/s"),
    "": ("%",),
}
_NAMES = {"s": "time", "B": "size", "1/s": "rate", "": "share"}
_EXAMPLES = {"s": "a time such as '5 ms'", "B": "a size such as '10 MB'", "1/s": "a rate such as '100 /s'"}
# From twice a unit on, times read in it: "90 s", "24 h", "3 days".
_SPANS = ((86400.0, "days"), (3600.0, "h"), (60.0, "min"))
_PREFIXES = {-12: "p", -9: "n", -6: "µ", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T", 15: "P"}


def parse(text: str | float, unit: str, *, percent: bool | None = None) -> float:
    """Return `text` in the base unit `unit`.

    Parameters
    ----------
    text : str or float
        ``"10 MB"``, ``"5 ms"``, ``"2 %"``. A number, or a text without a unit, is taken to be in `unit` already: a
        text only of zero, and of rates and ratios.
    unit : str
        One of `UNITS`.
    percent : bool, optional
        Of a ratio: whether it has to be a percentage, or cannot be one. Without it both are read.

    Raises
    ------
    ValueError
        When the text is no quantity, one of another unit, or one that can be read in two ways; the message says what
        was expected and the nearest right form.
    """
    if isinstance(text, str):
        return _read(text, unit, percent)
    try:
        number = math.nan if isinstance(text, bool) else float(text)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError(f"expected {_expected(unit, percent)}, got {numerals.shortened(text)}")
    return number


def stated(text: str | float, unit: str, *, percent: bool = False) -> float:
    """Return what `parse` does, of a text that says its unit: ``256`` could be bytes or megabytes.

    Only zero, and numbers and rates that are no percentages, may be bare; `percent` says of a ratio that it is one.

    Raises
    ------
    ValueError
        As `parse`, and when the unit is missing.
    """
    value = parse(text, unit, percent=percent)
    if not isinstance(text, str) and value and _needs_unit(unit, percent):
        raise ValueError(_unitless(numerals.written(value), unit, percent))
    return value


def written(text: str | float) -> str:
    """Return a quantity that was read as it is shown and can be read again: on one line, without groups.

    >>> written("1,000,000  B"), written("5μs"), written("-2 %"), written(1e-7)
    ('1000000 B', '5 µs', '-2 %', '0.0000001')
    """
    if not isinstance(text, str):
        return numerals.written(text)
    found = _QUANTITY.fullmatch(text.strip())
    number = None if found is None else numerals.digits(found[1])
    if found is None or number is None:
        return " ".join(text.split())
    return f"{number} {(found[2] or '').replace('μ', 'µ')}".rstrip()


def _read(text: str, unit: str, percent: bool | None) -> float:
    value, word = _value(text, unit, percent)
    if value is None:
        raise ValueError(_refusal(text, unit, percent, word))
    if value and not word and _needs_unit(unit, percent):
        raise ValueError(_unitless(text, unit, percent))
    return value


def _value(text: str, unit: str, percent: bool | None) -> tuple[float | None, str]:
    """Return the finite number of a text in the base unit, or None, and the unit that stands there."""
    found = _QUANTITY.fullmatch(text.strip())
    number = None if found is None else numerals.digits(found[1])
    if found is None or number is None:
        return None, ""
    word = found[2] or ""
    barred = word == "%" and percent is False
    value = None if barred else _scaled(number, word, unit) if word else float(number)
    return (value if value is not None and math.isfinite(value) else None), word


def _scaled(number: str, word: str, unit: str) -> float | None:
    """Return a number of a unit in the base unit; None when the word is no unit of that kind."""
    singular = word[:-1] if word.endswith("s") and (word[:-1] in _PLURALS or word[:-1] in _ALSO) else word
    singular = _ALSO.get(singular, singular)
    if (power := _POWERS[unit].get(singular)) is not None:
        return float(f"{number}e{power}")
    factor = _FACTORS.get(unit, {}).get(singular)
    return None if factor is None else float(number) * factor


def _needs_unit(unit: str, percent: bool | None) -> bool:
    return unit in ("s", "B") or bool(percent)


def _expected(unit: str, percent: bool | None) -> str:
    if unit:
        return _EXAMPLES[unit]
    if percent:
        return "a percentage such as '2 %'"
    return "a number or a percentage such as '2 %'" if percent is None else "a number such as '2' or '0.5'"


def _unitless(text: str, unit: str, percent: bool | None) -> str:
    near = numerals.alternatives(_percentages(numerals.written(numerals.number(text))) if percent else [])
    return f"expected {_expected(unit, percent)}, got {numerals.shortened(text)}, which has no unit{near}"


def _percentages(number: str) -> list[str]:
    """Return what a number without a percent sign may mean: a share, where it is one, and a percentage."""
    share = float(number)
    both = [f"{numerals.written(round(100 * share, 9))} %"] if 0 < share <= 1 else []
    return [*both, f"{number} %"]


def _refusal(text: str, unit: str, percent: bool | None, word: str) -> str:
    """Return why a text is no quantity of a unit, what was expected, and the nearest right forms."""
    near, why = list(dict.fromkeys(_nearest(text, unit, percent)))[:3], ""
    if len(near) > 1:
        why = ", which can be read in two ways"
    elif word and not unit and percent is False:
        why = ": there is no unit here"
    elif word and not near:
        why = f": {numerals.shortened(word)} is no unit of a {_NAMES[unit]} ({', '.join(_LISTED[unit])})"
    return f"expected {_expected(unit, percent)}, got {numerals.shortened(text)}{why}{numerals.alternatives(near)}"


def _nearest(text: str, unit: str, percent: bool | None) -> Iterator[str]:
    """Yield right forms of what a text probably means; each of them is read."""
    found = _ELSEWHERE.fullmatch(numerals.ascii_digits(text[:100].strip()))
    if found is None:
        return
    said = found[2].strip()
    for number in numerals.likely(found[1]):
        if percent and not said:
            yield from _percentages(number)
            continue
        for word in _meant(said, unit):
            form = f"{number} {word}".rstrip()
            if _value(form, unit, percent)[0] is not None and (word or not _needs_unit(unit, percent)):
                yield form


def _meant(word: str, unit: str) -> tuple[str, ...]:
    """Return the units of a kind that a word may mean, in our spelling."""
    if not word or _scaled("1", word, unit) is not None:
        return (word.replace("μ", "µ"),)
    low = word.lower()
    if low in _MEANT:
        return _MEANT[low]
    return tuple(each for each in (*_POWERS[unit], *_FACTORS.get(unit, {})) if each.lower() == low) or (low,)


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
            return f"{significant(value / long[0], digits).replace(',', '')} {long[1]}"
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
    """Return a plain number with at most `digits` significant digits, as it can be read again, without an exponent."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:.{decimals}f}"
    shown = text.rstrip("0").rstrip(".") if "." in text else text
    return numerals.grouped(value, len(shown.partition(".")[2]))
