"""What of this machine's set-up moves timings: clock, turbo, limits, neighbours. Read, never guessed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from advisor.measurement import host
from advisor.quantities import show

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
    inside = host.virtual(root)
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
