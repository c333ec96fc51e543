"""Folders that hold more than a build wrote, and paths that lead elsewhere: everything of the user's survives."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path

from mkdocs.config.base import ValidationError

from advisor.documents import write_json
from advisor.report import mark
from advisor.report.plugin import AdvisorConfig
from tests.faults.place import Finding, Place, Told
from tests.report.html import EVIL_TITLE, what_runs
from tests.samples import sample_run

OUTPUTS = {
    "empty": "", "the root": "/", "the root, around a corner": "/tmp/..", "a drive": "C:\\site",
    "a name of 256 letters": "x" * 256, "a line feed": "a\nb", "a link to itself": "loop",
}  # fmt: skip
IN_A_SITE = ("", "/", "..", "../../../esc", "/etc", "C:\\x", "a\x00b", "x" * 256)
OWN = {".git/HEAD": "ref: refs/heads/pages", "CNAME": "example.org", ".nojekyll": "", "notes/today.md": "mine"}


def findings(cases: tuple[str, ...] = ()) -> Iterator[Finding]:
    """Build into, beside and over what is somebody's own; name places that are none."""
    for case in cases or tuple(_TRIES):
        with tempfile.TemporaryDirectory(prefix="faults-") as folder:
            place = Place(Path(folder))
            write_json(place.work / "run.json", sample_run())
            yield from _TRIES[case](place)


def _build(place: Place, *arguments: str, output: str = "public") -> Told:
    return place.run(
        "site", "build", "--run", "run.json", "--profile", "edge", "--output", output, *arguments
    )  # fmt: skip


def _short(told: Told, place: Place) -> str:
    return told.last.removeprefix("Error: ").replace(f"{place.work.resolve()}/", "")[:110]


def _refused(place: Place, told: Told, *says: str) -> list[str]:
    return place.amiss(told, 2) + [f"did not say {word!r}: {told.err[-300:]}" for word in says if word not in told.last]


def _outputs(place: Place) -> Iterator[Finding]:
    (place.work / "loop").symlink_to("loop")
    before = sorted(place.work.iterdir())
    for what, output in OUTPUTS.items():
        told = _build(place, output=output)
        amiss = _refused(place, told, "--output: ")
        amiss += [] if sorted(place.work.iterdir()) == before else ["wrote something"]
        yield Finding(f"--output that is no place: {what}", f"exit 2, '{_short(told, place)[:60]}'", tuple(amiss))


def _in_a_site(_: Place) -> Iterator[Finding]:
    for folder in IN_A_SITE:
        refused = False
        with contextlib.suppress(ValidationError):
            AdvisorConfig.folder.run_validation(folder)
            refused = True
        amiss = ("was taken",) if refused else ()
        shown = ascii(folder)[:30]
        yield Finding(f"the plugin's folder is {shown}", "the option is refused, before anything is written", amiss)


def _names(place: Place) -> Iterator[Finding]:
    journal = place.store.folder / "20261121-125118-aaaa.journal.jsonl"
    journal.parent.mkdir(parents=True)
    start = {"schema": "advisor.journal/1", "kind": "start", "value": {"id": "../../../escape"}}
    journal.write_text(json.dumps(start) + "\n")
    told = place.run(*place.probe("--resume"))
    amiss = place.amiss(told, 2) + [f"wrote {path}" for path in place.folder.rglob("escape*")]
    yield Finding("a journal whose id leads out of the store", f"exit 2, '{_short(told, place)}'", tuple(amiss))
    home = place.work / "mine" / "other"
    home.mkdir(parents=True)
    text = "id: other\ntitle: Other\nmodule: other\ndistribution: other\ninstall: none\n"
    kept = place.folder / "kept"
    kept.mkdir()
    for what, changed, command in (
        (
            "an environment", f"{text}environments: {{../../kept: {{recipes: [a], packages: [b], why: c}}}}\n",
            ["env", "remove", "../../kept", "--frameworks-folder", "mine"],
        ),
        ("a framework", text.replace("id: other", "id: ../../kept"), ["probe", "--frameworks-folder", "mine"]),
    ):  # fmt: skip
        (home / "framework.yaml").write_text(changed)
        told = place.run(*command)
        amiss = _refused(place, told, "framework.yaml:")
        amiss += [] if kept.is_dir() else ["a folder outside is gone"]
        happened = f"exit 2, '{_short(told, place)}'"
        yield Finding(f"{what} whose name leads out of its folder", happened, tuple(amiss))


