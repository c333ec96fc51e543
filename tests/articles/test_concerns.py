"""What concerns a system: by its subject, by its name, by the claims that a fact settles."""

from __future__ import annotations

from datetime import date

import pytest

from advisor.articles.catalog import whole_catalog
from advisor.articles.claims import Claim, load_claims
from advisor.articles.concerns import Names, concerns
from advisor.articles.systems import System, load_systems
from advisor.knowledge.catalog import Fact


def system(name: str, title: str, **known: object) -> System:
    given = {
        "id": name, "name": title, "belongs_to": "neutral", "kind": "tool", "role": "Is invented.", "status": "unknown",
        "says": "Nobody knows.", "named_in": ["viso.ai"], "checked_on": date(2026, 11, 20),
    }  # fmt: skip
    return System.model_validate(given | known)


def fact(name: str, subject: str, statement: str, day: date = date(2024, 1, 1)) -> Fact:
    return Fact(
        id=name, subject=subject, key="note", statement=statement, valid_from=day, source="somebody",
        checked_on=date(2026, 11, 20), confidence="low",
    )  # fmt: skip


def claim(name: str, subject: str, statement: str, *facts: str) -> Claim:
    settled = {"facts": {"ids": facts, "verdict": "holds", "because": "So it is."}} if facts else {"opinion": "Taste."}
    given = {"id": name, "subject": subject, "statement": statement, "compares": "x", "sources": ["viso.ai"]}
    return Claim.model_validate({**given, "as_of": "2024", "kind": "status", **settled})


SYSTEMS = (
    system("torch", "Torch"),
    system(
        "torch-lite", "Torch Lite (for phones)", called=["TLite"], replaced_by="heir", instead="Torch, not Torch Lite."
    ),
    system("dot", "torch.nn"),
)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Torch came before Torch Lite.", ("torch", "torch-lite")),
        ("TLite, or Torch Lite's files", ("torch-lite",)),
        ("PyTorch and torch are others", ()),
        ("It is in torch.nn.", ("dot",)),
        ("my.torch.nn and torch.nnx are not", ()),
        ("Torch-only code", ("torch",)),
    ],
)
def test_a_name_counts_as_a_whole_word_and_the_longer_one_first(text: str, named: tuple[str, ...]) -> None:
    assert Names(SYSTEMS).named(text) == named


def test_facts_and_claims_come_to_whom_they_concern() -> None:
    facts = (
        fact("old", "torch", "It began.", date(2012, 1, 1)),
        fact("named", "somebody-else", "Torch Lite is named."),
        fact("inherited", "heir", "It goes on under another name."),
        fact("settles", "somebody-else", "It settles a claim."),
        fact("strange", "somebody-else", "It names nobody."),
    )
    claims = (
        claim("about", "torch", "It is old.", "settles"),
        claim("naming", "somebody-else", "Torch is named.", "strange"),
        claim("neither", "somebody-else", "Nobody is named."),
    )
    found = concerns(SYSTEMS, facts, claims)
    assert found["torch"].facts == ("settles", "old")
    assert found["torch"].claims == ("about", "naming")
    assert found["torch-lite"].facts == ("named", "inherited")
    assert found["torch-lite"].instead == ("torch",)
    assert (found["dot"].facts, found["dot"].claims) == ((), ())


def test_what_compares_the_two_frameworks_concerns_both() -> None:
    both = (system("pytorch", "PyTorch"), system("tensorflow", "TensorFlow"), system("jax", "JAX"))
    claims = (claim("same", "both", "They are equally fast."), claim("naming", "jax", "JAX is not PyTorch."))
    found = concerns(both, (), claims)
    # Their names stand in most texts, and tell nothing.
    assert [found[each.id].claims for each in both] == [("same",), ("same",), ("naming",)]


def test_a_longer_name_that_is_no_systems_is_not_taken_for_one() -> None:
    names = Names((system("onnx", "ONNX"),), ["ONNX Runtime"])
    assert names.named("ONNX Runtime behind a server") == ()
    assert names.named("ONNX files") == ("onnx",)


def test_no_status_is_told_twice_and_every_subject_finds_its_system() -> None:
    systems, facts, claims = load_systems().systems, whole_catalog().facts, load_claims()
    found, statuses = concerns(systems, facts, claims), {each.evidence for each in systems}
    assert set(found) == {each.id for each in systems}
    for each in systems:
        assert not statuses & set(found[each.id].facts)
        assert {one.id for one in claims if one.subject == each.id} <= set(found[each.id].claims)
        assert {one.id for one in facts if one.subject == each.id} - statuses <= set(found[each.id].facts)
    # Told of the framework, and named in the text.
    assert "torchserve-ended" in found["torchserve"].facts
