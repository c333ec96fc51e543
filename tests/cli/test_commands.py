"""The command line: what it loads, what it refuses, how it exits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from advisor.cli import main
from advisor.measurement.definitions import frameworks
from advisor.measurement.run import Run, save_run
from tests.samples import sample_run

pytestmark = pytest.mark.integration

FORBIDDEN = ("pandas", "altair", "mkdocs", "torch", "tensorflow")


@pytest.fixture
def run_file(tmp_path: Path) -> Path:
    path = tmp_path / "run.json"
    save_run(sample_run(), path)
    return path


def loaded_modules(arguments: list[str], folder: Path) -> set[str]:
    """Run the command in a process of its own and return the top-level modules it had loaded at the end."""
    code = (
        "import atexit, sys\n"
        "atexit.register(lambda: open('modules.txt', 'w').write(' '.join(sys.modules)))\n"
        "from advisor.cli import main\n"
        f"main({arguments!r}, prog_name='advisor')\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=folder, check=True, capture_output=True, timeout=300)
    return {name.split(".")[0] for name in (folder / "modules.txt").read_text().split()}


def call(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(main, list(arguments), prog_name="advisor")
    assert result.exit_code == code, result.output
    return result.output


@pytest.mark.parametrize("arguments", [["--help"], ["recommend", "--help"]])
def test_help_loads_none_of_the_heavy_libraries(arguments: list[str], tmp_path: Path) -> None:
    modules = loaded_modules(arguments, tmp_path)
    assert "click" in modules
    assert not modules & {*FORBIDDEN, "jinja2", "numpy", "pydantic"}


def test_recommend_as_json_loads_none_of_the_heavy_libraries(run_file: Path) -> None:
    modules = loaded_modules(["recommend", "--run", str(run_file), "--json"], run_file.parent)
    assert "numpy" in modules
    assert not modules & {*FORBIDDEN, "jinja2"}


def test_every_command_has_help_with_a_first_sentence() -> None:
    output = call("--help")
    for name, command in main.commands.items():
        assert name in output
        assert command.help
        call(name, "--help")


@pytest.mark.parametrize(("words", "nearest"), [(("recomend",), "recommend"), (("site", "biuld"), "build")])
def test_a_mistyped_command_is_answered_with_the_nearest(words: tuple[str, ...], nearest: str) -> None:
    assert f"Did you mean '{nearest}'?" in call(*words, code=2)


def test_recommend_decides_on_a_run_without_measuring(run_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(run_file.parent)
    answer = json.loads(call("recommend", "--profile", "edge", "--run", str(run_file), "--json"))
    assert answer["schema"] == "advisor.recommendation/1"
    assert answer["profile"] == "edge"
    assert answer["run"] == sample_run().id
    assert not (run_file.parent / ".advisor").exists(), "--json writes no site by itself"


def test_recommend_prints_the_answer_and_writes_the_site(run_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(run_file.parent)
    output = call("recommend", "--profile", "edge", "--run", "run.json")
    assert "Which framework should we" in output
    assert ".advisor/site/index.html" in output
    assert "advisor recommend --profile edge --run run.json" in " ".join(output.split())
    assert (run_file.parent / ".advisor" / "site" / "index.html").is_file()


def test_no_site_writes_none(run_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(run_file.parent)
    call("recommend", "--run", "run.json", "--no-site")
    assert not (run_file.parent / ".advisor").exists()


def test_a_recent_run_is_used_again_and_named(run_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from advisor.measurement.store import Store

    def recent(self: Store, **options: object) -> Run:
        return sample_run()

    monkeypatch.chdir(run_file.parent)
    monkeypatch.setattr(Store, "reusable", recent)
    output = call("recommend", "--no-site")
    assert "Using the Run of" in output
    assert "--fresh measures again" in output


def test_a_site_of_several_runs_answers_from_the_first(run_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(run_file.parent)
    run = sample_run()
    older = run.model_copy(update={"id": "older", "started": run.started - timedelta(days=1)})
    save_run(older, Path("older.json"))
    several = ["site", "build", "--run", "run.json", "--run", "older.json", "--profile", "edge"]
    assert call(*several, "-o", "site").strip().endswith("index.html")
    assert json.loads(Path("site", "answer-edge.json").read_text(encoding="utf-8"))["run"] == run.id
    assert Path("site", "run-older.json.gz").is_file()
    page = Path("site", f"changes-run-{run.id}.html").read_text(encoding="utf-8")
    assert "advisor site build --run run.json --run older.json" in page
    assert "name one --run" in call(*several, "--single-file", "-o", "one.html", code=2)
    assert "given twice" in call(*several, "--run", "run.json", "-o", "other", code=2)
    assert "none.json: cannot read" in call(*several, "--run", "none.json", "-o", "other", code=2)
    assert not Path("other").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["recommend", "--profile", "egde"], "did you mean 'edge'?"),
        (["recommend", "--run", "none.json"], "none.json: cannot read the Run file"),
        (["recommend", "--site", "a", "--no-site"], "exclude each other"),
        (["site", "build", "--run", "r", "--docs-only", "--single-file"], "exclude each other"),
        (["recommend", "--run", "a", "--fresh"], "use one of them"),
        (["recommend", "--run", "a", "--all"], "--all measures: use one of them"),
        (["recommend", "--run", "a", "--quick"], "--run measures nothing: --quick would have no effect"),
        (["recommend", "--run", "a", "--budget", "45 s"], "--run measures nothing: --budget would have no effect"),
        (["recommend", "--as-of", "2024-09-04", "--threads", "2"], "--as-of measures nothing: --threads would have"),
        (["recommend", "--as-of", "2024-09-04", "--adr", "a"], "writes nothing: --adr would have no effect"),
        (["recommend", "--run", "a", "--json", "--explain"], "--explain would have no effect"),
        (["recommend", "--run", "a", "--no-site", "--templates", "t"], "--no-site writes no page of templates"),
        (["recommend", "--run", "a", "--json", "--templates", "t"], "--json without --site writes no page"),
        (["recommend", "--python", "pytorch"], "expected FRAMEWORK=PATH"),
        (["recommend", "--python", "pytroch=/bin/sh"], "did you mean 'pytorch'?"),
        (["recommend", "--python", "pytorch=/nowhere"], "no program that can be run"),
        (["recommend", "--python", "pytorch=."], "Try: --python pytorch=bin/python"),
        (["recommend", "research"], "unexpected 'research': a profile is named by --profile research"),
        (["check", "research", "--expect", "pytorch"], "a profile is named by --profile research"),
        (["probe", "--only", "cnn-inference,lstm"], "--only lstm: no probe has such an id — did you mean 'lstm-inf"),
        (["env", "create", "tensorflow"], "--python FRAMEWORK=PATH"),
        (["recommend", "--framework", "tensroflow"], "did you mean 'tensorflow'?"),
        (["recommend", "--threads", "0"], "--threads"),
        (["profile", "show", "reserach"], "did you mean 'research'?"),
        (["recomend"], "recommend"),
    ],
)
def test_what_a_user_can_mend_is_one_message_and_exit_2(
    arguments: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(sys.executable)
    output = call(*arguments, code=2)
    assert words in output
    assert "Traceback" not in output


SPOILING = {
    "probe": ("probe", "--only", "no-such-probe"),
    "page": ("site", "build", "--run", "run.json", "--profile", "edge", "--single-file"),
    "report": ("report", "--run", "run.json"),
}


@pytest.mark.parametrize("content", ["my notes\n", '{"schema": "other/1"}', "half of a Run {", "\xff"])
@pytest.mark.parametrize("command", SPOILING)
def test_a_file_of_somebody_else_is_never_replaced(
    command: str, content: str, run_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(run_file.parent)
    mine = Path("mine")
    mine.write_text(content, encoding="latin-1")
    told = call(*SPOILING[command], "--output", "mine", code=2)
    assert "would be replaced" in told
    assert "name another file, or delete this one first" in told
    assert mine.read_text(encoding="latin-1") == content


@pytest.mark.parametrize("command", ["page", "report"])
def test_what_was_written_is_replaced_until_it_is_edited(
    command: str, run_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(run_file.parent)
    answer = Path("answer")
    answer.touch()  # as mktemp leaves it
    for _ in range(2):
        call(*SPOILING[command], "--output", "answer")
    edited = answer.read_text(encoding="utf-8").replace("PyTorch", "PyTorch (ours)", 1)
    answer.write_text(edited, encoding="utf-8")
    assert "was edited since" in call(*SPOILING[command], "--output", "answer", code=2)
    assert answer.read_text(encoding="utf-8") == edited
    # A Run is no page, and measured data is not lost to one.
    assert "would be replaced" in call(*SPOILING[command], "--output", "run.json", code=2)


def test_a_device_is_no_file_to_replace(run_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(run_file.parent)
    os.mkfifo("pipe")
    assert "is no plain file" in call(*SPOILING["report"], "--output", "pipe", code=2)


def test_a_bad_profile_is_named_with_line_and_column(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = call("profile", "show", "edge").replace("artifact-size:", "artefact-size:")
    Path("camera.yaml").write_text(text, encoding="utf-8")
    output = call("profile", "check", "camera.yaml", code=2)
    assert "unknown criterion 'artefact-size' — did you mean 'artifact-size'?" in output
    line = text[: text.index("artefact-size:")].count("\n") + 1
    assert f"camera.yaml:{line}:" in output


def test_the_shipped_profiles_are_listed_and_valid(tmp_path: Path) -> None:
    listed = call("profile", "list")
    for name in ("edge", "deployment", "research"):
        assert name in listed
        (tmp_path / f"{name}.yaml").write_text(call("profile", "show", name), encoding="utf-8")
        assert "a valid profile" in call("profile", "check", str(tmp_path / f"{name}.yaml"))


@pytest.mark.parametrize(
    ("text", "words"),
    [("{", "not a Run file"), ('{"schema": "advisor.run/9"}', "made by a newer advisor"), ("[1]", "not a Run file")],
)
def test_a_corrupt_or_newer_run_is_one_clear_line(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_text(text)
    output = call("recommend", "--run", str(path), code=2)
    assert words in output
    assert len(output.strip().splitlines()) == 1


def test_no_framework_at_all_says_what_to_install_and_exits_3(tmp_path: Path) -> None:
    empty = subprocess.run(
        [sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "empty")], check=True, capture_output=True
    )
    assert empty.returncode == 0
    python = tmp_path / "empty" / "bin" / "python"
    result = subprocess.run(
        [sys.executable, "-m", "advisor", "recommend", "--fresh", "--no-site"]
        + [f"--python={name}={python}" for name in frameworks()],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**os.environ, "NO_COLOR": "1"},
    )
    assert result.returncode == 3, result.stderr
    assert "pip install" in result.stderr
    assert "Traceback" not in result.stderr


def test_frameworks_are_named_one_by_one_or_together(run_file: Path) -> None:
    for options in (["--frameworks", "pytorch,tensorflow"], ["--framework", "pytorch", "--framework", "tensorflow"]):
        assert json.loads(call("recommend", "--run", str(run_file), "--json", *options))["ranking"]
    alone = json.loads(call("recommend", "--run", str(run_file), "--json", "--frameworks", "pytorch"))
    assert {each["framework"] for each in alone["ranking"]} == {"pytorch"}
    assert "did you mean 'tensorflow'?" in call("recommend", "--frameworks", "pytorch,tensroflow", code=2)
