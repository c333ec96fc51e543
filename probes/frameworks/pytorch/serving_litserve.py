"""Serve the CNN over REST with LitServe: PyTorch's exported program behind a server that is not PyTorch's."""

# Without "from __future__ import annotations": LitServe reads the types of what it is to receive and to send.
import sys
from typing import Any

import litserve
import torch
from fastapi import Request
from torch import Tensor

from probes import programs, replicas, rest_server
from probes.frameworks.pytorch import models
from probes.proof import Proof
from probes.workloads import Case


def run(case: Case) -> Proof:
    """Start the server, compare its answers, and put a short load on it."""
    model, inputs = models.cnn(case.weights).eval(), models.natural(case.inputs)
    artifact = case.folder / "cnn.pt2"
    torch.export.save(torch.export.export(model, (inputs[:1],)), artifact)
    expected = model(inputs).detach().numpy()

    (port,) = replicas.free_ports(1)
    server = [sys.executable, "-m", __name__, str(artifact), str(port)]
    environment = programs.python_path()
    return rest_server.measured(server, "cnn", inputs.numpy(), expected, port=lambda _: port, environment=environment)


class Served(litserve.LitAPI):
    """What LitServe asks: a program, and how requests become its inputs."""

    def __init__(self, artifact: str) -> None:
        super().__init__(api_path="/v1/models/cnn:predict")
        self.artifact = artifact

    def setup(self, _device: str) -> None:
        """Load the program once; requests run side by side instead of each on all processors."""
        torch.set_num_threads(1)
        self.program = torch.export.load(self.artifact).module()

    def decode_request(self, request: Request) -> Tensor:
        """Return the images of a request."""
        return torch.tensor(request["instances"])

    def predict(self, images: Tensor) -> Tensor:
        """Return their logits."""
        with torch.no_grad():
            return self.program(images)

    def encode_response(self, logits: Tensor) -> dict[str, Any]:
        """Return the answer to a request."""
        return {"predictions": logits.tolist()}


if __name__ == "__main__":
    api = litserve.LitServer(Served(sys.argv[1]), accelerator="cpu")
    api.run(host=replicas.LOOPBACK, port=int(sys.argv[2]), log_level="warning", generate_client_file=False)
