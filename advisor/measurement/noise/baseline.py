"""How short a figure of the canary is when nobody disturbs it: on this host, in the quietest of a week's sessions."""

from __future__ import annotations

import bisect
import contextlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from advisor.documents import write_text
from advisor.errors import AdvisorError
from advisor.measurement.disturbance import LIMIT

# A host that has moved a virtual machine for good would otherwise be measured against what it was before, for ever.
KEPT = timedelta(days=7)


@dataclass
class Shortest:
    """One figure, in nanoseconds: what is known of it from earlier sessions, and what this one found.

    Parameters
    ----------
    share : float
        The share of this session's figures that lie below the one that stands for its shortest.
    known : float
        The lowest of earlier sessions; infinity without one.
    limit : float
        So many times the shortest is still as usual.
    """

    share: float
    known: float = math.inf
    limit: float = LIMIT
    _found: list[float] = field(default_factory=list)

    def add(self, figure: float) -> None:
        """Take note of a figure; infinity says nothing of how short it can be."""
        if math.isfinite(figure):
            bisect.insort(self._found, figure)

    @property
    def lowest(self) -> float:
        """The shortest, here and in earlier sessions; infinity before the first."""
        return min(self.known, self._own)

    @property
    def confirmed(self) -> bool:
        """Whether this session came as near to the shortest as is usual."""
        return math.isfinite(self._own) and self._own <= self.limit * self.lowest

    @property
    def _own(self) -> float:
        return self._found[int(self.share * len(self._found))] if self._found else math.inf


@dataclass(frozen=True)
class _Seen:
    lowest: float
    seen: date


class Memory:
    """The file that keeps the lowest of every figure of every host, each with the day that saw it last.

    Parameters
    ----------
    file : path
        JSON; a damaged one is forgotten.
    host : str
        Whose figures they are.
    """

    def __init__(self, file: Path, host: str) -> None:
        self._file = file
        self._host = host
        self._known = self._all().get(host, {})

    def lowest(self, figure: str) -> float:
        """Return what is remembered of a figure; infinity where no session of the last week saw it that low."""
        return _recent(self._known.get(figure))

    def keep(self, figures: Mapping[str, Shortest]) -> None:
        """Remember the figures that were confirmed; a host that cannot remember starts anew the next time."""
        known = self._all()
        own = dict(known.get(self._host, {}))
        today = datetime.now(UTC).date()
        for name, each in figures.items():
            if each.confirmed:
                # Another session may have ended meanwhile.
                own[name] = _Seen(min(each.lowest, _recent(own.get(name))), today)
        if not own:
            return
        said = {
            host: {name: {"lowest": each.lowest, "seen": each.seen.isoformat()} for name, each in found.items()}
            for host, found in (known | {self._host: own}).items()
        }
        with contextlib.suppress(AdvisorError):
            write_text(self._file, json.dumps(said, indent=1) + "\n")

    def _all(self) -> dict[str, dict[str, _Seen]]:
        try:
            return {
                str(host): {
                    str(name): _Seen(float(each["lowest"]), date.fromisoformat(each["seen"]))
                    for name, each in found.items()
                }
                for host, found in json.loads(self._file.read_text(encoding="utf-8")).items()
            }
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return {}


def _recent(known: _Seen | None) -> float:
    return math.inf if known is None or datetime.now(UTC).date() - known.seen >= KEPT else known.lowest
