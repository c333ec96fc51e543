"""How old what is documented is: days since somebody last looked, and from when on it is flagged."""

from __future__ import annotations

from datetime import date, timedelta

STALE = timedelta(days=365)
"""Older than this, a documented value is flagged."""


def age(checked_on: date, day: date) -> int:
    """Return the age in days on `day` of what was checked on `checked_on`; never negative."""
    return max(0, (day - checked_on).days)


def is_stale(checked_on: date, day: date) -> bool:
    """Return whether what was checked on `checked_on` is older than a year on `day`."""
    return age(checked_on, day) > STALE.days
