"""The machine: processor, instruction set, memory, system, devices, and what of its set-up moves timings.

All of it is read, never guessed.
"""

from __future__ import annotations

import math
import os
import platform
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import psutil

from advisor.errors import EXIT_PROBING, AdvisorError
from advisor.measurement import identity
from advisor.measurement.run import Host
from advisor.quantities import show

_ISA = re.compile(
    r"^(?:sse4_2|avx|avx2|fma|f16c|avx_vnni|avx512\w+|amx_\w+|asimd|asimddp|asimdhp|neon|sve2?|sve\w*|i8mm|bf16|sme\d?)$"
)


def describe(root: Path = Path("/"), *, label: str | None = None) -> Host:
    """Return what matters of this machine for the speed of a framework.

    Parameters
    ----------
    root : path
        Where ``proc`` and ``sys`` are mounted.
    label : str, optional
        What the machine is called in the Run; default a hash that names it to nobody.

    Raises
    ------
    AdvisorError
        Exit code 3 where the system shows nothing of itself.
    """
    cpu, isa = _processor(root)
    try:
        memory = psutil.virtual_memory().total
    except (OSError, psutil.Error, ValueError) as error:
        raise AdvisorError(
            f"this system shows nothing of itself, so nothing can be measured: {error}",
            hint="mount -t proc proc /proc   (a container or a chroot without it has no clocks of processes)",
            exit_code=EXIT_PROBING,
        ) from None
    return Host(
        cpu=cpu,
        cores=cores(root),
        memory_bytes=memory,
        os=_system(root),
        architecture=platform.machine(),
        isa=isa,
        devices=_devices(root),
        label=identity.label(root) if label is None else identity.checked(label),
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


_UNLIMITED = 2**60
_BUSY = 0.25


@dataclass(frozen=True)
class Reading:
    """One thing that was read: its value, or None where this machine does not tell; and what to do about it."""

    name: str
    value: str | None
    hint: str | None = None


def readings(root: Path = Path("/")) -> tuple[Reading, ...]:
    """Read what moves timings here.

    Parameters
    ----------
    root : path
        Where ``proc``, ``sys`` and the rest are mounted.
    """
    cpu = root / "sys/devices/system/cpu"
    return (
        _governor(cpu),
        _turbo(cpu),
        _switch("hyper-threads", cpu / "smt/active", "two threads on one core share its units"),
        _layout(root),
        _virtual(root),
        _container(root),
        _processor_limit(root),
        _memory_limit(root),
        _load(root),
    )


def _governor(cpu: Path) -> Reading:
    found = {text for file in cpu.glob("cpu[0-9]*/cpufreq/scaling_governor") if (text := _text(file))}
    slow = "'performance' keeps the clock steady" if found - {"performance"} else None
    return Reading("clock governor", ", ".join(sorted(found)) or None, slow)


def _turbo(cpu: Path) -> Reading:
    off, boost = _text(cpu / "intel_pstate/no_turbo"), _text(cpu / "cpufreq/boost")
    on = off == "0" if off is not None else boost == "1" if boost is not None else None
    if on is None:
        return Reading("turbo", None)
    return Reading("turbo", "on" if on else "off", "the clock depends on heat and neighbours" if on else None)


def _switch(name: str, file: Path, hint: str) -> Reading:
    text = _text(file)
    return Reading(name, None) if text is None else Reading(name, *(("on", hint) if text == "1" else ("off",)))


def _layout(root: Path) -> Reading:
    text = _text(root / "proc/sys/kernel/randomize_va_space")
    words = {"0": "off", "1": "on, without the heap", "2": "on"}
    hint = "processes of one program differ a little: that is why each stack is measured in several"
    return Reading("address space randomisation", words.get(text or "", text), hint if text in ("1", "2") else None)


def _virtual(root: Path) -> Reading:
    inside = virtual(root)
    if inside is None:
        return Reading("virtual machine", None)
    hint = "the host can move the cores and share them unseen; a canary watches for it" if inside else None
    return Reading("virtual machine", "yes" if inside else "no", hint)


def _container(root: Path) -> Reading:
    if (root / ".dockerenv").exists():
        return Reading("container", "docker")
    if (root / "run/.containerenv").exists():
        return Reading("container", "podman")
    text = _text(root / "proc/1/cgroup")
    if text is None:
        return Reading("container", None)
    kind = next((word for word in ("kubepods", "docker", "containerd", "lxc") if word in text), None)
    return Reading("container", kind or "none seen")


def _processor_limit(root: Path) -> Reading:
    limits = []
    for folder in _groups(root, "cpu"):
        quota, _, period = (_text(folder / "cpu.max") or "").partition(" ")
        if not quota:
            quota, period = (_text(folder / f"cpu.cfs_{name}_us") or "" for name in ("quota", "period"))
        if quota in ("max", "-1"):
            limits.append(float("inf"))
        elif quota.isdigit() and period.isdigit() and int(period):
            limits.append(int(quota) / int(period))
    if not limits:
        return Reading("limit on processor time", None)
    least = min(limits)
    if least == float("inf"):
        return Reading("limit on processor time", "none")
    return Reading("limit on processor time", f"{least:g} processors", "bursts are throttled: take no more --threads")


def _memory_limit(root: Path) -> Reading:
    limits = []
    for folder in _groups(root, "memory"):
        text = _text(folder / "memory.max") or _text(folder / "memory.limit_in_bytes") or ""
        if text == "max" or text.isdigit():
            limits.append(_UNLIMITED if text == "max" else int(text))
    least = min(limits, default=None)
    value = None if least is None else "none" if least >= _UNLIMITED else show(least, "B")
    return Reading("limit on memory", value)


def _load(root: Path) -> Reading:
    words = (_text(root / "proc/loadavg") or "").split()[:3]
    if len(words) < 3:
        return Reading("load average", None)
    busy = float(words[0]) > _BUSY * (os.cpu_count() or 1)
    hint = "something else is at work: measure when it has ended, or expect cells that stay undecided" if busy else None
    return Reading("load average", " ".join(words), hint)


def _groups(root: Path, controller: str) -> Iterator[Path]:
    """Yield the control groups of this process for a controller, from its own up to the root (versions 2 and 1)."""
    for line in (_text(root / "proc/self/cgroup") or "").splitlines():
        _, names, path = line.split(":", 2)
        if names and controller not in names.split(","):
            continue
        top = root / "sys/fs/cgroup" / (controller if names else "")
        inside = PurePosixPath(path.lstrip("/"))
        for each in (inside, *inside.parents):
            yield top / each


def _text(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return None
