"""A fleet: one bundle on many devices, one session on each at a time; Runs stay there until they are gathered.

A device's session needs nobody: what starts it may be killed, or the link lost, and the next call finds it, or its Run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from advisor.devices import link, manifest, remote
from advisor.devices.manifest import Manifest
from advisor.documents import read_text
from advisor.errors import AdvisorError
from advisor.measurement import identity
from advisor.measurement.run import Run, save_run
from advisor.measurement.timing import BOUNDED

MOST_AT_ONCE = 32


@dataclass(frozen=True)
class Host:
    """A device of a fleet: how ssh reaches it, and what it is called in its Run and in the name of its file."""

    address: str
    label: str


@dataclass(frozen=True)
class Outcome:
    """What became of one device: its Run's file, or why there is none."""

    host: Host
    file: Path | None = None
    run: Run | None = None
    why: str | None = None


def hosts(path: Path) -> list[Host]:
    """Read a list of devices: a line each, ``user@host``, and a label after it where it is to be called otherwise.

    Raises
    ------
    AdvisorError
        With file:line for what is no device, and for what stands twice: one session is made on each.
    """
    found: list[Host] = []
    for number, line in enumerate(read_text(path, "list of hosts").splitlines(), start=1):
        words = line.partition("#")[0].split(maxsplit=1)
        if not words:
            continue
        address = words[0]
        label = (words[1] if len(words) > 1 else address.rpartition("@")[2]).strip()
        try:
            identity.checked(label)
        except AdvisorError as error:
            raise AdvisorError(f"{path}:{number}: {error.message.removeprefix('--label: ')}") from None
        twice = next((each for each in found if address == each.address or label == each.label), None)
        if address.startswith("-") or twice is not None:
            why = "is no name of a device: expected user@host" if twice is None else f"stands twice, as {twice.address}"
            raise AdvisorError(f"{path}:{number}: '{address}' {why}")
        found.append(Host(address, label))
    if not found:
        raise AdvisorError(f"{path}: no device is named: expected a line for each, user@host")
    return found


def measure(
    fleet: Sequence[Host], bundle: Path, options: Sequence[str], *, tell: Callable[[str], None],
    ssh: Sequence[str] = (), python: str = "python3", folder: str = f"~/{remote.FOLDER}",
) -> list[Outcome]:  # fmt: skip
    """Begin a session on every device, and return when they have begun; one that runs already is left alone."""

    def begin(device: remote.Device, host: Host) -> Outcome:
        place = device.place()
        device.push(place, tell)
        found = device.check(place)
        if found["problems"]:
            return Outcome(host, why="; ".join(found["problems"]))
        told = device.start(place, [*options, "--label", host.label])
        tell(f"{host.label}: {told['state']}")
        return Outcome(host)

    return _each(fleet, bundle, begin, ssh, python, folder)


def gather(
    fleet: Sequence[Host], bundle: Path, output: Path, *, wait: bool, patience: float, tell: Callable[[str], None],
    ssh: Sequence[str] = (), python: str = "python3", folder: str = f"~/{remote.FOLDER}",
) -> list[Outcome]:  # fmt: skip
    """Fetch the Run of every device into a folder, ``LABEL.json``; it also stays where it is.

    Parameters
    ----------
    wait : bool
        Whether a session that still runs is waited for.
    """

    def fetch(device: remote.Device, host: Host) -> Outcome:
        place = device.place()
        if not wait and device.state(place) == "running":
            return Outcome(host, why="its session still runs")
        if wait:
            device.follow(place, lambda _: None, patience=patience)
        run, file = device.fetch(place), output / f"{host.label}.json"
        save_run(run, file)
        tell(f"{host.label}: {file}")
        return Outcome(host, file, run)

    return _each(fleet, bundle, fetch, ssh, python, folder)


def _each(
    fleet: Sequence[Host], bundle: Path, do: Callable[[remote.Device, Host], Outcome], ssh: Sequence[str], python: str,
    folder: str,
) -> list[Outcome]:  # fmt: skip
    """Do something with every device, many at once; what fails on one costs that one."""
    told = manifest.read(bundle)
    manifest.hold(bundle, told)

    def one(host: Host) -> Outcome:
        try:
            with link.opened(host.address, ssh) as found:
                return do(_device(found, bundle, told, python, folder), host)
        except AdvisorError as error:
            return Outcome(host, why=error.message)

    with ThreadPoolExecutor(max_workers=min(MOST_AT_ONCE, len(fleet))) as pool:
        return list(pool.map(one, fleet))


def _device(found: link.Link, bundle: Path, told: Manifest, python: str, folder: str) -> remote.Device:
    return remote.Device(found, bundle.resolve(), told, python, folder)


def differences(runs: Mapping[str, Run]) -> list[str]:
    """Return what differs between the devices of a fleet, most of them first, in a line for each thing."""
    found = []
    for what, of in (
        ("processor", lambda run: run.host.cpu),
        ("architecture", lambda run: run.host.architecture),
        ("system", lambda run: run.host.os),
        ("number of threads", lambda run: str(run.policy.threads)),
    ):
        found += _apart(what, {label: of(run) for label, run in runs.items()})
    versions: dict[str, dict[str, str]] = {}
    for label, run in runs.items():
        for framework in run.frameworks.values():
            for name, version in framework.packages.items():
                versions.setdefault(name, {})[label] = version
    for name, by in sorted(versions.items()):
        found += _apart(f"version of {name}", {label: by.get(label, "missing") for label in runs})
    return found


def _apart(what: str, values: Mapping[str, str]) -> list[str]:
    counts = Counter(values.values())
    if len(counts) < 2:
        return []
    told = []
    for value, count in counts.most_common():
        labels = [label for label, each in values.items() if each == value]
        told.append(f"{value} on {count} ({', '.join(labels[:3])}{' …' if count > 3 else ''})")
    return [f"{what}: {'; '.join(told)}"]


def orders(runs: Mapping[str, Run]) -> list[str]:
    """Return on how many devices a stack comes first by its estimate of a call, and on which that one is slowest.

    What others disturbed so much that it is only bounded is not counted.
    """
    lines = []
    cells: dict[tuple[str, str], dict[str, dict[str, float]]] = {}
    for label, run in runs.items():
        for each in run.observations:
            timed = each.metric == "latency" and each.outcome == "measured" and each.grade != BOUNDED
            if timed and each.route and each.summary:
                cell = (str(each.workload), str(each.parameters.get("precision")))
                cells.setdefault(cell, {}).setdefault(label, {})[f"{each.framework}→{each.route}"] = each.summary.median
    for (network, precision), by in sorted(cells.items()):
        first = Counter(min(figures, key=lambda stack: figures[stack]) for figures in by.values())
        stack, count = first.most_common(1)[0]
        reached = {label: figures[stack] for label, figures in by.items() if stack in figures}
        worst = max(reached, key=lambda label: reached[label])
        others = ", ".join(f"{name} on {times}" for name, times in first.most_common()[1:])
        lines.append(
            f"{network}, {precision}: {stack} has the shortest estimate of a call on {count} of {len(by)} devices"
            f"{f' ({others})' if others else ''}; its slowest device is {worst}, {reached[worst] * 1e3:.3g} ms"
        )
    return lines
