"""A model looked at: what it holds and takes, its first answer, and which routes carry it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from advisor.models import reader, routes
from advisor.models.commands import Content, Told
from advisor.models.reader import Request
from advisor.models.routes import Conversion, Route

PRECISIONS = ("float32", "int8")
VERDICTS = {"proved": "yes", "not_run": "unknown", "timed_out": "unknown"}
"""What an outcome says of a route; any other one says no. What was stopped was not found wanting."""
PATIENT = 120.0
"""Seconds in which the slowest exports of usual models end."""


@dataclass(frozen=True)
class Checked:
    """What was found out about a model.

    ``unreached`` are the runtimes that nothing leads to from its kind, with the reason; ``budget`` the seconds that all
    of it was given.
    """

    request: Request
    told: Told
    conversions: Sequence[Conversion]
    unreached: Mapping[str, str]
    budget: float | None = None

    @property
    def patience(self) -> str:
        """The value of ``--within`` that leaves time for what this one had none for."""
        return f"{max(PATIENT, 4 * (self.budget or 0)):g}s"

    @property
    def content(self) -> Content:
        """What it holds, with its multiplications where an export tells of them."""
        assert self.told.content is not None
        found = (each.figures.get("macs") for each in self.conversions)
        counted = self.told.content.macs or next(filter(None, found), None)
        return self.told.content.model_copy(update={"macs": counted})


def checked(
    request: Request,
    folder: Path,
    *,
    precisions: Sequence[str] = ("float32",),
    only: Sequence[str] = (),
    pythons: Mapping[str, Path] | None = None,
    budget: float | None = None,
    listener: Callable[[Conversion], None] = lambda _: None,
) -> Checked:
    """Read a model and try its routes.

    Parameters
    ----------
    request : Request
        The model.
    folder : Path
        Where the reference and the artifacts go.
    precisions : sequence of str
        ``float32``, ``int8``.
    only : sequence of str
        The runtimes to try; default all that can be reached.
    pythons : mapping, optional
        Of frameworks and environments, as `environments.find` takes them.
    budget : float, optional
        Seconds for all of it: exports that would take longer are stopped.
    listener : callable
        Told each result as it comes.

    Raises
    ------
    AdvisorError
        As `reader.read`.
    """
    began = time.monotonic()
    told = reader.read(request, folder)
    wanted = [
        (route, precision)
        for route in routes.of(told.framework, pythons)
        if not only or route.runtime in only
        for precision in precisions
    ]
    left = None if budget is None else max(0.0, budget - (time.monotonic() - began))
    found = routes.converted(
        request.source, told, request.model(), wanted, folder, request.limits, budget=left, listener=listener
    )
    return Checked(request, told, found, routes.unreached(told.framework), budget)


def rows(found: Checked) -> list[dict[str, Any]]:
    """Return one row for each route and precision, and one for each runtime that nothing leads to."""
    listed = [_row(each, found.patience) for each in found.conversions]
    blank = Conversion(Route(found.told.framework, ""), "", "not_supported", None, 0.0)
    for runtime, why in found.unreached.items():
        each = replace(blank, route=Route(found.told.framework, runtime), message=why)
        listed.append(_row(each, found.patience) | {"seconds": None, "precision": None})
    return listed


def _row(each: Conversion, patience: str) -> dict[str, Any]:
    figures = each.figures
    late = each.message == routes.LATE
    reason = f"{routes.LATE}: --within {patience}" if late else None if each.proved else each.message
    return {
        "runtime": each.route.runtime,
        "precision": each.precision,
        "takes it": VERDICTS.get(each.outcome, "no"),
        "outcome": each.outcome,
        "in the way": each.operator,
        "place": each.where,
        "reason": reason,
        "error": figures.get("max_relative_error"),
        "rms": figures.get("relative_rms"),
        "bytes": figures.get("artifact_bytes"),
        "latency": figures.get("latency_seconds"),
        "memory": figures.get("peak_memory_bytes"),
        "cold start": figures.get("cold_start_seconds"),
        "batch": "any" if figures.get("takes") else "1",
        "seconds": each.seconds,
    }
