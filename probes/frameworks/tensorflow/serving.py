"""Serve the CNN with TensorFlow's own server: a SavedModel behind TensorFlow Serving."""

from __future__ import annotations

import shutil

from probes import replicas, rest_server
from probes.channel import ProbeError
from probes.frameworks.tensorflow import models
from probes.proof import Proof
from probes.workloads import Case

SERVER = "tensorflow_model_server"


def run(case: Case) -> Proof:
    """Start the server, compare its answers, and put a short load on it."""
    if shutil.which(SERVER) is None:
        raise ProbeError("not_installed", f"{SERVER} is not on the PATH; no package of the Python index brings it")
    model, inputs = models.cnn(case.weights), models.natural(case.inputs)
    versions = case.folder / "cnn"
    model.export(versions / "1", verbose=False)

    (port,) = replicas.free_ports(1)
    server = [SERVER, f"--rest_api_port={port}", "--port=0", "--model_name=cnn", f"--model_base_path={versions}"]
    return rest_server.measured(server, "cnn", inputs.numpy(), model(inputs).numpy(), port=lambda _: port)
