"""Write a bundle: artifacts, inputs, expected answers, the measuring core, and a manifest with every file's digest.

The core is copied, not written a second time: rounds, guard, canary, pinned series, journal and resuming are the same
code on a device as here, found by following its imports (`advisor.devices.sources`). What it imports of others is pure
Python in the bundle (`advisor.devices.stand_ins`). A thin session of its own would have been smaller by 400 kB and
would have to be held, file by file, to what this one does.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

import numpy as np

from advisor import paths, resources, scratch
from advisor.devices import manifest, sources
from advisor.devices.exports import Exports, Kept
from advisor.devices.manifest import Manifest, Packed
from advisor.devices.session import DATA, INPUTS, OF_THE_FILE, arrays
from advisor.documents import to_json
from advisor.errors import AdvisorError
from advisor.measurement.run import Exported, Mode
from advisor.measurement.session.plan import Plan
from advisor.measurement.tasks.export import digest
from advisor.resources import own_version

PYTHON = sys.executable
STAND_INS = ("pydantic", "pydantic_core", "psutil")
LARGEST = 40_000_000
"""What a bundle may take at most beside its artifacts."""


@dataclass(frozen=True)
class Shims:
    """Compiled shims of ExecuTorch: files by name, and by kind of machine the name or why there is none."""

    files: Mapping[str, Path] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)


def write(
    exports: Exports, plan: Plan, output: Path, *, profile: str, mode: Mode, target: str, shims: Shims = Shims()
) -> Manifest:
    """Write a bundle to a folder, or to a zip file where `output` ends so; one of ours is replaced, nothing else.

    Raises
    ------
    AdvisorError
        When something else stands there, or it cannot be written (exit code 2).
    """
    place = paths.output(output)
    refuse_other(output)
    try:
        with scratch.folder(f".{place.name[:40]}.advisor-", place.parent) as temporary:
            inner = temporary / (place.stem if place.suffix == ".zip" else place.name)
            inner.mkdir()
            written = _written(exports, plan, inner, profile, mode, target, shims)
            if place.suffix == ".zip":
                made = Path(shutil.make_archive(str(temporary / "bundle"), "zip", temporary, inner.name))
                os.replace(made, place)
            else:
                if place.exists():
                    shutil.rmtree(place)
                os.replace(inner, place)
    except scratch.UnwritableError as error:
        raise AdvisorError(f"{output}: cannot write: {error.reason}") from None
    except OSError as error:
        raise AdvisorError(f"{output}: cannot write: {error.strerror or error}") from None
    return written


def refuse_other(output: Path) -> None:
    """Refuse, before anything is exported, to replace what is no bundle, or one in which something was measured."""
    place = paths.output(output)
    if not place.exists() or (place.is_file() and place.suffix == ".zip"):
        return
    if place.is_file() or not (place / manifest.NAME).is_file():
        if place.is_dir() and not any(place.iterdir()):
            return
        raise AdvisorError(
            f"{place}: is no bundle, and would be replaced", hint="name another place, or delete it first"
        )
    if (place / manifest.WORK / "runs").is_dir():
        raise AdvisorError(f"{place}: Runs were measured in this bundle, and would be lost", hint="name another place")


def _written(
    exports: Exports, plan: Plan, folder: Path, profile: str, mode: Mode, target: str, shims: Shims
) -> Manifest:
    packed = tuple(_packed(folder, each) for each in exports.artifacts)
    (folder / DATA).mkdir(exist_ok=True)
    if exports.digits:
        digits = {name: np.load(file) for name, file in exports.digits.items()}
        np.savez_compressed(folder / DATA / INPUTS, **digits)
    runtimes = sorted({each.runtime for each in packed})
    _code(folder / "code", runtimes, shims)
    shutil.copy(Path(__file__).with_name("run.py"), folder / "run.py")
    stacks = {(each.framework, each.runtime) for each in packed}
    known = {task.framework.id: task.framework for task in (kept.task for kept in exports.artifacts)}
    told = Manifest(
        advisor=own_version(), profile=profile, mode=mode, target=target,
        exported=Exported(
            run=exports.run.id, host=exports.run.host, finished=exports.run.finished, bundle=folder.name
        ),
        frameworks={name: each.model_copy(update={"environments": {}, "convert": {}}) for name, each in known.items()},
        routes={name: plan.definitions.routes[name] for name in runtimes},
        framework_versions={
            name: found.version for name, found in exports.run.frameworks.items() if name in known and found.version
        },
        versions=_versions(plan.definitions.routes[name].distribution for name in runtimes),
        packed=packed,
        observations=tuple(
            each for each in exports.run.observations
            if each.metric in OF_THE_FILE and (each.framework, each.route) in stacks
        ),
        shims=dict(shims.told),
    )  # fmt: skip
    (folder / "README.md").write_text(_readme(told), encoding="utf-8")
    files = {
        file.relative_to(folder).as_posix(): manifest.digest(file)
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
    told = told.model_copy(update={"files": files})
    (folder / manifest.NAME).write_text(to_json(told), encoding="utf-8")
    return told


def _versions(names: Iterable[str]) -> dict[str, str]:
    found = {}
    for name in sorted(set(names)):
        try:
            found[name] = metadata.version(name).partition("+")[0]
        except metadata.PackageNotFoundError:
            continue
    return found


def _packed(folder: Path, kept: Kept) -> Packed:
    task, artifact = kept.task, kept.path
    there = folder / "artifacts" / task.folder / artifact.name
    there.parent.mkdir(parents=True)
    if artifact.is_dir():
        shutil.copytree(artifact, there)
    else:
        shutil.copy(artifact, there)
    (folder / DATA).mkdir(exist_ok=True)
    sample, answers = f"{DATA}/{task.folder}-sample.npz", f"{DATA}/{task.folder}-answers.npz"
    for file, place in ((kept.sample, sample), (kept.answers, answers)):
        np.savez_compressed(folder / place, **arrays(file))
    return Packed(
        framework=task.framework.id, runtime=task.route.runtime, precision=task.precision, network=task.workload,
        artifact=there.relative_to(folder).as_posix(), sha256=digest(there), sample=sample, answers=answers,
    )  # fmt: skip


def _code(code: Path, runtimes: list[str], shims: Shims) -> None:
    """Copy the core, what takes the place of others' packages, and the data that it reads."""
    for name, file in sources.needed(runtimes).items():
        there = code / name
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, there)
    own = Path(__file__).with_name("stand_ins")
    (code / "stand_ins").mkdir()
    for name in STAND_INS:
        shutil.copy(own / f"{name}.py", code / "stand_ins" / f"{name}.py")
    shutil.copy(own / "yaml_cache.py", code / "advisor" / "yaml_cache.py")
    _as_json(Path(__file__).resolve().parents[1] / "measurement" / "metrics.yaml", code / "advisor/measurement")
    _as_json(resources.probes() / "quantities.yaml", code / "probes")
    if "executorch" in runtimes:
        shutil.copy(sources.needed([])["probes/__main__.py"].with_name("runtimes") / "executorch_shim.cpp",
                    code / "probes/runtimes/executorch_shim.cpp")  # fmt: skip
        for name, file in shims.files.items():
            shutil.copy(file, code / "probes/runtimes" / name)
    about = code / f"framework_advisor-{own_version() or '0'}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: framework-advisor\nVersion: {own_version() or '0'}\n"
    )


