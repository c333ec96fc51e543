"""Progress: plain lines without a terminal, a bar with one."""

from __future__ import annotations

import io
import time
from collections.abc import Sequence

import pytest
from rich.console import Console

from advisor.measurement.run import Skipped
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
from advisor.report.progress import progress, steps, timings
from tests.samples import sample_run

EVENTS: tuple[Event, ...] = (
    SessionStarted("20261120-171200-3f2a", 2, 120.0),
    PhaseStarted("Start the frameworks", 8.0),
    TaskStarted("PyTorch [bold]", 1, 2, 4.0),
    TaskFinished("PyTorch [bold]", "measured", 3.9),
    TaskStarted("export", 2, 2, 4.0),
    TaskFinished("export", "error", 1.0, "\nKeyError: [red]x\nmore"),
    Waiting("other processes are busy", 3.0),
    LeftOut(Skipped(probe="a", kind="needless", framework="toy", reason="enough"), {"toy": "Toy"}),
    Noticed("TensorFlow is not installed: pip install …"),
    SessionFinished("20261120-171200-3f2a", ".advisor/runs/20261120-171200-3f2a.json", complete=False),
)


def shown(*, terminal: bool) -> str:
    stream = io.StringIO()
    console = Console(file=stream, force_terminal=terminal, width=100, color_system=None, legacy_windows=False)
    with progress(console) as listen:
        for event in EVENTS:
            listen(event)
    return stream.getvalue()


def test_plain_lines_hold_what_matters_and_no_animation() -> None:
    text = shown(terminal=False)
    assert "\x1b" not in text
    assert "\r" not in text
    assert "about 2 minutes" in text
    assert "export: error: KeyError: [red]x" in text
    assert "Waiting 3 s: other processes are busy" in text
    assert "Left out: a, for Toy: enough" in text
    assert "TensorFlow is not installed" in text
    assert text.splitlines()[-1] == "Run kept: .advisor/runs/20261120-171200-3f2a.json (not complete)"


def lines(monkeypatch: pytest.MonkeyPatch, events: Sequence[tuple[float, Event]]) -> list[str]:
    """Return what is printed without a terminal when these events come at these seconds."""
    stream = io.StringIO()
    with progress(Console(file=stream)) as listen:
        for at, event in events:
            monkeypatch.setattr(time, "monotonic", lambda now=1000.0 + at: now)
            listen(event)
    return stream.getvalue().splitlines()


def test_a_sign_of_life_is_given_every_ten_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    events = [(at, TaskStarted(f"round {at}", int(at), 40, 1.0)) for at in (0.0, 4.0, 9.0, 11.0, 20.0, 22.0)]
    assert lines(monkeypatch, events) == ["0 of 40: round 0.0", "11 of 40: round 11.0", "22 of 40: round 22.0"]


def test_that_it_waits_is_told_now_and_then_not_at_every_block(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = (0.0, 3.0, 6.0, 9.0, 12.0, 15.0)
    events: list[tuple[float, Event]] = [(at, Waiting(f"busy at {at:.0f}", 3.0)) for at in seconds]
    assert lines(monkeypatch, events) == ["Waiting 3 s: busy at 0", "Waiting 3 s: busy at 12"]
    between: tuple[float, Event] = (4.0, Noticed("something else"))
    assert lines(monkeypatch, [*events[:2], between, *events[2:]])[-1] == "Waiting 3 s: busy at 12"


def test_the_bar_goes_away_and_the_lines_stay() -> None:
    text = shown(terminal=True)
    assert "2 of 2" in text or "1 of 2" in text
    assert "export: error: KeyError: [red]x" in text
    assert "\x1b[?25h" in text


def test_nothing_is_printed_without_events() -> None:
    stream = io.StringIO()
    with progress(Console(file=stream, force_terminal=True)):
        pass
    assert stream.getvalue() == ""


def test_timings_tell_where_the_time_went() -> None:
    stream = io.StringIO()
    timings(sample_run(), Console(file=stream, width=80))
    assert "sampling" in stream.getvalue()
    assert "59%" in stream.getvalue()
    timings(sample_run().model_copy(update={"spent": None}), Console(file=stream, width=80))
    assert "does not say" in stream.getvalue()


def test_a_step_of_a_build_is_one_line_where_nobody_watches() -> None:
    out = io.StringIO()
    with steps(Console(file=out, force_terminal=False)) as on_step:
        for name in ("index", "profile-edge"):
            on_step("writing pages", name)
        on_step("building pages", "index")
    assert out.getvalue() == "writing pages …\nbuilding pages …\n"


def test_on_a_terminal_the_step_and_the_page_are_shown_and_go_away() -> None:
    out = io.StringIO()
    with steps(Console(file=out, force_terminal=True, _environ={"TERM": "xterm"})) as on_step:
        on_step("writing pages", "index")
        on_step("writing pages", "<b>profile-edge")
        time.sleep(0.2)
    assert "writing pages (2): <b>profile-edge" in out.getvalue()
    assert out.getvalue().endswith("\x1b[2K")
