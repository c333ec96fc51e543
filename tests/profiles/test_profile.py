"""Profiles: the shipped ones hold together, and every mistake in one is named at its place, never with a traceback."""

import random
import re
from pathlib import Path

import pytest

from advisor.criteria import load_criteria
from advisor.errors import EXIT_USAGE, AdvisorError
from advisor.profiles.entries import ProfileEntry
from advisor.profiles.profile import load_profile, profile_path, shipped_profiles

GOOD = """\
name: camera
title: A street camera
question: Which framework?
ships: edge
require:
  - criterion: edge-route
    is: proved
    because: nothing to ship otherwise
  - criterion: artifact-size
    at_most: 10 MB
    because: flash is small
prefer:
  ship:
    weight: 70
    criteria:
      edge-latency: {weight: 40, target: 5 ms, floor: 50 ms, because: 20 frames a second}
      int8-accuracy-loss: {weight: 35, target: 0 %, floor: 2 %, because: people notice}
  sustain:
    weight: 30
    criteria:
      runtime-maintenance: {weight: 100, target: active, floor: archived, because: it hangs there for years}
"""

EXTENDING = """\
name: mine
extends: edge
without: [peak-memory]
team: {knows: tensorflow, size: 4, code: 30000 lines}
require:
  - {criterion: artifact-size, at_most: 1 MB, because: small flash}
prefer:
  ship:
    weight: 60
    criteria:
      edge-latency: {weight: 60, because: it is all that counts}
  look:
    weight: 10
    criteria:
      browser-runtime: {weight: 1, target: supported, floor: unsupported, because: also on a page}
"""

BAD = """\
name: Street Camera
title: A street camera
question: Which framework?
ships: edge
require:
  - criterion: artefact-size
    at_most: 10 MB
    because: flash is small
  - criterion: edge-route
    at_most: 10 MB
    because: nothing to ship otherwise
  - criterion: peak-memory
    because: memory is small
prefer:
  ship:
    weight: 70
    criteria:
      edge-latency: {weight: 40, target: 50 ms, floor: 5 ms, because: 20 frames a second}
      artifact-size: {weight: 25, target: 20 ms, floor: 10 MB, because: flash is small}
      cold-start: {weight: 25, target: 1 s, floor: 1 s, because: it sleeps}
      runtime-size: {weight: 25, target: 0 B, floor: 10 MB, because: it ships too}
  sustain:
    weight: 30
    criteria:
      model-server: {weight: 9, target: activ, floor: archived, because: it faces the net}
      edge-latency: {weight: 1, target: 5 ms, floor: 50 ms, because: twice}
"""

EXPECTED = """\
FILE:1:7: expected lower-case letters, digits and single dashes, such as 'street-camera', got 'Street Camera'
   1 | name: Street Camera
     |       ^^^^^^^^^^^^^
FILE:6:16: unknown criterion 'artefact-size' — did you mean 'artifact-size'?
   6 |   - criterion: artefact-size
     |                ^^^^^^^^^^^^^
FILE:10:5: 'edge-route' needs 'is' with a level
  10 |     at_most: 10 MB
     |     ^^^^^^^
FILE:12:5: expected one of 'is', 'at_most' and 'at_least'
  12 |   - criterion: peak-memory
     |     ^
FILE:18:42: for 'edge-latency' lower is better, so the target must be lower than the floor
  18 |       edge-latency: {weight: 40, target: 50 ms, floor: 5 ms, because: 20 frames a second}
     |                                          ^^^^^
FILE:19:43: expected a size such as '10 MB', got '20 ms': 'ms' is no unit of a size (B, kB, MB, GB, KiB, MiB, GiB)
  19 |       artifact-size: {weight: 25, target: 20 ms, floor: 10 MB, because: flash is small}
     |                                           ^^^^^
FILE:20:52: floor and target are the same: the wish could tell nothing apart
  20 |       cold-start: {weight: 25, target: 1 s, floor: 1 s, because: it sleeps}
     |                                                    ^^^
FILE:21:42: expected more than zero, got '0 B'
  21 |       runtime-size: {weight: 25, target: 0 B, floor: 10 MB, because: it ships too}
     |                                          ^^^
FILE:25:41: expected a level of 'model-server' ('archived', 'fixes only', 'active'), got 'activ'SUGGESTION
  25 |       model-server: {weight: 9, target: activ, floor: archived, because: it faces the net}
     |                                         ^^^^^
FILE:26:7: 'edge-latency' already stands in the group 'ship'
  26 |       edge-latency: {weight: 1, target: 5 ms, floor: 50 ms, because: twice}
     |       ^^^^^^^^^^^^""".replace("SUGGESTION", " — did you mean 'active'?")


