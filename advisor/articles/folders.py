"""Where the documents about the articles lie: beside these modules, on top of what `advisor.knowledge` holds."""

from __future__ import annotations

from pathlib import Path

from advisor.knowledge import catalog as knowledge

HERE = Path(__file__).resolve().parent


def documented(folder: Path | None = None) -> tuple[Path, ...]:
    """Return the folders that hold all that is documented: the two shipped ones, or `folder` that holds everything."""
    return (knowledge.HERE, HERE) if folder is None or folder == HERE else (folder,)


def base(folder: Path) -> knowledge.Catalog:
    """Return the Catalog that the documents of `folder` build upon."""
    return knowledge.load_catalog(None if folder == HERE else folder)
