"""A real headless Chromium, and a server that sends the strict policy with every page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.serving import Servers, chromium, installed
from tests.report.conftest import site  # noqa: F401 - a fixture


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium that is installed on this machine (``CHROMIUM`` names another one)."""
    path = installed()
    if path is None:
        pytest.skip("no Chromium on this machine: install one, or name it in CHROMIUM")
    with chromium(path) as started:
        yield started


@pytest.fixture(scope="session")
def serve() -> Iterator[Servers]:
    """Serve folders on this machine under the strict policy."""
    servers = Servers()
    yield servers
    servers.close()
