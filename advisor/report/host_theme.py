"""Our pages in somebody else's theme: one stylesheet that touches nothing outside them, and links that lead on."""

from __future__ import annotations

import json
import re
from typing import Any

from advisor import resources
from advisor.report.links import Address, led

ROOT = "advisor-report"

_PARTS = (
    "signs", "bars in percent", "tables", "home", "profile page", "charts", "code", "samples", "capability matrix",
    "claims", "provenance footer",
)  # fmt: skip
# Themes say in an attribute that they are dark, whatever the reader's system prefers.
_DARK = ('[data-md-color-scheme="slate"]', '[data-bs-theme="dark"]')
# `:not(#_)` counts as much as an id: there are themes whose rules for lists have ten classes.
_GROUND = """
line-height: 1.5; color: var(--ink); font-variant-numeric: tabular-nums;
code, pre { font-family: var(--mono); font-size: .8125rem; }
.vh { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.sprite { position: absolute; }
.small { font-size: var(--t-14); color: var(--ink-2); }
.lede { font-size: var(--t-18); line-height: 1.5; }
.finding { font-weight: 600; line-height: 1.4; }
.source, .iv { color: var(--ink-2); font-weight: 400; }
.iv { white-space: nowrap; }
.source { display: block; font-size: var(--t-13); }
.crumb { font-size: var(--t-14); color: var(--ink-2); }
table tr > th, table tr > td { white-space: normal; }
dl.facts dt, dl.words dt, dl.legend dt { all: unset; }
dl.facts dt { color: var(--ink-2); font-weight: 400; }
dl dt:not(#_) { color: var(--ink); background: none; border: 0; padding: 0; }
dl.facts dt:not(#_) { color: var(--ink-2); }
pre > code:not(#_) { overflow: visible; }
:is(p, dd, li) a { text-decoration: underline; }
[hidden] { display: none !important; }
"""
_LOOK_ALIKES = str.maketrans({"<": "\u2039", ">": "\u203a", "&": "\uff06", '"': "\u201d", "'": "\u2019"})
_HANDED = re.compile(r'^(\w+: )(".*")$', re.MULTILINE)
_SIGNS = re.compile(r"^\.(?:solid|soft|cut|line|own)[ .].*$", re.MULTILINE)


def stylesheet(scope: str = f".{ROOT}") -> str:
    """Return our stylesheet for the pages alone: nested under `scope`, lengths free of the theme's root font size."""
    text = (resources.templates() / "theme" / "style.css").read_text(encoding="utf-8")
    parts = dict(_sections(text))
    light, dark = re.findall(r":root \{(.*?)\}", parts["tokens"], re.DOTALL)[:2]
    tokens = light.replace("color-scheme: light dark;", "").replace("--paper: #ffffff", _paper("#ffffff"))
    body = "\n".join(next(found for name, found in parts.items() if name.startswith(part)) for part in _PARTS)
    # What a sign is made of is drawn inside <use>, where no rule reaches that names an element outside the symbol.
    signs = _SIGNS.findall(body)
    rules = [
        *(f'symbol[id^="m-"] {rule}' for rule in signs),
        f"{scope} {{ {tokens} {_GROUND} {body} }}",
        *(f"{theme} {scope} {{ {dark.replace('--paper: #16181b', _paper('#16181b'))} }}" for theme in _DARK),
    ]
    return re.sub(r"(\d*\.?\d+)rem\b", lambda found: f"{float(found[1]) * 16:g}px", "\n".join(rules)) + "\n"


def plain(text: str) -> str:
    """Return a title or a description for a theme that prints it as HTML, as most do: nothing in it is read as such.

    Escaping would not do: a theme that strips tags (``striptags``) brings escaped ones back, and one that escapes
    itself would show ours. So the five characters that mean something in HTML give way to others that look like them.
    """
    return text.translate(_LOOK_ALIKES)


def handed(page: str) -> str:
    """Return the Markdown of one of our pages with what its front matter hands to a theme as `plain` text."""
    front, mark, body = page.partition("\n---\n")
    return _HANDED.sub(lambda found: found[1] + _quoted(plain(json.loads(found[2]))), front) + mark + body


def handed_nav(nav: Any) -> Any:
    """Return a navigation whose titles are `plain` text."""
    if isinstance(nav, dict):
        return {plain(title): handed_nav(item) for title, item in nav.items()}
    return [handed_nav(item) for item in nav] if isinstance(nav, list) else nav


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def embed(html: str, address: Address) -> str:
    """Return a page's content with our class around it and every link to one of our pages where the site has it.

    Parameters
    ----------
    html : str
        The content of the page, with links as `advisor.report.pages.context.Report.href` writes them.
    address : callable
        From the file that a link names (``evidence.html``, ``run.json``) to its address, seen from this page; None
        where the site does not have it: such a link becomes plain text.
    """
    # A section, so that the header and footer of the page are not taken for those of the whole site.
    return f'<section class="{ROOT}">\n{led(html, address)}\n</section>'


def _sections(text: str) -> list[tuple[str, str]]:
    parts = re.split(r"/\* -{4} (.*?) -+ \*/", text)
    return list(zip(parts[1::2], parts[2::2], strict=True))


def _paper(color: str) -> str:
    return f"--paper: var(--md-default-bg-color, var(--bs-body-bg, {color}))"
