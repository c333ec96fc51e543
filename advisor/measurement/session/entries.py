"""What the lines of a journal look like: one model for each kind, so that a damaged line is named and not followed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field, TypeAdapter, model_validator

from advisor.measurement.disturbance import Disturbance, with_fields
from advisor.measurement.run import Framework, Host, Mode, Moment, Observation, Policy, Skipped
from advisor.measurement.run import Spent as SpentSoFar
from advisor.measurement.timing import Figure, Part, Round

SCHEMA: Literal["advisor.journal/1"] = "advisor.journal/1"
MOST_CALLS = 100_000
Key = Annotated[str, Field(min_length=2)]


class Start(Part):
    """What is known when a session begins."""

    # It becomes the name of a file.
    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
    started: datetime
    mode: Mode
    advisor: str
    host: Host
    policy: Policy
    seed: int
    plan: str = ""
    noise: dict[str, str] = Field(default_factory=dict)
    not_measurable: dict[str, str] = Field(default_factory=dict)
    skipped: tuple[Skipped, ...] = ()


class _Started(Start):
    started: Moment


class _Start(Part):
    schema_: Literal["advisor.journal/1"] = Field(alias="schema")
    kind: Literal["start"]
    value: _Started


class _Framework(Part):
    kind: Literal["framework"]
    name: str
    value: Framework


class _Twin(Part):
    kind: Literal["twin"]
    name: str
    key: Key
    round: Round


class _Observation(Part):
    kind: Literal["observation"]
    value: Observation


class _Block(Part):
    kind: Literal["block"]
    key: Key
    round: Round
    calls: Annotated[list[Annotated[float, Field(ge=0, le=1e30)]], Field(min_length=1, max_length=MOST_CALLS)]

    @model_validator(mode="after")
    def _of_the_round(self) -> Self:
        if len(self.calls) > self.round.calls:
            raise ValueError(f"{len(self.calls):,} calls of a round of {self.round.calls:,}")
        return self


class _Value(Part):
    kind: Literal["value"]
    key: Key
    value: Figure
    disturbances: tuple[Disturbance, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _with_fields(cls, data: Any) -> Any:
        return with_fields(data)


class _Skipped(Part):
    kind: Literal["skipped"]
    value: Skipped


class _Spent(Part):
    kind: Literal["spent"]
    value: SpentSoFar


_Line = Annotated[
    _Start | _Framework | _Twin | _Observation | _Block | _Value | _Skipped | _Spent, Field(discriminator="kind")
]
LINE: TypeAdapter[_Line] = TypeAdapter(_Line)
