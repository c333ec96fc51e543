"""Commands about models: the networks that can be measured, and what one of them is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from advisor import printing
from advisor.cli.completion import networks, offering
from advisor.cli.options import examples, format_option
from advisor.cli.own_model import check

if TYPE_CHECKING:
    from advisor.measurement.networks import Published
    from advisor.report.rows import Format

COLUMNS = {"network": "network", "title": "what it is", "kind": "kind", "parameters": "parameters", "mmacs": "MMAC"}
LAYER_COLUMNS = {
    "layer": "layer", "op": "operation", "reads": "reads", "shape": "shape", "parameters": "parameters",
    "mmacs": "MMAC",
}  # fmt: skip


@click.group("model")
def model() -> None:
    """Show the networks that can be measured (@NAME), and look at a model of your own."""


model.add_command(check)


@model.command("list", epilog=examples("advisor model list"))
@format_option
@click.pass_obj
def list_models(color: str, form: Format) -> None:
    """List every network with its parameters and the millions of multiplications for one sample."""
    from advisor.measurement.network_sizes import described
    from advisor.measurement.networks import Asked, shipped
    from advisor.report import rows as listing

    asked = [Asked(document) for document in shipped().values()]
    rows = [
        {
            "network": f"@{each.definition.id}",
            "title": each.definition.title,
            "kind": each.definition.kind,
            "parameters": found.parameters["trained"],
            "mmacs": _millions(found.macs),
            "varied by": list(each.definition.parameters),
            "source": each.definition.source.url if each.definition.source else None,
        }
        for each, found in zip(asked, described(asked), strict=True)
    ]
    listing.show(rows, form, columns=COLUMNS, console=listing.console(color))


@model.command(epilog=examples("advisor model show @mobilenetv2", "advisor model show '@mobilenetv2?width=0.5'"))
@click.argument("name", metavar="NAME|FILE", shell_complete=offering(networks, files=True))
@format_option
@click.pass_obj
def show(color: str, name: str, form: Format) -> None:
    """Show one network: @NAME, @NAME?width=0.5, or a definition FILE.yaml.

    Layer by layer: what each reads, the shape of one sample of what comes out, its parameters, and the millions of
    multiplications that it takes; and what was published of its size.
    """
    from advisor.measurement.network_sizes import described
    from advisor.measurement.networks import find
    from advisor.report import rows as listing

    asked = find(name if name.startswith("@") or "." in name.partition("?")[0] else f"@{name}")
    (found,) = described([asked])
    definition = asked.definition
    rows = [
        {
            "layer": each.id,
            "op": each.op,
            "reads": list(each.inputs),
            "shape": _shape(each.shape),
            "parameters": each.parameters,
            "mmacs": _millions(each.macs),
        }
        for each in found.layers
    ]
    if form == "table":
        printing.say(f"{definition.title}: {definition.what}")
        for what, shapes in (("Takes", found.inputs), ("Gives", found.outputs)):
            listed = [f"{each} ({_shape(shape)})" for each, shape in shapes.items()]
            more = f" and {len(listed) - 3} more" if len(listed) > 4 else ""
            printing.say(f"{what} {', '.join(listed[: 3 if more else 4])}{more}.")
    listing.show(rows, form, columns=LAYER_COLUMNS, console=listing.console(color))
    if form == "table":
        trained, whole = found.parameters["trained"], found.parameters["all"]
        extra = f" (and {whole - trained:,} statistics of batch normalisation)" if whole > trained else ""
        printing.say(f"{trained:,} parameters{extra}, {_millions(found.macs):,g} MMAC for one sample.")
        for each in definition.published:
            printing.say(_published(each))
        for key, parameter in definition.parameters.items():
            low, high = parameter.range
            printing.say(f"?{key}={parameter.default:g} by default, from {low:g} to {high:g}: {parameter.what}.")
        if definition.source is not None:
            source = definition.source
            printing.say(f"{source.authors} ({source.published}). {source.title}. {source.url}")


def _published(each: Published) -> str:
    counted = {"all": " with statistics", "folded": " without batch normalisation"}.get(each.counts, "")
    sizes = [f"{each.parameters:,.0f} parameters{counted}"] if each.parameters is not None else []
    sizes += [f"{each.mmacs:g} MMAC"] if each.mmacs is not None else []
    at = " at " + ", ".join(f"{key} {value:g}" for key, value in each.at.items()) if each.at else ""
    return f"Published: {', '.join(sizes)}{at} ({each.why}; {each.source})."


def _millions(macs: int) -> float:
    return float(f"{macs / 1e6:.4g}")


def _shape(shape: object) -> str:
    return " × ".join(map(str, shape)) if isinstance(shape, (list, tuple)) and shape else "1"
