"""What ``--model`` may name, and what is known of a model without opening it: its kind, name, hash and size."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from advisor.errors import AdvisorError, did_you_mean

Kind = Literal["python", "keras", "savedmodel", "onnx", "pt2"]

FORMS = "FILE.py:FUNCTION, FILE.keras, FILE.onnx, FILE.pt2 or the folder of a SavedModel"
SUFFIXES: dict[str, Kind] = {".py": "python", ".keras": "keras", ".onnx": "onnx", ".pt2": "pt2"}
# What people have, and how one gets from it to what is read here.
ELSEWHERE = {
    ".pt": "a .pt file holds weights, or TorchScript, which is deprecated: write a function that builds the module and"
    " loads them, and name it as FILE.py:FUNCTION",
    ".pth": "a .pth file holds weights: write a function that builds the module and loads them, and name it as"
    " FILE.py:FUNCTION",
    ".bin": "write a function that builds the model and loads these weights, and name it as FILE.py:FUNCTION",
    ".safetensors": "write a function that builds the model and loads these weights, and name it as FILE.py:FUNCTION",
    ".h5": "Keras 3 reads .h5 by keras.saving.load_model: save it once as .keras, or name a FILE.py:FUNCTION that"
    " loads it",
    ".tflite": "a .tflite file is the end of a route: it runs in LiteRT only, and nothing is left to compare",
    ".pte": "a .pte file is the end of a route: it runs in ExecuTorch only, and nothing is left to compare",
    ".xml": "OpenVINO's files are the end of a route: name the model that they were made of",
}
# What can be had from a kind, as a folder of `probes.frameworks` or "onnx"; a Python file tells when it has run.
FRAMEWORKS: dict[Kind, str] = {"keras": "tensorflow", "savedmodel": "tensorflow", "onnx": "onnx", "pt2": "pytorch"}


@dataclass(frozen=True)
class Source:
    """A model as the user names it.

    Attributes
    ----------
    kind : str
        What it is read as.
    path : Path
        The file or folder, absolute.
    function : str
        The factory in a Python file.
    digest : str
        SHA-256 of the file, or of a folder's files with their names.
    size : int
        Bytes.
    """

    kind: Kind
    path: Path
    function: str
    digest: str
    size: int

    @property
    def name(self) -> str:
        """What it is called in a Run: the file's name and the beginning of its hash."""
        stem = re.sub(r"[^a-z0-9]+", "-", (self.path.stem or self.path.name).lower()).strip("-") or "model"
        function = re.sub(r"[^a-z0-9]+", "-", self.function.lower()).strip("-")
        return "-".join(filter(None, (stem[:30], function[:16], self.digest[:8])))

    @property
    def said(self) -> str:
        """How the user's own words go on: the file's name with the function."""
        return f"{self.path.name}:{self.function}" if self.function else self.path.name

    @property
    def runs_code(self) -> bool:
        """Whether reading it runs code of the user's."""
        return self.kind == "python"


def source(text: str, *, what: str = "--model") -> Source:
    """Return what a word of the command line names.

    Raises
    ------
    AdvisorError
        When there is no such file, or it is of no kind that can be read; the message says what could be done.
    """
    place, function = _parted(text)
    path = Path(place).expanduser()
    suffix = path.suffix.lower()
    if suffix in ELSEWHERE and path.exists():
        raise AdvisorError(f"{what}: {path.name} cannot be compared: {ELSEWHERE[suffix]}")
    if path.is_dir():
        if not (path / "saved_model.pb").is_file():
            raise AdvisorError(f"{what}: {place} is a folder without saved_model.pb: expected {FORMS}")
        digest, size = _folder(path)
        return Source("savedmodel", path.resolve(), "", digest, size)
    if not path.is_file():
        near = _near(path)
        raise AdvisorError(f"{what}: there is no file {place}{near}: expected {FORMS}, or a network of @NAME")
    kind = SUFFIXES.get(suffix)
    if kind is None:
        raise AdvisorError(f"{what}: {path.name} is of no kind that is read: expected {FORMS}")
    if kind == "python" and not function:
        names = ", ".join(_functions(path)) or "FUNCTION"
        raise AdvisorError(f"{what}: {path.name} needs the function that makes the model: {place}:{names}")
    if kind != "python" and function:
        raise AdvisorError(f"{what}: {path.name} takes no function: only a Python file does")
    content = path.read_bytes()
    return Source(kind, path.resolve(), function, hashlib.sha256(content).hexdigest(), len(content))


def names_model(text: str) -> bool:
    """Tell whether a word after ``--model`` is a model of the user's, and no network's name or definition."""
    place = _parted(text)[0]
    suffix = Path(place).suffix.lower()
    return not text.startswith("@") and (suffix in {*SUFFIXES, *ELSEWHERE} or Path(place).is_dir())


def _parted(text: str) -> tuple[str, str]:
    place, colon, function = text.rpartition(":")
    return (place, function) if colon and place.lower().endswith(".py") else (text, "")


def _near(path: Path) -> str:
    try:
        return did_you_mean(path.name, [each.name for each in path.parent.iterdir()])
    except OSError:
        return ""


def _functions(path: Path) -> Sequence[str]:
    """Return the functions of a file, as its text defines them; nothing of it is run."""
    text = path.read_text(encoding="utf-8", errors="replace")
    return re.findall(r"^def ([A-Za-z]\w*)\(\)", text, re.MULTILINE)


def _folder(path: Path) -> tuple[str, int]:
    whole, size = hashlib.sha256(), 0
    for file in sorted(each for each in path.rglob("*") if each.is_file()):
        content = file.read_bytes()
        whole.update(file.relative_to(path).as_posix().encode() + b"\0" + hashlib.sha256(content).digest())
        size += len(content)
    return whole.hexdigest(), size
