"""What stands in hostile documents is text for a real browser, too: nothing runs, nothing is asked for, all fits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.screens import kind, opened, show, too_wide
from tests.report.test_hostile import folder  # noqa: F401 - a fixture

pytestmark = pytest.mark.browser


def test_hostile_documents_do_nothing_in_a_browser(
    browser: Browser,
    serve: Callable[[Path], str],
    folder: Path,  # noqa: F811 - the fixture above
) -> None:
    home = serve(folder)
    pages = {kind(page.stem): page.name for page in sorted(folder.glob("*.html"))}
    with opened(browser, 320) as watch:
        watch.page.on("dialog", lambda dialog: watch.problems.append(f"dialog: {dialog.message}"))
        for name in pages.values():
            show(watch.page, 320, "light")
            watch.page.goto(f"{home}/{name}")
            assert too_wide(watch.page) == [], f"{name} at 320 px"
            show(watch.page, 1440, "dark")
            assert too_wide(watch.page) == [], f"{name} at 1440 px"
        watch.page.goto(f"{home}/index.html")
        watch.page.keyboard.press("/")
        watch.page.keyboard.type("alert script")
        watch.page.locator(".results a").first.wait_for()
        assert watch.page.locator(".results :is(img, script)").count() == 0
        assert watch.problems == []
        assert [each for each in watch.requests if not each.startswith((home, "data:"))] == []
