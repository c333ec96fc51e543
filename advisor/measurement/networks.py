"""The networks that can be measured: YAML read strictly here, and handed over as plain data to whoever computes them.

A worker runs in a framework's own Python, which need not be able to read YAML. What a definition comes to is told by
`advisor.measurement.network_sizes`.
"""

from __future__ import annotations

import functools
import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from advisor import resources
from advisor.documents import Document, Model, read_yaml, write_text
from advisor.errors import AdvisorError, did_you_mean
from advisor.fields import Count, Number

VARIABLE = "ADVISOR_NETWORKS"

Kind = Literal["cnn", "encoder", "decoder", "recurrent", "tabular", "recommender", "elementwise"]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)]
Word = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=60)]
Id = Annotated[str, Field(min_length=1, max_length=200)]
Amount = Annotated[int | float | str, Field(union_mode="left_to_right")]
"""A number, or an expression of parameters."""


class Source(Model):
    """The paper that a network is from."""

    title: str
    authors: str
    published: Count
    url: str


class Published(Model):
    """A size that somebody published: of the network as it is, or ``at`` other parameters.

    ``counts`` says what the parameters are: those that gradients reach (``trained``), with batch normalisation's
    statistics (``all``), or without any of batch normalisation (``folded``). ``beside`` of them belong to a part that
    the network leaves out; ``why`` says where the figure stands.
    """

    parameters: Number | None = None
    mmacs: Number | None = None
    counts: Literal["trained", "all", "folded"] = "trained"
    beside: Count = 0
    at: dict[Word, Number] = Field(default_factory=dict)
    source: str
    why: str


class Parameter(Model):
    """A number that may be asked for otherwise (``?width=0.5``), with the range that makes sense."""

    default: Number
    range: tuple[Number, Number]
    what: str


class Input(Model):
    """An input: the shape of one sample, its dtype, and what is drawn; standard normal where no range is given."""

    name: Id
    shape: tuple[Amount, ...]
    dtype: Literal["float32", "int64"]
    range: tuple[Amount, Amount] | None = None
    repeat: Amount | None = None


class Repeat(Model):
    """How often a block stands: so many ``times``, or once for each row of ``over``; ``name`` counts from 1."""

    name: Word
    times: Amount | None = None
    over: tuple[dict[Word, Amount], ...] | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.times is None) == (self.over is None):
            raise ValueError("expected 'times' or 'over'")
        return self


class Entry(Model):
    """A node (``id``, ``op``, ``in``, ``attrs``), or a block of them (``repeat``, ``nodes``)."""

    id: Id | None = None
    op: str | None = None
    in_: Annotated[str | tuple[str, ...], Field(union_mode="left_to_right")] | None = Field(default=None, alias="in")
    attrs: dict[str, Any] = Field(default_factory=dict)
    when: Amount | None = None
    repeat: Repeat | None = None
    nodes: tuple[Entry, ...] = ()

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if self.repeat is not None:
            if not self.nodes or self.id or self.op or self.in_ or self.attrs or self.when is not None:
                raise ValueError("a block has 'repeat' and 'nodes', and nothing else")
        elif not (self.id and self.op) or self.nodes:
            raise ValueError("a node has 'id' and 'op', and may have 'in', 'attrs' and 'when'")
        return self


class NetworkDefinition(Model):
    """A network as data: what it is, where it is from, its parameters, inputs, nodes and outputs."""

    id: Name
    title: str
    what: str
    kind: Kind
    source: Source | None = None
    published: tuple[Published, ...] = ()
    learning_rate: Number = 0.01
    loss: Literal["cross-entropy", "mean-squared-error"] | None = "cross-entropy"
    parameters: dict[Word, Parameter] = Field(default_factory=dict)
    inputs: tuple[Input, ...] = Field(min_length=1)
    nodes: tuple[Entry, ...] = Field(min_length=1)
    outputs: tuple[str, ...] = ()

    def plain(self) -> dict[str, Any]:
        """Return what a worker is told."""
        found = self.model_dump(by_alias=True, exclude_none=True, exclude={"source", "published", "title", "what"})
        return found | {"loss": self.loss}


