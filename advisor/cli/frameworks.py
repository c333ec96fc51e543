"""Commands about folders of frameworks: a new one that runs, and what is wrong with one."""

from __future__ import annotations

from pathlib import Path

import click

from advisor import printing
from advisor.cli.options import examples
from advisor.errors import AdvisorError


@click.group()
def framework() -> None:
    """Add a framework of your own: write its folder, and check it."""


@framework.command(
    epilog=examples("advisor framework new abax", "advisor framework new abax --title 'The Abax' -o ours")
)
@click.argument("name")
@click.option("--title", help="What people call it.  [default: NAME]")
@click.option(
    "--output", "-o", "folder", type=click.Path(path_type=Path, file_okay=False), default=Path(), metavar="DIR",
    help="The folder of your frameworks, in which NAME becomes one.  [default: this folder]",
)  # fmt: skip
def new(name: str, title: str | None, folder: Path) -> None:
    """Write the folder NAME, which runs as it is: NumPy computes, until your framework takes its place."""
    from advisor.measurement import framework_folder

    printing.say(str(framework_folder.new(name, folder, title)))


@framework.command(epilog=examples("advisor framework check ours", "advisor framework check ours/abax"))
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False), metavar="DIR")
def check(folder: Path) -> None:
    """Name every mistake of a folder of frameworks, or of one, at its file and line; nothing of it is run."""
    from advisor.measurement import framework_folder

    found = framework_folder.mistakes(folder)
    if found:
        raise AdvisorError(found)
    printing.say(f"{folder}: fulfils the contract")
