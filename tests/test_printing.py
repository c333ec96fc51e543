"""The one way out: no text of a document commands a terminal or a CI, and no stream changes what is printed or how."""

from __future__ import annotations

import errno
import io
import json
import os
import re
import sys
import threading
import time
from collections.abc import Iterable
from typing import Any, cast

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor import printing
from advisor.report import consoles

HOSTILE = (
    "PyTorch\n::error file=app.py::forged\nHolds: all is well\x1b]0;OWNED\x07\x1b[8m \u009b31m \u202ertl\u202c "
    "\u2066x\u2069 \u061c \u200b \x00 \x85::set-output name=x::y"
    "\u2028::warning::z\n##[error]w\n ##vso[task.complete]v ##teamcity[u]"
)
GITHUB = re.compile(r"^\s*::", re.MULTILINE)
ANYWHERE = re.compile(r"##[A-Za-z]*\[")
_PIECE = st.sampled_from(["\n", " ", ":", "::", "#", "##", "[", "vso", "\t", "\x1b[31m", "\r", "error", "é"])
PIECES = st.lists(st.one_of(_PIECE, st.text(max_size=5)), max_size=12)
VALUES = st.recursive(
    st.none() | st.text(max_size=9) | st.just(HOSTILE),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


class Raw(io.RawIOBase):
    """A file that takes a few bytes at a time, and after `room` of them fails."""

    def __init__(self, room: int = sys.maxsize, error: OSError | None = None, step: int = 7) -> None:
        self.taken, self.room, self.error, self.step = b"", room, error, step

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        if len(self.taken) >= self.room:
            assert self.error is not None
            raise self.error
        part = bytes(data)[: self.step]
        self.taken += part
        return len(part)


def unbuffered(raw: Raw, encoding: str = "utf-8") -> Any:
    """Return a stream as Python's are with PYTHONUNBUFFERED."""
    return io.TextIOWrapper(cast(Any, raw), encoding=encoding, write_through=True)


def printed(texts: Iterable[str], encoding: str = "utf-8") -> str:
    raw = Raw(step=10**6)
    sink = printing.Sink(unbuffered(raw, encoding))
    for text in texts:
        sink.write(text)
    return raw.taken.decode(encoding)


def test_hostile_text_is_visible_and_harmless() -> None:
    shown = printed([HOSTILE])
    assert not printing.UNSAFE.search(shown)
    assert not GITHUB.search(shown)
    assert not ANYWHERE.search(shown)
    for word in ("forged", "OWNED", "rtl", "set-output", "task.complete"):
        assert word in shown


def test_an_ordinary_text_is_printed_as_it_is() -> None:
    text = (
        "## A heading\n\n| a::b | [x](y#z) |\n  µ ≤ 5 · “quoted”: 100 %\n\ttab #1 ##\n\u0645\u200d\u0634 👩\u200d💻\n"
    )
    assert printed([text]) == text


@given(PIECES)
def test_no_pieces_make_a_command_together(pieces: list[str]) -> None:
    shown = printed(pieces)
    assert not GITHUB.search(shown)
    assert not ANYWHERE.search(shown)
    assert not printing.UNSAFE.search(shown)


@given(PIECES)
def test_a_line_is_one_line(pieces: list[str]) -> None:
    assert len(printing.line("".join(pieces)).splitlines()) <= 1


@given(VALUES)
def test_json_keeps_its_value_and_commands_nothing(value: Any) -> None:
    text = json.dumps(value, indent=1, ensure_ascii=False)
    for encoding in ("utf-8", "ascii", "latin-1"):
        shown = printed([printing.escaped(text)], encoding) if encoding == "utf-8" else _data(text, encoding)
        assert json.loads(shown) == value
        assert not printing.UNSAFE.search(shown)
        assert not GITHUB.search(shown)
        assert not ANYWHERE.search(shown)


def _data(text: str, encoding: str) -> str:
    raw = Raw(step=10**6)
    before, sys.stdout = sys.stdout, unbuffered(raw, encoding)
    try:
        printing.data(text)
    finally:
        sys.stdout = before
    return raw.taken.decode(encoding)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_what_an_encoding_lacks_is_replaced_by_what_is_nearest(encoding: str) -> None:
    shown = printed(["PyTorch → LiteRT ≤ 5 µs, 日本"], encoding)
    assert shown.startswith("PyTorch > LiteRT < 5 ") if encoding != "utf-8" else shown.endswith("日本")


def test_a_stream_that_takes_a_few_bytes_at_a_time_gets_all() -> None:
    raw = Raw()
    printing.Sink(unbuffered(raw)).write("x" * 100_000)
    assert len(raw.taken) == 100_000


@pytest.mark.parametrize("buffered", [True, False])
def test_a_pipe_that_does_not_wait_gets_all(buffered: bool) -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    raw: Any = io.FileIO(writing, "w")
    stream = io.TextIOWrapper(io.BufferedWriter(raw) if buffered else raw, encoding="utf-8", write_through=not buffered)

    def write() -> None:
        sink = printing.Sink(stream)
        for _ in range(30):
            sink.write("x" * 10_000)
        sink.flush()
        stream.close()

    writer = threading.Thread(target=write)
    writer.start()
    with os.fdopen(reading, "rb") as reader:
        time.sleep(0.05)
        assert len(reader.read()) == 300_000
    writer.join()


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), True),
        (OSError(errno.EIO, "Input/output error"), True),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), False),
    ],
)
def test_a_stream_that_fails_is_left_alone_and_a_full_disk_is_told(error: OSError, told: bool) -> None:
    raw = Raw(room=14, error=error)
    sink = printing.Sink(unbuffered(raw))
    sink.write("x" * 20)
    sink.write("never")
    sink.flush()
    assert raw.taken == b"x" * 14
    assert (sink.error is error) is told


def test_a_closed_stream_is_known() -> None:
    sink = printing.Sink(None)
    sink.write("")
    before = sink.unread
    sink.write("x")
    assert (before, sink.unread) == (False, True)
    assert not sink.isatty()


def test_a_console_prints_its_own_sequences_and_no_others() -> None:
    from rich.table import Table
    from rich.text import Text

    raw = Raw(step=10**6)
    before, sys.stdout = sys.stdout, unbuffered(raw)
    try:
        console = consoles.answers("always")
        console.width = 40
        table = Table(box=None, pad_edge=False)
        table.add_column("x", overflow="fold")
        table.add_row(Text("::error ::forged \x1b[8mhidden \u202e ##[x]", style="bold"))
        console.print(table)
        console.print(Text("a" * 39 + " ::error::wrapped to the beginning of a line"))
    finally:
        sys.stdout = before
    shown = raw.taken.decode()
    assert "\x1b[1m" in shown
    assert "\x1b[8m" not in shown
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert not GITHUB.search(plain)
    assert not ANYWHERE.search(plain)
    assert not printing.UNSAFE.search(plain)


def test_while_a_command_runs_everything_goes_through_sinks(capsys: pytest.CaptureFixture[str]) -> None:
    with printing.sinks() as (out, err):
        click.echo("\x1b[2Jlibrary", color=True)
        sys.stderr.write("::error::library\n")
        assert (sys.stdout, sys.stderr) == (out, err)
    told = capsys.readouterr()
    assert told.out == f"{printing.SIGN}[2Jlibrary\n"
    assert told.err == f":{printing.SIGN}:error::library\n"
