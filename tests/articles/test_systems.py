"""The systems that the articles name: all there, evidence for every status, mistakes found where they stand."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import sys
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import get_args

import pytest

from advisor.articles import systems as module
from advisor.articles.articles import documented, first_day, last_day, load_articles
from advisor.articles.systems import (
    Status,
    System,
    load_systems,
    system_catalog,
)
from advisor.errors import AdvisorError
from advisor.knowledge import catalog as knowledge
from advisor.knowledge.catalog import load_sources
from advisor.measurement import definitions

NAMED = (Path(__file__).parent / "named-systems.txt").read_text(encoding="utf-8").split()
SHIPPED = Path(module.__file__).parent
TEXT = (SHIPPED / "sources-systems.yaml").read_text(encoding="utf-8")


def test_every_named_system_is_there_once_and_no_other() -> None:
    assert [system.id for system in load_systems().systems] == NAMED
    assert len(NAMED) == len(set(NAMED)) == 177


@pytest.mark.parametrize("system", load_systems().systems, ids=lambda system: system.id)
def test_a_system_says_what_it_is_for_and_what_its_status_rests_on(system: System) -> None:
    for sentence in (system.role, system.says, system.instead or "It."):
        assert sentence.endswith("."), sentence
        assert "  " not in sentence
    assert len(system.role) <= 120
    named = {source.id: source for source in load_sources(*documented())}
    assert {name for name in (system.source, *system.also) if name} <= set(named)
    if system.status in ("archived", "deprecated") and system.pip:
        assert system.instead, "what to use today?"


def test_no_article_is_evidence_for_a_status() -> None:
    articles = {article.id for article in load_articles()}
    for system in load_systems().systems:
        assert set(system.named_in) <= articles
        assert not {system.source, *system.also} & articles


def test_succession_ends_at_something_that_is_used() -> None:
    systems = load_systems()
    outside = {successor.id for successor in systems.successors}
    for system in systems.systems:
        seen = [system.id]
        while seen[-1] not in outside and (following := systems.system(seen[-1]).replaced_by) is not None:
            assert following not in seen, f"{' → '.join(seen)} → {following}"
            seen.append(following)
        if len(seen) > 1 and seen[-1] not in outside:
            assert systems.system(seen[-1]).status in ("active", "maintenance")
    assert systems.name("torchserve") == "TorchServe"
    assert systems.name("litert") == "LiteRT"


def test_recipes_are_probes_of_ours() -> None:
    known = definitions.shipped()
    ids = {each.probe for each in known.workloads} | {each.probe for each in known.capabilities.values()}
    ids |= {route.id for route in known.routes.values()}
    recipes = {recipe for system in load_systems().systems for recipe in system.recipes}
    assert all(any(fnmatchcase(probe, recipe) for probe in ids) for recipe in recipes)


def test_every_capability_with_a_system_of_its_own_is_named_by_it() -> None:
    systems = load_systems()
    for system, recipe in {
        "torchscript": "capability:export-torchscript", "tensorboard": "capability:tensorboard",
        "gradcheck": "capability:gradient-check", "torchelastic": "capability:elastic-training",
        "tensorflow-serving": "capability:serving", "tensorflow-js": "capability:javascript",
    }.items():  # fmt: skip
        assert recipe in systems.system(system).recipes


def test_a_status_is_a_dated_fact() -> None:
    catalog = system_catalog()
    serve = catalog.fact("torchserve", "status", date(2026, 1, 1))
    assert serve is not None
    assert (serve.level, serve.valid_from, serve.id) == ("archived", date(2025, 2, 28), "torchserve-status")
    assert load_systems().system("torchserve").evidence == serve.id
    before = catalog.fact("torchserve", "status", date(2025, 2, 27))
    assert before is not None
    assert before.level == "active"
    assert load_systems().system("gpu").evidence is None
    assert len({fact.id for fact in catalog.facts}) == len(catalog.facts)
    sources = {source.id for source in catalog.sources}
    assert all(fact.source in sources for fact in catalog.facts)


def test_one_thing_holds_at_a_time() -> None:
    held: dict[tuple[str, str], list[tuple[date, date, str]]] = {}
    for fact in system_catalog().facts:
        held.setdefault((fact.subject, fact.key), []).append((fact.valid_from, fact.valid_to or date.max, fact.id))
    for facts in held.values():
        facts.sort()
        for (_, end, first), (start, _, second) in itertools.pairwise(facts):
            assert end < start, f"{first} still holds when {second} begins"


@pytest.mark.parametrize(
    ("subject", "key", "then", "now"),
    [
        ("torchserve", "status", "active", "archived"),
        ("allennlp", "status", "archived", "archived"),
        ("tensorflow-hub", "status", "active", "replaced"),
        ("tensorflow-lite", "status", "active", "renamed"),
        ("pytorch", "own-server", "active", "archived"),
        ("tensorflow", "own-server", "active", "active"),
        ("tensorflow", "ready-made", "partly supported", "unsupported"),
        ("tensorflow", "maintenance", "active", "fixes only"),
        ("litert", "maintenance", "active", "active"),
        ("executorch", "maintenance", None, "active"),
    ],
)
def test_a_day_of_the_past_can_be_asked(subject: str, key: str, then: str | None, now: str) -> None:
    catalog = system_catalog()
    past, present = (catalog.fact(subject, key, day) for day in (date(2022, 12, 31), date(2026, 11, 20)))
    assert (past.level if past else None) == then
    assert present is not None
    assert present.level == now


def test_the_newest_release_of_a_day() -> None:
    catalog = system_catalog()
    release = catalog.fact("executorch", "latest-release", date(2025, 11, 1))
    assert release is not None
    assert release.earliest == release.latest == date(2025, 10, 17)


def test_every_source_is_used_and_has_an_address() -> None:
    facts = {fact.source for fact in system_catalog().facts}
    used = facts | {name for system in load_systems().systems for name in (system.source, *system.also)}
    own = load_sources(*documented())
    mine = [source for source in own if f"- id: {source.id}\n" in TEXT]
    assert [source.id for source in mine if source.id not in used] == []
    assert [source.id for source in mine if source.url is None and source.note is None] == []


def test_days_are_as_near_as_they_are_known() -> None:
    assert (first_day("2024"), last_day("2024")) == (date(2024, 1, 1), date(2024, 12, 31))
    assert (first_day("2024-02"), last_day("2024-02")) == (date(2024, 2, 1), date(2024, 2, 29))
    assert first_day("2024-09-04") == last_day("2024-09-04") == date(2024, 9, 4)


def test_an_unknown_system_names_the_nearest() -> None:
    with pytest.raises(AdvisorError, match="did you mean 'torchserve'"):
        load_systems().system("torch-serve")


def test_loading_needs_no_heavy_library() -> None:
    code = (
        "import sys\n"
        "from advisor.articles import systems\n"
        "assert len(systems.load_systems().systems) == 177\n"
        "assert not {'pandas', 'altair', 'torch', 'numpy', 'subprocess'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, timeout=300)


def test_what_was_loaded_is_not_loaded_again() -> None:
    assert load_systems() is load_systems()


# --- Mistakes -----------------------------------------------------------------------------------------------------

ENTRY = """\
  - id: torchserve
    name: TorchServe
    belongs_to: pytorch
    kind: server
    role: Served models.
    status: archived
    since: 2025-02-28
    says: Its makers stopped.
    source: pytorch-serve-3395
    named_in: [v7labs]
    checked_on: 2026-11-20
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("sources.yaml", "facts.yaml"):
        shutil.copy(knowledge.HERE / name, tmp_path)
    (tmp_path / "facts-systems.yaml").write_text("facts: []\n", encoding="utf-8")
    (tmp_path / "systems.yaml").write_text("systems:\n" + ENTRY, encoding="utf-8")
    return tmp_path


