"""The page of the model that was asked about: what it takes, what became of each of its routes, and the commands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from advisor.decision.recommendation import AskedModel, Recommendation
from advisor.keys import Stack
from advisor.measurement.run import Observation
from advisor.report import numbers, words
from advisor.report.charts.picture import Picture
from advisor.report.figures import Figure, Interval, Source
from advisor.report.pages.context import Report, StackName
from advisor.signature import Tensor

COLUMNS = ("artifact-size", "cold-start", "latency", "peak-memory")
FLOAT32 = "float32"
_LEAST = 1e-8
"""Where a logarithmic scale begins: answers that are the same to the last bit are at no distance."""
_TIMED = ("median", "low", "high")


@dataclass
class Artifact:
    """A route in one precision: its proof, and its readings by metric, each with where it stands."""

    stack: StackName
    precision: str
    outcome: str = "not_run"
    proof: str | None = None
    parity: Figure | None = None
    rms: Figure | None = None
    readings: dict[str, tuple[Interval, str | None]] = field(default_factory=dict)
    values: dict[str, float] = field(default_factory=dict)
    outputs: list[tuple[str, Figure | Interval]] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What it is called."""
        return f"{self.stack.plain}, {self.precision}"


def page_name(report: Report, told: Recommendation) -> str | None:
    """Return the name of the page of an answer's model; None where nothing was asked about one, or no page has it."""
    if told.model is None or not report.behind:
        return None
    several = {each.model.name for each in report.recommendations if each.model is not None}
    return "model" if len(several) == 1 else f"model-{words.slug(told.model.name)}"


def context(report: Report, told: Recommendation) -> dict[str, Any]:
    """Return what the template of the page needs."""
    model, source = told.model, report.sources[told.profile]
    assert model is not None
    artifacts = list(_artifacts(report, model).values())
    proved = [each for each in artifacts if each.outcome == "proved"]
    return {
        "told": told,
        "source": source,
        "answer": report.href(report.profile_page(told.profile)),
        "signature": [_tensors(source, kind, getattr(model, kind)) for kind in ("inputs", "outputs")],
        "artifacts": artifacts,
        "columns": [(key, words.metric(key)) for key in COLUMNS if any(key in each.readings for each in artifacts)],
        "outputs": [each for each in artifacts if each.precision != FLOAT32 and each.outputs],
        "sole": model.outputs[0].name if len(model.outputs) == 1 else "all of them",
        "fallen": [_fallen(report, source, place) for place in range(len(model.fallen))],
        "untried": list(dict.fromkeys(_untried(report))),
        "steps": [place for place, step in enumerate(told.steps) if step.command],
        "front": _front(proved),
        "sizes": _bytes(proved),
    }


def _artifacts(report: Report, model: AskedModel) -> Mapping[tuple[Stack, str], Artifact]:
    found: dict[tuple[Stack, str], Artifact] = {}
    for index, each in enumerate(report.run.observations):
        if each.workload != model.name or each.route is None:
            continue
        precision = str(each.parameters.get("precision", ""))
        artifact = found.setdefault((each.stack, precision), Artifact(report.stack(each.stack), precision))
        if each.metric is None:
            _proof(report, artifact, index, each)
        elif each.metric in COLUMNS and each.summary is not None:
            unit, keys = each.unit or "", _TIMED
            shown = report.source.interval("observations", index, "summary", unit=unit, keys=keys)
            artifact.readings[each.metric] = (shown, report.observation(index))
            artifact.values[each.metric] = each.summary.median
    return found


def _proof(report: Report, artifact: Artifact, index: int, each: Observation) -> None:
    artifact.outcome, artifact.proof = each.outcome, report.observation(index)
    proof, path = each.proof or {}, ("observations", index, "proof")
    if isinstance(error := proof.get("max_relative_error"), (int, float)):
        artifact.parity = report.source.figure(*path, "max_relative_error", show=numbers.error)
        artifact.values["error"] = error
    if isinstance(rms := proof.get("relative_rms"), (int, float)):
        artifact.rms = report.source.figure(*path, "relative_rms", show=numbers.error if rms < _SHOWN else _percent)
        artifact.values["rms"] = rms
    artifact.outputs = list(_by_output(report.source, path, proof))


