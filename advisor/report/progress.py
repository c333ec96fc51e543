"""What is being done and how long it will take: a bar on a terminal, plain lines everywhere else."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from advisor.decision import phrases
from advisor.measurement.disturbance import Disturbance
from advisor.measurement.run import Run
from advisor.measurement.session.events import (
    Event,
    LeftOut,
    Noticed,
    PhaseStarted,
    SessionFinished,
    SessionStarted,
    TaskFinished,
    TaskStarted,
    Waiting,
)
from advisor.report import words

Listener = Callable[[Event], None]
_WELL = ("measured", "proved")
_HEARTBEAT = 10.0
# Drawing the bar takes a processor that something is being timed on; twice a second is enough for a clock.
_REFRESHES = 2.0


@contextmanager
def progress(console: Console) -> Iterator[Listener]:
    """Show the events of a measuring session on `console` until the block ends.

    Yields
    ------
    Listener
        To be called with every event. Nothing is printed before the first event, so that a decision on a kept Run
        stays silent.
    """
    shown: _Bar | _Lines = _Bar(console) if console.is_terminal and not console.is_dumb_terminal else _Lines(console)
    try:
        yield shown
    finally:
        shown.close()


@contextmanager
def steps(console: Console) -> Iterator[Callable[[str, str], None]]:
    """Show what a build of the site is doing: one changing line on a terminal, a line for each kind of step elsewhere.

    Yields
    ------
    callable
        To be called with each step and what it is done with, such as ``("writing pages", "profile-edge")``.
    """
    done = Counter[str]()
    if console.is_terminal and not console.is_dumb_terminal:
        with console.status("") as status:

            def show(step: str, what: str) -> None:
                done[step] += 1
                status.update(Text(words.line(f"{step} ({done[step]}): {what}")))

            yield show
    else:

        def tell(step: str, _what: str) -> None:
            done[step] += 1
            if done[step] == 1:
                console.print(Text(f"{step} …"))

        yield tell


def timings(run: Run, console: Console) -> None:
    """Print where the session's time went, in seconds and as a share of the whole."""
    if run.spent is None:
        console.print(Text("This Run does not say where its time went."))
        return
    spent = run.spent
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("Where the time went")
    table.add_column("Seconds", justify="right")
    table.add_column("Share", justify="right")
    parts = (
        ("imports", spent.imports),
        ("compilation and export", spent.preparation),
        ("sampling", spent.sampling),
        ("the rest", spent.rest),
        ("all", spent.total),
    )
    for title, seconds in parts:
        share = f"{seconds / spent.total:.0%}" if spent.total else "–"
        table.add_row(title, f"{seconds:.1f}", share)
    console.print(table)


class _Lines:
    """Plain lines: phases, whatever went wrong, and a sign of life or of waiting every ten seconds."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.last = self.waited = float("-inf")

    def __call__(self, event: Event) -> None:
        now = time.monotonic()
        if isinstance(event, Waiting):
            # On a busy machine every block waits.
            if now - self.waited < _HEARTBEAT:
                return
            self.waited = now
        if (line := _line(event)) is not None:
            self.say(line, now)
        elif isinstance(event, TaskStarted) and now - self.last >= _HEARTBEAT:
            self.say(f"{event.index} of {event.total}: {event.title}", now)

    def say(self, line: str, now: float) -> None:
        self.console.print(Text(words.line(line)), soft_wrap=True)
        self.last = now

    def close(self) -> None:
        """End the display."""


class _Bar:
    """One live line with a bar for the whole session; what must be kept scrolls by above it."""

    def __init__(self, console: Console) -> None:
        self.progress = Progress(
            BarColumn(bar_width=24),
            TextColumn("{task.completed:.0f} of {task.total:.0f}"),
            TimeElapsedColumn(),
            TextColumn("{task.fields[expected]}"),
            TextColumn("{task.description}", markup=False),
            console=console,
            transient=True,
            refresh_per_second=_REFRESHES,
        )
        self.task = self.progress.add_task("", total=1, visible=False, expected="")

    def __call__(self, event: Event) -> None:
        if isinstance(event, SessionStarted):
            self.progress.start()
            expected = f"of about {_duration(event.estimate)}"
            self.progress.update(self.task, total=max(event.tasks, 1), visible=True, expected=expected)
        elif isinstance(event, TaskStarted):
            self.progress.update(
                self.task, completed=event.index - 1, total=max(event.total, 1), description=words.line(event.title)
            )
        elif isinstance(event, Waiting):
            self.progress.update(self.task, description=words.line(f"waiting: {_why(event.why)}"))
        if (line := _line(event)) is not None and not isinstance(event, Waiting):
            self.progress.console.print(Text(words.line(line)), soft_wrap=True)

    def close(self) -> None:
        """Take the bar away."""
        self.progress.stop()


def _line(event: Event) -> str | None:
    """Return the line that is worth keeping, or nothing for what only moves the bar."""
    match event:
        case SessionStarted(run=run, estimate=estimate):
            return f"Measuring: about {_duration(estimate)} (Run {run})."
        case PhaseStarted(title=title, estimate=estimate):
            return f"{title}: about {_duration(estimate)}" if estimate >= 1 else title
        case TaskFinished(title=title, outcome=outcome, message=message) if outcome not in _WELL:
            return f"{title}: {words.OUTCOMES[outcome]}" + (f": {_first_line(message)}" if message else "")
        case Waiting(why=why, seconds=seconds):
            return f"Waiting {_duration(seconds)}: {_why(why)}"
        case LeftOut(skipped=skipped, titles=titles):
            return f"Left out: {skipped.probe}, {phrases.left_out(skipped, titles)}"
        case Noticed(message=message):
            return message
        case SessionFinished(path=path, complete=complete):
            return f"Run kept: {path}" + ("" if complete else " (not complete)")
        case _:
            return None


def _why(why: str | Disturbance) -> str:
    return why if isinstance(why, str) else words.disturbance(why)


def _first_line(message: str) -> str:
    line = next((each for each in message.splitlines() if each.strip()), "")
    return line if len(line) <= 200 else f"{line[:199]}…"


def _duration(seconds: float) -> str:
    if seconds < 100:
        return f"{max(seconds, 0.1):.1f} s" if seconds < 2 else f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} minutes"
