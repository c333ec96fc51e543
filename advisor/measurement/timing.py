"""A timing: the blocks that were timed, what they come to, and how good it is; a part of a Run."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, StrictBool, model_validator

from advisor.documents import LONGEST, Model
from advisor.measurement.disturbance import Disturbance, with_fields

Grade = Literal["measured", "reported", "under load", "bounded"]
"""How good a timing is: left alone often enough; what another tool says; the lower end of slowed ones; two bounds."""
MEASURED: Grade = "measured"
UNDER_LOAD: Grade = "under load"
BOUNDED: Grade = "bounded"
REPORTED: Grade = "reported"
# Rises when the same blocks come to another figure: a Run says by which rules its timings were graded.
GRADING = 2
# Nothing that is measured is larger, and everything that is worked out from such figures is still a number.
BOUND = 1e30
# Nothing that is timed is shorter: light goes a third of a millimetre. So long it takes where nothing bounds it.
UNBOUNDED = 1e-12
_WHOLE = 10**15
Figure = Annotated[float, Field(ge=-BOUND, le=BOUND)]
Positive = Annotated[float, Field(ge=0, le=BOUND)]
Seconds = Annotated[float, Field(ge=0, le=BOUND)]
Count = Annotated[int, Field(ge=0, le=_WHOLE)]
AtLeastOne = Annotated[int, Field(ge=1, le=_WHOLE)]


class Part(Model):
    """A part of a Run: none of its strings is longer than a page can repeat."""

    model_config = ConfigDict(str_max_length=LONGEST)


class Round(Part):
    """One timed block: median seconds per call, calls, wall and CPU seconds of the block.

    ``energy``: joules that the whole processor took during the block, where it tells.

    What was seen of other work meanwhile: ``foreign_cpu``, processor seconds of other processes; ``hidden_cpu``,
    processor seconds that nobody visible accounts for; ``canary``, seconds of a byte's way from core to core and back.
    ``disturbances`` say what it was, where it was more than on a quiet machine; then the block is not ``accepted``: it
    counts for a figure under load only, and another one may stand under the same number. ``slowdown``: how many times
    as long as at its shortest the canary's work took beside it, also where that is still as usual. ``fastest`` is its
    fastest single call, in seconds; ``threads`` says how many threads had a part in the work, with or without a
    processor. ``frequency`` (Hz, of the slowest processor) and ``temperature`` (°C) are those at its end, where
    the system tells.
    """

    round: Count
    median: Annotated[float, Field(ge=UNBOUNDED, le=BOUND)]
    calls: AtLeastOne
    wall: Seconds
    cpu: Seconds
    mean: Seconds | None = None
    fastest: Annotated[float, Field(ge=UNBOUNDED, le=BOUND)] | None = None
    energy: Positive | None = None
    foreign_cpu: Seconds | None = None
    hidden_cpu: Seconds | None = None
    canary: Seconds | None = None
    slowdown: Annotated[float, Field(ge=1, le=BOUND)] | None = None
    process: Count = 0
    threads: Count | None = None
    frequency: Positive | None = None
    temperature: Annotated[float, Field(ge=-100, le=1000)] | None = None
    accepted: StrictBool = True
    disturbances: tuple[Disturbance, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _with_fields(cls, data: Any) -> Any:
        return with_fields(data)


class Summary(Part):
    """Point estimate, 95 % interval, quantiles of single calls, number of values behind them.

    ``shared``: the share of the interval (of its variance) that all timings of the same rounds have in common.
    """

    median: Figure
    low: Figure
    high: Figure
    n: AtLeastOne
    p50: Figure | None = None
    p95: Figure | None = None
    p99: Figure | None = None
    p99_low: Figure | None = None
    p99_high: Figure | None = None
    shared: Annotated[float, Field(ge=0, le=1)] | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.low <= self.median <= self.high:
            raise ValueError(f"{self.median:g} does not lie between {self.low:g} and {self.high:g}")
        return self
