"""What stands below the answer: how much hangs on the weights, and what was not measured."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from advisor.decision.engine import decide
from advisor.decision.recommendation import JointFlip, Recommendation, Stability
from advisor.measurement.run import Skipped
from advisor.profiles.profile import load_profile
from advisor.report.terminal import answer
from advisor.report.terminal_explanation import gaps, weights
from tests.report.samples import sample_recommendation
from tests.samples import sample_run


@pytest.fixture(scope="module")
def told() -> Recommendation:
    return decide(sample_run(), load_profile("edge"), samples=2_000)


def printed(told: Recommendation, *, explained: bool, width: int = 100) -> str:
    stream = io.StringIO()
    answer(told, sample_run(), Console(file=stream, width=width, color_system=None), explained=explained)
    return stream.getvalue()


def test_the_nearest_weight_at_which_the_answer_changes_comes_first(told: Recommendation) -> None:
    stability = (
        Stability(criterion="edge-latency", weight=0.2, low=0.0, high=0.9),
        Stability(criterion="artifact-size", weight=0.1, low=0.08, high=1.0),
        Stability(criterion="runtime-size", weight=0.3, low=0.0, high=1.0),
    )
    assert weights(told.model_copy(update={"stability": stability})) == [
        "'Size of the model file (int8)' weighed less than 8\N{NO-BREAK SPACE}% (now 10\N{NO-BREAK SPACE}%)",
        "'Latency of one prediction (int8)' weighed more than 90\N{NO-BREAK SPACE}% (now 20\N{NO-BREAK SPACE}%)",
    ]


def test_the_answer_says_what_the_weights_are_worth(told: Recommendation) -> None:
    text = printed(told, explained=False)
    assert "With only the order of the weights: in" in text
    assert "How often each comes first" not in text


def test_explained_it_shows_every_weighting_and_every_limit(told: Recommendation) -> None:
    text = printed(told, explained=True)
    for heading in ("How often each comes first", "With which weights", "Weights between which the answer stays first"):
        assert heading in text
    after = text[text.index("Weights between which") :]
    for need in told.needs:
        assert need.title in after


def test_where_no_single_figure_would_do_several_together_are_named(told: Recommendation) -> None:
    joint = JointFlip(framework="pytorch", route="onnxruntime", criteria=("edge-latency",), text="all were better")
    changed = told.model_copy(update={"flips": (), "joint_flips": (joint,)})
    assert "all were better" in printed(changed, explained=False)
    assert printed(changed, explained=True).count("all were better") == 2


def test_it_fits_a_narrow_console(told: Recommendation) -> None:
    # Commands and code are copied: they stand on lines of their own, whole, however narrow the console is.
    lines = printed(told, explained=True, width=80).splitlines()
    assert max(len(line) for line in lines if not line.startswith("       ")) <= 80


def test_criteria_that_are_missing_for_one_reason_come_together() -> None:
    told = sample_recommendation()
    criterion = told.needs[0].criterion
    missing = {
        "provenance": "missing",
        "outcome": "not_run",
        "value": None,
        "low": None,
        "high": None,
        "message": "late",
    }
    cells = [each.model_copy(update=missing) if each.criterion == criterion else each for each in told.evidence]
    found = gaps(told.model_copy(update={"evidence": tuple(cells)}), sample_run(), told.titles)
    assert [line for line in found if "late" in line] == [f"{told.needs[0].title}: late (every stack)"]


def test_nobody_is_told_to_measure_again_on_a_quieter_machine() -> None:
    told = sample_recommendation()
    assert not any("quieter" in line or "--fresh" in line for line in gaps(told, sample_run(), told.titles))


def left_out(*skipped: Skipped, of: Skipped | None = None) -> list[str]:
    """Return what is said beside the figures of things left out, where the first cell lacks its figure for `of`."""
    told = sample_recommendation()
    cells = (told.evidence[0].model_copy(update={"omission": of}), *told.evidence[1:])
    run = sample_run().model_copy(update={"skipped": skipped})
    return gaps(told.model_copy(update={"evidence": cells}), run, told.titles)


def test_what_is_needless_is_told_by_reason_and_not_again_where_a_figure_says_it() -> None:
    of = [Skipped(probe=probe, kind="needless", framework="pytorch", reason="it is out") for probe in ("a", "b")]
    other = Skipped(probe="c", kind="needless", framework="tensorflow", reason="it is out", first=9)
    found = left_out(*of, other)
    assert "a, b: it is out" in found
    assert "c: rounds from 9 on: it is out" in found
    assert not any("it is out" in line for line in left_out(*of, other, of=of[0]))


def test_what_no_figure_rests_on_is_counted_but_for_what_has_the_reason_of_a_gap() -> None:
    of = [Skipped(probe=probe, kind="no_recipe", framework="pytorch") for probe in ("a", "b")]
    other = Skipped(probe="c", kind="no_recipe", framework="tensorflow")
    assert any(line.startswith("3 probes on which no figure") for line in left_out(*of, other))
    assert any(line.startswith("1 probe on which no figure") for line in left_out(*of, other, of=of[0]))


def test_everything_else_is_said_with_the_way_to_measure_it() -> None:
    rest = Skipped(probe="*", kind="not_asked", profile="edge", probes=12)
    said = "no criterion of the profile 'edge' rests on it (12 probes); --all measures it too"
    assert f"Everything else: {said}" in left_out(rest)
