"""Pieces of our pages in pages that somebody writes, with links that lead on or are none."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from advisor.cli import main
from advisor.errors import AdvisorError
from advisor.measurement.run import save_run
from advisor.report import embeds, links
from tests.samples import sample_run

PIECES = {
    "profile-edge": {
        ("verdict", ""): '<p><a href="profile-edge.html">Use it</a></p><div class="answer">Yes</div>',
        ("chart", "bars"): '<figure id="fig-bars"><a href="#fig-bars">x</a><svg viewBox="0 0 1 1"><g/></svg></figure>',
    },
    "claims": {},
}  # fmt: skip


def nowhere(name: str) -> str | None:
    return None


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (" verdict moon", "no such page"),
        (" verdict egde", "no such page"),
        (" chart edge pie", "no such chart; there are: bars"),
        (" verdict claims", "no such verdict; there are: none"),
        (" picture edge", "no piece of a page"),
        (" table edge", "has tables of several names; there are: none"),
        (" chart edge", "has charts of several names; there are: bars"),
        ("", "no piece of a page"),
    ],
)
def test_a_line_that_names_nothing_says_what_there_is(line: str, says: str) -> None:
    with pytest.raises(AdvisorError, match=says) as raised:
        embeds.found(line, PIECES)
    assert ("edge?" in (raised.value.hint or "")) == ("egde" in line)
    assert ("answers there are for edge;" in (raised.value.hint or "")) == ("mo" in line)


def test_lines_in_one_paragraph_are_embedded_and_lines_amid_text_are_told() -> None:
    lines = "<p>[advisor: verdict edge]\n[Advisor:verdict edge]</p>"
    found = embeds.replaced(lines, PIECES, nowhere)
    assert found.count('<div class="answer">Yes</div>') == 2
    assert found.count('class="sprite"') == 1
    amid = f"{lines}<p>So: [advisor: verdict edge] it is. <code>[advisor: a]</code></p><pre>[advisor: b]</pre>"
    assert embeds.left(amid) == ["[advisor: verdict edge]"]


def test_a_piece_has_no_anchor_of_its_own_and_leads_to_its_page() -> None:
    _, html = embeds.found("chart edge bars", PIECES)
    taken = links.taken(html, "profile-edge.html", lambda name: f"../{name}")
    assert 'href="../profile-edge.html#fig-bars"' in taken
    assert " id=" not in taken
    assert 'viewBox="0 0 1 1"' in taken


def test_a_link_to_what_is_not_there_is_plain_text_and_sources_stay() -> None:
    html = '<p>See <a class="x" href="claims.html#a">the <b>claims</b></a>, <a href="https://a.example/?a=1&amp;b">it</a></p>'
    led = links.led(html, nowhere)
    assert led == '<p>See <span>the <b>claims</b></span>, <a href="https://a.example/?a=1&amp;b">it</a></p>'


@given(
    st.lists(
        st.sampled_from(
            ["<p>", "</p>", "&amp;", "&#60;", "text ", "<br>", "<path d='M0'/>", "<!-- c -->", '<b id="x">']
        )
    )
)
def test_everything_but_links_stays_as_it_is(parts: list[str]) -> None:
    html = "".join(parts)
    assert links.led(html, nowhere) == html


def test_pieces_are_written_between_comments_and_anew(tmp_path: Path) -> None:
    file = tmp_path / "choice.md"
    save_run(sample_run(), tmp_path / "run.json")
    fenced = "```text\n[advisor: verdict edge]\n```"
    file.write_text(
        f"# Choice\n\n<!-- advisor: verdict edge -->\nNot here yet.\n<!-- /advisor -->\n\nOurs.\n\n"
        f"[advisor: chart edge lead]\n\n{fenced}\n",
        encoding="utf-8",
    )
    words = ["site", "embed", str(file), "--run", str(tmp_path / "run.json"), "--pages", "advisor"]
    first = CliRunner().invoke(main, words, catch_exceptions=False)
    assert (first.exit_code, first.output) == (0, f"{file}: 2 pieces written\n")
    text = file.read_text(encoding="utf-8")
    assert "Not here yet." not in text
    assert "Ours." in text
    assert fenced in text
    assert text.count("<!-- /advisor -->") == 2
    assert 'href="advisor/profile-edge.html"' in text
    block = text.partition("<!-- advisor: chart edge lead -->\n")[2].partition("<!-- /advisor -->")[0]
    assert "<svg" in block
    assert "\n\n" not in block
    again = CliRunner().invoke(main, words, catch_exceptions=False)
    assert again.exit_code == 0
    assert file.read_text(encoding="utf-8") == text
    (tmp_path / "none.md").write_text("# Nothing\n", encoding="utf-8")
    refused = CliRunner().invoke(main, ["site", "embed", str(tmp_path / "none.md"), *words[3:]])
    assert refused.exit_code == 2
    assert "no comment of advisor stands in it" in refused.output
