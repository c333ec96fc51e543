"""How well a traceback leads to a planted bug: what a user would see, measured."""

from __future__ import annotations

import inspect
import re
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

Named = Literal["frame", "text", "no"]
# How an error may tell what does not fit: the shapes of 3×4 and 5×6, or those of the axes that are to be summed over.
SHAPES = ((r"\b3(, ?|x)4\b", r"\b5(, ?|x)6\b"), (r"\(4,\)", r"\(5,\)"))


def provoke(call: Callable[[], object], planted: tuple[str, int]) -> dict[str, Any]:
    """Run `call`, in which a bug was planted, and describe the error that a user would see.

    Returns
    -------
    dict
        ``raised``: its class, or None when the bug went unnoticed; and of the traceback below `call` as Python prints
        it: ``frames``, ``characters``, ``shapes``: whether it tells 3×4 and 5×6, or of the axes that do not fit both
        sizes, (4,) and (5,), and ``line``, which tells whether it names the planted line as a frame (a debugger can
        stop there), in the text only, or not at all.
    """
    try:
        call()
    except Exception as error:  # noqa: BLE001 - the error is what is looked at
        return describe(error, planted)
    return {"raised": None, "frames": 0, "characters": 0, "shapes": False, "line": "no"}


def describe(error: Exception, planted: tuple[str, int]) -> dict[str, Any]:
    """Return the figures of an error that was caught one frame above the user's code."""
    error.with_traceback(error.__traceback__.tb_next if error.__traceback__ else None)
    text = "".join(traceback.format_exception(error))
    return {
        "raised": type(error).__name__,
        "frames": len(traceback.extract_tb(error.__traceback__)),
        "characters": len(text),
        "shapes": any(all(re.search(shape, text) for shape in shapes) for shapes in SHAPES),
        "line": named(error, text, planted),
    }


def named(error: BaseException, text: str, planted: tuple[str, int]) -> Named:
    """Tell whether the planted line is a frame of the error or of what caused it, or stands in `text`."""
    file, line = planted
    cause: BaseException | None = error
    while cause is not None:
        if any((frame.filename, frame.lineno) == planted for frame in traceback.extract_tb(cause.__traceback__)):
            return "frame"
        cause = cause.__cause__
    return "text" if re.search(rf'{re.escape(Path(file).name)}"?(, line |:| \(L){line}\b', text) else "no"


def first_line(error: BaseException) -> str:
    """Return the first line of an error's message, without the codes that colour it on a terminal."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def line_of(function: Callable[..., Any], source: str) -> tuple[str, int]:
    """Return file and line number of the line of `function` that contains `source`."""
    lines, first = inspect.getsourcelines(function)
    (offset,) = (number for number, line in enumerate(lines) if source in line)
    return inspect.getfile(function), first + offset


def detection(
    error: Exception | None, operation: str, planted: tuple[str, int], notes: Sequence[str] = ()
) -> dict[str, Any]:
    """Return what a detector of bad numbers said.

    Parameters
    ----------
    error : Exception, optional
        What it raised, caught one frame above the user's code; None when it found nothing.
    operation : str
        A regular expression whose first group is the operation's name in the message.
    planted : tuple
        File and line number of the operation.
    notes : sequence of str
        What it said elsewhere, for example in warnings.

    Returns
    -------
    dict
        ``found``, ``operation`` (its name or None), ``line`` and ``frames`` (as in `provoke`), ``characters`` of error
        and notes.
    """
    if error is None:
        return {"found": False, "operation": None, "line": "no", "frames": 0, "characters": 0}
    error.with_traceback(error.__traceback__.tb_next if error.__traceback__ else None)
    text = "\n".join([*notes, "".join(traceback.format_exception(error))])
    match = re.search(operation, text)
    return {
        "found": True,
        "operation": match.group(1) if match else None,
        "line": named(error, text, planted),
        "frames": len(traceback.extract_tb(error.__traceback__)),
        "characters": len(text),
    }
