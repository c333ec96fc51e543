"""What is said between us and the process that holds a model (see `advisor.measurement.worker.protocol`)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt

from advisor.measurement.worker.answers import Answer, Concluded
from advisor.measurement.worker.protocol import Command


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, allow_inf_nan=False, extra="ignore", defer_build=True)


class Input(_Part):
    """An input as the child tells it; None in a shape is a size that has to be said."""

    name: str
    dtype: str
    shape: list[int | str | None]
    range: list[float] | None = None


class Output(_Part):
    """An output, with the shape of its first answer."""

    name: str
    dtype: str
    shape: list[int]
    first: list[float] = Field(default_factory=list)


class Content(_Part):
    """What a model holds; see `probes.models.subject.Content`."""

    kind: str
    parameters: NonNegativeInt | None = None
    weights_bytes: NonNegativeInt | None = None
    macs: NonNegativeInt | None = None
    opset: int | None = None
    operators: list[str] = Field(default_factory=list)
    notes: list[str] = Field(default_factory=list)


class Told(Answer):
    """What a model takes, holds and gives; with ``lacking``, what has to be said before it can be asked."""

    lacking: list[str]
    inputs: list[Input]
    sizes: dict[str, int] = Field(default_factory=dict)
    framework: str = ""
    content: Content | None = None
    outputs: list[Output] = Field(default_factory=list)
    samples: NonNegativeInt = 0
    own_samples: bool = False
    dynamic: bool = False
    positional: bool = True
    notes: list[str] = Field(default_factory=list)


class _Asking(BaseModel):
    """What both commands say: the model, what the user said of its inputs, where the answers lie, the limit."""

    model: Mapping[str, Any]
    inputs: list[dict[str, Any]]
    sizes: Mapping[str, int]
    folder: Path
    seconds: float


class Read(Command[Told], _Asking):
    """Load a model, draw its inputs, and take its answers."""

    do: Literal["read"] = "read"
    samples: Path | None = None
    labels: Path | None = None


class Convert(Command[Concluded], _Asking):
    """Export a model through one route, and prove what came out."""

    do: Literal["convert"] = "convert"
    route: str
    precision: str
    artifact: Path
