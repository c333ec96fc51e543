"""A profile as written in YAML: the shapes that a file may have. What they mean is checked in `advisor.profiles.check`.

What a profile must have may come from the one that it extends, so that nothing but the name is required here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, WithJsonSchema

from advisor import numerals
from advisor.criteria import Build
from advisor.documents import Model
from advisor.errors import AdvisorError, did_you_mean
from advisor.fields import Count, Number

Ships = Literal["edge", "server"]

BUILDS: Mapping[Ships | None, Build] = {"edge": "native", "server": "python", None: "python"}
"""The kind of build that ships where a profile does not say: devices get a C or C++ program, servers a package."""


def words(text: str) -> str:
    """Return the text on one line; raise ValueError when it says nothing."""
    if not text.strip():
        raise ValueError("expected a sentence, got nothing")
    return " ".join(text.split())


def slug(text: str) -> str:
    """Return the name; raise ValueError when it could not stand in an address or a file name."""
    if not text or not all(part.isascii() and part.isalnum() and part == part.lower() for part in text.split("-")):
        raise ValueError("expected lower-case letters, digits and single dashes, such as 'street-camera'")
    return text


def threshold(value: Any) -> str | float:
    """Return a quantity or the name of a level as written; raise ValueError for anything else."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise ValueError("expected a quantity such as '5 ms', '10 MB' or '2 %', or the name of a level")
    return value


def known(value: Any) -> Any:
    """Return the framework that a team knows; raise ValueError for several, since switching would cost either way."""
    if isinstance(value, (list, tuple)):
        raise ValueError("expected one framework; of a team that knows different ones leave 'team' out")
    return value


def lines(value: Any) -> Any:
    """Return a number of lines that may be written as ``30000 lines``."""
    if not isinstance(value, str):
        return value
    number = re.sub(r"(?<=\S)\s+lines?\s*$", "", value)
    return numerals.count(number, expected="a number of lines such as '30000 lines'")


Words = Annotated[str, AfterValidator(words)]
Slug = Annotated[str, AfterValidator(slug)]
Threshold = Annotated[str | float, PlainValidator(threshold), WithJsonSchema({"type": ["string", "number"]})]
Weight = Annotated[Number, Field(gt=0, le=1e6)]
Lines = Annotated[
    int, BeforeValidator(lines), Field(ge=0, le=10**9, strict=True), WithJsonSchema({"type": ["string", "integer"]})
]


def existing_target(name: Any) -> Any:
    """Return the id of a target; raise ValueError with the nearest one where there is none of that name."""
    from advisor.targets.target import load_target

    if isinstance(name, str):
        try:
            load_target(name)
        except AdvisorError as error:
            raise ValueError(error.message) from None
    return name


def existing_job(name: Any) -> Any:
    """Return the id of a job; raise ValueError with the nearest one where there is none of that name."""
    from advisor.knowledge.jobs import load_job

    if isinstance(name, str):
        try:
            load_job(name)
        except AdvisorError as error:
            raise ValueError(error.message) from None
    return name


def existing_network(name: Any) -> Any:
    """Return the name of a network; raise ValueError with the nearest one where there is none of that name."""
    from advisor.measurement.definitions import network_quantities

    known = network_quantities()
    if isinstance(name, str) and name not in known:
        raise ValueError(f"no network is called '{name}'{did_you_mean(name, known)}")
    return name


class ConstraintEntry(Model):
    """A hard constraint as written: one of ``is`` (this level or better), ``at_most``, ``at_least``."""

    criterion: str
    is_: Threshold | None = Field(default=None, alias="is")
    at_most: Threshold | None = None
    at_least: Threshold | None = None
    because: Words


class WishEntry(Model):
    """A weighted criterion as written: ``floor`` is worth 0, ``target`` is worth 1."""

    weight: Weight | None = None
    target: Threshold | None = None
    floor: Threshold | None = None
    because: Words | None = None


class GroupEntry(Model):
    """A group of wishes with its weight among the groups."""

    weight: Weight | None = None
    criteria: dict[str, WishEntry] = Field(default_factory=dict)


class TeamEntry(Model):
    """What the team knows, how many they are, and how many lines of code they have in it.

    ``weight`` is the share of the decision that the cost of switching has, in percent.
    """

    knows: Annotated[str, BeforeValidator(known)]
    size: Annotated[Count, Field(ge=1, le=100_000)]
    code: Lines = 0
    weight: Annotated[Number, Field(ge=1, lt=100)] = 10.0


class ProfileEntry(Model):
    """A profile as written; its JSON schema is what editors complete from.

    ``extends`` names a shipped profile, or the path of another (relative to this file); what is written here replaces
    what stands there, criterion by criterion, and ``without`` leaves criteria out. ``build`` is the kind of build whose
    sizes and memory are compared; devices get ``native`` and servers ``python`` where nothing is said. ``job`` is the
    question one level up that the profile is part of, such as ``adapt-language-model``. ``networks`` stand for the
    model where none is asked about; a quick session measures the first two.
    """

    name: Slug
    extends: str | None = None
    title: Words | None = None
    question: Words | None = None
    ships: Ships | None = None
    build: Build | None = None
    target: Annotated[str, BeforeValidator(existing_target)] | None = None
    job: Annotated[str, BeforeValidator(existing_job)] | None = None
    networks: tuple[Annotated[str, BeforeValidator(existing_network)], ...] = ()
    team: TeamEntry | None = None
    without: tuple[str, ...] = ()
    require: tuple[ConstraintEntry, ...] = ()
    prefer: dict[str, GroupEntry] = Field(default_factory=dict)
