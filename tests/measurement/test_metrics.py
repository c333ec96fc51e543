"""The registry of metrics: what a Run of ours holds is in it, with the unit that it says."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from advisor.criteria import load_criteria
from advisor.errors import AdvisorError
from advisor.measurement.metrics import is_share, load_metrics
from advisor.measurement.run import load_run

RUNS = sorted((Path(__file__).parents[1] / "data").glob("*.json"))


@pytest.mark.parametrize("path", RUNS, ids=lambda path: path.stem)
def test_every_metric_of_a_run_is_known_with_its_unit(path: Path) -> None:
    known = load_metrics()
    for each in load_run(path).observations:
        if each.metric is not None and each.summary is not None:
            assert known[each.metric].unit == (each.unit or ""), each.metric


def test_every_criterion_that_is_measured_asks_for_a_known_metric() -> None:
    for criterion in load_criteria().values():
        for rule in criterion.evidence:
            if rule.measured is not None and rule.measured.metric is not None:
                assert rule.measured.metric in load_metrics(), criterion.id


def test_groups_stand_together() -> None:
    groups = [metric.group for metric in load_metrics().values()]
    assert len(dict.fromkeys(groups)) == 1 + sum(a != b for a, b in pairwise(groups))


def test_a_share_is_one_and_an_unknown_metric_is_none() -> None:
    assert is_share("accuracy-loss")
    assert not is_share("latency")
    assert not is_share("something-of-a-folder-of-mine")
    assert not is_share(None)


def test_a_metric_that_stands_there_twice_is_a_mistake_with_its_place(tmp_path: Path) -> None:
    line = '  - {id: a, title: A, unit: "", better: lower}\n'
    (tmp_path / "metrics.yaml").write_text("metrics:\n" + 2 * line, encoding="utf-8")
    with pytest.raises(AdvisorError, match=r"metrics\.yaml:2:\d+: duplicate id 'a'"):
        load_metrics(tmp_path / "metrics.yaml")
