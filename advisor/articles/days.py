"""Days as near as they are known: ``2024-09-04``, ``2024-09`` or ``2024``."""

from __future__ import annotations

import calendar
from datetime import date


def first_day(day: str) -> date:
    """Return the first day that `day` may mean.

    >>> first_day("2024-09")
    datetime.date(2024, 9, 1)
    """
    year, month, number = (int(part) for part in f"{day}-01-01"[:10].split("-"))
    return date(year, month, number)


def last_day(day: str) -> date:
    """Return the last day that `day` may mean.

    >>> last_day("2024-09")
    datetime.date(2024, 9, 30)
    """
    parts = [int(part) for part in day.split("-")]
    year, month = parts[0], parts[1] if len(parts) > 1 else 12
    return date(year, month, parts[2] if len(parts) > 2 else calendar.monthrange(year, month)[1])
