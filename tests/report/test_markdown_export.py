"""The pages without our site around them: Markdown for another engine, and one page as one file."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from mkdocs.commands import build
from mkdocs.config import load_config

from advisor.errors import AdvisorError
from advisor.report.markdown_export import write_docs, write_file
from advisor.report.site import build_site
from tests.report.html import EVIL_TITLE, read, what_runs
from tests.report.samples import sample_recommendation
from tests.samples import sample_run

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("theme", ["mkdocs", "readthedocs", "material"])
def test_the_markdown_builds_with_another_theme_without_loss(tmp_path: Path, theme: str) -> None:
    run = sample_run()
    elsewhere = run.model_copy(update={"id": "b", "host": run.host.model_copy(update={"cpu": EVIL_TITLE})})
    index = write_docs(run, [sample_recommendation()], tmp_path / "pages", others=[elsewhere])
    assert index.is_file()
    config = tmp_path / "pages" / "mkdocs.yml"
    config.write_text(config.read_text(encoding="utf-8") + f"theme: {theme}\n", encoding="utf-8")
    build.build(load_config(str(config)))
    ours = build_site(sample_run(), [sample_recommendation()], tmp_path / "ours").parent
    text = read(ours / "profile-edge.html").one("main").text
    said = [each for each in ("first in", "Accuracy lost to int8 is 0.3 %, against 1.1 %.") if each in text]
    built = (tmp_path / "pages" / "site" / "profile-edge.html").read_text(encoding="utf-8")
    assert said
    assert all(each in built for each in said)
    for mark in ("<data ", "<bdi ", "<svg ", "<tr "):
        assert built.count(mark) >= (ours / "profile-edge.html").read_text(encoding="utf-8").count(mark)
    pages = [page.read_text(encoding="utf-8") for page in (tmp_path / "pages" / "site").rglob("*.html")]
    assert any("\u2039script\u203adocument" in page for page in pages)
    assert [what_runs(page) for page in pages if what_runs(page)] == []


def test_one_file_needs_nothing_beside_it(tmp_path: Path) -> None:
    file = write_file(sample_run(), sample_recommendation(), tmp_path / "answer.html")
    tree = read(file)
    assert not tree.find("script")
    assert not [each for each in tree.find("link") if each.attributes.get("rel") == "stylesheet"]
    assert "--orange" in tree.one("style").text
    ids = {each.attributes["id"] for each in tree.walk() if "id" in each.attributes}
    links = [each.attributes["href"] for each in tree.find("a")]
    assert links
    assert all(link.startswith("https://") or link.removeprefix("#") in ids for link in links)
    assert [each.name for each in tmp_path.iterdir()] == ["answer.html"]


def test_one_file_is_not_written_over_a_folder(tmp_path: Path) -> None:
    with pytest.raises(AdvisorError, match="a folder stands"):
        write_file(sample_run(), sample_recommendation(), tmp_path)


def test_a_site_and_the_markdown_never_replace_each_other(tmp_path: Path) -> None:
    run, told = sample_run(), sample_recommendation()
    pages = write_docs(run, [told], tmp_path / "pages")
    published = build_site(run, [told], tmp_path / "site")
    with pytest.raises(AdvisorError, match=r"site: holds a site, which Markdown would replace$"):
        write_docs(run, [told], published.parent)
    with pytest.raises(AdvisorError, match=r"pages: holds Markdown for another engine, which a site would replace$"):
        build_site(run, [told], tmp_path / "pages")
    assert published.is_file()
    assert pages.is_file()
    assert write_docs(run, [told], tmp_path / "pages") == pages


def test_what_did_not_change_keeps_its_time(tmp_path: Path) -> None:
    index = build_site(sample_run(), [sample_recommendation()], tmp_path / "site")
    before = {path.name: path.stat().st_mtime_ns for path in index.parent.iterdir()}
    time.sleep(0.01)
    changed = sample_recommendation().model_copy(update={"against": "Nothing speaks against it."})
    build_site(sample_run(), [changed], tmp_path / "site")
    after = {path.name: path.stat().st_mtime_ns for path in index.parent.iterdir()}
    new = {name for name in after if after[name] != before.get(name)}
    assert {".advisor-site", "profile-edge.html", "answer-edge.json", "search-index.js"} == new
