"""Environments for recipes whose packages do not go together with the others': found, made, removed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from advisor import optouts, paths
from advisor.errors import EXIT_PROBING, AdvisorError, did_you_mean
from advisor.measurement.definitions import Definitions

# Written last: an environment whose making was killed is none.
_READY = "advisor-ready"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class Managed:
    """An environment that recipes ask for: by which frameworks' recipes, with which packages, and why it is apart."""

    name: str
    packages: tuple[str, ...]
    recipes: tuple[str, ...]
    why: str

    @property
    def folder(self) -> Path:
        """Where it is, or would be."""
        return _home(self.name)


def python(name: str) -> Path | None:
    """Return the interpreter of an environment that was made, or None."""
    home = _home(name)
    return _interpreter(home) if (home / _READY).is_file() else None


def _home(name: str) -> Path:
    return paths.inside(paths.cache() / "environments", name, what="the name of an environment")


def wanted(known: Definitions) -> dict[str, Managed]:
    """Return the environments that the recipes of all frameworks ask for; those of one name are one."""
    found: dict[str, Managed] = {}
    for framework in (*known.frameworks.values(), *known.extras.values()):
        for name, own in framework.environments.items():
            before = found.get(name, Managed(name, (), (), own.why))
            packages = dict.fromkeys((*before.packages, *own.packages))
            recipes = (*before.recipes, *(f"{framework.id}: {recipe}" for recipe in own.recipes))
            found[name] = Managed(name, tuple(packages), recipes, before.why)
    return found


def named(name: str, known: Definitions) -> Managed:
    """Return the environment of that name.

    Raises
    ------
    AdvisorError
        When no recipe asks for it (exit code 2).
    """
    found = wanted(known)
    if name not in found:
        expected = ", ".join(sorted(found))
        raise AdvisorError(
            f"no recipe asks for an environment '{name}'{did_you_mean(name, found)} (known: {expected})",
            hint="--python FRAMEWORK=PATH   (of recommend and probe, for a framework in another environment)",
        )
    return found[name]


def create(environment: Managed, constraints: Sequence[Path] = ()) -> Path:
    """Make an environment, or make it anew, and return its interpreter; this downloads and takes minutes.

    What this Python has of the packages is installed there in the same version, so that the recipe proves what was
    measured.

    Parameters
    ----------
    environment : Managed
        Which one.
    constraints : sequence of path
        Files with further bounds, as pip's ``--constraint`` takes them.

    Raises
    ------
    AdvisorError
        With pip's own reason when the packages cannot be installed (exit code 3); nothing is left behind.
    """
    remove(environment)
    home = environment.folder
    try:
        _run(environment, sys.executable, "-m", "venv", str(home))
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as same:
            same.write("".join(f"{line}\n" for line in _same_versions(environment.packages)))
            same.flush()
            bounds = [part for file in (same.name, *constraints) for part in ("--constraint", str(file))]
            pip = (str(_interpreter(home)), "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
            _run(environment, *pip, *bounds, *environment.packages)
        (home / _READY).touch()
    except BaseException:
        remove(environment)
        raise
    return _interpreter(home)


def remove(environment: Managed) -> bool:
    """Remove an environment; return whether there was one."""
    there = environment.folder.is_dir()
    shutil.rmtree(environment.folder, ignore_errors=True)
    return there


def _interpreter(home: Path) -> Path:
    return home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def _same_versions(packages: Iterable[str]) -> list[str]:
    """Return bounds for those of `packages` that this Python has, without what stands after the plus (``+cpu``)."""
    bounds = []
    for package in packages:
        name = _NAME.match(package)
        try:
            version = metadata.version(name[0]) if name else ""
        except metadata.PackageNotFoundError:
            continue
        if version:
            bounds.append(f"{name[0] if name else package}=={version.partition('+')[0]}")
    return bounds


def _run(environment: Managed, *command: str) -> None:
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env=os.environ | optouts.variables(),
    )
    if done.returncode == 0:
        return
    told = (done.stderr or done.stdout).strip().splitlines() or [f"exit status {done.returncode}"]
    reason = next((line for line in reversed(told) if line.startswith("ERROR: ")), told[-1])
    raise AdvisorError(
        f"the environment '{environment.name}' could not be made: {reason.removeprefix('ERROR: ')}",
        hint=f"make one of yours with {', '.join(environment.packages)}, and name it by --python "
        f"{environment.name}=PATH",
        exit_code=EXIT_PROBING,
    )
