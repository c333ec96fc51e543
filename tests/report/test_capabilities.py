"""The matrix and the pages of the capabilities: outcomes, error texts, and the recipes as they are shipped."""

from __future__ import annotations

import json

from advisor.measurement import definitions
from advisor.report import published
from advisor.report.pages.capabilities import GROUPS
from tests.report.conftest import Site
from tests.report.html import read
from tests.samples import sample_run


def test_the_matrix_holds_every_capability_and_framework(site: Site) -> None:
    table = read(site.folder / "capabilities.html").find("table")[0]
    anchors = {row.attributes["id"] for row in table.find("tr") if "id" in row.attributes}
    assert anchors == {f"capability-{name}" for name in definitions.capabilities()} | {"capability-our-own-recipe"}
    assert len(table.one("thead").find("th")) == 1 + len(definitions.frameworks())


def test_a_cell_leads_to_what_came_out(site: Site) -> None:
    row = next(
        row
        for row in read(site.folder / "capabilities.html").find("tr")
        if row.attributes.get("id") == "capability-data-parallel"
    )
    stopped, not_tried = row.find("td")
    assert stopped.text == "error"
    assert stopped.one("a").attributes["href"].startswith("capability-data-parallel.html#observation-")
    assert not_tried.text == "not run"
    assert not not_tried.find("a")


def test_the_error_text_is_shown_whole(site: Site) -> None:
    said = read(site.folder / "capability-data-parallel.html").find("pre")[0]
    assert said.text == "RuntimeError: no <peer>\n\n    at line 7"


def test_recipes_stand_side_by_side_as_they_are_shipped(site: Site) -> None:
    page = read(site.folder / "capability-shape-changes.html")
    figures = [each for each in page.find("figure") if "code" in each.classes]
    assert len(figures) == len(definitions.frameworks())
    for figure in figures:
        path = figure.one("figcaption").one("code").text
        shipped = definitions.shipped().probes.parent / path
        assert figure.one("pre").text == shipped.read_text(encoding="utf-8").rstrip("\n")


def test_figures_of_a_proof_are_told_in_words(site: Site) -> None:
    rows = {
        row.find("th")[0].text: [cell.text for cell in row.find("td")]
        for row in read(site.folder / "capability-shape-changes.html").find("tr")
    }
    assert rows["captures, by default"] == ["2", "–"]
    assert rows["kept first"] == ["yes", "–"]


def test_the_claims_it_settles_are_named(site: Site) -> None:
    page = read(site.folder / "capability-data-parallel.html")
    settles = definitions.capabilities()["data-parallel"].settles
    links = [each.attributes["href"].rpartition("#")[2] for each in page.find("a")]
    assert {f"claim-{name}" for name in settles} <= set(links)


def test_the_download_counts_what_the_table_shows(site: Site) -> None:
    data = json.loads((site.folder / "capabilities.json").read_text(encoding="utf-8"))
    assert data["total"] == len(data["capabilities"])
    assert sum(data["counts"]["pytorch"].values()) == data["total"]
    assert data["counts"]["pytorch"]["error"] == 1


def test_every_capability_is_in_one_group() -> None:
    assert sorted(name for names in GROUPS.values() for name in names) == sorted(definitions.capabilities())


def test_without_any_capability_nothing_was_run() -> None:
    outcomes = {
        word
        for row in published.matrix(sample_run(keep=lambda each: False)).capabilities
        for word in row.outcomes.values()
    }
    assert outcomes <= {published.NOT_RUN, published.NO_RECIPE}


def test_of_several_variants_the_worst_is_shown() -> None:
    run = sample_run()
    (cell,) = [each for each in run.observations if each.probe == "capability:data-parallel"][:1]
    variants = [
        cell.model_copy(update={"parameters": {"n": number}, "outcome": outcome})
        for number, outcome in enumerate(("not_installed", "refuted", "proved"))
    ]
    matrix = published.matrix(run.model_copy(update={"observations": tuple(variants)}))
    (row,) = [row for row in matrix.capabilities if row.id == "data-parallel"]
    assert row.outcomes["pytorch"] == "refuted"
    assert row.observations["pytorch"] == 1
