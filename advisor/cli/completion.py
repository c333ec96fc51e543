"""What the shell completes where a command expects a name: what advisor knows, looked up when a shell asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import get_args

import click
from click.shell_completion import CompletionItem

RUNS = Path(".advisor") / "runs"

Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def offering(
    names: Callable[[], Iterable[str]], *, files: bool = False, several: bool = False, ending: str = ""
) -> Complete:
    """Return what completes one of `names`, which are only looked up when a shell asks.

    Parameters
    ----------
    names : callable
        Returns every valid name.
    files : bool
        A path is as good as a name.
    several : bool
        Names can follow each other, with commas.
    ending : str
        What has to come after the name, such as ``=``.
    """

    def complete(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
        before, comma, last = begun.rpartition(",") if several else ("", "", begun)
        found = [CompletionItem(f"{before}{comma}{name}{ending}") for name in names() if name.startswith(last)]
        return [*found, CompletionItem(begun, type="file")] if files else found

    return complete


def profiles() -> Iterable[str]:
    """Return the names of the shipped profiles."""
    from advisor.profiles.profile import shipped_profiles

    return shipped_profiles()


def targets() -> Iterable[str]:
    """Return the ids of the shipped targets."""
    from advisor.targets.target import load_targets

    return load_targets()


def jobs() -> Iterable[str]:
    """Return the ids of the jobs."""
    from advisor.knowledge.jobs import load_jobs

    return load_jobs()


def networks() -> Iterable[str]:
    """Return the shipped networks, as they are asked for."""
    from advisor.measurement.networks import shipped

    return [f"@{name}" for name in shipped()]


def frameworks() -> Iterable[str]:
    """Return the ids of the frameworks."""
    from advisor.measurement import definitions

    return definitions.everyone()


def compared() -> Iterable[str]:
    """Return the ids of the frameworks and the runtimes of which stacks are made."""
    from advisor.measurement import definitions

    return [*definitions.everyone(), *definitions.routes()]


def probes() -> Iterable[str]:
    """Return the ids of the probes that advisor ships."""
    from advisor.measurement.definitions import current

    known = current()
    found = [each.probe for each in known.workloads] + [each.probe for each in known.experiments]
    found += [each.probe for each in known.capabilities.values()]
    return dict.fromkeys([*found, *(f"route:{name}" for name in known.routes)])


def runs() -> Iterable[str]:
    """Return the ids of the Runs that are kept here."""
    from advisor.measurement.store import Store

    return [entry.id for entry in Store(RUNS).entries()]


def environments() -> Iterable[str]:
    """Return the names of the environments that recipes ask for."""
    from advisor.measurement import definitions, environments

    return environments.wanted(definitions.current())


def criteria() -> Iterable[str]:
    """Return the ids of the criteria."""
    from advisor.criteria import load_criteria

    return load_criteria()


def systems() -> Iterable[str]:
    """Return the ids of the systems that the articles name."""
    from advisor.articles.systems import load_systems

    return [each.id for each in load_systems().systems]


def statuses() -> Iterable[str]:
    """Return what can have become of a system."""
    from advisor.articles.systems import Status

    return get_args(Status)


def claims() -> Iterable[str]:
    """Return the ids of the articles' claims."""
    from advisor.articles.claims import load_claims

    return [each.id for each in load_claims()]


def verdicts() -> Iterable[str]:
    """Return what can be found of a claim."""
    from advisor.articles.ledger import VERDICTS

    return VERDICTS


def articles() -> Iterable[str]:
    """Return the ids of the comparison articles."""
    from advisor.articles.articles import load_articles

    return [each.id for each in load_articles()]
