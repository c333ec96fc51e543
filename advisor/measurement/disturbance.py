"""What disturbed a block, as data: told apart by what it does to times, not by a sentence.

A host that works on something beside us *slows*: everything takes longer, by up to twice, and stacks keep their order.
Other processes of this machine *rob* processors: threads that wait for each other then take many times as long, and
stacks do not keep their order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from advisor.documents import Model

Amount = Annotated[float, Field(ge=0, le=1e30)]
Kind = Literal["slowed", "robbed"]
Signal = Literal["work", "bounce", "core", "clocks", "hidden", "threads", "clock", "throttling", "other"]
"""By what it was noticed.

``work``: seconds that the canary's multiplication took on core ``core``; ``bounce``: seconds of a byte's way between
two cores and back; ``core``: a core did not come to the canary at all. ``clocks``: processors that visible processes
took; ``hidden``: processors that work took which is not visible here; ``threads``: processors that the stack itself
had. ``clock``: seconds of a cycle of the processor's clock when the block ended; ``throttling``: heat or voltage held
the clock back. ``other``: what an older Run says in words that are not known any more.
"""

KINDS: Mapping[Signal, Kind] = {
    "work": "slowed",
    "bounce": "slowed",
    "core": "robbed",
    "clocks": "robbed",
    "hidden": "robbed",
    "threads": "robbed",
    "clock": "slowed",
    "throttling": "slowed",
    "other": "robbed",
}

# So many times the shortest is still as usual, if nothing else is said.
LIMIT = 1.35
# The same for work: of 73 looks on a host with much to do 54 found it within a fiftieth of its shortest, four within a
# fourteenth, and the others from a sixth to nearly twice above.
WORK_LIMIT = 1.1


class Disturbance(Model):
    """One thing that was seen of other work while a block ran.

    ``figure`` is what was seen, ``usual`` what is seen here undisturbed, or at most allowed (processors of others);
    in seconds, or in processors (processor seconds per second of wall clock). None where there is no figure.
    """

    kind: Kind
    signal: Signal
    figure: Amount | None = None
    usual: Amount | None = None
    core: Annotated[int, Field(ge=0, le=10**6)] | None = None


def seen(
    signal: Signal, figure: float | None = None, usual: float | None = None, core: int | None = None
) -> Disturbance:
    """Return the disturbance that a signal tells of."""
    return Disturbance(kind=KINDS[signal], signal=signal, figure=figure, usual=usual, core=core)


def robbed(disturbances: Iterable[Disturbance]) -> bool:
    """Return whether others took processors."""
    return any(each.kind == "robbed" for each in disturbances)


def slowed_by(disturbances: Iterable[Disturbance]) -> float:
    """Return how many times as long as usual the canary took at most; 1 where nothing slowed it."""
    return max(
        (each.figure / each.usual for each in disturbances if each.kind == "slowed" and each.figure and each.usual),
        default=1.0,
    )


def read(sentence: str) -> Disturbance:
    """Return what a sentence of an older Run tells, which were of these forms."""
    for pattern, made in _SENTENCES:
        if (found := pattern.fullmatch(sentence)) is not None:
            return made(*found.groups())
    return seen("other")


_N = r"(\d+(?:\.\d+)?)"
_SENTENCES: tuple[tuple[re.Pattern[str], Callable[..., Disturbance]], ...] = (
    (re.compile(rf"other processes took {_N}% of a processor"), lambda share: seen("clocks", float(share) / 100)),
    (
        re.compile(rf"work that is not visible here took {_N}% of a processor"),
        lambda share: seen("hidden", float(share) / 100),
    ),
    (re.compile(r"a core was not free for the canary"), lambda: seen("core")),
    (
        re.compile(rf"a core is slowed from outside: {_N} µs for what takes {_N}, on core (\d+)"),
        lambda took, usual, core: seen("work", float(took) / 1e6, float(usual) / 1e6, int(core)),
    ),
    (
        re.compile(rf"the cores are further apart than usual: {_N} ns a bounce, {_N} ns when close"),
        lambda took, usual: seen("bounce", float(took) / 1e9, float(usual) / 1e9),
    ),
    (
        re.compile(rf"{_N} effective threads, {_N} as a rule"),
        lambda had, usual: seen("threads", float(had), float(usual)),
    ),
)


def with_fields(block: Any) -> Any:
    """Return the data of a block with its sentence as fields; what is no such block stays as it is."""
    if not isinstance(block, dict):
        return block
    if "rejected" not in block:
        unsaid = block.get("accepted") is False and not block.get("disturbances")
        return block | {"disturbances": (seen("other"),)} if unsaid else block
    sentence, rest = block["rejected"], {name: value for name, value in block.items() if name != "rejected"}
    if isinstance(sentence, str):
        return rest | {"disturbances": (read(sentence),)}
    return with_fields(rest) if sentence is None else block
