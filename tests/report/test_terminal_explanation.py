"""How much hangs on the weights: where the answer would change, how often each comes first, and what goes with it."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from advisor.decision.engine import decide
from advisor.decision.recommendation import JointFlip, Recommendation, Stability
from advisor.profiles.profile import load_profile
from advisor.report.terminal import answer
from advisor.report.terminal_explanation import weights
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
    assert max(len(line) for line in printed(told, explained=True, width=80).splitlines()) <= 80
