"""What is read of a machine's set-up, on machines laid out as folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.measurement.machine_setup import Reading, readings

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
