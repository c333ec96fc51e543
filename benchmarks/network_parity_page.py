"""The page of networks × frameworks: the error of each against the referee, or why there is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Cell = Mapping[str, Any]

HEAD = """# Reference networks × frameworks

Every reference network in every framework, out of the box. *Inference* has the largest error of an answer over the
largest answer, against NumPy in float64. *Training* has that of the weights after three steps, against the framework's
own steps in float64, whose gradients were proved before against NumPy's loss; both must be below 1e-4. Where weights
differ though the gradients were proved, float32 and float64 of one framework part; that small sizes magnify rounding is
likely, and was not shown. What is not run as published stands here in a smaller size with the same nodes, below the
name. A dash: nothing is learned. A dot: not run, for want of time. Nothing is timed here.

The page is generated (`python -m benchmarks.network_parity measure RESULTS --cut`, then `page RESULTS --output
site/network-parity.md`); nothing on it is written by hand.
"""
FIGURES = {"inference": "max_relative_error", "training": "weights_max_relative_error"}


def written(cells: Sequence[Cell], titles: Mapping[str, str], networks: Sequence[str]) -> str:
    """Return the page as Markdown; `titles` are those of the frameworks, by id and in their order."""
    found = {(each["network"], each["framework"], each["kind"]): each for each in cells}
    return "\n".join([HEAD, *_tables(found, titles, networks), *_reasons(cells, titles)])


def _tables(
    found: Mapping[tuple[str, str, str], Cell], titles: Mapping[str, str], networks: Sequence[str]
) -> Iterator[str]:
    for kind in FIGURES:
        proved = [each for each in found.values() if each["kind"] == kind and each["outcome"] == "proved"]
        run = [each for each in found.values() if each["kind"] == kind and each["outcome"] != "not_applicable"]
        yield f"## {kind.capitalize()}\n"
        yield f"{len(proved)} of {len(run)} that were run are proved.\n"
        yield f"| Network | {' | '.join(titles.values())} |"
        yield "|---|" + "---|" * len(titles)
        for network in networks:
            row = [found.get((network, framework, kind)) for framework in titles]
            sizes = {each["spec"].partition("?")[2] for each in row if each is not None} - {""}
            name = network + "".join(f"<br>{size.replace('&', ', ')}" for size in sorted(sizes))
            yield f"| {name} | {' | '.join(_shown(each, kind) for each in row)} |"
        yield ""


def _shown(cell: Cell | None, kind: str) -> str:
    if cell is None:
        return "·"
    if cell["outcome"] == "proved":
        return f"{cell['told'][FIGURES[kind]]:.1e}"
    return "–" if cell["outcome"] == "not_applicable" else f"**{cell['outcome'].replace('_', ' ')}**"


def _reasons(cells: Sequence[Cell], titles: Mapping[str, str]) -> Iterator[str]:
    yield "## Why not\n"
    reasons: dict[str, list[str]] = {}
    for each in cells:
        if each["outcome"] != "proved":
            who = f"{each['network']}, {each['kind']}"
            who += (
                "" if each["outcome"] == "not_applicable" else f", {titles.get(each['framework'], each['framework'])}"
            )
            reasons.setdefault(each["told"], []).append(who)
    for told, those in reasons.items():
        yield f"- {'; '.join(dict.fromkeys(those))}: {told}"
    if not reasons:
        yield "Nothing that was run failed."
    yield ""
