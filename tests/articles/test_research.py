"""The research report: it follows its evidence, cites what it says, and shows what documents hold as text."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from functools import cache

import pytest
from markdown import Markdown

from advisor.articles.articles import load_articles
from advisor.articles.catalog import whole_catalog
from advisor.articles.research import Articles, report
from advisor.articles.research.document import left_out, titled
from advisor.articles.research.findings import Findings
from advisor.articles.systems import load_systems
from advisor.measurement.run import Observation, Run, Skipped
from advisor.measurement.timing import Summary
from advisor.profiles.profile import load_profile
from advisor.report.escaping import text as escape
from tests.report.test_hostile import hostile_run
from tests.samples import sample_run

pytestmark = pytest.mark.integration

_DATED = r"(?:\d{4}[a-z]*|n\.d\.(?:-[a-z]+)?)"
CITATION = re.compile(rf"\(([^()]*?(?:,|,”) {_DATED}(?:, {_DATED})*(?:; [^()]*?)?)\)")
YEAR = re.compile(rf"^{_DATED}$")
ORDERING = re.compile(r"\b(?:is faster|is slower|times as fast|lower than|the same within)\b")


@cache
def told(name: str = "edge", *, kind: str = "usual", past: bool = False) -> str:
    return report(runs()[kind], load_profile(name), past=past)


@cache
def runs() -> dict[str, Run]:
    return {
        "usual": sample_run(),
        "swapped": sample_run(change=swapped),
        "blurred": sample_run(change=blurred),
        "alone": sample_run(frameworks=("pytorch",)),
        "empty": sample_run(keep=lambda observation: False),
        "later": sample_run().model_copy(update={"finished": datetime(2028, 1, 1, tzinfo=UTC)}),
    }


def swapped(each: Observation) -> Observation:
    """Return an observation ten times as long where it is PyTorch's and a time per call."""
    if each.framework != "pytorch" or each.metric != "latency" or each.summary is None:
        return each
    factor = {"median": 10, "low": 10, "high": 10}
    scaled = {key: getattr(each.summary, key) * times for key, times in factor.items()}
    rounds = tuple(item.model_copy(update={"median": item.median * 100}) for item in each.rounds)
    return each.model_copy(update={"summary": each.summary.model_copy(update=scaled), "rounds": rounds})


def blurred(each: Observation) -> Observation:
    """Return an observation whose interval says nothing about an order."""
    if each.summary is None:
        return each
    middle = each.summary.median or 1e-6
    wide = Summary(median=middle, low=middle / 1000, high=middle * 1000, n=3)
    return each.model_copy(update={"summary": wide, "rounds": ()})


def section(text: str, title: str) -> str:
    """Return what stands under a heading of the second level."""
    return text.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def body(text: str) -> str:
    """Return the text before the appendices."""
    return text.split("\n## Appendix A", 1)[0]


def prose(text: str) -> str:
    """Return the sentences before the appendices, without tables and headings."""
    lines = body(text).splitlines()
    return "\n".join(line for line in lines if not line.startswith(("|", "#")))


def cited(text: str) -> set[tuple[str, str]]:
    """Return every in-text citation as author and year."""
    found = set()
    for group in CITATION.findall(html.unescape(text.split("\n## References\n")[0])):
        for part in group.split("; "):
            author, *years = re.split(r",? (?=\d{4}[a-z]*\b|n\.d\.)", part)
            found |= {(author, year) for year in years if YEAR.match(year)}
    return found


def listed(text: str) -> set[tuple[str, str]]:
    """Return every entry of the reference list as the author and year that cite it."""
    found = set()
    for entry in html.unescape(text.split("\n## References\n")[1]).strip().split("\n\n"):
        head, year = re.match(r"(.*?) \((\d{4}[a-z]*|n\.d\.(?:-[a-z]+)?)[,)]", entry).groups()  # type: ignore[union-attr]
        found.add((head, year))
    return found


def as_cited(head: str) -> set[str]:
    """Return how the text may call the author of an entry: whole, by surname, or by a title in quotes."""
    if head.startswith("*"):
        title = head.strip("*").split("*")[0]
        return {f"“{title.split(':')[0].rstrip('?.')},”"}
    whole = head if re.search(r", [A-Z]\.$", head) else head.rstrip(".")
    first, *others = [person.split(", ")[0] for person in re.split(r"(?<=\.), (?:[&…] )?", whole)]
    people = f"{first} et al." if len(others) > 1 else " & ".join((first, *others))
    return {whole, whole.rstrip("."), first, people}


