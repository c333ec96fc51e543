"""The ledger and the systems: every row, its verdict, and filters that need no script."""

from __future__ import annotations

import json
from typing import get_args

from advisor import resources
from advisor.decision.ledger import VERDICTS
from advisor.knowledge.claims import load_claims
from advisor.knowledge.systems import Status, load_systems
from advisor.report import words
from tests.report.conftest import Site
from tests.report.html import Element, read


def rows(site: Site, page: str) -> dict[str, str]:
    """Return the verdict of every row, by its own anchor or by the one that its heading leads to."""
    found = [row for row in read(site.folder / f"{page}.html").find("tr") if "data-verdict" in row.attributes]
    return {name_of(row): row.attributes["data-verdict"] for row in found}


def name_of(row: Element) -> str:
    if "id" in row.attributes:
        return row.attributes["id"]
    return row.one("th").one("a").attributes["href"].partition("#claim-")[2]


def test_every_claim_has_a_row_and_a_place_where_it_is_told_in_full(site: Site) -> None:
    claims = {claim.id for claim in load_claims()}
    assert set(rows(site, "claims")) == claims
    told = {
        each.attributes["id"]
        for page in site.folder.glob("claims-*.html")
        for each in read(page).find("tr")
        if "id" in each.attributes
    }
    assert told == {f"claim-{name}" for name in claims}


def test_the_filters_count_their_rows(site: Site) -> None:
    verdicts = list(rows(site, "claims").values())
    data = json.loads((site.folder / "claims.json").read_text(encoding="utf-8"))
    for link in read(site.folder / "claims.html").find("a"):
        if "data-filter" in link.attributes:
            number = verdicts.count(link.attributes["data-filter"])
            assert link.one("data").text == str(number)
    assert sum(data["counts"].values()) == data["total"] == len(verdicts)


def test_a_measured_verdict_leads_to_its_observations(site: Site) -> None:
    page = read(site.folder / "claims-performance.html")
    links = {each.attributes["href"] for each in page.find("a")}
    assert any(link.startswith("workload-cnn-training.html#observation-") for link in links)


def test_every_system_has_a_row(site: Site) -> None:
    found = rows(site, "systems") | rows(site, "systems-gone")
    assert set(found) == {f"system-{system.id}" for system in load_systems().systems}
    assert found["system-torch-lua"] == "archived"


def test_what_is_said_of_a_system_has_its_source_with_the_day_somebody_looked(site: Site) -> None:
    sourced = {f"system-{system.id}" for system in load_systems().systems}
    for page in ("systems", "systems-gone"):
        for row in read(site.folder / f"{page}.html").find("tr"):
            if row.attributes.get("id") in sourced:
                assert "looked at" in row.text, row.text


def test_a_system_leads_to_the_recipes_that_exercise_it(site: Site) -> None:
    page = read(site.folder / "systems.html")
    (board,) = [row for row in page.find("tr") if row.attributes.get("id") == "system-tensorboard"]
    assert "capability-tensorboard.html" in {link.attributes.get("href") for link in board.find("a")}


def test_a_filter_leads_to_the_page_that_has_its_rows(site: Site) -> None:
    for page in ("systems", "systems-gone"):
        for link in read(site.folder / f"{page}.html").find("a"):
            if "data-filter" in link.attributes:
                target = link.attributes["href"].partition("#")[0].removesuffix(".html") or page
                assert link.attributes["data-filter"] in rows(site, target).values()


def test_the_stylesheet_hides_the_rows_of_every_verdict_and_status() -> None:
    style = (resources.templates() / "theme" / "style.css").read_text(encoding="utf-8")
    for word in (*VERDICTS, *get_args(Status)):
        slug = words.slug(word)
        assert f'#only-{slug}:target ~ .ledger tbody tr:not([data-verdict="{slug}"])' in style
        assert f'#only-{slug}:target ~ .filters [data-filter="{slug}"]' in style


def test_then_and_now_holds_every_advice_for_the_profiles_of_the_site(site: Site) -> None:
    data = json.loads((site.folder / "then-and-now.json").read_text(encoding="utf-8"))
    found = [row for row in read(site.folder / "then-and-now.html").find("tr") if "id" in row.attributes]
    assert len(found) == len(data["rows"]) == data["agreement"]["asked"]
    assert {row["profile"] for row in data["rows"]} <= {told.profile for told in site.recommendations}
    assert found


def test_nothing_documented_stands_on_the_site_without_its_source(site: Site) -> None:
    walked = 0
    for page in site.folder.rglob("*.html"):
        for cell in read(page).find("td"):
            for mark in cell.walk():
                if not {"prov-documented", "prov-measured-elsewhere"} & set(mark.classes):
                    continue
                address = mark.attributes.get("href", "")
                named = [each for each in cell.walk() if "source" in each.classes and each.text.strip()]
                assert address.startswith("https://") or named, (page.name, cell.text)
                walked += 1
    assert walked > 100
