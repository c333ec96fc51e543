"""Commands and options about measuring: how long a session may take, and going on with one that was interrupted."""

from __future__ import annotations

import re

import click

# Minutes as people type them; advisor.quantities reads the rest, where a bare "m" is the prefix of a unit.
_MINUTES = re.compile(r"\s*(\d+(?:\.\d+)?)\s*m(?:in)?\s*", re.ASCII)


def _seconds(ctx: click.Context, option: click.Parameter, text: str | None) -> float | None:
    if text is None:
        return None
    from advisor import quantities

    minutes = _MINUTES.fullmatch(text)
    try:
        seconds = quantities.parse(f"{minutes[1]} minutes" if minutes else text, "s")
    except ValueError:
        seconds = 0.0
    if seconds <= 0:
        raise click.BadParameter(f"expected a time such as 5m, '300 s' or '5 minutes', got {text!r}", ctx, option)
    return seconds


budget_option = click.option(
    "--budget", callback=_seconds, metavar="TIME",
    help="Begin nothing more that can be left out after this time, e.g. 5m; the Run says what was.",
)  # fmt: skip
resume_option = click.option(
    "--resume", is_flag=True, help="Go on with the newest session that was killed or interrupted."
)
