"""Profiles that extend others: what they inherit, what they replace, and where their mistakes are named."""

import re
from pathlib import Path

import pytest

from advisor.errors import AdvisorError
from advisor.profiles.profile import Profile, load_profile
from tests.profiles.test_profile import GOOD, refusal, written


def weights(profile: Profile) -> dict[str, float]:
    return {wish.criterion.id: wish.weight for wish in profile.wishes}


def loaded(folder: Path, text: str) -> Profile:
    return load_profile(written(folder, text))


def test_the_name_alone_makes_a_copy(tmp_path: Path) -> None:
    copy, base = loaded(tmp_path, "name: mine\nextends: edge\n"), load_profile("edge")
    assert copy.name == "mine"
    assert (copy.title, copy.question, copy.ships) == (base.title, base.question, base.ships)
    assert copy.wishes == base.wishes
    assert copy.constraints == base.constraints


def test_a_wish_is_taken_over_key_by_key(tmp_path: Path) -> None:
    text = (
        "name: mine\nextends: edge\nprefer:\n  ship:\n    criteria:\n      edge-latency: {weight: 60, because: now}\n"
    )
    base, found = load_profile("edge"), loaded(tmp_path, text)
    old = next(wish for wish in base.wishes if wish.criterion.id == "edge-latency")
    new = next(wish for wish in found.wishes if wish.criterion.id == "edge-latency")
    assert new.value == old.value
    assert new.because == "now"
    assert new.weight == pytest.approx(0.7 * 60 / 140)
    assert sum(weights(found).values()) == pytest.approx(1)


def test_groups_can_be_reweighted_added_and_emptied(tmp_path: Path) -> None:
    text = """\
name: mine
extends: edge
without: [runtime-maintenance, framework-maintenance, model-compatibility, runtime-maturity, peak-memory]
prefer:
  ship: {weight: 10}
  look:
    weight: 30
    criteria:
      browser-runtime: {weight: 1, target: supported, floor: unsupported, because: also on a page}
"""
    found = loaded(tmp_path, text)
    assert {wish.group for wish in found.wishes} == {"ship", "look"}
    assert weights(found)["browser-runtime"] == pytest.approx(0.75)
    assert "peak-memory" not in found.criteria


def test_a_criterion_moves_to_the_group_where_it_now_stands(tmp_path: Path) -> None:
    text = """\
name: mine
extends: edge
prefer:
  sustain:
    criteria:
      artifact-size: {weight: 10, because: it grows with every year}
"""
    message = refusal(tmp_path, text).message
    assert "'target' is missing" in message
    text = text.replace("weight: 10,", "weight: 10, target: 1 MB, floor: 9 MB,")
    (wish,) = [each for each in loaded(tmp_path, text).wishes if each.criterion.id == "artifact-size"]
    assert wish.group == "sustain"


def test_a_constraint_replaces_the_one_on_the_same_criterion(tmp_path: Path) -> None:
    text = "name: mine\nextends: edge\nrequire:\n  - {criterion: artifact-size, at_most: 1 MB, because: small flash}\n"
    limits = {constraint.criterion.id: constraint.limit_text for constraint in loaded(tmp_path, text).constraints}
    assert limits == {"edge-route": "proved", "peak-memory": "256 MB", "artifact-size": "1 MB"}


def test_profiles_extend_each_other_in_a_row_and_by_path(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "middle.yaml").write_text("name: middle\nextends: base.yaml\ntitle: In between\n", encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(
        "name: mine\nextends: middle.yaml\nwithout: [artifact-size]\n", encoding="utf-8"
    )
    found = load_profile(tmp_path / "mine.yaml")
    assert (found.name, found.title) == ("mine", "In between")
    assert [constraint.criterion.id for constraint in found.constraints] == ["edge-route"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("extends: egde", r":2:10: unknown profile 'egde' — did you mean 'edge'\?"),
        ("extends: [edge]", r":2:10: .*string"),
        ("extends: camera.yaml", r":2:10: a profile cannot extend itself \(camera → camera\)"),
        (
            "extends: edge\nwithout: [edge-latencies]",
            r":3:11: 'edge-latencies' does not stand in 'edge' — did you mean",
        ),
        ("without: [edge-latency]", r":2:1: 'without' leaves out what 'extends' brings"),
        ("extends: edge\nships: server", r":3:8: inherited from 'edge': 'edge-latency' is not known for both"),
        (
            "extends: edge\nrequire:\n  - {criterion: artefact-size, at_most: 1 MB, because: x}",
            r":4:17: unknown criterion 'artefact-size' — did you mean 'artifact-size'\?",
        ),
        (
            "extends: edge\nrequire:\n  - {criterion: artifact-size, at_most: 1 s, because: x}",
            r":4:41: expected a size such as '10 MB', got '1 s'",
        ),
        (
            "extends: edge\nprefer:\n  ship:\n    criteria:\n      edge-latency: {weight: 60}",
            r":6:21: 'because' is missing",
        ),
        (
            "extends: edge\nprefer:\n  ship:\n    criteria:\n      cold-start: {target: 3 s, because: x}",
            r":6:28: for 'cold-start' lower is better, so the target must be lower than the floor",
        ),
        ("extends: edge\nprefer:\n  new:\n    criteria: {}", r":5:5: 'weight' is missing"),
        ("extends: edge\ntitle:", r":1:1: 'title' is missing"),
        ("extends: edge\nrequire:\n  - {criterion: {a: 1}, at_most: 1 MB, because: x}", r":4:17: .*string"),
        ("team: {knows: tensorfow, size: 4}", r":2:15: unknown framework 'tensorfow' — did you mean 'tensorflow'\?"),
        ("extends: edge\nteam: {knows: pytorch, size: 0}", r":3:30: .*greater than or equal to 1"),
        ("extends: edge\nteam: {knows: pytorch, size: 2, code: many}", r":3:39: expected a number of lines"),
    ],
)
def test_a_mistake_is_named_where_it_stands(tmp_path: Path, text: str, expected: str) -> None:
    assert re.search(expected, refusal(tmp_path, f"name: mine\n{text}\n").message)


def test_a_mistake_in_the_base_is_named_in_the_base(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(GOOD.replace("5 ms", "5 MB"), encoding="utf-8")
    with pytest.raises(AdvisorError, match=r"base.yaml:16:\d+: expected a time such as '5 ms', got '5 MB'"):
        loaded(tmp_path, "name: mine\nextends: base.yaml\n")


@pytest.mark.parametrize("name", ["mobile", "browser"])
def test_shipped_profiles_that_extend_edge_ship_to_the_edge(name: str) -> None:
    assert load_profile(name).ships == "edge"


def test_what_is_wrong_is_told_although_what_it_extends_is_not_there(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        "name: mine\nextends: egde\nships: edge\nrequire:\n"
        "  - {criterion: artefact-size, at_most: 5 MB, because: x}\nteam: {knows: torch, size: 2}\n",
        encoding="utf-8",
    )
    with pytest.raises(AdvisorError) as caught:
        load_profile(file)
    said = caught.value.message
    assert ":2:10: unknown profile 'egde' — did you mean 'edge'?" in said
    assert ":5:17: unknown criterion 'artefact-size' — did you mean 'artifact-size'?" in said
    assert ":6:15: unknown framework 'torch'" in said
    assert "is missing" not in said
    assert "advisor profile criteria" in str(caught.value.hint)
