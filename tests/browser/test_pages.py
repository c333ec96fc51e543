"""Every kind of page in a real browser: quiet, closed, accessible, and as wide as the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.base import AxeResults  # type: ignore[import-untyped]
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page

from tests.report.conftest import Site

pytestmark = pytest.mark.browser

Scheme = Literal["light", "dark"]
WIDTHS = (320, 768, 1440)
SCREENS: tuple[tuple[int, Scheme], ...] = tuple((width, scheme) for width in WIDTHS for scheme in ("light", "dark"))
# Every page goes through every screen; one of each kind also through axe on every screen.
KINDS = (
    "index",
    "profile-edge",
    "profile-made-by-hand",
    "evidence",
    "workloads",
    "routes",
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
    "then-and-now",
    "machine",
    "machines",
    "machine-another-invented-cpu-8-cores",
    "beside-machine-another-invented-cpu-8-cores",
    "changes-run-20261120-171200-3f2a",
    "method",
    "downloads",
)


@dataclass
class Watch:
    """What a page said and asked for."""

    page: Page
    problems: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@contextmanager
def opened(
    browser: Browser, width: int, scheme: Scheme = "light", *, script: bool = True, address: str | None = None
) -> Iterator[Watch]:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=script
    )
    watch = Watch(context.new_page())
    watch.page.on("console", lambda message: watch.problems.append(f"console: {message.text}"))
    watch.page.on("pageerror", lambda error: watch.problems.append(f"error: {error}"))
    watch.page.on("requestfailed", lambda request: watch.problems.append(f"failed: {request.url}"))
    watch.page.on("request", lambda request: watch.requests.append(request.url))
    if address is not None:
        watch.page.goto(address)
    yield watch
    context.close()


def kind(name: str) -> str:
    """Return what kind of page one is: the first word of its name."""
    return name.partition("-")[0]


def show(page: Page, width: int, scheme: Scheme) -> None:
    """Turn the open page to another screen."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)


def too_wide(page: Page) -> list[str]:
    """Return what sticks out of the screen at the right, and cells of tables whose text lies over their neighbor's."""
    found: list[str] = page.evaluate(
        """() => [
             ...(document.documentElement.scrollWidth <= window.innerWidth ? [] :
               [...document.querySelectorAll('main *')]
                 .filter(each => each.getBoundingClientRect().right > window.innerWidth + 1)),
             ...[...document.querySelectorAll('main .stackable :is(th, td)')]
               .filter(each => each.scrollWidth > each.clientWidth + 2 && each.clientWidth > 1),
           ].map(each => `${each.tagName}.${each.className}: ${each.textContent.slice(0, 40)}`)"""
    )
    return found


def barriers(page: Page, axe: Axe, *rules: str) -> str:
    """Return what axe objects to on the open page, with every block of details open; nothing when it does not."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe.axe_script)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    options = {"resultTypes": ["violations"]} | ({"runOnly": list(rules)} if rules else {})
    check = "options => axe.run(document, options).then(({violations}) => ({violations}))"
    results = AxeResults(page.evaluate(check, options))
    return str(results.generate_report()) if results.violations_count else ""


def test_a_page_of_every_kind_goes_through_everything(site: Site) -> None:
    assert {kind(page.stem) for page in site.pages} == {kind(name) for name in KINDS}
    assert {page.stem for page in site.pages} >= set(KINDS)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_every_page_is_quiet_closed_and_as_wide_as_the_screen(
    browser: Browser, serve: Callable[[Path], str], site: Site, script: bool
) -> None:
    home = serve(site.folder)
    with opened(browser, 1440, script=script) as watch:
        for number, page in enumerate(site.pages):
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
    home, axe = serve(site.folder), Axe()
    with opened(browser, width) as watch:
        for number, page in enumerate(site.pages):
            # A page of every kind is checked on every width, the others on one screen each, in turn.
            at, scheme = SCREENS[number % len(SCREENS)]
            if page.stem not in KINDS and at != width:
                continue
            show(watch.page, width, scheme)
            watch.page.goto(f"{home}/{page.name}")
            assert barriers(watch.page, axe) == "", f"{page.name}, {width} px, {scheme}"
            if page.stem in KINDS and at == width:
                # Nothing but colors differs between light and dark.
                other: Scheme = "light" if scheme == "dark" else "dark"
                show(watch.page, width, other)
                assert barriers(watch.page, axe, "color-contrast") == "", f"{page.name}, {width} px, {other}"


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
        target.get_by_role("link", name="samples").or_(page.locator("a[href^='#samples-']").first).first.click()
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
        assert watch.page.locator("#fig-evidence table").is_visible()
