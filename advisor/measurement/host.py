"""The machine: processor, instruction set, memory, operating system, devices."""

from __future__ import annotations

import math
import os
import platform
import re
import subprocess
from pathlib import Path

import psutil

from advisor.measurement.run import Host

_ISA = re.compile(
    r"^(?:sse4_2|avx|avx2|fma|f16c|avx_vnni|avx512\w+|amx_\w+|asimd|asimddp|asimdhp|neon|sve2?|sve\w*|i8mm|bf16|sme\d?)$"
)


def describe(root: Path = Path("/")) -> Host:
    """Return what matters of this machine for the speed of a framework.

    Parameters
    ----------
    root : path
        Where ``proc`` and ``sys`` are mounted.
    """
    cpu, isa = _processor(root)
    return Host(
        cpu=cpu,
        cores=cores(root),
        memory_bytes=psutil.virtual_memory().total,
        os=_system(root),
        architecture=platform.machine(),
        isa=isa,
        devices=_devices(root),
    )


def cores(root: Path = Path("/")) -> int:
    """Return how many processors this process may use: its affinity, and a container's limit on processor time."""
    try:
        allowed = len(os.sched_getaffinity(0))
    except AttributeError:
        allowed = os.cpu_count() or 1
    try:
        quota, period = (root / "sys/fs/cgroup/cpu.max").read_text().split()
        if quota != "max":
            allowed = min(allowed, max(1, math.ceil(int(quota) / int(period))))
    except (OSError, ValueError, ZeroDivisionError):
        pass
    return allowed


def virtual(root: Path = Path("/")) -> bool | None:
    """Return whether this is a virtual machine, as its processor says; None where it does not tell."""
    flags = _cpuinfo(root).get("flags")
    return None if flags is None else "hypervisor" in flags.split()


def not_measurable(root: Path = Path("/")) -> dict[str, str]:
    """Return what this machine does not tell of a measurement, each with the reason."""
    counters = sorted((root / "sys/class/powercap").glob("*:[0-9]*/energy_uj"))
    if not counters:
        return {"energy": "not measurable here: the system shows no energy counters"}
    if not any(os.access(counter, os.R_OK) for counter in counters):
        return {"energy": "not measurable here: only the superuser may read the energy counters"}
    return {}


def _cpuinfo(root: Path) -> dict[str, str]:
    """Return what Linux tells of the first processor; empty elsewhere."""
    fields: dict[str, str] = {}
    try:
        text = (root / "proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        text = ""
    for line in text.splitlines():
        key, colon, value = line.partition(":")
        if colon:
            fields.setdefault(key.strip().lower(), value.strip())
    return fields


def _processor(root: Path) -> tuple[str, tuple[str, ...]]:
    fields = _cpuinfo(root)
    # On x86 "sme" is memory encryption; on Arm, which says "Features", it is the matrix extension.
    flags = [flag for flag in fields.get("flags", "").split() if flag != "sme"] or fields.get("features", "").split()
    name: str | None = fields.get("model name") or fields.get("hardware") or fields.get("cpu model")
    if name is None and platform.system() == "Darwin":
        name = _sysctl("machdep.cpu.brand_string")
        flags = ["neon"] if platform.machine() == "arm64" else (_sysctl("machdep.cpu.features") or "").lower().split()
    shown = name or platform.processor() or platform.machine() or "unknown processor"
    return " ".join(shown.split()), tuple(sorted({flag for flag in flags if _ISA.match(flag)}))


def _sysctl(name: str) -> str | None:
    try:
        done = subprocess.run(["sysctl", "-n", name], capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None


def _system(root: Path) -> str:
    name = f"{platform.system()} {platform.release()}"
    try:
        text = (root / "etc/os-release").read_text(encoding="utf-8")
    except OSError:
        return name
    match = re.search(r'^PRETTY_NAME="?([^"\n]+)', text, re.MULTILINE)
    return f"{name} ({match.group(1)})" if match else name


def _devices(root: Path) -> tuple[str, ...]:
    """Accelerators that the kernel reports; they are recorded, the frameworks are held to the processor."""
    found = []
    for file in sorted((root / "proc/driver/nvidia/gpus").glob("*/information")):
        match = re.search(r"^Model:\s*(.+)$", file.read_text(encoding="utf-8", errors="replace"), re.MULTILINE)
        found.append(match.group(1).strip() if match else "NVIDIA GPU")
    if (root / "dev/kfd").exists():
        found.append("AMD GPU")
    return tuple(found)
