"""Secrets of the environment, and the name of the home: in no Run, no site, no journal, no message."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from advisor.documents import write_json
from advisor.measurement.run import load_run
from tests.faults.place import FRAMEWORKS, Finding, Place
from tests.samples import sample_run

SECRET, PASSWORD, OWNER = "hunter2hunter2", "correct-horse-battery", "grace-hopper"
SECRETS = {
    "AWS_SECRET_ACCESS_KEY": SECRET, "HF_TOKEN": SECRET, "WANDB_API_KEY": SECRET, "TF_VAR_password": SECRET,
    "PIP_INDEX_URL": f"https://me:{PASSWORD}@packages.example/simple", "http_proxy": f"http://me:{PASSWORD}@proxy.example",
    "OMP_SECRET": SECRET,
}  # fmt: skip

_TELLTALE = """\
import os
from pathlib import Path

from probes import reference
from probes.cell import Inference


def plain(case):
    raise RuntimeError(f"everything that I know: {dict(os.environ)} {Path.home() / 'private' / 'data.bin'}")


SETTINGS = {"out-of-the-box": (plain,)}
"""


def findings() -> Iterator[Finding]:
    """Measure with secrets around, beside a framework that tells all it knows in its error; look at what is written."""
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        home = Path(folder) / "homes" / OWNER
        home.mkdir(parents=True)
        place = Place(Path(folder), HOME=str(home), **SECRETS)
        shutil.copytree(FRAMEWORKS, place.folder / "telltales", ignore=shutil.ignore_patterns("__pycache__"))
        telltale = place.folder / "telltales" / "telltale"
        shutil.copytree(place.folder / "telltales" / "tame", telltale)
        text = (telltale / "framework.yaml").read_text().replace("tame", "telltale").replace("Tame", "Telltale")
        (telltale / "framework.yaml").write_text(text)
        (telltale / "inference.py").write_text(_TELLTALE)
        extra = ("--frameworks-folder", str(place.folder / "telltales"), "--output", "run.json")
        told = place.run(*place.probe(*extra, frameworks="tame,telltale"))
        amiss = place.amiss(told, 0)
        _in_a_run_to_show(place.work / "run.json", place.work / "shown.json")
        site = ["site", "build", "--run", "shown.json", "--profile", "edge", "--output", "site"]
        built = place.run(*site)
        amiss += place.amiss(built, 0)
        told_all = "everything that I know" in (place.work / "run.json").read_text()
        amiss += [] if told_all else ["the telltale's error did not reach the Run"]
        pages = "".join(page.read_text(encoding="utf-8") for page in (place.work / "site").glob("*.html"))
        amiss += [] if "everything that I know" in pages else ["the telltale's error did not reach the site"]
        said = {"its output": (told.out + told.err + built.out + built.err).encode()}
        said |= {str(path.relative_to(place.folder)): path.read_bytes() for path in place.folder.rglob("*")
                 if path.is_file() and "telltales" not in path.parts}  # fmt: skip
        for word in (SECRET, PASSWORD, OWNER):
            amiss += [f"{word} stands in {name}" for name, content in said.items() if word.encode() in content]
        yield Finding(
            "secrets in the environment, and a framework that prints all of it in its error",
            f"{len(said)} files and outputs: no secret, and ~ for the home", tuple(amiss),
        )  # fmt: skip


def _in_a_run_to_show(measured: Path, target: Path) -> None:
    """Write a Run of frameworks that a profile compares, with the telltale's error where theirs would stand."""
    (message,) = {each.message for each in load_run(measured).observations if each.framework == "telltale"} - {None}
    run = sample_run()
    told = [
        each.model_copy(update={"outcome": "error", "message": message, "summary": None}) if each.route else each
        for each in run.observations
    ]
    write_json(target, run.model_copy(update={"observations": tuple(told)}))
