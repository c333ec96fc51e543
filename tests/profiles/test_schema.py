"""The JSON Schema of profiles offers every name that is valid, in words, and no other."""

from __future__ import annotations

from typing import Any

import pytest

from advisor.criteria import load_criteria
from advisor.profiles.files import profile_schema, shipped_profiles

CRITERIA = load_criteria()


@pytest.fixture
def schema() -> dict[str, Any]:
    return profile_schema()


def test_it_says_what_it_is_and_in_which_dialect(schema: dict[str, Any]) -> None:
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"] == "A profile of advisor: what is needed"
    assert schema["type"] == "object"
    assert "name" in schema["required"]


def test_a_constraint_is_offered_every_criterion_with_its_question(schema: dict[str, Any]) -> None:
    offered = schema["$defs"]["ConstraintEntry"]["properties"]["criterion"]
    assert offered["type"] == "string"
    assert offered["oneOf"] == [
        {"const": name, "title": each.title, "description": each.question} for name, each in CRITERIA.items()
    ]


def test_a_wish_is_one_of_the_criteria_and_its_levels_are_told(schema: dict[str, Any]) -> None:
    wishes = schema["$defs"]["GroupEntry"]["properties"]["criteria"]
    assert wishes["additionalProperties"] is False
    assert list(wishes["properties"]) == list(CRITERIA)
    for name, offered in wishes["properties"].items():
        of = CRITERIA[name]
        assert (offered["$ref"], offered["title"]) == ("#/$defs/WishEntry", of.title)
        levels = f" Levels: {', '.join(of.levels)}." if of.levels else ""
        assert offered["description"] == of.question + levels
    assert any(of.levels for of in CRITERIA.values())
    assert {"weight", "floor", "target", "because"} <= set(schema["$defs"]["WishEntry"]["properties"])


def test_a_team_knows_a_framework_or_another_and_a_profile_extends_a_shipped_one(schema: dict[str, Any]) -> None:
    known = schema["$defs"]["TeamEntry"]["properties"]["knows"]["enum"]
    assert {"pytorch", "tensorflow"} < set(known)
    assert known[-1] == "other"
    assert schema["properties"]["extends"]["examples"] == list(shipped_profiles())
