"""Scripts for Node.js, with packages from the folders in NODE_PATH or those installed for all users of this machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from probes import programs
from probes.channel import ProbeError

# Scripts for files that several frameworks write lie here.
FOLDER = Path(__file__).parent


def run(script: Path, package: str, *arguments: str | Path | int) -> str:
    """Run `script` with the folder that holds `package` and with `arguments`, and return what it wrote.

    Parameters
    ----------
    script : Path
        An ECMAScript module.
    package : str
        What it requires from the folder.

    Raises
    ------
    ProbeError
        ``not_installed``: Node.js or the package; ``error``: the script failed, with the last line it wrote.
    """
    node = shutil.which("node")
    if node is None:
        raise ProbeError("not_installed", "Node.js is not on the PATH")
    folder = next((each for each in _folders() if (each / package).is_dir()), None)
    if folder is None:
        raise ProbeError(
            "not_installed", f"Node.js finds no package {package!r} in NODE_PATH or among npm's global ones"
        )
    (text,) = programs.run([node, script, str(folder) + os.sep, *map(str, arguments)])
    return text


def _folders() -> Iterator[Path]:
    """Yield where packages may lie; npm is asked last, for it takes half a second."""
    yield from map(Path, filter(None, os.environ.get("NODE_PATH", "").split(os.pathsep)))
    npm = shutil.which("npm")
    if npm is not None:
        (root,) = programs.run([npm, "root", "--global"])
        yield Path(root.strip())