def test_it_is_long_enough_and_has_every_part() -> None:
    text = told(past=True)
    assert len(prose(text).split()) >= 2_000
    headings = re.findall(r"^## (.*)$", text, flags=re.MULTILINE)
    assert headings[:8] == [
        "Summary", "Question and method", "Comparison tables", "Findings",
        "What the comparison articles say, and what holds here", "Then and now", "Recommendation", "Limits",
    ]  # fmt: skip
    assert headings[-1] == "References"


def test_two_runs_with_other_results_give_other_findings() -> None:
    usual, other = told(), told(kind="swapped")
    assert "CNN training, best known, batch 64: PyTorch is faster" in section(usual, "Findings")
    assert "CNN training, best known, batch 64: PyTorch is slower" in section(other, "Findings")
    assert section(usual, "Findings") != section(other, "Findings")
    assert section(usual, "Comparison tables") != section(other, "Comparison tables")


COMPARING = re.compile(r"\b(?:faster|slower|sooner|smaller|larger|bigger|better)\b")


def test_no_word_of_order_without_an_interval_that_says_so() -> None:
    text = section(told(kind="blurred"), "Findings").split("### Capabilities")[0]
    assert not ORDERING.search(text)
    assert "no order" in text
    for part in ("Summary", "Recommendation"):
        for kind in ("usual", "blurred", "swapped"):
            found = COMPARING.search(section(told("research", kind=kind), part))
            assert not found, "figures side by side, and no word about which is better"


def test_a_run_that_holds_little_says_so_instead_of_guessing() -> None:
    for kind in ("alone", "empty"):
        text = section(told("research", kind=kind), "Findings")
        assert "This Run holds no training step of two frameworks side by side" in text
        assert not ORDERING.search(text.split("### What the compiled")[0])
    assert "No route to a device or a server was tried in this Run." in section(told(kind="empty"), "Findings")


@pytest.mark.parametrize("kind", ["usual", "empty"])
def test_every_citation_is_in_the_list_and_the_other_way_round(kind: str) -> None:
    text = told(kind=kind, past=kind == "usual")
    known = {(name, year) for head, year in listed(text) for name in as_cited(head)}
    used = cited(text)
    assert used
    assert used <= known, sorted(used - known)
    unused = [(head, year) for head, year in listed(text) if not {(name, year) for name in as_cited(head)} & used]
    assert not unused


def test_every_address_that_a_fact_or_an_article_rests_on_is_in_the_list() -> None:
    references, catalog = told().split("\n## References\n")[1], whole_catalog()
    # What compares runtimes on a device, or says what reaches one, is evidence of the engine and not of the articles.
    used = {fact.source for fact in catalog.facts} | {article.id for article in load_articles()}
    assert len(used) > 100
    for source in catalog.sources:
        assert source.url is None or source.id not in used or f"<{source.url}>" in references, source.id


def test_two_works_of_one_author_and_year_are_told_apart() -> None:
    entries = listed(told())
    assert len(entries) == len(set(entries))
    years = [year for head, year in entries if head == "Google."]
    assert len(years) == len(set(years)) > 10
    assert {"n.d.-a", "n.d.-b"} <= set(years)


def test_what_is_documented_is_never_said_without_its_source() -> None:
    text = told()
    upkeep = section(text, "Findings").split("### Upkeep")[1]
    lines = [line for line in upkeep.splitlines() if line.startswith("- ")]
    assert len(lines) > 20
    for line in lines:
        assert CITATION.search(line), line
    for row in text.split("\n## Appendix C")[1].split("\n## ")[0].splitlines()[4:]:
        if row.startswith("|"):
            assert CITATION.search(row), row


def test_no_statement_of_a_fact_stands_anywhere_without_its_source() -> None:
    lines = told(past=True).split("\n## References\n")[0].splitlines()
    walked = 0
    for fact in whole_catalog().facts:
        said = escape(fact.statement.rstrip("."))
        for line in lines:
            if said in line:
                walked += 1
                assert CITATION.search(line.partition(said)[2]), line
    assert walked > 300


def test_every_system_has_its_source_and_day() -> None:
    rows = [
        row for row in section(told(), "Appendix A: the systems that the articles name").splitlines() if row[:1] == "|"
    ]
    assert len(rows) == 2 + len(load_systems().systems)
    for row in rows[2:]:
        assert CITATION.search(row), row
        assert row.split(" | ")[3].strip(), row


