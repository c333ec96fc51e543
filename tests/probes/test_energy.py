"""The energy counters, on a made-up /sys: no machine of ours is sure to have them."""

from __future__ import annotations

from pathlib import Path

from probes import energy


def zone(root: Path, name: str, kind: str, value: int | str, most: int = 1000) -> None:
    folder = root / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "name").write_text(f"{kind}\n")
    (folder / "energy_uj").write_text(f"{value}\n")
    (folder / "max_energy_range_uj").write_text(f"{most}\n")


def test_packages_count_and_their_parts_do_not(tmp_path: Path) -> None:
    zone(tmp_path, "intel-rapl:0", "package-0", 100)
    zone(tmp_path, "intel-rapl:0:0", "core", 40)
    zone(tmp_path, "intel-rapl:1", "package-1", "unreadable")
    assert energy.counters(tmp_path) == {"intel-rapl:0": (100, 1000)}


def test_the_difference_goes_on_where_a_counter_begins_again() -> None:
    before = {"a": (900, 1000), "b": (0, 1000)}
    after = {"a": (100, 1000), "b": (300, 1000)}
    assert energy.joules(before, after) == 500e-6


def test_without_counters_there_is_no_energy(tmp_path: Path) -> None:
    assert energy.counters(tmp_path / "none") == {}
    assert energy.joules({}, {}) is None
    assert energy.joules({"a": (1, 10)}, {}) is None
