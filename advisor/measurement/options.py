"""How a session is to be: one object that the commands, the API and the session share."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypedDict

from advisor.errors import AdvisorError
from advisor.measurement.run import Mode

HOME = Path(".advisor")


class SessionKeywords(TypedDict, total=False):
    """The fields of `SessionOptions` as keywords, for who checks types."""

    mode: Mode
    frameworks: Collection[str] | None
    pythons: Mapping[str, Path] | None
    folders: Collection[Path]
    home: Path
    seed: int
    threads: int | None
    budget: float | None
    until_decided: bool
    resume: bool
    on_event: Callable[[Any], None] | None


@dataclass(frozen=True, kw_only=True)
class SessionOptions:
    """What is asked of a session, whatever it measures; `advisor.api.probe` says what each field means."""

    mode: Mode = "standard"
    frameworks: Collection[str] | None = None
    pythons: Mapping[str, Path] | None = None
    folders: Collection[Path] = ()
    home: Path = field(default=HOME)
    seed: int = 0
    threads: int | None = None
    budget: float | None = None
    until_decided: bool = False
    resume: bool = False
    on_event: Callable[[Any], None] | None = None

    def check(self) -> None:
        """Raise AdvisorError for a number that no option would take: NaN is above nothing and below nothing."""
        _within("budget", self.budget, 0, "seconds above zero")
        _within("threads", self.threads, 0, "a number above zero")
        _within("seed", self.seed, -1, "zero or more")


def _within(name: str, value: float | None, above: float, expected: str) -> None:
    if value is not None and not above < value < math.inf:
        raise AdvisorError(f"{name}: expected {expected}, got {value!r}")
