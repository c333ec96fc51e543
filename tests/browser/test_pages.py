"""Every kind of page in a real browser: quiet, closed, accessible, and as wide as the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page

from tests.report.conftest import Site

pytestmark = pytest.mark.browser

Scheme = Literal["light", "dark"]
WIDTHS = (320, 768, 1440)
# Every page goes through every screen, and through axe on the narrowest; one of each kind goes through everything.
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


def too_wide(page: Page) -> list[str]:
    """Return what sticks out of the screen at the right."""
    found: list[str] = page.evaluate(
        """() => document.documentElement.scrollWidth <= window.innerWidth ? [] :
           [...document.querySelectorAll('main *')]
             .filter(each => each.getBoundingClientRect().right > window.innerWidth + 1)
             .map(each => each.tagName + '.' + each.className)"""
    )
    return found


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_quiet_closed_and_narrow_enough(
    browser: Browser, serve: Callable[[Path], str], site: Site, width: int, scheme: Scheme, script: bool
) -> None:
    home = serve(site.folder)
    with opened(browser, width, scheme, script=script) as watch:
        for page in site.pages:
            if page.stem not in KINDS and (scheme == "dark" or not script):
                continue
            watch.page.goto(f"{home}/{page.name}")
            assert watch.problems == [], page.name
            assert [each for each in watch.requests if not each.startswith((home, "data:"))] == [], page.name
            if script:
                assert too_wide(watch.page) == [], f"{page.name} at {width} px"


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (320, "dark"), (768, "light"), (1440, "dark")])
def test_no_barrier_that_axe_can_find(
    browser: Browser, serve: Callable[[Path], str], site: Site, width: int, scheme: Scheme
) -> None:
    home = serve(site.folder)
    with opened(browser, width, scheme) as watch:
        for name in [page.stem for page in site.pages] if (width, scheme) == (320, "light") else KINDS:
            watch.page.goto(f"{home}/{name}.html")
            watch.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
            results = Axe().run(watch.page)
            assert results.violations_count == 0, f"{name}, {width} px, {scheme}: {results.generate_report()}"


def test_works_from_a_file(browser: Browser, site: Site) -> None:
    with opened(browser, 1440) as watch:
        for page in site.pages:
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
