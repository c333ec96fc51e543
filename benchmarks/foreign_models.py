"""Models that nobody here wrote, and faulty ones, through every route of `advisor model check`: a figure or the reason.

``python -m benchmarks.foreign_models measure RESULTS [--model NAME …]`` looks at each within limits of time and memory,
and adds to RESULTS (JSON lines: what is there is not done again).
``python -m benchmarks.foreign_models page RESULTS --output site/models-table.md`` writes the page.

ONNX files are those of packages, where they are installed: ``pip install rapidocr-onnxruntime silero-vad``, without
what they require (``--no-deps``).
"""

from __future__ import annotations

import argparse
import ast
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from advisor.errors import AdvisorError
from advisor.measurement.definitions import Limits
from advisor.models import check, inputs, kinds
from advisor.models.reader import Request
from benchmarks import json_lines

FACTORIES = Path(__file__).resolve().parent.parent / "tests" / "models" / "factories"
GIVEN = {
    "keras_models.py:lstm": ["words=int32[batch,20]:0..99"],
    "keras_models.py:masked_bidirectional": ["words=int32[batch,20]:0..99"],
    "keras_models.py:open_size": ["keras_tensor=float32[batch,height=64,width=64,3]:0..1"],
    "faulty.py:loop": ["x=float32[batch,steps=6,3]"],
    "faulty.py:wrong_spec": ["x=float32[batch,7]"],
    "silero_vad_op18_ifless.onnx": [
        "input=float32[batch,time=512]:-1..1", "state=float32[2,batch,128]:-1..1", "sr=int64[]:16000..16000",
    ],
    "silero_vad_16k_op15.onnx": [
        "input=float32[batch,time=512]:-1..1", "state=float32[2,batch,128]:-1..1", "sr=int64[]:16000..16000",
    ],
    "ch_ppocr_mobile_v2.0_cls_infer.onnx": ["x=float32[batch,3,48,192]:-1..1"],
    "ch_PP-OCRv4_rec_infer.onnx": ["x=float32[batch,3,48,width=320]:-1..1"],
    "ch_PP-OCRv4_det_infer.onnx": ["x=float32[batch,3,height=320,width=320]:-1..1"],
}  # fmt: skip
PACKAGED = {
    "rapidocr_onnxruntime": (
        "models/ch_ppocr_mobile_v2.0_cls_infer.onnx", "models/ch_PP-OCRv4_rec_infer.onnx",
        "models/ch_PP-OCRv4_det_infer.onnx",
    ),
    "silero_vad": ("data/silero_vad_op18_ifless.onnx", "data/silero_vad_16k_op15.onnx"),
}  # fmt: skip
ROUTES = ("executorch", "litert", "onnxruntime", "openvino")
TITLES = {"executorch": "ExecuTorch", "litert": "LiteRT", "onnxruntime": "ONNX Runtime", "openvino": "OpenVINO"}
LIMITS = Limits(seconds=120.0, memory=4e9)
BUDGET = 150.0


@dataclass
class Seen:
    """What became of a model: why it could not be read, or its rows by runtime."""

    model: str
    seconds: float
    refused: str | None = None
    kind: str = ""
    parameters: int | None = None
    rows: dict[str, dict[str, Any]] = field(default_factory=dict)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, or write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    measure = commands.add_parser("measure")
    measure.add_argument("results", type=Path)
    measure.add_argument("--model", action="append", help="only those whose name begins so")
    measure.add_argument("--route", action="append", choices=ROUTES, help="only through these runtimes")
    page = commands.add_parser("page")
    page.add_argument("results", type=Path)
    page.add_argument("--output", type=Path, required=True)
    given = parser.parse_args(arguments)
    if given.command == "page":
        given.output.write_text(written(read(given.results)), encoding="utf-8")
        return
    given.results.parent.mkdir(parents=True, exist_ok=True)
    done = {each.model for each in read(given.results)}
    for text in models():
        name = Path(text).name
        if name in done or (given.model and not name.startswith(tuple(given.model))):
            continue
        seen = looked(text, given.route or ())
        json_lines.add(given.results, seen.__dict__)
        told = seen.refused or {runtime: row["outcome"] for runtime, row in seen.rows.items()}
        print(f"{name} ({seen.seconds:.0f} s): {told}", flush=True)


