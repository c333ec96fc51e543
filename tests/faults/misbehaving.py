"""Workers that misbehave in every way that is known: each costs its own observation, and nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator
from pathlib import Path

from advisor.measurement.run import Observation, Run
from tests.faults.place import FRAMEWORKS, Finding, Place

# What the message of the observation says. None: the act is survived, and the answer counts.
IN_A_RECIPE: dict[str, tuple[str, str | None]] = {
    "segfaults": ("the worker of a recipe segfaults", "signal SIGSEGV"),
    "hangs": ("… hangs", "no answer within 3 s; the recipe was stopped"),
    "answers-late": ("… answers late", "no answer within 3 s; the recipe was stopped"),
    "forks": ("… forks, and starts a child and a daemon that stay", None),
    "leaks": ("… leaks to its memory limit", "of memory, more than 400 MB; the recipe was stopped"),
    "shouts": ("… writes 100 MB to standard output", None),
    "closes-channel": ("… closes its channel", "closed its channel before it answered 'prove'"),
    "answers-garbage": ("… writes garbage on its channel without end", "no answers on its channel"),
    "ends": ("… ends", "exit status 7"),
    "answers-of-another-shape": ("… answers with other types than agreed", "not the answer that was agreed"),
    "answers-nan": ("… answers with NaN and 1e999", "not the answer that was agreed"),
    "answers-half-characters": ("… answers with half a character", "not the answer that was agreed"),
    "answers-deeply": ("… answers with 100,000 nested lists", "no answer within 3 s"),
}
IN_A_BLOCK: dict[str, tuple[str, str | None]] = {
    "segfaults": ("a worker segfaults in a timed call", "signal SIGSEGV"),
    "hangs": ("… hangs", "no answer to 'block' within 4 s"),
    "answers-late": ("… answers late", "no answer to 'block' within 4 s"),
    "forks": ("… forks, and starts a child and a daemon that stay", None),
    "shouts": ("… writes 100 MB to standard output", None),
    "closes-channel": ("… closes its channel", "closed its channel before it answered 'block'"),
    "answers-garbage": ("… writes garbage on its channel without end", "no answers on its channel"),
    "ends": ("… ends", "exit status 7"),
    "answers-nothing": ("… answers without figures", "not the answer that was agreed"),
    "answers-of-another-shape": ("… answers with other types than agreed", "not the answer that was agreed"),
    "answers-nan": ("… answers with NaN and 1e999", "not the answer that was agreed"),
}

_RECIPE = """\
from probes.frameworks.acting_up import ACTS
from probes.proof import Proof


def run(_case):
    ACTS[{act!r}]()
    return Proof("proved", {{"survived": True}})
"""
_INFERENCE = """\
from probes import reference
from probes.cell import Inference
from probes.frameworks.acting_up import ACTS

WARM = 60


def plain(case):
    calls = 0

    def call():
        nonlocal calls
        calls += 1
        if calls == WARM:
            ACTS[{act!r}]()
        return reference.forward(case.workload, case.weights, case.inputs)

    return Inference("NumPy", call)


SETTINGS = {{"out-of-the-box": (plain,)}}
"""
_CAPABILITY = """\
id: act
title: Act
question: What does the worker do?
why: Workers do.
proof: It does it.
limits: {seconds: 3, memory: 400 MB}
"""


def findings(only: Collection[str] = ()) -> Iterator[Finding]:
    """Let recipes and timed calls misbehave, all in two sessions, beside a framework that behaves."""
    import tempfile

    for told, acts in (("recipe", IN_A_RECIPE), ("block", IN_A_BLOCK)):
        wanted = {act: says for act, says in acts.items() if not only or act in only}
        with tempfile.TemporaryDirectory(prefix="faults-") as folder:
            yield from _session(Place(Path(folder)), wanted, in_a_recipe=told == "recipe")


def _session(place: Place, acts: dict[str, tuple[str, str | None]], *, in_a_recipe: bool) -> Iterator[Finding]:
    wild = place.folder / "wild"
    wild.mkdir()
    for name in ("acting_up.py", "numpy_alone.py"):
        shutil.copy(FRAMEWORKS / name, wild)
    for act in acts:
        _write(wild, act, in_a_recipe=in_a_recipe)
    (wild / "capabilities").mkdir()
    (wild / "capabilities" / "act.yaml").write_text(_CAPABILITY)
    probes = ["--only", "capability:act"] if in_a_recipe else []
    told = place.run(
        *place.probe("--frameworks-folder", str(wild), *probes, frameworks=",".join(["tame", *map(_named, acts)]))
    )
    amiss = place.amiss(told, 0)
    runs = list(place.store.runs())
    if len(runs) != 1:
        yield Finding("workers that misbehave", "no Run", (*amiss, "the session kept no Run"))
        return
    tame = _of(runs[0], "tame", "mlp-inference")
    if not tame or any(each.outcome != "measured" for each in tame):
        amiss.append("the framework that behaves was not measured")
    for act, (what, says) in acts.items():
        if in_a_recipe:
            # What a framework does to its own process in a recipe counts against it; in a timed call it tells nothing.
            outcome = "crashed" if act == "segfaults" else "error"
            yield _finding(runs[0], act, what, says, "capability:act", outcome)
        else:
            yield _finding(runs[0], act, what, says, "mlp-inference", "error")
    yield Finding(
        f"… all of these in one session ({'recipes' if in_a_recipe else 'timed calls'})",
        "the framework beside them was measured; nothing runs on, nothing is left" if not amiss else "amiss",
        tuple(amiss),
    )


def _finding(run: Run, act: str, what: str, says: str | None, probe: str, outcome: str) -> Finding:
    found = _of(run, _named(act), probe)
    outcomes = {each.outcome for each in found}
    message = "; ".join(sorted({(each.message or "").splitlines()[0] for each in found if each.message}))
    if says is None:
        well = bool(found) and outcomes <= {"measured", "proved"}
        return Finding(what, "survived: its answer counts", () if well else (f"{act}: {outcomes} {message}",))
    # On a busy machine a slow cell ends before its worker acts.
    well = outcome in outcomes <= {outcome, "measured"}
    well = well and all(says in (each.message or "") for each in found if each.outcome == outcome)
    happened = f"{'a crash' if outcome == 'crashed' else 'an error'} of its own: {says}"
    return Finding(what, happened, () if well else (f"{act}: {outcomes} {message}",))


def _of(run: Run, framework: str, probe: str) -> list[Observation]:
    metrics = (None, "latency")
    return [e for e in run.observations if (e.framework, e.probe) == (framework, probe) and e.metric in metrics]


def _named(act: str) -> str:
    return f"wild-{act}"


def _write(wild: Path, act: str, *, in_a_recipe: bool) -> None:
    folder = wild / _named(act)
    folder.mkdir()
    (folder / "__init__.py").touch()
    shutil.copy(FRAMEWORKS / "tame" / "describe.py", folder)
    text = (FRAMEWORKS / "tame" / "framework.yaml").read_text().replace("id: tame", f"id: {_named(act)}")
    (folder / "framework.yaml").write_text(text.replace("title: Tame", f"title: Wild, {act}"))
    if in_a_recipe:
        (folder / "act.py").write_text(_RECIPE.format(act=act))
    else:
        (folder / "inference.py").write_text(_INFERENCE.format(act=act))
