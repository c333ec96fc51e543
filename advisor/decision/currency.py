"""Whether a Run still speaks of a model of the user's as it is now, with the packages that are installed now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from advisor.measurement.run import Run
from advisor.measurement.run_changes import versions
from advisor.measurement.subject import Subject

_HASH = 9
"""The characters at the end of a model's name that are of its content: ``-9446d29d``."""
_NAMED = 4


def measured(run: Run, name: str) -> bool:
    """Tell whether a Run has figures of the model of this name."""
    return any(each.workload == name and each.summary is not None for each in run.observations)


def lacking(run: Run, model: Subject) -> str | None:
    """Return why a Run says nothing of a model as it is now; None where it does."""
    if measured(run, model.spec):
        return None
    if others := _versions_of(run, model):
        return f"{model.title} has changed: {others[0]} was measured, and it is {model.spec} now"
    return f"nothing of {model.title} was measured"


def outdated(run: Run, installed: Mapping[str, Mapping[str, str]]) -> str | None:
    """Return which packages are of other versions than those that were measured; None where none is.

    Parameters
    ----------
    installed : mapping
        By framework the versions of its packages; a framework that is not there is not told of.
    """
    now = {name: run.frameworks[name].model_copy(update={"packages": dict(installed[name])})
           for name in installed if name in run.frameworks and run.frameworks[name].packages}  # fmt: skip
    known = {name: run.frameworks[name] for name in now}
    before, after = (run.model_copy(update={"frameworks": each}) for each in (known, now))
    changed = versions(before, after)
    return _listed(changed) if changed else None


def since(earlier: Iterable[Run], run: Run, model: Subject) -> str | None:
    """Return what is another since the newest earlier Run that measured this model, or it as it was before."""
    for before in earlier:
        if before.id == run.id or before.finished > run.finished:
            continue
        named = measured(before, model.spec)
        if not named and not _versions_of(before, model):
            continue
        changed = ([] if named else [f"{model.title} has changed"]) + versions(before, run)
        return f"since {before.finished:%Y-%m-%d}: {_listed(changed)}" if changed else None
    return None


def _versions_of(run: Run, model: Subject) -> list[str]:
    """Return the names of the same file and function with other content that a Run has figures of."""
    stem = model.spec[:-_HASH]
    names = dict.fromkeys(each.workload for each in run.observations if each.summary is not None and each.workload)
    return [name for name in names if name != model.spec and name[:-_HASH] == stem and len(name) == len(model.spec)]


def _listed(changed: list[str]) -> str:
    more = f" and {len(changed) - _NAMED} more" if len(changed) > _NAMED else ""
    return ", ".join(changed[:_NAMED]) + more
