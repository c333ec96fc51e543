"""What single pages say: workloads and their blocks, routes, how quiet it was, ranks and weights, the report, age."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from advisor import resources
from advisor.articles.pages import paper
from advisor.decision.engine import decide
from advisor.keys import Stack
from advisor.measurement.metrics import load_metrics
from advisor.measurement.run import LEFT_OUT, PINNED_LATENCY, Observation
from advisor.profiles.profile import load_profile
from advisor.report import numbers
from advisor.report.pages.context import Report
from advisor.report.pages.workloads import REST, grouped
from advisor.report.site import build_site
from advisor.report.timed_blocks import blocks
from tests.report.conftest import Site
from tests.report.html import Element, read
from tests.samples import sample_run


def one(page: Element, identifier: str) -> Element:
    """Return the element with an id."""
    (found,) = [each for each in page.walk() if each.attributes.get("id") == identifier]
    return found


def section(page: Element, identifier: str) -> Element:
    """Return the section under a heading."""
    (found,) = [each for each in page.find("section") if each.attributes["aria-labelledby"] == identifier]
    return found


def test_blocks_are_counted_with_what_disturbed_them(site: Site) -> None:
    found = blocks(site.run)
    rounds = [block for each in site.run.observations for block in each.rounds]
    assert found.all.timed == len(rounds)
    assert found.all.disturbed == sum(not block.accepted for block in rounds) > 0
    assert sum(each.timed for each in found.probes.values()) == found.all.timed
    assert sum(each.disturbed for each in found.observations.values()) == found.all.disturbed
    assert sum(found.reasons.values()) == found.all.disturbed


def test_blocks_on_one_pinned_thread_are_not_watched_and_tell_nothing_of_the_machine(site: Site) -> None:
    index, each = next((index, each) for index, each in enumerate(site.run.observations) if len(each.rounds) > 1)
    observations = (*site.run.observations, each.model_copy(update={"metric": PINNED_LATENCY}))
    found, before = blocks(site.run.model_copy(update={"observations": observations})), blocks(site.run)
    assert (found.all, found.probes, found.reasons) == (before.all, before.probes, before.reasons)
    assert found.observations[str(len(site.run.observations))] == before.observations[str(index)]


def test_a_workload_says_which_variant_did_not_work_and_why(site: Site) -> None:
    page = read(site.folder / "workload-cnn-inference.html")
    assert "eager; not possible here: torch.compile needs a <C++> compiler" in page.text


def test_the_machine_page_tells_how_quiet_it_was(tmp_path: Path, site: Site) -> None:
    run = site.run.model_copy(update={"noise": {"ping-pong canary": "not available: no second core"}})
    build_site(run, site.recommendations[:1], tmp_path / "site")
    quiet = section(read(tmp_path / "site" / "machine.html"), "noise")
    assert "ping-pong canary" in quiet.text
    assert "not available: no second core" in quiet.text
    found = blocks(run)
    assert f"{found.all.timed} blocks were timed; {found.all.disturbed} of them were disturbed" in quiet.text


def test_the_machine_page_tells_what_was_kept_from_an_import(tmp_path: Path, site: Site) -> None:
    assert LEFT_OUT not in read(site.folder / "machine.html").text
    frameworks = dict(site.run.frameworks)
    settings = frameworks["tensorflow"].settings | {LEFT_OUT: "pandas, scipy"}
    frameworks["tensorflow"] = frameworks["tensorflow"].model_copy(update={"settings": settings})
    build_site(site.run.model_copy(update={"frameworks": frameworks}), site.recommendations[:1], tmp_path / "site")
    page = read(tmp_path / "site" / "machine.html")
    assert f"{LEFT_OUT} = pandas, scipy" in page.text
    assert f"“{LEFT_OUT}”" in section(page, "environment").text


def test_the_workloads_lead_to_their_pages_with_their_disturbed_blocks(site: Site) -> None:
    page = read(site.folder / "workloads.html")
    found = blocks(site.run)
    for probe, count in found.probes.items():
        if probe.startswith("route:"):
            continue
        cells = one(page, f"workload-{probe}").find("td")
        assert [each.text for each in cells[-2:]] == [f"{count.timed}", f"{count.disturbed}"]
    assert "–" not in one(page, "workload-mlp-training").find("td")[0].text
    assert "–" not in one(page, "workload-cnn-inference").find("td")[0].text


def test_a_workload_shows_its_figures_by_question_and_its_code(site: Site) -> None:
    page = read(site.folder / "workload-cnn-inference.html")
    order = [each.attributes["aria-labelledby"] for each in page.find("section")]
    assert order[:4] == ["parity", "blocks", "steady-state", "first-call-and-compiling"]
    code = section(page, "code")
    assert [each.attributes["id"] for each in code.find("figure")] == [
        "network-cnn", "recipe-pytorch-inference", "recipe-tensorflow-inference", "recipe-jax-inference",
    ]  # fmt: skip
    assert "op: conv" in code.text


def test_metrics_are_in_one_group_each_and_none_is_lost() -> None:
    known = load_metrics()
    groups = dict.fromkeys(metric.group for metric in known.values() if metric.group)
    found = grouped([*known, "our-own"])
    assert [group.title for group in found] == [*groups, REST]
    assert [name for group in found for name, _ in group.metrics] == [*known, "our-own"]
    assert grouped([]) == []


def test_the_routes_are_compared_on_one_page(site: Site) -> None:
    page = read(site.folder / "routes.html")
    rows = one(page, "fig-routes").one("tbody").find("tr")
    proofs = [each for each in site.run.observations if each.probe.startswith("route:") and each.metric is None]
    assert len(rows) == len(proofs)
    times = {
        (each.framework, each.route, each.parameters["precision"]): each.summary.median
        for each in site.run.observations
        if each.probe.startswith("route:") and each.metric == "latency" and each.summary
    }
    fastest = min(times, key=lambda key: times[key])
    (finding,) = [each for each in page.find("strong") if "finding" in each.classes]
    shown = finding.find("data")[0]
    assert float(shown.attributes["value"]) == times[fastest]
    assert f"in {fastest[2]} answers soonest" in finding.text


def test_ranks_and_weights_are_drawn_with_their_tables(site: Site) -> None:
    told = site.recommendations[0]
    page = read(site.folder / "profile-edge.html")
    feasible = [each for each in told.ranking if each.feasible]
    rows = one(page, "fig-ranks").one("tbody").find("tr")
    for row, ranked in zip(rows, feasible, strict=True):
        shown = [each.text for each in row.find("td")]
        free = [each for each in (ranked.first_by_ranking, ranked.first_by_any) if each is not None]
        assert shown == [numbers.percent(share) for share in (*ranked.rank_acceptability[:5], *free)]
    moved = [each for each in told.stability if each.low > 0 or each.high < 1]
    assert len(one(page, "fig-stability").one("tbody").find("tr")) == len(moved) > 0


def test_what_nobody_checked_for_a_year_is_flagged(tmp_path: Path, site: Site) -> None:
    assert "not checked for a year" not in (site.folder / "profile-edge.html").read_text(encoding="utf-8")
    later = site.run.finished + timedelta(days=800)
    run = site.run.model_copy(update={"started": later, "finished": later})
    told = decide(run, load_profile(resources.profiles() / "edge.yaml"))
    build_site(run, [told], tmp_path / "site", articles=True)
    cited = [
        each for each in one(read(tmp_path / "site" / "profile-edge.html"), "fig-evidence").find("td")
        if any("prov-documented" in found.classes for found in each.walk())
    ]  # fmt: skip
    assert cited
    assert all("not checked for a year" in each.text for each in cited)
    server = read(tmp_path / "site" / "system-torchserve.html")
    assert all("not checked for a year" in each.text for each in section(server, "facts").find("th")[2:])
    # What has ended is history, which does not grow old.
    assert "not checked for a year" not in section(server, "ended").text


def test_the_long_report_is_there_with_its_references(site: Site) -> None:
    body = read(site.folder / "report.html")
    assert {"summary", "findings", "limits"} <= {each.attributes["aria-labelledby"] for each in body.find("section")}
    for name, _ in paper.PARTS.values():
        assert any(link.attributes["href"] == f"{name}.html" for link in body.one("main").find("a")), name
        assert (site.folder / f"{name}.html").is_file()
    references = read(site.folder / "report-references.html")
    links = [each for each in references.one("main").find("a") if each.attributes["href"].startswith("http")]
    assert len(links) > 20
    assert all(each.attributes.get("rel") == "noreferrer" for each in links)


def test_tables_of_the_report_carry_no_inline_style() -> None:
    html = paper.html("| A | B |\n|:--|--:|\n| <b> | 1 |\n", "x")
    assert "style=" not in html
    assert html.count('<th scope="col"') == 2
    assert "<thead>" in html


def test_the_report_takes_then_and_now_from_the_page_of_it(site: Site) -> None:
    report = Report(site.run, site.recommendations)
    found = paper.papers(report, site.recommendations[0])
    assert found[0].name == "report"
    text = " ".join(html for _, _, html in found[0].sections)
    assert str(report.past.data["agreement"]["agreed"]) in text


def test_evidence_is_the_same_as_csv_and_as_json(site: Site) -> None:
    cells = json.loads((site.folder / "evidence.json").read_text(encoding="utf-8"))["cells"]
    lines = (site.folder / "evidence.csv").read_text(encoding="utf-8").splitlines()
    assert len(cells) == len(lines) - 1 == sum(len(told.evidence) for told in site.recommendations)
    assert cells[0]["profile"] == site.recommendations[0].profile


@pytest.mark.parametrize("name", ["index", "profile-edge", "machine", "report"])
def test_every_page_names_its_run_twice_pinned_and_latest(site: Site, name: str) -> None:
    (links,) = [each for each in read(site.folder / f"{name}.html").find("nav") if "runs" in each.classes]
    pinned, latest = (each.attributes["href"] for each in links.find("a"))
    assert pinned == f"{latest}?run={site.run.id}"
    assert latest == f"{name}.html"


def test_frameworks_of_one_title_are_told_apart() -> None:
    run = sample_run()
    first, second = run.frameworks
    alike = {name: found.model_copy(update={"title": "The Framework"}) for name, found in run.frameworks.items()}
    report = Report(run.model_copy(update={"frameworks": alike}), [])
    assert report.stack(first).plain == f"The Framework ({first})"
    assert report.stack(Stack(framework=second, route="litert")).plain.startswith(f"The Framework ({second}) → ")
    assert str(report.title(first)) == f"The Framework ({first})"
    assert str(Report(run, []).title(first)) == run.frameworks[first].title


def test_probes_whose_ids_differ_in_nothing_that_a_name_can_hold_have_a_page_each() -> None:
    ids = ("Ω", "Ψ", "a b", "a-b", "a_b", "x" * 200, "x" * 201, "con")
    run = sample_run()
    tried = tuple(Observation(probe=each, framework="pytorch", outcome="not_run") for each in ids)
    pages = Report(run.model_copy(update={"observations": (*run.observations, *tried)}), []).probes
    names = [page.name for page in pages if page.probe in ids]
    assert len(set(names)) == len(ids)
    assert all(len(name) < 100 and name.startswith("probe-") for name in names)
