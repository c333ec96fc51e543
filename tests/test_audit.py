"""`make audit` fails where nothing could be audited, and the versions that carry the core are pinned."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
CORE = [Requirement(line) for line in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]]
NAMES = [canonicalize_name(each.name) for each in CORE]
PINS = {
    canonicalize_name(each.name): str(each.specifier)
    for each in map(Requirement, re.findall(r"^\w.*", (ROOT / "constraints.txt").read_text(), re.MULTILINE))
}


def report(**kinds: Sequence[str]) -> str:
    """Return what pip-audit writes: the kinds are `audited`, `skipped` and `known` (vulnerable)."""
    found: list[dict[str, object]] = [{"name": each, "version": "1", "vulns": []} for each in kinds.get("audited", [])]
    found += [{"name": each, "skip_reason": "not found"} for each in kinds.get("skipped", [])]
    found += [{"name": each, "version": "1", "vulns": [{"id": "PYSEC-1"}]} for each in kinds.get("known", [])]
    return json.dumps({"dependencies": found, "fixes": []})


def audit(folder: Path, text: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run the recipe of the Makefile with a pip-audit that writes `text`."""
    for name in ("bin", "tools/bin"):
        (folder / "venv" / name).mkdir(parents=True)
    (folder / "venv/bin/python").symlink_to(sys.executable)
    tool = folder / "venv/tools/bin/pip-audit"
    (folder / "report").write_text(text)
    writes = f"cp {folder}/report build/audit.json" if text else "true"
    tool.write_text(f"#!/bin/sh\n{writes}\nexit {code}\n")
    tool.chmod(0o755)
    for name in ("Makefile", "pyproject.toml"):
        (folder / name).write_text((ROOT / name).read_text())
    (folder / ".ci").mkdir()
    (folder / ".ci/audited.py").write_text((ROOT / ".ci/audited.py").read_text())
    made = ["-o", "venv/.ready-dev", "-o", "venv/tools/.ready", "VENV=venv"]
    return subprocess.run(["make", *made, "audit"], cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        (report(skipped=[*NAMES, "torch"]), 0, "nothing could be audited"),
        (report(), 0, "nothing could be audited"),
        ("", 0, "pip-audit wrote no report"),
        ("", 1, "pip-audit wrote no report"),
        ("{", 0, "pip-audit wrote no report"),
        (report(audited=NAMES[1:], skipped=NAMES[:1]), 0, f"could not be audited: {NAMES[0]}"),
        (report(audited=NAMES[1:]), 0, f"could not be audited: {NAMES[0]}"),
        (report(audited=NAMES, known=["torch"]), 1, "torch 1: PYSEC-1"),
    ],
)
def test_an_audit_of_nothing_fails(text: str, code: int, says: str, tmp_path: Path) -> None:
    done = audit(tmp_path, text, code)
    assert done.returncode != 0
    assert says in done.stderr


def test_an_audit_that_could_be_done_passes_and_says_what_it_left_out(tmp_path: Path) -> None:
    done = audit(tmp_path, report(audited=NAMES, skipped=["torch"]))
    assert done.returncode == 0, done.stderr
    assert f"{len(NAMES)} packages audited, 1 could not be: torch" in done.stdout


def test_what_carries_the_core_is_pinned_with_all_that_it_brings() -> None:
    waiting, seen = list(CORE), set[str]()
    while waiting:
        each = waiting.pop()
        name = canonicalize_name(each.name)
        if name in seen or (each.marker and not _asked(each.marker)):
            continue
        seen.add(name)
        pin = PINS.get(name)
        assert pin is not None, f"{name} is not pinned"
        assert pin.startswith("=="), pin
        assert each.specifier.contains(pin.removeprefix("=="), prereleases=True), f"{each} against {pin}"
        waiting += map(Requirement, metadata.requires(name) or [])
    assert set(NAMES) <= seen


def _asked(marker: Marker) -> bool:
    return marker.evaluate({"extra": ""})
