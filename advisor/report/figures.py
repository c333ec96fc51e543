"""Numbers and texts of a page that can be followed back to the document they come from.

A page never writes a number of its own: it asks a `Source` for it. What comes back knows its place
(``run#/observations/12/summary/p50``), and writes it into the HTML as ``data-from``. Within a table whose ``data-of``
names a document, a place in that document is written without its name (``#/observations/…``), and a bound of an
interval by its key alone (``low``), seen from the value before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from markupsafe import Markup, escape
from pydantic import BaseModel

from advisor.report import numbers, words

Key = str | int
_LONG = 60
_LONG_WORD = re.compile(rf"\S{{{_LONG},}}")


@dataclass(frozen=True)
class Figure:
    """A number of a document: how it reads, its exact value in base units, and where it stands.

    A number that is made of several names all of them, and `by` says how (``product``, ``sum``, ``ratio``); a product
    of numbers that stand together names their place, and `by` their keys (``weight value``).
    """

    text: str
    value: float
    reference: str
    by: str | None = None

    def __str__(self) -> str:
        return self.text

    def __html__(self) -> Markup:
        # A site has ten thousands of them: "%" fills them in twice as fast as "format", and escapes as well.
        by = Markup(' data-by="%s"') % self.by if self.by else ""
        return Markup('<data value="%s" data-from="%s"%s>%s</data>') % (
            _exact(self.value),
            self.reference,
            by,
            self.text,
        )


def _exact(value: float) -> str:
    """Return a number with more digits than anybody can have measured; a page has hundreds of them."""
    if isinstance(value, int) or (value.is_integer() and abs(value) < 2**53):
        return repr(int(value))
    return repr(float(f"{value:.9g}"))


@dataclass(frozen=True)
class Quote:
    """A text of a document, shown as it is there and isolated from the direction of the text around it."""

    text: str
    reference: str

    def __str__(self) -> str:
        return self.text

    def __html__(self) -> Markup:
        return Markup('<bdi data-from="%s">%s</bdi>') % (self.reference, broken(self.text))


def broken(text: str) -> Markup:
    """Return an escaped text of which every line and every word fits onto a page."""
    # A line break is written as a reference, so that no Markdown engine sees an empty line.
    escaped = str(escape(text)).replace("\n", "&#10;")
    if len(escaped) > _LONG:
        # A word that no line can hold may break anywhere, or it would push its table off the screen.
        escaped = _LONG_WORD.sub(r'<span class="long">\g<0></span>', escaped)
    return Markup(escaped)  # noqa: S704 - escaped before


@dataclass(frozen=True)
class Interval:
    """A value with its bounds; without bounds the value is exact."""

    value: Figure
    low: Figure | None = None
    high: Figure | None = None

    def __str__(self) -> str:
        return str(self.value) if self.low is None else f"{self.value} [{self.low}–{self.high}]"

    @property
    def bounds(self) -> Markup:
        """Return the bounds as HTML, in the second voice."""
        if self.low is None or self.high is None:
            return Markup()
        low, high = (self._beside(bound) for bound in (self.low, self.high))
        return Markup('<span class="iv">[%s–%s]</span>') % (low, high)

    def _beside(self, bound: Figure) -> Figure:
        """Return a bound that is cited from where its value stands, which is the figure before it."""
        place, _, key = bound.reference.rpartition("/")
        return replace(bound, reference=key) if place == self.value.reference.rpartition("/")[0] else bound

    def __html__(self) -> Markup:
        return Markup("<b>%s</b> %s") % (self.value, self.bounds) if self.low else Markup("<b>%s</b>") % (self.value,)


class Source:
    """A document under the name that its numbers are cited by.

    Parameters
    ----------
    name : str
        ``run`` or ``answer-edge``; also the stem of the file among the downloads.
    document : BaseModel
        The Run or the Recommendation.
    """

    def __init__(self, name: str, document: BaseModel) -> None:
        self.name = name
        self.document = document
        self.data: Any = document.model_dump(mode="json", by_alias=True, exclude_none=True)

    def get(self, *path: Key) -> Any:
        """Return what stands at `path`, or None when the document does not say."""
        here = self.data
        for key in path:
            try:
                here = here[key]
            except (KeyError, IndexError, TypeError):
                return None
        return here

    def reference(self, *path: Key) -> str:
        """Return the name of a place: the document's name, ``#`` and a JSON pointer as a URI fragment (RFC 6901)."""
        parts = (str(key).replace("~", "~0").replace("/", "~1") for key in path)
        # Most parts are plain names, which are their own address.
        return f"{self.name}#/" + "/".join(
            part if part.isascii() and part.isalnum() else quote(part, safe="~!$'()*,;:@=+") for part in parts
        )

    def figure(self, *path: Key, show: Callable[[float], object] = numbers.count) -> Figure:
        """Return the number at `path` as `show` writes it."""
        value = self.get(*path)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise LookupError(f"{self.reference(*path)} holds no number")
        return Figure(str(show(value)), value, self.reference(*path))

    def quote(self, *path: Key, lines: bool = False) -> Quote:
        """Return the text at `path`, on one line unless `lines` keeps its line breaks."""
        text = str(self.get(*path))
        return Quote(words.visible(text) if lines else words.line(text), self.reference(*path))

    def interval(
        self, *path: Key, unit: str, share: bool = False, keys: tuple[str, str, str] = ("value", "low", "high")
    ) -> Interval:
        """Return the value and the bounds that stand under `path` by the names `keys`."""
        value, low, high = (self.get(*path, key) for key in keys)
        shown = numbers.show(value, unit, low, high, share=share)
        figure = Figure(shown.text, value, self.reference(*path, keys[0]))
        if shown.low is None or shown.high is None:
            return Interval(figure)
        return Interval(
            figure,
            Figure(shown.low, low, self.reference(*path, keys[1])),
            Figure(shown.high, high, self.reference(*path, keys[2])),
        )
