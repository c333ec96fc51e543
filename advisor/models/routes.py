"""Through which routes a model goes: each tried in a child process, and proved."""

from __future__ import annotations

import contextlib
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from advisor.measurement import definitions, environments
from advisor.measurement.definitions import Limits
from advisor.measurement.worker.answers import Concluded, WorkerError
from advisor.measurement.worker.protocol import Pending
from advisor.models.children import Child
from advisor.models.commands import Convert, Told
from advisor.models.kinds import Source

ONNX = ("onnxruntime", "openvino")
SUFFIXES = {"executorch": ".pte", "onnxruntime": ".onnx", "openvino": "-openvino", "litert": ".tflite"}
UNREACHED = {
    ("onnx", "executorch"): "an ONNX file holds no PyTorch module: ExecuTorch takes what it was exported from",
    ("onnx", "litert"): "no well-kept converter leads from ONNX to LiteRT: convert the model that the file was exported"
    " from",
    ("tensorflow", "executorch"): "ExecuTorch takes PyTorch modules only",
}
_GLANCE = 0.1
LATE = "not tried to the end"
"""Of a route that there was no time for: nothing was found against it."""


@dataclass(frozen=True)
class Route:
    """A way of a model to a runtime: by whose exporter, in which Python."""

    framework: str
    runtime: str
    python: Path | None = None


@dataclass(frozen=True)
class Conversion:
    """What became of a model on a route in one precision.

    Attributes
    ----------
    outcome, message : str
        As of a recipe.
    operator, where : str, optional
        What is in the way, and its place in the user's code, where the exporter tells.
    figures : mapping
        Of the proof: ``artifact_bytes``, ``latency_seconds``, ``max_relative_error`` …
    artifact : Path, optional
        What was proved.
    """

    route: Route
    precision: str
    outcome: str
    message: str | None
    seconds: float
    operator: str | None = None
    where: str | None = None
    figures: Mapping[str, Any] = field(default_factory=dict)
    artifact: Path | None = None

    @property
    def proved(self) -> bool:
        """Whether it carries the model."""
        return self.outcome == "proved"


def of(framework: str, pythons: Mapping[str, Path] | None = None) -> list[Route]:
    """Return the routes of a model of a framework."""
    if framework == "onnx":
        return [Route("onnx", runtime) for runtime in ONNX]
    known = definitions.frameworks()[framework]
    found = environments.find([known], pythons)[framework]
    return [Route(framework, runtime, found.python_for(f"route:{runtime}")) for runtime in known.routes]


def unreached(framework: str) -> dict[str, str]:
    """Return the runtimes that nothing leads to from a model of a framework, and why."""
    return {runtime: why for (each, runtime), why in UNREACHED.items() if each == framework}


@dataclass
class _Lane:
    """The routes that are tried one after the other in one process."""

    waiting: deque[tuple[Route, str]]
    child: Child | None = None
    pending: Pending[Concluded] | None = None
    began: float = 0.0


def converted(
    source: Source,
    told: Told,
    model: Mapping[str, Any],
    wanted: Sequence[tuple[Route, str]],
    folder: Path,
    limits: Limits,
    *,
    budget: float | None = None,
    listener: Callable[[Conversion], None] = lambda _: None,
) -> list[Conversion]:
    """Export a model through routes and prove what came out; as many processes as there are processors.

    Parameters
    ----------
    source, told, model : Source, Told, mapping
        The model, what its reader told, and what a child is told to load.
    wanted : sequence of (Route, precision)
        What is tried, in this order.
    folder : Path
        Where the reader wrote the reference (``reference/``), and the artifacts go.
    limits : Limits
        Of one export.
    budget : float, optional
        Seconds after which no further export begins and running ones are stopped.
    listener : callable
        Told each result as it comes.
    """
    started = time.perf_counter()
    lanes = _lanes(wanted)
    found: list[Conversion] = []

    def over() -> bool:
        return budget is not None and time.perf_counter() - started > budget

    with contextlib.ExitStack() as stack:
        for lane in lanes:
            stack.callback(_end, lane)
        while any(lane.waiting or lane.pending for lane in lanes):
            for lane in lanes:
                for each in _step(lane, source, told, model, folder, limits, late=over()):
                    found.append(each)
                    listener(each)
    order = {pair: number for number, pair in enumerate(wanted)}
    return sorted(found, key=lambda each: order[each.route, each.precision])


