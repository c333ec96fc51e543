"""ExecuTorch's small C++ shim, compiled for the kind of machine that a bundle goes to: a board need have no compiler.

For this machine's kind the installed wheel and its compiler do; for another one Debian's cross compiler and the wheel
of that machine. What is missing is no error: the bundle says so, and a device with a compiler builds the shim itself.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import zipfile
from pathlib import Path

from advisor.errors import AdvisorError
from advisor.measurement.worker.environment import passed

CROSS = {"aarch64": "aarch64-linux-gnu-g++", "armv7l": "arm-linux-gnueabihf-g++", "riscv64": "riscv64-linux-gnu-g++"}
_PACKAGE = "g++-{}"
_BUILD = """\
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from probes.channel import ProbeError
from probes.runtimes import executorch_build as build
try:
    package = Path(sys.argv[3]) if sys.argv[3] else build._package()
    name = build.carried(sys.argv[4], package)
    build.carry(package, Path(sys.argv[2]) / name, sys.argv[5] or None)
    print("made", name)
except ProbeError as error:
    print("not", error)
"""


def build(
    probes: Path, folder: Path, *, target: str, python: Path, wheel: Path | None = None
) -> tuple[Path | None, str]:
    """Compile the shim for a target (``linux-aarch64``) into a folder; return it, or None, and what to say of it.

    Parameters
    ----------
    python : path
        The Python that has executorch.
    wheel : path, optional
        The executorch wheel for the target, where that is another kind of machine than this one.

    Raises
    ------
    AdvisorError
        When the wheel cannot be read, or is none for the target (exit code 2).
    """
    machine = target.rpartition("-")[2]
    if machine == platform.machine():
        return _made(probes, folder, python, "", machine, "")
    compiler = CROSS.get(machine)
    if compiler is None:
        return None, f"no cross compiler for {machine} is known here: it is built on the device, which needs C++ there"
    if shutil.which(compiler) is None:
        package = _PACKAGE.format(compiler.removesuffix("-g++"))
        return None, (
            f"{compiler} is not here (apt-get install {package}): it is built on the device, which needs C++ there"
        )
    if wheel is None:
        return None, (
            f"cross-compiling needs the wheel of executorch for {machine}: python -m pip download --no-deps --platform "
            f"manylinux_2_28_{machine} --only-binary=:all: executorch, then --executorch-wheel FILE"
        )
    unpacked = folder / "wheel"
    _unpack(wheel, unpacked, machine)
    return _made(probes, folder, python, str(unpacked / "executorch"), machine, compiler)


def _unpack(wheel: Path, folder: Path, machine: str) -> None:
    if machine not in wheel.name:
        raise AdvisorError(f"--executorch-wheel: {wheel.name} is no wheel for {machine}")
    try:
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                parts = Path(name).parts
                if (
                    parts[:1] == ("executorch",)
                    and ".." not in parts
                    and parts[1:2] in (("lib",), ("include",), ("version.py",))
                ):
                    archive.extract(name, folder)
    except (OSError, zipfile.BadZipFile) as error:
        raise AdvisorError(f"--executorch-wheel: {wheel}: cannot be read: {error}") from None


def _made(
    probes: Path, folder: Path, python: Path, package: str, machine: str, compiler: str
) -> tuple[Path | None, str]:
    done = subprocess.run(
        [str(python), "-c", _BUILD, str(probes.parent), str(folder), package, machine, compiler],
        capture_output=True, text=True, check=False, env=passed() | {"PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL, cwd=os.fspath(folder),
    )  # fmt: skip
    word, _, told = (done.stdout.strip().splitlines() or [""])[-1].partition(" ")
    if word == "made":
        return folder / told, told
    why = told or (done.stderr.strip().splitlines() or ["the compiler ended without a word"])[-1]
    return None, f"not compiled here: {why}"
