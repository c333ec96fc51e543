"""Many devices: who they are, one session on each, what differs between them."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.devices import fleet
from advisor.errors import AdvisorError
from tests.samples import sample_run


def listed(tmp_path: Path, text: str) -> list[fleet.Host]:
    (tmp_path / "hosts.txt").write_text(text)
    return fleet.hosts(tmp_path / "hosts.txt")


def test_a_list_of_hosts_names_each_once(tmp_path: Path) -> None:
    found = listed(tmp_path, "# cameras\npi@10.0.0.1  camera-1\n\npi@camera-2   # by the door\n")
    assert found == [fleet.Host("pi@10.0.0.1", "camera-1"), fleet.Host("pi@camera-2", "camera-2")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("pi@a\npi@a\n", ":2: 'pi@a' stands twice"),
        ("pi@a x\npi@b x\n", ":2: 'pi@b' stands twice, as pi@a"),
        ("pi@a\n-oProxyCommand=x y\n", ":2: '-oProxyCommand=x' is no name of a device"),
        ("pi@a ../x\n", ":1: '../x' is no label of a machine"),
        ("# nothing\n", "no device is named"),
    ],
)
def test_a_list_that_is_none_is_refused_where_it_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(AdvisorError) as refused:
        listed(tmp_path, text)
    assert said in refused.value.message


def test_what_differs_between_devices_is_told_with_how_many(tmp_path: Path) -> None:
    run = sample_run()
    other = run.model_copy(update={"host": run.host.model_copy(update={"cpu": "Cortex-A53"})})
    runs = {f"camera-{number}": run for number in range(99)} | {"camera-99": other}
    (line,) = [each for each in fleet.differences(runs) if each.startswith("processor")]
    assert " on 99 (camera-0, camera-1, camera-2 …); Cortex-A53 on 1 (camera-99)" in line
    assert len(line) < 200
    assert fleet.differences({"a": run, "b": run}) == []


def test_the_order_is_counted_over_the_devices_and_the_worst_one_is_named() -> None:
    run = sample_run()
    slower = []
    for each in run.observations:
        summary = each.summary
        if each.metric == "latency" and each.route and summary is not None:
            summary = summary.model_copy(update={"median": 3 * summary.median, "high": 3 * summary.high})
        slower.append(each.model_copy(update={"summary": summary}))
    runs = {"a": run, "b": run.model_copy(update={"observations": tuple(slower)})}
    lines = fleet.orders(runs)
    assert lines
    assert all("on 2 of 2 devices" in line and "its slowest device is b" in line for line in lines)
