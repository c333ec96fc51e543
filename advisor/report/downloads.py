"""The files behind the pages: the Run, the Recommendations, and the evidence as a table for a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.decision.recommendation import Recommendation
from advisor.report.rows import csv_text

COLUMNS = (
    "profile", "criterion", "framework", "route", "outcome", "value", "low", "high", "unit", "level", "n",
    "provenance", "evidence", "source", "date", "message",
)  # fmt: skip


def evidence_csv(recommendations: Sequence[Recommendation]) -> str:
    """Return every cell of every profile's performance table as CSV, in base units."""
    rows = [
        cell.model_dump(mode="json") | {"profile": told.profile} for told in recommendations for cell in told.evidence
    ]
    return csv_text(rows, COLUMNS)
