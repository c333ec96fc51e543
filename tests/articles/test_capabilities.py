"""What a capability says it settles is what the claims say that rest on it."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from advisor.articles.claims import Claim, load_claims
from advisor.measurement import definitions


def asked(content: Any) -> Iterator[str]:
    """Yield every glob over capabilities of a test, however deep in ``all`` and ``any`` it stands."""
    if isinstance(content, dict):
        yield from (value for key, value in content.items() if key == "probe" and value.startswith("capability:"))
        for value in content.values():
            yield from asked(value)
    elif isinstance(content, list):
        for value in content:
            yield from asked(value)


def rests_on(claim: Claim, probe: str) -> bool:
    tests = claim.test.model_dump(mode="json") if claim.test else {}
    return any(fnmatchcase(probe, glob) for glob in asked(tests))


def test_capabilities_and_claims_name_each_other() -> None:
    claims = load_claims()
    for capability in definitions.capabilities().values():
        bound = {claim.id for claim in claims if rests_on(claim, capability.probe)}
        assert set(capability.settles) == bound, capability.id
        assert len(capability.settles) == len(bound), f"{capability.id} names a claim twice"


def test_a_claim_about_a_capability_asks_for_one_that_there_is() -> None:
    probes = {each.probe for each in definitions.capabilities().values()}
    for claim in load_claims():
        globs = asked(claim.test.model_dump(mode="json") if claim.test else {})
        for glob in globs:
            assert any(fnmatchcase(probe, glob) for probe in probes), (claim.id, glob)
