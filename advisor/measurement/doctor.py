"""The environment as an issue needs it: versions, machine, what moves timings, tools. Nothing secret, no framework."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path
from typing import Any

from advisor import optouts, paths
from advisor.measurement import environments, host
from advisor.measurement.definitions import Definitions, current
from advisor.measurement.noise import outlook
from advisor.measurement.noise.canary import Canary
from advisor.measurement.noise.guard import Guard
from advisor.measurement.noise.watch import Watch
from advisor.measurement.worker.environment import passed
from advisor.quantities import show
from advisor.resources import own_version

# Only what changes how fast a framework is, by its whole name: other programs keep passwords in variables that begin
# alike (Terraform's TF_VAR_… and TF_TOKEN_…, a token for a mirror of MKL).
NAMED = (
    "OMP_NUM_THREADS", "OMP_WAIT_POLICY", "OMP_PROC_BIND", "OMP_PLACES", "OMP_DYNAMIC", "GOMP_SPINCOUNT",
    "TF_ENABLE_ONEDNN_OPTS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "TF_XLA_FLAGS", "XLA_FLAGS",
    "TF_CPP_MIN_LOG_LEVEL", "TF_DETERMINISTIC_OPS", "TF_USE_LEGACY_KERAS", "TF_ENABLE_XLA", "KERAS_BACKEND",
    "KMP_AFFINITY", "KMP_ALL_THREADS", "KMP_BLOCKTIME", "KMP_DUPLICATE_LIB_OK", "KMP_DYNAMIC_MODE", "KMP_HW_SUBSET",
    "KMP_LIBRARY", "KMP_PLACE_THREADS", "KMP_SETTINGS", "KMP_STACKSIZE", "KMP_TOPOLOGY_METHOD",
    "MKL_CBWR", "MKL_DEBUG_CPU_TYPE", "MKL_DISABLE_FAST_MM", "MKL_DOMAIN_NUM_THREADS", "MKL_DYNAMIC",
    "MKL_ENABLE_INSTRUCTIONS", "MKL_FAST_MEMORY_LIMIT", "MKL_INTERFACE_LAYER", "MKL_NUM_STRIPES", "MKL_NUM_THREADS",
    "MKL_SERVICE_FORCE_INTEL", "MKL_THREADING_LAYER", "MKL_VERBOSE",
)  # fmt: skip
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
COMPILERS = ("g++", "clang++", "c++")
_SECONDS = 10.0


def examine(
    definitions: Definitions | None = None,
    *,
    ambient: Mapping[str, str] | None = None,
    root: Path = Path("/"),
    watch: float = 0.0,
) -> dict[str, Any]:
    """Return what there is here, as sections of plain values; paths under the home folder begin with ``~``.

    Parameters
    ----------
    definitions : Definitions, optional
        Default those that advisor ships.
    ambient : mapping, optional
        The environment; default that of this process.
    root : path
        Where ``proc`` and ``sys`` are mounted.
    watch : float
        Seconds to watch what else is at work here; none leaves that out.
    """
    known, env = definitions or current(), os.environ if ambient is None else ambient
    with ThreadPoolExecutor() as pool:
        compiler = pool.submit(_program, env.get("CXX"), COMPILERS)
        chromium = pool.submit(_program, env.get("CHROMIUM"), CHROMIUM)
        versions = _versions(known)
        machine = _machine(root)
        return {
            "versions": versions,
            "machine": machine,
            "set-up": {each.name: {"value": each.value, "hint": each.hint} for each in host.readings(root)},
            "signals of other work": _signals(root),
            **({"other work": outlook.told(outlook.outlook(watch, root=root))} if watch > 0 else {}),
            "tools": {"C++ compiler": compiler.result(), "Chromium": chromium.result()},
            "folders": {"cache": _folder(paths.cache()), "runs": _folder(Path(".advisor") / "runs")},
            "variables": variables(env),
            "opt-outs": sent_nowhere(env),
        }


def variables(ambient: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that change how fast a framework is, as far as they are set."""
    return {name: _short(ambient[name]) for name in sorted(ambient) if name in NAMED}


def sent_nowhere(ambient: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return the opt-outs that every process of ours gets: the value, who reads it, what for, who says so, and when."""
    told = {
        each.variable: {
            "value": each.value, "reader": each.reader, "stops": each.effect, "source": each.source,
            "checked on": each.checked_on.isoformat(),
        }
        for each in optouts.OPT_OUTS
    }  # fmt: skip
    told |= {
        f"~/{each.file} of a worker": {
            "value": each.content, "reader": each.reader, "stops": each.effect, "source": each.source,
            "checked on": each.checked_on.isoformat(),
        }
        for each in optouts.CONSENTS
    }  # fmt: skip
    own = optouts.variables(ambient).items()
    return told | {name: {"value": value, "reader": "set by you"} for name, value in own if name not in told}


def _versions(known: Definitions) -> dict[str, Any]:
    found: dict[str, Any] = {
        "advisor": own_version() or "not installed: runs from its files",
        "Python": f"{platform.python_implementation()} {platform.python_version()} ({_short(sys.executable)})",
    }
    for name, each in environments.find(known.frameworks.values()).items():
        found[known.frameworks[name].title] = dict(each.packages) if each.present else None
    for route in known.routes.values():
        try:
            found[route.title] = metadata.version(route.distribution)
        except metadata.PackageNotFoundError:
            found[route.title] = None
    return found


def _machine(root: Path) -> dict[str, Any]:
    here = host.describe(root)
    allowed = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None
    return {
        "label": here.label,
        "processor": here.cpu,
        "architecture": here.architecture,
        "instruction set": list(here.isa),
        "cores": here.cores,
        "cores of the machine": os.cpu_count(),
        "affinity": allowed,
        "memory": show(here.memory_bytes, "B"),
        "system": here.os,
        "devices": list(here.devices),
    }


def _signals(root: Path) -> dict[str, str]:
    # Its memory is no file, so that looking changes nothing.
    canary = Canary("", Path(os.devnull))
    try:
        return Guard(canary, Watch(root), settle=0.0).signals
    finally:
        canary.close()


def _program(named: str | None, names: tuple[str, ...]) -> str | None:
    """Return what a program says of its version, with its path; None when there is none."""
    path = next(filter(None, map(shutil.which, filter(None, (named, *names)))), None)
    if path is None:
        return None
    try:
        done = subprocess.run(
            [path, "--version"], capture_output=True, text=True, errors="replace", timeout=_SECONDS, check=False,
            stdin=subprocess.DEVNULL, env=passed(),
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return f"{_short(path)} (does not tell its version)"
    said = done.stdout.strip().splitlines()[:1]
    return f"{said[0].strip()} ({_short(path)})" if said else f"{_short(path)} (does not tell its version)"


def _folder(path: Path) -> str:
    return f"{_short(str(path))} ({'there' if path.is_dir() else 'not made yet'})"


def _short(text: str) -> str:
    home = str(Path.home())
    return text if home in ("", "/") else text.replace(home, "~")
