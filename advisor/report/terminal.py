"""The answer on a terminal: verdict first, legible at 80 columns, without colour and without Unicode."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from advisor.decision.phrases import listed
from advisor.decision.recommendation import Cell, Lead, Ranked, Recommendation
from advisor.keys import Stack
from advisor.measurement.run import Run
from advisor.report import numbers, words
from advisor.report import terminal_explanation as explain
from advisor.report.terminal_explanation import absent, gaps

_SIGNS = {"pass": "✓", "fail": "✗", "unknown": "?"}
TRANSFERRED = "measured here, widened"
_ORIGINS = {
    "measured here": "●",
    TRANSFERRED: "◍",
    "measured elsewhere": "◐",
    "documented": "○",
    "asserted": "◌",
    "missing": "–",
}
_STYLES = {"pass": "green", "fail": "red", "unknown": "yellow"}
_ASCII = str.maketrans(
    {"→": ">", "–": "-", "−": "-", "✓": "+", "✗": "x", "µ": "u", "×": "x", "·": "*", "≤": "<", "≥": ">", "…": "."}
    | {"●": "*", "◍": "@", "◐": "%", "○": "o", "◌": "."}
    | {"\N{NO-BREAK SPACE}": " ", "\N{REPLACEMENT CHARACTER}": "?", "“": '"', "”": '"', "’": "'"}
)
_WIDEST = 110
_MOST = 5


def answer(
    recommendation: Recommendation,
    run: Run,
    console: Console,
    *,
    site: Path | None = None,
    command: str | None = None,
    explained: bool = False,
) -> None:
    """Print `recommendation` to `console`.

    Parameters
    ----------
    recommendation : Recommendation
        The answer of one profile.
    run : Run
        The Run it was decided on: names of frameworks, and what was skipped.
    console : Console
        Where to print; its width, colour system and encoding are respected.
    site : Path, optional
        The site's first page, when one was written.
    command : str, optional
        The command line that gives the same answer again.
    explained : bool
        Also how much hangs on the weights, and what several figures together would change.
    """
    if console.encoding.lower().startswith("utf"):
        _print(console, recommendation, run, site, command, explained=explained)
        return
    with console.capture() as printed:
        _print(console, recommendation, run, site, command, explained=explained)
    text = printed.get().translate(_ASCII).encode(console.encoding, "replace").decode(console.encoding)
    console.file.write(text)


def _print(
    console: Console,
    recommendation: Recommendation,
    run: Run,
    site: Path | None,
    command: str | None,
    *,
    explained: bool,
) -> None:
    page = _Page(console, recommendation, run)
    page.head()
    page.reasons()
    page.criteria()
    page.open()
    page.constraints()
    page.left_out()
    page.fallen()
    page.unmeasured()
    page.flips()
    page.team()
    page.rest()
    page.steps()
    if explained:
        explain.show(recommendation, page.titles, page.table)
    page.foot(site, command)


class _Page:
    """One printed answer; every method prints one part, or nothing when there is nothing to say."""

    def __init__(self, console: Console, recommendation: Recommendation, run: Run) -> None:
        self.console = console
        self.width = min(console.width, _WIDEST)
        self.recommendation = recommendation
        self.run = run
        self.titles = _titles(recommendation, run)
        self.feasible = [each for each in recommendation.ranking if each.feasible]

    def stack(self, stack: Stack) -> str:
        return words.stack(stack, self.titles)

    def print(self, *parts: Text | str, indent: int = 2) -> None:
        text = Text()
        for part in parts:
            text.append_text(part if isinstance(part, Text) else Text(part))
        self.show(Padding(text, (0, 0, 0, indent), expand=False))

    def show(self, item: Padding | Table) -> None:
        self.console.print(item, width=self.width, soft_wrap=False)

    def table(self, heading: str, table: Table, note: str = "") -> None:
        """Print a table under its heading."""
        self.heading(heading)
        if note:
            self.print(note)
        self.show(Padding(table, (0, 0, 0, 2), expand=False))

    def blank(self) -> None:
        self.console.print()

    def head(self) -> None:
        told = self.recommendation
        self.print(words.line(told.question), indent=0)
        self.blank()
        line = Table.grid(expand=True, padding=(0, 2))
        line.add_column(ratio=1)
        line.add_column(justify="right", no_wrap=True)
        line.add_row(Text(self._choice(), style="bold"), Text(told.verdict, style="bold"))
        self.show(Padding(line, (0, 0, 0, 2)))
        for sentence in self._sureness():
            self.print(sentence)
        for condition in told.conditions:
            self.print("Provided that: " if told.answer else "Yet to be shown: ", words.line(condition))

    def _choice(self) -> str:
        told = self.recommendation
        if told.verdict == "tie" and told.tied:
            return listed([self.stack(each.stack) for each in told.tied], "or")
        if told.answer is None:
            return "No stack meets the constraints" if told.verdict == "infeasible" else "No answer yet"
        first_name = words.name(told.answer.framework, self.titles)
        return first_name + (
            f", shipped with {words.name(told.answer.route, self.titles)}" if told.answer.route else ""
        )

    def _sureness(self) -> Iterable[str]:
        if not self.feasible:
            return
        first = self.feasible[0]
        # Of one stack alone, "first" says nothing.
        if first.rank_acceptability and len(self.feasible) > 1:
            share = numbers.percent(first.rank_acceptability[0])
            # Where no one stack is named above, the one that this is about has to be.
            alone = self.recommendation.answer == first.stack and not self.recommendation.tied
            who = "First" if alone else f"{self.stack(first.stack)} is first"
            yield f"{who} in {share} of {numbers.count(self.recommendation.samples)} plausible worlds."
            if first.first_by_ranking is not None and first.first_by_any is not None:
                order, none = numbers.percent(first.first_by_ranking), numbers.percent(first.first_by_any)
                yield f"With only the order of the weights: in {order}; with any weights at all: in {none}."
        value = f"Value {_value(first)} of 1"
        if len(self.feasible) > 1:
            second = self.feasible[1]
            value += f"; next: {self.stack(second.stack)}, {_value(second)}"
        yield f"{value}."
        for each in absent(self.feasible, self.run):
            yield (
                f"{words.name(each.framework, self.titles)} is not installed here, so only documents speak of it; the "
                f"value of {self.stack(each.stack)} may be anything from "
                f"{numbers.score(each.low)} to {numbers.score(each.high)}."
            )

    def reasons(self) -> None:
        told = self.recommendation
        if told.reasons:
            self.heading("Because")
            for index, reason in enumerate(told.reasons[:3], start=1):
                self.item(f"{index}.", words.line(reason))
        if told.against:
            self.heading("Against it")
            self.print(words.line(told.against))

    def criteria(self) -> None:
        told = self.recommendation
        shown = (self.feasible or list(told.ranking))[: 3 if self.width >= 100 else 2]
        if not told.needs or not shown:
            return
        self.blank()
        table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, expand=False, header_style="bold")
        titles = min(32, self.width // 3)
        room = (self.width - titles - 12) // len(shown) - 2
        table.add_column("Criterion", min_width=titles, overflow="fold")
        table.add_column("Weight", justify="right", no_wrap=True)
        for each in shown:
            name = Text(self.stack(each.stack))
            table.add_column(name, justify="right", max_width=room, overflow="fold")
        cells = {(cell.stack, cell.criterion): cell for cell in told.evidence}
        kinds: dict[str, None] = {}
        for need in sorted(told.needs, key=lambda need: -need.weight):
            row = [cells.get((each.stack, need.criterion)) for each in shown]
            values = [Text(f"{_cell(cell)} {_ORIGINS[_kind(cell)]}") for cell in row]
            kinds |= dict.fromkeys(_kind(cell) for cell in row)
            table.add_row(Text(words.line(need.title)), numbers.weight(need.weight), *values)
        self.show(Padding(table, (0, 0, 0, 2), expand=False))
        self.print(Text("   ".join(f"{sign} {kind}" for kind, sign in _ORIGINS.items() if kind in kinds), style="dim"))

    def open(self) -> None:
        """Print what is documented and could lead, not measured here."""
        if self.recommendation.open:
            self.heading("Open: could lead, not measured here")
            for each in self.recommendation.open:
                share = numbers.percent(each.first)
                told = f"{each.title}: first in {share} of worlds, value {numbers.score(each.low)} to "
                told += f"{numbers.score(each.high)}; {each.known} ({each.date})"
                self.item("–", words.line(told))

    def constraints(self) -> None:
        told = self.recommendation
        shown = self.feasible[:1]
        if not told.constraints or not shown or not shown[0].constraints:
            return
        self.heading("Must hold")
        titles = {need.criterion: words.line(need.title) for need in told.constraints}
        for check in shown[0].constraints:
            sign = Text(_SIGNS[check.outcome], style=_STYLES[check.outcome])
            what = titles.get(check.criterion) or words.name(check.criterion, self.titles)
            self.item(sign, f"{what}: {words.line(check.detail)}")

    def left_out(self) -> None:
        out = [each for each in self.recommendation.ranking if not each.feasible]
        if not out:
            return
        self.heading("Out of the ranking" if self.feasible else "Nearest misses")
        for each in out:
            failed = [check for check in each.constraints if check.outcome == "fail"]
            named = [f"'{words.name(check.criterion, self.titles)}': {words.line(check.detail)}" for check in failed]
            why = "; ".join(named) or "a constraint"
            sign = Text(_SIGNS["fail"], style=_STYLES["fail"])
            self.item(sign, f"{self.stack(each.stack)} fails {why}")

    def fallen(self) -> None:
        """Print the routes that the model did not go through, with what is in the way and where."""
        model = self.recommendation.model
        if model is None or not model.fallen:
            return
        self.heading(f"Routes that {words.line(model.title)} does not go through")
        for each in model.fallen:
            stack = self.stack(Stack(framework=each.framework, route=each.route))
            self.item(Text(_SIGNS["fail"], style=_STYLES["fail"]), f"{stack}, {each.precision}: {words.fallen(each)}")

    def unmeasured(self) -> None:
        lines = gaps(self.recommendation, self.run, self.titles)
        if lines:
            self.heading("Not measured")
            for line in lines[:_MOST]:
                self.item("–", line)
            if len(lines) > _MOST:
                self.item("–", f"and {len(lines) - _MOST} more, which the Run and the site list")

    def flips(self) -> None:
        told = self.recommendation
        lines = [flip.text for flip in told.flips[:3]]
        lines += explain.weights(told)[:2]
        if not told.flips:
            lines += [flip.text for flip in told.joint_flips[:1]]
        if told.answer is None or not lines:
            return
        self.heading("It would change if")
        for line in lines:
            self.item("–", words.line(line))
        if told.without:
            self.heading("Leaving one criterion out")
            for each in told.without[:_MOST]:
                self.item("–", words.line(each.text))

    def team(self) -> None:
        """Print what a team that has code can do, and what is advised."""
        if not self.recommendation.ways:
            return
        self.heading("For the team")
        for way in self.recommendation.ways:
            days = f"{way.days:,.0f} working days, {numbers.percent(way.share)} of its year" if way.days else "no day"
            sign = Text("✓", style=_STYLES["pass"]) if way.advised else Text("–")
            self.item(sign, f"{words.WAYS[way.kind]}: {days} (an estimate); {words.line(way.because)}")

    def steps(self) -> None:
        """Print what to do next; commands and code stand alone, so that they can be copied."""
        if not self.recommendation.steps:
            return
        self.heading("Next")
        for number, step in enumerate(self.recommendation.steps, 1):
            text = words.line(step.text)
            self.item(f"{number}.", f"{text[0].upper()}{text[1:]}{':' if step.command else ''}")
            for line in (step.command or "").splitlines():
                self.console.print(Text(f"       {words.line(line)}"), soft_wrap=True)

    def rest(self) -> None:
        told = self.recommendation
        cover = told.coverage
        parts = [
            f"{numbers.percent(share)} {word}"
            for share, word in (
                (cover.measured, "measured here"),
                (cover.documented, "documented"),
                (cover.asserted, "estimated"),
                (cover.missing, "missing"),
            )
            if share > 0
        ]
        if parts:
            self.heading("Evidence")
            self.print(f"Of the weight, {', '.join(parts)}.")
        made_of = _made_of(told.lead) if told.lead is not None and told.lead.whole > 0 else []
        if told.lead is not None and made_of:
            self.print(f"Of the lead of {numbers.score(told.lead.whole)}, {', '.join(made_of)}.")
        if told.next_probe:
            command = f"advisor probe --only {shlex.quote(words.line(told.next_probe))}"
            self.print(f"To measure next, since it could change the answer: {command}")
        for warning in told.warnings:
            self.print(Text("Note: ", style="bold"), words.line(warning))

    def foot(self, site: Path | None, command: str | None) -> None:
        if site is None and command is None:
            return
        self.blank()
        for label, value in (("Site", site), ("Again", command)):
            if value is not None:
                # A path or a command is copied: it is printed whole, on one line, however narrow the console is.
                text = Text(f"  {label:<7}{words.line(str(value))}")
                self.console.print(text, soft_wrap=True)

    def heading(self, text: str) -> None:
        self.blank()
        self.print(Text(text, style="bold"))

    def item(self, sign: Text | str, text: str) -> None:
        grid = Table.grid(padding=(0, 1))
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        mark = sign if isinstance(sign, Text) else Text(sign)
        grid.add_row(mark, Text(text))
        self.show(Padding(grid, (0, 0, 0, 2), expand=False))


def _titles(recommendation: Recommendation, run: Run) -> dict[str, str]:
    return run.titles | recommendation.titles


def _made_of(lead: Lead) -> list[str]:
    """Return what a lead is made of, largest first; what takes some of it away is told as such."""
    parts = {
        "measured here for what is asked": lead.measured,
        "measured with another model or on another device": lead.transferred,
        "documented": lead.documented,
        "unknown": lead.unknown,
    }
    shown = sorted(((part, name) for name, part in parts.items() if abs(part) >= 0.005), key=lambda item: -item[0])
    return [f"{numbers.score(part).replace('-', '−')} {name}" for part, name in shown]


def _value(ranked: Ranked) -> str:
    return f"{numbers.score(ranked.value)} [{numbers.score(ranked.low)}–{numbers.score(ranked.high)}]"


def _cell(cell: Cell | None) -> str:
    if cell is None or cell.provenance == "missing":
        return "missing"
    return words.line(cell.level or cell.text or words.OUTCOMES.get(cell.outcome, cell.outcome))


def _kind(cell: Cell | None) -> str:
    if cell is None:
        return "missing"
    return TRANSFERRED if cell.transfer else cell.provenance
