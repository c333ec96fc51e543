"""What figures of another model or another device are worth: estimated, widened, drawn, never taken for an answer."""

from __future__ import annotations

import functools
import math
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.criteria import Measured, load_criteria
from advisor.decision.engine import decide
from advisor.decision.recommendation import Cell
from advisor.decision.sampling import draw
from advisor.decision.table import check
from advisor.decision.transfer import (
    PROVED,
    SHIPPED,
    Transfer,
    between_devices,
    between_networks,
    device_sigma,
    model_metric,
    spread,
)
from advisor.knowledge.devices import load_comparisons
from advisor.measurement.run import Run, load_run
from advisor.profiles.profile import Constraint, load_profile
from advisor.targets.target import load_target
from benchmarks import transfer as benchmark
from tests.decision.tables import criterion, profile, wish
from tests.decision.tables import table as tabled

REFERENCE = Path(__file__).resolve().parent.parent / "data" / "reference-run.json"


@functools.cache
def reference() -> Run:
    return load_run(REFERENCE)


def cell(value: float | None, low: float, high: float, sigma: float | None = None) -> Cell:
    return Cell(
        framework="a", criterion="time", outcome="measured", value=value, low=low, high=high, unit="s",
        provenance="measured here", transfer=sigma, transferred="of another network" if sigma else None,
    )  # fmt: skip


def test_the_spread_that_was_put_in_is_found_and_what_all_share_is_not() -> None:
    chance = random.Random(7)
    base = {stack: chance.gauss(0, 2) for stack in "abcde"}
    rows = [
        (context, {stack: base[stack] + 5 * context + chance.gauss(0, 0.4) for stack in base}) for context in range(60)
    ]
    found = spread(rows)
    assert found is not None
    # Of a change from one context to another: √2 of each context's own 0.4, over √2 for the two stacks of a ratio.
    assert found.sigma == pytest.approx(math.sqrt(2) * 0.4, rel=0.1)
    slower = [(context, {stack: log + 3 for stack, log in logs.items()}) for context, logs in rows]
    again = spread(slower)
    assert again is not None
    assert again.sigma == pytest.approx(found.sigma)


def test_few_differences_are_worth_less_than_many() -> None:
    few = spread([(context, {"a": 0.0, "b": float(context % 2)}) for context in range(4)])
    assert few is not None
    assert few.predictive == pytest.approx(few.sigma * math.sqrt(3))
    assert spread([(0, {"a": 0.0, "b": 1.0})]) is None


def test_a_run_of_several_networks_gives_its_own_spread_and_the_shipped_one_is_the_reference_runs() -> None:
    for metric in (*PROVED, "training"):
        found = between_networks(reference(), metric)
        assert found is not None
        assert found.contexts >= 3
        assert SHIPPED[metric] == pytest.approx(found.predictive, abs=0.006)
    bare = reference().model_copy(update={"observations": ()})
    assert between_networks(bare, "latency") is None
    assert Transfer(bare).sigma(_rule("edge-latency"), "s")[0] == SHIPPED["latency"]


def test_what_depends_on_no_network_is_not_widened_for_one() -> None:
    assert model_metric(_rule("edge-latency")) == "latency"
    assert model_metric(_rule("cnn-training")) == "training"
    assert model_metric(_rule("peak-memory")) == "peak-memory"
    for name in ("import-time", "installed-size", "memory-after-import", "small-operations", "int8-accuracy-loss"):
        assert model_metric(_rule(name)) is None, name


def test_another_device_adds_to_another_model_and_to_times_alone() -> None:
    here, there = Transfer(reference()), Transfer(reference(), device=True, target=load_target("raspberry-pi"))
    one, with_what = here.sigma(_rule("edge-latency"), "s")
    both, told = there.sigma(_rule("edge-latency"), "s")
    assert both == pytest.approx(math.hypot(one, device_sigma()))
    assert with_what == "with a small network"
    assert told == "with a small network on this machine"
    assert "4 small networks of this Run" in here.told([one])[0]
    assert "your model on a Raspberry Pi" in there.told([both])[0]
    assert here.told([]) == []
    size = _rule("artifact-size")
    assert here.sigma(size, "B") == there.sigma(size, "B")


def test_the_published_comparisons_say_how_far_devices_differ() -> None:
    found = between_devices(load_comparisons())
    assert found is not None
    assert 0.3 < found.sigma < 1.2
    assert found.contexts >= 20


def test_an_order_that_is_claimed_for_another_device_is_hardly_ever_wrong() -> None:
    found = benchmark.shares(benchmark.scored(load_comparisons()))
    assert found["wrong"] <= 0.05
    assert found["right"] >= 0.40
    harder = benchmark.shares(benchmark.scored(load_comparisons(), lambda each: each.source))
    assert harder["wrong"] <= 0.05