def written(folder: Path, text: str) -> Path:
    file = folder / "camera.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def refusal(folder: Path, text: str) -> AdvisorError:
    with pytest.raises(AdvisorError) as caught:
        load_profile(written(folder, text))
    assert caught.value.exit_code == EXIT_USAGE
    return caught.value


@pytest.mark.parametrize("name", shipped_profiles())
def test_shipped_profiles_are_whole(name: str) -> None:
    found = load_profile(name)
    assert found.name == name
    assert sum(wish.weight for wish in found.wishes) == pytest.approx(1)
    assert found.question.endswith("?")
    reasons = [wish.because for wish in found.wishes] + [constraint.because for constraint in found.constraints]
    assert all(len(reason.split()) >= 5 for reason in reasons)


def test_the_three_profiles_ship_what_they_say() -> None:
    assert {"deployment", "edge", "research"} <= set(shipped_profiles())
    assert load_profile("edge").ships == "edge"
    assert load_profile("deployment").ships == "server"
    assert load_profile("research").ships is None


def test_weights_are_shares_of_the_group_times_shares_of_the_groups(tmp_path: Path) -> None:
    weights = {wish.criterion.id: wish.weight for wish in load_profile(written(tmp_path, GOOD)).wishes}
    assert weights["edge-latency"] == pytest.approx(0.7 * 40 / 75)
    assert weights["runtime-maintenance"] == pytest.approx(0.3)


def test_quantities_are_kept_in_base_units_and_as_written(tmp_path: Path) -> None:
    found = load_profile(written(tmp_path, GOOD))
    latency = found.wishes[0]
    assert (latency.value.target, latency.value.floor) == (0.005, 0.05)
    assert (latency.target_text, latency.floor_text) == ("5 ms", "50 ms")
    assert [constraint.text for constraint in found.constraints] == ["is proved", "at most 10 MB"]
    assert found.constraints[1].limit == 10e6