_SHOWN = 1e-3
"""From which distance on a percentage says more than a power of ten."""


def _percent(value: float) -> str:
    return f"{value:.1%}".replace("%", f"{numbers.NARROW}%")


def _by_output(source: Source, path: tuple[str | int, ...], proof: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield for each output how near it is in int8: the samples that keep their class, else the rms."""
    agreed = proof.get("agreement") or {}
    if "share" in agreed:
        agreed, path_of = {"": agreed}, (*path, "agreement")
        yield "", source.interval(*path_of, unit="", share=True, keys=("share", "low", "high"))
    else:
        for name in agreed:
            yield name, source.interval(*path, "agreement", name, unit="", share=True, keys=("share", "low", "high"))
    for name, each in (proof.get("outputs") or {}).items():
        if name not in agreed and isinstance(each, Mapping) and isinstance(each.get("relative_rms"), (int, float)):
            yield name, source.figure(*path, "outputs", name, "relative_rms", show=_percent)
    if not agreed and not proof.get("outputs") and isinstance(proof.get("relative_rms"), (int, float)):
        yield "", source.figure(*path, "relative_rms", show=_percent)


def _tensors(source: Source, kind: str, tensors: tuple[Tensor, ...]) -> list[dict[str, Any]]:
    return [
        {
            "name": source.quote("model", kind, place, "name"),
            "dtype": each.dtype,
            "shape": " × ".join(map(str, each.shape)) or "–",
            "range": "–" if each.range is None else f"{each.range[0]:g} to {each.range[1]:g}",
        }
        for place, each in enumerate(tensors)
    ]


def _fallen(report: Report, source: Source, place: int) -> dict[str, Any]:
    given = ("model", "fallen", place)
    route, framework = source.get(*given, "route"), source.get(*given, "framework")
    return {
        "stack": report.stack(Stack(framework=framework, route=route)),
        "precision": source.quote(*given, "precision"),
        "outcome": source.get(*given, "outcome"),
        "operator": source.quote(*given, "operator") if source.get(*given, "operator") else None,
        "where": source.quote(*given, "where") if source.get(*given, "where") else None,
        "why": source.quote(*given, "why"),
    }


def _untried(report: Report) -> Iterator[str]:
    """Yield why frameworks or routes were not tried with it."""
    for each in report.run.skipped:
        if each.kind == "not_taken" and each.reason and each.framework:
            yield f"{words.name(each.framework, report.titles)}: {words.line(each.reason)}"


def _front(proved: list[Artifact]) -> Picture | None:
    """Draw time against distance; with fewer than two artifacts there is nothing to compare."""
    there = [each for each in proved if "latency" in each.values and "rms" in each.values]
    if len(there) < 2:
        return None
    import pandas as pd

    from advisor.report.charts.model import distance

    quickest = min(there, key=lambda each: each.values["latency"])
    nearest = min(there, key=lambda each: each.values["rms"])
    time = quickest.readings["latency"][0].value
    finding = Markup("{} answers soonest, {} a call, {} from the model’s own answers.").format(
        quickest.name, time, quickest.rms
    )
    if nearest is not quickest:
        slower = nearest.readings["latency"][0].value
        finding += Markup(" {} is nearest to them, and takes {}.").format(nearest.name, slower)
    rows = [
        (each.stack.plain, each.stack.first, each.stack.style, each.stack.via or "", each.precision,
         each.values["latency"], max(_LEAST, each.values["rms"]))
        for each in there
    ]  # fmt: skip
    columns = ["name", "owner", "framework", "runtime", "precision", "seconds", "distance"]
    return distance(pd.DataFrame(rows, columns=columns), finding)


def _bytes(proved: list[Artifact]) -> Picture | None:
    there = [each for each in proved if "artifact-size" in each.values]
    if len(there) < 2:
        return None
    import pandas as pd

    from advisor.report.charts.model import bytes_of

    smallest = min(there, key=lambda each: each.values["artifact-size"])
    finding = Markup("{} has the smallest file, {}.").format(smallest.name, smallest.readings["artifact-size"][0].value)
    rows = [(each.name, each.stack.style, each.values["artifact-size"]) for each in there]
    return bytes_of(pd.DataFrame(rows, columns=["name", "framework", "bytes"]), finding)
