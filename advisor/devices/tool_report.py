"""What other tools measured on a device, as a Run of its own: graded ``reported``, with device, date and tool.

Nobody watched the machine, nobody proved the answers: such a figure is of the file that its bringer says it is of, and
its interval is as wide as sessions of one machine differ.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from advisor.devices import report_format
from advisor.errors import AdvisorError
from advisor.keys import stack_id
from advisor.measurement.run import Framework, Host, Observation, Policy, Reported, Run
from advisor.measurement.timing import REPORTED, Summary
from advisor.resources import own_version

WIDTH = 0.10
"""Two sessions on one machine differ by as much, as a share of a call, in nineteen of twenty pairs of frameworks."""


@dataclass(frozen=True)
class Subject:
    """What a tool's figure is of, as the one says who brings it; what the file tells itself need not be said."""

    device: str
    day: date
    framework: str
    network: str
    precision: str
    runtime: str | None = None
    threads: int | None = None
    version: str | None = None


def read(path: Path, name: str, subject: Subject) -> Run:
    """Return a Run with what a tool's file says of one artifact on one device.

    Raises
    ------
    AdvisorError
        Exit code 2: with file:line for what the file lacks, with the option for what it does not tell.
    """
    known = report_format.load(name)
    found = report_format.read(path, known)
    if known.runtime and subject.runtime and subject.runtime != known.runtime:
        raise AdvisorError(f"--runtime: '{subject.runtime}', but {known.tool} runs {known.runtime}")
    runtime, threads = known.runtime or subject.runtime, found.threads or subject.threads
    if found.threads and subject.threads and found.threads != subject.threads:
        raise AdvisorError(f"--threads: {subject.threads}, but {path} says {found.threads}")
    for option, value in (("--runtime", runtime), ("--threads", threads)):
        if value is None:
            raise AdvisorError(f"{option}: {path} does not tell it: expected the option")
    assert runtime is not None
    assert threads is not None
    width = max(WIDTH * found.seconds, found.resolution)
    when = datetime.combine(subject.day, time(), UTC)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    version = found.version or subject.version
    tool = f"{known.tool} {version}" if version else known.tool
    timing = Observation(
        probe=f"route:{runtime}", framework=subject.framework, route=runtime, workload=subject.network,
        parameters={"precision": subject.precision, "batch": 1}, metric="latency", unit="s", outcome="measured",
        grade=REPORTED, message=f"reported by {tool} on {subject.device}, {subject.day}",
        summary=Summary(
            median=found.seconds, low=max(found.seconds - width, 0.05 * found.seconds), high=found.seconds + width,
            n=found.calls or 1,
        ),
    )  # fmt: skip
    return Run(
        id=f"reported-{subject.day:%Y%m%d}-{digest[:12]}", started=when, finished=when, mode="standard",
        advisor=own_version(), policy=Policy(threads=threads),
        host=Host(cpu=subject.device, cores=threads, memory_bytes=0, os="not told"),
        frameworks={subject.framework: Framework(title=subject.framework)}, observations=(timing,),
        reported=Reported(tool=tool, day=subject.day, file=path.name, sha256=digest),
    )  # fmt: skip


def combined(base: Run, reported: Sequence[Run]) -> Run:
    """Return a Run whose times of what ships are those that were reported of one device, and no others.

    A time that was taken elsewhere is of no use beside them: which of two runtimes is the faster one there, it does not
    tell. What a file is and answers is the same everywhere.

    Raises
    ------
    AdvisorError
        Exit code 2 where they are of several devices or numbers of threads, say one thing twice, or speak of an
        artifact that was not proved.
    """
    first = reported[0]
    for further in reported[1:]:
        for what, one, other in (
            ("device", first.host.cpu, further.host.cpu),
            ("number of threads", first.policy.threads, further.policy.threads),
        ):  # fmt: skip
            if one != other:
                raise AdvisorError(
                    f"--run: reported of more than one {what}: {one} ({first.id}), {other} ({further.id})"
                )
    proved = {
        _artifact(each)
        for each in base.observations
        if each.probe.startswith("route:") and each.metric is None and each.outcome == "proved"
    }
    found: dict[object, Observation] = {}
    for run in reported:
        for each in run.observations:
            artifact = _artifact(each)
            if artifact not in proved:
                raise AdvisorError(
                    f"--run: {run.id} is about {artifact}, which {base.id} did not prove: expected one of "
                    f"{', '.join(sorted(proved)) or 'none'}"
                )
            if each.key in found:
                raise AdvisorError(f"--run: {run.id} says again what another reported Run says of {artifact}")
            found[each.key] = each
    kept = [each for each in base.observations if not each.probe.startswith("route:") or each.unit != "s"]
    return base.model_copy(
        update={
            "host": first.host, "observations": (*kept, *found.values()),
            "reported": first.reported, "exported": None,
        }
    )  # fmt: skip


def _artifact(each: Observation) -> str:
    """Return what an observation of a route is of, in words: ``pytorch→litert cnn int8``."""
    return f"{stack_id(each.stack)} {each.workload} {each.parameters.get('precision')}"
