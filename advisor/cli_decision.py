"""Commands and options about deciding: the evidence, whether a decision holds, profiles of one's own, adjustments."""

from __future__ import annotations

import math
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from advisor.cli_knowledge import format_option, kept_run, run_option
from advisor.errors import EXIT_REFUSED, AdvisorError

if TYPE_CHECKING:
    from advisor.decision.profile import Profile
    from advisor.decision.recommendation import Recommendation
    from advisor.measurement.run import Run
    from advisor.report.rows import Format

EVIDENCE_COLUMNS = {
    "criterion": "criterion",
    "stack": "stack",
    "text": "what is known",
    "provenance": "provenance",
    "evidence": "where",
    "date": "as of",
}
CRITERIA_COLUMNS = {"criterion": "criterion", "asks": "what it asks", "says": "in", "better": "better"}
CONFIDENCE = 0.8
"""The share of plausible worlds in which a decision has to come first to hold, where nothing else is asked."""

_WHERE = ("device", "phone", "browser", "server", "experiments")
_MATTERS = ("speed", "size", "accuracy", "support", "balance")


class Asking(click.Command):
    """A command about a profile; a name that stands alone is answered with the option that it belongs to."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse; `advisor recommend research` is what people type first."""
        given = list(args)
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            alone = next((word for word in given if error.message.endswith(f"({word})")), None)
            if alone is None or "extra argument" not in error.message:
                raise
            raise click.UsageError(f"unexpected '{alone}': a profile is named by --profile {alone}", ctx) from None


profile_option = click.option(
    "--profile", default="edge", show_default=True, help="A shipped profile, or the path of your own."
)
everything_option = click.option(
    "--all", "everything", is_flag=True, help="Measure everything, not only what could change this profile's answer."
)  # fmt: skip
explain_option = click.option("--explain", "explained", is_flag=True, help="Also print how much hangs on the weights.")
adr_option = click.option(
    "--adr", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
    help="Record the decision there (MADR 4.0, proposed, numbered), such as docs/decisions.",
)  # fmt: skip


only_option = click.option(
    "--framework", "--frameworks", "frameworks", multiple=True, metavar="NAME",
    help="Only this one, or these: pytorch,tensorflow. Repeatable.",
)  # fmt: skip


