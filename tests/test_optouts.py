"""The table of opt-outs: well documented, and in the environment of everything that we start."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor import optouts
from advisor.articles.presence import Running
from advisor.measurement import doctor
from advisor.measurement.worker.environment import HOMES, passed, surroundings

ROOT = Path(__file__).resolve().parent.parent
# What has no environment of the user's, and no program of others in it: our own busy loops, and the system's sysctl.
OWN = {"contention.py", "canary.py", "host.py", "program.py"}
PASSING = re.compile(r"passed\(\)|optouts\.variables\(\)|dict\(env\)|_apart\(")


def test_every_row_says_who_reads_it_and_where_that_is_said() -> None:
    for each in (*optouts.OPT_OUTS, *optouts.CONSENTS):
        assert each.reader
        assert each.effect
        assert re.fullmatch(r"https://\S+", each.source), each
        assert date(2026, 11, 1) <= each.checked_on <= date.today()
    names = [each.variable for each in optouts.OPT_OUTS]
    assert len(names) == len(set(names))


def test_no_opt_out_of_the_user_is_lost_and_none_is_undone() -> None:
    theirs = {"ORT_DISABLE_TELEMETRY": "0", "WANDB_DISABLE_TELEMETRY": "true", "SCARF_NO_ANALYTICS": "True"}
    found = optouts.variables(theirs)
    assert found["ORT_DISABLE_TELEMETRY"] == "1"
    assert found["WANDB_DISABLE_TELEMETRY"] == "true"
    assert found["SCARF_NO_ANALYTICS"] == "True"


@given(st.from_regex(r"[A-Z_]*(TELEMETRY|OFFLINE|ANALYTICS)[A-Z_]*", fullmatch=True), st.text(min_size=9))
def test_a_token_with_such_a_name_goes_nowhere(name: str, value: str) -> None:
    assert optouts.variables({name: value}).get(name) in (None, *(each.value for each in optouts.OPT_OUTS))


def test_a_worker_gets_all_of_it_and_a_home_of_its_own(tmp_path: Path) -> None:
    real = tmp_path / "grace"
    real.mkdir()
    (real / ".npmrc").write_text("prefix=/opt/node")
    env = surroundings(
        threads=1, scratch=tmp_path / "scratch", ambient={"HOME": str(real), "XDG_CACHE_HOME": "/shared"}
    )
    assert env.items() >= optouts.variables({}).items()
    home = Path(env["HOME"])
    assert home == tmp_path / "scratch" / "home"
    assert (home / "intel" / "openvino_telemetry").read_text() == "0"
    assert not [name for name in env if name.startswith("XDG_")]
    assert env["PYTHONUSERBASE"] == str(real / ".local")
    assert env["NPM_CONFIG_USERCONFIG"] == str(real / ".npmrc")
    assert [path.name for path in real.iterdir()] == [".npmrc"]


def test_a_look_at_a_python_gets_all_of_it() -> None:
    assert passed({"HOME": "/home/grace", "TOKEN": "x"}) == {"HOME": "/home/grace"} | optouts.variables({})
    assert "HOME" in HOMES


@pytest.mark.parametrize("asks_index", [False, True])
def test_what_looks_into_another_python_gets_all_of_it(asks_index: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DO_NOT_TRACK", "0")
    monkeypatch.setenv("PIP_INDEX_URL", "https://me:hunter2@index.example/simple")
    code = "import os; print(dict(os.environ))"
    env = dict(ast.literal_eval(Running().run([sys.executable, "-c", code], 60, asks_index=asks_index).output))
    assert env.items() >= optouts.variables({}).items()
    # pip needs to know the user's index and where its password lies; what is imported does not.
    assert ("PIP_INDEX_URL" in env) is asks_index
    assert (env["HOME"] == os.environ["HOME"]) is asks_index


def test_every_start_of_a_process_names_its_environment() -> None:
    bare = []
    for file in (ROOT / "advisor").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not (
                isinstance(node, ast.Call) and re.match(r"subprocess\.(run|Popen|check_|call)", ast.unparse(node.func))
            ):
                continue
            given = [ast.unparse(each.value) for each in node.keywords if each.arg == "env"]
            if file.name not in OWN and not (given and PASSING.search(given[0])):
                bare.append(f"{file.name}:{node.lineno}")
    assert not bare


def test_the_makefile_builds_with_all_of_it() -> None:
    shown = "include Makefile\nshown:\n\t@env\n"
    done = subprocess.run(
        ["make", "--no-print-directory", "-f", "-", "shown"], input=shown, capture_output=True, text=True, check=True,
        cwd=ROOT, env={"PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert set(done.stdout.splitlines()) >= {f"{each.variable}={each.value}" for each in optouts.OPT_OUTS}


def test_the_doctor_shows_the_table() -> None:
    shown = doctor.sent_nowhere({"MY_TELEMETRY": "off", "MY_TELEMETRY_TOKEN": "hunter2hunter2"})
    assert shown.keys() >= {each.variable for each in optouts.OPT_OUTS}
    assert shown["MY_TELEMETRY"] == {"value": "off", "reader": "set by you"}
    assert "hunter2hunter2" not in str(shown)
