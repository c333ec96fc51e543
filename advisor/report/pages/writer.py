"""Writes pages into a docs directory, each from its template."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from advisor.report.pages.render import Renderer

TOC = "with-toc"
Nav = list[dict[str, Any]]


class Pages:
    """Writes pages into one folder, and keeps the text of each in `texts` where asked to.

    Parameters
    ----------
    folder : Path
        The docs directory.
    render : Renderer
        The templates.
    on_page : callable, optional
        Is told the name of each page that was written.
    """

    def __init__(self, folder: Path, render: Renderer, on_page: Callable[[str], None] | None = None) -> None:
        self.folder = folder
        self.render = render
        self.on_page = on_page
        self.texts: dict[str, str] | None = None

    def simple(self, name: str, template: str, title: str, short: str, layout: str, context: dict[str, Any]) -> Nav:
        """Write a page whose heading is its title; return its entry in the navigation."""
        self.add(name, template, title, f"{title}.", layout, heading=title, **context)
        return [{short: f"{name}.md"}]

    def add(self, name: str, template: str, title: str, description: str, layout: str, /, **context: Any) -> None:
        """Write a page."""
        self.put(
            name,
            self.render.page(template, page_name=name, title=title, description=description, layout=layout, **context),
        )

    def put(self, name: str, text: str) -> None:
        """Write a page whose text is known."""
        if self.texts is not None:
            self.texts[name] = text
        # Not synced to the disk: the whole folder is made anew, and moved into place when it is complete.
        (self.folder / f"{name}.md").write_text(text, encoding="utf-8", newline="\n")
        if self.on_page is not None:
            self.on_page(name)
