"""What a bundle carries of advisor's own code: all that its session imports, and nothing that a device has not."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from advisor.devices import bundle, manifest, program, sources
from advisor.errors import AdvisorError


def test_the_session_of_a_device_loads_nothing_that_is_not_there() -> None:
    files = sources.needed(["onnxruntime"])
    own = {name: file for name, file in files.items() if name.startswith("advisor/")}
    # nodes reads YAML, networks hands definitions over, both only when they are called; no file of a bundle is YAML.
    loaded = {name: file for name, file in own.items() if name != "advisor/nodes.py"}
    assert sources.foreign(loaded.values()) <= {"numpy", *bundle.STAND_INS}
    assert sum(file.stat().st_size for file in files.values()) < bundle.LARGEST / 10
    assert "advisor/devices/program.py" in files
    assert "probes/runtimes/onnxruntime.py" in files
    assert not [name for name in files if name.startswith(("advisor/decision", "advisor/report", "advisor/cli"))]


def test_run_py_is_read_by_an_old_python_so_that_it_can_say_so() -> None:
    text = Path(program.__file__).with_name("run.py").read_text(encoding="utf-8")
    ast.parse(text, feature_version=(3, 7))


def test_a_bundle_replaces_a_bundle_and_nothing_else(tmp_path: Path) -> None:
    bundle.refuse_other(tmp_path / "new.advisor")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(AdvisorError, match="is no bundle, and would be replaced"):
        bundle.refuse_other(tmp_path / "mine")
    (tmp_path / "old.advisor" / "work" / "runs").mkdir(parents=True)
    (tmp_path / "old.advisor" / manifest.NAME).write_text("{}")
    with pytest.raises(AdvisorError, match="Runs were measured in this bundle"):
        bundle.refuse_other(tmp_path / "old.advisor")


def test_what_is_no_bundle_is_said_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(AdvisorError, match="no bundle: it has no manifest"):
        manifest.read(tmp_path)


def test_a_session_in_the_background_is_known_by_its_process_and_when_that_began(tmp_path: Path) -> None:
    assert program.status(tmp_path)["state"] == "none"
    (tmp_path / program.PID).write_text("1 0\n")  # of that number, but of another beginning
    (tmp_path / program.LOG).write_text("Session x\nhalf a li")
    found = program.status(tmp_path)
    assert (found["state"], found["said"], found["next"]) == ("ended", "Session x\n", 10)
    (tmp_path / program.RESULT).write_text("{}")
    assert program.status(tmp_path, 10)["state"] == "finished"
