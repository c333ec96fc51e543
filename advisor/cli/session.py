"""Options about a session of measuring, which `recommend` and `probe` share, and what is told of one."""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from advisor import paths, printing
from advisor.cli.completion import RUNS, frameworks, offering
from advisor.cli.numbers import Time, Whole
from advisor.cli.options import named, only_option, seed_option
from advisor.errors import AdvisorError

if TYPE_CHECKING:
    from advisor.measurement.run import Mode, Run

budget_option = click.option(
    "--budget", type=Time("5m, '300 s' or '5 minutes'"), metavar="TIME",
    help="Begin nothing more that can be left out after this time, e.g. 5m; the Run says what was.",
)  # fmt: skip
until_option = click.option(
    "--until", type=click.Choice(["decided"]),
    help="Hear further fresh processes until every pair that is needed has a word; twelve at most, or --budget.",
)  # fmt: skip
resume_option = click.option(
    "--resume", is_flag=True, help="Go on with the newest session that was killed or interrupted."
)
label_option = click.option(
    "--label", metavar="NAME", help="What the machine is called in the Run.  [default: a hash that names nobody]"
)


def measuring_options(command: Any) -> Any:
    """Add the options that `recommend` and `probe` share."""
    options = [
        click.option("--quick", "mode", flag_value="quick", help="A few minutes less: fewer rounds, fewer settings."),
        click.option("--thorough", "mode", flag_value="thorough", help="More rounds; for figures to publish."),
        click.option(
            "--python",
            "pythons",
            multiple=True,
            metavar="FRAMEWORK=PATH",
            help="The Python that has a framework; default: the one that runs advisor. Also that of an environment of "
            "`advisor env list`. Repeatable.",
            shell_complete=offering(frameworks, ending="="),
        ),
        only_option,
        click.option("--threads", type=Whole(1, 1024), help="Threads per framework; default: all allowed."),
        seed_option,
        budget_option,
        until_option,
        resume_option,
        label_option,
        click.option("--timings", is_flag=True, help="Show where the time of measuring went."),
    ]
    collected = _collecting(command)
    for option in reversed(options):
        collected = option(collected)
    return collected


def _collecting(command: Any) -> Any:
    """Give a command one `session`, made of what these options were given, in the place of its parts."""

    @functools.wraps(command)
    def collected(
        *given: Any, mode: str | None, pythons: tuple[str, ...], frameworks: tuple[str, ...], threads: int | None,
        seed: int, budget: float | None, until: str | None, resume: bool, label: str | None, **others: Any,
    ) -> Any:  # fmt: skip
        from advisor.measurement.options import SessionOptions

        folders: tuple[Path, ...] = others.pop("folders", ())
        session = SessionOptions(
            mode=chosen(mode), frameworks=known_frameworks(frameworks, folders),
            pythons=known_pythons(pythons, folders), folders=folders, seed=seed, threads=threads, budget=budget,
            until_decided=until is not None, resume=resume, label=label,
        )  # fmt: skip
        return command(*given, session=session, **others)

    return collected


def tell_of_quick(mode: Mode) -> None:
    """Say, before a session of the usual care, that only quick Runs are kept, which it does not use again."""
    from advisor.measurement.store import Store

    kept = [entry for entry in Store(RUNS).entries() if entry.complete]
    if mode == "standard" and kept and all(entry.mode == "quick" for entry in kept):
        day = f"{kept[0].finished:%Y-%m-%d %H:%M} UTC"
        printing.tell(f"The Run of {day} is a quick one: measuring with more care. --quick decides on it.")


def writable(*given: tuple[str, Path | None]) -> None:
    """Refuse, before anything is measured, what could not be written afterwards."""
    os.getcwd()  # the folder that we work in may be gone; whoever ends the command says so
    for option, path in given:
        if path is not None:
            paths.output(path, what=option)


def progress(color: str) -> Any:
    """Return a context that shows on standard error what a session is doing."""
    from advisor.report import consoles, progress

    return progress.progress(consoles.messages(color))


def timings(run: Run, color: str) -> None:
    """Show on standard error where the time of measuring went."""
    from advisor.report import consoles, progress

    progress.timings(run, consoles.messages(color))


def chosen(flag: str | None) -> Mode:
    """Return how much care a session takes, by the flag that was given."""
    if flag == "quick":
        return "quick"
    return "thorough" if flag == "thorough" else "standard"


def known_frameworks(names: tuple[str, ...], folders: tuple[Path, ...] = ()) -> tuple[str, ...] | None:
    """Return the names that --framework was given, each that of a framework; None when it was not given."""
    found = named(names)
    for name in found or ():
        _known(name, _defined(folders), "--framework")
    return found


def _defined(folders: tuple[Path, ...]) -> Any:
    """Return the frameworks that advisor ships and those of further folders, by id."""
    from advisor.measurement import definitions, options

    more = options.configured_definitions(folders)
    return more.everyone if more else definitions.everyone()


def known_pythons(pairs: tuple[str, ...], folders: tuple[Path, ...] = ()) -> dict[str, Path]:
    """Return the programs that --python was given, by framework or environment."""
    found: dict[str, Path] = {}
    for pair in pairs:
        name, equals, path = pair.partition("=")
        if not equals or not path:
            raise AdvisorError(f"--python {pair}: expected FRAMEWORK=PATH, such as pytorch=/opt/torch/bin/python")
        frameworks = _defined(folders)
        environments = (own for each in frameworks.values() for own in each.environments)
        _known(name, dict.fromkeys((*frameworks, *environments)), "--python")
        if not os.access(path, os.X_OK) or Path(path).is_dir():
            inside = Path(path) / "bin" / "python"
            hint = f"--python {name}={inside}" if inside.is_file() else None
            raise AdvisorError(f"--python {pair}: {path} is no program that can be run", hint=hint)
        # Not resolved: a virtual environment's python is a link, and following it would leave the environment.
        found[name] = Path(path).absolute()
    return found


def _known(name: str, known: Any, option: str) -> None:
    from advisor.errors import did_you_mean

    if name not in known:
        expected = ", ".join(sorted(known))
        raise AdvisorError(f"{option}: unknown framework '{name}'{did_you_mean(name, known)} (known: {expected})")
