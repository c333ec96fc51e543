"""What of the catalog concerns a system: the facts and claims about it or that name it, and what its advice names.

A text names a system when the system's name, or one that it is ``called`` by as well, stands in it as a whole word, in
upper and lower case as it is written. Where one name is part of another (TensorFlow, TensorFlow Lite), the longer
counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from advisor.articles.claims import Claim
from advisor.articles.systems import System
from advisor.knowledge.catalog import Fact

# Claims that compare the two frameworks have this subject.
_BOTH = ("pytorch", "tensorflow")


@dataclass(frozen=True)
class Concerns:
    """Ids of what concerns one system.

    Attributes
    ----------
    facts : tuple of str
        The newest first.
    claims : tuple of str
        In the order of the catalog.
    instead : tuple of str
        The systems that its advice for today names.
    """

    facts: tuple[str, ...]
    claims: tuple[str, ...]
    instead: tuple[str, ...]


class Names:
    """The names of systems, found in texts; `others` are names of what is no system, such as ONNX Runtime."""

    def __init__(self, systems: Iterable[System], others: Iterable[str] = ()) -> None:
        self._systems: dict[str, list[str]] = {name: [] for name in others}
        for system in systems:
            # What stands in brackets explains the name and is no part of it.
            for name in (re.sub(r"\s*\(.*\)", "", system.name), *system.called):
                self._systems.setdefault(name, []).append(system.id)
        longest = sorted(self._systems, key=len, reverse=True)
        self._pattern = re.compile(rf"(?<![\w.])(?:{'|'.join(map(re.escape, longest))})(?!\w)")

    def named(self, text: str) -> tuple[str, ...]:
        """Return the ids of the systems that `text` names, each once."""
        found = (name for each in self._pattern.findall(text) for name in self._systems[each])
        return tuple(dict.fromkeys(found))


def concerns(
    systems: Iterable[System], facts: Iterable[Fact], claims: Iterable[Claim], others: Iterable[str] = ()
) -> dict[str, Concerns]:
    """Return for every system what concerns it.

    Of `facts` these are the ones about it or about what took its place, those that name it, and those that settle a
    claim about it; of `claims` the ones about it and those that name it. The two frameworks are named in most of them:
    there only what is about them counts. `others` are names of what is no system. A system's status is not told twice.
    """
    systems, claims = tuple(systems), tuple(claims)
    told = {system.evidence for system in systems}
    facts = tuple(fact for fact in facts if fact.id not in told)
    names, known = Names(systems, others), {system.id for system in systems}
    by_fact: dict[str, dict[str, None]] = {system.id: {} for system in systems}
    by_claim: dict[str, dict[str, None]] = {system.id: {} for system in systems}
    # A runtime that took a system's place is nobody's row; what is documented of it belongs to whom it replaced.
    heirs: dict[str, list[str]] = {}
    for system in systems:
        if system.replaced_by and system.replaced_by not in known:
            heirs.setdefault(system.replaced_by, []).append(system.id)
    for claim in claims:
        about = _BOTH if claim.subject == "both" else (claim.subject,)
        for name in {*about, *_less_both(names.named(claim.statement))} & known:
            by_claim[name][claim.id] = None
        for name in set(about) & known:
            by_fact[name] |= dict.fromkeys(_settling(claim))
    for fact in facts:
        about = (fact.subject, *heirs.get(fact.subject, ()))
        for name in {*about, *_less_both(names.named(fact.statement))} & known:
            by_fact[name][fact.id] = None
    newest = [fact.id for fact in sorted(facts, key=lambda fact: (fact.valid_from, fact.id), reverse=True)]
    return {
        system.id: Concerns(
            facts=tuple(name for name in newest if name in by_fact[system.id]),
            claims=tuple(by_claim[system.id]),
            instead=tuple(name for name in names.named(system.instead or "") if name != system.id),
        )
        for system in systems
    }


def _less_both(names: Iterable[str]) -> set[str]:
    return set(names) - set(_BOTH)


def _settling(claim: Claim) -> tuple[str, ...]:
    ended = claim.test.ended_by if claim.test else ()
    return (*(claim.facts.ids if claim.facts else ()), *ended)
