"""What reaches a terminal or a log: one way out for every command.

A text of a document commands neither a terminal (controls, escape sequences, marks of direction) nor a CI (`::error …`,
`##[…]`); a stream that cannot take it is no reason for another exit code. While a command runs, standard output and
standard error are such sinks, so that what libraries print goes the same way.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import re
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, cast

SIGN = "\N{REPLACEMENT CHARACTER}"
"""Stands where something was made harmless."""

# Controls could move a terminal's cursor; marks of direction could reorder the text around them; what is invisible
# could hide a difference. Half a character (a lone surrogate) has no form in any encoding.
UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)
# What may stand before a workflow command: space, a terminal's sequences, and letters that comparisons leave out.
_BLANK = r"(?:[^\S\n]|\x1b\[[0-9;?]*[A-Za-z]|[\u00ad\u034f\u180b-\u180e\u200c\u200d\ufe00-\ufe0f])"
# GitHub takes `::name …::` at the beginning of a line and `##[name …]` anywhere; Azure `##vso[…]`, TeamCity
# `##teamcity[…]`. The sign goes in late, so that a command that comes in two pieces is none either.
_COMMAND = re.compile(rf"(?m:^)({_BLANK}*:)(?=:)|(##[A-Za-z]{{0,24}})(?=\[)")
_BEGUN = re.compile(rf"{_BLANK}*:?")
_HALF = re.compile(r"#{1,2}[A-Za-z]{0,24}\Z")
_LONGEST_BLANK = 2000

NEAREST = {
    "→": ">", "–": "-", "—": "-", "−": "-", "‑": "-", "✓": "+", "✗": "x", "µ": "u", "×": "x", "·": "*", "≤": "<",
    "≥": ">", "…": ".", "±": "~", "●": "*", "◐": "%", "○": "o", "◌": ".", "•": "*",
    "\N{NO-BREAK SPACE}": " ", SIGN: "?", "“": '"', "”": '"', "’": "'", "‘": "'",
}  # fmt: skip
"""What stands for a sign where the encoding of a stream lacks it; for every other it is a question mark."""


def visible(text: str) -> str:
    """Return `text` with every control, direction mark and invisible character replaced by a visible sign (U+FFFD)."""
    return UNSAFE.sub(SIGN, text.replace("\r\n", "\n"))


def line(text: str) -> str:
    """Return `text` as one visible line, its blanks as they are."""
    return visible(text).replace("\n", " ")


def harmless(text: str) -> str:
    """Return `text` so that no line of it is a command to a CI; what was one has a sign (U+FFFD) in it."""
    return _COMMAND.sub(lambda found: f"{found[0]}{SIGN}", text)


def escaped(text: str, encoding: str = "utf-8") -> str:
    """Return a JSON text of the same value; what would not come through as it is, or not safely, is escaped in it."""
    try:
        text.encode(encoding)
    except UnicodeError:
        text = "".join(each if ord(each) < 127 else _escape(each) for each in text)
    found = UNSAFE.sub(lambda unsafe: _escape(unsafe[0]), text)
    return re.sub(r"#(#[A-Za-z]{0,24}\[)", r"\\u0023\1", found)


def say(*lines: str) -> None:
    """Print lines of an answer: each is one line, whatever it holds."""
    _out(sys.stdout).write("".join(f"{line(each)}\n" for each in lines))


def tell(*lines: str) -> None:
    """Print lines beside the answer, on standard error."""
    _out(sys.stderr).write("".join(f"{line(each)}\n" for each in lines))


def over(line_: str) -> None:
    """Print one line over the one before, on standard error."""
    _out(sys.stderr).put(f"\r{line(line_)}")


def text(whole: str) -> None:
    """Print a text of several lines as an answer: Markdown, YAML, CSV."""
    _out(sys.stdout).write(whole)


def data(json: str) -> None:
    """Print a JSON text as an answer, of the same value, whatever its strings hold and the stream's encoding lacks."""
    sink = _out(sys.stdout)
    sink.write(escaped(json, sink.encoding))


def binary(content: bytes) -> None:
    """Write what is no text as an answer, byte for byte."""
    _out(sys.stdout).bytes(content)


