"""How a command ends: exit codes mean what they say, whatever becomes of its streams, and of us."""

from __future__ import annotations

import errno
import io
import os
import re
import sys
from pathlib import Path
from typing import Any, cast

import click
import pytest

from advisor import api
from advisor.cli import ending, main
from advisor.decision.engine import decide
from advisor.decision.validity import check
from advisor.documents import write_text
from advisor.errors import AdvisorError
from advisor.measurement.run import save_run
from tests.samples import sample_run

FULL = OSError(errno.ENOSPC, "No space left on device")
GONE = BrokenPipeError(errno.EPIPE, "Broken pipe")


class Failing(io.RawIOBase):
    """A file that takes nothing."""

    def __init__(self, error: OSError) -> None:
        self.error = error

    def writable(self) -> bool:
        return True

    def write(self, _data: Any) -> int:
        raise self.error


def failing(error: OSError, *, buffered: bool) -> Any:
    raw: Any = Failing(error)
    return io.TextIOWrapper(io.BufferedWriter(raw) if buffered else raw, encoding="utf-8", write_through=not buffered)


@pytest.fixture(scope="module")
def run_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("run") / "run.json"
    save_run(sample_run(), path)
    return path


def code(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments), prog_name="advisor")
    assert isinstance(ended.value.code, int)
    return ended.value.code


def raising(error: BaseException) -> Any:
    def command(**_: object) -> None:
        raise error

    return command


@pytest.mark.parametrize("buffered", [True, False])
@pytest.mark.parametrize(("error", "holds", "not_"), [(GONE, 0, 1), (FULL, 2, 2)])
def test_a_verdict_survives_a_reader_that_left_and_a_full_disk_is_told(
    error: OSError, holds: int, not_: int, buffered: bool, run_file: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    ask = ["check", "--run", str(run_file), "--min-confidence", "0", "--expect"]
    told = decide(sample_run(), api.load_profile("edge")).answer
    assert told is not None
    other = next(name for name in sample_run().frameworks if name != told.framework)
    for expected, result in ((told.framework, holds), (other, not_)):
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", failing(error, buffered=buffered))
            assert code(*ask, expected) == result
        said = capsys.readouterr().err
        assert said == ("" if error is GONE else f"Error: standard output: cannot write the answer: {FULL.strerror}\n")


def test_a_closed_output_changes_no_code(
    run_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    assert code("recommend", "--run", str(run_file), "--json") == 0
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize("error", [FULL, GONE])
def test_a_message_that_nobody_reads_changes_no_code(error: OSError, monkeypatch: pytest.MonkeyPatch) -> None:
    for stream in (failing(error, buffered=True), None):
        monkeypatch.setattr(sys, "stderr", stream)
        assert code("recommend", "--run", "none.json") == 2
        assert code("recomend") == 2


@pytest.mark.parametrize(
    "error", [KeyError("x"), RecursionError("deep"), BrokenPipeError(), ValueError("\x1b[2J\n::e::")]
)
def test_a_mistake_of_ours_is_70_and_one_line_that_names_the_report(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ADVISOR_CACHE", str(tmp_path))
    monkeypatch.setattr(main.commands["doctor"], "callback", raising(error))
    assert code("doctor") == 70
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert said.startswith("Error: a mistake of advisor's own (")
    report = Path(said.rpartition(" is in ")[2].strip())
    assert report.is_relative_to(tmp_path)
    assert report.stat().st_mode & 0o777 == 0o600
    text = report.read_text(encoding="utf-8")
    assert "Traceback" in text
    assert type(error).__name__ in text


def test_the_report_lies_among_temporary_files_where_the_cache_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ADVISOR_CACHE", "/dev/null/cache")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert ending.code_of(raising(KeyError("x"))) == 70
    assert str(tmp_path) in capsys.readouterr().err
    monkeypatch.setattr("tempfile.tempdir", "/dev/null")
    assert ending.code_of(raising(KeyError("x"))) == 70
    assert "no room for a report" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError(errno.ENAMETOOLONG, "File name too long", "x" * 256), "File name too long"),
        (PermissionError(errno.EACCES, "Permission denied", "a\n::error::b"), "a ::error::b: Permission denied"),
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
    ],
)
def test_what_the_system_refuses_is_one_line_and_2(
    error: OSError, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ending.code_of(raising(error)) == 2
    said = capsys.readouterr().err
    assert says in said
    assert len(said.splitlines()) == 1


def test_a_file_of_ours_that_is_missing_is_our_mistake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADVISOR_CACHE", str(tmp_path))
    own = str(Path(ending.__file__).with_name("none.py"))
    assert ending.code_of(raising(FileNotFoundError(errno.ENOENT, "No such file or directory", own))) == 70


def test_a_working_folder_that_is_gone_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert code("probe", "--quick") == 2
    assert "the working folder is not there any more" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "expected"),
    [(KeyboardInterrupt(), 130), (click.Abort(), 130), (SystemExit(), 0), (SystemExit(3), 3), (SystemExit("x"), 1)],
)
def test_other_ends(error: BaseException, expected: int) -> None:
    assert ending.code_of(raising(error)) == expected


