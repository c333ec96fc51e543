"""Commands and options about deciding: the evidence, whether a decision holds, adjustments of a profile."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advisor import printing
from advisor.cli.completion import compared, frameworks, offering, profiles
from advisor.cli.knowledge import kept_run
from advisor.cli.numbers import Share
from advisor.cli.options import (
    CONFIDENCE,
    Asking,
    Question,
    adjusting_options,
    examples,
    format_option,
    named,
    only_option,
    profile_option,
    run_option,
    seed_option,
    use_folders_option,
)
from advisor.errors import EXIT_REFUSED, AdvisorError

if TYPE_CHECKING:
    from advisor.measurement.run import Run
    from advisor.profiles.profile import Profile
    from advisor.report.rows import Format

EVIDENCE_COLUMNS = {
    "criterion": "criterion",
    "stack": "stack",
    "text": "what is known",
    "provenance": "provenance",
    "evidence": "where",
    "date": "as of",
}


@click.command(
    cls=Asking,
    epilog=examples(
        "advisor evidence --profile edge", "advisor evidence --run run.json --exclude onnxruntime --format csv"
    ),
)
@click.option(
    "--profile", metavar="NAME", help="Only what this profile asks; default: every criterion.",
    shell_complete=offering(profiles, files=True),
)  # fmt: skip
@only_option
@click.option(
    "--exclude", "excluded", multiple=True, metavar="NAME", help="Leave out a framework or a stack. Repeatable.",
    shell_complete=offering(compared),
)  # fmt: skip
@run_option
@use_folders_option
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
    from advisor.profiles.profile import load_profile
    from advisor.report import rows as listing

    needed = load_profile(profile) if profile else None
    run = _measured(run_file)
    rows = evidence_rows(run, needed, frameworks=named(frameworks), exclude=excluded)
    listing.show(rows, form, columns=EVIDENCE_COLUMNS, console=listing.console(color), fields=FIELDS)


@click.command(
    cls=Asking,
    epilog=examples(
        "advisor check --profile edge --expect tensorflow",
        "advisor check --profile camera.yaml --expect tensorflow --run run.json --min-confidence 0.8",
        "advisor check --profile edge --model @mobilenetv2 --expect 'pytorch->executorch'",
    ),
)
@profile_option
@adjusting_options
@only_option
@click.option(
    "--expect", required=True, metavar="STACK", help="What was decided: tensorflow, or 'pytorch->executorch'.",
    shell_complete=offering(frameworks),
)  # fmt: skip
@click.option(
    "--min-confidence",
    "confidence",
    type=Share(),
    default=CONFIDENCE,
    show_default=True,
    help="The share of plausible worlds in which it has to come first.",
)
@seed_option
@run_option
@use_folders_option
def check(
    question: Question,
    frameworks: tuple[str, ...],
    expect: str,
    confidence: float,
    seed: int,
    run_file: Path | None,
) -> None:
    """Tell whether a decision still holds: exit code 0, or 1 with the one reason why not.

    Nothing is measured: it decides on a Run, given or the newest that is kept. Of a model of your own (--model) it also
    says when the model, or an installed package, is another one than what was measured.
    """
    from advisor.decision.engine import decide
    from advisor.decision.validity import check as holds

    needed, compared = question.adjusted(), named(frameworks)
    run = _measured(run_file)
    if (unknown := _unknown(run, needed, kept=run_file is None)) is not None:
        again = shlex.join(["advisor", "recommend", *question.words(), "--no-site"])
        printing.say(f"Does not hold: not known, since {unknown}; to measure it: {again}")
        raise SystemExit(EXIT_REFUSED)
    told = decide(run, needed, seed=seed, frameworks=compared, exclude=question.excluded)
    held = holds(told, expect, confidence=confidence)
    changed = None if held.holds or run_file is not None else _since(run, needed)
    because = f" ({changed})" if changed else ""
    printing.say(f"{'Holds' if held.holds else 'Does not hold'}: {held.why}{because}")
    if not held.holds:
        raise SystemExit(EXIT_REFUSED)


def _unknown(run: Run, needed: Profile, *, kept: bool) -> str | None:
    """Return why a Run says nothing of the user's model as it is now; of a kept one also which versions are others."""
    model = needed.model
    if model is None or not model.own:
        return None
    from advisor.decision import currency
    from advisor.measurement import definitions, environments

    lacking = currency.lacking(run, model)
    if lacking is not None or not kept:
        return lacking
    known = [each for name, each in definitions.everyone().items() if name in run.frameworks]
    found = environments.find(known)
    installed = {name: dict(each.packages) for name, each in found.items() if each.present}
    return currency.outdated(run, installed)


def _since(run: Run, needed: Profile) -> str | None:
    model = needed.model
    if model is None or not model.own:
        return None
    from advisor.cli.completion import RUNS
    from advisor.decision import currency
    from advisor.measurement.store import Store

    return currency.since(Store(RUNS).runs(), run, model)


def _measured(run_file: Path | None) -> Run:
    run = kept_run(run_file)
    if run is None:
        raise AdvisorError("no Run is kept here: there is nothing to decide on", hint="advisor probe, or --run FILE")
    return run
