"""What comes after the answer: install, convert, check; what helps on a busy machine; which library; stay or move.

Nothing here changes an answer. Figures are those of the Run, names those of ``jobs.yaml``, days those of the team.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from advisor.decision.phrases import listed
from advisor.decision.recommendation import Step, Way
from advisor.decision.table import Table
from advisor.keys import Stack, stack_id
from advisor.knowledge.jobs import Job, Library, load_jobs, source_of
from advisor.measurement.definitions import FrameworkDefinition, extras, frameworks
from advisor.measurement.run import Run
from advisor.measurement.subject import Subject
from advisor.profiles.profile import Profile
from advisor.profiles.team import OTHER, Team

LARGE_FILE, LARGE_MEMORY = 200e6, 2e9
"""The limits of model file and memory from which on a question is likely to be about a language model, in bytes."""

SLOW = 1.5
"""From which slow-down beside a busy neighbor on a remedy is told, and how much it has to help."""

REMEDIES = {
    "passive-waiting": ("OMP_WAIT_POLICY=PASSIVE, in the environment before the process starts", "lets threads sleep"),
    "fewer-threads": ("one thread fewer than the machine has processors", "leaves one of them to the others"),
}
"""What the busy-machine experiment tries, as one does it and what it does."""


def job_of(profile: Profile) -> Job | None:
    """Return the job that a profile names or that its limits show, or None."""
    return load_jobs()[profile.job] if profile.job is not None else _by_limits(profile)


def _by_limits(profile: Profile) -> Job | None:
    limits = {each.criterion.id: each.limit for each in profile.constraints if each.kind == "at_most"}
    large = limits.get("artifact-size", 0.0) >= LARGE_FILE
    large = large or any(limits.get(name, 0.0) >= LARGE_MEMORY for name in ("peak-memory", "serving-memory"))
    if not large:
        return None
    return load_jobs()["language-model-on-device" if profile.ships == "edge" else "serve-language-model"]


def libraries(profile: Profile, stack: Stack | None) -> list[Library]:
    """Return what is chosen among for the profile's job, where something is built with `stack`."""
    job = job_of(profile)
    return [] if job is None else [each for each in job.names if stack is None or each.fits(stack)]


def steps(table: Table, run: Run, answer: str) -> list[Step]:
    """Return what to do next with the stack that the verdict names."""
    stack = table.stacks[answer]
    return [*_setting_up(table, stack), *_checking(table, stack), *_remedies(run, stack), *_library(table, stack)]


def _setting_up(table: Table, stack: Stack) -> Iterator[Step]:
    known, model = _definition(stack), table.profile.model
    convert = None if known is None or stack.route is None else known.convert.get(stack.route)
    if convert is not None:
        yield Step(kind="install", text="install what trains and what ships", command=_pip(convert.packages))
        if model is not None and model.own and _written(stack):
            yield _exporting(model, stack)
            return
        title = table.titles.get(str(stack.route), stack.route)
        yield Step(kind="convert", text=f"convert the trained model for {title}", command=convert.code.strip())
    elif known is not None:
        yield Step(kind="install", text="install it", command=_pip((known.distribution,)))


def _written(stack: Stack) -> bool:
    """Tell whether `advisor export --model` writes artifacts for the runtime of a stack."""
    from advisor.models.routes import SUFFIXES  # children and limits, which only a model of the user's needs

    return stack.route in SUFFIXES


def _exporting(model: Subject, stack: Stack) -> Step:
    """Return the command that writes the artifacts that were proved, each with the script that makes it anew."""
    words = [word for word in model.words if word != "--anonymous"]
    asked = ["advisor", "export", *words, "--route", str(stack.route), "-o", f"{model.spec}-{stack.route}"]
    text = "write the artifacts that were proved, in float32 and int8, each with the script that makes it (no advisor "
    return Step(kind="ship", text=f"{text}in it) and how to run it in its README.md", command=shlex.join(asked))


