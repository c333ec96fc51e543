"""The systems as rows of a table, with what was found of them on this machine."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import get_args

from advisor.articles.articles import documented, load_articles
from advisor.articles.presence import LocalCheck, Target, check_targets
from advisor.articles.systems import Status, System, Systems, load_systems
from advisor.errors import AdvisorError, did_you_mean
from advisor.knowledge.catalog import Source, load_sources

_CHECKED = tuple(LocalCheck(id="").row())


def check_systems(
    ids: Iterable[str] | None = None,
    *,
    python: str | Path | None = None,
    online: bool = False,
    timeout: float = 30.0,
    progress: Callable[[LocalCheck], None] | None = None,
) -> list[LocalCheck]:
    """Ask which systems are installed here, in which version, and whether they can be imported.

    Parameters
    ----------
    ids : iterable of str, optional
        Systems to ask for (default: all).
    python : str or Path, optional
        The interpreter to ask (default: this one).
    online : bool
        Ask the package index that pip is set up for, too: for the newest version, and whether one fits that Python.
    timeout : float
        Seconds that each process may take.
    progress : callable, optional
        Called with each result as it arrives, from another thread.

    Raises
    ------
    AdvisorError
        For an unknown id, or an interpreter that cannot be run.
    """
    known = load_systems()
    chosen = known.systems if ids is None else tuple(known.system(name) for name in ids)
    targets = [Target(system.id, system.pip, system.module, system.program) for system in chosen]
    return check_targets(targets, python=python, online=online, timeout=timeout, progress=progress)


def system_rows(
    *, status: Collection[str] = (), checks: Sequence[LocalCheck] = (), folder: Path | None = None
) -> list[dict[str, str]]:
    """Return one row of plain text per system, ready for a table, CSV or JSON.

    Parameters
    ----------
    status : collection of str
        Keep only systems of these statuses (default: all).
    checks : sequence of LocalCheck
        What `check_systems` found; it adds columns, which stay empty for systems that were not asked for.

    Raises
    ------
    AdvisorError
        For an unknown status.
    """
    for word in status:
        if word not in get_args(Status):
            known = ", ".join(get_args(Status))
            raise AdvisorError(
                f"unknown status '{word}'{did_you_mean(word, get_args(Status))}", hint=f"one of: {known}"
            )
    systems = load_systems(folder)
    sources: dict[str, Source] = {article.id: article for article in load_articles(folder)}
    sources |= {source.id: source for source in load_sources(*documented(folder))}
    found = {check.id: check.row() for check in checks}
    here = dict.fromkeys(_CHECKED, "") if checks else {}
    return [
        _row(system, systems, sources) | found.get(system.id, here)
        for system in systems.systems
        if not status or system.status in status
    ]


def _row(system: System, systems: Systems, sources: Mapping[str, Source]) -> dict[str, str]:
    # Where there is nothing to look up, the article that names it is who says so.
    source = sources.get(system.source or system.named_in[0])
    title = "" if source is None else source.title if system.source else f"named in “{source.title}”"
    return {
        "id": system.id,
        "name": system.name,
        "belongs to": system.belongs_to,
        "kind": system.kind,
        "role": system.role,
        "status": system.status,
        "since": system.since or "",
        "version": system.version or "",
        "released": system.released or "",
        "says": system.says,
        "source": title,
        "url": (source.url or "") if source else "",
        "replaced by": systems.name(system.replaced_by) if system.replaced_by else "",
        "instead": system.instead or "",
        "recipes": ", ".join(system.recipes),
        "checked on": system.checked_on.isoformat(),
    }
