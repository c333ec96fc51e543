"""Commands about the environments that advisor keeps beside its own."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from advisor import printing
from advisor.cli import completion
from advisor.cli.options import examples, folders_option, format_option
from advisor.errors import AdvisorError

if TYPE_CHECKING:
    from advisor.measurement.definitions import Definitions
    from advisor.measurement.environments import Managed
    from advisor.profiles.profile import Profile
    from advisor.report.rows import Format

COLUMNS = {"name": "name", "python": "Python", "size": "size", "packages": "packages", "recipes": "for", "why": "why"}


@click.group()
def env() -> None:
    """Keep environments for recipes whose packages do not go together with the others'."""


@env.command("list", epilog=examples("advisor env list"))
@folders_option
@format_option
def show(folders: tuple[Path, ...], form: Format) -> None:
    """List them: what they hold, what for, and whether they were made."""
    from advisor.measurement import environments
    from advisor.report import rows as listing

    found = []
    for each in environments.wanted(_known(folders)).values():
        python = environments.interpreter(each.name)
        found.append(
            {
                "name": each.name,
                "python": str(python) if python else None if form != "table" else "not made",
                "size": each.size,
                "packages": list(each.packages),
                "recipes": list(each.recipes),
                "why": each.why,
            }
        )
    listing.show(found, form, columns=COLUMNS, console=listing.console("auto"), none="No recipe asks for one.")


@env.command(epilog=examples("advisor env create litert-torch"))
@click.argument("name", shell_complete=completion.offering(completion.environments))
@click.option(
    "--constraint", "-c", "constraints", multiple=True, type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE", help="Further bounds on versions, as pip takes them. Repeatable.",
)  # fmt: skip
@folders_option
def create(name: str, constraints: tuple[Path, ...], folders: tuple[Path, ...]) -> None:
    """Make the environment NAME with pip, or make it anew; sessions find it by themselves, with --fresh at once.

    What this Python has of its packages is installed there in the same version.
    """
    from advisor.measurement import environments

    chosen = environments.named(name, _known(folders))
    printing.tell(f"Installing {', '.join(chosen.packages)} into {chosen.folder}; this takes {_cost(chosen)}.")
    printing.say(str(environments.create(chosen, constraints)))


def made_for(profile: Profile, folders: Iterable[Path]) -> bool:
    """Make the environments that routes of a profile lack, and return whether there is one more now.

    What cannot be made is told, and the routes that need it stay open.
    """
    from advisor.measurement import environments as kept

    made = False
    for each in kept.lacking(_known(tuple(folders)), profile.ships):
        printing.tell(
            f"Making the environment {each.name}, once, for {', '.join(each.recipes)}; this takes {_cost(each)}."
        )
        try:
            kept.create(each)
            made = True
        except AdvisorError as error:
            printing.tell(f"{error.message}; what needs it is not measured.")
    return made


@env.command(epilog=examples("advisor env remove litert-torch"))
@click.argument("name", shell_complete=completion.offering(completion.environments))
@folders_option
def remove(name: str, folders: tuple[Path, ...]) -> None:
    """Remove the environment NAME."""
    from advisor.measurement import environments

    chosen = environments.named(name, _known(folders))
    printing.say(f"{chosen.folder}: {'removed' if environments.remove(chosen) else 'there was none'}")


def _cost(environment: Managed) -> str:
    return f"minutes and {environment.size} of disk" if environment.size else "minutes"


def _known(folders: tuple[Path, ...]) -> Definitions:
    from advisor.measurement import definitions, options

    return options.configured_definitions(folders) or definitions.current()
