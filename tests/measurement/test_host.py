"""What is read of a machine, from files laid out as Linux does."""

from __future__ import annotations

import os
from pathlib import Path

import psutil
import pytest

from advisor.measurement import host

X86 = """\
processor\t: 0
model name\t: Invented(R)  CPU   @ 2.00GHz
flags\t\t: fpu sme smep sse4_2 avx avx2 fma avx512f avx512_bf16 amx_tile amx_bf16 hypervisor ht

processor\t: 1
model name\t: Another
"""
ARM = "processor : 0\nFeatures : fp asimd asimddp sve bf16 i8mm crc32\nHardware : Invented Board\n"


def laid_out(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def test_this_machine() -> None:
    found = host.describe()
    assert found.cores == host.cores() >= 1
    assert found.memory_bytes == psutil.virtual_memory().total
    assert found.cpu
    assert found.os


@pytest.mark.parametrize(
    ("text", "cpu", "isa"),
    [
        (X86, "Invented(R) CPU @ 2.00GHz",
         ("amx_bf16", "amx_tile", "avx", "avx2", "avx512_bf16", "avx512f", "fma", "sse4_2")),
        (ARM, "Invented Board", ("asimd", "asimddp", "bf16", "i8mm", "sve")),
    ],
)  # fmt: skip
def test_processor_and_instruction_sets(tmp_path: Path, text: str, cpu: str, isa: tuple[str, ...]) -> None:
    found = host.describe(laid_out(tmp_path, {"proc/cpuinfo": text, "etc/os-release": 'PRETTY_NAME="Toy 1"\n'}))
    assert (found.cpu, found.isa) == (cpu, isa)
    assert found.os.endswith("(Toy 1)")
    assert found.devices == ()


@pytest.mark.parametrize(
    ("text", "virtual"),
    [("flags : fpu hypervisor avx2\n", True), ("flags : fpu avx2\n", False), (ARM, None), ("", None)],
)
def test_a_virtual_machine_is_known_where_the_processor_tells(tmp_path: Path, text: str, virtual: bool | None) -> None:
    assert host.virtual(laid_out(tmp_path, {"proc/cpuinfo": text} if text else {})) is virtual


def test_accelerators_are_named(tmp_path: Path) -> None:
    files = {"proc/driver/nvidia/gpus/0000:01:00.0/information": "Model: \t\t Invented H1\nIRQ: 5\n"}
    assert host.describe(laid_out(tmp_path, files)).devices == ("Invented H1",)


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="the system has no affinity")
@pytest.mark.parametrize(
    ("limit", "most"), [("max 100000", None), ("50000 100000", 1), ("100000 100000", 1), ("", None)]
)
def test_cores_are_those_that_may_be_used(tmp_path: Path, limit: str, most: int | None) -> None:
    allowed = len(os.sched_getaffinity(0))
    expected = allowed if most is None else min(allowed, most)
    assert host.cores(laid_out(tmp_path, {"sys/fs/cgroup/cpu.max": limit})) == expected


def test_what_the_machine_does_not_tell_is_said_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "no energy counters" in host.not_measurable(tmp_path)["energy"]
    laid_out(tmp_path, {"sys/class/powercap/intel-rapl:0/energy_uj": "1\n"})
    assert host.not_measurable(tmp_path) == {}
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert "superuser" in host.not_measurable(tmp_path)["energy"]
