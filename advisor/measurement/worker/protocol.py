"""What a worker's answers look like; one that does not costs its own observation, never the session.

A worker runs code of others: it may be confused, or its channel may carry what a library wrote there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    model_validator,
)
from pydantic import ValidationError as NotAgreed

from advisor.measurement.run import plain
from advisor.measurement.worker.answers import homeless, shortened

Numbers = Annotated[list[float], Field(min_length=1)]


class _Form(BaseModel):
    model_config = ConfigDict(strict=True, allow_inf_nan=False, extra="ignore", defer_build=True)


class _Described(_Form):
    version: str | None
    python: str
    threads_requested: int
    settings: dict[str, Any]
    import_seconds: NonNegativeFloat
    memory_after_import: NonNegativeInt
    left_out: list[str] = []
    installed_bytes: NonNegativeInt
    installed_packages: NonNegativeInt


class _Parity(_Form):
    max_relative_error: NonNegativeFloat
    limit: float = 0.0
    weights_max_relative_error: float | None = None
    referee: str = ""


class _Alternative(_Form):
    setting: str


class _Prepared(_Form):
    cell: NonNegativeInt
    parity: _Parity
    first_call: NonNegativeFloat
    how: str
    setting: str | None
    tried: list[_Alternative]


class _Block(_Form):
    calls: Annotated[list[PositiveFloat], Field(min_length=1)]
    count: PositiveInt | None = None
    wall: PositiveFloat
    cpu: NonNegativeFloat
    energy: NonNegativeFloat | None = None

    @model_validator(mode="after")
    def _all_counted(self) -> Self:
        if self.count is not None and self.count < len(self.calls):
            raise ValueError(f"{self.count} calls are counted, {len(self.calls)} were timed")
        return self


class _Reshaped(_Form):
    first_call: float
    second_call: float


class _Footprint(_Form):
    before: int
    after: int
    peak: int


class _Measured(_Form):
    how: str
    values: dict[str, Numbers]
    details: dict[str, Any]


class _Loaded(_Form):
    cell: NonNegativeInt
    forbidden: list[str] = []


class _Memory(_Form):
    peak_bytes: NonNegativeInt
    library_bytes: NonNegativeInt
    installed_bytes: NonNegativeInt


class _Outcome(_Form):
    """What an answer says that is no plain success."""

    outcome: str | None = None
    message: str | None = None
    where: str | None = None
    seconds: NonNegativeFloat | None = None
    proof: dict[str, Any] | None = None


_FORMS: Mapping[str, type[_Form]] = {
    "describe": _Described,
    "prepare": _Prepared,
    "block": _Block,
    "reshape": _Reshaped,
    "footprint": _Footprint,
    "measure": _Measured,
    "load": _Loaded,
    "memory": _Memory,
}
# Thousands of figures and no text: their form says all, and writing them out once more would take the parent's time.
_BARE = ("block",)


def sound(do: str, reply: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to the command `do`, or in its place an error that says how it differs from what was agreed."""
    if isinstance(reply.get("message"), str):
        reply = {**reply, "message": shortened(reply["message"])}
    try:
        _Outcome.model_validate(reply)
        if "ok" in reply and do in _FORMS:
            _FORMS[do].model_validate(reply["ok"])
        if do not in _BARE:
            # What a Run cannot hold: numbers and strings beyond its bounds, NaN and infinity, halves of characters.
            plain(reply)
            json.dumps(reply, allow_nan=False, ensure_ascii=False).encode()
    except NotAgreed as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        why = ".".join(str(part) for part in first["loc"]) + f": {first['msg']}"
    except (ValueError, RecursionError) as error:
        why = str(error)
    else:
        return {**reply, "message": homeless(reply["message"])} if reply.get("message") else reply
    return {"id": reply["id"], "outcome": "error", "message": f"not the answer that was agreed: {why[:200]}"}
