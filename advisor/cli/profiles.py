"""Commands about what is asked: profiles, and the targets that a model can be asked to run on."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from advisor import printing
from advisor.cli.completion import frameworks, jobs, offering, profiles, targets
from advisor.cli.numbers import Whole
from advisor.cli.options import Output, examples, format_option, use_folders_option
from advisor.errors import AdvisorError

if TYPE_CHECKING:
    from advisor.report.rows import Format


CRITERIA_COLUMNS = {"criterion": "criterion", "asks": "what it asks", "says": "in", "better": "better"}
_WHERE = ("device", "phone", "browser", "server", "experiments")
_MATTERS = ("speed", "size", "accuracy", "support", "balance")


@click.group()
def profile() -> None:
    """See the profiles, and check your own."""


@profile.command("list", epilog=examples("advisor profile list"))
@format_option
@click.pass_obj
def list_profiles(color: str, form: Format) -> None:
    """List the shipped profiles."""
    from advisor import api
    from advisor.report import rows as listing

    rows = [{"profile": name, "title": api.load_profile(name).title} for name in api.shipped_profiles()]
    listing.show(rows, form, columns={"profile": "profile", "title": "for"}, console=listing.console(color))


@profile.command(epilog=examples("advisor profile show edge"))
@click.argument("name", shell_complete=offering(profiles, files=True))
def show(name: str) -> None:
    """Print a profile as it is written, to start your own from."""
    from advisor.documents import read_text
    from advisor.profiles.profile import profile_path

    printing.text(read_text(profile_path(name), "profile", hint="advisor profile list"))


@profile.command(epilog=examples("advisor profile check camera.yaml"))
@click.argument("file", type=click.Path(path_type=Path))
@use_folders_option
def check(file: Path) -> None:
    """Check a profile file; every mistake is named with its place."""
    from advisor import api

    # A name of a shipped profile is taken as well, as everywhere else.
    loaded = api.load_profile(file if file.exists() else str(file))
    printing.say(f"{file}: a valid profile, '{loaded.name}'")


@profile.command(
    epilog=examples("advisor profile new", "advisor profile new --name camera --where device --output camera.yaml")
)
@click.option("--answers", "file", type=click.Path(path_type=Path), help="A YAML file with the answers: ask nothing.")
@click.option("--name", help="A short name for the profile.")
@click.option("--where", type=click.Choice(_WHERE), help="Where the model will run.")
@click.option("--target", metavar="ID", shell_complete=offering(targets), help="What it runs on, such as raspberry-pi.")
@click.option("--title", help="What it is for, in one sentence.")
@click.option("--matters", type=click.Choice(_MATTERS), help="What matters most.")
@click.option("--model-size", metavar="SIZE", help="The largest model file that is acceptable.")
@click.option(
    "--job", metavar="ID", shell_complete=offering(jobs),
    help="The question one level up that it is part of, such as adapt-language-model.",
)  # fmt: skip
@click.option("--memory", metavar="SIZE", help="The most memory that one process may hold.")
@click.option(
    "--latency",
    metavar="TIME",
    help="The longest acceptable time for one prediction of the small network that is measured.",
)
@click.option(
    "--knows", metavar="FRAMEWORK", shell_complete=offering(frameworks),
    help="The framework that the team knows, or 'other' or 'none'.",
)  # fmt: skip
@click.option("--people", type=Whole(1, 100_000), help="How many people are in the team.")
@click.option("--code", metavar="LINES", help="How many lines of model and training code the team has.")
@click.option("--output", "-o", type=Output(), help="Where to write it.  [default: NAME.yaml]")
@use_folders_option
def new(file: Path | None, output: Path | None, **options: Any) -> None:
    """Make a profile from at most eleven plain questions; the answers can also be given as options or in a file.

    A file that exists is never overwritten.
    """
    from pydantic import ValidationError

    from advisor.documents import write_new
    from advisor.profiles.profile import load_profile
    from advisor.profiles.questionnaire import Answers, out_of_place, profile_text, read_answers

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
    printing.say(f"{path}  (advisor recommend --profile {shlex.quote(str(path))})")


@profile.command(epilog=examples("advisor profile criteria", "advisor profile criteria memory latency"))
@click.argument("words", nargs=-1, metavar="[WORD]...")
@format_option
@click.pass_obj
def criteria(color: str, words: tuple[str, ...], form: Format) -> None:
    """List what a profile can ask: every criterion, or those that say one of the words."""
    from advisor.criteria import load_criteria
    from advisor.report import rows as listing

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
    listing.show(found, form, columns=CRITERIA_COLUMNS, console=listing.console(color), none=none)


@profile.command(epilog=examples("advisor profile schema"))
def schema() -> None:
    """Print the JSON Schema of profiles, from which editors complete and check."""
    import json

    from advisor.profiles.files import profile_schema

    printing.data(json.dumps(profile_schema(), indent=1, ensure_ascii=False) + "\n")


def _terminal() -> bool:
    return sys.stdin.isatty()


def _asked(given: dict[str, Any]) -> dict[str, Any]:
    """Ask what is not given yet, one question after the other."""
    from advisor.measurement.definitions import everyone
    from advisor.profiles.questionnaire import questions, wrong

    known = dict(given)
    while (question := next(questions(known, tuple(everyone())), None)) is not None:
        choice = click.Choice(question.choices) if question.choices else None
        shown = question.default if question.default or question.name != "name" else None
        said: Any = click.prompt(question.text, type=choice, default=shown, show_default=bool(shown), err=True)
        problem = wrong(question.name, said) if said != "" else None
        if problem is None:
            known[question.name] = said
        else:
            printing.tell(f"Error: {problem}")
    return {name: said for name, said in known.items() if said != ""}


def _framework(knows: str | None) -> None:
    from advisor.errors import did_you_mean
    from advisor.measurement.definitions import everyone
    from advisor.profiles.team import OTHER

    known = [*everyone(), OTHER, "none"]
    if knows is not None and knows not in known:
        listed = f"(known: {', '.join(known)})"
        raise AdvisorError(f"--knows: unknown framework '{knows}'{did_you_mean(knows, known)} {listed}")


TARGET_COLUMNS = {"target": "target", "title": "what it is", "processor": "answers on", "reached": "reached by"}
REACH_COLUMNS = {"what": "what", "reaches": "reaches it", "how": "through, or why not", "source": "says"}


@click.group("target")
def target() -> None:
    """Show what a model can be asked to run on (--target), and what is documented to reach it."""


@target.command("list", epilog=examples("advisor target list"))
@format_option
@click.pass_obj
def list_targets(color: str, form: Format) -> None:
    """List every target, and which runtimes and frameworks reach it."""
    from advisor.report import rows as listing
    from advisor.targets.target import load_targets

    rows = [
        {
            "target": each.id,
            "title": each.title,
            "processor": each.processor,
            "reached": ", ".join(found.what for found in each.reached) or "nothing that is documented here",
        }
        for each in load_targets().values()
    ]
    listing.show(rows, form, columns=TARGET_COLUMNS, console=listing.console(color))


@target.command("show", epilog=examples("advisor target show raspberry-pi"))
@click.argument("name", metavar="ID", shell_complete=offering(targets))
@format_option
@click.pass_obj
def show_target(color: str, name: str, form: Format) -> None:
    """Show one target: what reaches it and through what, what does not and why, each with who says so."""
    from advisor.report import rows as listing
    from advisor.targets.target import load_target, source_of

    found = load_target(name)
    rows = [
        {"what": each.what, "reaches": "yes", "how": each.through, "source": source_of(each).url or each.source}
        for each in found.reached
    ] + [
        {"what": each.what, "reaches": "no", "how": each.because, "source": source_of(each).url or each.source}
        for each in found.unreached
    ]
    if form == "table":
        printing.say(f"{found.title}: what decides how fast it is, is its {found.processor}.")
    listing.show(rows, form, columns=REACH_COLUMNS, console=listing.console(color))
    if form == "table":
        printing.say(f"Looked up on {found.checked_on.isoformat()}. What is not named is not known. {found.ask}")
