"""The reasons on the pages: what each rests on is a link in words, to figures that are there or to the document."""

from __future__ import annotations

import pytest

from advisor.report import words
from advisor.report.pages.arguments import Linked
from tests.report.conftest import Site
from tests.report.html import read

TEXT = "LiteRT is <smaller>: 5 MB for LiteRT (measured here: 'Size'; LiteRT, since March 2026)"


def test_words_lead_further_from_their_last_place_on() -> None:
    links = (("measured here: 'Size'", "criterion-size.html"), ("LiteRT, since March 2026", "https://a.example/?b&c"))
    assert str(Linked(TEXT, "answer-edge#/reasons/0", links).__html__()) == (
        '<bdi data-from="answer-edge#/reasons/0">LiteRT is &lt;smaller&gt;: 5 MB for LiteRT ('
        '<a href="criterion-size.html">measured here: &#39;Size&#39;</a>; '
        '<a href="https://a.example/?b&amp;c" rel="noreferrer">LiteRT, since March 2026</a>)</bdi>'
    )


@pytest.mark.parametrize("links", [(), (("something else", "a.html"),)])
def test_words_that_are_not_there_lead_nowhere(links: tuple[tuple[str, str], ...]) -> None:
    assert "<a " not in str(Linked(TEXT, "x#/y", links).__html__())


def test_every_reason_leads_to_what_it_rests_on(site: Site) -> None:
    linked = 0
    for told in site.recommendations:
        page = read(site.folder / f"profile-{words.slug(told.profile)}.html")
        sentences = {each.attributes.get("data-from", ""): each for each in page.find("bdi")}
        places = [(f"reasons/{place}", grounds) for place, grounds in enumerate(told.reason_grounds)]
        for place, grounds in [*places, ("against", told.against_grounds)]:
            if not grounds:
                continue
            said = sentences[f"answer-{words.slug(told.profile)}#/{place}"]
            links = {link.text: link.attributes["href"] for link in said.find("a")}
            assert set(links) == {each.text for each in grounds}
            for each in grounds:
                target = links[each.text]
                assert target == each.source or (site.folder / target).is_file()
            linked += len(links)
    assert linked
