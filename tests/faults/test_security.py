"""What SECURITY.md promises about our own code: nothing that turns data into code, and no way to a network."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from advisor.measurement.definitions import FrameworkDefinition
from advisor.measurement.environments import find
from advisor.measurement.worker.answers import WorkerError, without_home
from tests.faults.hurried import REACHED_OUT
from tests.faults.place import ROOT

CODE_FROM_DATA = {
    "eval", "exec", "compile", "__import__", "pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib",
    "yaml.load", "yaml.load_all", "yaml.unsafe_load", "yaml.full_load", "yaml.Loader", "yaml.UnsafeLoader",
    "yaml.FullLoader", "yaml.CLoader", "os.system", "os.popen", "runpy",
}  # fmt: skip
NETWORK = {"socket", "http.client", "urllib.request", "requests", "httpx", "aiohttp", "ftplib", "smtplib"}
# The code of our own templates, kept where Python keeps our compiled modules and under the same conditions.
KNOWN = {("template_engine.py", "marshal")}
# Asks whether a port of this machine is free for `site serve`, and connects to nothing.
# One name of this machine's own sockets tells that a bundle's session measures here; nothing of it leaves the machine.
LISTENS = {("server.py", "socket"), ("program.py", "socket")}
FILES = sorted((ROOT / "advisor").rglob("*.py"))


def named(file: Path) -> Iterator[tuple[str, int]]:
    """Yield the dotted names that a module uses or imports, as far as they stand in its text, with their lines."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)
        elif isinstance(node, ast.Name):
            yield node.id, node.lineno
        elif isinstance(node, ast.Attribute):
            yield ast.unparse(node), node.lineno
        elif isinstance(node, ast.keyword) and node.arg == "allow_pickle":
            yield "pickle", node.value.lineno
        elif isinstance(node, ast.keyword) and node.arg == "shell":
            yield "os.system", node.value.lineno


def test_no_module_turns_data_into_code() -> None:
    found = [
        f"{file.name}:{line}: {name}"
        for file in FILES
        for name, line in named(file)
        if name in CODE_FROM_DATA and (file.name, name) not in KNOWN
    ]
    assert not found


def test_no_module_knows_the_network() -> None:
    found = [
        f"{file.name}:{line}: {name}"
        for file in FILES
        for name, line in named(file)
        if name in NETWORK and (file.name, name) not in LISTENS
    ]
    assert not found


@pytest.mark.parametrize("text", ["eval('1')", "import pickle", "yaml.load(x)", "np.load(f, allow_pickle=True)"])
def test_the_scan_sees(text: str, tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    file.write_text(text)
    assert CODE_FROM_DATA & {name for name, _ in named(file)}


def test_the_block_of_the_network_blocks() -> None:
    code = "from tests.faults.hurried import FAULTS; FAULTS['offline'](); "
    code += "import socket; socket.create_connection(('::1', 9))"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == REACHED_OUT
    assert "reached out: socket" in told.stderr


def test_a_look_for_frameworks_gets_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hunter2")
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nenv >&2\nexit 3\n")
    python.chmod(0o755)
    wanted = FrameworkDefinition(id="x", title="X", module="x", distribution="x", install="pip install x", packages=())
    message = find([wanted], {"x": python})["x"].message
    assert message is not None
    assert "hunter2" not in message


def test_a_message_has_no_home_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/grace")
    assert WorkerError("/home/grace/x.py: no").message == "~/x.py: no"
    assert without_home("/home/gracella/x.py") == "/home/gracella/x.py"
    monkeypatch.setenv("HOME", os.sep)
    assert without_home("/home/grace") == "/home/grace"
