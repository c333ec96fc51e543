"""Every page in every combination: `python -m tests.browser.everything [--sample N] [--minutes M] [--only GLOB]`.

Each page of the site of the reference Run, with further Runs beside it, is shown under the strict policy at every
width, in both schemes, with scripts and without. Nothing may stand on the console (where a breach of the policy is
told), be asked for elsewhere, stick out of the screen, or be a barrier to axe; every link and anchor must lead
somewhere, and from the first page to every other. Prints what was found and a table by kind of page; exit 1 when
anything was found.

Light and dark differ in colors. Where not one box of a page lies elsewhere in the other scheme, which is looked at each
time, axe looks there at colors alone; everywhere else at everything. With ``--sample N`` only N pages of each kind.
"""

from __future__ import annotations

import argparse
import fnmatch
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from playwright.sync_api import Browser, Page

from tests.browser.screens import (
    COLORS,
    WIDTHS,
    Scheme,
    Watch,
    barriers,
    kind,
    load,
    opened,
    sampled,
    show,
    too_wide,
)
from tests.browser.serving import Servers, chromium, installed

REFERENCE = Path(__file__).parents[1] / "data" / "reference-run.json"
# With scripts and without, at every width, in light and dark.
SHOWN = 2 * len(WIDTHS) * 2
ASPECTS = ("console", "asked elsewhere", "too wide", "axe", "links")

_LINKS = """() => ({
  anchors: [...document.querySelectorAll('[id]')].map(each => each.id),
  links: [...document.querySelectorAll('[href]')]
    .map(each => new URL(each.getAttribute('href'), document.baseURI))
    .filter(each => each.origin === location.origin).map(each => each.pathname + each.hash),
})"""
# Where every box lies; kept in the page, and compared there with where it lies now.
_BOXES = """() => {
  const boxes = [...document.querySelectorAll('body *')].map(each => {
    const { x, y, width, height } = each.getBoundingClientRect();
    return [x, y, width, height, each.checkVisibility({ visibilityProperty: true })].join();
  }).join(' ');
  const same = boxes === window.boxesBefore;
  window.boxesBefore = boxes;
  return same;
}"""


@dataclass(frozen=True)
class Found:
    """Something that should not be, and where it was seen."""

    page: str
    where: str
    aspect: str
    what: str

    def __str__(self) -> str:
        return f"{self.page}, {self.where}: {self.aspect}: {self.what}"


@dataclass
class Links:
    """What leads where: the anchors and the links of every page, as a browser sees them."""

    folder: Path
    anchors: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    links: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def read(self, page: Page, name: str) -> None:
        """Add those of the open page."""
        told: dict[str, list[str]] = page.evaluate(_LINKS)
        self.anchors[name].update(told["anchors"])
        self.links[name].update(told["links"])

    def broken(self) -> Iterator[Found]:
        """Yield the links that lead nowhere; an anchor of a page that was not looked at counts as there."""
        for name, links in sorted(self.links.items()):
            for link in sorted(links):
                path, fragment = unquote(urlsplit(link).path).lstrip("/"), unquote(urlsplit(link).fragment)
                if not (self.folder / path).is_file():
                    yield Found(name, "a link", "links", f"{link}: no such file")
                elif fragment and path in self.anchors and fragment not in self.anchors[path]:
                    yield Found(name, "a link", "links", f"{link}: no such anchor")

    def unreached(self) -> Iterator[Found]:
        """Yield the pages that no way from the first one leads to, when every page was looked at."""
        reached, ahead = set(), ["index.html"]
        while ahead:
            name = ahead.pop()
            if name not in reached:
                reached.add(name)
                ahead += [unquote(urlsplit(link).path).lstrip("/") for link in self.links.get(name, ())]
        for name in sorted(set(self.links) - reached):
            yield Found(name, "the site", "links", "no way from the first page leads here")


def look(browser: Browser, home: str, pages: Sequence[str], links: Links) -> Iterator[tuple[str, list[Found]]]:
    """Show every page in every combination; yield its name and what was found."""
    with opened(browser, WIDTHS[0]) as watch:
        watch.page.set_default_timeout(120_000)
        control = watch.page.context.new_cdp_session(watch.page)
        for number, name in enumerate(pages):
            found: list[Found] = []
            for turn, (script, width) in enumerate(product((True, False), WIDTHS)):
                # Half of the time it is loaded in the dark and turned to the light, half the other way round.
                first: Scheme = "light" if (number + turn) % 2 else "dark"
                second: Scheme = "dark" if first == "light" else "light"
                how = "scripts" if script else "no scripts"
                watch.forget()
                show(watch.page, width, first)
                load(watch.page, f"{home}/{name}", control, script=script)
                links.read(watch.page, name)
                found += [Found(name, f"{width} px, {first}, {how}", *each) for each in seen(watch, home)]
                show(watch.page, width, second)
                rules = COLORS if watch.page.evaluate(_BOXES) else ()
                found += [Found(name, f"{width} px, {second}, {how}", *each) for each in seen(watch, home, rules)]
            yield name, found


