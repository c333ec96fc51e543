"""What is in the way of an export: the operator or construct that an exporter names, and where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from probes.models.factories import frame, is_theirs, shown

# How the exporters call an operator or a construct that they do not take; the first group is its name.
NAMED = (
    r"No (?:ONNX function|decompositions?) (?:found|registered) for <OpOverload\(op='([\w.:]+)'",
    r"No conversion rule found for operations?: ([\w:., ]+)",
    r"Conversion is failed for: ([\w., -]+)",
    r"Check '[^']+' failed.*?No conversion rule.*?(aten::\w+|\w+::\w+)",
    r"Missing out variants: \{?'?([\w:.]+)",
    r"Operator torch\._ops\.([\w.]+) is not",
    r"Unsupported (?:aten |ATen )?operat(?:or|ion)[:s]* *'?([\w:.]+)",
    r"(?:Lowering not found|lowering not found)[^:]*: ?([\w:.]+)",
    r"'(tf\.\w+)' op is neither a custom op",
    r"(?:Some ops are not supported|ops?|Ops): ?((?:TF|Flex|Custom|tf\.)\w*)",
    r"Tensorflow op \[[^:\]]*: (\w+)\] is not supported",
    r"(\w+) is not a registered function/op",
    r"Could not find an implementation for (\w+)",
    r"No Op registered for (\w+)",
    r"Not supported.*?(?:node|operation)[: ]+(\w+)",
    r"\b(?:op|operator|operation|target)\b ?[=:]? ?'?(\w+[.:]{1,2}[a-z_]\w*(?:\.\w+)?)'?",
    r"(torch\.ops\.[\w.]+)",
    r"in call to (torch\.[\w.]+|aten\.[\w.]+)",
    r"\b(aten[.:]{1,2}\w+)",
)
# Constructs, by what the exporters say of them.
CONSTRUCTS = (
    (r"GuardOnDataDependentSymNode|data-dependent expression|DATA-DEPENDENT", "a branch or size that depends on data"),
    (r"Data-dependent branching|DynamicControlFlow|bool value of traced tensors", "a branch that depends on data"),
    (r"PackedSequence|pack_padded", "a packed sequence"),
    (r"ComplexFloat|complex64|[Cc]omplex (?:number|dtype|type|tensor)|view_as_complex|dtype 10", "complex numbers"),
    (r"Constraints violated|specialized it to be a constant|inferred to be a constant", "a size that the model fixes"),
    (r"mutat|in-place.*buffer|buffer.*in-place|copy_.*buffer", "a buffer that forward changes"),
    (r"autograd\.Function", "an autograd function of its own"),
    (r"string", "strings"),
)
LONGEST = 400
IDLE = ("⬆", "Summary", "-", "File ", "Check '", "FrontEnd API failed")
"""How lines begin that say nothing to whoever wrote the model."""
TELLING = re.compile(r"[Uu]nsupported|not support|No \w+|Could not|cannot")


@dataclass(frozen=True)
class Obstacle:
    """Why an export failed.

    Attributes
    ----------
    message : str
        What the exporter says, in one line.
    operator : str, optional
        The operator or construct that it names.
    where : str, optional
        ``file:line`` of the user's code.
    """

    message: str
    operator: str | None = None
    where: str | None = None

    def plain(self) -> dict[str, Any]:
        """Return it as JSON carries it."""
        return {"message": self.message, "operator": self.operator, "where": self.where}


def of(error: BaseException, path: Path) -> Obstacle:
    """Return what an exporter's error says of a model that came from `path`."""
    several = list(_chain(error))
    text = "\n".join(f"{type(each).__name__}: {each}" for each in several)
    return Obstacle(_told(several), _operator(text), _where(several, text, path))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what caused it, each once."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _operator(text: str) -> str | None:
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
    for pattern, name in CONSTRUCTS[:3]:
        if re.search(pattern, plain):
            return name
    for pattern in NAMED:
        found = re.search(pattern, plain, re.DOTALL)
        if found:
            return found[1].strip(" .,'")
    return next((name for pattern, name in CONSTRUCTS[3:] if re.search(pattern, plain)), None)


def _where(several: list[BaseException], text: str, path: Path) -> str | None:
    """Return the user's place: what an exporter quotes of the user's stack, else the innermost frame of the error."""
    quoted = re.findall(r'File "([^"]+)", line (\d+)', text) + re.findall(r"# File: ([^:\n]+):(\d+)", text)
    mine = [(file, line) for file, line in quoted if is_theirs(file, path)]
    if mine:
        return f"{shown(mine[-1][0], path)}:{mine[-1][1]}"
    for each in several:
        found = frame(each, path)
        if found is not None:
            return f"{shown(found.filename, path)}:{found.lineno}"
    return None


def _told(several: list[BaseException]) -> str:
    """Return the first sentence that says something: exporters wrap the cause in what says nothing."""
    lines = [_line(each) for each in several]
    words = [line for line in lines if line]
    empty = next((type(each).__name__ for each in several), "")
    chosen = next((line for line in words if TELLING.search(line)), None)
    text = chosen or (words[-1] if words else f"{empty}, without a word")
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _line(error: BaseException) -> str:
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    stripped = (line.strip() for line in text.splitlines())
    lines = [line for line in stripped if line and not line.startswith(IDLE)]
    first = " ".join(lines[:2])
    return f"{type(error).__name__}: {first}" if first else ""
