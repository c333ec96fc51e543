"""The whole catalog: every part once, and what spans several files is checked."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from advisor.articles.articles import documented
from advisor.articles.catalog import ages, due, whole_catalog
from advisor.articles.check import Expected, check
from advisor.articles.runtimes import load_runtimes
from advisor.errors import AdvisorError
from advisor.knowledge.catalog import age, is_stale
from advisor.measurement import definitions

pytestmark = pytest.mark.integration

MAINTENANCE = {"maintenance": Expected("framework-maintenance", ("archived", "fixes only", "active"))}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped catalog, to break."""
    target = tmp_path / "knowledge"
    target.mkdir()
    for file in (path for each in documented() for path in each.glob("*.yaml")):
        shutil.copy(file, target)
    return target


def edit(file: Path, old: str, new: str) -> int:
    """Replace the first `old` by `new` and return the line of `new`."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    before = text.partition(old)[0]
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return before.count("\n") + new.partition(new.strip().splitlines()[-1])[0].count("\n") + 1


def test_every_fact_and_source_is_there_once_and_resolves() -> None:
    catalog = whole_catalog()
    ids = [fact.id for fact in catalog.facts]
    assert len(ids) == len(set(ids)) > 400
    names = [source.id for source in catalog.sources]
    assert len(names) == len(set(names))
    assert {fact.source for fact in catalog.facts} <= set(names)


def test_only_articles_lack_nothing_to_read() -> None:
    for source in whole_catalog().sources:
        assert source.title
        assert source.publisher


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        (
            "facts-history.yaml",
            "id: onnxruntime-developed",
            "id: pytorch-maintained",
            "duplicate id 'pytorch-maintained'",
        ),
        (
            "facts-history.yaml",
            "source: pytorch-android-packages",
            "source: pytorch-android-package",
            "unknown source 'pytorch-android-package' — did you mean 'pytorch-android-packages'?",
        ),
        ("facts-history.yaml", "valid_to: 2023-10-15", "valid_to: 2018-10-15", "'valid_to' (2018-10-15) lies before"),
        ("facts-history.yaml", "confidence: medium", "confidence: middling", "'high', 'medium' or 'low'"),
        ("facts-history.yaml", "level: active", "levle: active", "unknown key 'levle' — did you mean 'level'?"),
        ("facts-claims.yaml", "valid_from: 2012-01-25", "valid_from: someday", "date"),
        ("systems.yaml", "status: active", "status: actve", "'active'"),
        ("claims.yaml", "kind: status", "kind: statsu", "'status'"),
        ("runtimes.yaml", "valid_to: 2024-10-31", "valid_to: 2017-10-31", "lies before 'valid_from' (2019-10-10)"),
        ("runtimes.yaml", "source: litert-readme", "source: litert-readm", "did you mean 'litert-readme'?"),
        ("runtimes.yaml", "valid_from: 2024-09-04", "valid_from: 2024-01-04", "is still called 'TensorFlow Lite' then"),
        ("verdicts.yaml", "beginner: {profile: beginner}", "beginner: {profile: beginer}", "did you mean 'beginner'?"),
        ("sources-history.yaml", "id: pytorch-mobile-home", "id: package-index", "duplicate id 'package-index'"),
        ("facts.yaml", "facts:", "facts: [", "not valid YAML"),
    ],
)
def test_a_mistake_anywhere_is_named_with_its_place(folder: Path, file: str, old: str, new: str, words: str) -> None:
    line = edit(folder / file, old, new)
    with pytest.raises(AdvisorError) as caught:
        check(folder, profiles=["beginner", *_profiles()])
    place = f"{file}:{line}:" if new != "facts: [" else f"{file}:"
    assert place in caught.value.message, caught.value.message
    assert words in caught.value.message, caught.value.message


def _profiles() -> list[str]:
    from advisor.profiles.profile import shipped_profiles

    return [*shipped_profiles()]


def test_every_part_that_is_broken_is_named_at_once(folder: Path) -> None:
    edit(folder / "claims.yaml", "kind: status", "kind: statsu")
    edit(folder / "systems.yaml", "status: active", "status: actve")
    with pytest.raises(AdvisorError) as caught:
        check(folder)
    assert "claims.yaml:" in caught.value.message
    assert "systems.yaml:" in caught.value.message


def test_two_facts_of_two_files_may_not_contradict_each_other(folder: Path) -> None:
    with (folder / "facts-history.yaml").open("a", encoding="utf-8") as stream:
        stream.write(
            "  - id: another\n    subject: pytorch\n    key: maintenance\n    statement: It is archived.\n"
            "    level: archived\n    valid_from: 2023-03-15\n    source: pytorch-versions\n"
            "    checked_on: 2026-11-20\n    confidence: high\n"
        )
    with pytest.raises(AdvisorError, match="say the same thing about 'pytorch' from the same day on"):
        check(folder)


def test_a_level_that_its_criterion_does_not_know_is_a_mistake(folder: Path) -> None:
    line = edit(folder / "facts-history.yaml", "level: fixes only", "level: fixes onyl")
    with pytest.raises(AdvisorError) as caught:
        check(folder, expected=MAINTENANCE)
    assert f"facts-history.yaml:{line}:" in caught.value.message
    assert "did you mean 'fixes only'?" in caught.value.message


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("claims.yaml", "probe: capability:dynamic-control-flow", "probe: capability:dynamic-control-flows",
         "no probe is called 'capability:dynamic-control-flows' — did you mean 'capability:dynamic-control-flow'?"),
        ("systems.yaml", "recipes: [capability:tensorboard]", "recipes: [capability:tensorbord]",
         "no probe is called 'capability:tensorbord' — did you mean 'capability:tensorboard'?"),
    ],
)  # fmt: skip
def test_a_probe_that_does_not_exist_settles_nothing(folder: Path, file: str, old: str, new: str, words: str) -> None:
    known = definitions.shipped()
    probes = {each.probe for each in known.workloads} | {each.probe for each in known.experiments} | {"environment"}
    probes |= {each.probe for each in known.capabilities.values()} | {each.id for each in known.routes.values()}
    assert check(folder, probes=probes)
    line = edit(folder / file, old, new)
    with pytest.raises(AdvisorError) as caught:
        check(folder, probes=probes)
    assert f"{file}:{line}:" in caught.value.message
    assert words in caught.value.message


def test_what_is_sound_is_counted() -> None:
    counts = check(expected=MAINTENANCE)
    assert counts["systems"] == 177
    assert counts["claims"] == 223
    parts = {
        "sources",
        "articles",
        "facts",
        "systems",
        "claims",
        "recommendations",
        "runtimes",
        "comparisons",
        "alternatives",
    }
    assert set(counts) == parts


def test_runtimes_keep_their_id_through_their_names() -> None:
    titles = {(runtime.id, runtime.title) for runtime in load_runtimes()}
    assert ("litert", "TensorFlow Lite") in titles
    assert ("litert", "LiteRT") in titles


def test_age_is_in_days_and_stale_after_a_year() -> None:
    assert age(date(2026, 11, 20), date(2026, 11, 25)) == 5
    assert age(date(2026, 11, 20), date(2026, 11, 1)) == 0
    assert not is_stale(date(2025, 11, 20), date(2026, 11, 20))
    assert is_stale(date(2025, 11, 19), date(2026, 11, 20))


def test_everything_that_holds_has_an_age_and_history_has_none() -> None:
    day = date(2026, 11, 20)
    found = ages(day)
    assert [item.checked_on for item in found] == sorted(item.checked_on for item in found)
    facts = {item.id for item in found if item.kind == "fact"}
    assert "pytorch-maintained" in facts
    assert "tensorflow-maintained" not in facts, "it ended"
    assert len([item for item in found if item.kind == "system"]) == 177


def test_two_years_on_everything_is_due() -> None:
    day = date(2028, 12, 1)
    assert len(due(day)) == len(ages(day))
    assert all(item.stale for item in due(day))
