"""The claims ledger: what becomes of every claim of the comparison articles on this Run and this Catalog.

A claim is settled by the Run where it is bound to observations, by dated facts where it is not, and by neither where it
is an opinion or cannot be tested. A new Run settles the bound claims anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from fnmatch import fnmatchcase
from typing import Any, Literal, get_args

from advisor.articles.articles import latest_day
from advisor.articles.claims import Claim, Way
from advisor.articles.trial import Measured, apply, probes
from advisor.documents import Model
from advisor.knowledge.catalog import Catalog
from advisor.measurement import definitions
from advisor.measurement.run import Run
from advisor.measurement.run_index import RunIndex

Verdict = Literal[
    "holds", "does not hold", "within noise", "outdated", "contradicted", "cannot be tested here", "opinion"
]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
REASONS = 3


class Rival(Model):
    """A claim that says the opposite, and what became of it."""

    claim: str
    verdict: Verdict


class Settled(Model):
    """What became of one claim.

    ``measured`` are the figures and outcomes it rests on, with JSON pointers into the Run; ``facts`` are ids in the
    Catalog; ``probes`` the recipes that produce (or would produce) its observations. ``rivals`` are the claims that
    contradict it, and ``right`` those of them that hold while this one does not.
    """

    claim: str
    verdict: Verdict
    way: Way
    claimed: str
    measured: tuple[Measured, ...] = ()
    facts: tuple[str, ...] = ()
    why: str
    probes: tuple[str, ...] = ()
    rivals: tuple[Rival, ...] = ()
    right: tuple[str, ...] = ()


def settle(claim: Claim, index: RunIndex, catalog: Catalog) -> Settled:
    """Return what becomes of `claim` on a Run and `catalog` (facts count as of the day of the Run).

    A claim whose observations are missing is *cannot be tested here*, with what is missing; it is never guessed.
    """
    if claim.test is not None:
        return _measured(claim, index, catalog)
    if claim.facts is not None:
        return _documented(claim, index.run.finished.date(), catalog)
    if claim.opinion is not None:
        return _settled(claim, "opinion", claim.opinion)
    return _settled(claim, "cannot be tested here", claim.untestable or "")


def ledger(run: Run, catalog: Catalog, claims: Iterable[Claim]) -> tuple[Settled, ...]:
    """Settle every claim, and set beside each what became of the claims that contradict it."""
    claims = tuple(claims)
    index = RunIndex(run)
    settled = {claim.id: settle(claim, index, catalog) for claim in claims}
    rows = []
    for claim in claims:
        rivals = tuple(
            Rival(claim=name, verdict=settled[name].verdict) for name in claim.contradicts if name in settled
        )
        row = settled[claim.id]
        right = () if row.verdict == "holds" else tuple(each.claim for each in rivals if each.verdict == "holds")
        rows.append(row.model_copy(update={"rivals": rivals, "right": right}))
    return tuple(rows)


def claim_rows(
    settled: Iterable[Settled],
    claims: Iterable[Claim],
    *,
    verdict: str | None = None,
    source: str | None = None,
) -> list[dict[str, Any]]:
    """Return one plain row per settled claim, for a table, CSV or JSON.

    Parameters
    ----------
    settled, claims
        The ledger, and the claims it settles.
    verdict, source : str, optional
        Only rows with this verdict; only claims that this article makes.
    """
    by_id = {claim.id: claim for claim in claims}
    rows = []
    for row in settled:
        claim = by_id[row.claim]
        if verdict not in (None, row.verdict) or (source is not None and source not in claim.sources):
            continue
        rows.append(
            {
                "id": claim.id,
                "verdict": row.verdict,
                "claim": claim.statement,
                "claimed": row.claimed,
                "measured": [figure.text for figure in row.measured],
                "why": row.why,
                "settled_by": row.way,
                "evidence": [pointer for figure in row.measured for pointer in figure.evidence],
                "facts": list(row.facts),
                "probes": list(row.probes),
                "recipes": recipes(row.probes),
                "contradicts": list(claim.contradicts),
                "right": list(row.right),
                "sources": list(claim.sources),
                "as_of": claim.as_of,
                "subject": claim.subject,
                "topic": claim.compares,
                "kind": claim.kind,
            }
        )
    return rows


def recipes(probes: Iterable[str]) -> list[str]:
    """Return the files that a reader can open to see what `probes` do, as paths below the folder of the project."""
    known = definitions.current()
    found: dict[str, None] = {}
    for probe in probes:
        found |= dict.fromkeys(_files(probe, known))
    return list(found)


def _files(probe: str, known: definitions.Definitions) -> Iterator[str]:
    kind, _, name = probe.rpartition(":")
    for framework in known.frameworks:
        if kind == "capability":
            files = [f"{name.replace('-', '_')}.py"]
        elif kind == "route":
            files = [f"route_{name}.py"]
        else:
            # A workload is timed by the code of its task, whichever network it is.
            tasks = (each.task for each in known.workloads if fnmatchcase(each.probe, probe))
            files = [f"{task}.py" for task in dict.fromkeys(tasks)] or [f"{name.replace('-', '_')}.py"]
        for file in files:
            if (known.probes / "frameworks" / framework / file).is_file():
                yield f"probes/frameworks/{framework}/{file}"


def _measured(claim: Claim, index: RunIndex, catalog: Catalog) -> Settled:
    assert claim.test is not None
    trial = apply(claim.test, index)
    verdict: Verdict = trial.answer
    why = "; ".join(trial.why[:REASONS])
    if len(trial.why) > REASONS:
        why += f"; and {len(trial.why) - REASONS} more"
    facts: tuple[str, ...] = ()
    if verdict == "does not hold":
        day, said = index.run.finished.date(), latest_day(claim.as_of)
        ends = [fact for fact in catalog.facts if fact.id in claim.test.ended_by and fact.valid_from <= day]
        facts = tuple(fact.id for fact in ends)
        if any(said is None or fact.valid_from > said for fact in ends):
            verdict = "outdated"
        if ends:
            end = min(fact.valid_from for fact in ends)
            why += f". It ended on {end.isoformat()}" + ("" if verdict == "outdated" else ", before the claim was made")
    return _settled(
        claim, verdict, f"{why}. {claim.test.scope}", measured=trial.measured, facts=facts, probes=probes(claim.test)
    )


def _documented(claim: Claim, day: date, catalog: Catalog) -> Settled:
    assert claim.facts is not None
    known = {fact.id: fact for fact in catalog.facts}
    for name in claim.facts.ids:
        if name not in known:
            return _settled(claim, "cannot be tested here", f"the fact '{name}' is not in this catalog")
        start = known[name].valid_from
        if start > day:
            why = f"the fact '{name}' holds from {start.isoformat()} on, after this run"
            return _settled(claim, "cannot be tested here", why)
    over = [end for name in claim.facts.ids if (end := known[name].valid_to) is not None and end < day]
    verdict: Verdict = claim.facts.verdict
    why = claim.facts.because
    if verdict == "holds" and over:
        verdict, why = "outdated", f"{why} That ended on {min(over).isoformat()}."
    return _settled(claim, verdict, why, facts=claim.facts.ids)


def _settled(
    claim: Claim,
    verdict: Verdict,
    why: str,
    *,
    measured: tuple[Measured, ...] = (),
    facts: tuple[str, ...] = (),
    probes: tuple[str, ...] = (),
) -> Settled:
    return Settled(
        claim=claim.id, verdict=verdict, way=claim.way, claimed=claim.figure or claim.statement, measured=measured,
        facts=(*facts, *claim.see), why=why, probes=probes,
    )  # fmt: skip
