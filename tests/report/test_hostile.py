"""Documents are data: whatever stands in them appears as text, in HTML, Markdown, SVG and CSV."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.decision.recommendation import Recommendation
from advisor.measurement.run import Framework, Observation, Run
from advisor.report import words
from advisor.report.pages.docs import evidence_csv
from advisor.report.pages.render import heading
from advisor.report.site import build_site
from tests.report.html import parse, read
from tests.report.samples import sample_recommendation
from tests.samples import sample_run

pytestmark = pytest.mark.integration

EVIL = (
    '<script>alert(1)</script><img src=x onerror=alert(2)> {{ 7 * 7 }} {% include "x" %} # head [a](javascript:b) `c` '
    "</code></pre></td></table></svg><!-- --> &lt;b&gt; {#id .class} \u202egnol\u202c \x00\x02wzxhzdk:0\x03\x1b[2J"
)
EXPRESSION = "toString.constructor('alert(4)')() + datum['a'] ${value}"
WORD = "x" * 10_000


def hostile_run() -> Run:
    def change(each: Observation) -> Observation:
        updates: dict[str, Any] = {"how": EVIL, "flags": (EVIL,)}
        if each.metric is None:
            updates |= {"outcome": "error", "message": f"\n\n# {EVIL}\n\n{WORD}\n---\n", "where": EVIL}
        return each.model_copy(update=updates)

    run = sample_run(change=change)
    frameworks = {
        key: found.model_copy(update={"title": f"{EVIL} {key}", "message": EVIL, "settings": {EVIL: EVIL}})
        for key, found in run.frameworks.items()
    }
    frameworks[EVIL] = Framework(title=EVIL, outcome="not_installed", message=EVIL, install=EVIL)
    host = run.host.model_copy(update={"cpu": EVIL, "os": WORD, "isa": (EVIL,), "devices": (EVIL,)})
    return run.model_copy(update={"frameworks": frameworks, "host": host, "id": EVIL, "advisor": EVIL})


def hostile_recommendation() -> Recommendation:
    told = sample_recommendation()
    needs = tuple(need.model_copy(update={"title": EVIL, "because": EVIL, "question": EVIL}) for need in told.needs)
    needs = (needs[0].model_copy(update={"title": EXPRESSION}), *needs[1:])
    cells = tuple(
        cell.model_copy(update={"message": f"=cmd|' /C calc'!A0 {EVIL}", "source": "javascript:alert(3)"})
        for cell in told.evidence
    )
    return told.model_copy(
        update={
            "profile": EVIL, "title": EVIL, "question": EVIL, "needs": needs, "evidence": cells, "against": EVIL,
            "reasons": (EVIL, WORD), "warnings": (EVIL,), "conditions": (EVIL,), "titles": {"litert": EVIL},
        }
    )  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("hostile") / "site"
    run = hostile_run()
    older = run.model_copy(update={"id": f"{EVIL}.", "started": run.started - timedelta(days=1)})
    elsewhere = run.model_copy(update={"id": WORD, "host": run.host.model_copy(update={"cores": 3})})
    build_site(run, [hostile_recommendation()], target, command=EVIL, others=[older, elsewhere], articles=True)
    return target


def test_no_element_comes_from_a_document(folder: Path) -> None:
    for page in sorted(folder.glob("*.html")):
        tree = read(page)
        for element in tree.walk():
            assert element.name != "img", page.name
            if element.name == "script" and "src" not in element.attributes:
                assert element.attributes == {"type": "application/json", "id": "what-if-data"}
                json.loads(element.text)
            assert "onerror" not in element.attributes, page.name
            assert not element.attributes.get("href", "").startswith("javascript:"), page.name
        assert len(tree.find("h1")) == 1
        assert len(tree.find("main")) == 1


def test_the_text_is_shown_as_it_is(folder: Path) -> None:
    machine = read(folder / "machine.html").one("main").text
    assert "<script>alert(1)</script>" in machine
    assert "{{ 7 * 7 }}" in machine
    assert "[a](javascript:b)" in machine
    (profile,) = folder.glob("profile-*.html")
    text = read(profile).one("main").text
    assert words.line(EVIL) in text
    assert WORD in text
    assert "49" not in read(folder / "index.html").one("h1").text


def test_no_control_or_direction_character_reaches_a_page(folder: Path) -> None:
    for page in sorted(folder.glob("*.html")):
        text = page.read_text(encoding="utf-8")
        assert not set(text) & set("\x00\x02\x03\x1b\u202e\u202c"), page.name


def test_what_stands_on_every_page_is_short(folder: Path) -> None:
    for page in sorted(folder.glob("*.html")):
        (footer,) = read(page).find("footer")
        assert "x" * 250 not in footer.text, page.name
    assert "x" * 150 in footer.text


def test_long_messages_keep_their_lines(folder: Path) -> None:
    said = [each for each in read(folder / "route-litert.html").find("pre") if "said" in each.classes]
    assert said
    assert said[0].text.splitlines()[2].startswith("# <script>")


@pytest.mark.parametrize("column", ["message", "source", "level", "unit", "criterion", "framework", "route", "date"])
def test_csv_holds_no_formula(column: str) -> None:
    told = sample_recommendation()
    starts = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\n=1", " =1", "\uff1d1")
    cells = tuple(told.evidence[0].model_copy(update={column: start}) for start in starts)
    rows = list(csv.DictReader(io.StringIO(evidence_csv([told.model_copy(update={"evidence": cells})]))))
    assert [row[column][0] for row in rows] == ["'"] * len(starts)
    assert float(rows[0]["value"]) == told.evidence[0].value


def test_the_search_index_is_one_assignment_of_data(folder: Path) -> None:
    text = (folder / "search-index.js").read_text(encoding="utf-8")
    name, _, data = text.partition(" = ")
    assert name == "window.advisorSearchIndex"
    entries = json.loads(data.removesuffix(";\n"))
    assert any("<script>alert(1)</script>" in entry["section"] for entry in entries)


def test_names_stand_in_the_charts_as_text(folder: Path) -> None:
    (profile,) = folder.glob("profile-*.html")
    drawn = [each for each in read(profile).find("svg") if {"wide", "narrow"} & set(each.classes)]
    assert drawn
    for each in drawn:
        assert {inner.name for inner in each.walk()} <= {"svg", "g", "path", "rect", "line", "text", "circle", "tspan"}
    assert any("<script>alert(1)</script>" in each.text for each in drawn)
    assert any(EXPRESSION in each.text for each in drawn)


@given(st.text(max_size=60))
def test_any_text_can_be_a_heading(text: str) -> None:
    import markdown

    source = str(heading(2, text, "there")).replace("\x00", "\n\n")
    tree = parse(markdown.markdown(source, extensions=["attr_list", "toc", "advisor.report.markdown"]))
    assert len(tree.find("h2")) == 1
    assert tree.one("h2").attributes == {"id": "there"}
    shown = " ".join(tree.one("h2").text.split()).removesuffix("#").strip()
    assert shown == (words.line(text) or "–")
