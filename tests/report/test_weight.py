"""Every page of the site of the reference Run, with all shipped profiles, is light enough."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor import api

pytestmark = pytest.mark.integration

REFERENCE = Path(__file__).parents[1] / "data" / "reference-run.json"
BAR = 150_000


def test_no_page_of_the_reference_site_is_over_the_bar(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    api.build_site(api.load_run(REFERENCE), folder)
    weights = {page.name: page.stat().st_size for page in folder.glob("*.html")}
    assert {f"profile-{name}.html" for name in api.shipped_profiles()} <= weights.keys()
    assert {name: weight for name, weight in weights.items() if weight > BAR} == {}
