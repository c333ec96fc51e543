"""The pictures of README and documentation: `python -m tests.browser.screenshots [RUN] [--output FOLDER]`.

Builds the site of a Run, by default the committed reference Run, and takes the top of two of its pages as a screen of
1200 pixels shows it, in light colors: as much of it as fits into 150 kB, for everybody who clones the project loads it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from advisor import api
from tests.browser.serving import Servers, chromium, installed

ROOT = Path(__file__).resolve().parents[2]
RUN = ROOT / "tests" / "data" / "reference-run.json"
PICTURES = ROOT / "site" / "pictures"
WIDTH, MOST = 1200, 150_000
# Each picture's page, and how much of it is shown at most, in pixels; what is too heavy is cut by so much at a time.
PAGES = {"home": ("index.html", 900), "edge": ("profile-edge.html", 1000)}
STEP = 40


def taken(site: Path, path: str) -> dict[str, bytes]:
    """Return each picture of the site in the folder `site`, as PNG, taken by the Chromium at `path`."""
    servers, found = Servers(), {}
    try:
        address = servers(site)
        with chromium(path) as browser:
            page = browser.new_page(color_scheme="light", reduced_motion="reduce")
            for name, (file, height) in PAGES.items():
                page.set_viewport_size({"width": WIDTH, "height": height})
                page.goto(f"{address}/{file}")
                tries = (
                    page.screenshot(clip={"x": 0, "y": 0, "width": WIDTH, "height": most})
                    for most in range(height, 0, -STEP)
                )
                found[name] = next(picture for picture in tries if len(picture) <= MOST)
    finally:
        servers.close()
    return found


def main() -> None:
    """Take the pictures and write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", nargs="?", type=Path, default=RUN)
    parser.add_argument("--output", type=Path, default=PICTURES)
    given = parser.parse_args()
    path = installed()
    if path is None:
        raise SystemExit("no Chromium on this machine: install one, or name it in CHROMIUM")
    with tempfile.TemporaryDirectory() as folder:
        index = api.build_site(api.load_run(given.run), Path(folder), all_profiles=True)
        found = taken(index.parent, path)
    given.output.mkdir(parents=True, exist_ok=True)
    for name, picture in found.items():
        file = given.output / f"{name}.png"
        file.write_bytes(picture)
        sys.stdout.write(f"{file}: {len(picture) / 1e3:.0f} kB\n")


if __name__ == "__main__":
    main()
