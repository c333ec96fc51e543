"""What a model takes, as the user says it: ``--input image=float32[batch,3,224,224]:0..1``, or a YAML file of these."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast, get_args

from pydantic import Field

from advisor import numerals
from advisor.documents import Model, read_yaml
from advisor.errors import AdvisorError, did_you_mean
from advisor.fields import Count, Number

Dtype = Literal["float32", "float16", "int64", "int32", "int16", "int8", "uint8", "bool"]
EXAMPLE = "image=float32[batch,3,224,224]:0..1"
BATCH = "batch"

_INPUT = re.compile(r"\s*([^=\s]+)\s*=\s*([A-Za-z0-9]+)\s*\[([^\]]*)\]\s*(?::\s*(.+?)\s*)?")
_NAMED = re.compile(r"([A-Za-z_]\w*)(?:\s*=\s*(\S+))?")


class Taken(Model):
    """One input: its type, its dimensions (sizes, or names of what may vary), and the range of its values."""

    dtype: Dtype
    shape: tuple[Count | str, ...]
    range: tuple[Number, Number] | None = None


class Written(Model):
    """A specification in YAML: the inputs by name, and the sizes at which named dimensions are tried."""

    inputs: dict[str, Taken]
    sizes: dict[str, Count] = Field(default_factory=dict)


@dataclass(frozen=True)
class Specification:
    """The inputs of a model by name, in its order, and the sizes of named dimensions."""

    inputs: Mapping[str, Taken] = field(default_factory=dict)
    sizes: Mapping[str, int] = field(default_factory=dict)

    def plain(self) -> list[dict[str, Any]]:
        """Return the inputs as a child process takes them."""
        return [
            {"name": name, "dtype": each.dtype, "shape": list(each.shape)}
            | ({} if each.range is None else {"range": list(each.range)})
            for name, each in self.inputs.items()
        ]


def read(options: Sequence[str], file: Path | None) -> Specification:
    """Return the specification of a command line; options come after the file and win.

    Raises
    ------
    AdvisorError
        With the place of what is wrong, and what was expected.
    """
    inputs: dict[str, Taken] = {}
    sizes: dict[str, int] = {}
    if file is not None:
        document = read_yaml(file, Written, what="specification of inputs", by_hand=True).value
        inputs |= document.inputs
        sizes |= {name: int(size) for name, size in document.sizes.items()}
    for text in options:
        name, taken, more = parsed(text)
        inputs[name] = taken
        sizes |= more
    return Specification(inputs, sizes)


def parsed(text: str) -> tuple[str, Taken, dict[str, int]]:
    """Return name, input and sizes of ``NAME=DTYPE[DIM,…]:LOW..HIGH``; a DIM is a size, a name, or NAME=SIZE."""
    found = _INPUT.fullmatch(text)
    if not found:
        said = numerals.shortened(text)
        raise AdvisorError(f"--input {said}: expected NAME=DTYPE[DIMENSIONS]:LOW..HIGH", hint=_hint())
    name, dtype, inside, bounds = found.groups()
    if dtype not in get_args(Dtype):
        near = did_you_mean(dtype, get_args(Dtype))
        raise AdvisorError(f"--input {name}: unknown type '{dtype}'{near} (known: {', '.join(get_args(Dtype))})")
    sizes: dict[str, int] = {}
    shape = tuple(_dimension(name, each.strip(), sizes) for each in inside.split(",")) if inside.strip() else ()
    return name, Taken(dtype=cast("Dtype", dtype), shape=shape, range=_range(name, bounds)), sizes


def _dimension(name: str, text: str, sizes: dict[str, int]) -> int | str:
    if numerals.digits(text) is not None and text.isdigit():
        if int(text) < 1:
            raise AdvisorError(f"--input {name}: expected a size of 1 or more, got '{text}'")
        return int(text)
    found = _NAMED.fullmatch(text)
    if not found or (found[2] is not None and not found[2].isdigit()):
        expected = "expected a size, 'batch', or a name with a size (length=128)"
        raise AdvisorError(f"--input {name}: '{text}' is no dimension: {expected}", hint=_hint())
    if found[2] is not None:
        sizes[found[1]] = int(found[2])
    return found[1]


def _range(name: str, text: str | None) -> tuple[float, float] | None:
    if text is None:
        return None
    low, dots, high = text.partition("..")
    try:
        bounds = numerals.number(low), numerals.number(high)
    except ValueError as error:
        raise AdvisorError(f"--input {name}: expected a range such as 0..1, got '{text}' ({error})") from None
    if not dots or bounds[0] > bounds[1]:
        raise AdvisorError(f"--input {name}: expected a range such as 0..1, the lower bound first, got '{text}'")
    return bounds


def written(inputs: Sequence[Mapping[str, Any]], sizes: Mapping[str, int]) -> str:
    """Return a specification as YAML, to copy and to edit; what has to be filled in is a question mark."""
    lines = ["inputs:"]
    names = []
    for each in inputs:
        shape = ", ".join("?" if size is None else str(size) for size in each["shape"])
        names += [size for size in each["shape"] if isinstance(size, str) and size != BATCH]
        lines += [f"  {_word(each['name'])}:", f"    dtype: {each['dtype']}", f"    shape: [{shape}]"]
        if each.get("range") is not None:
            low, high = (f"{bound:.6g}" for bound in each["range"])
            lines.append(f"    range: [{low}, {high}]")
        elif "int" in each["dtype"]:
            lines.append("    range: [0, ?]  # the largest whole number that it takes")
    if names:
        lines.append("sizes:")
        lines += [f"  {_word(name)}: {sizes.get(name, '?')}" for name in dict.fromkeys(names)]
    return "\n".join(lines) + "\n"


def option(inputs: Sequence[Mapping[str, Any]], sizes: Mapping[str, int]) -> list[str]:
    """Return a specification as the values of ``--input``."""
    found = []
    for each in inputs:
        dims = [
            "?" if size is None else f"{size}={sizes[size]}" if size in sizes else str(size) for size in each["shape"]
        ]
        text = f"{each['name']}={each['dtype']}[{','.join(dims)}]"
        if each.get("range") is not None:
            text += ":" + "..".join(f"{bound:.6g}" for bound in each["range"])
        elif "int" in each["dtype"]:
            text += ":0..?"
        found.append(text)
    return found


def _word(text: str) -> str:
    return text if re.fullmatch(r"[A-Za-z_]\w*", text) else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _hint() -> str:
    return f"such as --input {EXAMPLE}, or --input ids=int64[batch,length=128]:0..30521"
