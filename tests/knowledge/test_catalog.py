"""The catalogue: the shipped one resolves, and mistakes in one are named at their place."""

import re
from datetime import date
from pathlib import Path

import pytest

from advisor.criteria import load_criteria
from advisor.errors import AdvisorError
from advisor.knowledge.catalog import Catalog, load_catalog

SOURCES = """\
sources:
  - id: notes
    title: Release notes
    publisher: The makers
    url: https://example.org/notes
"""

FACT = """\
  - id: tool-kept
    subject: tool
    key: maintenance
    statement: The tool is kept up.
    level: active
    valid_from: 2024-01-01
    valid_to: 2024-12-31
    source: notes
    checked_on: 2025-01-01
    confidence: high
"""


def catalog(folder: Path, facts: str = FACT, sources: str = SOURCES) -> Catalog:
    (folder / "sources.yaml").write_text(sources, encoding="utf-8")
    (folder / "facts.yaml").write_text(f"facts:\n{facts}", encoding="utf-8")
    return load_catalog(folder)


def refusal(folder: Path, facts: str = FACT, sources: str = SOURCES) -> str:
    with pytest.raises(AdvisorError) as caught:
        catalog(folder, facts, sources)
    return caught.value.message


def test_every_shipped_fact_is_cited_and_checked() -> None:
    shipped = load_catalog()
    cited = {fact.source for fact in shipped.facts}
    assert cited <= {source.id for source in shipped.sources}
    for fact in shipped.facts:
        assert fact.statement.endswith(".")
        assert fact.valid_from <= fact.checked_on


def test_every_documented_rule_finds_a_fact_in_the_criterions_own_terms() -> None:
    shipped = load_catalog()
    day = max(fact.checked_on for fact in shipped.facts)
    for criterion in load_criteria().values():
        for rule in criterion.evidence:
            if rule.documented is None:
                continue
            subjects = ("executorch", "litert", "onnxruntime") if rule.route == "own" else ("pytorch", "tensorflow")
            # Servers run what ships to servers.
            for subject in ("onnxruntime",) if rule.documented.fact == "recommended-server" else subjects:
                fact = shipped.fact(subject, rule.documented.fact, day)
                assert fact is not None, f"{criterion.id}: nothing about {subject}"
                if criterion.levels:
                    assert fact.level in criterion.levels
                else:
                    assert fact.earliest is not None or fact.unit == criterion.unit


def test_a_fact_holds_between_its_dates(tmp_path: Path) -> None:
    found = catalog(tmp_path)
    assert found.fact("tool", "maintenance", date(2023, 12, 31)) is None
    assert found.fact("tool", "maintenance", date(2024, 6, 1)) is not None
    assert found.fact("tool", "maintenance", date(2025, 1, 1)) is None


def test_the_newest_of_the_facts_that_hold_is_taken(tmp_path: Path) -> None:
    newer = FACT.replace("tool-kept", "tool-left").replace("2024-01-01", "2024-03-01").replace("active", "archived")
    found = catalog(tmp_path, FACT + newer)
    before, after = (found.fact("tool", "maintenance", date(2024, month, 1)) for month in (2, 4))
    assert before is not None
    assert after is not None
    assert (before.id, after.id) == ("tool-kept", "tool-left")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("source: notes", "source: note", r"facts.yaml:9:13: unknown source 'note' — did you mean 'notes'\?"),
        ("valid_to: 2024-12-31", "valid_to: 2023-12-31", r":8:15: 'valid_to' \(2023-12-31\) lies before 'valid_from'"),
        ("checked_on: 2025-01-01", "checked_on: 2023-01-01", r":10:17: 'checked_on' \(2023-01-01\) lies before"),
        ("confidence: high", "confidence: sure", r":11:17: .*'high', 'medium' or 'low'"),
        ("level: active", "level: active\n    value: 3\n    unit: s", r":2:5: expected at most one of 'level'"),
        ("level: active", "value: 3", r":2:5: 'value' and 'unit' belong together"),
        ("level: active", "value: 3\n    unit: s\n    low: 4", r":2:5: expected low ≤ value ≤ high"),
        ("level: active", "earliest: 2024-01-01", r":2:5: 'earliest' and 'latest' belong together"),
        (
            "level: active", "earliest: 2024-02-01\n    latest: 2024-01-01",
            r":7:13: 'latest' \(2024-01-01\) lies before 'earliest'",
        ),
        ("id: tool-kept", "id: Tool Kept", r":2:9: "),
        ("key: maintenance", "kee: maintenance", r":4:5: unknown key 'kee' — did you mean 'key'\?"),
        ("valid_from: 2024-01-01", "valid_from: yesterday", r":7:17: .*date"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_at_its_place(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert old in FACT
    assert re.search(expected, refusal(tmp_path, FACT.replace(old, new)))


def test_an_id_stands_once(tmp_path: Path) -> None:
    message = refusal(tmp_path, FACT + FACT)
    assert re.search(r"facts.yaml:12:9: duplicate id 'tool-kept'", message)
    assert re.search(r"sources.yaml:6:9: duplicate id 'notes'", refusal(tmp_path, sources=SOURCES + SOURCES[9:]))


def test_two_facts_may_not_begin_on_one_day(tmp_path: Path) -> None:
    message = refusal(tmp_path, FACT + FACT.replace("tool-kept", "tool-left"))
    assert "'tool-left' and 'tool-kept' say the same thing about 'tool' from the same day on" in message
