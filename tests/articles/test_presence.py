"""What is installed here, asked in real processes: packages that work, hang, crash, print, and are not there."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from advisor.articles.presence import LocalCheck, Target, check_targets
from advisor.errors import AdvisorError

pytestmark = pytest.mark.integration

Put = Callable[..., None]


@pytest.fixture
def put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Put:
    """Return a function that writes a module, and the metadata of its distribution, where Python finds them."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.setenv("PYTHONPATH", str(site))

    def write(name: str, code: str, *, version: str | None = None) -> None:
        (site / f"{name}.py").write_text(code, encoding="utf-8")
        if version is not None:
            metadata = site / f"{name}-{version}.dist-info"
            metadata.mkdir()
            (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
            (metadata / "top_level.txt").write_text(f"{name}\n")

    return write


def check(target: Target, *, timeout: float = 30.0) -> LocalCheck:
    return check_targets([target], timeout=timeout)[0]


def test_an_installed_package_is_imported_and_its_version_told() -> None:
    found = check(Target("numpy", "numpy", "numpy"))
    numpy = sys.modules.get("numpy") or __import__("numpy")
    assert (found.outcome, found.version, found.distribution) == ("importable", numpy.__version__, "numpy")


def test_a_package_that_is_not_there() -> None:
    assert check(Target("x", "no-such-distribution", "no_such_module")) == LocalCheck("x", "not installed")


def test_an_attribute_of_a_module() -> None:
    assert check(Target("x", None, "json:JSONDecoder.decode")).outcome == "importable"
    missing = check(Target("x", None, "json:nothing"))
    assert missing.outcome == "not importable"
    assert missing.message is not None
    assert "nothing" in missing.message


def test_a_module_of_the_standard_library_has_pythons_version() -> None:
    assert check(Target("pdb", None, "pdb")).version == "{}.{}.{}".format(*sys.version_info[:3])


def test_a_distribution_without_a_module() -> None:
    assert check(Target("x", "numpy")).outcome == "installed"


def test_a_module_that_another_distribution_provides(put: Put) -> None:
    put("advisor_toy", "", version="1.5")
    found = check(Target("x", "advisor-toy-headless", "advisor_toy"))
    assert (found.outcome, found.version, found.distribution) == ("importable", "1.5", "advisor_toy")


def test_nothing_to_look_for() -> None:
    assert check(Target("rest")).outcome == "not applicable"


def test_a_module_that_prints_does_not_disturb_the_answer(put: Put) -> None:
    put("noisy", "import os; print('{\"importable\": false}'); os.write(1, b'raw\\n')", version="1.2")
    assert check(Target("noisy", "noisy", "noisy")) == LocalCheck("noisy", "importable", "1.2", "noisy")


def test_a_module_that_raises(put: Put) -> None:
    put("broken", "raise RuntimeError('needs TensorFlow 1')", version="0.1")
    found = check(Target("broken", "broken", "broken"))
    assert (found.outcome, found.version) == ("not importable", "0.1")
    assert found.message == "RuntimeError: needs TensorFlow 1"


def test_a_module_that_exits(put: Put) -> None:
    put("exits", "import sys; sys.exit('no licence')", version="3")
    found = check(Target("exits", "exits", "exits"))
    assert (found.outcome, found.message) == ("not importable", "SystemExit: no licence")


def test_a_module_that_ends_the_process(put: Put) -> None:
    put(
        "ends", "import os, sys; print('cannot find the driver', file=sys.stderr, flush=True); os._exit(7)", version="3"
    )
    found = check(Target("ends", "ends", "ends"))
    assert (found.outcome, found.version) == ("crashed", "3")
    assert found.message == "exit code 7: cannot find the driver"


def test_a_module_that_crashes_keeps_its_version(put: Put) -> None:
    put("crashes", "import ctypes; ctypes.string_at(0)", version="2.0")
    found = check(Target("crashes", "crashes", "crashes"))
    assert (found.outcome, found.version, found.message) == ("crashed", "2.0", "killed by SIGSEGV")


def test_a_module_that_hangs_is_killed_with_its_children(put: Put, tmp_path: Path) -> None:
    child = tmp_path / "child.pid"
    code = "import subprocess; child = subprocess.Popen(['sleep', '600'])\n"
    put("hangs", f"{code}open({str(child)!r}, 'w').write(str(child.pid)); child.wait()", version="0.9")
    start = time.monotonic()
    found = check(Target("hangs", "hangs", "hangs"), timeout=3)
    assert time.monotonic() - start < 300
    assert (found.outcome, found.version, found.message) == ("timed out", "0.9", "no answer within 3 s")
    gone = time.monotonic() + 60
    while psutil.pid_exists(int(child.read_text())) and time.monotonic() < gone:
        time.sleep(0.05)
    process = int(child.read_text())
    assert not psutil.pid_exists(process) or psutil.Process(process).status() == psutil.STATUS_ZOMBIE


def test_one_bad_module_costs_only_its_own_row(put: Put) -> None:
    put("crashes", "import ctypes; ctypes.string_at(0)")
    targets = [Target("a", None, "json"), Target("b", None, "crashes"), Target("c", None, "pdb"), Target("d")]
    found = check_targets(targets)
    assert [(one.id, one.outcome) for one in found] == [
        ("a", "importable"),
        ("b", "crashed"),
        ("c", "importable"),
        ("d", "not applicable"),
    ]


def test_files_of_the_current_folder_are_not_taken_for_packages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "stray.py").write_text("")
    monkeypatch.chdir(tmp_path)
    assert check(Target("stray", None, "stray")).outcome == "not installed"


