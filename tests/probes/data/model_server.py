"""Stands in for TensorFlow Serving, which no package of the Python index brings: its options and its REST protocol."""

from __future__ import annotations

import argparse
import functools
import json
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import numpy as np

from probes import reference, workloads


@functools.cache
def answered(body: bytes) -> str:
    """Compute each answer once: the load asks for the same one hundreds of times."""
    images = np.asarray(json.loads(body)["instances"], np.float32)
    return json.dumps({"predictions": reference.forward("cnn", workloads.initial_weights("cnn"), images).tolist()})


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        found = self.path == f"/v1/models/{options.model_name}:predict"
        text = (answered(body) if found else json.dumps({"error": "no such model"})).encode()
        self.send_response(200 if found else 404)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        pass


parser = argparse.ArgumentParser(allow_abbrev=False)
parser.add_argument("--rest_api_port", type=int, required=True)
parser.add_argument("--port", type=int, required=True)
parser.add_argument("--model_name", required=True)
parser.add_argument("--model_base_path", type=Path, required=True)
options = parser.parse_args()
if not (options.model_base_path / "1" / "saved_model.pb").is_file():
    raise SystemExit("error: no versions of servable found under base path")
time.sleep(0.2)  # a real server, too, listens later than it starts
HTTPServer(("127.0.0.1", options.rest_api_port), Handler).serve_forever()
