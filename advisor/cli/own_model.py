"""Commands about a model of the user's: what it is, which routes carry it, and the artifacts to ship."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from advisor import printing
from advisor.cli.descriptions import Description, describing_options
from advisor.cli.numbers import Time
from advisor.cli.options import Output, examples, format_option
from advisor.errors import EXIT_REFUSED, AdvisorError

if TYPE_CHECKING:
    from advisor.models.check import Checked
    from advisor.models.routes import Conversion
    from advisor.report.rows import Format

COLUMNS = {
    "runtime": "runtime", "precision": "precision", "takes it": "takes it", "error": "error", "bytes": "bytes",
    "seconds": "seconds", "in the way": "in the way", "place": "place", "reason": "reason",
}  # fmt: skip
PATIENCE = 30.0
"""Seconds within which `model check` answers, where nothing else is asked."""


@click.command(
    epilog=examples(
        "advisor model check camera.py:make",
        "advisor model check encoder.onnx --input 'ids=int64[batch,length=128]:0..30521'",
    )
)
@click.argument("name", metavar="MODEL")
@describing_options
@click.option("--route", "only", multiple=True, metavar="RUNTIME", help="Only this one, e.g. onnxruntime. Repeatable.")
@click.option(
    "--precision", "precisions", multiple=True, type=click.Choice(["float32", "int8"]),
    help="Default: float32. Repeatable.",
)  # fmt: skip
@click.option(
    "--within", type=Time("'30 s'"), default=PATIENCE, show_default="30 s",
    help="What is not done after so long is not waited for.",
)  # fmt: skip
@format_option
@click.pass_obj
def check(
    color: str,
    name: str,
    description: Description,
    only: tuple[str, ...],
    precisions: tuple[str, ...],
    within: float,
    form: Format,
) -> None:
    """Look at your own model: FILE.py:FUNCTION, FILE.keras, FILE.onnx, FILE.pt2 or a SavedModel.

    What it holds and takes, its first answer, and which routes carry it: exported, run by the runtime alone, and held
    against the model's own answers. A Python file is run; nothing else is.
    """
    from advisor import scratch
    from advisor.cli.options import parts
    from advisor.models.check import checked, rows
    from advisor.report import rows as listing

    request = description.request(name, what="MODEL")
    asked = _runtimes(parts(only))
    if request.source.runs_code:
        printing.tell(f"The code in {request.source.path.name} is run.")
    with scratch.folder("advisor-model-") as folder:
        found = checked(
            request, folder, precisions=precisions or ("float32",), only=asked,
            budget=within, listener=_told if form == "table" else _nothing,
        )  # fmt: skip
        if form == "table":
            _describe(found)
        listed = [_shown(row) for row in rows(found)] if form == "table" else rows(found)
        listing.show(listed, form, columns=COLUMNS, console=listing.console(color))
    if not any(each.proved for each in found.conversions):
        raise SystemExit(EXIT_REFUSED)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row as a table shows it: figures with their units."""
    from advisor.quantities import show

    units = {"bytes": "B", "seconds": "s", "latency": "s"}
    told = {key: show(row[key], unit) for key, unit in units.items() if row[key] is not None}
    return row | told | ({} if row["error"] is None else {"error": f"{row['error']:.1e}"})


def _runtimes(asked: tuple[str, ...]) -> tuple[str, ...]:
    from advisor.errors import did_you_mean
    from advisor.models.routes import SUFFIXES

    for each in asked:
        if each not in SUFFIXES:
            near = did_you_mean(each, SUFFIXES)
            raise AdvisorError(f"--route: unknown runtime '{each}'{near} (known: {', '.join(SUFFIXES)})")
    return asked


def _nothing(_: Conversion) -> None:
    pass


def _told(each: Conversion) -> None:
    from advisor.models.routes import LATE

    late = each.message == LATE
    words = "carries it" if each.proved else LATE if late else each.outcome.replace("_", " ")
    printing.tell(f"{each.route.runtime}, {each.precision}: {words} ({each.seconds:.0f} s)")


def _describe(found: Checked) -> None:
    """Print what a model holds, what it takes, and its first answer."""
    from advisor.models import inputs, reader
    from advisor.quantities import show

    content, told = found.content, found.told
    printing.say(f"{found.request.source.said}: {content.kind}")
    sizes = [f"{content.parameters:,} parameters"] if content.parameters is not None else []
    sizes += [f"{show(content.weights_bytes, 'B')} as float32"] if content.weights_bytes else []
    sizes += [f"{content.macs / 1e6:,.3g} MMAC for one sample"] if content.macs else ["MMAC could not be counted"]
    sizes += [f"opset {content.opset}"] if content.opset else []
    printing.say(", ".join(sizes) + ".")
    for each in told.inputs:
        bounds = "" if each.range is None else f", {each.range[0]:g} to {each.range[1]:g}"
        printing.say(f"Takes {each.name}: {each.dtype}, {_dims(each.shape)}{bounds}.")
    for output in told.outputs:
        first = ", ".join(f"{value:.4g}" for value in output.first)
        printing.say(f"Gives {output.name}: {output.dtype}, {_dims(output.shape)}; the first answer begins {first}.")
    printing.say(f"Asked with {told.samples} {'of your samples' if told.own_samples else 'inputs drawn at random'}.")
    for note in told.notes:
        printing.say(f"Note: {note}.")
    printing.say("", "What it takes, to edit and to give by --inputs FILE.yaml:", "")
    printing.text(inputs.written(reader.plain_inputs(told), told.sizes) + "\n")


def _dims(shape: Any) -> str:
    return " × ".join(map(str, shape)) if shape else "one number"


@click.command(epilog=examples("advisor export --model camera.py:make -o camera-artifacts"))
@click.option("--model", "name", required=True, metavar="MODEL", help="As of `advisor model check`.")
@click.option(
    "-o", "--output", "folder", required=True, type=Output(file_okay=False), metavar="FOLDER",
    help="A new or empty folder.",
)  # fmt: skip
@describing_options
@click.option("--route", "only", multiple=True, metavar="RUNTIME", help="Only this one. Repeatable.")
@click.option(
    "--precision", "precisions", multiple=True, type=click.Choice(["float32", "int8"]),
    help="Default: both. Repeatable.",
)  # fmt: skip
def export(
    name: str, folder: Path, description: Description, only: tuple[str, ...], precisions: tuple[str, ...]
) -> None:
    """Write the artifacts of your model that were proved, and the scripts that make them.

    Each artifact is the very file that a runtime alone was asked with, and that gave the model's answers. The scripts
    are yours to keep: they import nothing of advisor.
    """
    from advisor import scratch
    from advisor.cli.options import parts
    from advisor.models import check as checking
    from advisor.models import shipment

    request = description.request(name)
    shipment.place(folder)
    if request.source.runs_code:
        printing.tell(f"The code in {request.source.path.name} is run.")
    with scratch.folder("advisor-model-") as home:
        found = checking.checked(
            request, home, precisions=precisions or checking.PRECISIONS, only=_runtimes(parts(only)), listener=_told
        )
        for line in shipment.written(found, home, folder):
            printing.say(line)
    if not any(each.proved for each in found.conversions):
        raise SystemExit(EXIT_REFUSED)