def named(frameworks: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the names that `only_option` was given, one by one; None when it was not given."""
    return tuple(name.strip() for each in frameworks for name in each.split(",")) or None


def adjusting_options(command: Any) -> Any:
    """Add the options that adjust a profile for one question."""
    options = [
        click.option(
            "--weight", "weights", multiple=True, metavar="CRITERION=PERCENT",
            help="Give a criterion this share of the decision, e.g. edge-latency=40. Repeatable.",
        ),
        click.option(
            "--require", "requirements", multiple=True, metavar="LIMIT",
            help="A further must-have, e.g. 'artifact-size<=5 MB' or edge-route=proved. Repeatable.",
        ),
        click.option(
            "--exclude", "excluded", multiple=True, metavar="NAME",
            help="Leave out a framework, a runtime or a stack, e.g. 'pytorch->onnxruntime'. Repeatable.",
        ),
        click.option("--no-team", is_flag=True, help="Leave out what switching would cost the profile's team."),
    ]  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def adjusted(name: str, weights: tuple[str, ...], requirements: tuple[str, ...], *, no_team: bool) -> Profile:
    """Return the profile as the options of `adjusting_options` want it."""
    from advisor.decision.adjust import requiring, reweighted, without_team
    from advisor.decision.profile import load_profile

    profile = load_profile(name)
    profile = without_team(profile) if no_team else profile
    return requiring(reweighted(profile, weights), requirements)


def repeated(
    profile: str,
    weights: tuple[str, ...] = (),
    requirements: tuple[str, ...] = (),
    excluded: tuple[str, ...] = (),
    *,
    frameworks: tuple[str, ...] = (),
    no_team: bool = False,
) -> list[str]:
    """Return the words of a command line that ask the same question again."""
    words = ["--profile", profile]
    for option, values in (
        ("--weight", weights),
        ("--require", requirements),
        ("--frameworks", frameworks),
        ("--exclude", excluded),
    ):
        words += [word for value in values for word in (option, value)]
    return [*words, "--no-team"] if no_team else words


def record(told: Recommendation, run: Run, folder: Path, question: list[str], *, templates: Path | None) -> None:
    """Write the architecture decision record and say where."""
    from advisor.report import adr

    expected = "" if told.answer is None else "→".join(filter(None, (told.answer.framework, told.answer.route)))
    confidence = _to_keep(told)
    asked = [*question, "--expect", expected]
    asked += [] if confidence >= CONFIDENCE else ["--min-confidence", f"{confidence:.2f}"]
    path = adr.write(
        told,
        run,
        folder,
        command=shlex.join(["advisor", "recommend", *question]),
        check=shlex.join(["advisor", "check", *asked]),
        templates=templates,
    )
    click.echo(str(path), err=True)


def _to_keep(told: Recommendation) -> float:
    """Return the share of the worlds below which a decision no longer holds: less sure ones may be as unsure as now."""
    share = next(
        (
            each.rank_acceptability[0]
            for each in told.ranking
            if told.answer is not None and each.rank_acceptability
            and (each.framework, each.route) == (told.answer.framework, told.answer.route)
        ),
        0.0,
    )  # fmt: skip
    return min(CONFIDENCE, max(0.0, math.floor(share * 20 - 1) / 20))


def attach(group: click.Group, profiles: click.Group) -> None:
    """Add these commands to `group`, and those about profiles to the group `profiles`."""
    for asking in (evidence, check):
        group.add_command(asking)
    for command in (new, criteria, schema):
        profiles.add_command(command)


@click.command(cls=Asking)
@click.option("--profile", metavar="NAME", help="Only what this profile asks; default: every criterion.")
@only_option
@click.option(
    "--exclude", "excluded", multiple=True, metavar="NAME", help="Leave out a framework or a stack. Repeatable."
)
@run_option
@format_option
@click.pass_obj
def evidence(
    color: str,
    profile: str | None,
    frameworks: tuple[str, ...],
    excluded: tuple[str, ...],
    run_file: Path | None,
    form: Format,
) -> None:
    """List what is known: one row for each stack and criterion, with its interval and where it comes from."""
    from advisor.decision.performance import FIELDS, evidence_rows
    from advisor.decision.profile import load_profile
    from advisor.report import rows as printing

    needed = load_profile(profile) if profile else None
    run = _measured(run_file)
    rows = evidence_rows(run, needed, frameworks=named(frameworks), exclude=excluded)
    printing.show(rows, form, columns=EVIDENCE_COLUMNS, console=printing.console(color), fields=FIELDS)


@click.command(cls=Asking)
@profile_option
@adjusting_options
@only_option
@click.option(
    "--expect", required=True, metavar="STACK", help="What was decided: tensorflow, or 'pytorch->executorch'."
)
@click.option(
    "--min-confidence",
    "confidence",
    type=click.FloatRange(0, 1),
    default=CONFIDENCE,
    show_default=True,
    help="The share of plausible worlds in which it has to come first.",
)
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True, help="Random seed.")
@run_option  # fmt: skip
def check(
    profile: str,
    weights: tuple[str, ...],
    requirements: tuple[str, ...],
    excluded: tuple[str, ...],
    no_team: bool,
    frameworks: tuple[str, ...],
    expect: str,
    confidence: float,
    seed: int,
    run_file: Path | None,
) -> None:
    """Tell whether a decision still holds: exit code 0, or 1 with the one reason why not.

    Nothing is measured: it decides on a Run, given or the newest that is kept.
    """
    from advisor.decision.engine import decide
    from advisor.decision.holds import check as holds

    needed = adjusted(profile, weights, requirements, no_team=no_team)
    told = decide(_measured(run_file), needed, seed=seed, frameworks=named(frameworks), exclude=excluded)
    held = holds(told, expect, confidence=confidence)
    click.echo(f"{'Holds' if held.holds else 'Does not hold'}: {held.why}")
    if not held.holds:
        raise SystemExit(EXIT_REFUSED)


@click.command()
@click.option("--answers", "file", type=click.Path(path_type=Path), help="A YAML file with the answers: ask nothing.")
@click.option("--name", help="A short name for the profile.")
@click.option("--where", type=click.Choice(_WHERE), help="Where the model will run.")
@click.option("--title", help="What it is for, in one sentence.")
@click.option("--matters", type=click.Choice(_MATTERS), help="What matters most.")
@click.option("--model-size", metavar="SIZE", help="The largest model file that is acceptable.")
@click.option("--memory", metavar="SIZE", help="The most memory that one process may hold.")
@click.option(
    "--latency",
    metavar="TIME",
    help="The longest acceptable time for one prediction of the small network that is measured.",
)
@click.option("--knows", metavar="FRAMEWORK", help="The framework that the team knows, or 'other' or 'none'.")
@click.option("--people", type=click.IntRange(1, 100_000), help="How many people are in the team.")
@click.option("--code", metavar="LINES", help="How many lines of model and training code the team has.")
@click.option("--output", "-o", type=click.Path(path_type=Path), help="Where to write it.  [default: NAME.yaml]")
def new(file: Path | None, output: Path | None, **options: Any) -> None:
    """Make a profile from at most ten plain questions; the answers can also be given as options or in a file.

    A file that exists is never overwritten.
    """
    from pydantic import ValidationError

    from advisor.decision.profile import load_profile
    from advisor.decision.profile_new import Answers, out_of_place, profile_text, read_answers
    from advisor.documents import write_new

    given = (read_answers(file) if file else {}) | {name: said for name, said in options.items() if said is not None}
    if not file and not {"name", "where"} <= set(given) and not _terminal():
        message = "there is no terminal to ask the questions on"
        raise AdvisorError(message, hint="advisor profile new --name NAME --where server, or --answers FILE")
    if not file and _terminal():
        given |= _asked(given)
    try:
        answers = Answers.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        option = str(first["loc"][0]).replace("_", "-")
        raise AdvisorError(f"--{option}: {str(first['msg']).removeprefix('Value error, ')}") from None
    _framework(answers.knows)
    if (idle := out_of_place(given)) is not None:
        option = idle[0].replace("_", "-")
        raise AdvisorError(f"--{option} changes nothing with '{idle[1]}'", hint="leave it out, or change that answer")
    path = output or Path(f"{answers.name}.yaml")
    if path.exists():
        raise AdvisorError(f"{path} exists already", hint="choose another place with --output")
    write_new([path], profile_text(answers))
    load_profile(path)
    click.echo(f"{path}  (advisor recommend --profile {shlex.quote(str(path))})")


@click.command()
@click.argument("words", nargs=-1, metavar="[WORD]...")
@format_option
@click.pass_obj
def criteria(color: str, words: tuple[str, ...], form: Format) -> None:
    """List what a profile can ask: every criterion, or those that say one of the words."""
    from advisor.decision.criteria import load_criteria
    from advisor.report import rows as printing

    units = {"s": "times, such as '5 ms'", "B": "sizes, such as '10 MB'", "1/s": "rates, such as '100 /s'"}
    found = [
        {
            "criterion": each.id,
            "asks": each.question,
            "says": ", ".join(each.levels) or units.get(each.unit) or ("percent" if each.percent else "a number"),
            "better": each.levels[-1] if each.levels else each.better,
        }
        for each in load_criteria().values()
        if not words or any(word.lower() in f"{each.id} {each.title} {each.question}".lower() for word in words)
    ]
    none = f"No criterion is about {' or '.join(words)}."
    printing.show(found, form, columns=CRITERIA_COLUMNS, console=printing.console(color), none=none)


@click.command()
def schema() -> None:
    """Print the JSON Schema of profiles, from which editors complete and check."""
    import json

    from advisor.decision.profile_schema import profile_schema

    click.echo(json.dumps(profile_schema(), indent=1, ensure_ascii=False))


def _terminal() -> bool:
    return sys.stdin.isatty()


def _asked(given: dict[str, Any]) -> dict[str, Any]:
    """Ask what is not given yet, one question after the other."""
    from advisor.decision.profile_new import questions, wrong
    from advisor.measurement.definitions import frameworks

    known = dict(given)
    while (question := next(questions(known, tuple(frameworks())), None)) is not None:
        choice = click.Choice(question.choices) if question.choices else None
        shown = question.default if question.default or question.name != "name" else None
        said: Any = click.prompt(question.text, type=choice, default=shown, show_default=bool(shown), err=True)
        said = int(said) if question.name == "people" and str(said).isdigit() else said
        problem = wrong(question.name, said) if said != "" else None
        if problem is None:
            known[question.name] = said
        else:
            click.echo(f"Error: {problem}", err=True)
    return {name: said for name, said in known.items() if said != ""}


def _framework(knows: str | None) -> None:
    from advisor.decision.team import OTHER
    from advisor.errors import did_you_mean
    from advisor.measurement.definitions import frameworks

    known = [*frameworks(), OTHER, "none"]
    if knows is not None and knows not in known:
        listed = f"(known: {', '.join(known)})"
        raise AdvisorError(f"--knows: unknown framework '{knows}'{did_you_mean(knows, known)} {listed}")


def _measured(run_file: Path | None) -> Run:
    run = kept_run(run_file)
    if run is None:
        raise AdvisorError("no Run is kept here: there is nothing to decide on", hint="advisor probe, or --run FILE")
    return run
