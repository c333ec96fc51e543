"""The declarative tests that bind a claim to what a Run observed: data only, no code of the author of a claim.

A test selects observations and applies one form to them: `Compare` two selections, hold a `Figure` or a `Bound` against
a value, ask for an `Expected` outcome or a `Stated` detail of a proof; ``all`` and ``any`` combine tests.
`advisor.articles.trial` applies them.
"""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from advisor.documents import Model
from advisor.fields import Number
from advisor.keys import CellKey, Query, Scalar
from advisor.knowledge.catalog import Name, Text

Outcome = Literal["measured", "proved", "refuted", "not_supported"]


class Selection(Query):
    """Which observations of a Run a claim is about; a key that is absent selects all.

    Attributes
    ----------
    framework, route : str, optional
        Whose observations.
    device : str, optional
        The device that the Run must have been measured on (its policy says which).
    figure : str, optional
        Instead of a metric: a detail of the observation's proof; a list stands for its length.
    """

    framework: Name | None = None
    route: Name | None = None
    device: Name | None = None

    def matches(self, key: CellKey) -> bool:
        """Return whether a key is of what is asked: also of this framework, route and metric."""
        of = key.stack
        return (
            key.metric == self.metric
            and self.framework in (None, of.framework)
            and self.route in (None, of.route)
            and super().matches(key)
            and self.includes(key)
        )


class Quantity(Selection):
    """A selection that yields figures: of a metric, or of a detail of a proof."""

    @model_validator(mode="after")
    def _one_figure(self) -> Self:
        if (self.metric is None) == (self.figure is None):
            raise ValueError("expected either 'metric' or 'figure', to say which figure is meant")
        return self


class Compare(Model):
    """The figures of ``first`` are lower than, higher than, or the same as those of ``second``.

    Observations are paired by whatever neither selection fixes (a batch size, a workload); every pair must agree.
    A difference counts when its whole interval lies beyond the Run's indifference zone, or beyond ``margin`` (absolute,
    in the metric's unit) where a ratio makes no sense.
    """

    first: Quantity
    second: Quantity
    is_: Literal["lower", "higher", "same"] = Field(alias="is")
    margin: Number | None = Field(default=None, gt=0)


class Figure(Model):
    """The figure ``of`` (divided by that of ``over``, where given) is the claimed one, within a relative tolerance."""

    of: Quantity
    over: Quantity | None = None
    claimed: Number = Field(gt=0)
    tolerance: Number = Field(gt=0, lt=1)


class Bound(Model):
    """The figure ``of`` (divided by that of ``over``, where given) is at least, or at most, a value."""

    of: Quantity
    over: Quantity | None = None
    at_least: Number | None = None
    at_most: Number | None = None

    @model_validator(mode="after")
    def _one_bound(self) -> Self:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("expected either 'at_least' or 'at_most'")
        return self


class Expected(Model):
    """Every selected proof ended in one of these outcomes."""

    of: Selection
    is_: tuple[Outcome, ...] = Field(alias="is", min_length=1)


class Stated(Model):
    """Every selected proof reports this value under ``field``, a dotted path."""

    of: Selection
    field: Text
    is_: Scalar = Field(alias="is")


class Form(Model):
    """Exactly one form, or a combination of tests."""

    compare: Compare | None = None
    figure: Figure | None = None
    bound: Bound | None = None
    outcome: Expected | None = None
    proof: Stated | None = None
    all_: tuple[Form, ...] | None = Field(default=None, alias="all", min_length=2)
    any_: tuple[Form, ...] | None = Field(default=None, alias="any", min_length=2)

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        forms = (self.compare, self.figure, self.bound, self.outcome, self.proof, self.all_, self.any_)
        if sum(form is not None for form in forms) != 1:
            names = "'compare', 'figure', 'bound', 'outcome', 'proof', 'all' and 'any'"
            raise ValueError(f"expected exactly one of {names}")
        return self


class Binding(Form):
    """The test of a claim.

    ``scope`` says what the test stands for and what of the claim it leaves out. ``ended_by`` names dated facts: where
    the test fails and one of them came after the claim was made, the claim is outdated rather than wrong.
    """

    scope: Text
    ended_by: tuple[Name, ...] = ()
