"""The research report: a Run, a Catalog and an answer, told as one long Markdown document with its references."""

from __future__ import annotations

from advisor.articles.research.articles import Articles
from advisor.articles.research.document import report

__all__ = ["Articles", "report"]