def _lanes(wanted: Iterable[tuple[Route, str]]) -> list[_Lane]:
    """Spread the work over as many processes as there are processors; what needs another Python has its own."""
    apart: dict[Path | None, list[tuple[Route, str]]] = {}
    for route, precision in wanted:
        apart.setdefault(route.python, []).append((route, precision))
    processors = max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)
    main = max(apart.values(), key=len, default=[])
    # ExecuTorch's lowering takes as long as all others together.
    slow = [pair for pair in main if pair[0].runtime == "executorch"]
    rest = [pair for pair in main if pair not in slow]
    others = [pairs for pairs in apart.values() if pairs is not main]
    groups = [group for group in (rest, slow, *others) if group]
    while len(groups) > max(processors, len(apart)):
        groups[-2:] = [groups[-2] + groups[-1]]
    return [_Lane(deque(group)) for group in groups]


def _step(
    lane: _Lane, source: Source, told: Told, model: Mapping[str, Any], folder: Path, limits: Limits, *, late: bool
) -> list[Conversion]:
    """Begin what is next in a lane, or look whether it is done; return what ended."""
    if lane.pending is None:
        if not lane.waiting:
            _end(lane)
            return []
        route, precision = lane.waiting[0]
        if late:
            lane.waiting.popleft()
            return [Conversion(route, precision, "not_run", LATE, 0.0)]
        lane.began = time.perf_counter()
        if lane.child is None or lane.child.limits != limits or lane.child.python != route.python:
            _end(lane)
            scratch = folder / f"child-{route.framework}-{route.runtime}-{precision}"
            lane.child = Child(source, scratch, limits, route.python)
        lane.pending = lane.child.worker.send(_command(told, model, folder, route, precision, limits))
    route, precision = lane.waiting[0]
    assert lane.child is not None
    try:
        concluded = lane.child.confined.poll(lane.pending, timeout=_GLANCE)
    except WorkerError as error:
        why = lane.child.why(error)
        outcome = error.outcome
        _end(lane)
        lane.waiting.popleft()
        return [Conversion(route, precision, outcome, why, time.perf_counter() - lane.began)]
    if concluded is None:
        if not late:
            return []
        _end(lane)
        lane.waiting.popleft()
        return [Conversion(route, precision, "not_run", LATE, _since(lane))]
    lane.pending = None
    lane.waiting.popleft()
    return [_read(route, precision, concluded, _artifact(folder, route, precision), _since(lane))]


def _since(lane: _Lane) -> float:
    return time.perf_counter() - lane.began


def _end(lane: _Lane) -> None:
    if lane.child is not None:
        lane.child.end()
    lane.child, lane.pending = None, None


def _artifact(folder: Path, route: Route, precision: str) -> Path:
    home = folder / "artifacts" / f"{route.runtime}-{precision}"
    home.mkdir(parents=True, exist_ok=True)
    return home / f"model{SUFFIXES[route.runtime]}"


def _command(
    told: Told, model: Mapping[str, Any], folder: Path, route: Route, precision: str, limits: Limits
) -> Convert:
    return Convert(
        model=dict(model), inputs=[each.model_dump(exclude_none=True) for each in told.inputs], sizes=dict(told.sizes),
        folder=folder / "reference", seconds=limits.seconds, route=route.runtime, precision=precision,
        artifact=_artifact(folder, route, precision),
    )  # fmt: skip


def _read(route: Route, precision: str, concluded: Concluded, artifact: Path, seconds: float) -> Conversion:
    proof = dict(concluded.proof or {})
    operator, where = proof.pop("operator", None), proof.pop("where", None)
    message = concluded.message
    return Conversion(
        route, precision, concluded.outcome, message, concluded.seconds or seconds, operator, where, proof,
        artifact if concluded.outcome == "proved" else None,
    )  # fmt: skip
