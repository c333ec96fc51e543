"""Which Python has which framework, and which recipe has one of its own: a cheap look that imports no framework."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from advisor.measurement import venvs
from advisor.measurement.definitions import FrameworkDefinition
from advisor.measurement.worker.answers import shortened
from advisor.measurement.worker.environment import passed

_LOOK = """\
import importlib.metadata as metadata, importlib.util as util, json, platform, sys
found = {}
for name, (module, distributions) in json.loads(sys.argv[1]).items():
    try:
        present = util.find_spec(module) is not None
    except (ImportError, ValueError):
        present = False
    versions = {}
    for distribution in distributions:
        try:
            versions[distribution] = metadata.version(distribution)
        except metadata.PackageNotFoundError:
            pass
    found[name] = [present, versions]
print(json.dumps({"python": platform.python_version(), "found": found}))
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
    `advisor.measurement.venvs` holds, and without that the recipe tries the framework's own Python.

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
        python = pythons.get(name) or venvs.python(name)
        create = f"advisor env create {name}"
        for recipe in each.recipes:
            if python is not None:
                own[recipe] = python
            mend[recipe] = (
                create if python is None else shlex.join([str(python), "-m", "pip", "install", *each.packages])
            )
    return replace(environment, own=own, mend=mend)


def _look(python: Path, definitions: list[FrameworkDefinition]) -> dict[str, Environment]:
    wanted = {each.id: (each.module, sorted({each.distribution, *each.packages})) for each in definitions}
    message = None
    answer: dict[str, object] = {}
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
