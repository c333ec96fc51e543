"""The energy counters of the processor's packages, where the system shows them (Linux: powercap, RAPL)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

POWERCAP = Path("/sys/class/powercap")

Counters = Mapping[str, tuple[int, int]]


def counters(root: Path = POWERCAP) -> Counters:
    """Return, for every processor package, its counter and where that begins again, in microjoules.

    Empty where there is none, or where it may not be read: since 2020 kernels let only the superuser read them.
    """
    found = {}
    for zone in sorted(root.glob("*:[0-9]*")):
        try:
            if not (zone / "name").read_text().startswith("package"):
                continue
            found[zone.name] = (int((zone / "energy_uj").read_text()), int((zone / "max_energy_range_uj").read_text()))
        except (OSError, ValueError):
            continue
    return found


def joules(before: Counters, after: Counters) -> float | None:
    """Return the energy that all packages took between two readings; None when they cannot be compared."""
    if not before or before.keys() != after.keys():
        return None
    total = 0
    for name, (ended, most) in after.items():
        taken = ended - before[name][0]
        total += taken if taken >= 0 else taken + most
    return total / 1e6
