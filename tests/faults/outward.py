"""What could leave: over the network, into a home, out of the environment. Commands and recipes that would let it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from advisor.documents import write_json
from tests import sealed
from tests.faults.place import FRAMEWORKS, Finding, Place
from tests.samples import sample_run

SECRET, PASSWORD = "hunter2hunter2", "correct-horse-battery"
RUN = "run.json"
# Commands that measure nothing, and one that does.
COMMANDS: dict[str, tuple[str, ...]] = {
    "recommend": ("recommend", "--run", RUN, "--no-site"),
    "site build": ("site", "build", "--run", RUN, "--profile", "edge", "--output", "site"),
    "compare": ("compare", RUN, RUN),
    "evidence": ("evidence", "--run", RUN),
    "report": ("report", "--run", RUN),
    "systems --check": ("systems", "keras", "--check"),
    "knowledge check": ("knowledge", "check"),
    "doctor": ("doctor",),
    "env list": ("env", "list"),
    "probe": (),
}
LOOKALIKES = (
    "MKL_TOKEN", "KMP_PASSWORD", "OMP_SECRET", "TF_VAR_password", "XLA_FLAGS_TOKEN", "ORT_TELEMETRY_KEY", "HF_TOKEN",
    "WANDB_ANALYTICS_KEY", "KERAS_BACKEND_PASSWORD", "NPM_CONFIG__AUTH", "DO_NOT_TRACK_ME_TOKEN",
)  # fmt: skip

# What a recipe sees and does; the Run carries it out. A device id and a database are what telemetry leaves.
_TELLER = """\
import os, site
from pathlib import Path
from probes.proof import Proof


def run(_case):
    home = Path.home()
    seen = {name: os.environ.get(name, "") for name in NAMES}
    seen["home"] = str(home)
    seen["user's files"] = sum((home / each).exists() for each in (".netrc", ".keras/keras.json", ".npmrc"))
    seen["user's packages"] = site.getuserbase()
    places = [home / ".cache", home / ".config" / "vendor", home / ".local" / "share"]
    places += [Path(os.environ[each]) for each in ("XDG_CACHE_HOME", "XDG_DATA_HOME") if each in os.environ]
    for each in places:
        each.mkdir(parents=True, exist_ok=True)
        (each / "deviceid").write_text("0716")
        (each / "events.db").write_text("0716")
    return Proof("proved", seen)
