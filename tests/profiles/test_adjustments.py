"""Other weights, further constraints and the team, for one question."""

from pathlib import Path

import pytest

from advisor.decision.engine import decide
from advisor.errors import EXIT_USAGE, AdvisorError
from advisor.profiles.adjustments import requiring, reweighted, without_team
from advisor.profiles.profile import Profile, load_profile
from tests.samples import sample_run

EDGE = load_profile("edge")


def weights(profile: Profile) -> dict[str, float]:
    return {wish.criterion.id: wish.weight for wish in profile.wishes}


def test_a_weight_is_a_share_of_the_whole_and_the_others_keep_their_proportions() -> None:
    before, after = weights(EDGE), weights(reweighted(EDGE, ["edge-latency=40", "artifact-size=10 %"]))
    assert after["edge-latency"] == pytest.approx(0.4)
    assert after["artifact-size"] == pytest.approx(0.1)
    assert sum(after.values()) == pytest.approx(1)
    assert after["cold-start"] / after["peak-memory"] == pytest.approx(before["cold-start"] / before["peak-memory"])


def test_a_weight_of_zero_leaves_the_wish_out_and_of_a_hundred_all_others() -> None:
    assert "edge-latency" not in weights(reweighted(EDGE, ["edge-latency=0"]))
    assert weights(reweighted(EDGE, ["edge-latency=100"])) == {"edge-latency": 1.0}
    assert reweighted(EDGE, []) is EDGE


def test_a_constraint_is_added_or_replaces_the_profiles_own() -> None:
    found = requiring(EDGE, ["artifact-size<=5 MB", "int8-route = proved", "shipped-accuracy >= 95 %"])
    told = {constraint.criterion.id: constraint.text for constraint in found.constraints}
    assert told["artifact-size"] == "at most 5 MB"
    assert told["int8-route"] == "is proved"
    assert told["shipped-accuracy"] == "at least 95 %"
    assert {constraint.because for constraint in found.constraints} > {"asked for on the command line"}
    assert len(found.constraints) == len(EDGE.constraints) + 2


@pytest.mark.parametrize(
    ("weight", "words"),
    [
        ("edge-latensy=40", r"--weight edge-latensy=40: .*weighs no 'edge-latensy' — did you mean 'edge-latency'\?"),
        ("edge-latency", "--weight edge-latency: expected a criterion and its share in percent"),
        ("edge-latency=lots", "--weight edge-latency=lots: expected"),
        ("edge-latency=140", "--weight edge-latency=140: expected"),
        ("edge-latency=nan", "--weight edge-latency=nan: expected"),
        ("edge-latency=40,5", r"--weight edge-latency=40,5: expected .* did you mean '40\.5'\?"),
        ("edge-latency=0.4", r"--weight edge-latency=0.4: expected .* did you mean '40' or '0\.4 %'\?"),
        ("edge-latency=1e1", r"--weight edge-latency=1e1: expected .* did you mean '10'\?"),
        ("edge-latency=inf", "--weight edge-latency=inf: expected"),
        ("edge-latency=-1", "--weight edge-latency=-1: expected"),
    ],
)
def test_a_wrong_weight_names_the_option(weight: str, words: str) -> None:
    with pytest.raises(AdvisorError, match=words) as caught:
        reweighted(EDGE, [weight])
    assert caught.value.exit_code == EXIT_USAGE
    assert weight.startswith("edge-latency") or caught.value.hint == f"it weighs {', '.join(weights(EDGE))}"


def test_a_criterion_that_the_profile_does_not_weigh_is_no_mistyped_one() -> None:
    with pytest.raises(AdvisorError, match="'edge' does not weigh 'lstm-training'") as caught:
        reweighted(EDGE, ["lstm-training=40"])
    assert "extends: edge" in (caught.value.hint or "")


def test_shares_cannot_add_up_to_more_than_everything() -> None:
    with pytest.raises(AdvisorError, match="add up to more than 100 %"):
        reweighted(EDGE, ["edge-latency=60", "cold-start=50"])
    with pytest.raises(AdvisorError, match="weighed twice"):
        reweighted(EDGE, ["edge-latency=60", "edge-latency=10"])
    with pytest.raises(AdvisorError, match="no other wish to take the rest"):
        reweighted(EDGE, [f"{name}=1" for name in weights(EDGE)])


