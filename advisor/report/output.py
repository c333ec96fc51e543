"""Into a folder that may hold more: a build replaces what a build wrote, and keeps or refuses everything else.

The new folder is made whole beside the old one, with what is kept in it (as further names of the same files), and takes
its place in one step. Until then nothing in the old one is touched.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from advisor import scratch
from advisor.errors import AdvisorError
from advisor.report import mark
from advisor.report.mark import Kind, Mark
from advisor.report.pages.context import PINNED

if sys.platform != "win32":
    import fcntl

REPOSITORIES = (".git", ".hg", ".svn")
"""What makes a folder a repository, into which a build goes without having been there before."""

_ELSEWHERE = "name an empty or a new folder"
_CLEAN = "advisor site build --clean empties the folder first; or name an empty or a new one"
_MINE = "keep it under another name, or delete it; advisor site build --clean empties the folder first"
_TOLD = 3
_OLD = "old"
_SWAP, _HERE = 2, -100  # RENAME_EXCHANGE and AT_FDCWD of Linux


def check(folder: Path, kind: Kind, *, clean: bool = False) -> None:
    """Refuse a folder that a build of this kind would have to spoil, before anything is made for it.

    Raises
    ------
    AdvisorError
        For files of somebody else's, a site where Markdown is to go and the other way, files of a build that somebody
        edited (a site; beside edited Markdown the new one is put), and what an older advisor left.
    """
    try:
        if folder.exists() and not folder.is_dir():
            raise AdvisorError(f"{folder}: a file stands where the site should go")
        with _held(folder) as stands:
            if stands:
                _look_at(folder, kind, clean=clean)
    except OSError as error:
        raise AdvisorError(f"{folder}: cannot be looked at: {error.strerror or error}") from None


def _look_at(folder: Path, kind: Kind, *, clean: bool) -> None:
    before = mark.read(folder)
    if before is None:
        _refuse_foreign(folder, clean=clean)
    elif clean:
        return
    elif before.kind is None:
        what = "was written by an older advisor, whose mark does not list its files"
        raise AdvisorError(f"{folder}: {what}", hint=_CLEAN)
    elif before.kind != kind:
        there, new = ("a site", "Markdown") if kind == "docs" else ("Markdown for another engine", "a site")
        raise AdvisorError(f"{folder}: holds {there}, which {new} would replace", hint=_ELSEWHERE)
    elif kind == "site":
        _refuse_edited(folder, before)


def _refuse_foreign(folder: Path, *, clean: bool) -> None:
    """Refuse a folder without a mark that holds anything, unless it is a repository, or holds sites of ours alone."""
    entries = sorted(folder.iterdir())
    repository = any(each.name in REPOSITORIES for each in entries)
    own = [each for each in entries if mark.read(each) is None]
    if own and (clean or not repository):
        what = "holds files that advisor did not write"
        rest = "--clean empties a folder only after a build" if clean else "a build would go among them"
        raise AdvisorError(f"{folder}: {what}, such as {_listed([each.name for each in own])}: {rest}", hint=_ELSEWHERE)


def _refuse_edited(folder: Path, before: Mark) -> None:
    edited = [
        name for name, each in before.files.items()
        if not name.startswith(f"{PINNED}/") and os.path.lexists(folder / name)
        and mark.digest_of(folder / name) != each
    ]  # fmt: skip
    if edited:
        raise _refused(folder, edited)


def _refused(folder: Path, names: list[str]) -> AdvisorError:
    what = "is not what a build wrote, and a build would replace it"
    return AdvisorError(f"{folder}: {_listed(names)} {what}", hint=_MINE)


def _listed(names: list[str]) -> str:
    shown = [name if name.isprintable() else ascii(name) for name in names[:_TOLD]]
    more = f" and {len(names) - _TOLD} more" if len(names) > _TOLD else ""
    return ", ".join(shown) + more


@contextlib.contextmanager
def building(folder: Path) -> Iterator[Path]:
    """Make a temporary folder beside `folder`, on the same file system, for a build that `put` will put there."""
    folder.parent.mkdir(parents=True, exist_ok=True)

    def ending(left: Path) -> None:
        # A build that was killed between two steps: what it had moved away goes back.
        if (left / _OLD).is_dir() and not folder.exists():
            os.replace(left / _OLD, folder)

    with scratch.folder(f".{folder.name[:50]}.advisor-", folder.parent, ending=ending) as temporary:
        yield temporary


def put(
    folder: Path,
    built: Path,
    kind: Kind,
    *,
    stays: Callable[[str], bool] = lambda _: False,
    clean: bool = False,
) -> list[str]:
    """Put `built`, which lies in a folder of `building`, where `folder` is; return what there is to tell of it.

    A file that did not change keeps its time, so that whatever copies or caches the site sees what is new; files and
    folders that were there keep their modes.

    Parameters
    ----------
    stays : callable
        Tells of a file of an earlier build that is not in this one whether it stays; else it goes.
    clean : bool
        Keep nothing but a repository.

    Raises
    ------
    AdvisorError
        When something that no build wrote, or that was edited since, has the name of a file of a site.
    """
    names = [_name(path, built) for path in built.rglob("*") if not path.is_dir()]
    written = {name: mark.digest_of(built / name) or "" for name in sorted(names)}
    while True:
        with _held(folder) as stands:
            new = dict(written)
            there = dict(_there(folder, clean=clean)) if stands else {}
            notes, seen = _merge(folder, built, kind, there, mark.read(folder) or Mark(), new, stays)
            mark.write(built, Mark(kind, new))
            if stands:
                _like(folder, built)
            old = _swap(folder, built, stands=stands)
            if old is None:
                continue  # somebody made the folder meanwhile
            if stands and not clean:
                _keep_latest(old, folder, {*seen, mark.NAME})
            return notes


@contextlib.contextmanager
def _held(folder: Path) -> Iterator[bool]:
    """Keep other builds from putting theirs in the place of a folder; yield whether it is there at all.

    The folder that it lies in is what is locked: that one stays, also while there is none yet, and when another takes
    its place. Without locks, as on some file systems, a build still puts a whole site there.
    """
    descriptor = None
    with contextlib.suppress(OSError):
        if sys.platform != "win32":
            descriptor = os.open(folder.parent, os.O_RDONLY)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield folder.is_dir()
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _there(folder: Path, *, clean: bool) -> Iterator[tuple[str, bool]]:
    """Yield the name of everything in a folder, and whether it is a folder, each before what is in it."""
    waiting = [each for each in os.scandir(folder) if each.name != mark.NAME]
    if clean:
        waiting = [each for each in waiting if each.name in REPOSITORIES]
    while waiting:
        entry = waiting.pop()
        inner = entry.is_dir(follow_symlinks=False)
        name = _name(Path(entry.path), folder)
        if inner and os.path.ismount(entry.path):
            raise AdvisorError(f"{folder}: {name} is mounted there, and a build cannot take it along", hint=_ELSEWHERE)
        yield name, inner
        if inner:
            waiting += os.scandir(entry.path)


def _merge(
    folder: Path,
    built: Path,
    kind: Kind,
    there: Mapping[str, bool],
    before: Mark,
    new: dict[str, str],
    stays: Callable[[str], bool],
) -> tuple[list[str], set[str]]:
    """Put into `built` what is kept of `folder`; `new` becomes what the mark lists.

    Returns what there is to tell, and the names of all that was seen.
    """
    staying = {name for name in before.files if name in there and name not in new and stays(name)}
    ours = {
        name for name, inner in there.items()
        if not inner and name not in staying and _is_ours(folder / name, before.files.get(name), new.get(name))
    }  # fmt: skip
    folders = {parent for name in new for parent in _parents(name)}
    clashes = [
        name for name, inner in there.items()
        if (name in new and name not in ours) or (name in folders and not inner)
    ]  # fmt: skip
    movable = kind == "docs" and not any(name in folders or there[name] for name in clashes)
    if clashes and not movable:
        raise _refused(folder, sorted(clashes))
    notes = [_beside(built, name, there, ours, new) for name in sorted(clashes)]
    kept_folders = []
    for name, inner in there.items():
        old, target = folder / name, built / name
        if inner:
            if name in folders or not any(old.iterdir()):
                target.mkdir(parents=True, exist_ok=True)
                kept_folders += [name, *_parents(name)]
        elif name in new:
            if mark.digest_of(old) == new[name]:
                shutil.copystat(old, target)
            else:
                shutil.copymode(old, target)
        elif name not in ours:
            target.parent.mkdir(parents=True, exist_ok=True)
            _link(old, target)
            kept_folders += _parents(name)
    new |= {name: before.files[name] for name in staying}
    for name in sorted(set(kept_folders), key=len, reverse=True):
        _like(folder / name, built / name)
    return notes, set(there)


def _is_ours(file: Path, listed: str | None, new: str | None) -> bool:
    """Tell whether a file is what a build wrote, or what this one would write."""
    if listed is None and new is None:
        return False
    found = mark.digest_of(file)
    return found is not None and found in (listed, new)


def _beside(built: Path, name: str, there: Mapping[str, bool], ours: set[str], new: dict[str, str]) -> str:
    """Give a new file another name, because what has its own is somebody's; return what to say of it."""
    path, number, other = PurePosixPath(name), 1, ""
    while not other or other in new or (other in there and other not in ours):
        other = str(path.with_name(f"{path.stem}.new{'' if number == 1 else f'-{number}'}{path.suffix}"))
        number += 1
    os.replace(built / name, built / other)
    new[other] = new.pop(name)
    return f"{name} is not what a build wrote, and stays: the new one is {other}"