def test_every_mistake_is_named_at_once_with_its_place(tmp_path: Path) -> None:
    error = refusal(tmp_path, BAD)
    assert error.message.replace(str(tmp_path / "camera.yaml"), "FILE") == EXPECTED
    assert error.hint is not None
    assert error.hint.startswith("advisor profile criteria ")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("name: camera", "name: Street Camera", r":1:7: expected lower-case letters, digits and single dashes"),
        ("title: A street camera", "title: ' '", r":2:8: expected a sentence, got nothing"),
        ("ships: edge", "ships: edgy", r":4:8: .*'edge' or 'server'.*edgy"),
        ("weight: 70", "weight: 0", r":14:13: .*greater than 0"),
        ("weight: 70", "weight: -1", r":14:13: .*greater than 0"),
        ("weight: 70", "weight: '70'", r":14:13: .*number"),
        ("weight: 70", "weight: yes", r":14:13: .*number"),
        ("weight: 70", "weight: 70,5", r":14:13: expected a number, got '70,5' — did you mean '70\.5'\?"),
        ("weight: 70", "weight: 1e1", r":14:13: expected a number, got '1e1' — did you mean '10'\?"),
        ("weight: 70", "weight: .nan", r":14:13: expected a plain number such as 10 or 0.5, got '\.nan'"),
        ("weight: 70", "weight: 010", r":14:13: expected a plain number .*, got '010' — did you mean '10'\?"),
        ("weight: 70", "weight: 1:30", r":14:13: expected a plain number .*, got '1:30'"),
        ("weight: 70", "weight: 7_0", r":14:13: expected a plain number .*, got '7_0' — did you mean '70'\?"),
        ("weight: 70", "weight: 1.500", r":14:13: expected a plain number .* did you mean '1\.5' or '1500'\?"),
        ("at_most: 10 MB", "at_most: 0,1 MB", r":10:14: expected a size .*, got '0,1 MB' — did you mean '0\.1 MB'\?"),
        ("at_most: 10 MB", "at_most: 50%", r":10:14: expected a size .*: '%' is no unit of a size"),
        ("at_most: 10 MB", "at_most: -5 MB", r":10:14: expected more than zero, got '-5 MB'"),
        ("floor: 2 %", "floor: '0,5 %'", r":17:\d+: expected a percentage .* did you mean '0\.5 %'\?"),
        ("floor: 2 %", "floor: 0,5 %", r":17:6\d: unknown key '5 %': a comma ends the value before it"),
        ("floor: 2 %", "floor: 200 %", r":17:\d+: expected at most 100 %, got '200 %'"),
        ("weight: 70", "wieght: 70", r":14:5: unknown key 'wieght' — did you mean 'weight'\?"),
        ("target: 5 ms", "target: [5]", r":16:\d+: expected a quantity such as '5 ms', '10 MB' or '2 %'"),
        ("target: 5 ms", "target: no", r":16:\d+: expected a quantity such as"),
        ("target: 0 %", "target: free", r":17:\d+: expected a percentage such as '2 %', got 'free'"),
        ("is: proved", "is: maybe", r":7:9: expected a level of 'edge-route' \('not proved', 'proved'\), got 'maybe'"),
        (", because: people notice", "", r":17:27: 'because' is missing"),
        ("edge-latency:", "cnn-latency-edge:", r":16:7: unknown criterion 'cnn-latency-edge'"),
        ("  sustain:", "  Keep Going:", r":18:3: expected lower-case letters"),
        ("ships: edge", "# ships", r":6:16: 'edge-route' is about a route, and this profile ships nothing"),
        ("ships: edge", "ships: server", r":16:7: 'edge-latency' is not known for both"),
        ("artifact-size\n    at_most: 10 MB", "edge-route\n    is: proved", r":9:16: 'edge-route' is required twice"),
        ("    at_most: 10 MB", "    at_most: 10 MB\n    at_least: 1 kB", r":9:5: expected one of 'is', 'at_most'"),
    ],
)  # fmt: skip
def test_one_mistake_is_named_at_its_place(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert old in GOOD
    assert re.search(expected, refusal(tmp_path, GOOD.replace(old, new, 1)).message)


def test_an_empty_profile_says_what_is_missing(tmp_path: Path) -> None:
    message = refusal(tmp_path, "name: x\n").message
    for key in ("title", "question", "prefer"):
        assert f"'{key}' is missing" in message


def test_an_unknown_name_gets_the_nearest_one() -> None:
    with pytest.raises(AdvisorError, match="unknown profile 'egde' — did you mean 'edge'") as caught:
        load_profile("egde")
    assert caught.value.hint is not None
    assert caught.value.hint.startswith("advisor profile list")


def test_names_and_paths_are_told_apart(tmp_path: Path) -> None:
    assert profile_path("edge").name == "edge.yaml"
    assert profile_path("camera.yaml") == Path("camera.yaml")
    assert profile_path("camera.yml") == Path("camera.yml")
    assert profile_path("mine/camera") == Path("mine/camera")
    with pytest.raises(AdvisorError, match="cannot read the profile"):
        load_profile(tmp_path / "none.yaml")


def test_the_json_schema_names_every_key() -> None:
    schema = ProfileEntry.model_json_schema()
    assert set(schema["properties"]) == {
        "name", "extends", "title", "question", "ships", "build", "target", "job", "team", "networks", "without",
        "require", "prefer",
    }  # fmt: skip
    assert set(schema["$defs"]["ConstraintEntry"]["properties"]) == {
        "criterion",
        "is",
        "at_most",
        "at_least",
        "because",
    }


def mutated(text: str, chance: random.Random) -> str:
    """Return `text` with a few of the mistakes that editors, merges and copies make."""
    lines = text.splitlines()
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(lines))
        kind = chance.randrange(9)
        if kind == 0:
            lines[at] = lines[at][: chance.randrange(len(lines[at]) + 1)]
        elif kind == 1:
            lines[at] = " " * chance.randint(0, 4) + lines[at]
        elif kind == 2:
            lines[at] = lines[at].removeprefix("  ")
        elif kind == 3:
            lines.insert(at, lines[chance.randrange(len(lines))])
        elif kind == 4 and len(lines) > 1:
            del lines[at]
        elif kind == 5:
            position = chance.randrange(len(lines[at]) + 1)
            lines[at] = lines[at][:position] + chance.choice("{}[]:,&*!|>%@`'\"#?-\t\0é\u2028") + lines[at][position:]
        elif kind == 6:
            key, _, _ = lines[at].partition(":")
            lines[at] = f"{key}: {chance.choice(STRANGE)}"
        elif kind == 7:
            words = lines[at].split()
            chance.shuffle(words)
            lines[at] = " ".join(words)
        else:
            lines[at] = lines[at].replace("a", chance.choice(["", "aa", "\t", "%"]))
    return "\n".join(lines)


