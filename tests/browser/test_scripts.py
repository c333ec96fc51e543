"""What the scripts add: other weights, sorted tables, search. Each from a file and under the strict policy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from advisor.decision.recommendation import Recommendation
from tests.browser.test_pages import opened
from tests.report.conftest import Site

pytestmark = pytest.mark.browser


@pytest.fixture(params=["file", "strict"])
def home(request: pytest.FixtureRequest, serve: Callable[[Path], str], site: Site) -> str:
    """The address of the site: a folder on disk, or a server with the strict policy."""
    return site.folder.as_uri() if request.param == "file" else serve(site.folder)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with opened(browser, 1440) as watch:
        yield watch.page
        assert watch.problems == []


def live(page: Page) -> list[tuple[str, str]]:
    rows = page.locator("#what-if .live li")
    names, values = rows.locator(".live-name").all_text_contents(), rows.locator(".live-value").all_text_contents()
    return list(zip([name.replace("→through", "→") for name in names], values, strict=True))


def engine(told: Recommendation) -> list[tuple[str, str]]:
    titles = told.titles
    return [
        (" → ".join(titles[part] for part in (each.framework, each.route) if part), f"{each.value:.2f}")
        for each in sorted(told.ranking, key=lambda each: not each.feasible)
    ]


@pytest.mark.parametrize("number", range(3))
def test_at_the_profiles_weights_it_shows_the_engines_numbers(page: Page, home: str, site: Site, number: int) -> None:
    told = site.recommendations[number]
    page.goto(f"{home}/profile-{told.profile}.html")
    assert live(page) == engine(told)


def test_sliders_rank_again_by_keyboard_and_the_address_keeps_it(page: Page, home: str, site: Site) -> None:
    told = site.recommendations[0]
    page.goto(f"{home}/profile-edge.html")
    before = live(page)
    for need in told.needs:
        if need.criterion != "framework-maintenance":
            page.locator(f"#w-{need.criterion}").focus()
            page.keyboard.press("Home")
    assert live(page) != before
    # One criterion is left, so its partial values are the values.
    parts = {
        each.framework: part.value
        for each in told.ranking
        for part in each.contributions
        if part.criterion == "framework-maintenance" and part.value is not None
    }
    assert {value for _, value in live(page)} == {f"{value:.2f}" for value in parts.values()}
    assert "edge-latency=0" in page.url
    after = live(page)
    page.reload()
    assert live(page) == after
    page.get_by_role("button", name="Back to the profile").click()
    expect(page.locator("#what-if .live-value").first).to_have_text(before[0][1])
    assert live(page) == before
    assert page.url.endswith("#what-if")


def test_all_weights_zero_compares_nothing(page: Page, home: str, site: Site) -> None:
    state = "&".join(f"{need.criterion}=0" for need in site.recommendations[0].needs)
    page.goto(f"{home}/profile-edge.html#what-if?{state}")
    assert live(page) == []
    assert "nothing is compared" in page.locator("#what-if [role=status]").inner_text()


def test_a_requirement_can_be_dropped(page: Page, home: str) -> None:
    page.goto(f"{home}/profile-made-by-hand.html")
    assert page.locator("#what-if .live li.out").count() == 1
    page.get_by_label("Size of the model file at most 32 kB").uncheck()
    assert page.locator("#what-if .live li.out").count() == 0
    assert "without=artifact-size" in page.url


@pytest.mark.parametrize("state", ["edge-latency=abc", "edge-latency=-9e99", "x=%00&__proto__=1", "without=,,<b>"])
def test_a_forged_address_does_no_harm(page: Page, home: str, site: Site, state: str) -> None:
    page.goto(f"{home}/profile-edge.html#what-if?{state}")
    assert len(live(page)) == len(site.recommendations[0].ranking)


def test_tables_sort_by_exact_values_and_remember(page: Page, home: str) -> None:
    page.goto(f"{home}/profile-edge.html")
    header = page.locator("table.contrib thead th").nth(2)
    header.get_by_role("button").click()
    header.get_by_role("button").click()
    assert header.get_attribute("aria-sort") == "descending"
    shown = page.locator("table.contrib tbody tr:not(.total) td:nth-child(3) data")
    values = [float(each.get_attribute("value") or "nan") for each in shown.all()]
    assert values == sorted(values, reverse=True)
    assert page.locator("table.contrib tbody tr").last.get_attribute("class") == "total"
    page.reload()
    assert page.locator("table.contrib thead th").nth(2).get_attribute("aria-sort") == "descending"
    page.locator("table.contrib thead th").nth(2).get_by_role("button").click()
    assert "sort" not in page.url


def test_narrow_tables_have_no_hidden_buttons(page: Page, home: str) -> None:
    page.goto(f"{home}/profile-edge.html")
    page.set_viewport_size({"width": 320, "height": 900})
    expect(page.locator("button.sort")).to_have_count(0)


def test_search_finds_sections_and_opens_the_first(page: Page, home: str) -> None:
    page.goto(f"{home}/index.html")
    page.keyboard.press("/")
    page.keyboard.type("accuracy lost")
    first = page.locator(".results a").first
    expect(first).to_be_visible()
    address = first.get_attribute("href") or ""
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{address}")
    assert (page.locator("main").inner_text()).lower().count("accuracy") > 0


def test_search_says_when_it_finds_nothing(page: Page, home: str) -> None:
    page.goto(f"{home}/index.html")
    page.locator("#search").fill("zebra")
    expect(page.locator(".search [role=status]")).to_have_text("Nothing found")
