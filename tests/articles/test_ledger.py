"""The ledger on an invented Run: every claim gets a verdict with its reason, and a new measurement a new verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, get_args

import pytest

from advisor.articles import ledger as ledgers
from advisor.articles.claims import Claim, claims_catalog, load_claims
from advisor.articles.ledger import VERDICTS, Settled, Verdict, claim_rows, ledger
from advisor.knowledge.catalog import Catalog
from advisor.measurement import definitions
from advisor.measurement.run import Observation, Run, load_run
from advisor.measurement.run_index import RunIndex
from advisor.measurement.timing import Summary
from tests.samples import sample_run

pytestmark = pytest.mark.integration

REFERENCE = Path(__file__).resolve().parent.parent / "data" / "reference-run.json"

BOUND: dict[str, Any] = {
    "scope": "One network.",
    "compare": {
        "first": {"probe": "cnn-training", "framework": "pytorch", "setting": "best-known", "metric": "latency"},
        "second": {"probe": "cnn-training", "framework": "tensorflow", "setting": "best-known", "metric": "latency"},
        "is": "lower",
    },
}


@pytest.fixture(scope="module")
def settled() -> dict[str, Settled]:
    return {row.claim: row for row in ledger(timed(), claims_catalog(), load_claims())}


def settle(claim: Claim, run: Run, catalog: Catalog) -> Settled:
    return ledgers.settle(claim, RunIndex(run), catalog)


def timed() -> Run:
    """Return a Run in which no capability was tried."""
    return sample_run(keep=lambda observation: not observation.probe.startswith("capability:"))


def claim(**parts: Any) -> Claim:
    common = {"id": "one", "statement": "PyTorch is faster.", "subject": "both", "compares": "speed", "as_of": "2022"}
    return Claim.model_validate({**common, "sources": ["v7labs"], "kind": "performance", **parts})


def facts(**parts: Any) -> dict[str, Any]:
    return {"ids": ["keras-3-multi-backend"], "verdict": "outdated", "because": "Keras 3 came.", **parts}


def finished(year: int) -> Run:
    return sample_run().model_copy(update={"finished": datetime(year, 1, 1, tzinfo=UTC)})


def with_latency(framework: str, seconds: float) -> Run:
    def change(observation: Observation) -> Observation:
        if observation.framework != framework or observation.metric != "latency":
            return observation
        summary = Summary(median=seconds, low=seconds * 0.99, high=seconds * 1.01, n=100)
        return observation.model_copy(update={"summary": summary})

    return sample_run(change=change)


def test_every_claim_gets_a_verdict_and_a_reason(settled: dict[str, Settled]) -> None:
    assert len(settled) == len(load_claims())
    assert set(VERDICTS) == set(get_args(Verdict))
    for row in settled.values():
        assert row.verdict in VERDICTS
        assert row.why
        assert row.claimed


def test_every_pointer_leads_into_the_run(settled: dict[str, Settled]) -> None:
    run = timed().model_dump(mode="json", by_alias=True)
    pointers = [pointer for row in settled.values() for figure in row.measured for pointer in figure.evidence]
    assert pointers
    for pointer in pointers:
        found: Any = run
        for part in pointer.strip("/").split("/"):
            found = found[int(part)] if isinstance(found, list) else found[part]
        assert found is not None


def test_what_a_run_lacks_is_named(settled: dict[str, Settled]) -> None:
    assert settled["tf2-eager-default"].verdict == "cannot be tested here"
    assert settled["tf2-eager-default"].why.startswith(
        "not measured in this run: probe capability:dynamic-control-flow (tensorflow)."
    )
    empty = ledger(sample_run(keep=lambda observation: False), claims_catalog(), load_claims())
    for row in empty:
        if row.way == "test":
            assert row.verdict == "cannot be tested here"
            assert row.measured == ()


def test_bound_claims_change_with_the_measurements(settled: dict[str, Settled]) -> None:
    before = {name: row.verdict for name, row in settled.items()}
    rows = ledger(with_latency("pytorch", 0.5), claims_catalog(), load_claims())
    after = {row.claim: row.verdict for row in rows}
    assert (before["viso-train-time"], after["viso-train-time"]) == ("holds", "does not hold")
    assert (before["upgrad-cpu-train-time"], after["upgrad-cpu-train-time"]) == ("does not hold", "holds")
    assert {name for name in after if after[name] != before[name]} <= {row.claim for row in rows if row.way == "test"}


@pytest.mark.parametrize(("seconds", "verdict"), [(1e-3, "holds"), (11e-3, "within noise"), (90e-3, "does not hold")])
def test_a_measured_claim(seconds: float, verdict: str) -> None:
    row = settle(claim(test=BOUND), with_latency("pytorch", seconds), Catalog())
    assert row.verdict == verdict
    assert row.way == "test"
    assert row.probes == ("cnn-training",)
    assert row.why.endswith("One network.")
    assert len(row.measured) == 1


def test_a_test_that_fails_after_an_end_is_outdated_and_before_it_wrong() -> None:
    run, catalog = with_latency("pytorch", 90e-3), claims_catalog()
    ended = {**BOUND, "ended_by": ["keras-3-multi-backend"]}
    row = settle(claim(test=ended), run, catalog)
    assert row.verdict == "outdated"
    assert row.facts == ("keras-3-multi-backend",)
    assert "It ended on 2023-11-27. One network." in row.why
    late = settle(claim(test=ended, as_of="2024"), run, catalog)
    assert late.verdict == "does not hold"
    assert "It ended on 2023-11-27, before the claim was made." in late.why
    assert settle(claim(test=ended, as_of="undated"), run, catalog).verdict == "outdated"
    assert settle(claim(test=ended), with_latency("pytorch", 1e-3), catalog).facts == ()


def test_a_documented_claim_has_the_verdict_of_its_facts_on_the_day_of_the_run() -> None:
    outdated = claim(facts=facts())
    row = settle(outdated, sample_run(), claims_catalog())
    assert (row.verdict, row.why, row.facts) == ("outdated", "Keras 3 came.", ("keras-3-multi-backend",))
    early = settle(outdated, finished(2023), claims_catalog())
    assert early.verdict == "cannot be tested here"
    assert "holds from 2023-11-27 on, after this run" in early.why
    assert settle(outdated, sample_run(), Catalog()).why == "the fact 'keras-3-multi-backend' is not in this catalog"


def test_what_a_fact_confirmed_is_outdated_once_the_fact_ended() -> None:
    confirmed = claim(facts=facts(ids=["keras-dropped-theano-cntk"], verdict="holds"))
    assert settle(confirmed, finished(2022), claims_catalog()).verdict == "holds"
    row = settle(confirmed, sample_run(), claims_catalog())
    assert row.verdict == "outdated"
    assert row.why == "Keras 3 came. That ended on 2023-11-26."


def test_an_opinion_and_what_cannot_be_tested_keep_their_reasons_and_what_to_see() -> None:
    opinion = settle(claim(opinion="A matter of taste.", see=["keras-3-multi-backend"]), sample_run(), Catalog())
    assert (opinion.verdict, opinion.why) == ("opinion", "A matter of taste.")
    assert opinion.facts == ("keras-3-multi-backend",)
    untestable = settle(claim(untestable="Needs TPUs."), sample_run(), Catalog())
    assert (untestable.verdict, untestable.why) == ("cannot be tested here", "Needs TPUs.")


def test_claims_that_contradict_each_other_are_shown_with_the_one_that_holds(settled: dict[str, Settled]) -> None:
    theano = settled["tf-built-on-theano"]
    assert theano.verdict == "contradicted"
    assert [(rival.claim, rival.verdict) for rival in theano.rivals] == [("tf-from-distbelief", "holds")]
    assert theano.right == ("tf-from-distbelief",)
    assert settled["tf-from-distbelief"].right == ()
    mobile = settled["pytorch-first-on-mobile"]
    assert (mobile.verdict, mobile.right) == ("does not hold", ("tf-better-on-mobile",))


def selections(content: Any) -> Iterator[dict[str, Any]]:
    """Yield every selection of observations in a test, however deep it stands."""
    parts = content.values() if isinstance(content, dict) else content if isinstance(content, list) else ()
    if isinstance(content, dict) and "probe" in content:
        yield content
    for part in parts:
        yield from selections(part)


def observable(selection: dict[str, Any]) -> bool:
    """Return whether a Run on a processor can hold what is selected: there is a recipe, or a route of the framework."""
    known = definitions.shipped()
    kind, _, name = selection["probe"].partition(":")
    framework = selection.get("framework")
    if selection.get("device", "cpu") != "cpu":
        return False
    if kind == "route":
        return framework is None or name in known.frameworks[framework].routes
    if kind == "capability":
        return framework is None or known.has_recipe(framework, known.capabilities[name])
    probes = [each.probe for each in known.workloads] + [each.probe for each in known.experiments] + ["environment"]
    return any(fnmatchcase(probe, selection["probe"]) for probe in probes)


def test_at_least_ninety_claims_rest_on_what_a_processor_shows_and_sixty_on_dated_facts() -> None:
    tests = [claim.test.model_dump(mode="json", exclude_none=True) for claim in load_claims() if claim.test]
    bound = [list(selections(test)) for test in tests]
    assert all(bound)
    assert sum(all(observable(each) for each in asked) for asked in bound) >= 90
    assert sum(claim.way == "facts" for claim in load_claims()) >= 60


@pytest.mark.skipif(not REFERENCE.is_file(), reason="no reference Run is committed yet")
def test_at_least_ninety_claims_are_settled_by_the_reference_run_and_sixty_by_dated_facts() -> None:
    rows = ledger(load_run(REFERENCE), claims_catalog(), load_claims())
    settled = Counter(row.way for row in rows if row.verdict != "cannot be tested here")
    missing = {row.claim: row.why for row in rows if row.way == "test" and row.verdict == "cannot be tested here"}
    assert settled["test"] >= 90, missing
    assert settled["facts"] >= 60


def test_a_row_leads_to_the_recipes_that_settle_it(settled: dict[str, Settled]) -> None:
    rows = {row["id"]: row for row in claim_rows(settled.values(), load_claims())}
    assert rows["tf2-eager-default"]["recipes"][:2] == [
        "probes/frameworks/pytorch/dynamic_control_flow.py", "probes/frameworks/tensorflow/dynamic_control_flow.py",
    ]  # fmt: skip
    assert "probes/frameworks/tensorflow/route_litert.py" in rows["tf-deployment-lead"]["recipes"]
    assert rows["viso-train-time"]["recipes"] == [
        "probes/frameworks/pytorch/training.py", "probes/frameworks/tensorflow/training.py",
        "probes/frameworks/jax/training.py",
    ]  # fmt: skip
    root = definitions.shipped().probes.parent
    assert all((root / file).is_file() for row in rows.values() for file in row["recipes"])
    lost = [row["id"] for row in rows.values() if row["settled_by"] == "test" and not row["recipes"]]
    assert set(lost) <= {each["id"] for each in rows.values() if each["probes"] == ["environment"]}


def test_rows_can_be_narrowed_to_a_verdict_and_to_an_article(settled: dict[str, Settled]) -> None:
    claims = load_claims()
    rows = claim_rows(settled.values(), claims)
    assert [row["id"] for row in rows] == [claim.id for claim in claims]
    assert all(isinstance(value, (str, list)) for row in rows for value in row.values())
    holds = claim_rows(settled.values(), claims, verdict="holds")
    assert {row["verdict"] for row in holds} == {"holds"}
    by_id = {claim.id: claim for claim in claims}
    for row in rows:
        of, told = by_id[row["id"]], settled[row["id"]]
        assert (row["claim"], row["claimed"], row["why"]) == (of.statement, of.figure or of.statement, told.why)
        assert (row["settled_by"], row["topic"], row["kind"], row["as_of"]) == (of.way, of.compares, of.kind, of.as_of)
        assert (row["right"], row["contradicts"]) == ([*told.right], [*of.contradicts])
        assert row["evidence"] == [each for figure in told.measured for each in figure.evidence]
    both = claim_rows(settled.values(), claims, verdict="holds", source="viso.ai")
    assert both
    assert all("viso.ai" in row["sources"] for row in both)
    assert len(both) < len(holds)


def test_what_holds_has_no_rival_that_is_right() -> None:
    opposite = {**BOUND, "compare": {**BOUND["compare"], "is": "higher"}}
    one = claim(test=BOUND, contradicts=["two", "unknown"])
    two = claim(id="two", test=opposite, contradicts=["one"])
    first, second = ledger(with_latency("pytorch", 1e-3), claims_catalog(), [one, two])
    assert (first.verdict, first.right, [each.claim for each in first.rivals]) == ("holds", (), ["two"])
    assert (second.verdict, second.right, [each.claim for each in second.rivals]) == (
        "does not hold",
        ("one",),
        ["one"],
    )
