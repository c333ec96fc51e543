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
            section = next(
                each
                for each in page.find("section")
                if each.attributes["aria-labelledby"] == f"for-{words.slug(told.profile)}"
            )
            rows = section.one("tbody").find("tr")
            assert len(rows) == len(told.ranking)
            cells = {(cell.framework, cell.route): cell for cell in told.evidence if cell.criterion == need.criterion}
            for row, ranked in zip(rows, told.ranking, strict=True):
                cell = cells[ranked.framework, ranked.route]
                shown = row.find("td")[-1].text
                assert shown == ("–" if cell.score is None else f"{cell.score:.2f}")


def test_missing_evidence_is_drawn_from_nothing_to_everything(site: Site) -> None:
    drawn = [
        bar
        for page in site.folder.glob("criterion-*.html")
        for bar in read(page).find("rect")
        if bar.classes == ["none"]
    ]
    assert drawn
    assert all((bar.attributes["x"], bar.attributes["width"]) == ("0.0%", "100.0%") for bar in drawn[:1])


def test_says_how_to_measure_it_again(site: Site) -> None:
    page = read(site.folder / "criterion-control-flow.html")
    assert "advisor probe --only 'capability:dynamic-control-flow'" in page.one("main").text
