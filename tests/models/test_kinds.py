"""What `--model` may name, told from the file alone: kind, name, hash, and what cannot be compared and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.errors import AdvisorError
from advisor.models import kinds


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_model_is_called_by_its_file_and_the_beginning_of_its_hash(home: Path) -> None:
    Path("My Camera.py").write_text("def make():\n    pass\n")
    found = kinds.source("My Camera.py:make")
    assert (found.kind, found.function, found.said) == ("python", "make", "My Camera.py:make")
    assert found.name == f"my-camera-make-{found.digest[:8]}"
    assert found.runs_code
    (home / "net.onnx").write_bytes(b"anything")
    assert not kinds.source("net.onnx").runs_code


def test_a_folder_is_a_saved_model_and_its_hash_knows_names_and_contents(home: Path) -> None:
    for name in ("one", "other"):
        (home / name).mkdir()
        (home / name / "saved_model.pb").write_bytes(b"graph")
    assert kinds.source("one").kind == "savedmodel"
    assert kinds.source("one").digest == kinds.source("other").digest
    (home / "other" / "variables").write_bytes(b"1")
    assert kinds.source("one").digest != kinds.source("other").digest


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("camera.py", "camera.py:make, small"),
        ("camera.pt", "a .pt file holds weights"),
        ("camera.tflite", "nothing is left to compare"),
        ("camera.txt", "of no kind that is read"),
        ("kamera.onnx", "did you mean 'camera.onnx'?"),
        ("camera.onnx:make", "there is no file"),
        ("empty", "a folder without saved_model.pb"),
    ],
)
def test_what_cannot_be_read_is_told_with_what_could_be_done(home: Path, text: str, told: str) -> None:
    (home / "empty").mkdir()
    for suffix in ("pt", "tflite", "txt", "onnx"):
        (home / f"camera.{suffix}").write_bytes(b"")
    (home / "camera.py").write_text("def make():\n    pass\n\ndef small():\n    pass\n\ndef _not():\n    pass\n")
    with pytest.raises(AdvisorError) as error:
        kinds.source(text)
    assert told in error.value.message
    assert error.value.exit_code == 2


def test_networks_and_definitions_are_no_files_of_the_user() -> None:
    assert not any(map(kinds.names_model, ("@resnet8", "mine.yaml", "resnet8")))
    assert all(map(kinds.names_model, ("a.py:make", "a.onnx", "a.keras", "a.pt2", "a.pth")))
