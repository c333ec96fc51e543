"""The whole answer of every profile on the reference Run, word for word.

After a change that is meant: ``ADVISOR_UPDATE_GOLDEN=1 pytest tests/report/test_golden.py``, and read the difference.
"""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from rich.console import Console

from advisor.decision.engine import decide
from advisor.keys import stack_title
from advisor.measurement.run import Run, load_run
from advisor.profiles.profile import load_profile, shipped_profiles
from advisor.report import terminal

DATA = Path(__file__).resolve().parent.parent / "data"
REFERENCE = DATA / "reference-run.json"
GOLDEN = DATA / "golden"
UPDATE = "ADVISOR_UPDATE_GOLDEN"

pytestmark = pytest.mark.skipif(not REFERENCE.is_file(), reason="no reference Run is committed yet")


@pytest.fixture(scope="module")
def reference() -> Run:
    return load_run(REFERENCE)


def printed(name: str, run: Run) -> str:
    stream = io.StringIO()
    console = Console(file=stream, width=100, color_system=None, legacy_windows=False)
    terminal.answer(decide(run, load_profile(name)), run, console, command=f"advisor recommend --profile {name}")
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


@pytest.mark.parametrize("name", shipped_profiles())
def test_the_answer_is_the_one_that_was_read(name: str, reference: Run) -> None:
    file = GOLDEN / f"{name}.txt"
    text = printed(name, reference)
    if os.environ.get(UPDATE):
        GOLDEN.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert file.is_file(), f"{file} is missing: run once with {UPDATE}=1 and read it"
    assert text == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", shipped_profiles())
def test_the_reasons_alone_say_why(name: str, reference: Run) -> None:
    told = decide(reference, load_profile(name))
    if told.answer is None or len([each for each in told.ranking if each.feasible]) < 2:
        pytest.skip("nothing to compare")
    assert told.reasons
    for reason in told.reasons:
        named = (stack_title(told.answer, told.titles), *told.answer.model_dump(exclude_none=True).values())
        assert reason.startswith(tuple(told.titles.get(each, each) for each in named))
        assert " against " in reason or ", while " in reason or "which the team knows" in reason
        assert " the lead of 0." in reason or "That is worth 0." in reason or "which the team knows" in reason


def test_no_profile_without_its_file() -> None:
    if GOLDEN.is_dir():
        assert {file.stem for file in GOLDEN.glob("*.txt")} == set(shipped_profiles())