def _own(place: Place) -> Iterator[Finding]:
    real = place.work / "real"
    for name, text in OWN.items():
        (real / name).parent.mkdir(parents=True, exist_ok=True)
        (real / name).write_text(text)
    real.chmod(0o700)
    (place.work / "public").symlink_to("real")
    amiss = place.amiss(_build(place), 0) + place.amiss(_build(place, output="public/laptop"), 0)
    pages = len(list(real.glob("*.html")))
    told = _build(place)
    amiss += place.amiss(told, 0)
    amiss += [f"{name} is gone" for name, text in OWN.items() if not _says(real / name, text)]
    yield Finding("a build into a repository, twice", ".git, CNAME, .nojekyll and notes are there", tuple(amiss))
    amiss = [] if len(list((real / "laptop").glob("*.html"))) == pages else ["the site in it is gone"]
    yield Finding("… with a site in its folder", "both are whole", tuple(amiss))
    amiss = [] if (place.work / "public").is_symlink() else ["the link is gone"]
    amiss += [] if real.stat().st_mode & 0o777 == 0o700 else [f"mode {real.stat().st_mode:o}"]
    yield Finding("… whose folder is a link to one of mode 0700", "the link leads there, and the mode is 0700",
                  tuple(amiss))  # fmt: skip
    (real / "method.html").write_text("by hand")
    told = _build(place)
    amiss = _refused(place, told, "method.html is not what a build wrote")
    amiss += [] if _says(real / "method.html", "by hand") else ["it is gone"]
    yield Finding("… with a page that was edited", f"exit 2, '{_short(told, place)}'", tuple(amiss))
    told = _build(place, "--clean")
    amiss = place.amiss(told, 0) + ([] if _says(real / ".git/HEAD", OWN[".git/HEAD"]) else ["the repository is gone"])
    amiss += [f"{name} is there" for name in ("CNAME", "laptop") if (real / name).exists()]
    yield Finding("… with --clean", "emptied but for the repository", tuple(amiss))
    for what, text in (("an older mark", "Written by advisor; the next build replaces this folder.\n"), ("a mark", "")):
        (real / mark.NAME).write_text(text)
        told = _build(place)
        amiss = _refused(place, told, "whose mark does not list its files")
        amiss += [] if "--clean" in told.err else ["does not say how to go on"]
        yield Finding(f"{what} that lists nothing", f"exit 2, '{_short(told, place)}'", tuple(amiss))
    (place.work / "thesis").mkdir()
    (place.work / "thesis" / "thesis.tex").write_text("years of work")
    told = _build(place, output="thesis")
    amiss = _refused(place, told, "such as thesis.tex")
    yield Finding("a build into a folder of somebody else's", f"exit 2, '{_short(told, place)}'", tuple(amiss))


def _markdown(place: Place) -> Iterator[Finding]:
    run = sample_run()
    evil = run.model_copy(update={"id": "evil", "host": run.host.model_copy(update={"cpu": EVIL_TITLE})})
    write_json(place.work / "evil.json", evil)
    command = ("--run", "evil.json", "--docs-only")
    amiss = place.amiss(_build(place, *command), 0)
    page, config = place.work / "public" / "docs" / "profile-edge.md", place.work / "public" / "mkdocs.yml"
    page.write_text("by hand")
    config.write_text(config.read_text() + "theme: readthedocs\n")
    told = _build(place, *command)
    amiss += place.amiss(told, 0) + ([] if "profile-edge.new.md" in told.err else ["does not say so"])
    amiss += [] if _says(page, "by hand") and "readthedocs" in config.read_text() else ["what was edited is gone"]
    yield Finding("--docs-only over edited pages", "they stay, the new ones are beside them, and it says so",
                  tuple(amiss))  # fmt: skip
    fronts = [each.read_text().partition("\n---\n")[0] for each in page.parent.glob("*.md")]
    amiss = [f"runs: {front}" for front in fronts if what_runs(front)] + (what_runs(config.read_text()) or [])
    yield Finding("… of a Run whose processor is a script", "titles and descriptions are text", tuple(amiss))