def test_programs_tell_their_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = tmp_path / "bobuild"
    tool.write_text("#!/bin/sh\necho 'bobuild version 9.2.0-rc1 (2026)'\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert check(Target("b", program=("bobuild", "--version"))) == LocalCheck("b", "installed", "9.2.0-rc1")
    assert check(Target("b", program=("no-such-program", "--version"))).outcome == "not installed"
    tool.write_text("#!/bin/sh\necho 'cannot reach the daemon' >&2; exit 1\n")
    assert check(Target("b", program=("bobuild",))).message == "exit code 1: cannot reach the daemon"
    tool.write_text("#!/bin/sh\nsleep 60\n")
    assert check(Target("b", program=("bobuild",)), timeout=0.5).outcome == "timed out"


def test_an_interpreter_that_is_not_there() -> None:
    with pytest.raises(AdvisorError, match="cannot run the Python 'no-such-python'"):
        check_targets([Target("x")], python="no-such-python")


def test_an_interruption_ends_what_runs(put: Put) -> None:
    put("hangs", "import time; time.sleep(600)")

    def interrupt(_: LocalCheck) -> None:
        raise KeyboardInterrupt

    targets = [Target("quick", None, "json"), *(Target(f"slow{n}", None, "hangs") for n in range(5))]
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        check_targets(targets, timeout=120, progress=interrupt)
    assert time.monotonic() - start < 100
    assert not [child for child in psutil.Process().children() if "hangs" in " ".join(child.cmdline())]


# --- Online: the user's own index, asked through pip ---------------------------------------------------------------


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a package index in files the only one that pip knows."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", (tmp_path / "simple").as_uri())
    page = tmp_path / "simple" / "toy"
    page.mkdir(parents=True)
    (page / "index.html").write_text(
        "<!DOCTYPE html><html><body>"
        '<a href="toy-1.0-py3-none-any.whl" data-requires-python="&gt;=3.8">toy-1.0-py3-none-any.whl</a>'
        '<a href="toy-2.0-py3-none-any.whl" data-requires-python="&gt;=9.9">toy-2.0-py3-none-any.whl</a>'
        "</body></html>"
    )
    return page


def online(target: Target) -> LocalCheck:
    return check_targets([target], online=True)[0]


def test_the_newest_version_may_not_fit_this_python(index: Path) -> None:
    found = online(Target("toy", "toy", "toy"))
    assert (found.outcome, found.newest, found.resolves) == ("not installed", "2.0", "1.0")


def test_no_version_fits_this_python(index: Path) -> None:
    page = index / "index.html"
    page.write_text(page.read_text().replace("&gt;=3.8", "&gt;=9.8"))
    found = online(Target("toy", "toy", "toy"))
    assert (found.newest, found.resolves, found.index_message) == ("2.0", "", "no version fits this Python")


def test_a_name_that_the_index_does_not_know(index: Path) -> None:
    found = online(Target("x", "no-such-toy"))
    assert (found.newest, found.resolves) == (None, "")
    assert found.index_message == "the index has no version that fits"


def test_an_index_that_cannot_be_reached_is_not_an_empty_one(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    found = online(Target("toy", "toy", "toy"))
    assert (found.newest, found.resolves) == (None, None)
    assert found.index_message is not None
    assert "reached" in found.index_message


def test_without_online_pip_is_not_run(put: Put, tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    put("pip", f"open({str(marker)!r}, 'w').close()")
    check(Target("toy", "toy", "toy"))
    assert not marker.exists()
