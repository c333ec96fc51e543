"""What came out of every capability in a Run, as a page of the documentation: the table, and why it is not all proved.

``python -m benchmarks.capabilities_page RUN… --output site/capabilities.md`` writes the page anew. Further Runs add
frameworks that are only measured when they are named.
"""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import click

from advisor.decision.phrases import listed
from advisor.documents import write_text
from advisor.errors import AdvisorError
from advisor.measurement import definitions
from advisor.measurement.definitions import CapabilityDefinition
from advisor.measurement.run import Observation, Run, load_run
from advisor.report import words
from advisor.report.pages.capabilities import MEANINGS, grouped
from advisor.report.publications import NO_RECIPE, NOT_RUN

_WIDTH = 120
_LONGEST = 400
# A path says where something lies on one machine; its last part is what a reader can use.
_PATH = re.compile(r"(?<![\w:/.])(?:/[\w.+@-]+)+/([\w.+@-]+)")


@dataclass(frozen=True)
class Cell:
    """What one framework did about one capability: an observation for each variant that the Run tried."""

    about: CapabilityDefinition
    framework: str
    title: str
    tried: Sequence[Observation]

    @property
    def outcomes(self) -> list[str]:
        """The outcome of each variant."""
        if self.tried:
            return [str(each.outcome) for each in self.tried]
        shipped = definitions.current()
        has = self.framework in shipped.frameworks and shipped.has_recipe(self.framework, self.about)
        return [NOT_RUN] if has else []

    @property
    def word(self) -> str:
        """What stands in the table."""
        found = Counter(self.outcomes)
        if len(found) < 2:
            return words.OUTCOMES[next(iter(found), NO_RECIPE)]
        return f"{found['proved']} of {len(self.outcomes)} proved"

    @property
    def anchor(self) -> str:
        """Where the page says why it is not proved."""
        return words.slug(f"{self.about.id}-{self.framework}")

    @property
    def open(self) -> bool:
        """Whether there is something to explain."""
        return any(each != "proved" for each in self.outcomes)


def page(*runs: Run) -> str:
    """Return the page of a Run, in Markdown.

    Parameters
    ----------
    runs : Run
        With observations of capabilities; one that was tried with no framework is only named, as not measured. Of a
        second Run and those after it count the frameworks that none before has.

    Raises
    ------
    AdvisorError
        When the Runs are of different machines.
    """
    run = _joined(runs)
    rows = {name: _row(run, about) for name, about in definitions.capabilities().items()}
    left = [name for name, row in rows.items() if not any(cell.tried for cell in row)]
    missing = [rows[name][0].about.title for name in left if any(cell.outcomes for cell in rows[name])]
    rows = {name: row for name, row in rows.items() if name not in left}
    head = _head(run, rows, [each.id for each in runs])
    return "\n".join([*head, "", *_not_measured(missing), *_table(run, rows), *_reasons(rows)]) + "\n"


def _joined(runs: Sequence[Run]) -> Run:
    run = runs[0]
    for other in runs[1:]:
        if other.host.cpu != run.host.cpu:
            raise AdvisorError(
                f"Runs {run.id} and {other.id} are of different machines: {run.host.cpu} and {other.host.cpu}",
                hint="name Runs of one machine",
            )
        new = {name: found for name, found in other.frameworks.items() if name not in run.frameworks}
        observations = (*run.observations, *(each for each in other.observations if each.framework in new))
        run = run.model_copy(update={"frameworks": {**run.frameworks, **new}, "observations": observations})
    return run


def _row(run: Run, about: CapabilityDefinition) -> list[Cell]:
    return [
        Cell(
            about, framework, found.title,
            [each for each in run.observations if (each.probe, each.framework) == (about.probe, framework)],
        )
        for framework, found in run.frameworks.items()
    ]  # fmt: skip


