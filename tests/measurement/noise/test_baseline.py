"""How short a figure is at its quietest: found, confirmed, remembered, forgotten."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from advisor.measurement.disturbance import LIMIT
from advisor.measurement.noise.baseline import Memory, Shortest


def session(file: Path, figure: float, share: float = 0.1) -> Shortest:
    """Go through a session that found this figure twenty times; return what it held for the shortest."""
    memory = Memory(file, "here")
    found = Shortest(share, memory.lowest("bounce"))
    for _ in range(20):
        found.add(figure)
    memory.keep({"bounce": found})
    return found


def on(monkeypatch: pytest.MonkeyPatch, day: str) -> None:
    """Live on this day."""
    now = datetime.fromisoformat(day).replace(tzinfo=UTC)
    monkeypatch.setattr("advisor.measurement.noise.baseline.datetime", SimpleNamespace(now=lambda _: now))


def kept(file: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads(file.read_text())["here"]["bounce"]
    return found


def test_its_share_says_which_figure_counts() -> None:
    tenth, shortest = Shortest(0.1), Shortest(0.02)
    for figure in (*range(100, 120), math.inf):
        tenth.add(figure)
        shortest.add(figure)
    assert tenth.lowest == 102
    assert shortest.lowest == 100
    assert Shortest(0.1).lowest == math.inf
    assert not Shortest(0.1).confirmed


@pytest.mark.parametrize(
    ("figure", "lowest", "seen"),
    [
        # As short as ever, a little less, a little more: what was known is confirmed, or becomes shorter.
        (230.0, 230.0, "2026-11-21"), (220.0, 220.0, "2026-11-21"), (300.0, 230.0, "2026-11-21"),
        # Far longer: the host may take it back, so it is not forgotten, and not taken for confirmed.
        (360.0, 230.0, "2026-11-15"),
    ],
)  # fmt: skip
def test_a_session_that_came_as_near_confirms_what_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, figure: float, lowest: float, seen: str
) -> None:
    memory = tmp_path / "canary.json"
    on(monkeypatch, "2026-11-15")
    session(memory, 230.0)
    on(monkeypatch, "2026-11-21")
    found = session(memory, figure)
    assert found.lowest == lowest
    assert found.confirmed == (figure <= LIMIT * lowest)
    assert kept(memory) == {"lowest": lowest, "seen": seen}


def test_what_was_not_seen_for_a_week_is_measured_against_what_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = tmp_path / "canary.json"
    on(monkeypatch, "2026-11-14")
    session(memory, 230.0)
    on(monkeypatch, "2026-11-21")
    assert session(memory, 360.0).lowest == 360.0
    assert kept(memory) == {"lowest": 360.0, "seen": "2026-11-21"}


def test_another_host_and_another_figure_are_kept_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "canary.json"
    session(file, 230.0)
    other = Shortest(0.1)
    other.add(90.0)
    Memory(file, "there").keep({"core 0": other})
    Memory(file, "here").keep({"core 0": other, "core 1": Shortest(0.1)})
    here, there = Memory(file, "here"), Memory(file, "there")
    assert [here.lowest(name) for name in ("bounce", "core 0", "core 1")] == [230.0, 90.0, math.inf]
    assert [there.lowest(name) for name in ("bounce", "core 0")] == [math.inf, 90.0]


def test_what_another_session_found_meanwhile_is_not_lost(tmp_path: Path) -> None:
    file = tmp_path / "canary.json"
    ours = Shortest(0.1)
    ours.add(250.0)
    session(file, 230.0)
    Memory(file, "here").keep({"bounce": ours})
    assert kept(file)["lowest"] == 230.0


def test_nothing_found_is_nothing_written(tmp_path: Path) -> None:
    Memory(tmp_path / "canary.json", "here").keep({"bounce": Shortest(0.1)})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "text",
    ["[1, 2", "[1, 2]", '{"here": 227.0}', '{"here": {"bounce": 227.0}}', '{"here": {"bounce": {"lowest": 227.0}}}'],
)
def test_a_damaged_memory_is_forgotten(tmp_path: Path, text: str) -> None:
    (tmp_path / "canary.json").write_text(text)
    assert Memory(tmp_path / "canary.json", "here").lowest("bounce") == math.inf
    assert session(tmp_path / "canary.json", 230.0).lowest == 230.0
    assert kept(tmp_path / "canary.json")["lowest"] == 230.0
