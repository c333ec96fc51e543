"""A folder to ship: the artifacts that were proved, the scripts that made them, the inputs they were asked with."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from advisor.documents import write_text
from advisor.errors import AdvisorError
from advisor.models import inputs, reader, scripts
from advisor.models.check import Checked
from advisor.models.routes import Conversion
from advisor.quantities import show

RUN = {
    "onnxruntime": "onnxruntime.InferenceSession({artifact!r}).run(None, inputs)",
    "openvino": "openvino.Core().compile_model({artifact!r}, 'CPU', {{'INFERENCE_PRECISION_HINT': 'f32'}})(inputs)",
    "litert": "ai_edge_litert.interpreter.Interpreter(model_path={artifact!r})",
    "executorch": "a C++ program of yours with ExecuTorch's Module({artifact!r}); in Python executorch.runtime",
}


def place(folder: Path) -> None:
    """Make the folder; refuse one that holds something."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        full = any(folder.iterdir())
    except OSError as error:
        raise AdvisorError(f"--output: cannot write to {folder}: {error.strerror or error}") from None
    if full:
        raise AdvisorError(f"--output: {folder} is not empty: expected a new folder, or an empty one")


def written(found: Checked, home: Path, folder: Path) -> list[str]:
    """Write everything into `folder`, from the `home` in which the model was checked; return lines that say what."""
    kept = [each for each in found.conversions if each.proved]
    (folder / "scripts").mkdir()
    shutil.copyfile(home / "reference" / "inputs.npz", folder / "inputs.npz")
    listed = []
    for each in kept:
        assert each.artifact is not None
        name = f"{each.route.runtime}-{each.precision}"
        shutil.copytree(each.artifact.parent, folder / name, ignore=_leftovers(each.artifact))
        write_text(folder / "scripts" / f"{name}.py", scripts.written(found, each, folder / "scripts"))
        listed.append(_entry(each, folder / name))
    told = found.told
    write_text(folder / "inputs.yaml", inputs.written(reader.plain_inputs(told), told.sizes))
    source = found.request.source
    manifest = {
        "model": {"name": source.said, "sha256": source.digest, "bytes": source.size},
        "inputs": [each.model_dump() for each in told.inputs],
        "sizes": dict(told.sizes),
        "outputs": [each.model_dump(exclude={"first"}) for each in told.outputs],
        "artifacts": listed,
    }
    write_text(folder / "manifest.json", json.dumps(manifest, indent=1, ensure_ascii=False) + "\n")
    write_text(folder / "README.md", _readme(found, listed))
    lines = [f"{folder / each['folder']}: {show(each['bytes'], 'B')}, {_distance(each)}" for each in listed]
    lost = [each for each in found.conversions if not each.proved]
    return [*lines, *(f"not {each.route.runtime}, {each.precision}: {each.message or each.outcome}" for each in lost)]


def _leftovers(artifact: Path) -> Any:
    """Return what leaves out, of an artifact's folder, the files that the export went through."""

    def out(folder: str, names: list[str]) -> list[str]:
        if Path(folder) != artifact.parent:
            return []
        between = (f"{artifact.stem}-", f"{artifact.stem}.", "saved")
        return [name for name in names if name != artifact.name and name.startswith(between)]

    return out


def _entry(each: Conversion, folder: Path) -> dict[str, Any]:
    """Return what the manifest says of an artifact."""
    assert each.artifact is not None
    figures = each.figures
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    return {
        "folder": folder.name,
        "runtime": each.route.runtime,
        "precision": each.precision,
        "artifact": each.artifact.name,
        "bytes": figures["artifact_bytes"],
        "files": {file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest() for file in files},
        "open dimensions": figures.get("takes") or {},
        "asked": figures.get("questions"),
        "largest relative error": figures.get("max_relative_error"),
        "relative rms": figures.get("relative_rms"),
        "how": figures.get("how"),
        "packages": figures.get("packages"),
    }


def _distance(each: Mapping[str, Any]) -> str:
    if each["precision"] == "int8":
        return f"answers {each['relative rms']:.1%} from float32 (rms)"
    return f"answers within {each['largest relative error']:.1e} of the model's"


def _readme(found: Checked, listed: list[dict[str, Any]]) -> str:
    source = found.request.source
    drawn = "samples of yours" if found.told.own_samples else "inputs that were drawn at random"
    lines = [
        f"# {source.said}",
        "",
        f"Every artifact here was run by its runtime alone, and gave the model's own answers to {drawn}",
        "(`inputs.npz`); in int8, answers as near as is told.",
        "The scripts make them anew and import nothing but the packages they name.",
    ]
    if not found.told.own_samples and any(each["precision"] == "int8" for each in listed):
        lines += ["", "**int8 was calibrated on inputs drawn at random**: make it anew with samples of yours."]
    for each in listed:
        artifact = f"{each['folder']}/{each['artifact']}"
        lines += [
            "",
            f"## {each['folder']}",
            "",
            f"`{artifact}`, {show(each['bytes'], 'B')}: {_distance(each)}.",
            f"To run it: `{RUN[each['runtime']].format(artifact=artifact)}`. Made by `scripts/{each['folder']}.py`.",
        ]
    return "\n".join(lines) + "\n"
