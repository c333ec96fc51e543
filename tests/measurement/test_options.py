"""The options of a session: known to types and at run time alike, and no number that a command line would refuse."""

from __future__ import annotations

from dataclasses import fields

import pytest

from advisor import api
from advisor.errors import AdvisorError
from advisor.measurement.options import SessionKeywords, SessionOptions


def test_keywords_are_the_fields() -> None:
    assert set(SessionKeywords.__annotations__) == {each.name for each in fields(SessionOptions)}


def test_an_unknown_keyword_is_refused_although_nothing_is_measured() -> None:
    given = {"tempo": "quick"}
    with pytest.raises(TypeError, match="tempo"):
        api.recommend("edge", run="none.json", **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("options", [{"budget": float("nan")}, {"threads": 0}, {"seed": -1}])
def test_a_number_that_no_option_takes_is_refused(options: dict[str, float]) -> None:
    with pytest.raises(AdvisorError, match=next(iter(options))):
        api.probe(SessionOptions(**options))  # type: ignore[arg-type]