def _link(old: Path, new: Path) -> None:
    """Give a file a second name, where the file system can; else copy it."""
    try:
        os.link(old, new, follow_symlinks=False)
    except OSError:
        shutil.copy2(old, new, follow_symlinks=False)


def _like(old: Path, new: Path) -> None:
    """Give a folder the mode of another, and its group where that is allowed."""
    found = old.stat()
    with contextlib.suppress(OSError):
        if hasattr(os, "chown"):
            os.chown(new, -1, found.st_gid)
    shutil.copymode(old, new)


def _swap(folder: Path, built: Path, *, stands: bool) -> Path | None:
    """Put `built` where `folder` is, in one step where the system can.

    Returns where that is now which was there; None when something is there that was not when this began.
    """
    old = built.parent / _OLD
    if stands and _exchanged(built, folder):
        return built
    try:
        if stands:
            os.replace(folder, old)
        os.replace(built, folder)
    except OSError as error:
        if stands and not folder.exists():
            os.replace(old, folder)
        if not stands and error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            return None
        raise
    return old


def _exchanged(one: Path, other: Path) -> bool:
    """Let two folders take each other's name, so that nobody finds neither; False where the system cannot."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        rename = ctypes.CDLL(None).renameat2
    except (OSError, AttributeError):
        return False
    return bool(rename(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _SWAP) == 0)


def _keep_latest(old: Path, folder: Path, seen: set[str]) -> None:
    """Take along what somebody put into the old folder while the new one was made ready; another build's files go."""
    before = mark.read(old) or Mark()
    for path in [*old.rglob("*")]:
        name = _name(path, old)
        if name in seen or path.is_dir() or _is_ours(path, before.files.get(name), None):
            continue
        if not os.path.lexists(folder / name):
            with contextlib.suppress(OSError):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                os.replace(path, folder / name)


def _parents(name: str) -> list[str]:
    """Return the folders within the output in which a file or folder of it lies."""
    return [str(each) for each in PurePosixPath(name).parents if each.name]


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()
