"""A small invented Recommendation, made by hand from the models, that uses every field."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from advisor.decision.recommendation import (
    Cell,
    ConstraintCheck,
    Contribution,
    Coverage,
    Flip,
    Need,
    Ranked,
    Recommendation,
    Stability,
    StatedConstraint,
)
from advisor.keys import Stack

LITERT, EXECUTORCH, ONNX = ("tensorflow", "litert"), ("pytorch", "executorch"), ("pytorch", "onnxruntime")
_NEEDS = (
    Need(
        criterion="edge-latency", title="Latency on the device", question="How long does one prediction take?",
        group="ship", unit="s", better="lower", weight=0.5, floor=0.05, target=0.0001, floor_text="50 ms",
        target_text="100 µs", because="20 frames a second leave 50 ms for everything",
    ),
    Need(
        criterion="int8-accuracy-loss", title="Accuracy lost to int8", question="What does int8 cost?", group="ship",
        unit="", better="lower", weight=0.3, floor=0.02, target=0.0, floor_text="2 %", target_text="0 %",
        because="a loss above 2 points is a different product",
    ),
    Need(
        criterion="runtime-maintenance", title="Maintenance of the runtime", question="Is it maintained?",
        group="sustain", unit="level", better="higher", weight=0.2, floor="archived", target="active",
        floor_text="archived", target_text="active", because="devices live for years",
    ),
)  # fmt: skip
_VALUES = {
    (LITERT, "edge-latency"): (9e-5, 8.8e-5, 9.2e-5, 1.0),
    (EXECUTORCH, "edge-latency"): (1.2e-4, 1.17e-4, 1.23e-4, 0.97),
    (ONNX, "edge-latency"): (1.05e-4, 1.02e-4, 1.08e-4, 0.99),
    (LITERT, "int8-accuracy-loss"): (0.003, 0.003, 0.003, 0.85),
    (EXECUTORCH, "int8-accuracy-loss"): (0.011, 0.011, 0.011, 0.45),
}


def sample_recommendation() -> Recommendation:
    """Return an invented answer for the edge profile."""
    return Recommendation(
        profile="edge", title="Run a trained model on a phone, a camera or a board",
        question="Which framework should we train in, and which runtime should we ship?", run="20261120-171200-3f2a",
        decided=datetime(2026, 11, 20, 18, 0, tzinfo=UTC), seed=0, samples=10_000, verdict="lean",
        answer=Stack(framework="tensorflow", route="litert"), conditions=("the runtime is maintained",),
        titles={"pytorch": "PyTorch", "tensorflow": "TensorFlow", "litert": "LiteRT", "executorch": "ExecuTorch",
                "onnxruntime": "ONNX Runtime", "artifact-size": "Size of the model file"},
        ranking=(
            _ranked(LITERT, 0.86, 0.86, 1.0, (0.87, 0.13), feasible=True),
            _ranked(EXECUTORCH, 0.72, 0.62, 0.82, (0.13, 0.87), feasible=True),
            _ranked(ONNX, 0.7, 0.5, 1.0, (), feasible=False),
        ),
        needs=_NEEDS,
        constraints=(StatedConstraint(criterion="artifact-size", title="Size of the model file",
                                  text="Size of the model file at most 32 kB", because="updates go over the air"),),
        evidence=tuple(_cell(stack, need) for stack in (LITERT, EXECUTORCH, ONNX) for need in _NEEDS),
        reasons=("Accuracy lost to int8 is 0.3 %, against 1.1 %.",
                 "Latency on the device is 90 µs, against 120 µs for PyTorch → ExecuTorch."),
        against="PyTorch → ExecuTorch is maintained more actively.",
        flips=(Flip(criterion="int8-accuracy-loss", framework="pytorch", route="executorch", now=0.011, needed=0.0017,
                    unit="", text="Accuracy lost to int8 were below 0.17 % for PyTorch → ExecuTorch (now 1.1 %)"),),
        stability=tuple(Stability(criterion=need.criterion, weight=need.weight, low=0.1, high=1.0) for need in _NEEDS),
        next_probe="accuracy of PyTorch → ONNX Runtime in int8",
        coverage=Coverage(measured=0.7, documented=0.2, missing=0.1),
        warnings=("two criteria measure the same thing",),
    )  # fmt: skip


def _ranked(
    stack: tuple[str, str], value: float, low: float, high: float, first: tuple[float, ...], *, feasible: bool
) -> Ranked:
    detail = ("27.4 kB ≤ 32 kB", "pass") if feasible else ("33.9 kB, at most 32 kB", "fail")
    return Ranked(
        framework=stack[0], route=stack[1], feasible=feasible, value=value, low=low, high=high,
        rank_acceptability=first, would_rank=None if feasible else 3,
        constraints=(ConstraintCheck(criterion="artifact-size", outcome="pass" if feasible else "fail",
                                     detail=detail[0], shortfall=None if feasible else 1_900.0),),
        contributions=tuple(_contribution(stack, need) for need in _NEEDS),
    )  # fmt: skip


def _contribution(stack: tuple[str, str], need: Need) -> Contribution:
    cell = _cell(stack, need)
    return Contribution(
        criterion=need.criterion, weight=need.weight, value=cell.score, low=cell.score_low, high=cell.score_high,
        provenance=cell.provenance, evidence=cell.evidence,
    )  # fmt: skip


def _cell(stack: tuple[str, str], need: Need) -> Cell:
    common: dict[str, Any] = {"framework": stack[0], "route": stack[1], "criterion": need.criterion, "unit": need.unit}
    if need.criterion == "runtime-maintenance":
        return Cell(
            **common, outcome="documented", value=2.0, low=2.0, high=2.0, level="active", provenance="documented",
            evidence="litert-maintenance", source="https://example.org/litert", date="2026-03-02", score=0.9,
            score_low=0.9, score_high=0.9,
        )  # fmt: skip
    if (stack, need.criterion) not in _VALUES:
        return Cell(**common, outcome="not_run", provenance="missing", message="int8 was left out of --quick")
    value, low, high, score = _VALUES[stack, need.criterion]
    return Cell(
        **common, outcome="measured", value=value, low=low, high=high, n=60, provenance="measured here",
        evidence="/observations/40", score=score, score_low=score, score_high=score,
    )  # fmt: skip
