"""What a network costs for being data: our builds beside those that people write, paired in one process.

``python -m benchmarks.networks [--pairs N] [--network NAME …] [--framework NAME …]`` builds each network twice in one
process (ours, and by hand in PyTorch, of keras.applications, or of transformers from its configuration, with weights
that nobody trained), calls the two in turns on the same input, and prints the median of the ratios of processor times.
A ratio of one process says the same on a busy machine, where both are slowed alike.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.tables import Result, show

LIMIT = 0.05
"""How much longer ours may take."""

CASES = {
    "pytorch": ("mobilenetv2", "resnet50", "bert-base"),
    "tensorflow": ("mobilenetv2", "resnet50?first=1"),
}
"""keras.applications has the stride of ResNet-50 where the paper has it; it has no BERT."""

Call = Callable[[], Any]


def main() -> None:
    """Measure in a process of each framework and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=21)
    parser.add_argument("--network", action="append")
    parser.add_argument("--framework", action="append", choices=CASES)
    parser.add_argument("--inside", choices=CASES, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.inside:
        for name in given.network or ():
            print(json.dumps({"network": name, **measured(given.inside, name, given.pairs)}), flush=True)
        return
    results = []
    for framework in given.framework or CASES:
        names = [each for each in CASES[framework] if not given.network or each.partition("?")[0] in given.network]
        results += [_result(framework, each) for each in (_asked(framework, names, given.pairs) if names else ())]
    show(results)
    if any(each.holds is False for each in results):
        sys.exit(1)


def _asked(framework: str, names: list[str], pairs: int) -> list[dict[str, Any]]:
    from advisor.measurement import networks

    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, networks.VARIABLE: str(networks.hand_over(Path(folder)))}
        asked = [part for name in names for part in ("--network", name)]
        command = [sys.executable, "-m", "benchmarks.networks", "--inside", framework, "--pairs", str(pairs), *asked]
        done = subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def _result(framework: str, found: dict[str, Any]) -> Result:
    low, middle, high = found["ratio"]
    what = f"{framework}, {found['network']}, beside {found['beside']}"
    said = f"{middle:.3f} [{low:.3f}, {high:.3f}] of {found['pairs']} pairs, {found['theirs'] * 1e3:.1f} ms"
    if found["parameters"][0] != found["parameters"][1]:
        said += f"; {found['parameters'][0]:,} parameters beside {found['parameters'][1]:,}"
    return Result(what, said, f"≤ {1 + LIMIT:.2f}", middle <= 1 + LIMIT)


def measured(framework: str, name: str, pairs: int) -> dict[str, Any]:
    """Return the ratios of ours to theirs: lower quartile, median and upper quartile of pairs in turns."""
    ours, theirs, parameters, beside = (_pytorch if framework == "pytorch" else _keras)(name)
    for _ in range(3):
        ours()
        theirs()
    ratios, times = [], []
    for number in range(pairs):
        first, second = (ours, theirs) if number % 2 else (theirs, ours)
        took = {call: _seconds(call) for call in (first, second)}
        ratios.append(took[ours] / took[theirs])
        times.append(took[theirs])
    return {
        "ratio": statistics.quantiles(ratios, n=4), "pairs": pairs, "theirs": statistics.median(times),
        "parameters": parameters, "beside": beside,
    }  # fmt: skip


def _seconds(call: Call) -> float:
    start = time.process_time()
    call()
    return time.process_time() - start


def _pytorch(name: str) -> tuple[Call, Call, tuple[int, int], str]:
    import numpy as np
    import torch
    from torch import nn

    from probes import workloads
    from probes.frameworks.pytorch import models

    torch.set_num_threads(1)
    case = workloads.synthetic(name)
    ours = models.build(case).eval()
    inputs = models.feeds(case)
    theirs: nn.Module
    if name == "bert-base":
        from transformers import BertConfig, BertModel

        theirs, beside = BertModel(BertConfig(), add_pooling_layer=False).eval(), "transformers"
        ids = torch.tensor(np.random.default_rng(1).integers(0, 30_000, (1, 128)))
        kinds, whole = torch.zeros_like(ids), torch.ones_like(ids)

        def call_theirs() -> Any:
            return theirs(input_ids=ids, token_type_ids=kinds, attention_mask=whole, return_dict=False)
    else:
        from benchmarks import network_modules

        theirs = (network_modules.MobileNetV2() if name == "mobilenetv2" else network_modules.ResNet50()).eval()
        beside = "torch by hand"

        def call_theirs() -> Any:
            return theirs(*inputs)

    def call_ours() -> Any:
        return ours(*inputs)

    counts = tuple(sum(each.numel() for each in model.parameters()) for model in (ours, theirs))
    torch.set_grad_enabled(False)
    return call_ours, call_theirs, (counts[0], counts[1]), beside


def _keras(name: str) -> tuple[Call, Call, tuple[int, int], str]:
    os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"}
    import keras
    import tensorflow as tf

    from probes import workloads

    # By its name: mypy takes the interpreters of frameworks for one another.
    interpreter = importlib.import_module("probes.frameworks.keras.interpreter")
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    case = workloads.synthetic(name)
    ours = interpreter.build(case.network, case.weights)
    maker = keras.applications.MobileNetV2 if name == "mobilenetv2" else keras.applications.ResNet50
    theirs = maker(weights=None, classifier_activation=None)
    inputs = tf.constant(case.inputs)
    graphs = [tf.function(lambda image, model=model: model(image, training=False)) for model in (ours, theirs)]
    calls = [lambda graph=graph: graph(inputs).numpy() for graph in graphs]
    return calls[0], calls[1], (ours.count_params(), theirs.count_params()), "keras.applications"


if __name__ == "__main__":
    main()
