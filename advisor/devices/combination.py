"""Several Runs of one question: what a device measured stands for what ships there, the rest comes from here.

A device proves nothing and knows no framework; a workstation is not the device. The two are of one question only where
they are of the same files: each artifact is known by its digest, which stands in the proofs of both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from advisor.errors import AdvisorError
from advisor.keys import CellKey
from advisor.measurement.run import Host, Observation, Run

DIGEST = "artifact_sha256"
_ROUTE = "route:"
# Of a route these are the same wherever they were obtained: a file, and what it answers.
OF_THE_FILE = (None, "artifact-size", "accuracy", "accuracy-loss")


def combined(runs: Sequence[Run]) -> Run:
    """Return one Run of a workstation's and a device's: what was measured of the routes is the device's.

    Parameters
    ----------
    runs : sequence of Run
        One alone is returned as it is. Else any number of a workstation, the first of which says what else is known,
        and one of a device, whose artifacts have the digests that one of the others proved.

    Raises
    ------
    AdvisorError
        Exit code 2 where there is no Run of a device, or several, or where its artifacts are others.
    """
    if len(runs) == 1 and runs[0].reported is None:
        return runs[0]
    told_of = [each for each in runs if each.reported is not None]
    if told_of:
        others = [each for each in runs if each.reported is None]
        if len(others) != 1 or others[0].exported is not None:
            raise AdvisorError(
                "--run: Runs that were reported need one Run beside them, of where their artifacts were proved",
                hint="--run HERE.json --run REPORTED.json",
            )
        from advisor.devices import tool_report  # no other question needs its formats

        return tool_report.combined(others[0], told_of)
    there = [each for each in runs if each.exported is not None]
    here = [each for each in runs if each.exported is None]
    if len(there) != 1 or not here:
        told = f"{len(there)} of {len(runs)} Runs are of a device"
        raise AdvisorError(
            f"--run: {told}: expected one of a device, and one or more of where its artifacts were exported",
            hint="advisor fleet gather   (for several devices)"
            if len(there) > 1
            else "--run HERE.json --run DEVICE.json",
        )
    device = there[0]
    _hold(device, here)
    base = here[0]
    stacks = {each.key.stack for each in device.observations}
    kept = [each for each in base.observations if each.route is None or not each.probe.startswith(_ROUTE)]
    # Of a route that the device had no artifact of, what was timed elsewhere says nothing of it; what its file is does.
    kept += [
        each for each in base.observations
        if each.route is not None and each.probe.startswith(_ROUTE)
        and each.key.stack not in stacks and each.metric in OF_THE_FILE
    ]  # fmt: skip
    frameworks = {**{name: found for each in reversed(here) for name, found in each.frameworks.items()}}
    observations = (*kept, *(each for each in device.observations if each.framework in frameworks))
    return device.model_copy(
        update={
            "frameworks": frameworks,
            "observations": observations,
            "skipped": (*base.skipped, *device.skipped),
            "aa_floor": base.aa_floor,
        }
    )


def _hold(device: Run, here: Sequence[Run]) -> None:
    """Raise AdvisorError unless every artifact that the device measured was proved under its digest here."""
    proved: dict[CellKey, set[object]] = {}
    for each in (each for run in here for each in _proofs(run)):
        proved.setdefault(each.key, set()).add((each.proof or {}).get(DIGEST))
    for each in _proofs(device):
        digest, known = (each.proof or {}).get(DIGEST), proved.get(each.key, set()) - {None}
        if digest in known:
            continue
        assert device.exported is not None
        what = f"{each.framework}→{each.route}, {each.parameters.get('precision')}"
        why = "is another file there" if known else "was not proved there under a digest"
        raise AdvisorError(
            f"--run: the device measured {what} as it was exported by the session {device.exported.run}; in "
            f"{', '.join(run.id for run in here)} it {why}",
            hint=f"--run .advisor/runs/{device.exported.run}.json   (beside the others: the Run of `advisor export`)",
        )


def _proofs(run: Run) -> Iterator[Observation]:
    return (
        each for each in run.observations
        if each.probe.startswith(_ROUTE) and each.metric is None and each.outcome == "proved"
    )  # fmt: skip


def called(host: Host) -> str:
    """Return what a machine is called in an answer: its label beside its processor, where somebody gave it one."""
    named = host.label and not host.label.startswith("host-")
    return f"{host.cpu} ({host.label})" if named else host.cpu


def where(run: Run) -> str | None:
    """Return where a device's Run was measured and exported, or who reported it; None for a Run of one machine."""
    if run.reported is not None:
        return (
            f"Times of what ships were reported by {run.reported.tool} of {run.host.cpu} ({run.reported.day}): "
            "no answer was checked there, and nobody watched the machine"
        )
    if run.exported is None:
        return None
    day = f"{run.exported.finished:%Y-%m-%d}"
    return f"Measured on {called(run.host)}, exported on {called(run.exported.host)} ({day})"
