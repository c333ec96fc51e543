"""Commands and options about measuring: the time a session may take, going on with one, comparing Runs, the doctor."""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from advisor import paths, printing
from advisor.cli.completion import RUNS, frameworks, offering, runs
from advisor.cli.numbers import Time, Whole
from advisor.cli.options import format_option, named, only_option, seed_option
from advisor.errors import AdvisorError

if TYPE_CHECKING:
    from advisor.measurement.run import Mode, Run
    from advisor.measurement.run_changes import Change
    from advisor.report.rows import Format

COMPARE_COLUMNS = {
    "probe": "probe",
    "stack": "stack",
    "setting": "setting",
    "metric": "time",
    "first": "first",
    "second": "second",
    "ratio": "ratio",
    "interval": "95 %",
    "word": "now",
    "why": "why",
}

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


def attach(group: click.Group) -> None:
    """Add these commands to `group`."""
    for command in (compare, doctor):
        group.add_command(command)


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
    if more:
        return {**more.frameworks, **more.extras}
    return {**definitions.frameworks(), **definitions.extras()}


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


@click.command()
@click.argument("first", metavar="RUN", shell_complete=offering(runs, files=True))
@click.argument("second", metavar="RUN", shell_complete=offering(runs, files=True))
@click.option("--force", is_flag=True, help="Compare although the hosts or the policies differ.")
@format_option
@click.pass_obj
def compare(color: str, first: str, second: str, force: bool, form: Format) -> None:
    """Say of every time whether the second Run is faster or slower than the first, by the whole 95 % interval.

    A RUN is a file, or the id of a kept Run. `same`: within the indifference zone; `unclear`: the interval allows more
    than one answer, or there is no figure.
    """
    from advisor.measurement import run_changes
    from advisor.report import rows as listing

    before, after = _run(first), _run(second)
    apart = run_changes.differences(before, after)
    if apart and not force:
        raise AdvisorError(
            f"these Runs are not from one host under one policy ({'; '.join(apart)})", hint="compare them with --force"
        )
    for line in apart:
        printing.tell(f"Not alike: {line}")
    for line in run_changes.versions(before, after):
        printing.tell(f"Changed: {line}")
    found = [_row(each, table=form == "table") for each in run_changes.changes(before, after)]
    none = "Neither Run has a time."
    listing.show(found, form, columns=COMPARE_COLUMNS, console=listing.console(color), none=none)


def _run(name: str) -> Run:
    from advisor.measurement.run import load_run
    from advisor.measurement.store import Store

    # What cannot be the id of a Run, such as an absolute path, is the name of a file.
    kept = Store(RUNS).path(name) if paths.objection(f"{name}.json") is None else None
    return load_run(kept if kept is not None and kept.is_file() else Path(name))


def _row(change: Change, *, table: bool) -> dict[str, Any]:
    from advisor.quantities import show

    cell, ratio = change.cell, change.ratio
    parameters = [f"{name} {value}" for name, value in cell.parameters.items()]
    named = {
        "probe": cell.probe,
        "stack": "→".join(filter(None, (cell.framework, cell.route))),
        "setting": cell.setting,
        "parameters": parameters,
        "metric": cell.metric,
    }
    sides = (change.first, change.second)
    medians = [None if each is None or each.summary is None else each.summary.median for each in sides]
    figures: dict[str, Any] = {"first": medians[0], "second": medians[1]}
    if table:
        named["setting"] = ", ".join(filter(None, (cell.setting, *parameters)))
        figures = {name: None if value is None else show(value, "s") for name, value in figures.items()}
        figures["ratio"] = ratio and f"{ratio.value:.3f}"
        figures["interval"] = ratio and f"{ratio.low:.3f} - {ratio.high:.3f}"
    else:
        figures |= {"ratio": ratio and ratio.value, "low": ratio and ratio.low, "high": ratio and ratio.high}
    return {**named, **figures, "word": change.word, "why": change.why or None}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.option(
    "--watch", type=click.FloatRange(0, 600), default=8.0, show_default=True, metavar="SECONDS",
    help="How long to watch what else is at work; 0 leaves it out.",
)  # fmt: skip
def doctor(as_json: bool, watch: float) -> None:
    """Print the environment, ready to paste into an issue: versions, machine, what moves timings, tools.

    It watches the machine for some seconds, and says which grades a session's timings would have now, and what would
    help: measured, under load (wider intervals), or bounded (two bounds and no figure).

    It holds no names of hosts or users and, of the variables, only those that change how fast a framework is.
    """
    import json

    from advisor.measurement.doctor import examine

    found = examine(watch=watch)
    if as_json:
        printing.data(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
        return
    for section, values in found.items():
        printing.say(f"{section}:")
        for name, value in values.items():
            printing.say(f"- {name}: {_said(value, 'not readable here' if section == 'set-up' else 'none found')}")
        if not values:
            printing.say("- none set")


def _said(value: Any, nothing: str) -> str:
    """Return a value of the examination as words."""
    if isinstance(value, dict) and "reader" in value:
        read = f"read by {value['reader']} ({value['stops']})" if "stops" in value else value["reader"]
        return f"{value['value']}, {read}"
    if isinstance(value, dict) and set(value) == {"value", "hint"}:
        hint = f"  ({value['hint']})" if value["hint"] else ""
        return f"{value['value'] or nothing}{hint}"
    if isinstance(value, dict):
        return ", ".join(f"{name} {version}" for name, version in value.items())
    if isinstance(value, list):
        return " ".join(map(str, value)) or nothing
    return nothing if value is None else str(value)
