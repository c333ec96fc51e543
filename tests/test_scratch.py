"""Temporary folders: ours go with their process or after it, and nobody else's ever do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from advisor import scratch
from advisor.documents import write_text

LEFT = "advisor-session-0a1b2c3d"


def left_behind(home: Path, name: str = LEFT) -> Path:
    """Make what a killed process leaves."""
    folder = home / name
    folder.mkdir()
    (folder / scratch.MARK).write_text(scratch._SAYS)
    (folder / "file").touch()
    return folder


def test_it_is_there_for_the_block_and_bears_a_mark(tmp_path: Path) -> None:
    with scratch.folder("x-", tmp_path) as folder:
        assert (folder / scratch.MARK).is_file()
        with scratch.folder("x-", tmp_path):
            assert folder.is_dir(), "what a living process holds is left alone"
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_goes(tmp_path: Path) -> None:
    told: list[Path] = []
    left = left_behind(tmp_path)
    with scratch.folder("advisor-session-", tmp_path, ending=told.append):
        assert not left.exists()
    assert told[0] == left


@pytest.mark.parametrize("name", ["advisor-session-notes-2026", LEFT, "advisor-session-"])
def test_what_bears_no_mark_is_somebody_elses(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "thesis.tex").write_text("years of work")
    (tmp_path / f"{name}.txt").write_text("notes")
    with scratch.folder("advisor-session-", tmp_path):
        pass
    assert (tmp_path / name / "thesis.tex").read_text() == "years of work"
    assert (tmp_path / f"{name}.txt").exists()


def test_a_mark_that_says_something_else_or_is_a_link_is_none(tmp_path: Path) -> None:
    there = left_behind(tmp_path)
    (there / scratch.MARK).write_text("my own")
    other = left_behind(tmp_path, f"{LEFT[:-1]}x")
    (other / scratch.MARK).rename(tmp_path / "elsewhere")
    (other / scratch.MARK).symlink_to(tmp_path / "elsewhere")
    link = tmp_path / f"{LEFT[:-1]}y"
    link.symlink_to(left_behind(tmp_path, "real"))
    scratch.sweep(tmp_path, "advisor-session-")
    assert there.exists()
    assert other.exists()
    assert link.is_symlink()
    assert (tmp_path / "real" / "file").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a folder away")
def test_what_belongs_to_another_user_is_left_alone(tmp_path: Path) -> None:
    folder = left_behind(tmp_path)
    os.chown(folder, 12345, 12345)
    scratch.sweep(tmp_path, "advisor-session-")
    assert folder.exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_process_after_its_folders(tmp_path: Path, number: signal.Signals) -> None:
    code = (
        "import sys, time; from pathlib import Path; from advisor import scratch\n"
        "home = Path(sys.argv[1])\n"
        "with scratch.folder('one-', home), scratch.folder('two-', home):\n"
        "    print('here', flush=True); time.sleep(60)\n"
    )
    # Whoever started us may ignore the signal, as nohup does, and a child would inherit that.
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == b"here\n"
    process.send_signal(number)
    assert process.wait(120) == -number
    process.stdout.close()
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_written_beside_notes_of_the_same_name(tmp_path: Path) -> None:
    note = tmp_path / ".run.json.advisor-my_notes.tmp"
    note.write_text("mine")
    write_text(tmp_path / "run.json", "{}")
    assert note.read_text() == "mine"
    assert sorted(each.name for each in tmp_path.iterdir()) == [note.name, "run.json"]


def test_a_written_file_keeps_its_mode_and_a_link_stays_one(tmp_path: Path) -> None:
    real = tmp_path / "real.json"
    real.write_text("old")
    real.chmod(0o600)
    (tmp_path / "link.json").symlink_to("real.json")
    write_text(tmp_path / "link.json", "new")
    assert (tmp_path / "link.json").is_symlink()
    assert real.read_text() == "new"
    assert real.stat().st_mode & 0o777 == 0o600


def test_a_long_name_can_be_written(tmp_path: Path) -> None:
    write_text(tmp_path / ("x" * 255), "long")
    assert len(list(tmp_path.iterdir())) == 1


def test_nothing_of_ours_lies_in_the_systems_folder_by_default() -> None:
    with scratch.folder("advisor-try-") as folder:
        assert folder.parent == Path(tempfile.gettempdir())
