"""The environment in which MkDocs runs a user's theme: Jinja's sandbox, with the methods of plain values only.

What MkDocs hands to a theme (pages, files, its configuration) has methods that read and write files; a theme may look
at what these objects hold, and call none of them.
"""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any

import jinja2
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from advisor.errors import AdvisorError
from advisor.report import template_engine

_PLAIN = (str, Markup, bytes, int, float, list, tuple, dict, set, frozenset)
_JINJA = ("jinja2.runtime", "jinja2.utils")


class Sandbox(SandboxedEnvironment):
    """Jinja's sandbox; what may be called is known, and everything else may not."""

    def is_safe_callable(self, obj: Any) -> bool:
        """Tell whether a template may call `obj`: a macro, what Jinja offers itself, a method of a plain value."""
        owner = getattr(obj, "__self__", None)
        known = (
            type(obj).__module__ in _JINJA
            or type(owner).__module__ in _JINJA
            or type(owner) in _PLAIN
            or any(obj is each for each in self.globals.values())
        )
        return known and super().is_safe_callable(obj)


def sandboxed(made: jinja2.Environment, loader: jinja2.BaseLoader | None = None) -> jinja2.Environment:
    """Return an environment as MkDocs has made it, but a sandbox, and with another loader where one is given."""
    sandbox = Sandbox(loader=loader or made.loader, auto_reload=False, extensions=sorted(made.extensions))
    sandbox.filters.update(made.filters)
    sandbox.globals.update(made.globals)
    return sandbox


def mistake(error: Exception, folder: Path) -> AdvisorError | None:
    """Return what a user can mend in a template of `folder`, with file:line; None when the error is not from there."""
    if isinstance(error, jinja2.TemplateSyntaxError) and error.filename:
        where: tuple[Path, int] = (Path(error.filename), error.lineno)
    else:
        frames = [
            each for each in traceback.extract_tb(error.__traceback__) if Path(each.filename).is_relative_to(folder)
        ]
        if not frames:
            return None
        where = (Path(frames[-1].filename), frames[-1].lineno or 0)
    if not where[0].is_relative_to(folder):
        return None
    return AdvisorError(f"{where[0]}:{where[1]}: {template_engine.said(error)}")
