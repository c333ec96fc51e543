"""Which Python has which framework, and the environments that recipes have of their own: found, made, removed.

Looking is cheap: it imports no framework.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path
from typing import Any

from advisor import optouts, paths
from advisor.errors import EXIT_PROBING, AdvisorError, did_you_mean
from advisor.measurement import identity
from advisor.measurement.definitions import Definitions, FrameworkDefinition
from advisor.measurement.worker.answers import shortened
from advisor.measurement.worker.environment import passed

_LOOK = """\
import importlib.metadata as metadata, importlib.util as util, json, platform, sys
found = {}
for name, (modules, distributions) in json.loads(sys.argv[1]).items():
    try:
        present = all(util.find_spec(module) is not None for module in modules)
    except (ImportError, ValueError):
        present = False
    versions = {}
    for distribution in distributions:
        try:
            versions[distribution] = metadata.version(distribution)
        except metadata.PackageNotFoundError:
            pass
    found[name] = [present, versions]
try:
    boot = open("/proc/sys/kernel/random/boot_id").read().strip()
except OSError:
    boot = None
print(json.dumps({"python": platform.python_version(), "found": found, "node": platform.node(), "boot": boot}))
"""
_SECONDS = 30.0


@dataclass(frozen=True)
class Environment:
    """A framework in one Python: whether it is there, and the versions of its packages that are.

    ``message`` says why a framework counts as missing when there is more to say than that it is not installed. ``own``
    are the Pythons of recipes that do not run in the framework's, by probe id; ``mend`` says for every recipe that
    should have one what would bring a package that it lacks.
    """

    framework: str
    python: Path
    present: bool
    install: str
    version: str | None = None
    packages: Mapping[str, str] = field(default_factory=dict)
    python_version: str | None = None
    message: str | None = None
    own: Mapping[str, Path] = field(default_factory=dict)
    mend: Mapping[str, str] = field(default_factory=dict)

    def python_for(self, probe: str) -> Path:
        """Return the Python that a recipe runs in."""
        return self.own.get(probe, self.python)


def find(
    definitions: Iterable[FrameworkDefinition], pythons: Mapping[str, Path] | None = None
) -> dict[str, Environment]:
    """Look for every framework in its Python: the one in `pythons`, or the one that runs this.

    `pythons` may also name environments that belong to recipes (``litert-torch``); without that it is the one that
    `advisor.measurement.environments` holds, and without that the recipe tries the framework's own Python.

    Nothing is imported: the module is located and the versions are read from the metadata of the distributions.
    Each interpreter is started once (about 50 ms), different ones at the same time.
    """
    wanted = list(definitions)
    by_python: dict[Path, list[FrameworkDefinition]] = {}
    for definition in wanted:
        python = (pythons or {}).get(definition.id, Path(sys.executable))
        by_python.setdefault(python, []).append(definition)
    if not by_python:
        return {}
    with ThreadPoolExecutor(max_workers=len(by_python)) as pool:
        looks = pool.map(lambda item: _look(*item), by_python.items())
        found = {name: environment for look in looks for name, environment in look.items()}
    return {each.id: _with_own(found[each.id], each, pythons or {}) for each in wanted}


def _with_own(environment: Environment, definition: FrameworkDefinition, pythons: Mapping[str, Path]) -> Environment:
    own, mend = {}, {}
    for name, each in definition.environments.items():
        python = pythons.get(name) or interpreter(name)
        create = f"advisor env create {name}"
        for recipe in each.recipes:
            if python is not None:
                own[recipe] = python
            mend[recipe] = (
                create if python is None else shlex.join([str(python), "-m", "pip", "install", *each.packages])
            )
    return replace(environment, own=own, mend=mend)


def _look(python: Path, definitions: list[FrameworkDefinition]) -> dict[str, Environment]:
    wanted = {each.id: (each.modules, sorted({each.distribution, *each.packages})) for each in definitions}
    message = None
    answer: dict[str, Any] = {}
    try:
        done = subprocess.run(
            [str(python), "-c", _LOOK, json.dumps(wanted)],
            capture_output=True, text=True, errors="replace", timeout=_SECONDS, check=False, stdin=subprocess.DEVNULL,
            env=passed(),
        )  # fmt: skip
        answer = json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 and done.stdout else {}
        if not answer:
            last = done.stderr.strip().splitlines()[-1:] or [f"exit status {done.returncode}"]
            message = f"{python} is no working Python: {last[0]}"
        elif identity.here().elsewhere(answer.get("node"), answer.get("boot")):
            message, answer = identity.refusal(str(python), answer.get("node")), {}
    except subprocess.TimeoutExpired:
        message = f"{python} gave no answer within {_SECONDS:.0f} s"
    except (OSError, ValueError) as error:
        message = f"{python} cannot be run as a Python: {error}"
    found = answer.get("found")
    environments = {}
    for each in definitions:
        present, packages = found[each.id] if isinstance(found, dict) else (False, {})
        environments[each.id] = Environment(
            framework=each.id,
            python=python,
            present=bool(present),
            install=each.install,
            version=packages.get(each.distribution),
            packages=packages,
            python_version=str(answer["python"]) if answer else None,
            message=message and shortened(message),
        )
    return environments


# Written last: an environment whose making was killed is none.
_READY = "advisor-ready"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class Managed:
    """An environment that recipes ask for: by which frameworks' recipes, with which packages, and why it is apart.

    ``size`` says in words what it takes on the disk; None where nobody says.
    """

    name: str
    packages: tuple[str, ...]
    recipes: tuple[str, ...]
    why: str
    size: str | None = None

    @property
    def folder(self) -> Path:
        """Where it is, or would be."""
        return _home(self.name)


def interpreter(name: str) -> Path | None:
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
            before = found.get(name, Managed(name, (), (), own.why, own.size))
            packages = dict.fromkeys((*before.packages, *own.packages))
            recipes = (*before.recipes, *(f"{framework.id}: {recipe}" for recipe in own.recipes))
            found[name] = Managed(name, tuple(packages), recipes, before.why, before.size or own.size)
    return found


def lacking(known: Definitions, ships: str | None) -> list[Managed]:
    """Return the environments that nobody made and without which a route is not tried that ships there.

    Of frameworks that are only taken up when they are named nothing is lacking.
    """
    needed = {
        name
        for framework in known.frameworks.values()
        for name, own in framework.environments.items()
        for recipe in own.recipes
        for route in known.routes.values()
        if recipe == route.id and ships in route.ships
    }
    return [each for name, each in wanted(known).items() if name in needed and interpreter(name) is None]


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