def _head(run: Run, rows: Mapping[str, list[Cell]], ids: Sequence[str]) -> Iterator[str]:
    found = Counter(outcome for row in rows.values() for cell in row for outcome in cell.outcomes)
    total, proved = sum(found.values()), found["proved"]
    versions = listed([f"{each.title} {each.version}" for each in run.frameworks.values()])
    named = f"Run{'s' if len(ids) > 1 else ''} {listed([f'`{name}`' for name in ids])}"
    rest = [f"{count} {words.OUTCOMES[word]}" for word, count in found.most_common() if word != "proved"]
    yield "# What the frameworks can do"
    yield ""
    yield from _wrapped(
        "Each cell is a small program that does one thing with one framework and proves it; `advisor probe --only "
        "'capability:*'` runs them all, each in a process of its own."
    )
    yield ""
    yield from _wrapped(
        f"This is what came out of the {named} with {versions} on {words.line(run.host.cpu)} ({run.host.cores} "
        f"processors, {words.line(run.host.os)}): of {total} proofs {proved} succeeded ({proved / max(total, 1):.0%})"
        + (f"; {', '.join(rest)}." if rest else ".")
    )
    yield ""
    yield from _wrapped(
        "The page is generated (`python -m benchmarks.capabilities_page RUN… --output site/capabilities.md`); "
        "nothing on it is written by hand."
    )


def _not_measured(titles: Sequence[str]) -> Iterator[str]:
    if titles:
        yield from _wrapped(f"Not measured in this Run: {', '.join(titles)}.")
        yield ""


def _table(run: Run, rows: Mapping[str, list[Cell]]) -> Iterator[str]:
    for group, names in grouped(rows):
        found = [rows[name] for name in names]
        # A framework that has no recipe in the whole group would be a column of nothing.
        shown = [place for place in range(len(run.frameworks)) if any(row[place].outcomes for row in found)]
        yield f"## {group}"
        yield ""
        yield f"| Capability | {' | '.join(found[0][place].title for place in shown)} |"
        yield "|---" * (1 + len(shown)) + "|"
        for row in found:
            about, cells = row[0].about, [row[place] for place in shown]
            said = [f"[{cell.word}](#{cell.anchor})" if cell.open else cell.word for cell in cells]
            yield f"| {about.title}: {about.question} | {' | '.join(said)} |"
        yield ""


def _reasons(rows: Mapping[str, list[Cell]]) -> Iterator[str]:
    yield "## Why not all are proved"
    ordered = [name for _, names in grouped(rows) for name in names]
    for cell in (cell for name in ordered for cell in rows[name] if cell.open):
        yield ""
        yield f'<a id="{cell.anchor}"></a>'
        yield ""
        yield f"### {cell.about.title}, {cell.title}: {cell.word}"
        if not cell.tried:
            yield ""
            yield from _wrapped(_meaning(cell.about, NOT_RUN))
        unproved = sorted((each for each in cell.tried if each.outcome != "proved"), key=_said)
        for (outcome, message), same in groupby(unproved, key=_said):
            yield ""
            yield from _wrapped(_which(list(same), cell) + _meaning(cell.about, outcome))
            if message:
                yield ""
                yield from _wrapped(f"The recipe said: `{message}`")


def _said(each: Observation) -> tuple[str, str]:
    return str(each.outcome), _told(each.message or "")


def _which(same: Sequence[Observation], cell: Cell) -> str:
    """Return the variants that came to the same end, where there are others."""
    if len(cell.tried) == 1:
        return ""
    variants = [" ".join(str(value) for value in each.parameters.values()) for each in same]
    return f"{words.OUTCOMES[str(same[0].outcome)].capitalize()}: {', '.join(variants)}. "


def _meaning(about: CapabilityDefinition, outcome: str) -> str:
    text = about.outcomes.get(outcome) or MEANINGS[outcome]
    return text[:1].upper() + text[1:].rstrip(".") + "."


def _told(message: str) -> str:
    """Return a message on one line, without a machine's paths, and not too long."""
    text = _PATH.sub(r"\1", words.line(message)).replace("`", "'")
    return textwrap.shorten(text, _LONGEST, placeholder=" …")


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False)


@click.command()
@click.argument("runs", metavar="RUN...", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option("--output", "-o", type=click.Path(path_type=Path), required=True, help="The Markdown file to write.")
def main(runs: tuple[Path, ...], output: Path) -> None:
    """Write the page of the capabilities of a RUN; further ones add frameworks."""
    write_text(output, page(*map(load_run, runs)))


if __name__ == "__main__":
    main()
