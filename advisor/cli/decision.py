"""Commands and options about deciding: the evidence, whether a decision holds, adjustments of a profile."""

from __future__ import annotations

import math
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advisor import printing
from advisor.cli.completion import compared, frameworks, offering, profiles
from advisor.cli.knowledge import kept_run
from advisor.cli.numbers import Share
from advisor.cli.options import (
    Output,
    Question,
    adjusting_options,
    format_option,
    named,
    only_option,
    profile_option,
    run_option,
    seed_option,
)
from advisor.errors import EXIT_REFUSED, AdvisorError

if TYPE_CHECKING:
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
CONFIDENCE = 0.8
"""The share of plausible worlds in which a decision has to come first to hold, where nothing else is asked."""


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


everything_option = click.option(
    "--all", "everything", is_flag=True, help="Measure everything, not only what could change this profile's answer."
)  # fmt: skip
explain_option = click.option("--explain", "explained", is_flag=True, help="Also print how much hangs on the weights.")
adr_option = click.option(
    "--adr", type=Output(file_okay=False), metavar="FOLDER",
    help="Record the decision there (MADR 4.0, proposed, numbered), such as docs/decisions.",
)  # fmt: skip


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
    printing.tell(str(path))


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


def attach(group: click.Group) -> None:
    """Add these commands to `group`."""
    for asking in (evidence, check):
        group.add_command(asking)


@click.command(cls=Asking)
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


@click.command(cls=Asking)
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
def check(
    question: Question,
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
    from advisor.decision.validity import check as holds

    needed, compared = question.adjusted(), named(frameworks)
    told = decide(_measured(run_file), needed, seed=seed, frameworks=compared, exclude=question.excluded)
    held = holds(told, expect, confidence=confidence)
    printing.say(f"{'Holds' if held.holds else 'Does not hold'}: {held.why}")
    if not held.holds:
        raise SystemExit(EXIT_REFUSED)


def _measured(run_file: Path | None) -> Run:
    run = kept_run(run_file)
    if run is None:
        raise AdvisorError("no Run is kept here: there is nothing to decide on", hint="advisor probe, or --run FILE")
    return run
