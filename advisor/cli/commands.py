"""The command `advisor` and where its commands are: a module of them is imported when one is called.

Heavy imports stay inside functions, so that ``--help``, which imports every module of commands, answers at once.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from advisor import optouts, resources
from advisor.cli import ending

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Commands(click.Group):
    """A group whose commands end with one message and the right exit code, whatever becomes of them."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run a command; as a program, which is the default (`standalone_mode`), exit with its code."""
        run: Any = super().main
        if not extra.pop("standalone_mode", True):
            return run(*args, standalone_mode=False, **extra)
        _start_light()
        sys.exit(ending.code_of(lambda: run(*args, standalone_mode=False, **extra)))

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what it met at a pipe of its own is not taken for the end of our reader, as click does."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise RuntimeError(f"a process of ours left: {error}") from error


class CommandTable(MutableMapping[str, click.Command]):
    """The commands by name, each imported when it is asked for, so that none costs what the others need.

    It is what click lists, completes and suggests names from.
    """

    def __init__(self, places: Mapping[str, str]) -> None:
        self.places, self._loaded = dict(places), dict[str, click.Command]()

    def __getitem__(self, name: str) -> click.Command:
        """Return a command, of the module and under the name that its place says."""
        if name not in self._loaded:
            module, _, attribute = self.places[name].partition(":")
            self[name] = getattr(import_module(f"advisor.cli.{module}"), attribute)
        return self._loaded[name]

    def __setitem__(self, name: str, command: click.Command) -> None:
        """Add a command, or put another in its place."""
        self.places[name] = f"{command.callback.__module__ if command.callback else ''}:{name}"
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        """Remove a command."""
        del self.places[name]
        self._loaded.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        """Go through the names, importing nothing."""
        return iter(self.places)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.places)


COMMANDS = CommandTable(
    {
        "check": "decision:check",
        "claims": "knowledge:claims",
        "compare": "measurement:compare",
        "device": "device:device",
        "doctor": "measurement:doctor",
        "env": "environments:env",
        "evidence": "decision:evidence",
        "export": "export:export",
        "fleet": "fleet:fleet",
        "framework": "frameworks:framework",
        "import": "imports:import_",
        "knowledge": "knowledge:knowledge",
        "model": "models:model",
        "probe": "measurement:probe",
        "profile": "profiles:profile",
        "recommend": "recommendation:recommend",
        "report": "knowledge:report",
        "site": "site:site",
        "systems": "knowledge:systems",
        "target": "profiles:target",
    }
)


@click.group(cls=Commands, commands=COMMANDS, context_settings=CONTEXT)
@click.version_option(package_name="framework-advisor", prog_name="advisor")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Color the output; NO_COLOR is honored.",
)
@click.pass_context
def main(ctx: click.Context, color: str) -> None:
    """Which deep learning framework should we use?

    An answer with evidence: measured on this machine, documented with a source, decided by your needs.

    \b
    Examples:
      advisor recommend --profile edge
      advisor recommend --profile deployment --quick --site public/
      advisor recommend --profile my-profile.yaml --run run.json --json
    """
    ctx.obj = color
    if Path("pyproject.toml").is_file():
        from advisor.measurement.options import further_folders

        ctx.with_resource(resources.using(further_folders()))


def _start_light() -> None:
    """Spare the process what a short life has no use for: together a third of the time of a decision on a Run."""
    # Modules and documents are many small objects that stay: no need to look through them at every 700th, nor to take
    # them apart one by one at the end.
    gc.set_threshold(100_000)
    atexit.register(gc.freeze)
    # Looking for plugins of pydantic reads the metadata of every distribution that is installed.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "true")
    # A user's theme or plugin runs in this process, and whatever it starts has its environment.
    os.environ.update(optouts.variables())
