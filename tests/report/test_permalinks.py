"""Pinned sites: two links on every page, and builds of older Runs that stay."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from advisor.measurement.run import Run
from advisor.report.site import build_site
from tests.report.html import read
from tests.report.samples import sample_recommendation
from tests.samples import sample_run

pytestmark = pytest.mark.integration


def links(page: Path) -> dict[str, Path]:
    """Return what the two links of a page lead to."""
    return {
        each.attributes["rel"]: (page.parent / each.attributes["href"]).resolve()
        for each in read(page).one("footer").find("a")
        if "rel" in each.attributes
    }


def later(run: Run) -> Run:
    return run.model_copy(update={"id": "a-week-later", "started": run.started + timedelta(weeks=1)})


def test_every_page_leads_to_itself_for_good_and_to_the_latest(tmp_path: Path) -> None:
    run, site = sample_run(), tmp_path / "site"
    build_site(run, [sample_recommendation()], site, pin=True)
    pages = sorted(site.glob("*.html"))
    assert len(pages) > 8
    for page in pages:
        pinned = site / "runs" / run.id / page.name
        for there in (page, pinned):
            assert links(there) == {"bookmark": pinned.resolve(), "up": page.resolve()}, there


def test_a_later_build_leaves_what_is_pinned(tmp_path: Path) -> None:
    run, site = sample_run(), tmp_path / "site"
    build_site(run, [sample_recommendation()], site, pin=True)
    before = {path.name: path.read_bytes() for path in (site / "runs" / run.id).iterdir()}
    build_site(later(run), [sample_recommendation()], site, pin=True)
    build_site(later(run), [sample_recommendation()], site)
    assert {path.name: path.read_bytes() for path in (site / "runs" / run.id).iterdir()} == before
    assert sorted(path.name for path in (site / "runs").iterdir()) == [run.id, "a-week-later"]
    assert "a-week-later" in read(site / "index.html").one("footer").text
    assert links(site / "index.html") == {}
