"""The processor's clock and heat, before and after a block: boards without a fan slow themselves down, and say so.

Read from Linux's /sys, where the system has it; a virtual machine shows none of it, and then nothing is claimed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from advisor.measurement.disturbance import Disturbance, seen
from advisor.measurement.noise.baseline import Shortest
from advisor.measurement.noise.watch import AVAILABLE

CLOCK = "clock of the processor"
HEAT = "temperature"
THROTTLING = "throttling"
# Governors that save power step through a handful of clocks, some fifth apart; the fastest tenth of a session stands.
CLOCK_LIMIT = 1.2
_FASTEST = 0.1
# The Raspberry Pi's firmware: what holds now, beside what has held since it was started. Under-voltage, a capped
# clock, throttling, the soft limit of temperature.
_NOW = 0xF
_FIRMWARE = "sys/devices/platform/soc/soc:firmware/get_throttled"


@dataclass(frozen=True)
class Reading:
    """One look: the slowest clock of the processors in Hz, the highest temperature in °C, how often it was throttled.

    None where the system does not tell. ``throttled`` is whether something holds the clock back now; ``times`` counts.
    """

    frequency: float | None = None
    temperature: float | None = None
    throttled: bool | None = None
    times: int | None = None


class Clock:
    """Looks at the clock and the heat of the processor.

    Parameters
    ----------
    root : path
        Where ``sys`` is mounted.
    """

    def __init__(self, root: Path = Path("/")) -> None:
        cpu = root / "sys/devices/system/cpu"
        self._clocks = sorted(cpu.glob("cpufreq/policy*/scaling_cur_freq"))
        self._zones = sorted((root / "sys/class/thermal").glob("thermal_zone*/temp"))
        self._counts = sorted(cpu.glob("cpu[0-9]*/thermal_throttle/core_throttle_count"))
        # Others hold a clock back, too: fans and batteries are cooling devices, and no business of ours.
        self._cooling = [
            device.parent / "cur_state"
            for device in sorted((root / "sys/class/thermal").glob("cooling_device*/type"))
            if (_text(device) or "").startswith(("thermal-cpufreq", "cpufreq"))
        ]
        self._firmware = root / _FIRMWARE
        self._cycles = Shortest(_FASTEST, limit=CLOCK_LIMIT)

    @property
    def signals(self) -> dict[str, str]:
        """Which of these things the system tells, and where the others would stand."""
        now = self.look()
        told = {
            CLOCK: (now.frequency, "cpufreq"),
            HEAT: (now.temperature, "thermal zone"),
            THROTTLING: (now.throttled, "count of throttling, cooling of a clock, or firmware's word"),
        }
        return {
            name: AVAILABLE if found is not None else f"not available: the system shows no {what}"
            for name, (found, what) in told.items()
        }

    def look(self) -> Reading:
        """Return what the system tells now; takes some tens of microseconds a file."""
        frequencies = [value for file in self._clocks if (value := _number(file)) is not None]
        heat = [value for file in self._zones if (value := _number(file)) is not None]
        counts = [value for file in self._counts if (value := _number(file)) is not None]
        held = [value > 0 for file in self._cooling if (value := _number(file)) is not None]
        word = _text(self._firmware)
        if word is not None:
            held.append(bool(int(word, 16) & _NOW))
        return Reading(
            frequency=min(frequencies) * 1e3 if frequencies else None,
            temperature=max(heat) / 1e3 if heat else None,
            throttled=any(held) if held else False if counts else None,
            times=int(sum(counts)) if counts else None,
        )

    def disturbances(self, before: Reading, after: Reading) -> tuple[Disturbance, ...]:
        """Return what held the clock back during a block; the clock counts as it stood when the work ended."""
        found = []
        counted = before.times is not None and after.times is not None and after.times > before.times
        if counted or after.throttled:
            found.append(seen("throttling"))
        if after.frequency:
            cycle = 1e9 / after.frequency
            self._cycles.add(cycle)
            if cycle > self._cycles.limit * self._cycles.lowest:
                found.append(seen("clock", cycle / 1e9, self._cycles.lowest / 1e9))
        return tuple(found)


def _text(file: Path) -> str | None:
    try:
        return file.read_text(encoding="ascii", errors="replace").strip() or None
    except OSError:
        return None


def _number(file: Path) -> float | None:
    try:
        return float(_text(file) or "")
    except ValueError:
        return None
