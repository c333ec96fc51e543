"""Jobs: questions that lie one level above a framework, and the libraries or servers that are chosen among there.

``jobs.yaml`` holds them, each name with its source. Nothing here is measured or ranked.
"""

from __future__ import annotations

import functools
from datetime import date
from pathlib import Path

from pydantic import Field

from advisor.documents import Model, read_yaml
from advisor.errors import AdvisorError, did_you_mean
from advisor.keys import Stack
from advisor.knowledge import mistakes
from advisor.knowledge.catalog import HERE, Name, Source, Text, load_sources

ALONE = "none"
"""Stands among ``runtimes`` for a framework that serves itself."""


class Library(Model):
    """A library or a server for a job.

    Attributes
    ----------
    is_ : str
        What it is, to be put behind its name.
    frameworks, runtimes : tuple of str
        What it is for; empty: for all of them.
    """

    name: Text
    is_: Text = Field(alias="is")
    frameworks: tuple[Name, ...] = ()
    runtimes: tuple[Name, ...] = ()
    source: Name

    def fits(self, stack: Stack) -> bool:
        """Return whether it is for what is built with this stack."""
        framework = not self.frameworks or stack.framework in self.frameworks
        return framework and (not self.runtimes or (stack.route or ALONE) in self.runtimes)


class Job(Model):
    """A job; ``called`` is what it is called behind *for*."""

    id: Name
    title: Text
    called: Text
    names: tuple[Library, ...] = Field(min_length=1)
    checked_on: date


class _Jobs(Model):
    jobs: tuple[Job, ...]


def load_jobs(folder: Path | None = None) -> dict[str, Job]:
    """Read ``jobs.yaml`` from `folder` (default: the shipped one), by id.

    Raises
    ------
    AdvisorError
        Naming every mistake with file:line:column: unknown sources, ids that occur twice.
    """
    return _load(folder or HERE)


@functools.cache
def _load(folder: Path) -> dict[str, Job]:
    document = read_yaml(folder / "jobs.yaml", _Jobs, what="list of jobs")
    found = document.value.jobs
    known = {source.id for source in load_sources(folder)}
    problems = mistakes.duplicates("jobs", [each.id for each in found])
    for index, each in enumerate(found):
        for number, name in enumerate(each.names):
            problems += mistakes.unknown(("jobs", index, "names", number, "source"), "source", name.source, known)
    mistakes.refuse(document, problems)
    return {each.id: each for each in found}


def load_job(name: str) -> Job:
    """Return the job with this id; raise AdvisorError with the nearest one where there is none."""
    found = load_jobs()
    if name not in found:
        raise AdvisorError(f"unknown job '{name}'{did_you_mean(name, found)}", hint=f"one of {', '.join(found)}")
    return found[name]


def source_of(library: Library) -> Source:
    """Return the source of what is said of a library."""
    return next(source for source in load_sources() if source.id == library.source)
