"""Serve the CNN over REST with LitServe: JAX's exported program behind a server that is not JAX's."""

# Without "from __future__ import annotations": LitServe reads the types of what it is to receive and to send.
import sys
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import litserve
from fastapi import Request
from jax import export

from probes import programs, replicas, rest_server
from probes.frameworks.jax import models
from probes.proof import Proof
from probes.workloads import Case


def run(case: Case) -> Proof:
    """Start the server, compare its answers, and put a short load on it."""
    model, inputs = models.cnn(case.weights), models.natural(case.inputs)
    artifact = case.folder / "cnn.stablehlo"
    (batch,) = export.symbolic_shape("batch")
    example = jax.ShapeDtypeStruct((batch, *inputs.shape[1:]), inputs.dtype)
    artifact.write_bytes(export.export(jax.jit(model))(example).serialize())
    expected = models.array(models.call(model, inputs))

    (port,) = replicas.free_ports(1)
    server = [sys.executable, "-m", __name__, str(artifact), str(port)]
    # Requests run side by side instead of each on all processors.
    environment = programs.python_path() | {"PJRT_NPROC": "1"}
    return rest_server.measured(server, "cnn", case.inputs, expected, port=lambda _: port, environment=environment)


class Served(litserve.LitAPI):
    """What LitServe asks: a program, and how requests become its inputs."""

    def __init__(self, artifact: str) -> None:
        super().__init__(api_path="/v1/models/cnn:predict")
        self.artifact = artifact

    def setup(self, _device: str) -> None:
        """Load the program once; jax.jit compiles it once for each size of batch that is asked."""
        self.program = jax.jit(export.deserialize(bytearray(Path(self.artifact).read_bytes())).call)

    def decode_request(self, request: Request) -> jax.Array:
        """Return the images of a request."""
        return jnp.array(request["instances"], jnp.float32)

    def predict(self, images: jax.Array) -> jax.Array:
        """Return their logits."""
        return self.program(images)

    def encode_response(self, logits: jax.Array) -> dict[str, Any]:
        """Return the answer to a request."""
        return {"predictions": logits.tolist()}


if __name__ == "__main__":
    api = litserve.LitServer(Served(sys.argv[1]), accelerator="cpu")
    api.run(host=replicas.LOOPBACK, port=int(sys.argv[2]), log_level="warning", generate_client_file=False)
