"""A profile as written in YAML: the shapes that a file must have. What they mean is checked in `profile`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema

from advisor.documents import Model

Ships = Literal["edge", "server"]


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


Words = Annotated[str, AfterValidator(words)]
Slug = Annotated[str, AfterValidator(slug)]
Threshold = Annotated[str | float, PlainValidator(threshold), WithJsonSchema({"type": ["string", "number"]})]
Weight = Annotated[float, Field(gt=0, le=1e6, strict=True)]


class RequirementEntry(Model):
    """A hard constraint as written: one of ``is`` (this level or better), ``at_most``, ``at_least``."""

    criterion: str
    is_: Threshold | None = Field(default=None, alias="is")
    at_most: Threshold | None = None
    at_least: Threshold | None = None
    because: Words


class WishEntry(Model):
    """A weighted criterion as written: ``floor`` is worth 0, ``target`` is worth 1."""

    weight: Weight
    target: Threshold
    floor: Threshold
    because: Words


class GroupEntry(Model):
    """A group of wishes with its weight among the groups."""

    weight: Weight
    criteria: dict[str, WishEntry] = Field(min_length=1)


class ProfileEntry(Model):
    """A profile as written; its JSON schema is what editors complete from."""

    name: Slug
    title: Words
    question: Words
    ships: Ships | None = None
    require: tuple[RequirementEntry, ...] = ()
    prefer: dict[str, GroupEntry] = Field(min_length=1)
