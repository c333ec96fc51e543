"""The shipped criteria: each can be answered by a probe that exists, in its own unit, and reads as a sentence."""

from datetime import date
from fnmatch import fnmatchcase

import pytest

from advisor import resources
from advisor.criteria import Criterion, Measured, Selection, load_criteria
from advisor.knowledge.catalog import load_catalog
from advisor.measurement.definitions import shipped
from advisor.measurement.metrics import load_metrics

CRITERIA = load_criteria()


@pytest.mark.parametrize("criterion", CRITERIA.values(), ids=list(CRITERIA))
def test_it_reads_as_a_sentence(criterion: Criterion) -> None:
    assert criterion.question.endswith("?")
    assert criterion.why.endswith(".")
    assert not criterion.wins.endswith(".")
    assert criterion.wins[0].islower()


@pytest.mark.parametrize("criterion", CRITERIA.values(), ids=list(CRITERIA))
def test_every_measured_rule_names_a_probe_and_figures_that_a_full_run_has(criterion: Criterion) -> None:
    workloads = {work.probe: work for work in shipped().workloads}
    experiments = {each.probe: each for each in shipped().experiments}
    for rule in criterion.evidence:
        expected = "s" if rule.measured and rule.measured.items_per_call else criterion.unit
        for part in selections(rule.measured):
            if part.probe.startswith("capability:"):
                assert has_recipe(part.probe_of(None)), part.probe
            elif part.probe in workloads:
                work = workloads[part.probe]
                assert part.workload == work.workload
                assert part.parameters.get("batch") in (None, *work.batches)
                assert UNITS[part.metric or "latency"] == expected or part.metric is None
            elif part.probe in experiments:
                assert str(part.metric) in experiments[part.probe].metrics
                assert load_metrics()[str(part.metric)].unit == expected
                assert part.workload == experiments[part.probe].workload
            else:
                assert any(fnmatchcase(probe, part.probe) for probe in PROBES), part.probe
                assert part.metric is None or load_metrics()[part.metric].unit == expected


UNITS = {"latency": "s", "first-call": "s", "throughput": "1/s", "peak-memory": "B"}
"""What is measured of every workload."""


PROBES = {route.id for route in shipped().routes.values()} | {"environment"}


def has_recipe(probe: str) -> bool:
    name = probe.removeprefix("capability:").replace("-", "_")
    return any((resources.probes() / "frameworks").glob(f"*/{name}.py"))


def selections(rule: Measured | None) -> list[Selection]:
    return [] if rule is None else [rule, *rule.plus]


def test_there_is_one_for_everything_that_the_first_profiles_ask() -> None:
    expected = {
        "edge-route", "artifact-size", "edge-latency", "edge-latency-p99", "cold-start", "peak-memory", "runtime-size",
        "int8-accuracy-loss", "cnn-training", "mlp-training", "cnn-latency", "cnn-throughput", "compile-wait",
        "import-time", "memory-after-import", "installed-size", "runtime-maintenance", "framework-maintenance",
        "release-recency", "ready-made-models",
    }  # fmt: skip
    assert expected <= set(CRITERIA)


TOPICS = {
    "training speed": "cnn-training", "inference p50": "serving-latency", "inference p99": "serving-latency-p99",
    "compilation": "compile-wait", "import": "import-time", "memory": "serving-memory", "footprint": "runtime-size",
    "accuracy reached": "time-to-accuracy", "export": "program-export", "edge routes": "edge-route",
    "int8 loss": "int8-accuracy-loss", "serving": "model-server", "languages": "cpp", "browser": "browser-runtime",
    "distributed training": "distributed-training", "mixed precision": "mixed-precision",
    "dynamic graphs": "control-flow", "debugging": "breakpoint", "reproducibility": "reproducibility",
    "checkpoints": "checkpoint", "visualization": "tensorboard", "device control": "device-control",
    "brevity": "brevity", "ready-made models": "ready-made-models", "current research": "research-share",
    "documentation": "documentation", "community": "community", "governance": "governance",
    "release cadence": "feature-releases", "deprecation": "framework-maintenance", "breakage": "breakage-history",
    "license": "licence", "install effort": "installed-packages", "busy machine": "busy-slowdown",
    "security of loading": "safe-loading",
}  # fmt: skip
"""What the comparison articles argue about, and a criterion for each."""


def test_there_is_one_for_every_topic_of_the_articles() -> None:
    assert len(CRITERIA) >= 45
    assert set(TOPICS.values()) <= set(CRITERIA)


@pytest.mark.parametrize("fact", ["developer-share", "last-break", "feature-releases"])
def test_what_is_documented_of_one_framework_is_documented_of_the_other(fact: str) -> None:
    catalog, day = load_catalog(), date(2026, 11, 21)
    assert all(catalog.fact(framework, fact, day) for framework in ("pytorch", "tensorflow"))


@pytest.mark.parametrize(
    "change",
    [
        {"levels": ("no",)},
        {"levels": ("no", "no")},
        {"levels": ("no", "yes"), "unit": "s"},
        {"levels": ("no", "so", "yes"), "evidence": [{"measured": {"probe": "x", "figure": "y"}}]},
        {"evidence": [{}]},
        {"evidence": [{"measured": {"probe": "x"}}]},
        {"evidence": []},
        {"unit": "ms"},
        {"id": "Speed"},
        {"stage": "running"},
        {"stage": "running", "evidence": [{"measured": {"probe": "x", "metric": "speed", "route": "routed"}}]},
    ],
)
def test_a_criterion_that_contradicts_itself_is_refused(change: dict[str, object]) -> None:
    good = {
        "id": "speed", "title": "Speed", "question": "How fast?", "why": "It matters.", "wins": "is faster", "unit": "",
        "measures": "speed", "stage": "training", "evidence": [{"measured": {"probe": "x", "metric": "speed"}}],
    }  # fmt: skip
    assert Criterion.model_validate(good).id == "speed"
    with pytest.raises(ValueError, match=r"."):
        Criterion.model_validate(good | change)
