"""Options of `recommend` that exclude each other, or of which one would have no effect: one line, before any work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

# Parameters by the option that was given; what only measuring, or only an answer that is told, heeds.
_MEASURING = {
    "mode": "--{mode}", "pythons": "--python", "threads": "--threads", "budget": "--budget", "until": "--until",
}  # fmt: skip
_TOLD = {"site": "--site", "adr": "--adr", "explained": "--explain", "timings": "--timings"}


def check(given: Mapping[str, Any]) -> None:
    """Refuse options that contradict each other or would be ignored silently.

    Parameters
    ----------
    given : mapping
        The parameters of the command, by name; what was not given is None, False or empty.

    Raises
    ------
    click.UsageError
        Exit code 2, with both options.
    """
    if given["site"] is not None and given["no_site"]:
        raise click.UsageError("--site and --no-site exclude each other")
    run, day = given["run_file"] is not None, given["as_of"] is not None
    measures = given["fresh"] or given["everything"]
    if run and measures:
        option = "--fresh" if given["fresh"] else "--all"
        raise click.UsageError(f"--run decides on a measured Run; {option} measures: use one of them")
    if given["resume"] and (run or given["fresh"] or day):
        raise click.UsageError("--resume goes on with a session; --run, --fresh and --as-of do not: use one of them")
    if day and (run or measures):
        raise click.UsageError("--as-of decides on documents alone; --run, --fresh and --all are about measurements")
    if run or day:
        _idle(given, _MEASURING, f"{'--run' if run else '--as-of'} measures nothing")
    if day:
        _idle(given, _TOLD, "--as-of prints its answer, and writes nothing")
    if given["as_json"]:
        _idle(given, {"explained": "--explain"}, "--json prints the whole Recommendation")
    if not given["adr"] and (day or given["no_site"] or (given["as_json"] and given["site"] is None)):
        why = "--as-of" if day else "--no-site" if given["no_site"] else "--json without --site"
        _idle(given, {"templates": "--templates"}, f"{why} writes no page of templates")


def _idle(given: Mapping[str, Any], options: Mapping[str, str], why: str) -> None:
    for name, option in options.items():
        if given[name]:
            raise click.UsageError(f"{why}: {option.format_map(given)} would have no effect; leave it out")
