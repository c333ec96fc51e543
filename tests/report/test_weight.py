"""The site of a question is the size of the question, and no page of the whole site is too heavy."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor import api
from tests.report.html import read

pytestmark = pytest.mark.integration

REFERENCE = Path(__file__).parents[1] / "data" / "reference-run.json"
BAR = 150_000


def test_no_page_of_the_reference_site_is_over_the_bar(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    api.build_site(api.load_run(REFERENCE), folder, all_profiles=True, articles=True)
    weights = {page.name: page.stat().st_size for page in folder.glob("*.html")}
    assert {f"profile-{name}.html" for name in api.shipped_profiles()} <= weights.keys()
    assert {name: weight for name, weight in weights.items() if weight > BAR} == {}


def test_the_site_of_a_question_is_small(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    api.build_site(api.load_run(REFERENCE), folder)
    pages = list(folder.glob("*.html"))
    assert [page.name for page in folder.glob("profile-*.html")] == ["profile-edge.html"]
    assert len(pages) <= 40
    assert sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) <= 3_000_000
    assert max(page.stat().st_size for page in pages) <= BAR
    assert not {page.name for page in pages} & {"claims.html", "systems.html", "then-and-now.html", "report.html"}
    for page in pages:
        for link in read(page).find("a"):
            address = link.attributes["href"].partition("#")[0]
            assert ":" in address or not address or (folder / address.partition("?")[0]).is_file(), (page.name, address)
