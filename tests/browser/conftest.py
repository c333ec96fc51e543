"""A real headless Chromium, and a server that sends the strict policy with every page."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.report.conftest import site  # noqa: F401 - a fixture

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_SWITCHES = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


class _Handler(http.server.SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Keep quiet."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium that is installed on this machine (``CHROMIUM`` names another one)."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        pytest.skip("no Chromium on this machine: install one, or name it in CHROMIUM")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(_SWITCHES))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def serve() -> Iterator[_Servers]:
    """Serve folders on this machine under the strict policy."""
    servers = _Servers()
    yield servers
    servers.close()


class _Servers:
    """Starts one server per folder."""

    def __init__(self) -> None:
        self.running: list[http.server.ThreadingHTTPServer] = []

    def __call__(self, folder: Path) -> str:
        """Serve `folder`; return its address."""
        handler = functools.partial(_Handler, directory=str(folder))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.running.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    def close(self) -> None:
        for server in self.running:
            server.shutdown()
            server.server_close()
