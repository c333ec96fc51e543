"""Markers against the packaging library, installed sizes against the disk."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import numpy as np
import pytest
from packaging.markers import Marker

from probes import footprint, markers

MARKERS = [
    "python_version >= '3.8'",
    "python_version < '3.10'",
    "python_version < '4'",
    'python_version >= "3.9" and python_version < "3.12"',
    "python_version in '3.11 3.12'",
    "python_version not in '2.7 3.5'",
    "python_version != '3.7.*'",
    "python_version == '3.11.*'",
    "python_version ~= '3.4'",
    "python_full_version >= '3.7.1'",
    "sys_platform == 'win32'",
    "sys_platform != 'win32' and platform_machine != 'arm64'",
    "platform_system == 'Linux' and platform_machine == 'x86_64'",
    "platform_system=='Darwin' or platform_system=='Linux'",
    "(platform_machine == 'aarch64' or platform_machine == 'x86_64') and implementation_name == 'cpython'",
    "os_name == 'nt' or (os_name == 'posix' and (python_version > '3' and sys_platform == 'linux'))",
    "platform_python_implementation == 'PyPy'",
    "implementation_name in 'cpython pypy'",
    "'linux' in sys_platform",
    "extra == 'cuda'",
    "python_version >= '3.8' and extra == 'dev'",
    "'3.6' <= python_version",
]


@pytest.mark.parametrize("text", MARKERS)
def test_markers_hold_as_the_packaging_library_says(text: str) -> None:
    assert markers.holds(text) == Marker(text).evaluate({"extra": ""})


def test_markers_of_everything_installed_here() -> None:
    for distribution in metadata.distributions():
        for text in distribution.requires or ():
            name, holds = markers.requirement(text)
            assert name
            _, _, marker = text.partition(";")
            assert holds == (not marker or Marker(marker.strip()).evaluate({"extra": ""})), text


@pytest.mark.parametrize("text", ["python_version", "python_version >=", "(os_name == 'nt'", "moon == 'full'", "1 < 2"])
def test_what_is_no_marker_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="marker"):
        markers.holds(text)


def test_the_closure_follows_requirements_and_counts_once() -> None:
    jinja, both = footprint.installed("Jinja2"), footprint.installed("mkdocs")
    assert jinja.packages == ("jinja2", "markupsafe")
    assert set(jinja.packages) < set(both.packages)
    assert both.bytes > jinja.bytes > 100_000


def test_sizes_are_those_on_the_disk() -> None:
    home = Path(np.__file__).parent
    on_disk = sum(path.stat().st_size for path in home.rglob("*") if path.is_file() and path.suffix != ".pyc")
    assert footprint.installed("numpy").bytes > 0.9 * on_disk


def test_nothing_is_taken_by_what_is_not_there() -> None:
    assert footprint.installed("a-package-that-nobody-has") == footprint.Installed((), 0)
    assert footprint.version("a-package-that-nobody-has") is None


def test_memory_grows_with_what_is_held() -> None:
    before = footprint.resident_bytes()
    block = np.ones(8_000_000)
    assert footprint.resident_bytes() - before > 0.5 * block.nbytes
