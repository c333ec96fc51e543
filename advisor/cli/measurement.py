"""Commands about measuring: a session, what changed between two Runs, and the doctor."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from advisor import paths, printing
from advisor.cli.completion import RUNS, networks, offering, probes, runs
from advisor.cli.options import (
    KINDS,
    Output,
    examples,
    folders_option,
    format_option,
    parts,
    subject_of,
    use_folders_option,
)
from advisor.cli.session import measuring_options, progress, writable
from advisor.cli.session import timings as show_timings
from advisor.errors import AdvisorError

if TYPE_CHECKING:
    from advisor.measurement.options import SessionOptions
    from advisor.measurement.run import Run
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


@click.command(
    epilog=examples(
        "advisor probe --quick --output run.json",
        "advisor probe --only 'cnn-*' --only 'route:*' --budget 5m",
        "advisor probe --python pytorch=/opt/torch/bin/python --resume",
    )
)
@measuring_options
@click.option(
    "--only", multiple=True, metavar="GLOB", help="Only these probes, e.g. 'mlp*,route:*'. Repeatable.",
    shell_complete=offering(probes, several=True),
)  # fmt: skip
@click.option(
    "--model", metavar="@NAME|FILE", help="Only what is timed of this model: @mobilenetv2, net.yaml.",
    shell_complete=offering(networks, files=True),
)  # fmt: skip
@click.option(
    "--scale", "kind", type=click.Choice(KINDS),
    help="Only the network of this kind at several sizes: which stack suits small ones, and which large.",
)  # fmt: skip
@folders_option
@click.option("--output", "-o", type=Output(), help="Also write the Run here.")
@click.pass_obj
def probe(
    color: str,
    session: SessionOptions,
    timings: bool,
    only: tuple[str, ...],
    model: str | None,
    kind: str | None,
    output: Path | None,
) -> None:
    """Measure the frameworks of this machine and keep the Run (under .advisor/runs).

    Frameworks of your own need no change of advisor: --frameworks-folder names their folder once, and
    frameworks-folders = ["DIR"] under [tool.advisor] in the project's pyproject.toml names it for good.
    """
    from advisor import api, authorship

    writable(("--output", output))
    if output is not None:
        authorship.check(output, "run")
    subjects = [subject_of(model)] if model else []
    if kind is not None:
        from advisor.measurement import scale

        subjects += scale.subjects(cast("scale.Kind", kind))
    asked = [*parts(only), *(work.probe for each in subjects for work in each.works)]
    with progress(color) as on_event:
        run, file = api.probe(replace(session, on_event=on_event), only=asked, models=subjects)
    if output is not None:
        authorship.check(output, "run")  # the Run is kept, whatever came there meanwhile
        api.save_run(run, output)
    if timings:
        show_timings(run, color)
    printing.say(str(output or file))


@click.command(
    epilog=examples("advisor compare before.json after.json", "advisor compare before.json after.json --format json")
)
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


@click.command(epilog=examples("advisor doctor", "advisor doctor --json"))
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.option(
    "--watch", type=click.FloatRange(0, 600), default=8.0, show_default=True, metavar="SECONDS",
    help="How long to watch what else is at work; 0 leaves it out.",
)  # fmt: skip
@use_folders_option
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