def _checking(table: Table, stack: Stack) -> Iterator[Step]:
    if stack.route is not None:
        yield Step(
            kind="check",
            text="compare its answers with the trained model's on inputs of yours: in float32 they agree within 1e-4 "
            "of the largest, in int8 the share of right answers is what counts",
        )
    words = () if table.profile.model is None else table.profile.model.words
    asked = ["advisor", "check", "--profile", _asked(table.profile), *words, "--expect", stack_id(stack)]
    yield Step(kind="check", text="ask in CI whether the answer still holds", command=shlex.join(asked))


def _asked(profile: Profile) -> str:
    shipped = profile.path is None or profile.path.parent.name == "profiles"
    return profile.name if shipped else profile.path.name if profile.path else profile.name


def _remedies(run: Run, stack: Stack) -> Iterator[Step]:
    """Yield what was measured to help a framework beside a busy neighbor, where it needs help."""
    slow = {
        str(each.parameters.get("remedy")): each.summary.median
        for each in run.observations
        if each.probe == "busy-machine" and each.framework == stack.framework and each.summary is not None
    }
    alone = slow.get("none")
    if stack.route is not None or alone is None or alone < SLOW:
        return
    for remedy, (what, why) in REMEDIES.items():
        if remedy in slow and alone / slow[remedy] >= SLOW:
            yield Step(
                kind="remedy",
                text=f"where other programs run beside it: {what}. It {why}: a training step beside a busy process "
                f"took {slow[remedy]:.1f} times as long instead of {alone:.1f} here",
            )


def _library(table: Table, stack: Stack) -> Iterator[Step]:
    job, found = job_of(table.profile), libraries(table.profile, stack)
    if job is None or not found:
        return
    told = listed([f"{each.name} ({each.is_})" for each in found])
    yield Step(kind="library", text=f"for {job.called}: {told}", source=source_of(found[0]).url)


def _definition(stack: Stack) -> FrameworkDefinition | None:
    return (frameworks() | extras()).get(stack.framework)


def _pip(packages: tuple[str, ...]) -> str:
    return shlex.join(["pip", "install", *packages])


# --- What a team does that has code ----------------------------------------------------------------------------------


def ways(table: Table) -> list[Way]:
    """Return what a team that has code can do: stay, move step by step, or rewrite, each with its days and why.

    One of them is advised: rewriting where it takes less than a quarter of the team's year, step by step where it takes
    less than a year, staying beyond; and staying where nothing better is known.
    """
    team = table.profile.team
    if team is None or not team.code or team.knows == OTHER:
        return []
    own, other = (_first(table, team, known=known) for known in (True, False))
    if own is None or other is None:
        return []
    rewriting = team.switching(table.stacks[other].framework)
    lead = table.values[other].middle - table.values[own].middle
    advised = "stay" if lead <= 0 or rewriting >= 1 else "rewrite" if rewriting <= 0.25 else "gradual"
    mine, theirs = table.title(own), table.title(other)
    ahead = f"{theirs} is {'worth' if lead > 0 else 'not worth'} more for this profile"
    ahead += f", by {lead:.2f}" if lead > 0 else ""
    known = (
        ("stay", 0.0, f"{mine} goes on, and nothing is carried over; {ahead}"),
        ("gradual", team.days(0.0), f"people learn, new code is written for {theirs}, and old code is carried over "
         f"when it is touched anyway{_keras(team)}"),
        ("rewrite", team.days(1.0), f"all of it is carried over to {theirs} before anything new is built"),
    )  # fmt: skip
    return [
        Way(kind=kind, days=days, share=days / team.year, because=because, advised=kind == advised)  # type: ignore[arg-type]
        for kind, days, because in known
    ]


def _first(table: Table, team: Team, *, known: bool) -> str | None:
    found = (name for name in table.feasible if (table.stacks[name].framework == team.knows) == known)
    return next(found, None)


def _keras(team: Team) -> str:
    if team.knows != "tensorflow":
        return ""
    return "; what is written in Keras 3 runs on PyTorch and JAX, so that a model moves by its backend"
