"""Every kind of page in a real browser: quiet, closed, accessible, and as wide as the screen."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.screens import (
    COLORS,
    SCREENS,
    WIDTHS,
    Scheme,
    barriers,
    kind,
    load,
    opened,
    sampled,
    show,
    too_wide,
)
from tests.report.conftest import Site

pytestmark = pytest.mark.browser

# One page of each kind goes through everything, and at most so many more of it through one screen each, in turn;
# `python -m tests.browser.everything` shows every page on every screen.
MOST = 4
KINDS = (
    "index",
    "profile-edge",
    "profile-made-by-hand",
    "evidence",
    "workloads",
    "routes",
    "samples-workload-cnn-inference",
    "report",
    "report-statements",
    "workload-cnn-inference",
    "route-executorch",
    "capabilities",
    "capability-data-parallel",
    "criterion-edge-latency",
    "claims",
    "claims-performance",
    "systems-gone",
    "system-tensorflow-lite",
    "system-pytorch",
    "then-and-now",
    "machine",
    "machines",
    "machine-another-invented-cpu-8-cores",
    "beside-machine-another-invented-cpu-8-cores",
    "changes-run-20261120-171200-3f2a",
    "method",
    "downloads",
)


def looked_at(site: Site) -> list[Path]:
    chosen = {*sampled([page.name for page in site.pages], MOST), *(f"{name}.html" for name in KINDS)}
    return [page for page in site.pages if page.name in chosen]


def test_a_page_of_every_kind_goes_through_everything(site: Site) -> None:
    assert {kind(page.stem) for page in site.pages} == {kind(name) for name in KINDS}
    assert {page.stem for page in site.pages} >= set(KINDS)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_pages_are_quiet_closed_and_as_wide_as_the_screen(
    browser: Browser, serve: Callable[[Path], str], site: Site, script: bool
) -> None:
    home = serve(site.folder)
    with opened(browser, 1440, script=script) as watch:
        for number, page in enumerate(looked_at(site)):
            # It is loaded on one screen, each time on another, and then turned to the others.
            first = SCREENS[number % len(SCREENS)]
            show(watch.page, *first)
            watch.page.goto(f"{home}/{page.name}")
            assert too_wide(watch.page) == [], f"{page.name} at {first}"
            for screen in SCREENS:
                # Colors move nothing, so one of the two is enough to see whether everything fits.
                if screen[0] != first[0] and screen[1] == first[1] and (script or page.stem in KINDS):
                    show(watch.page, *screen)
                    assert too_wide(watch.page) == [], f"{page.name} at {screen}"
            show(watch.page, watch.page.evaluate("innerWidth"), "light" if first[1] == "dark" else "dark")
            assert watch.problems == [], page.name
            assert [each for each in watch.requests if not each.startswith((home, "data:"))] == [], page.name


@pytest.mark.parametrize("width", WIDTHS)
def test_no_barrier_that_axe_can_find(browser: Browser, serve: Callable[[Path], str], site: Site, width: int) -> None:
    home = serve(site.folder)
    with opened(browser, width) as watch:
        for number, page in enumerate(looked_at(site)):
            # A page of every kind is checked on the narrowest and the widest, the others on one screen each, in turn.
            at, scheme = SCREENS[number % len(SCREENS)]
            if at != width and (page.stem not in KINDS or width not in (WIDTHS[0], WIDTHS[-1])):
                continue
            show(watch.page, width, scheme)
            watch.page.goto(f"{home}/{page.name}")
            assert barriers(watch.page) == [], f"{page.name}, {width} px, {scheme}"
            if page.stem in KINDS and at == width:
                # Nothing but colors differs between light and dark.
                other: Scheme = "light" if scheme == "dark" else "dark"
                show(watch.page, width, other)
                assert barriers(watch.page, *COLORS) == [], f"{page.name}, {width} px, {other}"


def test_no_barrier_without_scripts(browser: Browser, serve: Callable[[Path], str], site: Site) -> None:
    home = serve(site.folder)
    with opened(browser, 1440) as watch:
        control = watch.page.context.new_cdp_session(watch.page)
        for number, name in enumerate(KINDS):
            # On a screen each; the search, which a script shows, tells that none ran.
            width, scheme = SCREENS[number % len(SCREENS)]
            show(watch.page, width, scheme)
            load(watch.page, f"{home}/{name}.html", control, script=False)
            assert watch.page.locator("form.search").get_attribute("hidden") is not None
            assert barriers(watch.page) == [], f"{name}, {width} px, {scheme}, no scripts"
        assert watch.problems == []


def test_works_from_a_file(browser: Browser, site: Site) -> None:
    with opened(browser, 1440) as watch:
        for page in (page for page in site.pages if page.stem in KINDS):
            watch.page.goto(page.as_uri())
            assert watch.problems == [], page.name
            assert [each for each in watch.requests if not each.startswith(("file:", "data:"))] == []


def test_from_verdict_to_samples_in_three_clicks(browser: Browser, site: Site) -> None:
    with opened(browser, 1440, address=(site.folder / "index.html").as_uri()) as watch:
        page = watch.page
        page.locator(".verdict").first.get_by_role("link", name="Reasons and evidence").click()
        page.locator("#fig-evidence a.prov", has_text="measured here").first.click()
        assert "#observation-" in page.url
        target = page.locator(":target")
        target.get_by_role("link", name="samples").or_(page.locator("a[href*='#samples-']").first).first.click()
        assert "#samples-" in page.url


def test_the_keyboard_reaches_the_content_first(browser: Browser, site: Site) -> None:
    with opened(browser, 320, address=(site.folder / "profile-edge.html").as_uri()) as watch:
        watch.page.keyboard.press("Tab")
        assert watch.page.evaluate("document.activeElement.className") == "skip"
        watch.page.keyboard.press("Enter")
        assert watch.page.url.endswith("#main")


def test_prints_without_menu_and_with_every_table(browser: Browser, site: Site) -> None:
    with opened(browser, 1440, "dark", address=(site.folder / "profile-edge.html").as_uri()) as watch:
        watch.page.emulate_media(media="print")
        assert not watch.page.locator(".side").is_visible()
        # What stands behind an answer is on the site; on paper it is two pages.
        assert watch.page.locator("#flips").is_visible()
        assert not watch.page.locator("#fig-evidence").is_visible()


def test_an_answer_prints_on_two_pages(browser: Browser, site: Site) -> None:
    with opened(browser, 1280) as watch:
        for told in site.recommendations[:3]:
            watch.page.goto(f"{site.folder.as_uri()}/profile-{told.profile}.html")
            printed = watch.page.pdf(
                format="A4", margin={"top": "15mm", "bottom": "15mm", "left": "15mm", "right": "15mm"}
            )
            assert len(re.findall(rb"/Type\s*/Page\b", printed)) <= 2, told.profile
