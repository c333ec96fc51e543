"""The ledger and the systems: every row, its verdict, and filters that need no script."""

from __future__ import annotations

import json
from typing import get_args

from advisor import resources
from advisor.articles.claims import load_claims
from advisor.articles.ledger import VERDICTS
from advisor.articles.systems import Status, load_systems
from advisor.report import words
from tests.report.conftest import Site
from tests.report.html import Element, read
from tests.report.test_pages import section


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
        for row in read(page).find("tr"):
            for cell in row.find("td"):
                for mark in cell.walk():
                    if not {"prov-documented", "prov-measured-elsewhere"} & set(mark.classes):
                        continue
                    address = mark.attributes.get("href", "")
                    named = sources(cell)
                    if page.stem == "evidence" and not named:
                        # A source without an address is named where the title of the criterion leads.
                        label = cell.attributes["data-label"]
                        behind = read(site.folder / row.one("th").one("a").attributes["href"]).one("main").find("tr")
                        named = [each for one in behind if label in spoken(one) for each in sources(one)]
                    assert address.startswith("https://") or named, (page.name, cell.text)
                    walked += 1
    assert walked > 100


def sources(element: Element) -> list[Element]:
    """Return what names a source in an element."""
    return [each for each in element.walk() if "source" in each.classes and each.text.strip()]


def spoken(row: Element) -> str:
    """Return the heading of a row as the labels of cells say it: without what is read aloud alone."""

    def text(element: Element | str) -> str:
        if isinstance(element, str):
            return element
        return "" if "vh" in element.classes else "".join(map(text, element.children))

    return " ".join(text(row.find("th")[0]).split())


def test_every_system_has_a_page_that_its_row_leads_to(site: Site) -> None:
    led = {
        row.attributes["id"]: row.one("th").find("a")[0].attributes["href"]
        for page in ("systems", "systems-gone")
        for row in read(site.folder / f"{page}.html").find("tr")
        if "id" in row.attributes
    }
    assert led == {f"system-{each.id}": f"system-{words.slug(each.id)}.html" for each in load_systems().systems}
    for system in load_systems().systems:
        page = read(site.folder / f"system-{words.slug(system.id)}.html")
        assert page.one("h1").text == system.name
        assert system.role in page.one("main").text
        assert system.status in section(page, "today").text


def test_whatever_a_systems_page_states_has_its_source_and_the_day_somebody_looked(site: Site) -> None:
    facts = 0
    for system in load_systems().systems:
        page = read(site.folder / f"system-{words.slug(system.id)}.html")
        assert "looked at" in section(page, "today").text, system.id
        for row in page.find("tr"):
            if row.attributes.get("id", "").startswith("fact-"):
                source, *_ = [each for each in row.one("th").walk() if "source" in each.classes]
                assert "looked at" in source.text, (system.id, row.text)
                assert source.text.partition(", looked at")[0].strip()
                facts += 1
    assert facts > 300


def test_a_systems_page_tells_what_concerns_it_and_what_was_tried(site: Site) -> None:
    page = read(site.folder / "system-torchserve.html")
    links = {link.attributes.get("href", "") for link in section(page, "claims").find("a")}
    claims = json.loads((site.folder / "claims.json").read_text(encoding="utf-8"))["claims"]
    about = {f"claims-{row['kind']}.html#claim-{row['id']}" for row in claims if row["subject"] == "torchserve"}
    assert about
    assert about <= links
    assert "is no longer maintained" in section(page, "facts").text
    assert "TorchServe was developed" in section(page, "ended").text
    assert "advisor systems torchserve --check" in section(page, "here").text
    # What this Run did not try has the command that would.
    card = section(read(site.folder / "system-gpu.html"), "here")
    assert "advisor probe --only 'capability:gpu-memory'" in card.text
    lite = section(read(site.folder / "system-tensorflow-lite.html"), "here")
    assert "route-litert.html" in {link.attributes.get("href") for link in lite.find("a")}


def test_a_systems_page_leads_to_what_took_its_place(site: Site) -> None:
    torch, keras = (section(read(site.folder / f"system-{name}.html"), "today") for name in ("torch-lua", "tf-keras"))
    assert "system-pytorch.html" in {link.attributes["href"] for link in torch.find("a")}
    assert "system-keras.html" in {link.attributes["href"] for link in keras.find("a")}


def test_a_systems_page_says_which_version_the_run_found(site: Site) -> None:
    here = section(read(site.folder / "system-pytorch.html"), "here")
    version = site.run.frameworks["pytorch"].packages["torch"]
    (found,) = [each for each in here.find("bdi") if "packages" in each.attributes["data-from"]]
    assert found.text == version
