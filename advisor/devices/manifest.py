"""The manifest of a bundle (``advisor.bundle/1``): what it holds, what was proved of it, every file's digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import Field

from advisor.documents import Model, read_json
from advisor.errors import AdvisorError
from advisor.measurement.definitions import FrameworkDefinition, RouteDefinition
from advisor.measurement.run import Exported, Mode, Observation

SCHEMA: Literal["advisor.bundle/1"] = "advisor.bundle/1"
NAME = "manifest.json"
ANEW = "advisor export -o NAME.advisor   (writes it anew)"
WORK = "work"
"""The folder in a bundle in which a device writes; it is no part of it."""


class Packed(Model):
    """An artifact in a bundle: the stack and precision that it is of, its file or folder, and the answers expected.

    ``answers`` are those that its runtime gave where it was exported: to the held-out digits where the network is
    trained on them, else to the ``sample``, which is what it is timed with.
    """

    framework: str
    runtime: str
    precision: str
    network: str
    artifact: str
    sha256: str
    sample: str
    answers: str


class Manifest(Model):
    """What a bundle says of itself.

    ``target`` is the kind of machine that it was made for; ``profile`` and ``mode`` are what was asked; ``versions``
    are those of the runtimes that gave the expected answers; ``observations`` are the artifacts' proofs and sizes;
    ``shims`` says for which machines a compiled shim of ExecuTorch is in it, or why not; ``files`` holds the SHA-256
    of every file.
    """

    schema_: Literal["advisor.bundle/1"] = Field(default=SCHEMA, alias="schema")
    advisor: str
    profile: str
    mode: Mode = "standard"
    target: str
    exported: Exported
    frameworks: dict[str, FrameworkDefinition]
    routes: dict[str, RouteDefinition]
    framework_versions: dict[str, str] = Field(default_factory=dict)
    versions: dict[str, str] = Field(default_factory=dict)
    packed: tuple[Packed, ...] = ()
    observations: tuple[Observation, ...] = ()
    shims: dict[str, str] = Field(default_factory=dict)
    files: dict[str, str] = Field(default_factory=dict)


def read(bundle: Path) -> Manifest:
    """Return the manifest of a bundle; AdvisorError for a folder that is none."""
    if not (bundle / NAME).is_file():
        raise AdvisorError(f"{bundle}: no bundle: it has no {NAME}", hint=ANEW)
    return read_json(bundle / NAME, Manifest, schema=SCHEMA, what="manifest of a bundle")


def digest(file: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def damaged(bundle: Path, manifest: Manifest) -> Iterator[str]:
    """Yield which files of a bundle are missing or not as they were written."""
    for name, expected in manifest.files.items():
        try:
            if digest(bundle / name) != expected:
                yield f"{name} is not as it was written"
        except OSError as error:
            yield f"{name}: {error.strerror or error}"


def hold(bundle: Path, manifest: Manifest) -> None:
    """Raise AdvisorError where a bundle is damaged."""
    found = [*damaged(bundle, manifest)]
    if found:
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        raise AdvisorError(f"{bundle}: a damaged bundle: {found[0]}{more}", hint="copy it again, whole")