@given(st.floats(1e-6, 1e3), st.floats(1.0, 2.0), st.floats(1.0, 2.0), st.floats(0.01, 2.0), st.floats(0.01, 2.0))
@settings(deadline=None)
def test_more_transfer_is_never_narrower(value: float, down: float, up: float, sigma: float, more: float) -> None:
    measured = cell(value, value / down, value * up)
    near, far = cell(value, value / down, value * up, sigma), cell(value, value / down, value * up, sigma + more)
    inner, middle, outer = (each.plausible for each in (measured, near, far))
    assert outer[0] <= middle[0] <= inner[0] <= value <= inner[1] <= middle[1] <= outer[1]  # type: ignore[operator]
    assert middle[1] / value == pytest.approx(  # type: ignore[operator]
        math.exp(math.hypot(math.log(up), 1.959964 * sigma)), rel=1e-5
    )


def test_a_constraint_that_another_network_met_is_open_and_one_that_it_missed_by_far_is_failed() -> None:
    time = criterion("time", "s", "lower")
    constraint = Constraint(time, "at_most", 1.0, "1 s", "a test")
    assert check(constraint, cell(0.001, 0.0009, 0.0011)).outcome == "pass"
    met = check(constraint, cell(0.001, 0.0009, 0.0011, 0.5))
    assert met.outcome == "unknown"
    assert "of another network" in met.detail
    assert check(constraint, cell(1.2, 1.1, 1.3)).outcome == "fail"
    assert check(constraint, cell(1.2, 1.1, 1.3, 0.5)).outcome == "unknown"
    assert check(constraint, cell(50.0, 49.0, 51.0, 0.5)).outcome == "fail"


def test_each_stack_is_drawn_a_factor_of_its_own() -> None:
    time = criterion("time", "s", "lower")
    needed = profile([wish(time, 1.0, 1.0, 0.001)])
    rows = {name: {"time": (0.03, 0.0299, 0.0301)} for name in ("a", "b")}
    plain = tabled(needed, rows)
    findings = {
        place: replace(found, cell=found.cell.model_copy(update={"transfer": 0.5}))
        for place, found in plain.findings.items()
    }
    values = draw(("a", "b"), needed.wishes, findings, plain.worths, samples=20_000, seed=1).values
    logs = values * math.log(1000)
    assert np.std(logs[:, 0]) == pytest.approx(0.5, rel=0.05)
    assert np.std(logs[:, 0] - logs[:, 1]) == pytest.approx(0.5 * math.sqrt(2), rel=0.05)
    assert abs(float(np.mean((logs[:, 0] - logs[:, 0].mean()) * (logs[:, 1] - logs[:, 1].mean())))) < 0.01
    untouched = draw(("a", "b"), needed.wishes, plain.findings, plain.worths, samples=20_000, seed=1).values
    assert np.std(untouched[:, 0]) < 0.01


def test_the_answer_says_what_was_transferred() -> None:
    told = decide(reference(), load_profile("edge"), samples=500)
    cells = {(each.framework, each.route, each.criterion): each for each in told.evidence}
    latency = cells["pytorch", "executorch", "edge-latency"]
    assert latency.transfer is not None
    assert latency.transfer > 0.7
    assert latency.transferred == "with a small network on this machine"
    assert latency.text == "≈ 27 µs"
    assert told.verdict != "recommended"
    first = told.ranking[0]
    states = {each.criterion: each.outcome for each in first.constraints}
    # What only the small network met is open, also where the limit is a multiple of what the network amounts to.
    assert (states["artifact-size"], states["peak-memory"]) == ("unknown", "unknown")
    assert states["edge-route"] == "pass"


def _rule(name: str) -> Measured:
    found = load_criteria()[name].evidence[0].measured
    assert found is not None
    return found


def test_where_the_network_is_known_no_order_on_a_device_is_claimed_wrongly() -> None:
    comparisons = load_comparisons()
    counts = benchmark.scored_of_same_network(comparisons)
    assert counts["wrong"] == 0
    assert {benchmark.network_of(each) for each in comparisons} > {"mobilenetv2", "resnet50"}
    # An order of the other way round, and as sure as this, would be counted.
    turned = [
        each.model_copy(update={"figures": tuple(f.model_copy(update={"value": 1 / f.value**9}) for f in each.figures)})
        if benchmark.network_of(each) and "Ryzen" in each.device
        else each
        for each in comparisons
    ]
    assert benchmark.scored_of_same_network(turned)["wrong"] > 0
