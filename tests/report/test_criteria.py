"""The pages of the criteria: one for each that is weighed, with what every stack's figure is worth."""

from __future__ import annotations

from advisor.report import words
from tests.report.conftest import Site
from tests.report.html import read


def test_every_weighed_criterion_has_a_page(site: Site) -> None:
    weighed = {need.criterion for told in site.recommendations for need in told.needs}
    assert {page.stem for page in site.folder.glob("criterion-*.html")} == {
        f"criterion-{words.slug(name)}" for name in weighed
    }


def test_tells_the_worth_of_every_stack_for_every_profile(site: Site) -> None:
    for told in site.recommendations:
        for need in told.needs:
            page = read(site.folder / f"criterion-{words.slug(need.criterion)}.html")
            asked = f"for-{words.slug(told.profile)}"
            (section,) = [
                each
                for each in page.find("section")
                if any(row.attributes.get("id") == asked for row in each.find("tr"))
            ]
            (table,) = [each for each in section.find("table") if "worth" in each.classes]
            shown = {
                " ".join(row.one("th").text.split()): row.find("td")[-1].text for row in table.one("tbody").find("tr")
            }
            cells = {(cell.framework, cell.route): cell for cell in told.evidence if cell.criterion == need.criterion}
            for ranked in told.ranking:
                cell = cells[ranked.framework, ranked.route]
                name = " →through ".join(
                    told.titles.get(part, part) for part in (ranked.framework, ranked.route) if part
                )
                assert shown[name] == ("–" if cell.score is None else f"{cell.score:.2f}")


def test_profiles_that_agree_on_floor_and_target_share_a_section(site: Site) -> None:
    for page in site.folder.glob("criterion-*.html"):
        ends = [
            tuple(each.text for each in section.find("dd"))
            for section in read(page).find("section")
            if section.attributes["aria-labelledby"].startswith("scale-")
        ]
        # The one that is made by hand knows other figures for the same ends.
        assert ends
        assert len(ends) <= len(set(ends)) + 1


def test_says_how_to_measure_it_again(site: Site) -> None:
    page = read(site.folder / "criterion-control-flow.html")
    assert "advisor probe --only 'capability:dynamic-control-flow'" in page.one("main").text
