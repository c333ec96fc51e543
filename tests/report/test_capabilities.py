"""The matrix and the pages of the capabilities: outcomes, error texts, and the recipes as they are shipped."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from markupsafe import escape

from advisor.measurement import definitions
from advisor.report import publications
from advisor.report.figures import Quote
from advisor.report.pages.capabilities import GROUPS, Setting, page
from advisor.report.pages.context import Report
from advisor.report.site import build_site
from tests.report.conftest import Site
from tests.report.html import read
from tests.samples import sample_run

pytestmark = pytest.mark.integration


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
    stopped, not_tried, *_ = row.find("td")
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


@pytest.fixture
def several() -> dict[str, Any]:
    """Return what the page of a recipe with several results of each framework is made from."""
    blank = next(each for each in sample_run().observations if each.probe.startswith("capability:"))
    found = [
        blank.model_copy(
            update={
                "probe": "capability:route-litert",
                "framework": framework,
                "parameters": {"workload": network, "precision": precision, "batching": "static"},
                "outcome": "refuted" if network == "lstm" else "proved",
                "message": "no <lstm>" if network == "lstm" else None,
                "proof": {"artifact_bytes": 1000.0 * number},
            }
        )
        for number, (framework, precision, network) in enumerate(
            product(("pytorch", "tensorflow"), ("float32", "int8"), ("mlp", "lstm"))
        )
    ]
    run = sample_run()
    report = Report(run.model_copy(update={"observations": (*run.observations, *found)}), [])
    (about,) = (each for each in report.probes_of("capability") if each.probe == "capability:route-litert")
    return page(report, about)


def test_several_results_of_a_recipe_are_told_apart(several: dict[str, Any]) -> None:
    # What all of them share, such as the batch here, tells nothing apart.
    assert [each["plain"] for each in several["results"]] == [
        f"{framework}, {network}, {precision}"
        for framework, precision, network in product(("PyTorch", "TensorFlow"), ("float32", "int8"), ("mlp", "lstm"))
    ]


def test_their_figures_stand_in_a_table_for_each_framework_and_setting(several: dict[str, Any]) -> None:
    tables = several["tables"]
    assert [table["title"] for table in tables] == [
        "PyTorch, float32", "PyTorch, int8", "TensorFlow, float32", "TensorFlow, int8",
    ]  # fmt: skip
    for number, table in enumerate(tables):
        assert [str(each["settings"][0]) for each in table["results"]] == ["mlp", "lstm"]
        ((name, figures),) = table["rows"]
        assert name == "artifact bytes"
        assert [figure.value for figure in figures] == [2000 * number, 2000 * number + 1000]


@pytest.mark.parametrize("parameters", [({}, {}), ({}, {"workload": "mlp"}), ({"batch": 1}, {"workload": "mlp"})])
def test_a_run_that_says_the_same_twice_or_half_has_a_page_nevertheless(
    tmp_path: Path, parameters: tuple[dict[str, Any], ...]
) -> None:
    run = sample_run(keep=lambda each: not each.probe.startswith("capability:"))
    blank = next(each for each in sample_run().observations if each.probe.startswith("capability:"))
    found = [
        blank.model_copy(update={"probe": "capability:export-onnx", "parameters": each, "proof": {"bytes": 1}})
        for each in parameters
    ]
    index = build_site(run.model_copy(update={"observations": (*run.observations, *found)}), [], tmp_path / "site")
    page = read(index.parent / "capability-export-onnx.html")
    rows = [row.text for row in page.find("tr") if "observation" in row.attributes.get("id", "")]
    assert len(rows) == 2
    for each, row in zip(parameters, rows, strict=True):
        assert all(str(value) in row for value in each.values())


def test_a_setting_is_a_citation_with_its_word() -> None:
    setting = Setting(Quote("<dynamic>", "run#/x"), " batch")
    assert str(setting) == "<dynamic> batch"
    assert escape(setting) == '<bdi data-from="run#/x">&lt;dynamic&gt;</bdi> batch'


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


def test_every_shipped_capability_is_in_a_group_that_has_its_place() -> None:
    assert {each.group for each in definitions.capabilities().values()} == {*GROUPS}


def test_without_any_capability_nothing_was_run() -> None:
    outcomes = {
        word
        for row in publications.matrix(sample_run(keep=lambda each: False)).capabilities
        for word in row.outcomes.values()
    }
    assert outcomes <= {publications.NOT_RUN, publications.NO_RECIPE}


def test_of_several_variants_the_worst_is_shown() -> None:
    run = sample_run()
    (cell,) = [each for each in run.observations if each.probe == "capability:data-parallel"][:1]
    variants = [
        cell.model_copy(update={"parameters": {"n": number}, "outcome": outcome})
        for number, outcome in enumerate(("not_installed", "refuted", "proved"))
    ]
    matrix = publications.matrix(run.model_copy(update={"observations": tuple(variants)}))
    (row,) = [row for row in matrix.capabilities if row.id == "data-parallel"]
    assert row.outcomes["pytorch"] == "refuted"
    assert row.observations["pytorch"] == 1
