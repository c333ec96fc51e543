"""What is read of a machine and of its set-up, from files laid out as Linux does."""

from __future__ import annotations

import os
from pathlib import Path

import psutil
import pytest

from advisor.measurement import host
from advisor.measurement.host import Reading, readings

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


LAPTOP = {
    "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor": "powersave\n",
    "sys/devices/system/cpu/cpu1/cpufreq/scaling_governor": "powersave\n",
    "sys/devices/system/cpu/intel_pstate/no_turbo": "0\n",
    "sys/devices/system/cpu/smt/active": "1\n",
    "proc/sys/kernel/randomize_va_space": "2\n",
    "proc/cpuinfo": "processor : 0\nflags : fpu avx2\n",
    "proc/1/cgroup": "0::/init.scope\n",
    "proc/self/cgroup": "0::/user.slice/app\n",
    "sys/fs/cgroup/user.slice/app/cpu.max": "max 100000\n",
    "sys/fs/cgroup/user.slice/app/memory.max": "max\n",
    "proc/loadavg": "0.00 0.10 0.20 1/200 4242\n",
}


def machine(folder: Path, files: dict[str, str]) -> dict[str, Reading]:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return {each.name: each for each in readings(folder)}


def test_a_laptop(tmp_path: Path) -> None:
    found = machine(tmp_path, LAPTOP)
    assert {name: each.value for name, each in found.items()} == {
        "clock governor": "powersave",
        "turbo": "on",
        "hyper-threads": "on",
        "address space randomisation": "on",
        "virtual machine": "no",
        "container": "none seen",
        "limit on processor time": "none",
        "limit on memory": "none",
        "load average": "0.00 0.10 0.20",
    }
    assert "performance" in (found["clock governor"].hint or "")
    assert found["load average"].hint is None


def test_where_nothing_can_be_read_nothing_is_claimed(tmp_path: Path) -> None:
    assert {(each.value, each.hint) for each in readings(tmp_path)} == {(None, None)}


def test_a_machine_that_is_set_up_for_measuring_gets_no_hints(tmp_path: Path) -> None:
    found = machine(
        tmp_path,
        LAPTOP
        | {
            "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor": "performance",
            "sys/devices/system/cpu/cpu1/cpufreq/scaling_governor": "performance",
            "sys/devices/system/cpu/intel_pstate/no_turbo": "1",
            "sys/devices/system/cpu/smt/active": "0",
            "proc/sys/kernel/randomize_va_space": "0",
        },
    )
    assert (found["turbo"].value, found["hyper-threads"].value) == ("off", "off")
    assert not [each for each in found.values() if each.hint]


@pytest.mark.parametrize(
    ("files", "processors", "memory"),
    [
        ({"sys/fs/cgroup/user.slice/cpu.max": "150000 100000", "sys/fs/cgroup/memory.max": "2000000000"},
         "1.5 processors", "2.00 GB"),
        ({"proc/self/cgroup": "2:cpu,cpuacct:/job\n3:memory:/job\n", "sys/fs/cgroup/memory/job/memory.limit_in_bytes":
          "1000000000", "sys/fs/cgroup/cpu/job/cpu.cfs_quota_us": "50000",
          "sys/fs/cgroup/cpu/job/cpu.cfs_period_us": "100000"}, "0.5 processors", "1.00 GB"),
        ({"proc/self/cgroup": "3:memory:/\n", "sys/fs/cgroup/memory/memory.limit_in_bytes": str(2**63 - 4096)},
         None, "none"),
    ],
)  # fmt: skip
def test_the_tightest_limit_on_the_way_up_counts(
    files: dict[str, str], processors: str | None, memory: str, tmp_path: Path
) -> None:
    found = machine(tmp_path, LAPTOP | files)
    assert (found["limit on processor time"].value, found["limit on memory"].value) == (processors, memory)


@pytest.mark.parametrize(
    ("file", "text", "kind"),
    [
        (".dockerenv", "", "docker"),
        ("run/.containerenv", "", "podman"),
        ("proc/1/cgroup", "0::/kubepods/x", "kubepods"),
    ],
)
def test_a_container_is_named(file: str, text: str, kind: str, tmp_path: Path) -> None:
    assert machine(tmp_path, LAPTOP | {file: text})["container"].value == kind


def test_a_busy_virtual_machine_is_told_what_that_means(tmp_path: Path) -> None:
    busy = {"proc/loadavg": "99.0 9 9 1/1 1", "proc/cpuinfo": "flags\t: fpu hypervisor avx2\n"}
    found = machine(tmp_path, LAPTOP | busy)
    assert found["virtual machine"].value == "yes"
    assert found["load average"].hint
