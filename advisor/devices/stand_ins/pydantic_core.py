"""The one name of pydantic's compiled part that the measuring core uses."""

from __future__ import annotations

from typing import Any


class PydanticCustomError(ValueError):
    """What a validator raises for a problem in its own words."""

    def __init__(self, kind: str, template: str, context: dict[str, Any] | None = None) -> None:
        super().__init__(template.format_map(context or {}))
        self.type = kind
        self.context = context or {}