def test_a_name_in_an_error_forges_no_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    forged = "\x1b[2J\u202e\nError: forged\n::error::x"
    for arguments in (
        ["recommend", "--profile", forged],
        ["recommend", "--run", f"{tmp_path}/{forged}"],
        ["check", "--expect", forged],
        ["systems", forged],
        ["claims", forged],
        ["profile", "check", forged],
        ["compare", forged, forged],
        [forged],
        ["recommend", f"--{forged}"],
        ["recommend", "--threads", forged],
    ):
        assert code(*arguments) == 2
        told = capsys.readouterr()
        shown = told.out + told.err
        assert not re.search(r"^\s*::|[\x1b\u202e]|^Error: forged", shown, re.MULTILINE), shown


LONG = "x" * 256


@pytest.mark.parametrize(
    "arguments",
    [
        ["recommend", "--run", LONG],
        ["recommend", "--profile", LONG],
        ["recommend", "--profile", f"{LONG}.yaml"],
        ["recommend", "--run", "RUN", "--site", LONG],
        ["recommend", "--run", "RUN", "--no-site", "--adr", LONG],
        ["site", "build", "--run", LONG],
        ["site", "build", "--run", "RUN", "--profile", "edge", "--output", LONG],
        ["site", "build", "--run", "RUN", "--profile", "edge", "--docs-only", "--output", LONG],
        ["site", "build", "--run", "RUN", "--profile", "edge", "--single-file", "--output", LONG],
        ["site", "build", "--run", "RUN", "--profile", "edge", "--templates", LONG],
        ["site", "serve", "--run", LONG],
        ["profile", "check", LONG],
        ["profile", "show", LONG],
        ["profile", "new", "--name", "x", "--where", "server", "--output", LONG],
        ["profile", "new", "--name", LONG, "--where", "server"],
        ["profile", "new", "--answers", LONG],
        ["report", "--run", "RUN", "--output", LONG],
        ["knowledge", "check", LONG],
        ["compare", LONG, "RUN"],
        ["evidence", "--run", LONG],
        ["check", "--expect", "pytorch", "--run", LONG],
        ["probe", "--frameworks-folder", LONG],
        ["probe", "--python", f"pytorch={LONG}"],
        ["env", "list", "--frameworks-folder", LONG],
        ["env", "create", "litert-torch", "--constraint", LONG],
        ["systems", "--check", "--python", LONG, "keras"],
    ],
)
def test_a_name_too_long_is_one_line(
    arguments: list[str], run_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert code(*(str(run_file) if each == "RUN" else each for each in arguments)) == 2
    said = capsys.readouterr().err
    assert said.count("Error: ") == 1
    assert "Traceback" not in said
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_check_holds_nothing_that_could_not_be_computed() -> None:
    told = decide(sample_run(), api.load_profile("edge"))
    assert told.answer is not None
    expected = told.answer.framework
    assert check(told, expected, confidence=0).holds
    for name in ("value", "rank_acceptability"):
        broken = [
            each.model_copy(update={name: float("nan") if name == "value" else (float("nan"),)})
            for each in told.ranking
        ]
        held = check(told.model_copy(update={"ranking": tuple(broken)}), expected, confidence=0)
        assert not held.holds
        assert "could not be computed" in held.why
    for confidence in (float("nan"), float("inf"), -0.1, 1.1):
        with pytest.raises(AdvisorError, match="--min-confidence: expected a share from 0 to 1"):
            check(told, expected, confidence=confidence)


def test_closed_numbers_are_taken_before_another_file_gets_them(monkeypatch: pytest.MonkeyPatch) -> None:
    from advisor import printing

    kept = os.dup(0)
    try:
        os.close(0)
        with printing.sinks():
            assert os.fstat(0).st_rdev == cast(Any, os.stat(os.devnull)).st_rdev
    finally:
        os.dup2(kept, 0)
        os.close(kept)


def test_a_run_to_compare_may_lie_anywhere(run_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert code("compare", str(run_file), str(run_file), "--format", "json") == 0
    assert capsys.readouterr().out.startswith("[")


def test_half_a_character_in_what_is_written_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert code("profile", "new", "--name", "x", "--where", "server", "--title", "caf\udce9") == 2
    assert capsys.readouterr().err.startswith("Error: x.yaml: cannot write: ")
    assert not list(tmp_path.iterdir())
    with pytest.raises(AdvisorError, match="no text"):
        write_text(tmp_path / "x.md", "caf\udce9")
    assert not list(tmp_path.iterdir())
