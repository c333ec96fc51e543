"""The index of the kept Runs: a copy that is never trusted further than the files it was made from."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from advisor.measurement import store as kept_runs
from advisor.measurement.run import Run, load_run, save_run
from advisor.measurement.store import Store
from tests.samples import sample_run

NEWER, OLDER = "20261120-180000-0002", "20261120-170000-0001"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Two Runs, the index not made yet."""
    store = Store(tmp_path / "runs")
    for name in (OLDER, NEWER):
        save_run(named(name), store.path(name))
    return store


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the Run files that were read to the end, in order."""
    names: list[str] = []

    def counting(path: Path) -> Run:
        names.append(path.stem)
        return load_run(path)

    monkeypatch.setattr(kept_runs, "load_run", counting)
    return names


def named(name: str) -> Run:
    return sample_run().model_copy(update={"id": name})


def test_each_run_is_read_once_and_listed_newest_first(store: Store, read: list[str]) -> None:
    first = store.entries()
    assert [each.id for each in first] == [NEWER, OLDER]
    assert first[0] == kept_runs.entry(named(NEWER))
    assert (first[0].cpu, first[0].threads) == (sample_run().host.cpu, sample_run().policy.threads)
    assert store.entries() == Store(store.folder).entries() == first
    assert sorted(read) == [OLDER, NEWER]


def test_only_what_changed_is_read_again(store: Store, read: list[str]) -> None:
    store.entries()
    read.clear()
    save_run(named(OLDER).model_copy(update={"complete": False}), store.path(OLDER))
    added = "20261120-190000-0003"
    save_run(named(added), store.path(added))
    assert [(each.id, each.complete) for each in store.entries()] == [(added, True), (NEWER, True), (OLDER, False)]
    assert read == [OLDER, added]
    store.path(NEWER).unlink()
    assert [each.id for each in store.entries()] == [added, OLDER]
    assert read == [OLDER, added]
    assert NEWER not in (store.folder / kept_runs.NAME).read_text()


def test_a_file_that_is_no_run_is_passed_over_and_looked_at_once(store: Store, read: list[str]) -> None:
    store.path("20261120-200000-0004").write_text("{")
    assert [each.id for each in store.entries()] == [NEWER, OLDER]
    read.clear()
    assert [each.id for each in store.entries()] == [NEWER, OLDER]
    assert not read


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"schema": "advisor.index/2", "files": []}', '{"schema": "advisor.index/1", "files": [{}]}'],
    ids=["empty", "cut off", "foreign", "newer", "damaged"],
)
def test_an_index_that_cannot_be_used_is_made_anew(store: Store, text: str) -> None:
    expected = store.entries()
    whole = (store.folder / kept_runs.NAME).read_bytes()
    (store.folder / kept_runs.NAME).write_text(text)
    assert store.entries() == expected
    assert (store.folder / kept_runs.NAME).read_bytes() == whole


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_half_an_index_is_no_index(store: Store, share: float) -> None:
    expected = store.entries()
    file = store.folder / kept_runs.NAME
    file.write_bytes(file.read_bytes()[: int(share * file.stat().st_size)])
    assert store.entries() == expected


def test_where_no_index_can_be_written_the_runs_are_read(store: Store, read: list[str]) -> None:
    (store.folder / kept_runs.NAME).mkdir()
    for _ in range(2):
        assert [each.id for each in store.entries()] == [NEWER, OLDER]
    assert len(read) == 4
    assert not [name for name in os.listdir(store.folder) if name.endswith(".tmp")]


def test_looking_into_an_empty_folder_leaves_it_empty(tmp_path: Path) -> None:
    assert not Store(tmp_path).entries()
    assert not Store(tmp_path / "none").entries()
    assert not list(tmp_path.iterdir())
