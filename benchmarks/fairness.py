"""Every route against its maker's own interface and tool at the same setting, and the ways to int8 against each other.

`python -m benchmarks.fairness [--networks cnn,transformer] [--pairs N] [--folder DIR]` exports the networks, and
times our call of each artifact beside the maker's own, in one process and in turns (A B, B A), on one pinned thread. A
ratio is the median of the pairs' ratios with an interval of 95 % from a bootstrap over the pairs. Within 10 % holds
where the whole interval lies there, does not where none of it does, and is open (–) in between. Where the maker's
package brings a benchmark tool, its own figure is set beside ours of the same seconds. The load is printed.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from advisor.measurement import networks
from benchmarks.tables import Result, show
from probes import feeds, route_proof, timing, workloads
from probes.runtimes.layouts import arranged
from probes.runtimes.slots import Bound

BAR = 0.10
SECONDS = 0.04
RESAMPLES = 2000
INTERRUPTED = 1e-3
ROUNDED_MS = 0.1
"""litert-benchmark rounds to hundredths of a millisecond: below this its figure says too little."""
Call = Callable[[], object]

EXPORTS = {
    "onnxruntime": "pytorch",
    "executorch": "pytorch",
    "openvino": "pytorch",
    "litert": "tensorflow",
}
"""Whose exporter writes the artifact of a runtime here; whose it is changes nothing of how it is called."""


def export(runtime: str, network: str, precision: str, folder: Path) -> Path:
    """Export one network by its recipe in a process of its own; return the artifact."""
    case_folder = folder / f"{runtime}-{network}-{precision}"
    told = case_folder / "artifact.txt"
    if told.exists():
        return Path(told.read_text(encoding="utf-8"))
    shutil.rmtree(case_folder, ignore_errors=True)  # what an interrupted export left
    case_folder.mkdir(parents=True)
    command = [sys.executable, "-m", "benchmarks.fairness", "--export", runtime, network, precision, str(case_folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | QUIET)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} exited with {done.returncode}: {done.stderr[-2000:]}")
    told.write_text(done.stdout.splitlines()[-1], encoding="utf-8")
    return export(runtime, network, precision, folder)


QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "TORCHINDUCTOR_COMPILE_THREADS": "1"}


def write(runtime: str, network: str, precision: str, folder: Path) -> None:
    """Write the artifact and print its path last (the child's side of `export`)."""
    import importlib

    recipe = importlib.import_module(f"probes.frameworks.{EXPORTS[runtime]}.route_{runtime}")
    case = workloads.untrained(network, folder, {"precision": precision})
    proof = recipe.run(case)
    if precision == "int8" and proof.outcome not in ("proved", "refuted"):
        raise SystemExit(proof.message)
    suffix = {"onnxruntime": ".onnx", "executorch": ".pte", "litert": ".tflite", "openvino": "-openvino"}[runtime]
    print(route_proof.artifact(case, suffix))


def ours(runtime: str, artifact: Path, sample: Any) -> Call:
    """Return our call of an artifact, as sessions time it."""
    import importlib

    module = importlib.import_module(f"probes.runtimes.{runtime}")
    model = module.Model(artifact, 1)
    feed = feeds.of(sample)
    given = Bound(model, [*feed]).arranged(feed)
    return lambda: model(*given)


def theirs(runtime: str, artifact: Path, sample: Any) -> Iterator[tuple[str, Call]]:
    """Yield the maker's own ways of calling an artifact, each with what it is called."""
    yield from {"onnxruntime": _onnxruntime, "openvino": _openvino, "litert": _litert, "executorch": _executorch}[
        runtime
    ](artifact, sample)


def _onnxruntime(artifact: Path, sample: Any) -> Iterator[tuple[str, Call]]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(artifact, options, providers=["CPUExecutionProvider"])
    (entry,) = session.get_inputs()
    given = arranged(sample, [size if isinstance(size, int) else None for size in entry.shape])
    yield "InferenceSession.run", lambda: session.run(None, {entry.name: given})
    binding = session.io_binding()
    binding.bind_cpu_input(entry.name, given)
    binding.bind_output(session.get_outputs()[0].name)

    def bound() -> object:
        session.run_with_iobinding(binding)
        return binding.copy_outputs_to_cpu()

    yield "IOBinding", bound


def _openvino(artifact: Path, sample: Any) -> Iterator[tuple[str, Call]]:
    import openvino

    settings = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": 1, "INFERENCE_PRECISION_HINT": "f32"}
    compiled = openvino.Core().compile_model(artifact / "model.xml", "CPU", settings)
    shape = [None if size.is_dynamic else size.get_length() for size in compiled.input(0).get_partial_shape()]
    given = arranged(sample, shape)
    yield "CompiledModel(…)", lambda: compiled([given])
    request = compiled.create_infer_request()
    request.set_input_tensor(0, openvino.Tensor(given, shared_memory=True))
    # No answer is taken out, as benchmark_app takes none.
    yield "InferRequest.infer() alone", lambda: request.infer(share_outputs=True)

    def asynchronous() -> object:
        request.start_async()
        request.wait()
        return request.get_output_tensor(0).data.copy()

    yield "InferRequest.start_async()", asynchronous


def _litert(artifact: Path, sample: Any) -> Iterator[tuple[str, Call]]:
    from ai_edge_litert.compiled_model import CompiledModel
    from ai_edge_litert.interpreter import Interpreter
    from ai_edge_litert.options import CpuOptions, Options

    interpreter = Interpreter(model_path=str(artifact), num_threads=1)
    runner = interpreter.get_signature_runner()
    ((name, detail),) = runner.get_input_details().items()
    given = arranged(sample, [None, *map(int, detail["shape"][1:])])
    yield "SignatureRunner", lambda: runner(**{name: given})
    model = CompiledModel.from_file(str(artifact), options=Options(cpu_options=CpuOptions(num_threads=1)))
    inputs, outputs = model.create_input_buffers(0), model.create_output_buffers(0)
    count = int(np.prod(next(iter(runner.get_output_details().values()))["shape"]))

    def compiled() -> object:
        inputs[0].write(given)
        model.run_by_index(0, inputs, outputs)
        return outputs[0].read(count, np.float32)

    yield "CompiledModel", compiled


def _executorch(artifact: Path, sample: Any) -> Iterator[tuple[str, Call]]:
    import torch
    from executorch.runtime import Runtime, Verification

    torch.set_num_threads(1)
    program = Runtime.get().load_program(artifact, verification=Verification.Minimal)
    method = program.load_method("forward")
    shape = [None, *method.metadata.input_tensor_meta(0).sizes()[1:]]
    given = torch.from_numpy(arranged(sample, shape))
    yield "executorch.runtime", lambda: method.execute([given])[0].numpy()


def tool(runtime: str, artifact: Path) -> float | None:
    """Return the median time that the maker's benchmark tool tells, in seconds; None where its package has none."""
    if runtime == "openvino":
        program = str(Path(sys.executable).with_name("benchmark_app"))
        command = [program, "-m", str(artifact / "model.xml"), "-d", "CPU", "-hint", "none", "-api", "sync", "-t", "1"]
        command += ["-nthreads", "1", "-nstreams", "1", "-infer_precision", "f32"]
        rank_shape = _fixed_shape(artifact)
        told = _output(command + (["-data_shape", rank_shape] if rank_shape else []))
        amount, unit = re.findall(r"Median:\s+([\d.]+)\s*(us|ms)", told)[-1]
        return float(amount) / {"us": 1e6, "ms": 1e3}[unit]
    if runtime == "litert":
        with tempfile.TemporaryDirectory() as folder:
            result = Path(folder) / "result.json"
            program = str(Path(sys.executable).with_name("litert-benchmark"))
            _output([program, "--model", str(artifact), "--num_threads", "1", "--num_runs", "2000",
                     "--warmup_runs", "200", "--result_json", str(result)])  # fmt: skip
            median = float(json.loads(result.read_text(encoding="utf-8"))["latency"]["median_ms"])
            return median / 1e3 if median >= ROUNDED_MS else None
    return None


def _fixed_shape(artifact: Path) -> str | None:
    """Return the shape of one sample as benchmark_app wants it where the model takes any batch."""
    import openvino

    shape = openvino.Core().read_model(artifact / "model.xml").input(0).get_partial_shape()
    if not any(size.is_dynamic for size in shape):
        return None
    return "[" + ",".join("1" if size.is_dynamic else str(size.get_length()) for size in shape) + "]"


def _output(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | QUIET)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} exited with {done.returncode}: {(done.stdout + done.stderr)[-2000:]}")
    return done.stdout + done.stderr


