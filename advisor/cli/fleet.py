"""Commands about many devices: begin a session on each, gather what they measured."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from advisor import printing
from advisor.cli.numbers import Time
from advisor.cli.options import Output, examples
from advisor.errors import EXIT_PROBING

if TYPE_CHECKING:
    from advisor.devices.fleet import Outcome


@click.group()
def fleet() -> None:
    """Measure a bundle (`advisor export`) on many devices that ssh reaches."""


def _reaching(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say which devices, and how they are reached; the command is given `reach`."""

    @functools.wraps(command)
    def collected(
        *given: Any, hosts: Path, bundle: Path, python: str, folder: str | None, ssh: tuple[str, ...], **others: Any
    ) -> Any:
        from advisor.devices import fleet as fleets
        from advisor.devices import remote

        reach = {"ssh": ssh, "python": python, "folder": folder or f"~/{remote.FOLDER}"}
        return command(*given, hosts=fleets.hosts(hosts), bundle=bundle, reach=reach, **others)

    options = [
        click.option(
            "--hosts", required=True, type=click.Path(path_type=Path), metavar="FILE",
            help="A device a line: user@host, and a label where it is to be called otherwise.",
        ),
        click.option("--bundle", required=True, type=click.Path(path_type=Path), help="The bundle, a folder."),
        click.option("--python", default="python3", show_default=True, metavar="PATH", help="The Python there."),
        click.option("--folder", metavar="DIR", help="Where bundles go there.  [default: advisor-bundles in the home]"),
        click.option("--ssh", "ssh", multiple=True, metavar="WORD", help="A further word for ssh. Repeatable."),
    ]  # fmt: skip
    for option in reversed(options):
        collected = option(collected)
    return collected


@fleet.command(epilog=examples("advisor fleet measure --hosts hosts.txt --bundle camera.advisor --quick"))
@_reaching
@click.option("--quick", "mode", flag_value="--quick", help="Fewer rounds.")
@click.option("--thorough", "mode", flag_value="--thorough", help="More rounds.")
@click.option("--resume", is_flag=True, help="Go on with sessions that were killed there.")
def measure(hosts: list[Any], bundle: Path, reach: dict[str, Any], mode: str | None, resume: bool) -> None:
    """Begin a session on every device; they need no link, and one that runs already is left alone.

    Exit code 3 when one of them could not begin: the others have.
    """
    from advisor.devices import fleet as fleets

    options = [each for each in (mode, "--resume" if resume else None) if each]
    _ended(fleets.measure(hosts, bundle, options, tell=printing.tell, **reach))


@fleet.command(epilog=examples("advisor fleet gather --hosts hosts.txt --bundle camera.advisor -o runs"))
@_reaching
@click.option("--output", "-o", type=Output(file_okay=False), required=True, metavar="FOLDER", help="One Run a device.")
@click.option("--wait", is_flag=True, help="Wait for sessions that still run.")
@click.option(
    "--patience", type=Time("10m"), default="30m", show_default=True, help="How long a lost link is waited for."
)
def gather(hosts: list[Any], bundle: Path, reach: dict[str, Any], output: Path, wait: bool, patience: float) -> None:
    """Fetch the Run of every device, and say on how many the order holds, and what differs between them.

    The Runs also stay on the devices. Exit code 3 when one has none.
    """
    from advisor.devices import fleet as fleets

    found = fleets.gather(hosts, bundle, output, wait=wait, patience=patience, tell=printing.tell, **reach)
    runs = {each.host.label: each.run for each in found if each.run is not None}
    if runs:
        printing.say(f"{len(runs)} of {len(found)} devices.", *fleets.orders(runs))
        for line in fleets.differences(runs):
            printing.say(f"Differs: {line}")
    _ended(found)


def _ended(found: list[Outcome]) -> None:
    failed = [each for each in found if each.why is not None]
    for each in failed:
        printing.tell(f"Error: {each.host.label}: {each.why}")
    if failed:
        raise SystemExit(EXIT_PROBING)
