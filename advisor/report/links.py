"""Our pages inside somebody else's: every link led to where the page is, or made plain text where there is none."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from html.parser import HTMLParser

Address = Callable[[str], str | None]
"""From the file that a link names (``evidence.html``) to its address; None where it is not there."""


def led(html: str, address: Address) -> str:
    """Return HTML whose links to our files lead on; a link to a file that is not there becomes plain text."""
    return _written(_Links(address, None), html)


def taken(html: str, page: str, address: Address) -> str:
    """Return a piece of the page of this name (``profile-edge.html``) for another page.

    What an anchor of its page leads to stays there; an anchor of its own could stand twice, and goes.
    """
    return _written(_Links(address, page), html)


def _written(parser: _Links, html: str) -> str:
    parser.feed(html)
    parser.close()
    return "".join(parser.parts)


class _Links(HTMLParser):
    """Writes what it reads, with other links."""

    def __init__(self, address: Address, page: str | None) -> None:
        super().__init__(convert_charrefs=False)
        self.parts: list[str] = []
        self._address = address
        self._page = page
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        href = dict(attrs).get("href")
        if tag != "a":
            self._tag(tag, attrs)
            return
        new = self._led(href or "")
        self._open.append("a" if new is not None else "span")
        if new is None:
            self.parts.append("<span>")
        else:
            given = [(name, new if name == "href" else value) for name, value in attrs]
            self._tag(tag, given, changed=new != href)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._tag(tag, attrs, end="/>")

    def handle_endtag(self, tag: str) -> None:
        self.parts.append(f"</{self._open.pop() if tag == 'a' and self._open else tag}>")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_entityref(self, name: str) -> None:
        self.parts.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.parts.append(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self.parts.append(f"<!--{data}-->")

    def _led(self, href: str) -> str | None:
        """Return the new address of a link; None where it leads to nothing."""
        if ":" in href.partition("/")[0]:
            return href
        name, sign, anchor = href.partition("#")
        if not name and self._page is None:
            return href
        new = self._address(name or str(self._page))
        return None if new is None else f"{new}{sign}{anchor}"

    def _tag(self, tag: str, attrs: list[tuple[str, str | None]], *, changed: bool = False, end: str = ">") -> None:
        without = [(name, value) for name, value in attrs if not (self._page and name == "id")]
        if not changed and len(without) == len(attrs):
            # As it is: names of SVG have capitals, which the parser does not tell.
            self.parts.append(self.get_starttag_text() or "")
            return
        written = "".join(f" {name}" if value is None else f' {name}="{escape(value)}"' for name, value in without)
        self.parts.append(f"<{tag}{written}{end}")
