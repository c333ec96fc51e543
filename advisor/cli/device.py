"""Commands about one device: what it is, and a session there."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from advisor import authorship, printing
from advisor.cli.numbers import Time
from advisor.cli.options import Output, examples
from advisor.errors import EXIT_PROBING

if TYPE_CHECKING:
    from advisor.devices.remote import Device, Place


@click.group()
def device() -> None:
    """Measure a bundle (`advisor export`) on a device that ssh reaches."""


def _reaching(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say how a device is reached."""
    for option in reversed((
        click.argument("host", metavar="USER@HOST"),
        click.option("--bundle", required=True, type=click.Path(path_type=Path), help="The bundle, a folder."),
        click.option("--python", default="python3", show_default=True, metavar="PATH", help="The Python there."),
        click.option("--folder", metavar="DIR", help="Where bundles go there.  [default: advisor-bundles in the home]"),
        click.option(
            "--ssh", "ssh", multiple=True, metavar="WORD",
            help="A further word for ssh, e.g. --ssh=-p --ssh=2222. Repeatable.",
        ),
    )):  # fmt: skip
        command = option(command)

    @functools.wraps(command)
    def opened(
        *given: Any, host: str, bundle: Path, python: str, folder: str | None, ssh: tuple[str, ...], **others: Any
    ) -> Any:
        from advisor.devices import link, manifest, remote

        told = manifest.read(bundle)
        manifest.hold(bundle, told)
        with link.opened(host, ssh) as found:
            there = remote.Device(found, bundle.resolve(), told, python, folder or f"~/{remote.FOLDER}")
            return command(*given, there=there, **others)

    return opened


@device.command(epilog=examples("advisor device check pi@camera-17 --bundle camera.advisor"))
@_reaching
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def check(there: Device, as_json: bool) -> None:
    """Tell what a device is and has, and what keeps the bundle from being measured there: exit code 3.

    The bundle is brought there, only what differs; nothing is measured.
    """
    place = there.place()
    there.push(place, printing.tell)
    found = there.check(place)
    if as_json:
        printing.data(json.dumps(found, indent=1, ensure_ascii=False) + "\n")
    else:
        _say(found)
    if found["problems"]:
        raise SystemExit(EXIT_PROBING)


@device.command(
    epilog=examples("advisor device measure pi@camera-17 --bundle camera.advisor --label camera-17 -o board.json")
)
@_reaching
@click.option("--output", "-o", type=Output(), required=True, metavar="RUN", help="Write the Run here.")
@click.option("--quick", "mode", flag_value="--quick", help="Fewer rounds.")
@click.option("--thorough", "mode", flag_value="--thorough", help="More rounds.")
@click.option("--label", metavar="NAME", help="What the device is called in the Run.")
@click.option(
    "--detach", is_flag=True, help="Begin the session and leave; the same command without it fetches the Run."
)
@click.option("--resume", is_flag=True, help="Go on with a session that was killed there.")
@click.option("--keep", is_flag=True, help="Leave the bundle there when the Run is fetched.")
@click.option(
    "--patience", type=Time("10m"), default="30m", show_default=True, help="How long a lost link is looked for again."
)
def measure(
    there: Device,
    output: Path,
    mode: str | None,
    label: str | None,
    detach: bool,
    resume: bool,
    keep: bool,
    patience: float,
) -> None:
    """Measure a bundle on a device and fetch the Run; a session that runs there already is found and followed.

    The session needs no link: it goes on when that is lost.
    """
    authorship.check(output, "run")
    options = [each for each in (mode, "--resume" if resume else None) if each]
    options += ["--label", label] if label else []
    measured(there, options, output, detach=detach, keep=keep, patience=patience, tell=printing.tell)


def measured(
    there: Device, options: list[str], output: Path, *, detach: bool, keep: bool, patience: float,
    tell: Callable[[str], None],
) -> None:  # fmt: skip
    """Check, push, start, follow, fetch, clean up."""
    from advisor.measurement.run import save_run

    place = there.place()
    there.push(place, tell)
    found = there.check(place)
    for line in (*found["problems"], *found["notes"]):
        tell(f"{there.link.host}: {line}")
    if found["problems"]:
        raise SystemExit(EXIT_PROBING)
    there.start(place, options)
    if detach:
        tell("The session runs there by itself; the same command without --detach follows it and fetches its Run.")
        return
    _followed(there, place, patience, tell)
    run = there.fetch(place)
    save_run(run, output)
    if not keep:
        there.clean(place)
    printing.say(str(output))


def _followed(there: Device, place: Place, patience: float, tell: Callable[[str], None]) -> None:
    try:
        there.follow(place, tell, patience=patience)
    except KeyboardInterrupt:
        tell("Left: the session goes on there; the same command again finds it.")
        raise


def _say(found: dict[str, Any]) -> None:
    for name, value in found["machine"].items():
        printing.say(f"{name}: {'not readable there' if value is None else value}")
    printing.say(
        "runtimes: " + (", ".join(f"{name} {version}" for name, version in found["runtimes"].items()) or "none")
    )
    for name, value in found["signals"].items():
        printing.say(f"{name}: {value}")
    for line in found["problems"]:
        printing.say(f"Problem: {line}")
    for line in found["notes"]:
        printing.say(f"Note: {line}")
