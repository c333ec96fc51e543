"""The shipped criteria: each can be answered by a probe that exists, in its own unit, and reads as a sentence."""

from fnmatch import fnmatchcase

import pytest

from advisor import resources
from advisor.decision.criteria import Criterion, Measured, Selection, load_criteria
from advisor.measurement.definitions import shipped
from tests.samples import sample_run

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
                assert has_recipe(part.probe), part.probe
            elif part.probe in workloads:
                work = workloads[part.probe]
                assert part.workload == work.workload
                assert part.parameters.get("batch") in (None, *work.batches)
                assert UNITS[part.metric or "latency"] == expected or part.metric is None
            elif part.probe in experiments:
                assert experiments[part.probe].metrics[str(part.metric)] == expected
                assert part.workload == experiments[part.probe].workload
            else:
                assert part.metric is None or units(part) == {expected}


UNITS = {"latency": "s", "first-call": "s", "throughput": "1/s", "peak-memory": "B"}
"""What is measured of every workload."""


def units(part: Selection) -> set[str | None]:
    """Return the units in which a full Run has the figures of an environment or a route."""
    probes = {route.id for route in shipped().routes.values()} | {"environment"}
    assert any(fnmatchcase(probe, part.probe) for probe in probes)
    return {
        each.unit
        for each in sample_run().observations
        if fnmatchcase(each.probe, part.probe)
        and each.metric == part.metric
        and part.workload in (None, each.workload)
        and part.parameters.items() <= each.parameters.items()
    }


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
    ],
)
def test_a_criterion_that_contradicts_itself_is_refused(change: dict[str, object]) -> None:
    good = {
        "id": "speed", "title": "Speed", "question": "How fast?", "why": "It matters.", "wins": "is faster", "unit": "",
        "measures": "speed", "evidence": [{"measured": {"probe": "x", "metric": "speed"}}],
    }  # fmt: skip
    assert Criterion.model_validate(good).id == "speed"
    with pytest.raises(ValueError, match=r"."):
        Criterion.model_validate(good | change)
