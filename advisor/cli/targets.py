"""Commands about targets: what a model can be asked to run on, and what reaches it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from advisor import printing
from advisor.cli.completion import offering, targets
from advisor.cli.options import format_option

if TYPE_CHECKING:
    from advisor.report.rows import Format

COLUMNS = {"target": "target", "title": "what it is", "processor": "answers on", "reached": "reached by"}
REACH_COLUMNS = {"what": "what", "reaches": "reaches it", "how": "through, or why not", "source": "says"}


@click.group("target")
def target() -> None:
    """Show what a model can be asked to run on (--target), and what is documented to reach it."""


@target.command("list")
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
    listing.show(rows, form, columns=COLUMNS, console=listing.console(color))


@target.command()
@click.argument("name", metavar="ID", shell_complete=offering(targets))
@format_option
@click.pass_obj
def show(color: str, name: str, form: Format) -> None:
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


def attach(group: click.Group) -> None:
    """Add these commands to `group`."""
    group.add_command(target)
