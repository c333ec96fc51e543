"""The journal of a session: append-only JSON Lines, on disk before the session goes on.

Each kind of line has a model, so that a damaged line is named and not followed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from advisor.documents import first_problem
from advisor.errors import AdvisorError
from advisor.measurement.disturbance import Disturbance, with_fields
from advisor.measurement.run import Exported, Framework, Host, Mode, Moment, Observation, Policy, Skipped
from advisor.measurement.run import Spent as SpentSoFar
from advisor.measurement.timing import Figure, Part, Round

SCHEMA: Literal["advisor.journal/1"] = "advisor.journal/1"
MOST_CALLS = 100_000
Key = Annotated[str, Field(min_length=2)]


class Start(Part):
    """What is known when a session begins."""

    # It becomes the name of a file.
    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]
    started: datetime
    mode: Mode
    advisor: str
    host: Host
    policy: Policy
    seed: int
    plan: str = ""
    # Which machine, also where it has a label: a journal goes on where it began.
    machine: str = ""
    noise: dict[str, str] = Field(default_factory=dict)
    not_measurable: dict[str, str] = Field(default_factory=dict)
    skipped: tuple[Skipped, ...] = ()
    exported: Exported | None = None


class _Started(Start):
    started: Moment


class _Start(Part):
    schema_: Literal["advisor.journal/1"] = Field(alias="schema")
    kind: Literal["start"]
    value: _Started


class _Framework(Part):
    kind: Literal["framework"]
    name: str
    value: Framework


class _Twin(Part):
    kind: Literal["twin"]
    name: str
    key: Key
    round: Round


class _Observation(Part):
    kind: Literal["observation"]
    value: Observation


class _Block(Part):
    kind: Literal["block"]
    key: Key
    round: Round
    calls: Annotated[list[Annotated[float, Field(ge=0, le=1e30)]], Field(min_length=1, max_length=MOST_CALLS)]

    @model_validator(mode="after")
    def _of_the_round(self) -> Self:
        if len(self.calls) > self.round.calls:
            raise ValueError(f"{len(self.calls):,} calls of a round of {self.round.calls:,}")
        return self


class _Value(Part):
    kind: Literal["value"]
    key: Key
    value: Figure
    disturbances: tuple[Disturbance, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _with_fields(cls, data: Any) -> Any:
        return with_fields(data)


class _Skipped(Part):
    kind: Literal["skipped"]
    value: Skipped


class _Spent(Part):
    kind: Literal["spent"]
    value: SpentSoFar


_Line = Annotated[
    _Start | _Framework | _Twin | _Observation | _Block | _Value | _Skipped | _Spent, Field(discriminator="kind")
]
LINE: TypeAdapter[_Line] = TypeAdapter(_Line)


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
