"""Anchors in the model's own quantities: read strictly, told at their place, and what they are on a machine."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from advisor import load_run
from advisor.criteria import load_criteria
from advisor.decision.priorities import needed_probes
from advisor.errors import AdvisorError
from advisor.measurement.definitions import network_quantities
from advisor.measurement.run_index import peak_of
from advisor.profiles import anchors
from advisor.profiles.adjustments import requiring
from advisor.profiles.anchors import Anchor, read
from advisor.profiles.machine import has_anchors, on_machine
from advisor.profiles.profile import Profile, load_profile, shipped_profiles
from probes import reference
from probes.networks import catalog

CRITERIA = load_criteria()
REFERENCE = Path(__file__).resolve().parent.parent / "data" / "reference-run.json"

CAMERA = """\
name: camera
extends: edge
prefer:
  ship:
    criteria:
      edge-latency:
        target: 1 x ceiling
        floor: 50 x ceiling
        because: it is what matters
"""


def camera(folder: Path, old: str = "", new: str = "") -> Profile:
    file = folder / "camera.yaml"
    assert old in CAMERA
    file.write_text(CAMERA.replace(old, new, 1) if old else CAMERA, encoding="utf-8")
    return load_profile(file)


def test_the_quantities_are_those_of_the_networks() -> None:
    for name, found in network_quantities().items():
        assert found.weights == catalog.load(name).parameters(), name
        for batch in (1, 32):
            assert batch * found.prediction == reference.operations(name, "inference", batch), name
            assert batch * found.training == reference.operations(name, "training", batch), name


@pytest.mark.parametrize(
    ("text", "criterion", "value"),
    [
        ("1 x weights int8", "artifact-size", 136_586),
        ("1 x weights int8 + 1 MB", "artifact-size", 1_136_586),
        ("2 × weights float32", "artifact-size", 2 * 4 * 136_586),
        ("2 x ceiling", "edge-latency", 2 * 2_917_632 / 1e9),
        ("0.5 x ceiling", "cnn-training", 0.5 * 64 * 8_457_984 / 1e9),
        ("1 x  ceiling ", "transformer-latency", 6_817_024 / 1e9),
    ],
)
def test_what_an_anchor_is_for_the_network_of_its_criterion(text: str, criterion: str, value: float) -> None:
    found = read(text, CRITERIA[criterion])
    assert found is not None
    assert found.value(CRITERIA[criterion], 1e9) == pytest.approx(value)
    assert read(str(found), CRITERIA[criterion]) == found


@given(some.floats(1e-3, 1e6), some.floats(1e6, 1e15), some.floats(1.01, 1e3))
def test_a_faster_machine_asks_for_less_time_in_proportion(factor: float, peak: float, faster: float) -> None:
    anchor, criterion = Anchor(factor, "ceiling"), CRITERIA["edge-latency"]
    slow, fast = anchor.value(criterion, peak), anchor.value(criterion, peak * faster)
    assert fast * faster == pytest.approx(slow)


@pytest.mark.parametrize("text", ["5 ms", "10 MB", "proved", "2 %", "0", "exceeding 3 ms"])
def test_other_quantities_are_left_to_those_who_read_them(text: str) -> None:
    assert read(text, CRITERIA["edge-latency"]) is None


@pytest.mark.parametrize(
    ("old", "new", "place", "words"),
    [
        ("1 x ceiling", "2x ceiling", "7:17", "got '2x ceiling' — did you mean '2 x ceiling'?"),
        ("1 x ceiling", "2 x ceilling", "7:17", "did you mean '2 x ceiling'?"),
        ("1 x ceiling", "ceiling", "7:17", "did you mean '1 x ceiling'?"),
        ("1 x ceiling", "many x ceiling", "7:17", "expected a number before 'x ceiling'"),
        ("1 x ceiling", "0 x ceiling", "7:17", "expected more than zero"),
        ("1 x ceiling", "1 x weights int8", "7:17", "'weights int8' is a size, and 'edge-latency' is none"),
        ("1 x ceiling", "1 x weights int8 + 2 s", "7:17", "expected a size after '+'"),
        ("1 x ceiling", "1 x ceiling + 1 MB", "7:17", "only a size has a fixed part"),
        ("1 x ceiling", "1 x weights int4", "7:17", "did you mean '1 x weights int8'?"),
        ("1 x ceiling", "90 x ceiling", "7:17", "the target must be lower than the floor"),
        ("target: 1 x ceiling", "target: 30 ms", "7:17", "the floor is '50 x ceiling', a multiple of what the model"),
        ("edge-latency:", "cold-start:", "7:17", "'cold-start' does not depend on the network alone"),
    ],
)
def test_a_mistake_is_told_at_its_place(tmp_path: Path, old: str, new: str, place: str, words: str) -> None:
    with pytest.raises(AdvisorError) as caught:
        camera(tmp_path, old, new)
    assert f"camera.yaml:{place}" in caught.value.message
    assert words in caught.value.message


def test_on_a_machine_an_anchor_is_a_time_and_says_of_what_it_is_a_multiple(tmp_path: Path) -> None:
    profile, run = camera(tmp_path), load_run(REFERENCE)
    peak = peak_of(run)
    assert peak is not None
    assert peak == pytest.approx(2.0804e11, rel=1e-3)
    there = next(wish for wish in on_machine(profile, run).wishes if wish.criterion.id == "edge-latency")
    assert there.value.target == pytest.approx(2_917_632 / peak)
    assert (there.target_text, there.floor_text) == ("1 x ceiling (14.0 µs)", "50 x ceiling (701 µs)")
    assert on_machine(on_machine(profile, run), run) == on_machine(profile, run)


def test_where_the_ceiling_was_not_measured_a_stated_one_stands_in(tmp_path: Path) -> None:
    run = load_run(REFERENCE)
    without = run.model_copy(update={"observations": tuple(o for o in run.observations if o.probe != "ceiling")})
    assert peak_of(without) is None
    there = next(wish for wish in on_machine(camera(tmp_path), without).wishes if wish.criterion.id == "edge-latency")
    assert there.value.target == pytest.approx(2_917_632 / anchors.NOMINAL_PEAK)


def test_a_constraint_can_be_a_multiple_too() -> None:
    asked = requiring(load_profile("edge"), ["artifact-size<=3 x weights int8"])
    constraint = next(constraint for constraint in asked.constraints if constraint.criterion.id == "artifact-size")
    assert (constraint.limit, constraint.limit_text) == (3 * 136_586, "3 x weights int8")
    with pytest.raises(AdvisorError, match="did you mean '3 x weights int8'"):
        requiring(load_profile("edge"), ["artifact-size<=3 x weight int8"])


def test_who_asks_for_multiples_of_the_ceiling_has_it_measured() -> None:
    for name in shipped_profiles():
        profile = load_profile(name)
        assert ("ceiling" in needed_probes(profile)) == has_anchors(profile, "ceiling")


def test_no_shipped_profile_asks_for_a_time_or_a_size_that_fits_one_network_only() -> None:
    # What people wait for, a page's candidates, and many operations of no size are times of their own.
    own = {"first-call", "compile-wait", "recommender-latency", "small-operations", "time-to-ready", "cold-start"}
    sized = {"peak-memory", "runtime-size", "serving-memory", "serving-size"}
    for name in shipped_profiles():
        for wish in load_profile(name).wishes:
            measured = [rule.measured for rule in wish.criterion.evidence if rule.measured and rule.measured.workload]
            if measured and wish.criterion.unit in ("s", "B") and wish.criterion.id not in own | sized:
                assert wish.anchors is not None, (name, wish.criterion.id)
