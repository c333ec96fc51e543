"""The journal of a session: append-only JSON Lines, on disk before the session goes on."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from advisor.documents import first_problem
from advisor.errors import AdvisorError
from advisor.measurement.session.entries import LINE, SCHEMA

Entry = dict[str, Any]
ANEW = "measure anew, without --resume; the file stays as it is"


class Journal:
    """Writes entries to a file, each one durable when `write` returns.

    Parameters
    ----------
    path : path
        The file; without `resume` it must not exist.
    resume : bool
        Go on with an existing file; a last line that was cut off in the middle is taken away first.

    Raises
    ------
    AdvisorError
        When the file cannot be written (exit code 2); the message names the reason, such as a full disk.
    """

    def __init__(self, path: Path, *, resume: bool = False) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            new = 0 if resume else os.O_CREAT | os.O_EXCL
            self._file = os.open(path, os.O_WRONLY | os.O_APPEND | new, 0o644)
            if resume:
                os.ftruncate(self._file, len(path.read_bytes().rpartition(b"\n")[0]) + 1)
        except OSError as error:
            raise self._error(error) from None

    def write(self, entry: Entry) -> None:
        """Append one entry and wait until the disk has it."""
        line = json.dumps(entry, allow_nan=False, separators=(",", ":")).encode() + b"\n"
        try:
            while line:
                line = line[os.write(self._file, line) :]
            os.fsync(self._file)
        except OSError as error:
            raise self._error(error) from None

    def close(self) -> None:
        """Close the file; safe to call again."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def remove(self) -> None:
        """Close and delete the file: what it held is safe elsewhere."""
        self.close()
        self.path.unlink(missing_ok=True)

    def _error(self, error: OSError) -> AdvisorError:
        return AdvisorError(f"{self.path}: cannot write the journal: {error.strerror or error}")


def read(path: Path) -> Iterator[Entry]:
    """Yield the entries of a journal; a last line that was cut off in the middle is left out.

    Raises
    ------
    AdvisorError
        When the file is no journal of this format (exit code 2).
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise AdvisorError(f"{path}: cannot read the journal: {error.strerror or error}") from None
    # What stands after the last line feed is the line that was being written when the session was killed.
    for number, line in enumerate(lines[:-1], start=1):
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            raise AdvisorError(f"{path}:{number}: not a line of a journal", hint=ANEW) from None
        if number == 1 and (not isinstance(entry, dict) or entry.get("schema") != SCHEMA):
            raise AdvisorError(f'{path}: not a journal: expected "schema": "{SCHEMA}"')
        try:
            LINE.validate_json(line)
        except ValidationError as error:
            raise AdvisorError(f"{path}:{number}: not a line of a journal: {first_problem(error)}", hint=ANEW) from None
        yield entry