def seen(watch: Watch, home: str, rules: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Return what is amiss on the open page: aspect and words."""
    found = [("too wide", each) for each in too_wide(watch.page)]
    found += [("axe", each) for each in barriers(watch.page, *rules)]
    # Axe has opened every block of details: what was hidden in them must fit, too.
    found += [("too wide", f"in an open block: {each}") for each in too_wide(watch.page) if not found]
    watch.page.evaluate(_BOXES)
    found += [("console", each) for each in watch.problems]
    found += [("asked elsewhere", each) for each in watch.requests if not each.startswith((home, "data:"))]
    watch.forget()
    return found


def built(folder: Path) -> Path:
    """Build the site of the reference Run for every shipped profile, with invented further Runs beside it."""
    from advisor import api
    from tests.report.conftest import other_runs

    run = api.load_run(REFERENCE)
    return api.build_site(run, folder / "site", all_profiles=True, articles=True, others=other_runs(run)).parent


def table(rows: dict[str, dict[str, Any]]) -> Iterator[str]:
    """Yield the lines of a table: one per kind of page, with how much was looked at and how much was found."""
    yield f"{'kind':<14}{'pages':>7}{'shown':>7}" + "".join(f"{each:>17}" for each in ASPECTS) + f"{'seconds':>9}"
    for name, row in rows.items():
        counts = "".join(f"{row[each]:>17,}" for each in ASPECTS)
        yield f"{name:<14}{row['pages']:>7,}{row['shown']:>7,}{counts}{row['seconds']:>9,.0f}"


def main() -> None:
    """Look at everything, and tell what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=int, metavar="N", help="only N pages of each kind")
    parser.add_argument("--minutes", type=float, metavar="M", help="stop after so long, all kinds looked at alike")
    parser.add_argument("--site", type=Path, metavar="FOLDER", help="a built site; default: that of the reference Run")
    parser.add_argument("--only", default="*", metavar="GLOB", help="only pages with such names, such as 'criterion-*'")
    arguments = parser.parse_args()
    path = installed()
    if path is None:
        raise SystemExit("no Chromium on this machine: install one, or name it in CHROMIUM")
    servers = Servers()
    with tempfile.TemporaryDirectory(prefix="advisor-everything-") as temporary, chromium(path) as browser:
        folder = arguments.site or built(Path(temporary))
        there = [page.name for page in sorted(folder.glob("*.html")) if fnmatch.fnmatch(page.stem, arguments.only)]
        pages, links = sampled(there, arguments.sample), Links(folder)
        rows: dict[str, dict[str, Any]] = {}
        everything: list[Found] = []
        began = last = time.monotonic()
        for name, found in look(browser, servers(folder), pages, links):
            blank = {"pages": 0, "shown": 0, "seconds": 0.0} | dict.fromkeys(ASPECTS, 0)
            row = rows.setdefault(kind(Path(name).stem), blank)
            row["pages"] += 1
            row["shown"] += SHOWN
            now = time.monotonic()
            row["seconds"], last = row["seconds"] + now - last, now
            _tell(rows, everything, found)
            if arguments.minutes is not None and now - began > 60 * arguments.minutes:
                sys.stdout.write(f"Stopped: {arguments.minutes} minutes are over.\n")
                break
        _tell(rows, everything, links.broken())
        if set(links.links) == {page.name for page in folder.glob("*.html")}:
            _tell(rows, everything, links.unreached())
    servers.close()
    looked_at = sum(row["pages"] for row in rows.values())
    sys.stdout.write("\n".join(table(rows)) + "\n")
    minutes = (time.monotonic() - began) / 60
    amiss = f"{len(everything):,} amiss"
    sys.stdout.write(f"{looked_at:,} pages, shown {looked_at * SHOWN:,} times: {amiss}; {minutes:.0f} minutes.\n")
    raise SystemExit(1 if everything or looked_at < max(1, len(pages)) else 0)


def _tell(rows: dict[str, dict[str, Any]], everything: list[Found], found: Iterable[Found]) -> None:
    for each in found:
        everything.append(each)
        rows[kind(Path(each.page).stem)][each.aspect] += 1
        sys.stdout.write(f"{each}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
