"""The built site: whole, closed, strict, and the same every time."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from advisor import resources
from advisor.errors import AdvisorError
from advisor.measurement.run import save_run
from advisor.report.site import build_site
from tests.report.conftest import COMMAND, Site
from tests.report.html import Element, read
from tests.report.samples import sample_recommendation
from tests.samples import sample_run

pytestmark = pytest.mark.integration

LOADING = {"src", "srcset", "poster", "data", "action", "background", "ping", "manifest"}


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_has_the_pages(site: Site) -> None:
    names = {page.stem for page in site.pages}
    assert {"index", "profile-edge", "profile-deployment", "profile-research", "evidence", "machine"} <= names
    assert {"workload-cnn-inference", "workload-mlp-training", "route-litert", "method", "downloads"} <= names


def test_every_page_has_one_heading_and_a_title(site: Site) -> None:
    for page in site.pages:
        tree = read(page)
        assert len(tree.find("h1")) == 1, page.name
        assert tree.one("title").text.strip(), page.name
        assert tree.one("html").attributes["lang"] == "en"


def test_every_internal_link_and_anchor_resolves(site: Site) -> None:
    anchors = {
        page.name: [each.attributes["id"] for each in read(page).walk() if "id" in each.attributes]
        for page in site.pages
    }
    for name, found in anchors.items():
        assert len(found) == len(set(found)), f"{name}: an id stands twice"
    for page in site.pages:
        for element in read(page).walk():
            address = element.attributes.get("href")
            if address is None or urlsplit(address).scheme:
                continue
            path, fragment = urlsplit(address).path, urlsplit(address).fragment
            target = unquote(path) or page.name
            assert (site.folder / target).is_file(), f"{page.name}: {address}"
            if fragment:
                assert fragment in anchors[target], f"{page.name}: {address}"


def test_every_observation_has_an_anchor(site: Site) -> None:
    found = {each.attributes["id"] for page in site.pages for each in read(page).walk() if "id" in each.attributes}
    assert {f"observation-{index}" for index in range(len(site.run.observations))} <= found


def test_nothing_is_loaded_from_elsewhere(site: Site) -> None:
    for page in site.pages:
        for element in read(page).walk():
            for name, value in element.attributes.items():
                loads = name in LOADING or (name == "href" and element.name in ("link", "use", "image"))
                if loads:
                    assert not urlsplit(value).scheme.startswith("http"), f"{page.name}: {value}"
                    assert not value.startswith("//"), f"{page.name}: {value}"
    style = (site.folder / "style.css").read_text(encoding="utf-8")
    assert "url(" not in style
    assert "@import" not in style


def test_the_strict_policy_holds_by_construction(site: Site) -> None:
    for page in site.pages:
        for element in read(page).walk():
            assert "style" not in element.attributes, page.name
            assert not [name for name in element.attributes if name.startswith("on")], page.name
            assert element.name != "style", page.name
            if element.name == "script":
                assert "src" in element.attributes or element.attributes.get("type") == "application/json", page.name


def test_stackable_tables_say_what_every_cell_is(site: Site) -> None:
    seen = 0
    for page in site.pages:
        for table in read(page).find("table"):
            assert table.find("caption"), page.name
            assert all(each.attributes.get("scope") for each in table.find("th")), page.name
            if "stackable" in table.classes:
                seen += 1
                check_roles(table)
    assert seen > 20


def check_roles(table: Element) -> None:
    columns = len(table.one("thead").find("th"))
    for row in table.one("tbody").find("tr"):
        cells = [each for each in row.children if isinstance(each, Element)]
        assert len(cells) == columns, [each.text for each in cells]
        assert cells[0].attributes["role"] == "rowheader"
        for cell in cells[1:]:
            assert cell.attributes["role"] == "cell"
            assert "data-label" in cell.attributes


def test_pages_are_light(site: Site) -> None:
    for page in site.pages:
        assert page.stat().st_size <= 150_000, page.name


def test_no_section_is_empty(site: Site) -> None:
    for page in site.pages:
        for section in read(page).find("section"):
            heading = section.one("h2").text
            assert len(section.text.strip()) > len(heading), f"{page.name}: {heading}"


def test_footer_tells_where_the_page_comes_from(site: Site) -> None:
    for page in site.pages:
        footer = read(page).one("footer").text
        assert site.run.id in footer
        assert "2.13.0" in footer
        assert COMMAND in footer


def test_a_build_tells_of_every_page_that_it_writes_and_builds(tmp_path: Path) -> None:
    told: list[tuple[str, str]] = []
    index = build_site(
        sample_run(), [sample_recommendation()], tmp_path / "site", on_step=lambda *step: told.append(step)
    )
    pages = {page.stem for page in index.parent.rglob("*.html")}
    assert {what for step, what in told if step == "writing pages"} == pages
    assert {what for step, what in told if step == "building pages"} == pages


def test_two_builds_are_equal(site: Site, tmp_path: Path) -> None:
    build_site(
        site.run, site.recommendations, tmp_path / "again", command=COMMAND, others=iter(site.others), articles=True
    )
    first, second = bytes_of(site.folder), bytes_of(tmp_path / "again")
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


def test_two_builds_in_different_surroundings_are_equal(tmp_path: Path) -> None:
    """Another working folder, order of sets, time zone and language; the second finds what the first left behind."""
    places = []
    for name, seed, zone, language in (("one", "1", "UTC", "C"), ("zwölf", "77", "Asia/Tokyo", "C.UTF-8")):
        folder = tmp_path / name
        folder.mkdir()
        save_run(sample_run(), folder / "run.json")
        surroundings = {
            **os.environ, "ADVISOR_CACHE": str(tmp_path / "cache"), "PYTHONHASHSEED": seed, "TZ": zone,
            "LC_ALL": language,
        }  # fmt: skip
        build = ("site", "build", "--run", "run.json", "--profile", "edge", "--output", "site")
        subprocess.run([sys.executable, "-m", "advisor", *build], cwd=folder, env=surroundings, check=True)
        places.append(bytes_of(folder / "site"))
    assert [name for name in {**places[0], **places[1]} if places[0].get(name) != places[1].get(name)] == []


def test_from_the_answer_to_the_samples_are_three_clicks_at_most(site: Site) -> None:
    leads = {
        page.name: {
            urlsplit(each.attributes["href"]).path for each in read(page).one("main").find("a")
            if "href" in each.attributes
        } for page in site.pages
    }  # fmt: skip
    homes = {
        each.attributes["id"]: page.name for page in site.pages for each in read(page).walk()
        if each.attributes.get("id", "").startswith("observation-")
    }  # fmt: skip
    for told in site.recommendations[:3]:
        reached, frontier = {f"profile-{told.profile}.html"}, {f"profile-{told.profile}.html"}
        for _ in range(3):
            frontier = {name for page in frontier for name in leads.get(page, ())} - reached
            reached |= frontier
        rests = {index for cell in told.evidence for index in re.findall(r"/observations/(\d+)", cell.evidence or "")}
        assert len(rests) > 3
        assert {homes[f"observation-{index}"] for index in rests} <= reached


def test_replaces_its_own_site_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "site"
    index = build_site(sample_run(), [sample_recommendation()], target)
    (target / "notes.html").write_text("mine", encoding="utf-8")
    gone = sample_recommendation().model_copy(update={"profile": "another"})
    assert build_site(sample_run(), [gone], target) == index
    assert (target / "notes.html").read_text(encoding="utf-8") == "mine"
    assert not (target / "profile-edge.html").exists()
    assert [each.name for each in tmp_path.iterdir()] == ["site"]


def test_refuses_a_folder_of_somebody_else(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work", encoding="utf-8")
    with pytest.raises(AdvisorError, match="did not write"):
        build_site(sample_run(), [sample_recommendation()], tmp_path)
    assert (tmp_path / "thesis.tex").read_text(encoding="utf-8") == "years of work"


def test_refuses_a_file_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "site").write_text("", encoding="utf-8")
    with pytest.raises(AdvisorError, match="a file stands"):
        build_site(sample_run(), [sample_recommendation()], tmp_path / "site")


def test_templates_and_theme_can_be_overridden(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    (mine / "site").mkdir(parents=True)
    (mine / "theme").mkdir()
    (mine / "site" / "method.md.j2").write_text(
        '{% extends "shipped/site/method.md.j2" %}\n'
        "{% block content %}{{ super() }}<p>Our house rules</p>{% endblock %}\n",
        encoding="utf-8",
    )
    (mine / "theme" / "main.html").write_text(
        '{% extends "base.html" %}{% block head %}<meta name="team" content="ours">{% endblock %}', encoding="utf-8"
    )
    folder = tmp_path / "site"
    build_site(sample_run(), [sample_recommendation()], folder, templates=mine)
    method = (folder / "method.html").read_text(encoding="utf-8")
    assert "Our house rules" in method
    assert "How we measure" in method
    assert '<meta name="team" content="ours">' in (folder / "index.html").read_text(encoding="utf-8")


def test_one_framework_alone_still_gives_a_site(tmp_path: Path) -> None:
    run = sample_run(frameworks=("pytorch",))
    index = build_site(run, [], tmp_path / "site")
    assert index.is_file()


def test_templates_hold_no_inline_style_or_foreign_address() -> None:
    for path in resources.templates().rglob("*"):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            assert not re.search(r"\sstyle=\"", text), path
            assert not re.search(r"https?://(?!www\.w3\.org/2000/svg\b)", text), path
