"""Fields of files that people write: no text, no yes and no seconds since 1970 for a number or a day."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from advisor.documents import Model
from advisor.fields import Count, Day, Number


class Entry(Model):
    """One of each."""

    number: Number = 0.0
    count: Count = 0
    day: Day = date(2024, 1, 1)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("number", True, "valid number"),
        ("number", "1,5", r"expected a number, got '1,5' — did you mean '1\.5'\?"),
        ("number", "1e3", "expected a number, got '1e3' — did you mean '1000'"),
        ("number", "2", "expected a number without quotes, got '2'"),
        ("number", float("nan"), "finite number"),
        ("number", float("-inf"), "finite number"),
        ("count", True, "valid integer"),
        ("count", 1.0, "valid integer"),
        ("count", "3", "expected a number without quotes, got '3'"),
        ("day", 86400, "valid date"),
        ("day", datetime(2024, 1, 1, tzinfo=UTC), "valid date"),
        ("day", "2024-1-5", "did you mean '2024-01-05'"),
    ],
)
def test_what_is_something_else_is_refused(key: str, value: Any, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Entry.model_validate({key: value})


def test_what_it_is_is_read() -> None:
    found = Entry.model_validate({"number": 3, "count": 4, "day": "2024-09-04"})
    assert (found.number, found.count, found.day) == (3.0, 4, date(2024, 9, 4))
