"""Architecture decision records: the form, the numbers, and that nothing is overwritten or smuggled in."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import pytest
import yaml

from advisor.decision.engine import decide
from advisor.decision.recommendation import Recommendation
from advisor.errors import EXIT_REFUSED, AdvisorError
from advisor.measurement.run import Run
from advisor.profiles.profile import load_profile
from advisor.report import adr
from tests.samples import sample_run

AGAIN = "advisor recommend --profile edge --run run.json"
CHECK = "advisor check --profile edge --expect tensorflow --run run.json"

SECTIONS = [
    "## Context and Problem Statement",
    "## Decision Drivers",
    "## Considered Options",
    "## Decision Outcome",
    "### Consequences",
    "### Confirmation",
    "## Pros and Cons of the Options",
    "## More Information",
]


@pytest.fixture(scope="module")
def run() -> Run:
    return sample_run()


@pytest.fixture(scope="module")
def told(run: Run) -> Recommendation:
    return decide(run, load_profile("edge"), samples=500)


def written(told: Recommendation, run: Run, folder: Path) -> str:
    return adr.write(told, run, folder, command=AGAIN, check=CHECK).read_text(encoding="utf-8")


def test_it_has_the_form_of_madr_4(told: Recommendation, run: Run, tmp_path: Path) -> None:
    text = written(told, run, tmp_path / "docs" / "decisions")
    _, front, body = text.split("---\n", 2)
    matter = yaml.safe_load(front)
    assert matter["status"] == "proposed"
    assert matter["date"] == datetime(2026, 11, 20).date()
    assert [line for line in body.splitlines() if line in SECTIONS] == SECTIONS
    assert re.search(r"^# Use TensorFlow → LiteRT: ", body, re.M)
    assert "Chosen option: “TensorFlow → LiteRT”, because" in body
    for ranked in told.ranking:
        assert f"### {'PyTorch' if ranked.framework == 'pytorch' else 'TensorFlow'} → " in body
    for kind in ("Good", "Neutral", "Bad"):
        assert f"* {kind}, because" in body


def test_what_would_change_it_is_its_confirmation(told: Recommendation, run: Run, tmp_path: Path) -> None:
    confirmation = written(told, run, tmp_path).partition("### Confirmation")[2].partition("\n## ")[0]
    assert f"```console\n{CHECK}\n```" in confirmation
    assert told.flips
    assert told.flips[0].text in confirmation
    for flip in told.joint_flips:
        assert flip.text in confirmation


def test_every_source_is_a_link(told: Recommendation, run: Run, tmp_path: Path) -> None:
    more = written(told, run, tmp_path).partition("## More Information")[2]
    assert "<https://github.com/google-ai-edge/LiteRT>" in more


def test_records_are_numbered_and_never_overwritten(told: Recommendation, run: Run, tmp_path: Path) -> None:
    (tmp_path / "0007-something-else.md").write_text("kept", encoding="utf-8")
    (tmp_path / "notes.md").write_text("kept", encoding="utf-8")
    names = [adr.write(told, run, tmp_path, command=AGAIN, check=CHECK).name for _ in range(2)]
    assert names == ["0008-use-tensorflow-litert-for-edge.md", "0009-use-tensorflow-litert-for-edge.md"]
    assert (tmp_path / "0007-something-else.md").read_text(encoding="utf-8") == "kept"


def test_two_writers_at_once_get_two_numbers(
    told: Recommendation, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = adr.write(told, run, tmp_path, command=AGAIN, check=CHECK)
    # The second writer looked before the first had written.
    monkeypatch.setattr(Path, "glob", lambda self, pattern: iter(()))
    second = adr.write(told, run, tmp_path, command=AGAIN, check=CHECK)
    assert (first.name[:4], second.name[:4]) == ("0001", "0002")


def test_what_is_hostile_stays_text(told: Recommendation, run: Run, tmp_path: Path) -> None:
    evil = "*x*](https://evil.example) <img src=x> `rm`\n# Heading\n---"
    text = written(told.model_copy(update={"title": evil, "question": evil, "against": evil}), run, tmp_path)
    assert "\n# Heading" not in text
    assert "<img" not in text
    assert "](https://evil" not in text
    assert text.count("\n---\n") == 1


def test_without_an_answer_there_is_nothing_to_record(told: Recommendation, run: Run, tmp_path: Path) -> None:
    open_question = told.model_copy(update={"answer": None, "verdict": "undetermined"})
    with pytest.raises(AdvisorError, match="the verdict is 'undetermined'") as caught:
        adr.write(open_question, run, tmp_path, command=AGAIN, check=CHECK)
    assert caught.value.exit_code == EXIT_REFUSED
    assert not [*tmp_path.iterdir()]


def test_a_folder_that_cannot_be_made_is_one_clear_line(told: Recommendation, run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(AdvisorError, match="cannot write"):
        adr.write(told, run, tmp_path / "file" / "decisions", command=AGAIN, check=CHECK)


def test_a_template_of_ones_own_replaces_it(told: Recommendation, run: Run, tmp_path: Path) -> None:
    (tmp_path / "adr.md.j2").write_text("# {{ chosen }}: `{{ command | code }}`\n", encoding="utf-8")
    path = adr.write(told, run, tmp_path / "adr", command=AGAIN, check=CHECK, templates=tmp_path)
    assert path.read_text(encoding="utf-8") == f"# TensorFlow → LiteRT: `{CHECK}`\n"
