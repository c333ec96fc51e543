"""The consoles of a command: for its answer and for the rest; both print into `advisor.printing`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from advisor import printing


class Visible(Console):
    """A console that prints what stands in a text as text: only its own sequences command the terminal."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Render as rich does, without controls and marks of direction in the texts."""
        for segment in super().render(renderable, options):
            if segment.control or not printing.UNSAFE.search(segment.text):
                yield segment
            else:
                yield Segment(printing.visible(segment.text), segment.style)


def answers(color: str | None) -> Console:
    """Return the console of answers; `color` is ``auto``, ``always`` or ``never``, as ``--color`` takes it."""
    return Visible(file=printing.answers(), **_colored(color))


def messages(color: str | None) -> Console:
    """Return the console of what is said beside an answer, on standard error; `color` as for `answers`."""
    return Visible(file=printing.messages(), stderr=True, **_colored(color))


def _colored(color: str | None) -> Any:
    return {"force_terminal": color == "always" or None, "no_color": color == "never" or None}
