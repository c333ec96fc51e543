"""What the scripts add: other weights, sorted tables, search. Each from a file and under the strict policy."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from advisor import resources
from advisor.decision.engine import decide
from advisor.decision.recommendation import Recommendation
from advisor.profiles.adjustments import reweighted
from advisor.profiles.profile import load_profile
from tests.browser.screens import opened
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


@pytest.mark.parametrize("moved", [("edge-latency",), ("edge-latency", "framework-maintenance"), None])
def test_the_command_decides_as_the_page_does(page: Page, home: str, site: Site, moved: tuple[str, ...] | None) -> None:
    profile = load_profile(resources.profiles() / "edge.yaml")
    names = moved or [wish.criterion.id for wish in profile.wishes]
    state = "&".join(f"{name}={0.3 + 0.2 * place:.1f}" for place, name in enumerate(names))
    page.goto(f"{home}/profile-edge.html#what-if?{state}")
    words = shlex.split(page.locator(".what-if-command").inner_text())
    assert words[:6] == ["advisor", "recommend", "--profile", "edge", "--run", "run.json.gz"]
    assert words[6::2] == ["--weight"] * (len(names) if moved else len(names) - 1)
    told = decide(site.run, reweighted(profile, words[7::2]))
    assert sorted(live(page)) == sorted(engine(told))


def test_a_button_copies_the_command(browser: Browser, serve: Callable[[Path], str], site: Site) -> None:
    with opened(browser, 1440, address=f"{serve(site.folder)}/profile-edge.html#what-if?edge-latency=2") as watch:
        watch.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        watch.page.get_by_role("button", name="Copy the command").click()
        expect(watch.page.locator(".copied")).to_have_text("Copied.")
        copied = watch.page.evaluate("navigator.clipboard.readText()")
        assert copied == watch.page.locator(".what-if-command").inner_text()
        assert "--weight edge-latency=" in copied


def test_rows_are_filtered_by_words_and_the_address_keeps_it(page: Page, home: str) -> None:
    page.goto(f"{home}/claims.html")
    rows = page.locator("table.ledger tbody tr")
    everything = rows.count()
    page.get_by_label("Filter rows").fill("pytorch  HOLDS")
    few = page.locator("table.ledger tbody tr:visible")
    assert 0 < few.count() < everything
    assert all("pytorch" in text.lower() and "holds" in text.lower() for text in few.all_inner_texts())
    count = few.count()
    page.reload()
    assert few.count() == count
    page.get_by_label("Filter rows").fill("")
    assert few.count() == everything
    assert "rows" not in page.url


def test_all_weights_zero_compares_nothing(page: Page, home: str, site: Site) -> None:
    state = "&".join(f"{need.criterion}=0" for need in site.recommendations[0].needs)
    page.goto(f"{home}/profile-edge.html#what-if?{state}")
    assert live(page) == []
    assert "nothing is compared" in page.locator("#what-if .what-if-status").inner_text()


def test_a_constraint_can_be_dropped(page: Page, home: str) -> None:
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
    shown = page.locator("table.contrib tbody tr:not(.total) td:nth-child(3) data:first-of-type")
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


def test_a_pinned_address_tells_when_the_site_shows_another_run(page: Page, home: str, site: Site) -> None:
    page.goto(f"{home}/profile-edge.html")
    page.get_by_role("link", name="This run").click()
    assert page.url.endswith(f"profile-edge.html?run={site.run.id}")
    notice = page.locator("main .pinned")
    assert notice.count() == 0
    page.goto(f"{home}/profile-edge.html?run=20200101-000000-<b>&sort=1.2.up")
    expect(notice).to_contain_text("20200101-000000-<b>")
    expect(notice).to_contain_text(site.run.id)
    page.get_by_role("link", name="Latest").click()
    assert page.url.endswith("profile-edge.html")
    assert notice.count() == 0


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


def test_a_chart_answers_to_the_pointer_and_fades_the_others(page: Page, home: str) -> None:
    page.goto(f"{home}/profile-edge.html")
    figure = page.locator("#fig-evidence")
    figure.locator("svg.wide").hover()
    mark = figure.locator(".live-chart .mark-symbol path").first
    expect(mark).to_be_attached(timeout=120_000)
    expect(figure.locator("svg.wide")).to_be_hidden()
    mark.hover(force=True)
    expect(page.locator("#vg-tooltip-element")).to_contain_text("measured here")
    assert figure.locator(".live-chart .mark-symbol path[opacity='0.2']").count() > 0
    page.locator("#fig-lead button.live-button").press("Enter")
    expect(page.locator("#fig-lead .live-chart svg")).to_be_visible()