"""
_CAPABILITY = "id: tell\ntitle: Tell\nquestion: What is seen?\nwhy: Recipes see.\nproof: It tells.\n"
_SET = {
    "WANDB_DISABLE_TELEMETRY": "true", "SCARF_NO_ANALYTICS": "yes", "ORT_DISABLE_TELEMETRY": "0", "HF_HUB_OFFLINE": "0",
    "https_proxy": f"http://me:{PASSWORD}@proxy.example:3128", "PIP_INDEX_URL": f"https://me:{PASSWORD}@index.example/",
    "VENDOR_TELEMETRY_TOKEN": SECRET,
}  # fmt: skip


def findings(commands: Collection[str] = COMMANDS, *, made: bool = True) -> Iterator[Finding]:
    """Run commands in a network without a way out, let a recipe tell and leave, and look at what the doctor tells."""
    for name in commands:
        with tempfile.TemporaryDirectory(prefix="faults-") as folder:
            yield _sealed(Place(Path(folder) / "place"), name, COMMANDS[name])
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        yield from _told(Path(folder))
    for form in ((), ("--json",)):
        with tempfile.TemporaryDirectory(prefix="faults-") as folder:
            yield _doctor(Place(Path(folder), **dict.fromkeys(LOOKALIKES, SECRET)), form)
    if made:
        with tempfile.TemporaryDirectory(prefix="faults-") as folder:
            yield _unanswered(Place(Path(folder)))


def _sealed(place: Place, name: str, command: tuple[str, ...]) -> Finding:
    log = place.folder.parent / "calls"
    write_json(place.work / RUN, sample_run())
    told = place.run(*(command or place.probe()), before=sealed.prefix(log))
    amiss = place.amiss(told, 0)
    amiss += [f"reached out: {each}" for each in sealed.reached(log)]
    amiss += [f"wrote {each}" for each in sealed.written(log, place.folder)]
    amiss += [f"left in the home: {each}" for each in (place.folder / "home").rglob("*")]
    happened = "no look-up, no connection, and no file but in its own folders"
    return Finding(f"`advisor {name or 'probe'}` in a network without a way out", happened, tuple(amiss))


def _told(folder: Path) -> Iterator[Finding]:
    own = {"XDG_CACHE_HOME": str(folder / "home/.cache"), "XDG_DATA_HOME": str(folder / "home/.local/share")}
    place = Place(folder, **_SET, **own)
    home = folder / "home"
    (home / ".keras").mkdir()
    for name, text in ((".netrc", SECRET), (".keras/keras.json", "{}"), (".npmrc", f"//x/:_authToken={SECRET}")):
        (home / name).write_text(text)
    before = {path: path.stat().st_mtime_ns for path in home.rglob("*")}
    _write(place, f"NAMES = {(*_SET, 'NNCF_CI', 'XDG_CACHE_HOME')}\n{_TELLER}")
    tellers = str(folder / "tellers")
    told = place.run(*place.probe("--frameworks-folder", tellers, frameworks="tame,teller"), "--only", "capability:*")
    proofs = [each.proof for run in place.store.runs() for each in run.observations if each.probe == "capability:tell"]
    seen: Mapping[str, Any] = (proofs and proofs[0]) or {}
    amiss = place.amiss(told, 0)
    amiss += [] if seen else [f"the recipe did not tell: {told.err[-300:]}"]

    def judged(what: str, happened: str, **wanted: bool) -> Finding:
        return Finding(what, happened, (*amiss, *(why for why, well in wanted.items() if not well)))

    yield judged(
        "an opt-out of a program that we do not know, set by the user", "the recipe's process has it",
        **{"it is lost": (seen.get("WANDB_DISABLE_TELEMETRY"), seen.get("SCARF_NO_ANALYTICS")) == ("true", "yes")},
    )  # fmt: skip
    yield judged(
        "telemetry switched on by the user's environment", "it is off in the recipe's process all the same",
        **{"it is on": {seen.get(each) for each in ("ORT_DISABLE_TELEMETRY", "HF_HUB_OFFLINE", "NNCF_CI")} == {"1"}},
    )  # fmt: skip
    yield judged(
        "a token whose name is like an opt-out's", "no process of ours has it",
        **{"it is there": seen.get("VENDOR_TELEMETRY_TOKEN") == ""},
    )  # fmt: skip
    yield judged(
        "a proxy and an index with passwords in the environment", "the recipe's process has neither",
        **{"they are there": (seen.get("https_proxy"), seen.get("PIP_INDEX_URL")) == ("", "")},
    )  # fmt: skip
    yield judged(
        "a recipe that looks for .netrc, .npmrc and keras.json in its home", "it finds none of the user's",
        **{"it finds them": seen.get("user's files") == 0, "it is the user's home": str(home) != seen.get("home")},
    )  # fmt: skip
    yield judged(
        "a recipe whose packages were installed with pip install --user", "it is told where they are",
        **{"it is not told": seen.get("user's packages") == str(home / ".local")},
    )  # fmt: skip
    after = {path: path.stat().st_mtime_ns for path in home.rglob("*")}
    yield judged(
        "a recipe that writes a device id and a database into its cache", "they went with the session",
        **{"the home changed": after == before, "they are somewhere": not list(folder.rglob("deviceid"))},
    )  # fmt: skip
    yield judged(
        "folders of the user's in XDG_CACHE_HOME and XDG_DATA_HOME", "the recipe's process knows neither",
        **{"it knows them": seen.get("XDG_CACHE_HOME") == ""},
    )  # fmt: skip


def _write(place: Place, recipe: str) -> None:
    folder = place.folder / "tellers"
    (folder / "capabilities").mkdir(parents=True)
    (folder / "capabilities" / "tell.yaml").write_text(_CAPABILITY)
    shutil.copytree(FRAMEWORKS / "tame", folder / "teller", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(FRAMEWORKS / "numpy_alone.py", folder)
    text = (folder / "teller" / "framework.yaml").read_text().replace("tame", "teller").replace("Tame", "Teller")
    (folder / "teller" / "framework.yaml").write_text(text)
    (folder / "teller" / "tell.py").write_text(recipe)


def _doctor(place: Place, form: tuple[str, ...]) -> Finding:
    told = place.run("doctor", *form)
    amiss = place.amiss(told, 0)
    amiss += ["a secret is shown"] if SECRET in told.out + told.err else []
    amiss += [f"{name} is shown" for name in LOOKALIKES if f"{name}:" in told.out or f'"{name}"' in told.out]
    amiss += [] if "ORT_DISABLE_TELEMETRY" in told.out else ["the opt-outs are not shown"]
    what = " ".join(("`advisor doctor", *form)) + "` with tokens whose names are like those that it shows"
    return Finding(what, f"none of {len(LOOKALIKES)} is shown", tuple(amiss))


def _unanswered(place: Place) -> Finding:
    """Make an environment from an index that does not answer, named with a password."""
    index = f"http://me:{PASSWORD}@127.0.0.1:9/simple"
    told = place.run(
        "env", "create", "litert-torch", env={"PIP_INDEX_URL": index, "PIP_RETRIES": "0", "PIP_TIMEOUT": "1"}
    )
    amiss = place.amiss(told, 3)
    amiss += ["the password is told"] if PASSWORD in told.out + told.err else []
    amiss += ["half of it is kept"] if list((place.folder / "cache").glob("environments/*")) else []
    happened = "exit 3 with pip's reason, without the password; nothing is kept"
    return Finding("`advisor env create` with a password in the index, which does not answer", happened, tuple(amiss))
