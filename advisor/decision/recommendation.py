"""The Recommendation: the answer for one profile and all that stands behind it (``advisor.recommendation/1``)."""

from __future__ import annotations

import math
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from advisor.documents import Model
from advisor.keys import Stack as Stack
from advisor.measurement.run import Skipped
from advisor.measurement.timing import Grade
from advisor.signature import Tensor

if TYPE_CHECKING:
    import pandas as pd

SCHEMA: Literal["advisor.recommendation/1"] = "advisor.recommendation/1"

Z95 = 1.959963984540054
"""Half-width of a 95 % interval in standard deviations."""

Verdict = Literal["recommended", "lean", "tie", "undetermined", "infeasible"]
Provenance = Literal["measured here", "measured elsewhere", "documented", "asserted", "missing"]
Check = Literal["pass", "fail", "unknown"]


class Cell(Model):
    """One cell of the performance table: what is known of one stack on one criterion.

    ``value``, ``low`` and ``high`` are in the criterion's base unit (for level criteria: the level's index);
    ``level`` is the level's name. ``score`` is the partial value in 0..1 with its bounds; a missing cell has the
    bounds 0 and 1 and no score. ``evidence`` is a JSON pointer into the Run (``/observations/12``) or a fact id.
    ``text`` says the same in words with units; a cell of which only a bound is known (outcome ``bounded``) has a
    ``text`` such as ``at least 290 MB`` and no value. ``grade`` is that of a timing that was taken here.

    ``transfer`` is the standard deviation of the log factor between what was measured and what is asked (another model,
    another device), and ``transferred`` says so in words; ``value``, ``low`` and ``high`` stay as they were measured.

    ``omission`` is what the session left out on purpose, where no more is known because of that.
    """

    framework: str
    route: str | None = None
    criterion: str
    outcome: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    level: str | None = None
    text: str | None = None
    n: int | None = None
    unit: str
    provenance: Provenance
    grade: Grade | None = None
    evidence: str | None = None
    source: str | None = None
    date: str | None = None
    message: str | None = None
    score: float | None = None
    score_low: float = 0.0
    score_high: float = 1.0
    transfer: float | None = None
    transferred: str | None = None
    omission: Skipped | None = None

    @property
    def plausible(self) -> tuple[float | None, float | None]:
        """Return low and high for what is asked: 95 % of the measurement's interval and the transfer together."""
        if not self.transfer:
            return self.low, self.high
        wide = Z95 * self.transfer
        return self._end(self.low, -wide), self._end(self.high, wide)

    def _end(self, end: float | None, wide: float) -> float | None:
        if end is None or end <= 0:
            return end
        if self.value is None or self.value <= 0:
            return end * math.exp(wide)
        both = math.hypot(math.log(end / self.value), wide)
        return self.value * math.exp(math.copysign(both, wide))

    @property
    def stack(self) -> Stack:
        """The stack."""
        return Stack(framework=self.framework, route=self.route)


class FallenRoute(Model):
    """A route that the model did not go through in one precision: ``why``, and what of the model is in the way, where.

    ``operator`` is an operator or construct that an exporter named, ``where`` its place in the user's own code;
    ``observation`` is its place in the Run.
    """

    framework: str
    route: str
    precision: str
    outcome: str
    why: str
    operator: str | None = None
    where: str | None = None
    observation: int


class AskedModel(Model):
    """The model that was asked about: its name in Runs, what it takes, what it amounts to, what became of its routes.

    ``weights`` and ``operations`` are for one sample. ``measured`` tells whether the Run has figures of it.
    """

    name: str
    title: str
    kind: str
    weights: int
    operations: int
    measured: bool
    inputs: tuple[Tensor, ...] = ()
    outputs: tuple[Tensor, ...] = ()
    fallen: tuple[FallenRoute, ...] = ()


class Need(Model):
    """A weighted criterion of the profile: floor is worth 0, target is worth 1, both in the base unit or a level."""

    criterion: str
    title: str
    question: str
    group: str
    unit: str
    better: str
    weight: float
    floor: float | str
    target: float | str
    floor_text: str
    target_text: str
    because: str


