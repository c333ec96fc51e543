"""The JSON Schema of profiles, with the names that are valid here, for editors to complete from."""

from __future__ import annotations

from typing import Any

from advisor.criteria import Criterion, load_criteria
from advisor.measurement.definitions import frameworks
from advisor.profiles.entries import ProfileEntry
from advisor.profiles.files import shipped_profiles
from advisor.profiles.team import OTHER

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def profile_schema() -> dict[str, Any]:
    """Return the schema; criteria are offered by name with their titles, and levels with their words."""
    schema = ProfileEntry.model_json_schema(by_alias=True)
    criteria = load_criteria().values()
    definitions = schema["$defs"]
    definitions["RequirementEntry"]["properties"]["criterion"] |= {
        "oneOf": [{"const": each.id, "title": each.title, "description": each.question} for each in criteria]
    }
    wishes = definitions["GroupEntry"]["properties"]["criteria"]
    wishes["properties"] = {
        each.id: {"$ref": "#/$defs/WishEntry", "title": each.title, "description": _described(each)}
        for each in criteria
    }
    wishes["additionalProperties"] = False
    definitions["TeamEntry"]["properties"]["knows"]["enum"] = [*frameworks(), OTHER]
    schema["properties"]["extends"]["examples"] = list(shipped_profiles())
    return {"$schema": DIALECT, **schema, "title": "A profile of advisor: what is needed"}


def _described(criterion: Criterion) -> str:
    levels = criterion.levels
    return f"{criterion.question} Levels: {', '.join(levels)}." if levels else criterion.question