def test_a_folder_of_ones_own_is_read(folder: Path) -> None:
    assert load_systems(folder).system("torchserve").since == "2025-02-28"
    assert system_catalog(folder).facts[-1].id == "torchserve-status"


@pytest.mark.parametrize(
    ("before", "after", "place", "words"),
    [
        ("status: archived", "status: archivd", "7:13", "archived"),
        ("since: 2025-02-28", "sinse: 2025-02-28", "8:5", "unknown key 'sinse' — did you mean 'since'?"),
        ("since: 2025-02-28", "since: 2025-02-30", "8:12", "cannot read this value"),
        ("since: 2025-02-28", 'since: "2025-13"', "8:12", "no such day: '2025-13'"),
        ("since: 2025-02-28", "since: Tuesday", "8:12", "pattern"),
        ("since: 2025-02-28", "since: 2027", "8:12", "'since' (2027) lies after 'checked_on' (2026-11-20)"),
        ("    since: 2025-02-28\n", "", "7:13", "'since' is missing: since when is it archived?"),
        ("source: pytorch-serve-3395", "source: pytorch-serve-3359", "10:13", "did you mean 'pytorch-serve-3395'?"),
        ("    source: pytorch-serve-3395\n", "", "7:13", "'source' is missing: who says so?"),
        ("status: archived", "status: unknown", "10:13", "an unknown status has no source"),
        ("status: archived", "status: replaced", "7:13", "'replaced_by' is missing: replaced by what?"),
        ("since:", "replaced_by: torchserve\n    since:", "8:18", "a system cannot replace itself"),
        ("since:", "replaced_by: triton\n    since:", "8:18", "unknown system 'triton'"),
        ("since:", "also: [pytorch-releases, nobody]\n    since:", "8:30", "unknown source 'nobody'"),
        ("since:", "said_to_belong_to: pytorch\n    since:", "8:24", "the same as 'belongs_to'"),
        ("since:", "module: ts handler\n    since:", "8:13", "pattern"),
        ("named_in: [v7labs]", "named_in: []", "11:15", "'named_in' is missing: which article names it?"),
        ("systems:\n", "systems:\n" + ENTRY, "13:9", "duplicate id 'torchserve'"),
    ],
)
def test_mistakes_are_refused_where_they_stand(folder: Path, before: str, after: str, place: str, words: str) -> None:
    path = folder / "systems.yaml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(AdvisorError) as refused:
        load_systems(folder)
    assert f"{path}:{place}: " in refused.value.message
    assert words in refused.value.message


