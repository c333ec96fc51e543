"""Odd places to work in: no network, no terminal, no home, another encoding, odd names, two sessions, wild clocks."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from advisor.documents import write_json
from advisor.measurement.run import Run
from tests.faults.place import Finding, Place
from tests.samples import sample_run

ODD = "a folder, ünïcode & 🔥 (1)"
C_LOCALE = {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
LATIN = {"LANG": "en_US.ISO-8859-1", "LC_ALL": "en_US.ISO-8859-1", "PYTHONIOENCODING": "latin-1:strict"}


def findings(cases: tuple[str, ...] = ()) -> Iterator[Finding]:
    """Measure, decide and build where something that is usually there is not."""
    for case in cases or tuple(_TRIES):
        with tempfile.TemporaryDirectory(prefix="faults-") as folder:
            yield from _TRIES[case](Path(folder))


def _measured(place: Place, what: str, happened: str, **how: object) -> Finding:
    told = place.run(*place.probe(), **how)  # type: ignore[arg-type]
    amiss = place.amiss(told, 0)
    runs = list(place.store.runs())
    if len(runs) != 1 or not _latencies(runs[0]):
        amiss.append(f"{len(runs)} Runs with a figure")
    return Finding(what, happened, tuple(amiss))


def _latencies(run: Run) -> bool:
    found = [each.outcome for each in run.observations if each.metric == "latency"]
    return bool(found) and set(found) == {"measured"}


def shown(place: Place, what: str, happened: str, **how: object) -> Finding:
    """Decide on a Run and build a site of it."""
    run = place.work / "run.json"
    write_json(run, sample_run())
    amiss: list[str] = []
    for command in (
        ["recommend", "--run", str(run), "--no-site"],
        ["site", "build", "--run", "run.json", "--profile", "edge", "--output", "site"],
    ):
        told = place.run(*command, **how)  # type: ignore[arg-type]
        amiss += place.amiss(told, 0)
        if not told.out.strip():
            amiss.append(f"{command[0]} said nothing")
    return Finding(what, happened, tuple(amiss))


def _network(folder: Path) -> Iterator[Finding]:
    place = Place(folder)
    yield _measured(
        place, "any attempt at a connection ends the program, while measuring", "none is made", faults=["offline"]
    )
    yield shown(Place(folder / "2"), "… while deciding and building a site", "none is made", faults=["offline"])
    unshare = ["unshare", "--net", "--map-root-user"]
    if subprocess.run([*unshare, "true"], capture_output=True, check=False).returncode:
        yield Finding("no network device at all", "not tried: this user may not take it away")
    else:
        yield _measured(Place(folder / "3"), "no network device at all", "measures as ever", before=unshare)


def _home(folder: Path) -> Iterator[Finding]:
    # Without ADVISOR_CACHE, so that what is remembered of a host would have to go into the home that is not there.
    place = Place(folder, HOME=None, ADVISOR_CACHE=None, XDG_CACHE_HOME=str(folder / "cache"))
    yield _measured(place, "no HOME", "measures as ever")
    gone = Place(folder / "2", HOME="/nowhere/at/all", ADVISOR_CACHE="/dev/null/cache")
    yield _measured(gone, "a HOME and a cache that cannot be made", "measures, and remembers nothing of the host")


def _terminal(folder: Path) -> Iterator[Finding]:
    place = Place(folder, TERM="dumb", NO_COLOR="1")
    told = place.run(*place.probe())
    amiss = place.amiss(told, 0) + (["moved the cursor"] if "\x1b" in told.out + told.err else [])
    yield Finding("no terminal", "measures; plain lines, no escape sequences", tuple(amiss))
    run = place.work / "run.json"
    write_json(run, sample_run())
    process = place.start(["recommend", "--run", str(run), "--no-site"])
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    told = place.ended(process)
    yield Finding("whoever reads our output goes away", "ends quietly", tuple(place.amiss(told, 0)))


def _encoding(folder: Path) -> Iterator[Finding]:
    yield shown(Place(folder, **C_LOCALE), "LC_ALL=C and PYTHONUTF8=0: decide, build", "as ever, in ASCII")
    yield shown(Place(folder / "2", **LATIN), "output in Latin-1: decide, build", "what it lacks is replaced")
    yield _measured(Place(folder / "3", **C_LOCALE), "LC_ALL=C and PYTHONUTF8=0: measure", "as ever")


def _names(folder: Path) -> Iterator[Finding]:
    yield _measured(Place(folder / ODD), f"a path such as '{ODD}': measure", "as ever")
    yield shown(Place(folder / f"{ODD}2"), "… decide and build a site", "as ever")
    both = Place(folder / f"{ODD}3", **C_LOCALE)
    yield shown(both, "… with LC_ALL=C and PYTHONUTF8=0", "as ever")


def _two_at_once(folder: Path) -> Iterator[Finding]:
    place = Place(folder)
    first = place.start(place.probe())
    time.sleep(0.3)
    second = place.start(place.probe())
    tales = [place.ended(each) for each in (first, second)]
    amiss = [text for told in tales for text in place.amiss(told, 0)]
    runs = sorted(place.store.runs(), key=lambda run: run.started)
    if len(runs) != 2 or not all(map(_latencies, runs)):
        amiss.append(f"{len(runs)} Runs with figures")
    elif runs[0].finished > runs[1].started:
        amiss.append("they measured at the same time")
    waited = any("another advisor session is measuring" in told.err for told in tales)
    amiss += [] if waited else ["nobody said that it waits"]
    yield Finding("two sessions at once", "the second says that it waits, and measures when the first has ended",
                  tuple(amiss))  # fmt: skip


def _clock(folder: Path) -> Iterator[Finding]:
    back, ahead = Place(folder), Place(folder / "2")
    yield _measured(back, "the clock goes back a day at every look", "measures; no length of time rests on it",
                    faults=["clock-back"])  # fmt: skip
    yield _measured(ahead, "the clock goes ahead a month at every look", "measures", faults=["clock-ahead"])
    amiss = [f"{place.folder.name} took {run.spent}" for place in (back, ahead) for run in place.store.runs()
             if run.spent is None or not 0 < run.spent.total < 3600]  # fmt: skip
    future = ahead.store.reusable()
    amiss += ["a Run from the future was used again"] if future is not None else []
    yield Finding("… afterwards", "how long it took is right; a Run from the future is not used again", tuple(amiss))


_TRIES: dict[str, Callable[[Path], Iterator[Finding]]] = {
    "network": _network, "home": _home, "terminal": _terminal, "encoding": _encoding, "names": _names,
    "two": _two_at_once, "clock": _clock,
}  # fmt: skip
