"""The server of `advisor site serve`: MkDocs' own, which answers this machine alone and sends the strict policy."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from mkdocs.livereload import LiveReloadServer

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What a page of ours needs: files of its own site, and asking whether it was built again."""

_HEADERS = [
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
]
_NAMES = ("127.0.0.1", "localhost", "[::1]")
_SCRIPT = "/livereload/script.js"
_CODE = b"""\
(() => {
  const epoch = Number(document.currentScript.dataset.epoch);
  const ask = async () => {
    try {
      const answer = await fetch(`/livereload/${epoch}/${Date.now()}`);
      if (answer.ok && Number(await answer.text()) > epoch) return location.reload();
      setTimeout(ask, answer.ok ? 0 : 3000);
    } catch {
      setTimeout(ask, 3000);
    }
  };
  addEventListener("load", ask);
})();
"""

Start = Callable[..., Any]


class Server(LiveReloadServer):
    """Shows a folder to a browser of this machine, and tells its pages when they were built again.

    A page elsewhere whose name is made to lead to this machine (DNS rebinding) asks under that name, and is refused.
    """

    def serve_request(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        """Answer a request that names this machine; send what a page may do along with every answer."""

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            return start_response(status, [*headers, *_HEADERS], *rest)

        if not self._names_us(environ.get("HTTP_HOST")):
            start("421 Misdirected Request", [("Content-Type", "text/plain; charset=utf-8")])
            return [b"This site is shown to this machine alone, under 127.0.0.1 or localhost.\n"]
        if environ.get("PATH_INFO") == _SCRIPT:
            start("200 OK", [("Content-Type", "text/javascript; charset=utf-8"), ("Content-Length", str(len(_CODE)))])
            return [_CODE]
        return super().serve_request(environ, start)

    def _names_us(self, host: str | None) -> bool:
        port = self.server_address[1]
        return host is not None and host.lower() in {f"{name}:{port}" for name in _NAMES} | (
            set(_NAMES) if port == 80 else set()
        )

    def _inject_js_into_html(self, content: bytes, epoch: int) -> bytes:
        """Return a page with the script that asks; MkDocs puts it into the page itself, which the policy forbids."""
        script = f'<script src="{_SCRIPT}" data-epoch="{epoch}"></script>'.encode()
        before, end, after = content.rpartition(b"</body>")
        return before + script + end + after if end else content + script