@dataclass(frozen=True)
class Asked:
    """A network that somebody asked for, with the parameters that are not as by default."""

    document: Document[NetworkDefinition] = field(repr=False)
    parameters: Mapping[str, float] = field(default_factory=dict)

    @property
    def definition(self) -> NetworkDefinition:
        """What it is."""
        return self.document.value

    @property
    def spec(self) -> str:
        """What a worker calls it: ``mobilenetv2?width=0.5``."""
        rest = "&".join(f"{name}={value:g}" for name, value in sorted(self.parameters.items()))
        return f"{self.definition.id}?{rest}" if rest else self.definition.id


def shipped() -> dict[str, Document[NetworkDefinition]]:
    """Return the networks that advisor ships, and those of the folders that are in use, by name."""
    return {name: _shipped(path) for name, path in _files().items()}


def _files() -> dict[str, Path]:
    """Return where these networks are defined, by name: that of the file."""
    places = (resources.probes(), *resources.folders())
    return {path.stem: path for place in places for path in sorted((place / "networks").glob("*.yaml"))}


@functools.cache
def _shipped(path: Path) -> Document[NetworkDefinition]:
    return read(path)


def read(path: Path) -> Document[NetworkDefinition]:
    """Read a definition strictly; raise AdvisorError with file:line:column for every mistake of its form."""
    return read_yaml(path, NetworkDefinition, what="network definition")


def find(text: str) -> Asked:
    """Return the network of ``@NAME``, ``@NAME?width=0.5``, or ``FILE.yaml``, with parameters as well.

    Raises
    ------
    AdvisorError
        Naming the nearest network or parameter where there is none of that name.
    """
    name, _, rest = text.partition("?")
    if name.startswith("@"):
        known = _files()
        if name[1:] not in known:
            raise AdvisorError(
                f"no network is called '{name[1:]}'{did_you_mean(name[1:], known)}",
                hint="advisor model list   (lists every network)",
            )
        document = _shipped(known[name[1:]])
    elif name.endswith((".yaml", ".yml")):
        document = read(Path(name))
    else:
        raise AdvisorError(
            f"'{text}' is no network; expected @NAME, @NAME?width=0.5, or a definition FILE.yaml",
            hint="advisor model list   (lists every network)",
        )
    return Asked(document, _parameters(document.value, rest))


def _parameters(definition: NetworkDefinition, text: str) -> dict[str, float]:
    """Return the parameters of ``width=0.5&depth=2``."""
    found = {}
    for part in filter(None, text.split("&")):
        name, _, value = part.partition("=")
        known = definition.parameters.get(name)
        if known is None:
            there = f"it has {', '.join(definition.parameters)}" if definition.parameters else "it has none"
            near = did_you_mean(name, definition.parameters)
            raise AdvisorError(f"{definition.id} has no parameter '{name}'{near} ({there})")
        low, high = known.range
        number = float(value) if re.fullmatch(r"[0-9]+(\.[0-9]+)?", value) else math.nan
        if not low <= number <= high:
            raise AdvisorError(f"{name}={value}: expected a number from {low:g} to {high:g} ({known.what})")
        found[name] = number
    return found


def hand_over(folder: Path, own: Iterable[Document[NetworkDefinition]] = ()) -> Path:
    """Write all networks as plain data into `folder`, once, and return the file, whose name `VARIABLE` has to hold."""
    file = folder / "networks.json"
    definitions = {each.value.id: each.value.plain() for each in (*shipped().values(), *own)}
    text = json.dumps(definitions)
    if not file.is_file() or file.read_text(encoding="utf-8") != text:
        write_text(file, text)
    return file
