"""Documents: strict reading, located errors, atomic writing."""

from __future__ import annotations

import gzip
import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from pydantic import Field

from advisor.documents import Model, read_json, read_yaml, to_json, write_json, write_packed, write_text
from advisor.errors import AdvisorError, Problem
from advisor.measurement.run import load_run
from tests.samples import sample_run


class Need(Model):
    weight: float
    floor: str | float


class Wish(Model):
    name: str
    title: str = ""
    criteria: dict[str, Need] = Field(default_factory=dict)


class Paper(Model):
    schema_: Literal["advisor.paper/1"] = Field(default="advisor.paper/1", alias="schema")
    title: str
    note: str | None = None


def written(folder: Path, text: str) -> Path:
    path = folder / "wish.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(path: Path) -> str:
    with pytest.raises(AdvisorError) as caught:
        read_yaml(path, Wish, what="wish", hint="advisor wish list")
    assert caught.value.exit_code == 2
    assert caught.value.hint == "advisor wish list"
    return caught.value.message


def test_a_good_document_is_read_and_knows_its_places(tmp_path: Path) -> None:
    path = written(tmp_path, "name: x\ncriteria:\n  size: {weight: 3, floor: 10 MB}\n")
    document = read_yaml(path, Wish, what="wish")
    assert document.value.criteria["size"] == Need(weight=3, floor="10 MB")
    error = document.error([Problem(("criteria", "size", "floor"), "too much")])
    assert f"{path}:3:28: too much" in error.message
    assert "^^^^^" in error.message


def test_every_mistake_is_named_at_once_with_place_and_nearest_key(tmp_path: Path) -> None:
    path = written(tmp_path, "nmae: x\ncriteria:\n  size: {weigth: 3, floor: [1]}\n")
    message = refusal(path)
    assert f"{path}:1:1: unknown key 'nmae' — did you mean 'name'?" in message
    assert f"{path}:3:10: unknown key 'weigth' — did you mean 'weight'?" in message
    assert "'name' is missing" in message
    assert "   3 |   size: {weigth: 3, floor: [1]}\n     |          ^^^^^^" in message


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("name: [", "1:8", "not valid YAML"),
        ("name: x\nname: y\n", "2:1", "duplicate key 'name'"),
        ("name: &a x\ntitle: *a\n", "1:7", "aliases"),
        ("name: !!python/object/apply:os.system [ls]\n", "1:7", "tags"),
        ("- 1\n", "1:1", "expected keys with values"),
        ("", "1:1", "expected keys with values"),
        ("name: 2021-99-99\n", "1:7", "cannot read"),
        ("? [a, b]\n: x\n", "1:1", "a key must be a plain word"),
        ("name: \x07\n", "", "not valid YAML"),
    ],
)
def test_bad_yaml_is_refused_where_it_stands(tmp_path: Path, text: str, place: str, words: str) -> None:
    path = written(tmp_path, text)
    message = refusal(path)
    assert words in message
    assert f"{path}:{place}" in message if place else str(path) in message


def test_a_file_that_is_missing_or_no_text_is_refused(tmp_path: Path) -> None:
    assert "cannot read the wish: No such file" in refusal(tmp_path / "none.yaml")
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\xff\xfe\x00")
    assert "not UTF-8 text (byte 0)" in refusal(binary)
    assert "cannot read the wish" in refusal(tmp_path)


def test_deep_nesting_is_refused_without_a_traceback(tmp_path: Path) -> None:
    assert "wish.yaml" in refusal(written(tmp_path, "[" * 5000))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", ":1:2: not a paper"),
        ("[]", 'expected "schema": "advisor.paper/1", found null'),
        ('{"schema": "advisor.paper/2", "title": "x"}', "made by a newer advisor"),
        ('{"schema": "advisor.other/1"}', 'found "advisor.other/1"'),
        ('{"schema": "advisor.paper/1"}', "'title' is missing"),
        ('{"schema": "advisor.paper/1", "title": "x", "titel": 1}', "unknown key 'titel' — did you mean 'title'?"),
        ('{"schema": "advisor.paper/1", "title": ' + "[" * 100_000 + "}", "not a paper"),
    ],
)
def test_a_bad_json_document_gives_one_clear_line(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "paper.json"
    path.write_text(text)
    with pytest.raises(AdvisorError) as caught:
        read_json(path, Paper, schema="advisor.paper/1", what="paper")
    assert words in caught.value.message
    assert "\n" not in caught.value.message
    assert caught.value.exit_code == 2


def test_a_json_document_reads_back_and_leaves_out_what_is_not_filled(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "paper.json"
    write_json(path, Paper(title="Ω"))
    assert json.loads(path.read_text(encoding="utf-8")) == {"schema": "advisor.paper/1", "title": "Ω"}
    assert read_json(path, Paper, schema="advisor.paper/1", what="paper") == Paper(title="Ω")
    assert to_json(Paper(title="Ω")) == path.read_text(encoding="utf-8")


def test_writing_replaces_the_whole_file_and_leaves_no_temporary(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_text(path, "one")
    write_text(path, "two")
    assert path.read_text() == "two"
    assert list(tmp_path.iterdir()) == [path]
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(AdvisorError, match="cannot write"):
        write_text(tmp_path / "file" / "a.txt", "x")


def test_a_packed_document_is_the_document(tmp_path: Path) -> None:
    run = sample_run()
    write_packed(tmp_path / "run.json.gz", run)
    first = (tmp_path / "run.json.gz").read_bytes()
    assert load_run(tmp_path / "run.json.gz") == run
    # Some servers unpack what they send: then it is the plain text under that name.
    (tmp_path / "sent.json.gz").write_bytes(gzip.decompress(first))
    assert load_run(tmp_path / "sent.json.gz") == run
    write_packed(tmp_path / "run.json.gz", run)
    assert (tmp_path / "run.json.gz").read_bytes() == first


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda packed: packed[: len(packed) // 2], "damaged gzip"),
        (lambda packed: packed[:10] + b"\xff" * 40, "damaged gzip"),
        (lambda packed: gzip.compress(b"{"), "not a Run file"),
        (lambda packed: gzip.compress(b"\xff\xfe"), "not UTF-8"),
    ],
)
def test_damage_of_a_packed_document_is_said(tmp_path: Path, spoil: Callable[[bytes], bytes], says: str) -> None:
    write_packed(tmp_path / "run.json.gz", sample_run())
    file = tmp_path / "run.json.gz"
    file.write_bytes(spoil(file.read_bytes()))
    with pytest.raises(AdvisorError, match=says):
        load_run(file)


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("advisor.documents.LARGEST", 1000)
    (tmp_path / "run.json.gz").write_bytes(gzip.compress(b" " * 100_000))
    with pytest.raises(AdvisorError, match="larger than"):
        load_run(tmp_path / "run.json.gz")
