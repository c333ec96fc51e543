"""Words of the report: names as people write them."""

from __future__ import annotations

import pytest

from advisor.report import words


@pytest.mark.parametrize(
    ("identifier", "written"),
    [("mlops", "MLOps"), ("small-data", "small data"), ("mlops-edge", "MLOps edge"), ("", "")],
)
def test_a_profile_s_name_in_a_sentence(identifier: str, written: str) -> None:
    assert words.profile(identifier) == written
