"""The files behind the pages: the Run, the Recommendations, and the evidence as a table for a spreadsheet."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from advisor.decision.recommendation import Recommendation
from advisor.report.rows import csv_text

COLUMNS = (
    "profile", "criterion", "framework", "route", "outcome", "value", "low", "high", "unit", "level", "n",
    "provenance", "evidence", "source", "date", "message",
)  # fmt: skip


def evidence_rows(recommendations: Sequence[Recommendation]) -> list[dict[str, Any]]:
    """Return every cell of every profile's performance table as plain values, in base units."""
    return [
        cell.model_dump(mode="json") | {"profile": told.profile} for told in recommendations for cell in told.evidence
    ]


def evidence_csv(recommendations: Sequence[Recommendation]) -> str:
    """Return every cell of every profile's performance table as CSV, in base units."""
    return csv_text(evidence_rows(recommendations), COLUMNS)


def evidence_json(recommendations: Sequence[Recommendation]) -> str:
    """Return the same cells as JSON, for other programs."""
    rows = [
        {name: row[name] for name in COLUMNS if row.get(name) is not None} for row in evidence_rows(recommendations)
    ]
    document = {"schema": "advisor.evidence/1", "cells": rows}
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"
