"""Ship a network with TensorFlow.js: freeze the graph, write its web format, run it under Node.js."""

from __future__ import annotations

import json
from pathlib import Path

import tensorflow as tf
from google.protobuf.json_format import MessageToDict
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

from probes import feeds, javascript, native, route_proof
from probes.frameworks.tensorflow import models
from probes.proof import Proof
from probes.runtimes.clean_process import Trial
from probes.workloads import Array, Case

SCRIPT = Path(__file__).with_name("route_tensorflowjs.mjs")


def run(case: Case) -> Proof:
    """Export in the case's precision (int8: weights only, eight bits each); float32 goes in and out.

    The format is TensorFlow.js's own: the graph as JSON, and a file of weights. Its makers' converter does not install
    beside this TensorFlow.
    """
    model, inputs = models.build(case), models.natural(case.inputs)
    artifact, batches = route_proof.artifact(case, "-js"), route_proof.sizes(case)

    expected = model(inputs).numpy()
    batch = None if route_proof.dynamic(case, otherwise="dynamic") else 1
    program = tf.function(model).get_concrete_function(tf.TensorSpec((batch, *inputs.shape[1:]), inputs.dtype))
    artifact.mkdir()
    frozen = convert_variables_to_constants_v2(program, lower_control_flow=False)
    write(artifact, frozen, eight_bits=case.parameters["precision"] == "int8")

    native.write(case.folder, inputs=case.inputs)
    sizes = ",".join(map(str, batches))
    shape = ",".join(map(str, inputs.shape[1:]))
    answers = case.folder / "answers"
    text = javascript.run(SCRIPT, "@tensorflow/tfjs", artifact, case.folder / "inputs", shape, sizes, answers)
    got = [feeds.of(native.read(case.folder / f"answers-{size}", -1, 10)) for size in batches]
    asked = route_proof.questions(case, expected, batches)
    return route_proof.judged(case, artifact, asked, Trial(got, json.loads(text)))


def write(folder: Path, program: tf.types.experimental.ConcreteFunction, *, eight_bits: bool) -> None:
    """Write ``model.json`` and ``weights.bin``; the constants leave the graph for the file of weights."""
    graph = program.graph.as_graph_def()
    weights, stored = [], b""
    for node in [*graph.node, *(node for function in graph.library.function for node in function.node_def)]:
        if node.op == "Const":
            entry, content = _weight(node.name, tf.make_ndarray(node.attr["value"].tensor), eight_bits=eight_bits)
            weights.append(entry)
            stored += content
            del node.attr["value"]
    manifest = [{"paths": ["weights.bin"], "weights": weights}]
    topology = MessageToDict(graph)
    text = json.dumps({"format": "graph-model", "modelTopology": topology, "weightsManifest": manifest})
    (folder / "model.json").write_text(text)
    (folder / "weights.bin").write_bytes(stored)


def _weight(name: str, array: Array, *, eight_bits: bool) -> tuple[dict[str, object], bytes]:
    entry: dict[str, object] = {"name": name, "shape": list(array.shape)}
    if array.dtype != "float32":
        whole = array.astype("int32")
        return entry | {"dtype": "int32"}, whole.tobytes()
    if not eight_bits or array.size < 2:
        return entry | {"dtype": "float32"}, array.tobytes()
    low, high = float(array.min()), float(array.max())
    scale = (high - low) / 255 or 1.0
    levels = ((array - low) / scale).round().astype("uint8")
    return entry | {
        "dtype": "float32",
        "quantization": {"dtype": "uint8", "min": low, "scale": scale},
    }, levels.tobytes()