def _as_json(source: Path, folder: Path) -> None:
    import yaml

    plain = yaml.safe_load(source.read_text(encoding="utf-8"))
    (folder / source.name).write_text(json.dumps(plain), encoding="utf-8")


def _readme(told: Manifest) -> str:
    runtimes = [f"{name}=={version}" for name, version in told.versions.items()]
    shims = "".join(f"- ExecuTorch's shim for {machine}: {what}\n" for machine, what in told.shims.items())
    listed = "".join(
        f"- {each.framework} → {each.runtime}, {each.network}, {each.precision}: `{each.artifact}`\n"
        for each in told.packed
    )
    return f"""# What to measure on a device

Exported {told.exported.finished:%Y-%m-%d} by advisor {told.advisor} for the profile `{told.profile}` and {told.target}.

## What has to be there

Linux with /proc, Python 3.11 or later, NumPy, and the runtimes; nothing else, and no network. With pip:

```console
$ python -m pip install numpy
$ python -m pip install --no-deps {" ".join(runtimes)}
```

`--no-deps`, because a runtime needs little of what its package asks for: LiteRT NumPy and `backports.strenum`, ONNX
Runtime NumPy alone. What is missing is said, and the others are measured. ExecuTorch needs no compiler where a shim for
the machine is in here:

{shims or "- there is none in this bundle"}
## Measure

```console
$ python run.py --check
$ python run.py -o run.json
```

It writes into the folder `work` here and to the file that you name, and nowhere else. A session that was killed goes on
with `--resume`. Back on the workstation: `advisor recommend --profile {told.profile} --run HERE.json --run run.json`.

## What is in it

{listed}
"""


def here() -> str:
    """Return what this kind of machine is called as a target: ``linux-x86_64``."""
    return f"{platform.system().lower()}-{platform.machine()}"