STRANGE = [
    "", "null", "true", ".nan", ".inf", "1e999", "-5 ms", "5", "[1, 2]", "{a: 1}", "2026-11-20", "0x10", "~", "=",
    "!!python/name:os.system", "&a [*a]", "5 ms ms", "% 5", "9" * 400, "'", "|", ">-", "<<: *x", "1_000", "12:30:45",
    "0,1 MB", "2,5 %", "1,000 MB", "1.000 MB", "1.500", "-.inf", "nan", "NaN MB", "inf", "010", "+5", "1e3", "yes",
    "5 KB", "５ MB", "50%", "5 MB<=6 MB",
]  # fmt: skip


@pytest.mark.parametrize("seed", range(8))
def test_no_profile_however_broken_gives_a_traceback(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    refused = 0
    for number in range(65):
        file = written(tmp_path, mutated((GOOD, EXTENDING)[number % 2], chance))
        found = outcome(file)
        if found is not None:
            refused += 1
            assert found.exit_code == EXIT_USAGE
            place = found.message.removeprefix(str(file))
            assert re.match(r":\d+:\d+: ", place) or place.startswith(": not valid YAML")
    assert refused > 10


def outcome(file: Path) -> AdvisorError | None:
    try:
        load_profile(file)
    except AdvisorError as error:
        return error
    return None


def test_every_criterion_can_stand_in_some_profile() -> None:
    for criterion in load_criteria().values():
        assert criterion.applies(routed=True) or criterion.applies(routed=False)


TIMES = "is no unit of a time (s, ms, µs, min, h, days, weeks, months, years)"
LEVELS = "'archived', 'fixes only', 'active'"


def test_the_meaning_is_checked_where_the_shape_is_wrong_too(tmp_path: Path) -> None:
    file = tmp_path / "camera.yaml"
    file.write_text(
        """name: camera
title: A camera
question: Which?
ships: egde
require:
  - criterion: cold-start
    at_most: 3 MB
prefer:
  ship:
    weight: 1
    criteria:
      edge-latency: {weight: -1, target: 5 ms, floor: 5 MB, because: a}
      runtime-maintenance: {target: activ, floor: archived}
  sustain:
    weight: 1
    criteria: {}
""",
        encoding="utf-8",
    )
    with pytest.raises(AdvisorError) as error:
        load_profile(file)
    told = [line.partition("camera.yaml:")[2] for line in error.value.message.splitlines() if "camera.yaml:" in line]
    assert [(line.split(":")[0], line.partition(": ")[2]) for line in told] == [
        ("4", "expected 'edge' or 'server', got 'egde' — did you mean 'edge'?"),
        ("6", "'because' is missing"),
        ("7", f"expected a time such as '5 ms', got '3 MB': 'MB' {TIMES}"),
        ("12", "expected a number greater than 0, got -1"),
        ("12", f"expected a time such as '5 ms', got '5 MB': 'MB' {TIMES}"),
        ("13", "'weight' is missing"),
        ("13", "'because' is missing"),
        ("13", f"expected a level of 'runtime-maintenance' ({LEVELS}), got 'activ' — did you mean 'active'?"),
        ("16", "expected at least one criterion"),
    ]


def test_what_an_unknown_base_would_bring_is_not_called_wrong(tmp_path: Path) -> None:
    file = tmp_path / "camera.yaml"
    file.write_text(
        "name: camera\nextends: edg\nprefer: {ship: {criteria: {edge-latency: {target: 1 MB, because: a}}}}\n",
        encoding="utf-8",
    )
    with pytest.raises(AdvisorError) as error:
        load_profile(file)
    told = [line.partition(": ")[2] for line in error.value.message.splitlines() if "camera.yaml:" in line]
    refused = f"expected a time such as '5 ms', got '1 MB': 'MB' {TIMES}"
    assert told == ["unknown profile 'edg' — did you mean 'edge'?", refused]


def test_the_cost_of_switching_is_worth_nothing_at_half_a_year(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("name: mine\nextends: edge\nteam: {knows: pytorch, size: 3, weight: 25}\n", encoding="utf-8")
    (cost,) = (each for each in load_profile(file).wishes if each.criterion.id == "switching-cost")
    assert cost.weight == pytest.approx(0.25)
    assert [cost.value(share) for share in (0.0, 0.25, 0.5, 0.9)] == pytest.approx([1.0, 0.5, 0.0, 0.0])
    assert (cost.floor_text, cost.target_text) == ("50 %", "0 %")


def test_every_constraint_is_looked_at_whatever_is_wrong_with_the_one_before(tmp_path: Path) -> None:
    broken = GOOD.replace("  - criterion: edge-route\n    is: proved\n", "  - is: proved\n")
    message = refusal(tmp_path, broken.replace("at_most: 10 MB", "at_most: 10 s")).message
    assert "expected a size such as '10 MB', got '10 s'" in message
