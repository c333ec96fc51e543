"""How a command ends: an exit code that says what became of it, and one line for whoever has to know why."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from advisor import interrupts, paths, printing
from advisor.errors import EXIT_INTERRUPTED, EXIT_OURS, EXIT_REFUSED, EXIT_USAGE, AdvisorError


def code_of(command: Callable[[], Any]) -> int:
    """Run a command and return its exit code: 0 … 3 its answer, 70 a mistake of ours, 130 interrupted.

    A reader that left early changes no code. Where the answer could not be written, as on a full disk, it is 2.
    """
    with printing.sinks() as (out, err):
        try:
            try:
                interrupts.during()
                code = _answered(command)
                out.flush()
            except (KeyboardInterrupt, click.Abort):
                printing.tell("Interrupted.")
                code = EXIT_INTERRUPTED
        except KeyboardInterrupt:  # once more, while that was said
            code = EXIT_INTERRUPTED
        if out.error is not None and code in (0, EXIT_REFUSED):
            printing.tell(f"Error: standard output: cannot write the answer: {out.error.strerror or out.error}")
            code = EXIT_USAGE
        elif out.unread and code in (0, EXIT_REFUSED):
            printing.tell("Note: standard output is closed, so the answer was not printed; the exit code holds.")
        err.flush()
    return code


def _answered(command: Callable[[], Any]) -> int:
    try:
        told = command()
    except AdvisorError as error:
        _tell(error)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except SystemExit as asked:
        return asked.code if isinstance(asked.code, int) else int(asked.code is not None)
    except click.Abort:
        raise
    except Exception as error:  # noqa: BLE001 - the last chance to say something
        mended = environment(error)
        if mended is None:
            printing.tell(f"Error: {_ours(error)}")
            return EXIT_OURS
        _tell(mended)
        return mended.exit_code
    return told if isinstance(told, int) else 0


def environment(error: Exception) -> AdvisorError | None:
    """Return what the user can mend where the system refused something: a disk, a folder, a name; None otherwise."""
    if not isinstance(error, OSError):
        return None
    if _adrift():
        return AdvisorError("the working folder is not there any more")
    if error.strerror is None or _is_ours(error.filename):
        return None
    where = f"{_shown(error.filename)}: " if error.filename is not None else ""
    return AdvisorError(f"{where}{error.strerror}")


def _adrift() -> bool:
    """Return whether the folder that we work in is gone."""
    try:
        os.getcwd()
    except OSError:
        return True
    return False


def _is_ours(name: object) -> bool:
    """Return whether a file is one that advisor brings: that one of those is missing is no fault of the user's."""
    root = Path(__file__).resolve().parents[1]
    return isinstance(name, str) and any(Path(name).is_relative_to(each) for each in (root, root.parent / "probes"))


def _shown(name: object) -> str:
    return os.fsdecode(name) if isinstance(name, (str, bytes)) else str(name)


def _tell(error: AdvisorError) -> None:
    first, *rest = error.lines
    printing.tell(f"Error: {first}", *rest)
    hint = "cd to another folder: the working folder is not there any more" if _adrift() else error.hint
    if hint:
        first, *rest = hint.split("\n")
        printing.tell(f"Try: {first}", *rest)


def _ours(error: Exception) -> str:
    what = f"{type(error).__name__}: {error}".rstrip(": ")[:200]
    report = _report(error)
    where = f"the report is in {report}" if report else "and there was no room for a report"
    return f"a mistake of advisor's own ({what}); {where}"


def _report(error: Exception) -> Path | None:
    """Write what is needed to find a mistake of ours, where we keep things or else among temporary files."""
    import platform
    import tempfile
    import traceback

    text = "".join(
        (
            f"advisor, Python {platform.python_version()}, {platform.platform()}\n",
            f"arguments: {sys.argv[1:]}\n\n",
            *traceback.format_exception(error),
        )
    )
    now = datetime.now(UTC)
    for kept in (True, False):
        try:
            folder = paths.cache() / "reports" if kept else Path(tempfile.gettempdir())
            path = folder / f"advisor-report-{now:%Y%m%d-%H%M%S}-{os.getpid()}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", errors="backslashreplace") as stream:
                os.chmod(path, 0o600)
                stream.write(text)
        except (OSError, RuntimeError):
            continue
        return path
    return None
