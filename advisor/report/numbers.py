"""Numbers as people read them: one prefix for a value and its bounds, no digit that the interval does not justify."""

from __future__ import annotations

from advisor.measurement import metrics
from advisor.rounding import NARROW, Shown, percent, plain, scale, show

__all__ = ["NARROW", "Shown", "count", "error", "is_share", "percent", "rough", "scale", "score", "show", "weight"]


def is_share(name: str, *texts: str) -> bool:
    """Return whether a unitless metric or criterion is a share that reads as a percentage."""
    return metrics.is_share(name) or any("%" in text for text in texts)


def rough(value: float, unit: str, *, share: bool = False) -> str:
    """Return a value to two digits: where a third would need an interval that nobody gave."""
    return show(value, unit, value * 0.9, value * 1.1, share=share).text


def weight(share: float) -> str:
    """Return a weight as a percentage with at most one decimal."""
    return f"{plain(share * 100, 0 if abs(share * 100 - round(share * 100)) < 0.05 else 1)}{NARROW}%"


def score(value: float) -> str:
    """Return a value between 0 and 1 with two decimals."""
    return f"{value:.2f}"


def count(number: float) -> str:
    """Return a whole number with thousands separators."""
    return f"{number:,.0f}"


def error(value: float) -> str:
    """Return a relative error in one significant digit and a power of ten (``5·10⁻⁷``); 0 stays 0."""
    if value == 0:
        return "0"
    mantissa, _, exponent = f"{value:.1e}".partition("e")
    power = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{mantissa.removesuffix('.0')}·10{power}" if int(exponent) else mantissa.removesuffix(".0")
