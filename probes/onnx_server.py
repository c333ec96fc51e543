"""A minimal REST server around ONNX Runtime, without a framework: ``python onnx_server.py MODEL NAME``.

It listens on a free port of the loopback interface, writes the port as a line, and answers in the protocol of
TensorFlow Serving: ``POST /v1/models/NAME:predict`` with ``{"instances": […]}`` gives ``{"predictions": […]}``.
"""

from __future__ import annotations

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import onnxruntime


class Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"  # connections stay open
    disable_nagle_algorithm = True  # headers and body go out at once
    session: onnxruntime.InferenceSession
    path_of_model: str

    def do_POST(self) -> None:
        """Answer one request."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path != self.path_of_model:
            self._reply(404, {"error": f"there is only {self.path_of_model}"})
            return
        try:
            inputs = np.asarray(json.loads(body)["instances"], np.float32)
            (answer,) = self.session.run(None, {self.session.get_inputs()[0].name: inputs})
        except Exception as error:  # noqa: BLE001 - whatever a client sends must not end the server
            self._reply(400, {"error": str(error)})
            return
        self._reply(200, {"predictions": answer.tolist()})

    def log_message(self, *_: object) -> None:
        """Say nothing about each request."""

    def _reply(self, status: int, content: object) -> None:
        text = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


def main(model: str, name: str) -> None:
    """Serve until the process is ended."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # requests run side by side instead
    Handler.session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    Handler.path_of_model = f"/v1/models/{name}:predict"
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        sys.stdout.write(f"{server.server_address[1]}\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
