"""A session that is told what it need not try any more leaves it out, and says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from advisor.measurement import definitions
from advisor.measurement.plan import make_plan
from advisor.measurement.run import Run
from advisor.measurement.session import measure
from advisor.measurement.store import Store
from tests.measurement.test_capabilities import UNRULY, capability

pytestmark = pytest.mark.usefixtures("quiet")


def test_what_is_needless_after_the_first_is_left_out(tmp_path: Path) -> None:
    known = definitions.load(folders=[UNRULY])
    known = replace(known, capabilities={name: capability(name) for name in ("well", "shouts", "wrong")})
    asked: list[list[str]] = []

    def needless(run: Run) -> Mapping[tuple[str, str], str]:
        tried = [each.probe for each in run.observations if each.probe.startswith("capability:")]
        asked.append(tried)
        return {("capability:shouts", "unruly"): "nobody needs to know"} if tried else {}

    plan = make_plan(definitions=known, frameworks=["unruly"], only=["capability:*"])
    run = measure(plan, store=Store(tmp_path), threads=1, needless=needless)
    outcomes = {each.probe: (each.outcome, each.message) for each in run.observations if each.probe != "environment"}
    assert outcomes["capability:well"] == ("proved", None)
    assert outcomes["capability:shouts"] == ("not_run", "nobody needs to know")
    assert outcomes["capability:wrong"][0] == "refuted"
    assert [each.why for each in run.skipped] == ["for Unruly: nobody needs to know"]
    assert run.complete
    # It is asked anew only when something has been learnt.
    assert asked == [[], ["capability:well"]]
