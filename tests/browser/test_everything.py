"""The campaign over all pages finds what is wrong with one, and nothing on a page where nothing is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.everything import Found, Links, look
from tests.browser.screens import WIDTHS, sampled

pytestmark = pytest.mark.browser

GOOD = """<!DOCTYPE html><html lang="en"><title>A page</title><link rel="icon" href="data:,"><body>
<main><h1 id="top">A page</h1><p><a href="index.html#top">Here</a> and <a href="{}">there</a></p>{}</main></html>"""
BAD = """<img src="http://127.0.0.1:1/elsewhere.png"><script>document.title = "changed"</script>
<div class="wide">wide</div><details><summary>More</summary><div class="wide">more</div></details>"""
STYLE = '<link rel="stylesheet" href="style.css">'


def campaign(browser: Browser, home: str, folder: Path) -> list[Found]:
    links = Links(folder)
    pages = sampled([page.name for page in sorted(folder.glob("*.html"))], None)
    found = [each for _, several in look(browser, home, pages, links) for each in several]
    return [*found, *links.broken(), *links.unreached()]


def test_a_good_site_has_nothing_amiss(browser: Browser, serve: Callable[[Path], str], tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(GOOD.format("method.html#top", ""), encoding="utf-8")
    (tmp_path / "method.html").write_text(GOOD.format("index.html", ""), encoding="utf-8")
    assert campaign(browser, serve(tmp_path), tmp_path) == []


def test_every_kind_of_fault_is_found(browser: Browser, serve: Callable[[Path], str], tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(GOOD.format("index.html#nowhere", STYLE + BAD), encoding="utf-8")
    (tmp_path / "method.html").write_text(GOOD.format("gone.html", ""), encoding="utf-8")
    (tmp_path / "style.css").write_text(
        ".wide { width: 2000px } @media (prefers-color-scheme: dark) { p { color: #ddd; background: #fff } }", "utf-8"
    )
    found = campaign(browser, serve(tmp_path), tmp_path)
    aspects = {aspect: [each for each in found if each.aspect == aspect] for aspect in {each.aspect for each in found}}
    assert aspects.keys() == {"console", "asked elsewhere", "too wide", "axe", "links"}
    assert {each.what for each in aspects["links"]} == {
        "/index.html#nowhere: no such anchor", "/gone.html: no such file", "no way from the first page leads here",
    }  # fmt: skip
    contrast = {each.where for each in aspects["axe"] if each.what.startswith("color-contrast")}
    ways = ("scripts", "no scripts")
    assert contrast == {f"{width} px, dark, {way}" for width in WIDTHS for way in ways}
    assert any(each.what.startswith("image-alt") for each in aspects["axe"])
    # A script within the page breaks the policy where scripts run.
    assert any("Content Security Policy" in each.what for each in aspects["console"])
    assert {each.where.split(" px")[0] for each in aspects["too wide"]} == {str(width) for width in WIDTHS}