FACT = """\
  - id: torchserve-maintained
    subject: torchserve
    key: maintenance
    statement: It was developed.
    level: active
    valid_from: 2020-04-21
    valid_to: 2025-02-27
    source: pytorch-serve-3395
    checked_on: 2026-11-20
    confidence: high
"""


@pytest.mark.parametrize(
    ("before", "after", "place", "words"),
    [
        ("source: pytorch-serve-3395", "source: nobody", "9:13", "unknown source 'nobody'"),
        ("2025-02-27", "2019-01-01", "8:15", "'valid_to' (2019-01-01) lies before 'valid_from' (2020-04-21)"),
        ("2026-11-20", "2019-01-01", "10:17", "'checked_on' (2019-01-01) lies before 'valid_from' (2020-04-21)"),
        ("id: torchserve-maintained", "id: torchserve-status", "2:9", "duplicate id 'torchserve-status'"),
        ("level: active", "level: active\n    value: 1", "2:5", "at most one of"),
    ],
)
def test_mistakes_in_facts_are_refused_where_they_stand(
    folder: Path, before: str, after: str, place: str, words: str
) -> None:
    path = folder / "facts-systems.yaml"
    path.write_text("facts:\n" + FACT.replace(before, after), encoding="utf-8")
    with pytest.raises(AdvisorError) as refused:
        system_catalog(folder)
    assert f"{path}:{place}: " in refused.value.message
    assert words in refused.value.message


def test_a_source_is_entered_once(folder: Path) -> None:
    path = folder / "sources-systems.yaml"
    path.write_text("sources:\n  - {id: package-index, title: T, publisher: P}\n", encoding="utf-8")
    with pytest.raises(AdvisorError, match=r"sources-systems\.yaml:2:10: duplicate id 'package-index'"):
        load_sources(folder)


def test_statuses_are_the_documented_ones() -> None:
    documented = (SHIPPED / "systems.yaml").read_text(encoding="utf-8").partition("systems:\n")[0]
    assert " | ".join(get_args(Status)) in documented