def seconds_of(call: Call) -> float:
    """Return the lower quartile of a block's calls: what others do makes calls longer and never shorter."""
    seen = timing.block(call, settle=0.0, lead_in=SECONDS / 2, seconds=SECONDS, minimum_calls=3)
    return float(np.quantile(seen["calls"], 0.25))


def paired(first: Call, second: Call, pairs: int) -> tuple[float, float, float]:
    """Return first / second, as the median over pairs in alternating order, with its 95 % interval."""
    logs = []
    for turn in range(pairs):
        order = (first, second) if turn % 2 == 0 else (second, first)
        timed = {id(call): seconds_of(call) for call in order}
        logs.append(math.log(timed[id(first)] / timed[id(second)]))
    random = np.random.default_rng(0)
    drawn = np.median(random.choice(logs, (RESAMPLES, len(logs))), axis=1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return math.exp(statistics.median(logs)), math.exp(low), math.exp(high)


def line(what: str, ratio: tuple[float, float, float], bar: bool = True) -> Result:
    """Return one line: the ratio, its interval, and whether it is within the bar (None: the interval cannot tell)."""
    middle, low, high = ratio
    least, most = 1 - BAR, 1 + BAR
    holds = True if least <= low and high <= most else False if high < least or low > most else None
    return Result(what, f"{middle:.2f} [{low:.2f}, {high:.2f}]", "0.90–1.10" if bar else "–", holds if bar else None)


def frameworks(named: Sequence[str], pairs: int) -> list[Result]:
    """Return PyTorch's inference timed by our blocks against torch.utils.benchmark, in turns."""
    import torch
    from torch.utils.benchmark import Timer

    from probes.frameworks.pytorch import inference

    torch.set_num_threads(1)
    found = []
    for network in named:
        cell = inference.eager(workloads.synthetic(network, {"batch": 1}))
        timer = Timer("call()", globals={"call": cell.call}, num_threads=1)
        logs = []
        for _ in range(pairs):
            mine = seconds_of(cell.call)
            # It tells the mean of so many calls: of a millisecond of them, since longer ones are interrupted.
            number = max(1, round(INTERRUPTED / mine))
            maker = [timer.timeit(number).mean for _ in range(max(5, round(SECONDS / (number * mine))))]
            logs.append(math.log(mine / float(np.quantile(maker, 0.25))))
        low, high = np.quantile(logs, [0.1, 0.9])
        ratio = math.exp(statistics.median(logs)), math.exp(float(low)), math.exp(float(high))
        found.append(line(f"pytorch, {network}: our blocks / torch.utils.benchmark.Timer", ratio))
    return found


def int8_ways(artifact: Path, network: str, pairs: int) -> list[Result]:
    """Return ONNX Runtime's ways to int8 against S8S8, each called alike."""
    from onnxruntime.quantization.shape_inference import quant_pre_process

    from probes.runtimes import onnxruntime, onnxruntime_int8

    prepared = artifact.with_suffix(".prepared.onnx")
    quant_pre_process(artifact, prepared, skip_symbolic_shape=True)
    case = workloads.untrained(network, artifact.parent, {"precision": "int8"})
    samples = route_proof.calibration(case)
    model = onnxruntime.Model(artifact, 1)
    given = [Bound(model, [*each]).arranged(each) for each in feeds.batches(feeds.of(samples), 1)]
    calls = {}
    names = [slot.name for slot in model.inputs]
    for way in onnxruntime_int8.ways(prepared, [dict(zip(names, each, strict=True)) for each in given]):
        path = artifact.with_suffix(f".{way.variant}.onnx")
        way.write(path)
        calls[way.variant] = ours("onnxruntime", path, samples[:1])
    return [
        line(f"onnxruntime, {network}: {name} / S8S8", paired(call, calls["S8S8"], pairs), bar=False)
        for name, call in calls.items()
        if name != "S8S8"
    ]


def routes(network: str, folder: Path, pairs: int) -> Iterator[Result]:
    """Yield every route of one network against its maker's interfaces and tool."""
    sample = workloads.synthetic(network, {"batch": 1}).inputs
    for runtime in EXPORTS:
        for precision in ("float32", "int8"):
            if runtime == "onnxruntime" and precision == "int8":
                continue  # by its ways, below
            artifact = export(runtime, network, precision, folder)
            mine, what = ours(runtime, artifact, sample), f"{runtime}, {network}, {precision}"
            for name, call in theirs(runtime, artifact, sample):
                yield line(f"{what}: our call / {name}", paired(mine, call, pairs))
            told = [(seconds_of(mine), tool(runtime, artifact), seconds_of(mine)) for _ in range(3)]
            logs = [math.log(math.sqrt(one * other) / maker) for one, maker, other in told if maker]
            if logs:
                ratio = math.exp(statistics.median(logs)), math.exp(min(logs)), math.exp(max(logs))
                yield line(f"{what}: our call / its benchmark tool", ratio)
            if runtime == "onnxruntime":
                yield from int8_ways(artifact, network, pairs)


def main() -> None:
    """Print one row for every comparison."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--networks", default="cnn,transformer")
    parser.add_argument("--pairs", type=int, default=12)
    parser.add_argument("--folder", type=Path, help="where artifacts are kept, and taken from the next time")
    parser.add_argument("--export", nargs=4, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.export:
        runtime, network, precision, folder = given.export
        write(runtime, network, precision, Path(folder))
        return
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    print(f"load before: {os.getloadavg()[0]:.1f}; one thread, pinned; {given.pairs} pairs")
    with tempfile.TemporaryDirectory() as scratch:
        os.environ[networks.VARIABLE] = str(networks.hand_over(Path(scratch)))
        found = frameworks(given.networks.split(","), given.pairs)
        for network in given.networks.split(","):
            for result in routes(network, given.folder or Path(scratch), given.pairs):
                print(f"{result.what}: {result.found}", flush=True)
                found.append(result)
    show(found)
    print(f"load after: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
