"""What a device is and has: read there, before anything is measured, so that what is missing is known in a second."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

from advisor.devices.manifest import WORK, Manifest, damaged
from advisor.measurement import host
from advisor.measurement.noise.clock import Clock
from advisor.quantities import show

PYTHON = sys.executable
# A session's journal, its copies of the artifacts and the answers to the inputs.
SPACE = 64_000_000


def python() -> str:
    """Return the version of this Python."""
    return platform.python_version()


def versions(manifest: Manifest) -> dict[str, str]:
    """Return the versions of the bundle's runtimes that are installed for this Python."""
    found = {}
    for name in sorted({manifest.routes[each.runtime].distribution for each in manifest.packed}):
        version = _version(name)
        if version is not None:
            found[name] = version
    return found


def lacking(manifest: Manifest) -> set[str]:
    """Return the runtimes of the bundle that are not installed for this Python."""
    return {manifest.routes[each.runtime].distribution for each in manifest.packed} - set(versions(manifest))


def install(manifest: Manifest, names: Iterable[str]) -> str:
    """Return what installs runtimes of the bundle in the versions that were proved."""
    wanted = [f"{name}=={manifest.versions[name]}" if name in manifest.versions else name for name in names]
    return f"python -m pip install --no-deps {' '.join(wanted)}"


def examine(bundle: Path, manifest: Manifest) -> dict[str, Any]:
    """Return what this device is, what of the bundle can be measured on it, and what cannot be seen; plain data.

    ``problems`` keep a session from being made, ``notes`` do not.
    """
    there, missing = versions(manifest), sorted(lacking(manifest))
    problems, notes = [], []
    if not there:
        problems.append(f"no runtime of the bundle is installed: {install(manifest, missing)}")
    elif missing:
        notes.append(f"not installed, and not measured: {', '.join(missing)} ({install(manifest, missing)})")
    for name, version in there.items():
        proved = manifest.versions.get(name, version)
        if version != proved:
            notes.append(f"{name} is {version} here, {proved} where it was proved: the answers are checked here")
    free = shutil.disk_usage(bundle).free
    if free < SPACE:
        problems.append(f"{show(free, 'B')} of space are free, and a session needs {show(SPACE, 'B')}")
    if not os.access(bundle, os.W_OK):
        problems.append(f"{bundle} cannot be written to: copy the bundle to a folder that can")
    if not Path("/proc/self/stat").exists():
        problems.append("the system shows no /proc, so nothing can be measured: mount -t proc proc /proc")
    problems += [f"the bundle is damaged: {each}" for each in list(damaged(bundle, manifest))[:1]]
    machine = platform.machine()
    if "executorch" in there and machine not in manifest.shims and shutil.which("c++") is None:
        notes.append(f"ExecuTorch: no shim for {machine} is in the bundle, and no C++ compiler is here")
    readings = {each.name: each.value for each in host.readings()}
    return {
        "machine": {
            "architecture": machine,
            "bits": 64 if sys.maxsize > 2**32 else 32,
            "c library": " ".join(platform.libc_ver()).strip() or None,
            "python": python(),
            "numpy": _version("numpy"),
            "processors": os.cpu_count(),
            "free space": show(free, "B"),
            "clock governor": readings.get("clock governor"),
            "load average": readings.get("load average"),
        },
        "runtimes": there,
        "signals": Clock().signals | host.not_measurable(),
        "work": str(bundle / WORK),
        "problems": problems,
        "notes": notes,
    }


def _version(name: str) -> str | None:
    """Return the version of a distribution; None where it is not there, or only what a removal left of it."""
    try:
        return metadata.version(name) or None
    except metadata.PackageNotFoundError:
        return None
