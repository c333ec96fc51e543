"""Where files may lie: names out of documents stay inside the folder they belong to, and an output has a place.

The one folder of ours outside a project is the cache of this host (`cache`).

Whatever becomes a path and is not ours (an id in a journal, the name of an environment, a folder of the plugin, an
``--output``) passes here first. What is refused is what any file system that people use could take otherwise: a name
that is fine on one machine and leads elsewhere on another is not fine.
"""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path, PureWindowsPath

from advisor.errors import AdvisorError

LONGEST = 255
"""The bytes that a name may have on the file systems of Linux, macOS and Windows."""

_DEVICES = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)))
)
_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_ELSEWHERE = re.compile('[<>:"|?*]')
_SHOWN = 60


def cache() -> Path:
    """Return the folder of what is kept between sessions and can be lost: ``ADVISOR_CACHE``, or the user's cache."""
    configured = os.environ.get("ADVISOR_CACHE")
    if configured:
        return Path(configured)
    import platformdirs

    return platformdirs.user_cache_path("advisor")


def inside(home: Path, name: str, *, what: str, nested: bool = False) -> Path:
    """Return the place of `name` in `home`, which it does not leave.

    Parameters
    ----------
    home : path
        The folder; it need not exist.
    name : str
        What a document or an option calls it.
    what : str
        What the name is, for the message: ``"the id of a Run"``.
    nested : bool
        Whether it may name folders on its way (``docs/advisor``), with slashes; else it is one name.

    Raises
    ------
    AdvisorError
        Exit code 2 when the name is empty, absolute, leads out (also by a symbolic link), or no name everywhere.
    """
    why = objection(name, nested=nested)
    if why is None:
        place = home.joinpath(*name.rstrip("/").split("/"))
        try:
            if _followed(place).is_relative_to(home.resolve()):
                return place
            why = f"is a link that leads out of {home}"
        except (OSError, RuntimeError) as error:
            why = f"cannot be followed: {getattr(error, 'strerror', None) or 'a loop of links'}"
    raise AdvisorError(f"{what}: {_shown(name)} {why}")


def objection(name: str, *, nested: bool = False) -> str | None:
    """Return why `name` cannot name something inside a folder, as the end of a sentence; None when it can.

    No file system is asked: whether a link leads out is what `inside` sees.
    """
    if not name:
        return "is empty: a name is expected"
    if _CONTROL.search(name):
        return "holds a control character: a name is expected"
    if PureWindowsPath(name).anchor or name.startswith("/"):
        return "is absolute: a name inside its folder is expected"
    parts = re.split(r"[/\\]", name.rstrip("/"))
    if any(part in ("", ".", "..") for part in parts):
        return "leads out of its folder, or nowhere: a name inside it is expected"
    if "\\" in name or (len(parts) > 1 and not nested):
        return "names folders on its way: one name is expected"
    for part in parts:
        if len(part.encode()) > LONGEST:
            return f"is too long: a name has {LONGEST} bytes at most"
        if part.partition(".")[0].strip().lower() in _DEVICES or part != part.rstrip(". "):
            return "is no name of a file on Windows"
        if _ELSEWHERE.search(part):
            return f"holds '{_ELSEWHERE.search(part)[0]}', which no name of a file has on Windows"  # type: ignore[index]
    return None


def output(path: str | Path, *, what: str = "--output") -> Path:
    """Return where something is to be written that a user named: absolute, and with links followed.

    Raises
    ------
    AdvisorError
        Exit code 2 when it is empty, the root of a file system, a drive of another system, or no path at all.
    """
    text = str(path)
    why = None
    if not text:
        why = "is empty: a path is expected"
    elif _CONTROL.search(text):
        why = "holds a control character: a path is expected"
    elif os.name != "nt" and PureWindowsPath(text).drive:
        why = "names a drive, and there are none on this machine"
    elif any(len(os.fsencode(part)) > LONGEST for part in Path(text).parts):
        why = f"is too long: a name has {LONGEST} bytes at most"
    else:
        try:
            place = _followed(Path(text))
            if place != place.parent:
                return place
            why = "is the root of the file system: name a folder in it"
        except (OSError, RuntimeError) as error:
            why = f"cannot be followed: {getattr(error, 'strerror', None) or 'a loop of links'}"
    raise AdvisorError(f"{what}: {_shown(text)} {why}")


def _followed(path: Path) -> Path:
    """Return where a path leads; a loop of links raises RuntimeError, as `Path.resolve` did before Python 3.13."""
    try:
        path.stat()
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise RuntimeError(f"{path} is a loop of links") from None
    return path.resolve()


def _shown(text: str) -> str:
    """Return a name as it can be printed: nothing in it reaches a terminal as it is."""
    quoted = ascii(text) if _CONTROL.search(text) else f"'{text}'"
    return quoted if len(quoted) <= _SHOWN else f"{quoted[: _SHOWN - 2]}…'"
