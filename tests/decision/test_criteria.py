"""The shipped criteria: each can be answered by a probe that exists, in its own unit, and reads as a sentence."""

from fnmatch import fnmatchcase

import pytest

from advisor import resources
from advisor.decision.criteria import Criterion, Measured, Selection, load_criteria
from advisor.measurement.definitions import routes, workloads
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
    probes = {route.id for route in routes().values()} | {work.probe for work in workloads()} | {"environment"}
    observations = sample_run().observations
    for rule in criterion.evidence:
        for part in selections(rule.measured):
            if part.probe.startswith("capability:"):
                assert has_recipe(part.probe), part.probe
                continue
            assert any(fnmatchcase(probe, part.probe) for probe in probes)
            units = {
                each.unit
                for each in observations
                if fnmatchcase(each.probe, part.probe)
                and (part.metric is None or each.metric == part.metric)
                and part.workload in (None, each.workload)
                and part.mode in (None, each.mode)
                and part.parameters.items() <= each.parameters.items()
            }
            expected = "s" if rule.measured and rule.measured.items_per_call else criterion.unit
            assert units if part.metric is None else units == {expected}


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