def models() -> list[str]:
    """Return what is looked at: every factory, and the files of packages that are installed."""
    found = []
    for file in ("transformers_models.py", "keras_models.py", "faulty.py"):
        path = FACTORIES / file
        tree = ast.parse(path.read_text(encoding="utf-8"))
        defined = (node.name for node in tree.body if isinstance(node, ast.FunctionDef) and not node.args.args)
        found += [f"{path}:{name}" for name in defined if not name.startswith("_")]
    for package, files in PACKAGED.items():
        spec = find_spec(package)
        homes = spec.submodule_search_locations if spec is not None else None
        found += [str(Path(homes[0], file)) for file in files] if homes else []
    return found


def looked(text: str, only: Sequence[str] = ()) -> Seen:
    """Look at one model."""
    began = time.monotonic()
    name = Path(text).name
    try:
        request = Request(kinds.source(text), inputs.read(GIVEN.get(name, []), None), limits=LIMITS)
        with tempfile.TemporaryDirectory(prefix="foreign-") as folder:
            found = check.checked(request, Path(folder), only=only, budget=BUDGET)
    except AdvisorError as error:
        return Seen(name, time.monotonic() - began, refused=error.message)
    rows = {row["runtime"]: row for row in check.rows(found)}
    content = found.content
    return Seen(name, time.monotonic() - began, None, content.kind, content.parameters, rows)


def read(results: Path) -> list[Seen]:
    """Return what a file holds; nothing where it is not there."""
    return [Seen(**each) for each in json_lines.read(results)]


def written(found: Sequence[Seen]) -> str:
    """Return the page."""
    foreign = [each for each in found if not each.model.startswith("faulty.py")]
    faulty = [each for each in found if each.model.startswith("faulty.py")]
    lines = [
        "# Models that others wrote",
        "",
        f"What `advisor model check` says of {len(foreign)} models that this project did not write, and of",
        f"{len(faulty)} with a fault, written by `python -m benchmarks.foreign_models`. Weights are drawn at random,",
        "and sizes small, so that only the way counts. ✓ with the largest relative error against the model's answers;",
        "else the operator or construct that is in the way, or what the exporter says.",
        "",
        *_table(foreign),
        "",
        "## With a fault",
        "",
        *_table(faulty),
    ]
    return "\n".join(lines) + "\n"


def _table(found: Sequence[Seen]) -> list[str]:
    head = ["| Model | " + " | ".join(TITLES[route] for route in ROUTES) + " |", "|---" * (len(ROUTES) + 1) + "|"]
    return head + [_line(each) for each in found]


def _line(seen: Seen) -> str:
    name = seen.model.removeprefix("faulty.py:")
    if seen.refused:
        return f"| `{name}` | {_cut(seen.refused)} |" + " |" * (len(ROUTES) - 1)
    return f"| `{name}` | " + " | ".join(_cell(seen.rows.get(route)) for route in ROUTES) + " |"


def _cell(row: dict[str, Any] | None) -> str:
    if row is None:
        return "not tried"
    if row["outcome"] == "not_run":
        return "not tried to the end"
    if row["takes it"] == "yes":
        return f"✓ {row['error']:.0e}" + ("" if row["batch"] == "any" else ", one sample")
    place = f" ({row['place']})" if row["place"] else ""
    return _cut(f"{row['outcome'].replace('_', ' ')}: {row['in the way'] or row['reason'] or ''}{place}")


def _cut(text: str) -> str:
    plain = " ".join(text.replace("|", "\\|").replace("`", "'").replace(sys.executable, "this Python").split())
    return plain if len(plain) <= 140 else f"{plain[:139]}…"


if __name__ == "__main__":
    main()