class StatedConstraint(Model):
    """A hard constraint of the profile, in words."""

    criterion: str
    title: str
    text: str
    because: str


class ConstraintCheck(Model):
    """Whether one stack meets one hard constraint; ``shortfall`` is in the criterion's base unit."""

    criterion: str
    outcome: Check
    detail: str
    shortfall: float | None = None


class Contribution(Model):
    """What one criterion adds to a stack's value: ``weight`` (0..1, sums to 1) times ``value`` (0..1)."""

    criterion: str
    weight: float
    value: float | None = None
    low: float
    high: float
    provenance: Provenance
    evidence: str | None = None


class Ranked(Model):
    """One stack in the ranking (feasible) or out of it, with the rank it would have.

    ``rank_acceptability`` is the share of samples in which the stack has rank 1, 2, …; ``pairwise`` the share in which
    it is worth more than the first, second, … feasible stack of the ranking. ``first_by_ranking`` and ``first_by_any``
    are the share of samples in which it comes first when only the order of the weights is taken, or nothing of them;
    ``central_weights`` (in the order of the needs) are the weights at which it would, on average. ``dominated``: the
    first of the ranking is worth at least as much on every criterion, whatever is unknown.
    """

    framework: str
    route: str | None = None
    feasible: bool
    value: float
    low: float
    high: float
    rank_acceptability: tuple[float, ...] = ()
    pairwise: tuple[float, ...] = ()
    first_by_ranking: float | None = None
    first_by_any: float | None = None
    central_weights: tuple[float, ...] = ()
    dominated: bool = False
    would_rank: int | None = None
    constraints: tuple[ConstraintCheck, ...] = ()
    contributions: tuple[Contribution, ...] = ()

    @property
    def stack(self) -> Stack:
        """The stack."""
        return Stack(framework=self.framework, route=self.route)


class Flip(Model):
    """The raw value of one stack at which the answer would change, all else unchanged; ``text`` says it in words.

    Of a rival: from where on it would overtake the answer. Of the answer: from where on it would lose its place.
    """

    criterion: str
    framework: str
    route: str | None = None
    now: float | None = None
    needed: float
    unit: str
    text: str = ""

    @property
    def stack(self) -> Stack:
        """The stack."""
        return Stack(framework=self.framework, route=self.route)


class Ground(Model):
    """What a sentence rests on: `text` stands in it as it stands here, and names it in words.

    ``criterion`` is the one whose evidence it is. What was measured has the ids of its probes, and what is documented
    the ids of its facts; ``source`` is where the document is, when there is one for all of them.
    """

    text: str
    criterion: str
    probes: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    source: str | None = None


class JointFlip(Model):
    """The fewest figures of one stack that together would make it overtake the answer, where no single one would."""

    framework: str
    route: str | None = None
    criteria: tuple[str, ...]
    text: str = ""

    @property
    def stack(self) -> Stack:
        """The stack."""
        return Stack(framework=self.framework, route=self.route)


class Stability(Model):
    """The closed interval of one criterion's weight (others in proportion) in which the answer stays first."""

    criterion: str
    weight: float
    low: float
    high: float


class Without(Model):
    """Who would come first without one criterion, the other weights in proportion: told where the answer is another."""

    criterion: str
    first: Stack
    second: Stack
    lead: float
    text: str = ""


class Open(Model):
    """An alternative that is documented and was not measured here: it could lead.

    ``low`` and ``high`` bound its value, ``first`` is the share of worlds in which it comes first, and ``known`` says
    what is documented of it.
    """

    framework: str
    route: str | None = None
    title: str
    low: float
    high: float
    first: float
    known: str
    source: str | None = None
    date: str

    @property
    def stack(self) -> Stack:
        """The stack."""
        return Stack(framework=self.framework, route=self.route)


