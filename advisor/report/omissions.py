"""What was not measured, and why, in sentences: frameworks that are not there, missing figures, things left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from advisor.decision import phrases
from advisor.decision.priorities import EVERYTHING_ELSE
from advisor.decision.recommendation import Ranked, Recommendation
from advisor.measurement.run import Run, Skipped
from advisor.report import words

_LONGEST = 200
_NAMED = 6


def gaps(recommendation: Recommendation, run: Run, titles: Mapping[str, str]) -> list[str]:
    """Return one sentence for each thing that the answer does not know, most general first."""
    return [*_frameworks(run, titles), *_figures(recommendation, titles), *_without_bearing(recommendation, run)]


def absent(ranking: Iterable[Ranked], run: Run) -> list[Ranked]:
    """Return of each framework that is compared but not installed where the Run was made its foremost stack."""
    found: dict[str, Ranked] = {}
    for each in ranking:
        framework = run.frameworks.get(each.framework)
        if framework is not None and framework.outcome == "not_installed":
            found.setdefault(each.framework, each)
    return list(found.values())


def _frameworks(run: Run, titles: Mapping[str, str]) -> Iterator[str]:
    for name, found in run.frameworks.items():
        if found.outcome != "measured":
            how = ""
            if found.install and found.outcome == "not_installed":
                # Frameworks need not share a Python, and the one in use may be worth leaving as it is.
                how = f". Install it: {words.line(found.install)}, or name a Python that has it: --python {name}=PATH"
            yield f"{words.name(name, titles)}: {words.OUTCOMES[found.outcome]}{how}"


def _figures(recommendation: Recommendation, titles: Mapping[str, str]) -> Iterator[str]:
    """Yield what is missing; criteria with one reason and the same stacks come together."""
    criteria = {need.criterion: words.line(need.title) for need in recommendation.needs}
    found: dict[tuple[str, str], list[str]] = {}
    for cell in recommendation.evidence:
        if cell.provenance == "missing" and cell.criterion in criteria:
            why = words.line(cell.message or "") or words.OUTCOMES.get(cell.outcome, cell.outcome)
            place = (criteria[cell.criterion], _short(why))
            found.setdefault(place, []).append(words.stack(cell.stack, titles))
    together: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (title, why), stacks in found.items():
        together.setdefault((why, tuple(stacks)), []).append(title)
    everyone = len(recommendation.ranking)
    for (why, stacks_), names in together.items():
        whose = "every stack" if len(stacks_) == everyone > 1 else ", ".join(stacks_)
        yield f"{'; '.join(names)}: {why} ({whose})"


def _without_bearing(recommendation: Recommendation, run: Run) -> Iterator[str]:
    """Yield what was left out and leaves no gap in this answer, since nothing that it could show would change it."""
    told = [cell.omission for cell in recommendation.evidence if cell.omission is not None]
    left = [skip for skip in run.skipped if not any(_alike(skip, each) for each in told)]
    rest = [skip for skip in left if skip.probe == EVERYTHING_ELSE]
    # What a session decided on its way it says for each framework, with the reason.
    settled: dict[str, list[str]] = {}
    for skip in left:
        if skip.kind == "needless":
            settled.setdefault(words.line(phrases.needless(skip)), []).append(words.line(skip.probe))
    for reason, probes in settled.items():
        yield f"{_listed(list(dict.fromkeys(probes)))}: {reason}"
    count = len({skip.probe for skip in left if skip not in rest and skip.kind != "needless"})
    if count:
        what = "1 probe on which" if count == 1 else f"{count} probes on which"
        yield f"{what} no figure of this answer rests; the Run says which and why"
    yield from (f"Everything else: {words.line(phrases.left_out(skip, run.titles))}" for skip in rest)


def _alike(one: Skipped, other: Skipped) -> bool:
    """Tell whether two things were left out for one reason; what is needless, for whichever framework it is said."""
    if one.kind == other.kind == "needless":
        return one.reason == other.reason
    return one == other.model_copy(update={"probe": one.probe})


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rpartition(' ')[0] or text[: _LONGEST - 1]}…"
