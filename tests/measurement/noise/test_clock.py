"""The processor's clock and heat: read from /sys where a board has it, and a disturbance where it held a block back."""

from __future__ import annotations

from pathlib import Path

from advisor.measurement.noise.clock import CLOCK, HEAT, THROTTLING, Clock, Reading


def board(root: Path, **files: str) -> Path:
    places = {
        "clock": "sys/devices/system/cpu/cpufreq/policy0/scaling_cur_freq",
        "little": "sys/devices/system/cpu/cpufreq/policy4/scaling_cur_freq",
        "heat": "sys/class/thermal/thermal_zone0/temp",
        "kind": "sys/class/thermal/cooling_device0/type",
        "cooling": "sys/class/thermal/cooling_device0/cur_state",
        "firmware": "sys/devices/platform/soc/soc:firmware/get_throttled",
        "count": "sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count",
    }
    for name, text in files.items():
        place = root / places[name]
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f"{text}\n")
    return root


def test_what_a_board_tells_is_read_in_base_units(tmp_path: Path) -> None:
    clock = Clock(board(tmp_path, clock="1800000", little="1200000", heat="61500", firmware="50000"))
    assert clock.look() == Reading(frequency=1.2e9, temperature=61.5, throttled=False)
    assert set(clock.signals.values()) == {"available"}


def test_a_machine_that_tells_nothing_claims_nothing(tmp_path: Path) -> None:
    clock = Clock(tmp_path)
    assert clock.look() == Reading()
    assert all(clock.signals[name].startswith("not available") for name in (CLOCK, HEAT, THROTTLING))
    assert clock.disturbances(clock.look(), clock.look()) == ()


def test_a_damaged_file_is_no_reading(tmp_path: Path) -> None:
    assert Clock(board(tmp_path, clock="<unknown>", heat="")).look() == Reading()


def test_what_holds_a_clock_back_slows_a_block(tmp_path: Path) -> None:
    fan = Clock(board(tmp_path / "fan", kind="pwm-fan", cooling="3"))
    assert fan.disturbances(fan.look(), fan.look()) == ()
    hot = Clock(board(tmp_path / "hot", kind="thermal-cpufreq-0", cooling="2"))
    assert [each.signal for each in hot.disturbances(hot.look(), hot.look())] == ["throttling"]
    pi = Clock(board(tmp_path / "pi", firmware="50005"))
    assert [(each.kind, each.signal) for each in pi.disturbances(pi.look(), pi.look())] == [("slowed", "throttling")]
    counted = Clock(board(tmp_path / "count", count="7"))
    before = counted.look()
    assert counted.disturbances(before, counted.look()) == ()
    board(tmp_path / "count", count="8")
    assert [each.signal for each in counted.disturbances(before, counted.look())] == ["throttling"]


def test_a_slower_clock_than_usual_is_seen_and_a_usual_one_is_not(tmp_path: Path) -> None:
    clock = Clock(tmp_path)
    for _ in range(20):
        assert clock.disturbances(Reading(), Reading(frequency=1.8e9)) == ()
    assert clock.disturbances(Reading(), Reading(frequency=1.6e9)) == ()
    (seen,) = clock.disturbances(Reading(), Reading(frequency=0.6e9))
    assert (seen.kind, seen.signal) == ("slowed", "clock")
    assert seen.figure is not None
    assert seen.usual is not None
    assert seen.figure / seen.usual == 3.0