class Lead(Model):
    """What the lead over the next stack is made of; the parts sum to ``whole``, and each may be negative.

    ``measured``: here, for what is asked. ``transferred``: measured, but with another model or on another device.
    ``documented``: cited or estimated. ``unknown``: the middle of what nobody knows.
    """

    over: Stack
    whole: float
    measured: float = 0.0
    transferred: float = 0.0
    documented: float = 0.0
    unknown: float = 0.0


class Step(Model):
    """What to do after the answer: in words, and as a command or lines of Python where there are any."""

    kind: Literal["install", "convert", "ship", "check", "remedy", "library"]
    text: str
    command: str | None = None
    source: str | None = None


class Way(Model):
    """What a team that has code can do: the working days, as a share of its year, and why; one of them is advised."""

    kind: Literal["stay", "gradual", "rewrite"]
    days: float
    share: float
    because: str
    advised: bool = False


class Coverage(Model):
    """Share of the weight by provenance, over all stacks of the ranking; together they are 1.

    ``measured``: here. ``documented``: everything that is cited, figures that were measured elsewhere among them.
    ``asserted``: estimated from what the profile says.
    """

    measured: float
    documented: float
    missing: float
    asserted: float = 0.0


class Recommendation(Model):
    """The answer for one profile; the only document that leaves the deciding wing.

    ``answer`` is the stack that the verdict names: none when it is undetermined or infeasible. In a tie, ``tied`` holds
    every stack that is as good, ``answer`` first. ``open`` are the alternatives that
    were not measured and could lead. ``without`` holds the criteria without which it would be another
    answer, and ``lead`` what the lead is made of. ``model`` is what was asked about; without it, ``networks`` are those
    whose figures stand for a model that is not known (none: the small one that is trained here).
    ``reason_grounds`` holds what each of the ``reasons`` rests on, and ``against_grounds`` what the argument against
    does.
    """

    schema_: Literal["advisor.recommendation/1"] = Field(default=SCHEMA, alias="schema")
    profile: str
    title: str
    question: str
    run: str
    decided: datetime
    seed: int
    samples: int
    verdict: Verdict
    answer: Stack | None = None
    tied: tuple[Stack, ...] = ()
    conditions: tuple[str, ...] = ()
    titles: dict[str, str] = Field(default_factory=dict)
    ranking: tuple[Ranked, ...] = ()
    needs: tuple[Need, ...] = ()
    constraints: tuple[StatedConstraint, ...] = ()
    evidence: tuple[Cell, ...] = ()
    reasons: tuple[str, ...] = ()
    reason_grounds: tuple[tuple[Ground, ...], ...] = ()
    against: str | None = None
    against_grounds: tuple[Ground, ...] = ()
    flips: tuple[Flip, ...] = ()
    joint_flips: tuple[JointFlip, ...] = ()
    stability: tuple[Stability, ...] = ()
    open: tuple[Open, ...] = ()
    without: tuple[Without, ...] = ()
    lead: Lead | None = None
    steps: tuple[Step, ...] = ()
    ways: tuple[Way, ...] = ()
    model: AskedModel | None = None
    networks: tuple[str, ...] = ()
    next_probe: str | None = None
    coverage: Coverage
    warnings: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the answer in one line; `repr` tells every field."""
        from advisor.decision.notebook import line

        return line(self)

    def _repr_html_(self) -> str:
        """Return what a notebook shows."""
        from advisor.decision.notebook import html

        return html(self)

    def to_frame(self, rows: Literal["criteria", "ranking", "worlds"] = "criteria") -> pd.DataFrame:
        """Return the answer as a tidy table, typed and in base units.

        Parameters
        ----------
        rows : {"criteria", "ranking", "worlds"}
            What a row is: a stack on a criterion, with what is known, what it is worth and what that adds; a stack,
            with its worth and its share of the worlds; a stack on a place, with the share of worlds in which it takes
            it. ``frame.attrs["columns"]`` says what each column holds.

        Examples
        --------
        >>> from advisor import recommend
        >>> told = recommend("edge", run="run.json").recommendation
        >>> float(told.to_frame().groupby("stack", observed=True)["weight"].sum().round(6).min())
        1.0
        """
        from advisor.decision import frames

        return frames.recommendation(self, rows)