def _templates(place: Place) -> Iterator[Finding]:
    (place.work / "mine" / "site").mkdir(parents=True)
    (place.work / "mine" / "site" / "home.md.j2").write_bytes(b"Gr\xfc\xdfe")
    told = _build(place, "--templates", "mine")
    amiss = _refused(place, told, "home.md.j2: not UTF-8 text (byte 2)")
    yield Finding("a template in Latin-1", f"exit 2, '{_short(told, place)}'", tuple(amiss))


def _sweeps(place: Place) -> Iterator[Finding]:
    own = [place.temporary / name for name in ("advisor-page-notes-2026", "advisor-page-abcd1234")]
    own.append(place.work / ".answer.html.advisor-my_notes")
    for each in own:
        each.mkdir()
        (each / "thesis.tex").write_text("years of work")
    told = _build(place, "--single-file", output="answer.html")
    amiss = [each for each in place.amiss(told, 0) if not any(path.name in each for path in own)]
    amiss += [f"{path.name} is gone" for path in own if not (path / "thesis.tex").exists()]
    yield Finding("folders of the user's named as our temporary ones are", "they stay: they bear no mark", tuple(amiss))


def _ended(place: Place) -> Iterator[Finding]:
    amiss = place.amiss(_build(place), 0)
    before = _contents(place)
    for number, what in ((signal.SIGTERM, "SIGTERM"), (signal.SIGKILL, "kill -9")):
        process = place.start(["site", "build", "--run", "run.json", "--profile", "mobile", "--output", "public"])
        until = time.monotonic() + 240
        while not list(place.work.glob(".public.advisor-*")) and time.monotonic() < until:
            time.sleep(0.02)
        process.send_signal(number)
        told = place.ended(process)
        amiss += [] if told.code == -number else [f"exit code {told.code}"]
        amiss += [] if _contents(place) == before else ["the site is another"]
        if number == signal.SIGKILL:
            amiss += place.amiss(_build(place), 0)
        amiss += place.left()
        happened = "the old site stands, nothing is left" if number == signal.SIGTERM else "… and the next build sweeps"
        yield Finding(f"a build that is ended by {what}", happened, tuple(amiss))
        amiss = []


def _serving(place: Place) -> Iterator[Finding]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = place.start(["site", "serve", "--run", "run.json", "--profile", "edge", "--port", str(port)])
    until, policy = time.monotonic() + 240, None
    while policy is None and time.monotonic() < until:
        time.sleep(0.1)
        with contextlib.suppress(OSError):
            _, policy = _asked(port, f"localhost:{port}")
    told = _asked(port, "evil.example")
    amiss = [] if told[0] == 421 else [f"answered {told[0]}"]
    yield Finding("a served site, asked for under the name of another", "421, and nothing of it", tuple(amiss))
    amiss = [] if policy and "default-src 'none'" in policy else [f"sent {policy}"]
    process.terminate()
    ended = place.ended(process)
    amiss += [] if ended.code == -signal.SIGTERM else [f"exit code {ended.code}"]
    amiss += place.left()
    yield Finding("… asked for as it should be, and ended", "the strict policy is sent; nothing is left", tuple(amiss))


def _asked(port: int, host: str) -> tuple[int, str | None]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", "/index.html", headers={"Host": host})
        answer = connection.getresponse()
        return answer.status, answer.headers["Content-Security-Policy"]
    finally:
        connection.close()


def _says(file: Path, text: str) -> bool:
    return file.is_file() and file.read_text() == text


def _contents(place: Place) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (place.work / "public").glob("*") if path.is_file()}


_TRIES: dict[str, Callable[[Place], Iterator[Finding]]] = {
    "outputs": _outputs, "in-a-site": _in_a_site, "names": _names, "own": _own, "markdown": _markdown,
    "templates": _templates, "sweeps": _sweeps, "ended": _ended, "serving": _serving,
}  # fmt: skip
