"""An answer where a framework is not installed: nobody can take it for one that was measured."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from advisor.decision.engine import decide
from advisor.decision.recommendation import Recommendation
from advisor.measurement.run import Framework, Run
from advisor.profiles.profile import load_profile
from advisor.report.site import build_site
from advisor.report.terminal import answer
from tests.report.html import read
from tests.samples import sample_run

pytestmark = pytest.mark.integration

INSTALL = "pip install 'framework-advisor[tensorflow]'"


@pytest.fixture(scope="module")
def run() -> Run:
    whole = sample_run()
    absent = Framework(title="TensorFlow", outcome="not_installed", install=INSTALL)
    gone = {"outcome": "not_installed", "summary": None, "rounds": (), "parity": None, "proof": None, "message": "gone"}
    seen = tuple(
        each.model_copy(update=gone) if each.framework == "tensorflow" else each for each in whole.observations
    )
    return whole.model_copy(update={"frameworks": {**whole.frameworks, "tensorflow": absent}, "observations": seen})


@pytest.fixture(scope="module")
def told(run: Run) -> Recommendation:
    return decide(run, load_profile("sequence-models"), samples=500)


def printed(told: Recommendation, run: Run) -> str:
    stream = io.StringIO()
    answer(told, run, Console(file=stream, width=110))
    return " ".join(stream.getvalue().split())


def test_the_terminal_says_it_under_the_verdict(told: Recommendation, run: Run) -> None:
    text = printed(told, run)
    head, _, rest = text.partition("Criterion")
    assert "TensorFlow is not installed here, so only documents speak of it; the value of TensorFlow may be" in head
    assert f"Install it: {INSTALL}, or name a Python that has it: --python tensorflow=PATH" in rest


def test_of_one_stack_alone_nobody_hears_that_it_comes_first(run: Run) -> None:
    alone = decide(run, load_profile("sequence-models"), samples=500, frameworks=["pytorch"])
    text = printed(alone, run)
    assert "plausible worlds" not in text
    assert "TensorFlow" not in text.partition("Not measured")[0]


def test_a_condition_without_an_answer_is_no_promise(told: Recommendation, run: Run) -> None:
    open_ = told.model_copy(update={"verdict": "undetermined", "answer": None, "conditions": ("b is not better",)})
    assert "Yet to be shown: b is not better" in printed(open_, run)


def test_the_site_says_it_on_the_first_page_and_beside_the_answer(
    tmp_path: Path, told: Recommendation, run: Run
) -> None:
    build_site(run, [told], tmp_path, command="advisor site build")
    first = read(tmp_path / "index.html").text
    assert "TensorFlow was not installed there: only documents speak of it" in " ".join(first.split())
    page = " ".join(read(tmp_path / "profile-sequence-models.html").text.split())
    assert "Not installed there" in page
    matrix = " ".join(read(tmp_path / "capabilities.html").text.split())
    assert "TensorFlow proved" not in matrix.partition("The matrix")[0]