@pytest.mark.parametrize(
    ("constraint", "words"),
    [
        ("artifact-size", "--require 'artifact-size': expected a criterion and its limit"),
        ("artifact-size<=", "expected a criterion and its limit"),
        ("artifact-size<=5 s", "--require 'artifact-size<=5 s': expected a size such as '10 MB', got '5 s'"),
        ("artefact-size<=5 MB", "unknown criterion 'artefact-size' — did you mean 'artifact-size'"),
        ("edge-route<=proved", "a level of 'edge-route' stands after '=', not after '<='"),
        ("edge-route==proved", "a level of 'edge-route' stands after '=', not after '=='"),
        ("artifact-size=5 MB", "a limit of 'artifact-size' stands after '<=' or '>=', not after '='"),
        ("artifact-size=<5 MB", "stands after '<=' or '>=', not after '=<'"),
        ("artifact-size!=5 MB", "stands after '<=' or '>=', not after '!='"),
        ("artifact-size<=5 MB<=6 MB", "expected a criterion and its limit, and one only"),
        ("artifact-size<=x = 5 MB", "expected a criterion and its limit, and one only"),
        ("artifact-size<=0,1 MB", r"got '0,1 MB' — did you mean '0\.1 MB'\?"),
        ("artifact-size<=50%", "'%' is no unit of a size"),
        ("artifact-size<=nan", "expected a size such as '10 MB', got 'nan'"),
        ("artifact-size<=-1 GB", "expected more than zero, got '-1 GB'"),
        ("shipped-accuracy>=0,95", r"did you mean '95 %' or '0\.95 %'\?"),
        ("shipped-accuracy>=950 %", "expected at most 100 %, got '950 %'"),
        ("installed-packages<=-3", "expected zero or more, got '-3'"),
        ("edge-route=prooved", "expected a level of 'edge-route' .* did you mean 'proved'"),
        ("cnn-training<=5 ms; rm", "got '5 ms; rm'"),
    ],
)
def test_a_wrong_constraint_names_the_option(constraint: str, words: str) -> None:
    with pytest.raises(AdvisorError, match=words):
        requiring(EDGE, [constraint])


def test_what_switching_costs_is_shown_as_asserted_and_can_be_left_out(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    text = "name: mine\nextends: edge\nteam: {knows: tensorflow, size: 4, code: 30000 lines}\n"
    file.write_text(text, encoding="utf-8")
    mine = load_profile(file)
    assert weights(mine)["switching-cost"] == pytest.approx(0.1)
    told = decide(sample_run(), mine, samples=200)
    cells = {cell.framework: cell for cell in told.evidence if cell.criterion == "switching-cost"}
    assert cells["tensorflow"].value == 0
    assert cells["pytorch"].provenance == "asserted"
    # 4 × 15 days and 30,000 / 150 days, of 4 × 220 days.
    assert cells["pytorch"].value == pytest.approx((60 + 200) / 880)
    assert cells["pytorch"].low == pytest.approx(130 / 880)
    assert cells["pytorch"].message == (
        "4 people learn PyTorch in 15 days each, and 30,000 lines are carried over at 150 a day"
    )
    assert told.coverage.asserted == pytest.approx(0.1)
    assert sum(dict(told.coverage).values()) == pytest.approx(1)
    assert decide(sample_run(), without_team(mine), samples=200).coverage.asserted == 0
    assert weights(without_team(mine)) == pytest.approx(weights(EDGE))
    assert without_team(EDGE) is EDGE


def test_a_criterion_that_does_not_exist_is_told_where_all_are_named() -> None:
    with pytest.raises(AdvisorError) as caught:
        requiring(EDGE, ["artefact-size<=5 MB"])
    assert str(caught.value.hint).startswith("advisor profile criteria")
    with pytest.raises(AdvisorError) as other:
        requiring(EDGE, ["artifact-size<=5 s"])
    assert other.value.hint is None or "schema" not in other.value.hint
