"""Numbers and days as people write them: one strict grammar, and what was probably meant by a text that is none of it.

ASCII digits, one decimal point, a minus. Commas group thousands only where nothing else can be meant (``1,000,000``,
``1,000.5``). ``1,000`` is a thousand to some and one to others, and so is ``1.000``: both are refused. There are no
exponents, no leading zeros and no other signs or separators.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from datetime import date

_SIGN = "[-\N{MINUS SIGN}]?"
_GROUPED = r"[1-9][0-9]{0,2}(?:(?:,[0-9]{3}){2,}(?:\.[0-9]+)?|,[0-9]{3}\.[0-9]+)"
NUMERAL = rf"{_SIGN}(?:{_GROUPED}|(?:0|[1-9][0-9]*)(?:\.[0-9]+)?)"
"""The pattern of a number; `digits` tells whether what it matches could mean another one as well."""
_NUMERAL = re.compile(NUMERAL)
_DOUBTFUL = re.compile(rf"{_SIGN}[1-9][0-9]{{0,2}}\.[0-9]{{3}}")
_SEPARATOR = re.compile(r"(?<=[0-9])['’_\s](?=[0-9])")
_ELSEWHERE = re.compile(r"([-+]?)([0-9.,]*[0-9][0-9.,]*)(?:[eE]([-+]?[0-9]{1,2}))?")
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_SHORT_DAY = re.compile(r"([0-9]{4})[-/.]?([01]?[0-9])[-/.]?([0-3]?[0-9])")
_LONGEST = 40


def digits(text: str) -> str | None:
    """Return a number as Python reads it, without groups; None when the text is no number, or could be two.

    >>> digits("1,000,000"), digits("1,000"), digits("1.5"), digits("1.500")
    ('1000000', None, '1.5', None)
    """
    if not _NUMERAL.fullmatch(text) or doubtful(text):
        return None
    return text.replace(",", "").replace("\N{MINUS SIGN}", "-")


def doubtful(text: str) -> bool:
    """Return whether a number has a point before its only group of three digits: ``1.500`` is 1500 to some."""
    return _DOUBTFUL.fullmatch(text) is not None


def number(text: str, *, expected: str = "a number such as '0.5'") -> float:
    """Return the number of a text; raise ValueError, with the nearest right forms, when it is none."""
    found = digits(text.strip())
    value = math.nan if found is None else float(found)
    if not math.isfinite(value):
        raise ValueError(f"expected {expected}, got {shortened(text)}{alternatives(likely(text))}")
    return value


def count(text: str, *, expected: str = "a whole number such as '8'") -> int:
    """Return the whole number of a text; raise ValueError, with the nearest right forms, when it is none."""
    found = digits(text.strip())
    if found is None or "." in found or len(found) > _LONGEST:
        whole = [each for each in likely(text) if "." not in each]
        raise ValueError(f"expected {expected}, got {shortened(text)}{alternatives(whole)}")
    return int(found)


def day(text: str) -> date:
    """Return the day of a text such as ``2024-09-04``; raise ValueError when it is none."""
    found = _DAY.fullmatch(text.strip())
    with suppress(ValueError):
        if found is not None:
            return date(*(int(part) for part in found.groups()))
    short = _SHORT_DAY.fullmatch(ascii_digits(text.strip()))
    near = [] if short is None else ["-".join(part.zfill(2) for part in short.groups())]
    raise ValueError(
        f"expected a date such as '2024-09-04', got {shortened(text)}{alternatives([] if found else near)}"
    )


def written(value: float) -> str:
    """Return a number as `digits` reads it.

    >>> written(1234567.0), written(1e-7), written(1.125), written(3.0)
    ('1234567', '0.0000001', '1.1250', '3')
    """
    from decimal import Decimal

    return _plain(Decimal(repr(value)))


def grouped(value: float, places: int) -> str:
    """Return a number with `places` decimals, with groups of thousands only where `digits` reads them.

    >>> grouped(1234567, 0), grouped(1234.5, 1), grouped(123457, 0)
    ('1,234,567', '1,234.5', '123457')
    """
    text = f"{value:,.{places}f}"
    return text if digits(text) is not None else text.replace(",", "")


def likely(text: str) -> list[str]:
    """Return what a number in another notation probably means, in ours: one form for each way to read it.

    >>> likely("0,1"), likely("1,000"), likely("1.000,5"), likely("٣"), likely("1e3")
    (['0.1'], ['1', '1000'], ['1000.5'], ['3'], ['1000'])
    """
    from decimal import Decimal

    found = _ELSEWHERE.fullmatch(_SEPARATOR.sub("", ascii_digits(text.strip())))
    if found is None or len(found[2]) > _LONGEST:
        return []
    sign, power = found[1].strip("+"), int(found[3] or 0)
    return [_plain(Decimal(f"{sign}{each}").scaleb(power)) for each in _readings(found[2])]


def ascii_digits(text: str) -> str:
    """Return a text with the digits, signs and letters of other scripts and widths as ASCII has them."""
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES)
    return "".join(str(unicodedata.digit(sign, sign)) for sign in plain)


def alternatives(forms: Sequence[str]) -> str:
    """Return `` — did you mean '0.1'?``, or nothing when there is no form to offer."""
    return f" — did you mean {' or '.join(repr(each) for each in forms)}?" if forms else ""


def shortened(text: object) -> str:
    """Return what was written, in quotes and no longer than a line has room for."""
    shown = str(text)
    return repr(shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…")


def _readings(body: str) -> list[str]:
    """Return how a text of digits, points and commas can be read, as Python writes it."""
    if "." in body and "," in body:
        mark = max(".,", key=body.rfind)
        head, tail = body.replace(".,".replace(mark, ""), "").split(mark) if body.count(mark) == 1 else ("", "")
        return [f"{head}.{tail}"] if head and tail else []
    mark = "." if "." in body else ","
    head, *groups = body.split(mark)
    if len(groups) > 1:
        return [body.replace(mark, "")] if head and all(groups) else []
    if not groups:
        return [body]
    decimal = f"{head or 0}.{groups[0] or 0}"
    thousands = len(groups[0]) == 3 and 1 <= len(head) <= 3 and head[0] != "0"
    return [decimal, f"{head}{groups[0]}"] if thousands else [decimal]


def _plain(value: object) -> str:
    """Return a decimal number without an exponent and without zeros that say nothing, save where it would be two."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{text}0" if _DOUBTFUL.fullmatch(text) else text
