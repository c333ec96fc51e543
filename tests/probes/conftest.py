"""What the recipes' tests share: the processes that have imported a framework, and the workers of a module."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.probes.recipes import ForkServers, Recipes, left_behind


@pytest.fixture(scope="session")
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder for temporary files; it is short, as the addresses of sockets have to be, and goes with the tests."""
    tmp_path_factory.getbasetemp()  # pytest's own stays where it is
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(scope="module", autouse=True)
def _temporary_files(temporary: Path) -> Iterator[None]:
    """Frameworks leave temporary files behind, in the process of the tests, too: they do not stay on the machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(temporary))
        patch.setattr(tempfile, "tempdir", str(temporary))
        yield


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForkServers]:
    """One process per framework that imported it once; every worker of the recipes is its fork."""
    started = ForkServers(tmp_path_factory.mktemp("servers"))
    yield started
    started.close()


@pytest.fixture(scope="module")
def recipes_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the recipes of a module leave what they make."""
    return tmp_path_factory.mktemp("recipes")


@pytest.fixture(scope="module")
def recipes(recipes_folder: Path, servers: ForkServers) -> Iterator[Recipes]:
    """The workers of a module's recipes; none of them leaves a process running."""
    with Recipes(recipes_folder, servers) as workers:
        yield workers
    assert not list(left_behind(recipes_folder))