class Sink(io.TextIOBase):
    """A text stream before another one, through which everything of a command goes.

    Parameters
    ----------
    stream : text stream or None
        Where to; None when the process was started without it (``>&-``).

    Attributes
    ----------
    error : OSError or None
        Why the stream took no more, where that is worth telling: not when its reader left.
    unread : bool
        Whether anything was written to a stream that is closed.

    Notes
    -----
    `write` never fails: what a stream does not take is dropped, and so is everything after it.
    """

    def __init__(self, stream: IO[str] | None) -> None:
        self._stream = stream
        self._tail = ""
        self._ended = False
        self.error: OSError | None = None
        self.unread = False

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The encoding of the stream."""
        return getattr(self._stream, "encoding", None) or "utf-8"

    @property
    def errors(self) -> str:  # type: ignore[override]
        """How a library would encode; this stream encodes by itself."""
        return "strict"

    @property
    def buffer(self) -> Bytes:
        """The same stream for whoever writes bytes of UTF-8."""
        return Bytes(self)

    @property
    def styled(self) -> Styled:
        """The same stream for what brings sequences of its own, and has made its texts visible itself."""
        return Styled(self)

    def writable(self) -> bool:
        """Return True."""
        return True

    def isatty(self) -> bool:
        """Return whether somebody watches."""
        with contextlib.suppress(ValueError, OSError, AttributeError):
            return self._stream is not None and self._stream.isatty()
        return False

    def fileno(self) -> int:
        """Return the number of the open file."""
        if self._stream is None:
            raise io.UnsupportedOperation("fileno")
        return self._stream.fileno()

    def write(self, text: str) -> int:
        """Write `text`, made visible."""
        self.put(visible(text))
        return len(text)

    def put(self, text: str) -> None:
        """Write `text`, which is visible or styled."""
        if not text:
            return
        whole = self._tail + text
        shown = harmless(whole)[len(self._tail) :]
        rest = whole.rpartition("\n")[2]
        half = _HALF.search(rest)
        if _BEGUN.fullmatch(rest):
            self._tail = rest[:_LONGEST_BLANK] if rest[-1:] != ":" else ":"
        else:
            self._tail = f".{half[0] if half else ''}"
        self._try(lambda: self._deliver(shown))

    def bytes(self, content: bytes) -> None:
        """Write what is no text, as it is."""
        self._try(lambda: self._pour(getattr(self._stream, "buffer", self._stream), content))

    def flush(self) -> None:
        """Let the stream pass on what it holds."""
        if self._stream is not None:
            self._try(self._pass_on)

    def _try(self, deliver: Any) -> None:
        if self._stream is None:
            self.unread = True
            return
        if self._ended:
            return
        try:
            deliver()
        except ValueError:  # closed meanwhile
            self._ended = True
        except OSError as error:
            self._ended = True
            if not isinstance(error, (BrokenPipeError, ConnectionError)):
                self.error = error
            self._let_go()

    def _deliver(self, text: str) -> None:
        stream: Any = self._stream
        binary = getattr(stream, "buffer", None)
        if binary is None:
            stream.write(text.encode(self.encoding, "advisor-nearest").decode(self.encoding))
            return
        self._pour(binary, text.encode(self.encoding, "advisor-nearest"))

    def _pour(self, binary: Any, left: Any) -> None:
        stream: Any = self._stream
        self._pass_on()
        while left:
            # Without Python's buffer (PYTHONUNBUFFERED) a stream may take a part, or nothing for now.
            try:
                taken = binary.write(left)
            except BlockingIOError as error:
                taken = error.characters_written or None
            if taken is None:
                self._wait()
            left = left[taken or 0 :]
        if getattr(stream, "line_buffering", False):
            self._pass_on()

    def _pass_on(self) -> None:
        stream: Any = self._stream
        while True:
            try:
                stream.flush()
            except BlockingIOError:
                self._wait()
            else:
                return

    def _wait(self) -> None:
        """Wait until a stream that does not wait by itself (O_NONBLOCK, as a parent may have set it) takes more."""
        select.select([], [self.fileno()], [], 1.0)

    def _let_go(self) -> None:
        """Let what the stream still holds go nowhere: Python tries once more at the end, and exits with 120."""
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)


class Bytes(io.RawIOBase):
    """What a `Sink` is for bytes, as a library writes them to ``sys.stdout.buffer``."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, data: Any) -> int:
        """Write the text that `data` encodes, made visible."""
        self._sink.write(self._decoder.decode(bytes(data)))
        return len(data)

    def flush(self) -> None:
        """Let the stream pass on what it holds."""
        self._sink.flush()


class Styled(io.TextIOBase):
    """What a `Sink` is for rich's consoles: their own sequences pass."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """The encoding of the stream."""
        return self._sink.encoding

    def writable(self) -> bool:
        """Return True."""
        return True

    def isatty(self) -> bool:
        """Return whether somebody watches."""
        return self._sink.isatty()

    def fileno(self) -> int:
        """Return the number of the open file."""
        return self._sink.fileno()

    def write(self, text: str) -> int:
        """Write `text` as it is, except for commands to a CI."""
        self._sink.put(text)
        return len(text)

    def flush(self) -> None:
        """Let the stream pass on what it holds."""
        self._sink.flush()


@contextmanager
def sinks() -> Iterator[tuple[Sink, Sink]]:
    """Let everything that this process prints go through sinks, for the time of the block.

    Yields
    ------
    The sinks of standard output and of standard error, flushed by whoever asks what became of them.
    """
    _all_open()
    before = sys.stdout, sys.stderr
    out, err = _out(before[0]), _out(before[1])
    sys.stdout, sys.stderr = out, err
    try:
        yield out, err
    finally:
        out.flush()
        err.flush()
        sys.stdout, sys.stderr = before


def answers() -> IO[str]:
    """Return standard output as a console needs it."""
    return cast("IO[str]", _out(sys.stdout).styled)


def messages() -> IO[str]:
    """Return standard error as a console needs it."""
    return cast("IO[str]", _out(sys.stderr).styled)


def _out(stream: Any) -> Sink:
    return stream if isinstance(stream, Sink) else Sink(stream)


def _all_open() -> None:
    """Give closed standard streams a number: else the next file that is opened is taken for one of them."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def _escape(unsafe: str) -> str:
    pairs = unsafe.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{pairs[at] << 8 | pairs[at + 1]:04x}" for at in range(0, len(pairs), 2))


def _nearest(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(NEAREST.get(each, "?") for each in error.object[error.start : error.end]), error.end


codecs.register_error("advisor-nearest", _nearest)
