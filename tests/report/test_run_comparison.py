"""Several Runs on one site: machines apart, orders that hold or not, and what changed beyond noise."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from advisor.documents import to_json
from advisor.errors import AdvisorError
from advisor.measurement import run_changes
from advisor.measurement.run import Run
from advisor.report.charts import theme
from advisor.report.pages.context import Report
from advisor.report.pages.machines import gather, overview
from advisor.report.run_comparison import Gathered, changes, orders
from advisor.report.site import build_site
from tests.report.conftest import Site
from tests.report.html import Element, read
from tests.samples import sample_run

HERE, THERE = "machine-invented-cpu-2-0-ghz-2-cores", "machine-another-invented-cpu-8-cores"


def addresses(page: Element) -> list[str]:
    return [each.attributes["href"] for each in page.find("a")]


def rows(page: Element, kind: str) -> list[Element]:
    return [
        row for table in page.find("table") if kind in table.classes for row in table.one("tbody").find("tr")
    ]  # fmt: skip


def test_runs_are_grouped_by_machine_newest_first(site: Site) -> None:
    gathered = Gathered()
    for run in (site.run, *reversed(site.others)):
        gathered.add(run)
    week, month, elsewhere = site.others
    assert [[kept.run.id for kept in group.runs] for group in gathered.groups] == [
        [site.run.id, week.id, month.id], [elsewhere.id],
    ]  # fmt: skip
    assert [group.page for group in gathered.groups] == [HERE, THERE]


def test_a_machine_is_shown_by_its_newest_run_and_that_of_the_answers_by_theirs(site: Site) -> None:
    week, _, elsewhere = site.others
    later = elsewhere.model_copy(update={"id": "later", "started": elsewhere.started + timedelta(days=1)})
    gathered = Gathered()
    for run in (week, site.run, elsewhere, later):
        gathered.add(run)
    assert [group.shown.run.id for group in gathered.groups] == [week.id, "later"]


def test_a_run_given_twice_is_refused(site: Site, tmp_path: Path) -> None:
    with pytest.raises(AdvisorError, match="given twice"):
        build_site(site.run, [], tmp_path / "site", others=[site.run])
    assert list(tmp_path.iterdir()) == []


def test_what_is_kept_compares_as_the_whole_runs_do(site: Site) -> None:
    gathered = Gathered()
    first, second = (gathered.add(run).run for run in (site.run, site.others[0]))
    assert sum(len(each.rounds) for each in first.observations) < sum(
        len(each.rounds) for each in site.run.observations
    )
    assert changes(second, first) == changes(site.others[0], site.run)


def test_what_changed_is_what_compare_says(site: Site) -> None:
    week = site.others[0]
    found = changes(week, site.run)
    told = list(run_changes.changes(week, site.run))
    assert len(found.rows) == len(told)
    assert sum(found.counts.values()) == len(told)
    assert {word: found.counts[word] for word in ("faster", "slower", "same")} == {
        word: sum(each.word == word for each in told) for word in ("faster", "slower", "same")
    }
    assert found.apart == ()
    assert found.versions == ("torch 2.12.0 → 2.13.0",)
    for row in found.rows:
        assert row.first is not None
        assert row.second is not None
        before, after = week.observations[row.first].summary, site.run.observations[row.second].summary
        if before and after and row.ratio:
            assert row.ratio == pytest.approx(after.median / before.median)
    faster = [row for row in found.rows if row.word == "faster"]
    assert {(row.framework, row.probe) for row in faster} == {
        ("pytorch", "cnn-inference"), ("pytorch", "cnn-training"),
    }  # fmt: skip
    assert found.counts["slower"] == 0


def test_the_orders_of_another_machine_differ(site: Site) -> None:
    here, there = orders(site.run), orders(site.others[2])
    assert here
    assert {each.frameworks for each in here} == {("pytorch", "tensorflow")}
    quick = [each for each in here if each.setting == "best-known" and each.probe == "cnn-inference"]
    assert [each.word for each in quick] == ["faster", "faster"]
    slow = [each for each in there if each.setting == "best-known" and each.probe == "cnn-inference"]
    assert [each.word for each in slow] == ["slower", "slower"]
    # What was measured under load is ordered where the lower ends of its blocks are clearly apart.
    under_load = [each for each in here if each.probe == "mlp-training"]
    assert {site.run.observations[place].grade for each in under_load for place in each.observations} == {"under load"}
    assert {each.word for each in under_load} == {"faster"}


def test_the_overview_leads_to_every_machine_and_pair(site: Site) -> None:
    page = read(site.folder / "machines.html").one("main")
    assert {f"{HERE}.html", f"{THERE}.html", f"beside-{THERE}.html"} <= set(addresses(page))
    agreed = {row.one("th").text: row.text for row in rows(page, "agreement")}
    assert any("depends on the machine" in text for text in agreed.values())
    machine = read(site.folder / f"{HERE}.html").one("main")
    assert f"changes-run-{site.run.id}.html" in addresses(machine)
    told = {each.find("a")[0].text: each.text for each in rows(machine, "run-list")}
    assert "under another policy" in told[site.others[1].id] or "the first" in told[site.others[1].id]
    # The Run of last week has no older one under its policy.
    assert "under another policy" in told[site.others[0].id]


def test_the_pages_are_in_the_menu_and_on_the_first_page(site: Site) -> None:
    index = read(site.folder / "index.html")
    (menu,) = [each for each in index.find("nav") if "site" in each.classes]
    assert "machines.html" in addresses(menu)
    assert {"machines.html", f"changes-run-{site.run.id}.html"} <= set(addresses(index.one("main")))


def test_what_changed_is_shown_beyond_noise_first(site: Site) -> None:
    page = read(site.folder / f"changes-run-{site.run.id}.html").one("main")
    moved, rest = (each for each in page.find("section") if each.attributes["aria-labelledby"] in ("changed", "rest"))
    found = changes(site.others[0], site.run)
    assert len(rows(moved, "changes")) == found.counts["faster"] + found.counts["slower"]
    assert all("faster" in row.text and "PyTorch" in row.text for row in rows(moved, "changes"))
    assert not any("faster" in row.text for row in rows(rest, "changes"))
    assert "torch 2.12.0 → 2.13.0" in page.text


def test_an_order_that_depends_on_the_machine_is_drawn_with_its_intervals(site: Site) -> None:
    page = read(site.folder / "machines.html").one("main")
    charts = [each for each in page.find("figure") if each.attributes.get("id", "").startswith("fig-order")]
    assert 0 < len(charts) <= 3
    assert "PyTorch on 1, with TensorFlow on 1 of the machines" in charts[0].text
    for drawn in charts[0].find("svg"):
        assert {f"{site.run.host.cpu}, 2 cores", "Another invented CPU, 8 cores"} <= {
            each.text for each in drawn.find("text")
        }
        # Beyond noise a row stands in the color of the framework that takes less time.
        marks = {each.attributes.get("fill") for name in ("path", "circle", "g") for each in drawn.find(name)}
        assert {theme.color("pytorch"), theme.color("tensorflow")} <= marks


def test_what_moved_between_two_runs_is_drawn(site: Site) -> None:
    page = read(site.folder / f"changes-run-{site.run.id}.html").one("main")
    (chart,) = [each for each in page.find("figure") if "chart" in each.classes]
    found = changes(site.others[0], site.run)
    moved = found.counts["faster"] + found.counts["slower"]
    assert f"{found.counts['faster']} times are shorter and 0 longer" in chart.text
    (link,) = [each for each in chart.find("a") if each.attributes["href"].endswith(".json")]
    spec = json.loads((site.folder / link.attributes["href"]).read_text(encoding="utf-8"))
    assert [len(rows) for rows in spec["datasets"].values() if "low" in rows[0]] == [moved]


def test_many_machines_and_runs_are_on_several_pages(site: Site, tmp_path: Path) -> None:
    """As many machines and Runs as a page shows, and a few more: no page grows heavy, and each is led to."""

    def fleet() -> Iterator[Run]:
        bare = site.run.model_copy(
            update={"observations": tuple(each for each in site.run.observations if each.probe == "cnn-inference")}
        )
        for number in range(45):
            host = site.run.host.model_copy(update={"cpu": f"CPU {number}"})
            yield bare.model_copy(update={"id": f"machine-{number}", "host": host})
            started = site.run.started - timedelta(days=number + 1)
            yield bare.model_copy(update={"id": f"day-{number}", "started": started})

    build_site(site.run, [], tmp_path / "site", others=fleet())
    pages = {path.name: path for path in (tmp_path / "site").glob("*.html")}
    assert max(path.stat().st_size for path in pages.values()) <= 150_000
    for first in ("machines", HERE):
        (second,) = [name for name in addresses(read(pages[f"{first}.html"])) if name == f"{first}-page-2.html"]
        assert f"{first}.html" in addresses(read(pages[second]).one("main"))
    led = [*addresses(read(pages["machines.html"])), *addresses(read(pages["machines-page-2.html"]))]
    assert {f"machine-cpu-{number}-2-cores.html" for number in range(45)} <= set(led)
    (more,) = read(pages["machines-page-2.html"]).find("table")
    assert len(more.one("tbody").find("tr")) == 46 - 40
    assert all(len(svg.find("circle")) <= 24 for svg in read(pages["machines.html"]).find("svg"))


def test_every_run_can_be_downloaded_whole(site: Site) -> None:
    for run in site.others:
        packed = (site.folder / f"run-{run.id}.json.gz").read_bytes()
        assert json.loads(gzip.decompress(packed)) == json.loads(to_json(run))
    listed = addresses(read(site.folder / "downloads.html").one("main"))
    assert {f"run-{run.id}.json.gz" for run in site.others} <= set(listed)
    assert "machines.json" in listed


def test_the_verdicts_do_not_move(site: Site, tmp_path: Path) -> None:
    build_site(site.run, site.recommendations[:1], tmp_path / "site")
    alone = json.loads((tmp_path / "site" / "answer-edge.json").read_text(encoding="utf-8"))
    assert json.loads((site.folder / "answer-edge.json").read_text(encoding="utf-8")) == alone
    names = {path.name for path in (tmp_path / "site").iterdir()}
    assert not {name for name in names if name.startswith(("machines", "changes-", "beside-", "run-"))}
    assert "Other machines" not in (tmp_path / "site" / "index.html").read_text(encoding="utf-8")


def test_names_that_read_alike_stay_apart() -> None:
    gathered, run = Gathered(), sample_run()
    names = []
    for number, name in enumerate(("a b", "a-b", "A.B")):
        host = run.host.model_copy(update={"isa": (name,)})
        names.append(gathered.add(run.model_copy(update={"id": name, "host": host})).stem)
        assert len(gathered.groups) == number + 1
    assert len(set(names)) == 3
    assert len({group.page for group in gathered.groups}) == 3


def test_further_runs_are_taken_one_by_one(site: Site, tmp_path: Path) -> None:
    def each() -> Iterator[Run]:
        for number, run in enumerate(site.others):
            # The one before is on the disk before the next is asked for.
            assert len(list(tmp_path.glob("run-*.json.gz"))) == number
            yield run

    report = Report(site.run, site.recommendations, others=each())
    # The first is asked for to see whether there is any.
    several = gather(report, tmp_path)
    assert several is not None
    assert len(list(tmp_path.glob("run-*.json.gz"))) == len(site.others)
    assert gather(Report(site.run, []), tmp_path) is None


def test_trends_are_over_the_oldest_run_under_the_same_policy(site: Site) -> None:
    gathered = Gathered()
    week, month, elsewhere = site.others
    for run in (site.run, month, week, elsewhere):
        gathered.add(run)
    here, there = gathered.machines().machines
    by_run = {kept.run.id: kept.name for group in gathered.groups for kept in group.runs}
    found = {(each.run, each.framework, each.route): each.ratio for each in here.trends}
    assert {run for run, *_ in found} == {by_run[week.id], by_run[site.run.id]}, "under another policy nothing compares"
    assert all(ratio == pytest.approx(1.0) for (run, *_), ratio in found.items() if run == by_run[week.id])
    assert 1 / 1.3 < found[by_run[site.run.id], "pytorch", None] < 0.99
    assert found[by_run[site.run.id], "tensorflow", None] == pytest.approx(1.0)
    assert there.trends == ()
    assert (here.times, there.works) == (1.0, here.works)
    assert there.times is not None
    assert there.times > 1


def test_what_one_machine_alone_measured_is_not_the_same_everywhere(site: Site, tmp_path: Path) -> None:
    elsewhere = site.others[2]
    few = [each for each in elsewhere.observations if each.probe != "mlp-inference"]
    report = Report(site.run, [], others=[elsewhere.model_copy(update={"observations": tuple(few)})])
    several = gather(report, tmp_path)
    assert several is not None
    (_, context), *_ = overview(several)
    words = {row["work"]["title"]: (row["once"], row["everywhere"]) for row in context["agreement"]}
    assert words["MLP inference"] == (True, False)
    assert not words["CNN inference"][0]
