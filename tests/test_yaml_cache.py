"""What YAML files said is kept for the next process: the same data, only for the same text, and only our own files."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

import pytest

from advisor import criteria, nodes, resources, yaml_cache
from advisor.knowledge import catalog

CRITERIA = (Path(criteria.__file__).with_name("criteria.yaml"),)

SHIPPED = sorted(yaml_cache._PACKAGE.rglob("*.yaml")) + sorted(resources.probes().rglob("*.yaml"))


@pytest.fixture(autouse=True)
def own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return tmp_path


def parsed(text: str) -> object:
    return nodes.plain(nodes.compose(text), [])


def test_every_shipped_file_comes_back_as_it_was_read() -> None:
    for file in SHIPPED:
        text = file.read_text(encoding="utf-8")
        data = parsed(text)
        yaml_cache.keep(file, text, data)
        assert yaml_cache.recall(file, text) == data, file


def test_of_another_text_nothing_is_recalled() -> None:
    file = resources.profiles() / "edge.yaml"
    yaml_cache.keep(file, "a: 1\n", {"a": 1})
    assert yaml_cache.recall(file, "a: 1\n") == {"a": 1}
    assert yaml_cache.recall(file, "a: 2\n") is None


def test_files_of_others_are_not_kept(own_place: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    yaml_cache.keep(file, "a: 1\n", {"a": 1})
    yaml_cache.keep(Path("edge.yaml"), "a: 1\n", {"a": 1})
    assert yaml_cache.recall(file, "a: 1\n") is None
    assert not [*own_place.rglob("*.json")]


def test_nothing_is_written_where_python_writes_nothing(own_place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yaml_cache.keep(resources.profiles() / "edge.yaml", "a: 1\n", {"a": 1})
    assert not [*own_place.rglob("*")]


def test_what_json_cannot_hold_is_not_kept(own_place: Path) -> None:
    file = resources.profiles() / "edge.yaml"
    for data in ({1: "a number as a key"}, {"a": {1, 2}}, {"a": float("nan")}, {"a day": "not a date"}):
        yaml_cache.keep(file, "text", data)
        assert yaml_cache.recall(file, "text") is None, data
    assert not [*own_place.rglob("*.json*")]


def test_days_stay_days() -> None:
    file = resources.profiles() / "edge.yaml"
    yaml_cache.keep(file, "text", {"since": date(2026, 3, 1), "word": "2026-03-01"})
    assert yaml_cache.recall(file, "text") == {"since": date(2026, 3, 1), "word": "2026-03-01"}


@pytest.mark.parametrize("garbage", ["", "{", "[]", "null", '{"of": 1}', '{"a day": "x"}', "[" * 100_000])
def test_a_damaged_file_is_no_harm(garbage: str, own_place: Path) -> None:
    file = resources.profiles() / "edge.yaml"
    yaml_cache.keep(file, "a: 1\n", {"a": 1})
    (place,) = own_place.rglob("*.json")
    place.write_text(garbage, encoding="utf-8")
    assert yaml_cache.recall(file, "a: 1\n") is None


def test_a_place_that_cannot_be_written_is_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "file"))
    file = resources.profiles() / "edge.yaml"
    yaml_cache.keep(file, "a: 1\n", {"a": 1})
    assert yaml_cache.recall(file, "a: 1\n") is None


def test_what_is_kept_is_validated_anew_and_gives_the_same_documents(own_place: Path) -> None:
    first = (criteria._load.__wrapped__(CRITERIA), catalog._load((Path(catalog.__file__).parent,)))
    assert [*own_place.rglob("criteria*.json")]
    again = (criteria._load.__wrapped__(CRITERIA), catalog._load((Path(catalog.__file__).parent,)))
    assert first == again
    (place,) = own_place.rglob("criteria*.json")
    data = json.loads(place.read_text(encoding="utf-8"))
    data["data"]["criteria"][0]["units"] = "s"
    place.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(Exception, match="unknown key 'units'"):
        criteria._load.__wrapped__(CRITERIA)
