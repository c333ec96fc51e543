"""Which Python has what, without importing it."""

from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path

from advisor.measurement import environments
from advisor.measurement.definitions import Definitions


def test_a_framework_is_found_with_its_version_or_not(toys: Definitions) -> None:
    found = environments.find(toys.frameworks.values())
    toy, absent = found["toy"], found["absent"]
    assert toy.present
    assert toy.version == toy.packages["numpy"] == metadata.version("numpy")
    assert toy.python == Path(sys.executable)
    assert not absent.present
    assert absent.install == "pip install 'framework-advisor[absent]'"
    assert absent.message is None


def test_another_python_is_asked_itself(toys: Definitions, tmp_path: Path) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho no python here >&2\nexit 3\n")
    broken.chmod(0o755)
    found = environments.find(toys.frameworks.values(), {"toy": broken, "tin": tmp_path / "nowhere"})
    assert not found["toy"].present
    assert "no working Python: no python here" in (found["toy"].message or "")
    assert "cannot be run as a Python" in (found["tin"].message or "")
    assert found["glass"].present


def test_no_framework_to_look_for_is_no_work() -> None:
    assert environments.find([]) == {}
