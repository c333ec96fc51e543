"""The files behind the pages: the Run, the Recommendations, and the evidence as a table for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from advisor.decision.recommendation import Recommendation
from advisor.report import words

COLUMNS = (
    "profile", "criterion", "framework", "route", "outcome", "value", "low", "high", "unit", "level", "n",
    "provenance", "evidence", "source", "date", "message",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}",
            "\N{FULLWIDTH HYPHEN-MINUS}", "\N{FULLWIDTH COMMERCIAL AT}")  # fmt: skip


def evidence_csv(recommendations: Sequence[Recommendation]) -> str:
    """Return every cell of every profile's performance table as CSV, in base units.

    A text that a spreadsheet would take for a formula gets an apostrophe in front; numbers stay numbers.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for told in recommendations:
        for cell in told.evidence:
            fields = cell.model_dump(mode="json") | {"profile": told.profile}
            writer.writerow([_field(fields[column]) for column in COLUMNS])
    return stream.getvalue()


def _field(value: object) -> object:
    if value is None:
        return ""
    if not isinstance(value, str):
        return value
    text = words.line(value)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text
