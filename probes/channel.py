"""The channel between advisor and a worker: JSON Lines, one command a line, one reply a line.

Frameworks print to standard output while they import and export. So the first thing a worker does is to move the
protocol to duplicates of descriptors 0 and 1, then to point descriptor 1 at standard error and 0 at nothing: whatever
is printed from then on, also by native code, lands in standard error.
"""

from __future__ import annotations

import functools
import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

Command = dict[str, Any]
Body = dict[str, Any]
Handler = Callable[[Command], Body]

LONGEST_MESSAGE = 2000


class ProbeError(Exception):
    """What a worker answers when a command cannot be done and the reason is known.

    Parameters
    ----------
    outcome : str
        ``"error"``, ``"not_supported"``, ``"not_installed"``, ``"not_run"`` …
    message : str
        Why, in one sentence.
    """

    def __init__(self, outcome: str, message: str) -> None:
        super().__init__(message)
        self.outcome = outcome


class Channel:
    """The two ends of the protocol."""

    def __init__(self, commands: TextIO, replies: TextIO) -> None:
        self._commands = commands
        self._replies = replies

    def commands(self) -> Iterator[Command]:
        """Yield the commands until the other side closes; what is no command is answered with an error."""
        for line in self._commands:
            if not line.strip():
                continue
            try:
                command = json.loads(line)
            except (ValueError, RecursionError) as error:
                self.reply(None, {"outcome": "error", "message": f"not a command: {error}"})
                continue
            if isinstance(command, dict) and isinstance(command.get("do"), str):
                yield command
            else:
                identity = command.get("id") if isinstance(command, dict) else None
                self.reply(identity, {"outcome": "error", "message": 'not a command: expected {"id": n, "do": "…"}'})

    def wait(self) -> None:
        """Return when the other side has closed; what it still says is passed over."""
        for _ in self._commands:
            pass

    def reply(self, identity: object, body: Body) -> None:
        """Send one reply; a body that JSON cannot carry (NaN, foreign objects) becomes an error."""
        try:
            text = json.dumps({"id": identity, **body}, allow_nan=False)
        except (TypeError, ValueError) as error:
            message = f"the reply cannot be written as JSON: {error}"
            text = json.dumps({"id": identity, "outcome": "error", "message": message})
        self._replies.write(text + "\n")
        self._replies.flush()


@functools.cache
def claim() -> Channel:
    """Take descriptors 0 and 1 for the protocol, once per process; later calls return the same channel."""
    sys.stdout.flush()
    commands = os.fdopen(os.dup(0), "r", encoding="utf-8", errors="replace")
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return Channel(commands, replies)


def serve(channel: Channel, handlers: Mapping[str, Handler]) -> None:
    """Answer commands until ``stop`` or until the other side has gone.

    A handler returns the body of its reply: ``{"ok": {...}}`` or ``{"outcome": ..., ...}``. Whatever it raises is
    answered too, so that one failing recipe costs its own answer and nothing else.
    """
    try:
        for command in channel.commands():
            name = command["do"]
            if name == "stop":
                channel.reply(command.get("id"), {"ok": {}})
                return
            channel.reply(command.get("id"), _answer(handlers, name, command))
    except BrokenPipeError:
        return


def _answer(handlers: Mapping[str, Handler], name: str, command: Command) -> Body:
    if name not in handlers:
        return {"outcome": "error", "message": f"unknown command {name!r}: there are {', '.join([*handlers, 'stop'])}"}
    try:
        return handlers[name](command)
    except Exception as error:  # noqa: BLE001 - the exception is the outcome
        return failed(error)
    except SystemExit as error:
        return failed(error)


def failed(error: BaseException) -> Body:
    """Return the body that reports `error`: outcome, message, and where in the probes it came from."""
    if isinstance(error, ProbeError):
        return {"outcome": error.outcome, "message": str(error)}
    body: Body = {"outcome": "error", "message": f"{type(error).__name__}: {error}"[:LONGEST_MESSAGE]}
    place = where(error)
    if place:
        body["where"] = place
    return body


def where(error: BaseException) -> str | None:
    """Return ``file:line`` of the innermost frame of `error` that lies in the probes, else of the innermost frame."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if is_ours(frame.filename)]
    chosen = (ours or frames)[-1:]
    return f"{Path(chosen[0].filename).name}:{chosen[0].lineno}" if chosen else None


def is_ours(filename: str) -> bool:
    """Tell whether a source file belongs to the probes or to one of the folders that add frameworks."""
    folders = [str(Path(__file__).parent)]
    frameworks = sys.modules.get("probes.frameworks")
    folders += list(frameworks.__path__) if frameworks else []
    return filename != __file__ and any(filename.startswith(folder + os.sep) for folder in folders)
