"""Several Runs of one question: a device's figures stand for what ships, and only for files that were proved here."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from advisor.decision.engine import decide
from advisor.decision.transfer import asked_of
from advisor.devices.combination import combined
from advisor.errors import AdvisorError
from advisor.measurement.run import Exported, Host, Run
from advisor.profiles.profile import load_profile
from tests.samples import sample_run

BOARD = Host(
    cpu="Cortex-A76", cores=4, memory_bytes=8 * 10**9, os="Linux 6.6", architecture="aarch64", label="camera-17"
)


def proved(run: Run, digest: str | None = "abc") -> Run:
    """Return a Run whose proofs of routes name the digest of their artifact."""
    observations = tuple(
        each.model_copy(update={"proof": {**(each.proof or {}), "artifact_sha256": digest}})
        if each.probe.startswith("route:") and each.metric is None
        else each
        for each in run.observations
    )
    return run.model_copy(update={"observations": observations})


def on_a_board(run: Run) -> Run:
    """Return what a device measured of the same artifacts, each time twice as long."""
    exported = Exported(run=run.id, host=run.host, finished=datetime(2026, 1, 2, tzinfo=UTC), bundle="camera.advisor")
    routes = []
    for each in run.observations:
        if each.probe.startswith("route:"):
            slower = None
            if each.summary is not None and each.unit == "s":
                names = ("median", "low", "high", "p50", "p95", "p99", "p99_low", "p99_high")
                known = {name: getattr(each.summary, name) for name in names}
                slower = each.summary.model_copy(update={name: 2 * value for name, value in known.items() if value})
            routes.append(each.model_copy(update={"rounds": (), **({"summary": slower} if slower else {})}))
    update = {"id": "board", "host": BOARD, "observations": tuple(routes), "exported": exported}
    return run.model_copy(update=update)


def test_what_a_device_measured_stands_for_what_ships() -> None:
    here = proved(sample_run())
    both = combined([here, on_a_board(here)])
    assert both.host == BOARD
    old = {each.key: each for each in here.observations}
    for each in both.observations:
        if each.probe.startswith("route:") and each.metric == "latency" and each.summary:
            before = old[each.key].summary
            assert before is not None
            assert each.summary.median == pytest.approx(2 * before.median)
        elif not each.probe.startswith("route:"):
            assert each == old[each.key]
    assert {each.key for each in both.observations} == set(old)


def test_its_times_are_not_widened_for_the_device() -> None:
    here, profile = proved(sample_run()), load_profile("edge")
    rules = [rule.measured for each in profile.criteria.values() for rule in each.evidence if rule.measured]
    times = [rule for rule in rules if rule.probe.startswith("route:") and rule.metric == "latency"]
    assert times
    alone, both = asked_of(here, profile), asked_of(combined([here, on_a_board(here)]), profile)
    for rule in times:
        assert both.sigma(rule, "s")[0] < alone.sigma(rule, "s")[0]
        assert "on this machine" not in str(both.sigma(rule, "s")[1])
    told = decide(combined([here, on_a_board(here)]), profile, samples=200)
    assert any(each.startswith("Measured on Cortex-A76 (camera-17), exported on") for each in told.warnings)


@pytest.mark.parametrize("digest", ["other", None])
def test_another_file_than_the_one_that_was_proved_is_refused(digest: str | None) -> None:
    here = proved(sample_run())
    with pytest.raises(AdvisorError, match=r"the device measured .* as it was exported by the session"):
        combined([proved(here, digest), on_a_board(here)])


def test_two_devices_or_none_are_no_one_question() -> None:
    here = proved(sample_run())
    with pytest.raises(AdvisorError, match="2 of 3 Runs are of a device"):
        combined([here, on_a_board(here), on_a_board(here)])
    with pytest.raises(AdvisorError, match="0 of 2 Runs are of a device"):
        combined([here, here])
    assert combined([here]) is here
