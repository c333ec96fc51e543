"""What the articles recommended, and the profile that asks the same question."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from advisor.articles import articles as module
from advisor.articles.articles import Persona, load_verdicts
from advisor.errors import AdvisorError

HERE = Path(__file__).parent
SHIPPED = Path(module.__file__).parent
SOUND = """\
personas:
  edge/IoT: {profile: edge}
  outlook: {not_testable: A forecast.}
recommendations:
  - id: one
    source: v7labs
    as_of: 2023-03-16
    persona: edge/IoT
    recommends: either
    accepts: [pytorch, tensorflow]
    because: [both are sound]
  - id: two
    source: assemblyai.com
    as_of: 2022-12
    persona: outlook
    recommends: PyTorch
    accepts: [pytorch]
    because: [it grows]
"""


def test_every_recommendation_of_the_articles_is_there_once() -> None:
    found = sorted(advice.id for advice in load_verdicts().recommendations)
    assert found == (HERE / "recommendation-ids.txt").read_text().split()


def test_most_recommendations_can_be_compared_and_the_others_say_why_not() -> None:
    verdicts = load_verdicts()
    testable = [advice for advice in verdicts.recommendations if verdicts.persona(advice).profile]
    assert len(testable) > len(verdicts.recommendations) / 2
    for advice in verdicts.recommendations:
        persona = verdicts.persona(advice)
        assert (persona.profile is None) != (persona.not_testable is None)


def test_a_recommendation_that_prefers_neither_accepts_both(tmp_path: Path) -> None:
    one, two = load_verdicts(folder(tmp_path, SOUND)).recommendations
    assert one.either
    assert not two.either


@pytest.mark.parametrize(
    ("old", "new", "at", "words"),
    [
        ("id: two", "id: one", "one\n    source: assembly", "duplicate id 'one'"),
        ("source: v7labs", "source: v7lab", "v7lab\n", "unknown article 'v7lab' — did you mean 'v7labs'?"),
        ("persona: outlook", "persona: outlok", "outlok", "unknown persona 'outlok' — did you mean 'outlook'?"),
        ("persona: outlook", "persona: edge/IoT", "outlook:", "no recommendation is for the persona 'outlook'"),
        ("{profile: edge}", "{}", "edge/IoT", "expected either 'profile' or 'not_testable'"),
        ("{profile: edge}", "{profil: edge}", "profil:", "unknown key 'profil' — did you mean 'profile'?"),
        ("accepts: [pytorch]", "accepts: []", "[]", "at least 1"),
    ],
)
def test_a_mistake_is_named_where_it_stands(tmp_path: Path, old: str, new: str, at: str, words: str) -> None:
    text = SOUND.replace(old, new, 1)
    with pytest.raises(AdvisorError) as caught:
        load_verdicts(folder(tmp_path, text))
    before = text.partition(at)[0]
    line = before.count("\n") + 1
    assert f"verdicts.yaml:{line}:" in caught.value.message
    assert words in caught.value.message


def test_what_a_team_knows_needs_a_profile() -> None:
    with pytest.raises(ValueError, match="'knows' needs a 'profile'"):
        Persona(not_testable="No.", knows="pytorch")


def folder(path: Path, text: str) -> Path:
    """Return a folder with the shipped articles and these recommendations."""
    shutil.copy(SHIPPED / "articles.yaml", path / "articles.yaml")
    (path / "verdicts.yaml").write_text(text, encoding="utf-8")
    return path
