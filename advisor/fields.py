"""Numbers and days as fields of the YAML that people write: a number is no text, no yes, and no second since 1970."""

from __future__ import annotations

import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from advisor import numerals


def _number(value: Any) -> Any:
    """Return what is no text; raise ValueError for text, with the number that it probably means."""
    if not isinstance(value, str):
        return value
    if numerals.digits(value.strip()) is not None:
        raise ValueError(f"expected a number without quotes, got {numerals.shortened(value)}")
    near = numerals.alternatives(numerals.likely(value))
    raise ValueError(f"expected a number, got {numerals.shortened(value)}{near}")


def _day(value: Any) -> Any:
    """Return a day, which YAML and JSON may give as text; raise ValueError for anything else."""
    return numerals.day(value) if isinstance(value, str) else value


Number = Annotated[float, BeforeValidator(_number), Field(strict=True)]
Count = Annotated[int, BeforeValidator(_number), Field(strict=True)]
Day = Annotated[datetime.date, BeforeValidator(_day), Field(strict=True)]
