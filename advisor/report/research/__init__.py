"""The research report: a Run, a Catalog and an answer, told as one long Markdown document with its references."""

from __future__ import annotations

from advisor.report.research.articles import Articles
from advisor.report.research.document import report

__all__ = ["Articles", "report"]
