"""Code on a page: every character of it, with keywords, comments and strings marked."""

from __future__ import annotations

import html
import re

import pytest

from advisor.measurement import definitions
from advisor.report.pages.recipes import _marked


def plain(marked: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", marked))


def test_keywords_comments_and_strings_are_marked_and_everything_is_escaped() -> None:
    assert _marked('if x < "<b>":  # a & b\n    pass\n') == (
        '<span class="k">if</span> x &lt; <span class="s1">&#34;&lt;b&gt;&#34;</span>:  '
        '<span class="c1"># a &amp; b</span>\n    <span class="k">pass</span>'
    )


def test_nothing_of_a_shipped_file_is_lost() -> None:
    files = sorted(definitions.shipped().probes.rglob("*.py"))
    assert len(files) > 100
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert plain(_marked(text)) == text.rstrip("\n"), file


@pytest.mark.parametrize(
    "text", ["", "\n", 'x = """never\nended', "f(a,\n  # b\n", "if x:\n\ty\n  z", "é = 1 $ 2", 'f"{{a}} {b!r:>{c}} {{"']
)
def test_nothing_is_lost_of_what_python_cannot_read(text: str) -> None:
    assert plain(_marked(text)) == text.rstrip("\n")
