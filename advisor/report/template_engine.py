"""Where templates come from and how they are run: ours as they are, those of a user in a sandbox."""

from __future__ import annotations

import contextlib
import importlib.metadata
import sys
import traceback
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import jinja2
from jinja2.bccache import Bucket
from jinja2.sandbox import SandboxedEnvironment

from advisor import paths, resources
from advisor.errors import AdvisorError


class Compiled(jinja2.FileSystemBytecodeCache):
    """Keeps what our templates were compiled to in the user's cache, where Python may write what it compiles."""

    def __init__(self) -> None:
        folder = paths.cache() / "templates"
        if not sys.dont_write_bytecode:
            with contextlib.suppress(OSError):
                folder.mkdir(parents=True, exist_ok=True)
        super().__init__(str(folder), f"jinja-{importlib.metadata.version('jinja2')}-%s.cache")

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill `bucket` when its template was compiled before, and what is kept can be read."""
        with contextlib.suppress(OSError, ValueError, EOFError, TypeError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what is in `bucket`, where that is possible."""
        if not sys.dont_write_bytecode:
            with contextlib.suppress(OSError):
                super().dump_bytecode(bucket)


# What a template of a user may stumble over: Jinja's own errors, and those of what it computes.
MISTAKES = (
    jinja2.TemplateError, RecursionError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError,
)  # fmt: skip
_TEMPLATES = (".j2", ".html", ".svg", ".xml")
_NEAR = 0.85


def environment(templates: Path | None, finalize: Callable[[Any], Any]) -> jinja2.Environment:
    """Return an environment for the shipped templates, and for those that win over them.

    Parameters
    ----------
    templates : path, optional
        A folder laid out like ours whose templates win over the shipped ones; a template there may extend the one that
        it replaces as ``shipped/…``. With it everything runs in Jinja's sandbox: a template is a document, and no
        document runs code.
    finalize : callable
        Applied to every value that a template prints.

    Raises
    ------
    AdvisorError
        When the folder is none, or replaces nothing.
    """
    if templates is not None:
        _look_at(templates)
    shipped = jinja2.FileSystemLoader(resources.templates())
    loaders: list[jinja2.BaseLoader] = [shipped, jinja2.PrefixLoader({"shipped": shipped})]
    if templates is not None:
        loaders.insert(0, jinja2.FileSystemLoader(templates))
    kind = jinja2.Environment if templates is None else SandboxedEnvironment
    return kind(
        loader=jinja2.ChoiceLoader(loaders),
        bytecode_cache=Compiled() if templates is None else None,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
        finalize=finalize,
    )


def render(environment: jinja2.Environment, name: str, context: Mapping[str, Any]) -> str:
    """Return what a template makes of `context`.

    Raises
    ------
    AdvisorError
        With file:line, when a template of the user is not well formed, asks for what is not there, or for what no
        document may have (exit code 2). A mistake in ours goes through as it is.
    """
    try:
        return environment.get_template(name).render(context)
    except MISTAKES as error:
        where = _where(error)
        if where is None or where[0].is_relative_to(resources.templates()):
            raise
        raise AdvisorError(f"{where[0]}:{where[1]}: {said(error)}") from None


def said(error: Exception) -> str:
    """Return what is wrong with a template in words for who wrote it."""
    if isinstance(error, RecursionError):
        return "it extends or includes itself; the template that it replaces is 'shipped/…', in a theme 'base.html'"
    return str(error) or type(error).__name__


def _look_at(templates: Path) -> None:
    """Refuse a folder that is none, and one in which nothing has the place of a template of ours."""
    if not templates.is_dir():
        raise AdvisorError(f"{templates}: no such folder of templates")
    ours = resources.templates()
    names = [path.relative_to(ours).as_posix() for path in ours.rglob("*") if path.suffix in _TEMPLATES]
    given = [path for path in sorted(templates.rglob("*")) if path.suffix in _TEMPLATES and not path.is_dir()]
    for path in given:
        _read_as_text(path)
    if not any((ours / path.relative_to(templates)).is_file() for path in templates.rglob("*") if path.is_file()):
        raise AdvisorError(
            f"{templates}: nothing in it replaces a template of ours",
            hint="lay it out as ours are, such as site/home.md.j2 or theme/main.html",
        )
    for path in given:
        name = path.relative_to(templates).as_posix()
        near = get_close_matches(name, names, 1, _NEAR)
        # A file of another name may be one that the user's own templates include.
        if name not in names and near:
            raise AdvisorError(f"{path}: replaces no template of ours", hint=f"did you mean {near[0]}?")


def _read_as_text(template: Path) -> None:
    """Refuse a template that is no text, before Jinja stumbles over it without saying where."""
    try:
        template.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise AdvisorError(f"{template}: not UTF-8 text (byte {error.start}), so it is no template") from None
    except OSError as error:
        raise AdvisorError(f"{template}: cannot read the template: {error.strerror or error}") from None


def _where(error: Exception) -> tuple[Path, int] | None:
    """Return the file and line of the innermost template that an error came from."""
    if isinstance(error, jinja2.TemplateSyntaxError) and error.filename:
        return Path(error.filename), error.lineno
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(".j2")]
    return (Path(frames[-1].filename), frames[-1].lineno or 0) if frames else None