def test_what_is_documented_shows_how_old_it_is() -> None:
    text = told(kind="later")
    table = section(text, "Comparison tables").split("### What every stack")[1]
    documented = [cell for row in table.splitlines() for cell in row.split(" | ") if CITATION.search(cell)]
    assert documented
    assert all(re.search(r"\), \d+ days", cell) for cell in documented)
    upkeep = section(text, "Findings").split("### Upkeep")[1]
    assert all("days before the Run" in line for line in upkeep.splitlines() if line.startswith("- "))


def test_what_grew_stale_is_marked() -> None:
    assert "(stale)" not in body(told())
    assert "(stale)" in section(told(kind="later"), "Findings")


def test_a_document_that_attacks_is_shown_as_text() -> None:
    text = report(hostile_run(), load_profile("edge"), past=False)
    assert "<script" not in text
    assert "\x1b" not in text
    assert "\x00" not in text
    shown = Markdown(extensions=["tables"]).convert(text)
    for evil in ("<script", "<img", "onerror=alert(2)>", 'javascript:b"', "<!--"):
        assert evil not in shown
    assert "[a](javascript:b)" in re.sub(r"<[^>]+>", "", shown), "it is there, as text"


def test_it_is_written_in_the_english_of_the_united_states() -> None:
    british = re.compile(
        r"(?i)\b\w*(?:favour|colour|behaviour|licenc|catalogue|programme\b|organis|recognis|optimis(?:e|ing)|isation)\w*"
    )
    text = told(past=True).split("\n## References\n")[0]
    assert {found[0] for found in british.finditer(text)} <= {"Licence"}


def test_a_template_of_ones_own_wins(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("templates")
    (folder / "report").mkdir()
    (folder / "report" / "limits.md.j2").write_text("## Limits\n\nOurs: {{ run.id }}.\n", encoding="utf-8")
    text = report(sample_run(), load_profile("edge"), templates=folder, past=False)
    assert "Ours: 20261120-171200-3f2a." in text


def test_a_figure_is_set_apart_only_from_what_its_interval_leaves() -> None:
    values = {
        "executorch": Summary(median=1.0, low=0.9, high=1.1, n=9),
        "onnxruntime": Summary(median=2.5, low=1.0, high=4.0, n=9),
        "litert": Summary(median=2.0, low=1.9, high=2.1, n=9),
    }

    def change(each: Observation) -> Observation:
        if each.metric != "cold-start" or each.route is None:
            return each
        return each.model_copy(update={"summary": values[each.route]})

    findings = Findings(sample_run(change=change), {})
    (starts,) = [each for each in findings.shipped("int8") if each.metric == "Cold start"]
    assert [name.split(" → ")[1] for name, _ in starts.items][:2] == ["ExecuTorch", "LiteRT"]
    assert starts.order == "unclear", "the next is higher, but one beyond it reaches down to the lowest"


def test_ids_are_said_by_their_titles() -> None:
    titles = {"edge-latency": "Latency on the device", "capability:cpp": "From C++"}
    assert titled("'edge-latency' and capability:cpp", titles) == "Latency on the device and From C++"
    assert titled("'edge-latency' counts", titles, quoted=True) == "“Latency on the device” counts"
    assert titled("a well-known id", titles) == "a well-known id"
    install = "pip install 'framework-advisor[tensorflow]'"
    assert titled(install, {"tensorflow": "TensorFlow"}, quoted=True) == install


def test_what_was_not_tested_does_not_lose_against_its_opposite() -> None:
    articles = Articles(runs()["empty"], whole_catalog(), past=False)
    assert articles.disputes()
    assert all(each.settled.verdict != "cannot be tested here" for each in articles.disputes())
    assert any(each.settled.right and each.settled.verdict == "cannot be tested here" for each in articles.judged)


def test_people_are_cited_by_their_names_and_a_repository_by_its_site() -> None:
    text = told()
    assert "(Paszke et al., 2019)" in text
    assert "Fang, L., … Chintala, S. (2019, December 3)." in text
    repositories = [line for line in text.splitlines() if "<https://github.com/" in line]
    assert repositories
    for line in repositories:
        assert line.count(" GitHub. ") == 1, line


def test_what_was_left_out_is_told_once_for_each_reason() -> None:
    why = "three more kinds of networks take longer than --quick allows"
    skipped = [
        Skipped(probe=f"{name}-training", kind="slow", reason=why, parameters={"batch": 64})
        for name in ("lstm", "transformer")
    ]
    run = sample_run().model_copy(update={"skipped": tuple(skipped)})
    reason, titles = left_out(run)[0]
    assert reason == why
    assert titles == ["LSTM training", "Transformer training"]
    limits = section(report(run, load_profile("edge"), past=False), "Limits")
    assert "- LSTM training and Transformer training: Three more kinds of networks" in limits
