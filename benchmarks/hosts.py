"""The plugin as a guest: other projects' kinds of MkDocs sites, built strictly without it and with it.

`python -m benchmarks.hosts [--python PATH] [--only NAME] [--keep FOLDER]` makes an environment with the plugins and
themes that these sites use (`--python` names one that has them, and advisor), builds each site twice, and looks at what
was built. Bars: both builds succeed under `strict`; our pages are in the menu, or where the site's own rules put them;
what the site's search knows of its own pages is the same as before, and nothing of ours is in it; its own pages say
what they said; no page asks another server for anything new; every link of our pages leads to a file that is there.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from advisor.measurement.run import save_run
from benchmarks.tables import Result, show
from tests.samples import sample_run

PACKAGES = (
    "mkdocs-material", "mkdocs-awesome-pages-plugin", "mkdocs-awesome-nav", "mkdocs-literate-nav", "mkdocs-static-i18n",
    "mkdocs-jupyter", "mkdocs-macros-plugin", "mike", "properdocs", "mkdocs-monorepo-plugin", "mkdocs-section-index",
    "mkdocs-redirects", "mkdocs-minify-plugin",
)  # fmt: skip
PLUGIN = "  - advisor:\n      run: run.json\n      profiles: [edge]\n"
OWN_NAV = "      own_nav: true\n"
PAGES = {
    "docs/index.md": "# Our platform\n\nWhat we run. See the [guide](guide/serving.md).\n",
    "docs/guide/serving.md": "# Serving\n\nHow serving works here.\n",
    "docs/guide/training.md": "# Training\n\nHow training works here.\n",
}
NOTEBOOK = {
    "cells": [{"cell_type": "markdown", "id": "a", "metadata": {}, "source": ["# A notebook\n", "\n", "Of ours."]}],
    "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5,
}  # fmt: skip
MATERIAL = """\
theme: {name: material, font: false, features: [navigation.instant, navigation.tabs]}
use_directory_urls: false
"""


@dataclass(frozen=True)
class Host:
    """A site: its configuration without plugins, its plugins, and what else lies in its folder."""

    config: str
    plugins: str = "  - search\n"
    files: Mapping[str, str] = field(default_factory=dict)
    engine: str = "mkdocs"
    # Further options of ours.
    options: str = ""
    # Where its pages lie.
    docs: str = "docs"
    # A page of its own in our folder, which stays as it is.
    own: str | None = None


HOSTS: dict[str, Host] = {
    "material": Host(
        MATERIAL, "  - search\n  - tags\n", {"docs/tags.md": "---\ntags: [serving]\n---\n# Tags\n\nAll of them.\n"}
    ),
    "awesome-pages": Host(
        "theme: mkdocs\n", "  - search\n  - awesome-pages\n",
        {"docs/.pages": "nav:\n  - index.md\n  - advisor\n  - guide\n",
         "docs/guide/.pages": "nav:\n  - training.md\n  - deep\n  - ...\n", "docs/guide/deep/more.md": "# More\n"},
        options=OWN_NAV,
    ),
    "awesome-pages, order: desc": Host(
        "theme: mkdocs\n", "  - search\n  - awesome-pages\n", {"docs/.pages": "order: desc\n"}
    ),
    "awesome-nav": Host(
        "theme: {name: material, font: false}\n", "  - search\n  - awesome-nav\n",
        {"docs/.nav.yml": "nav:\n  - index.md\n  - guide\n"},
    ),
    "awesome-nav, naming our folder": Host(
        "theme: {name: material, font: false}\n", "  - search\n  - awesome-nav\n",
        {"docs/.nav.yml": "nav:\n  - index.md\n  - advisor\n  - guide\n"}, options=OWN_NAV,
    ),
    "literate-nav": Host(
        "theme: mkdocs\n", "  - search\n  - literate-nav:\n      nav_file: SUMMARY.md\n",
        {"docs/SUMMARY.md": "* [Home](index.md)\n* [Guide](guide/)\n"},
    ),
    "static-i18n": Host(
        "theme: {name: material, font: false}\n",
        "  - search\n  - i18n:\n      docs_structure: suffix\n      languages:\n"
        "        - {locale: en, name: English, default: true, build: true}\n"
        "        - {locale: de, name: Deutsch, build: true}\n",
        {"docs/index.de.md": "# Unsere Plattform\n"},
    ),
    "mkdocs-jupyter": Host(
        "theme: {name: material, font: false}\n", "  - search\n  - mkdocs-jupyter\n",
        {"docs/notebook.ipynb": json.dumps(NOTEBOOK)},
    ),
    "own nav, macros, hooks, a page of ours": Host(
        "theme: mkdocs\nhooks: [hooks.py]\nnav:\n  - Home: index.md\n  - Guide: [guide/serving.md, guide/training.md]\n"
        "  - Advice: advisor/index.md\n",
        "  - search\n  - macros\n",
        {"hooks.py": "def on_page_markdown(markdown, **_):\n    return markdown + '\\n\\nFrom a hook.\\n'\n",
         "docs/advisor/index.md": "# Our own advice\n\nAsk the platform team, all {{ 3 + 4 }} of us.\n"},
        own="advisor/index.md",
    ),
    "readthedocs": Host("theme: readthedocs\n"),
    # Where ProperDocs is installed mike builds with it, which has no readthedocs.
    "mike": Host("theme: {name: material, font: false}\n", "  - search\n  - mike\n", engine="mike"),
    "blog": Host(
        "theme: {name: material, font: false}\n", "  - search\n  - blog:\n      post_url_format: '{slug}'\n",
        {"docs/blog/index.md": "# Blog\n",
         "docs/blog/posts/one.md": "---\ndate: 2026-01-02\n---\n# We began\n\nOf serving.\n"},
    ),
    "monorepo": Host(
        "theme: mkdocs\nnav:\n  - Home: index.md\n  - Guide: guide/serving.md\n  - More: guide/training.md\n"
        "  - Team: '!include ./team/mkdocs.yml'\n",
        "  - search\n  - monorepo\n",
        {"team/mkdocs.yml": "site_name: team\nnav:\n  - Team: index.md\n", "team/docs/index.md": "# The team\n"},
    ),
    "a theme of its own, docs in a folder of a folder": Host(
        "docs_dir: handbook/pages\nedit_uri: ''\ntheme: {name: null, custom_dir: look}\nnav:\n  - Home: index.md\n"
        "  - Guide: [guide/serving.md, guide/training.md]\n",
        "  - search\n",
        {"look/main.html": "<!doctype html><html><head><title>{{ config.site_name }}</title>{% for each in "
         "config.extra_css %}<link rel=stylesheet href=\"{{ each | url }}\">{% endfor %}</head><body><nav>"
         "{% macro menu(items) %}{% for each in items %}{% if each.children %}{{ menu(each.children) }}{% else %}"
         "<a href=\"{{ each.url | url }}\">{{ each.title }}</a>{% endif %}{% endfor %}{% endmacro %}{{ menu(nav) }}"
         "</nav>{{ page.content }}</body></html>\n"},
        docs="handbook/pages",
    ),
    "sections, redirects, minified": Host(
        "theme: {name: material, font: false, features: [navigation.indexes]}\n",
        "  - search\n  - section-index\n  - redirects:\n      redirect_maps:\n        old.md: guide/serving.md\n"
        "  - minify:\n      minify_html: true\n",
    ),
    "ProperDocs": Host(MATERIAL, "  - search\n  - tags\n", {"docs/tags.md": "# Tags\n"}, engine="properdocs"),
}  # fmt: skip


@dataclass(frozen=True)
class Built:
    """What a build left: its folder, how long it took, and what it said where it failed."""

    folder: Path
    seconds: float
    failed: str = ""


class _Addresses(HTMLParser):
    """Gathers what a page leads to, what it loads, and its words outside menus."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))
        self.loads += [str(given[name]) for name in ("src", "href") if tag != "a" and given.get(name)]


def read(page: Path) -> _Addresses:
    """Return the addresses of a page."""
    reader = _Addresses()
    reader.feed(page.read_text(encoding="utf-8"))
    reader.close()
    return reader


def environment(folder: Path) -> Path:
    """Make an environment with advisor and everything that these sites use; return its Python."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = folder / "bin" / "python"
    here = Path(__file__).parents[1]
    subprocess.run([str(python), "-m", "pip", "install", "-q", "-e", str(here), *PACKAGES], check=True)
    return python


def build(host: Host, folder: Path, python: Path, *, plugin: bool) -> Built:
    """Write a site into `folder` and build it strictly."""
    for name, text in {**PAGES, **host.files}.items():
        name = host.docs + name.removeprefix("docs") if name.startswith("docs/") else name
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    if not plugin:
        # Without the pages there is no folder of them to name.
        for menu in (folder / "docs" / ".pages", folder / "docs" / ".nav.yml"):
            if menu.is_file():
                lines = menu.read_text(encoding="utf-8").splitlines(keepends=True)
                menu.write_text("".join(line for line in lines if "advisor" not in line), encoding="utf-8")
    save_run(sample_run(), folder / "run.json")
    config = f"site_name: Our platform\nsite_url: https://example.org/\nstrict: true\n{host.config}"
    plugins = f"plugins:\n{host.plugins}{PLUGIN + host.options if plugin else ''}"
    (folder / "mkdocs.yml").write_text(config + plugins, encoding="utf-8")
    start = time.monotonic()
    for command in _commands(host, python):
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=_surroundings(python))
        if done.returncode:
            return Built(folder, time.monotonic() - start, (done.stderr or done.stdout)[-1500:])
    return Built(folder / ("versions" if host.engine == "mike" else "site"), time.monotonic() - start)


def _commands(host: Host, python: Path) -> list[list[str]]:
    if host.engine != "mike":
        return [[str(python), "-m", host.engine, "build", "--strict", "-d", "site"]]
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org"]
    return [
        [*git, "init", "-q", "-b", "main"], [*git, "add", "."], [*git, "commit", "-q", "-m", "docs"],
        *([str(python.with_name("mike")), "deploy", version] for version in ("1.0", "2.0")),
        ["git", "worktree", "add", "-q", "versions", "gh-pages"],
    ]  # fmt: skip


def _surroundings(python: Path) -> dict[str, str]:
    git = {f"GIT_{who}_{what}": "x@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    return {**os.environ, **git, "PATH": f"{python.parent}:{os.environ['PATH']}", "NO_MKDOCS_2_WARNING": "1"}


def look(host: Host, without: Built, there: Built) -> Iterator[str]:
    """Yield what is amiss in the site with the plugin."""
    for name, each in (("without", without), ("with", there)):
        if each.failed:
            yield f"the build {name} the plugin fails: {each.failed}"
            return
    before, after = (each.folder / "2.0" if host.engine == "mike" else each.folder for each in (without, there))
    yield from _menu(host, after)
    yield from _search(before, after)
    yield from _loads(before, after)
    yield from _links(before, after)


def _menu(host: Host, site: Path) -> Iterator[str]:
    home = site / "index.html"
    leads = {_target(home, link) for link in read(home).links}
    ours = [path for path in site.rglob("*.html") if "advisor" in path.parts and "profile-edge" in str(path)]
    if not ours:
        yield "no page of ours was built"
    elif not any(path in leads for path in ours):
        yield "our pages are in no menu of the first page"
    if host.own is not None:
        stem = site / host.own.removesuffix("index.md") / "index.html"
        if "Our own advice" not in stem.read_text(encoding="utf-8"):
            yield f"{host.own} is not the site's own page any more"


def _search(before: Path, after: Path) -> Iterator[str]:
    found = []
    for site in (before, after):
        index = next(site.rglob("search_index.json"), None)
        if index is None:
            yield "no search index was built"
            return
        docs = json.loads(index.read_text(encoding="utf-8"))["docs"]
        found.append({(each["location"], each["title"], each["text"]) for each in docs})
    if found[0] != found[1]:
        more, less = found[1] - found[0], found[0] - found[1]
        yield f"its search knows {len(more)} other and {len(less)} fewer sections: {sorted(more | less)[:2]}"


def _loads(before: Path, after: Path) -> Iterator[str]:
    outside = [
        {each for page in site.rglob("*.html") for each in read(page).loads if urlsplit(each).netloc}
        for site in (before, after)
    ]
    new = {each for each in outside[1] - outside[0] if urlsplit(each).netloc != "example.org"}
    if new:
        yield f"new requests: {sorted(new)[:3]}"


def _links(before: Path, after: Path) -> Iterator[str]:
    """Yield the dead links that the site did not have before."""
    dead = sorted(_dead(after) - _dead(before))
    if dead:
        yield f"{len(dead)} dead links, such as {dead[0][1]} on {dead[0][0]}"


def _dead(site: Path) -> set[tuple[Path, str]]:
    return {
        (page.relative_to(site), link)
        for page in site.rglob("*.html")
        for link in read(page).links
        if (target := _target(page, link)) is not None and target.is_relative_to(site) and not target.exists()
    }


def _target(page: Path, link: str) -> Path | None:
    """Return the file that a link within the site leads to."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc or not parts.path or parts.path.startswith("/"):
        return None
    target = Path(os.path.normpath(page.parent / unquote(parts.path)))
    return target / "index.html" if target.is_dir() or parts.path.endswith("/") else target


def main() -> None:
    """Print what was found of each site."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", type=Path, help="of an environment that has what these sites use, and advisor")
    parser.add_argument("--only", help="the sites whose name begins so")
    parser.add_argument("--keep", type=Path, help="where the sites are left")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep or Path(scratch)
        python = given.python or environment(Path(scratch) / "environment")
        results = []
        for name, host in HOSTS.items():
            if not name.startswith(given.only or ""):
                continue
            home = folder / "".join(each if each.isalnum() else "-" for each in name)
            shutil.rmtree(home, ignore_errors=True)
            built = [build(host, home / kind, python, plugin=kind == "with") for kind in ("without", "with")]
            amiss = list(look(host, *built))
            print("\n".join(f"{name}: {each}" for each in amiss), flush=True)
            took = f"{built[0].seconds:.1f} s without, {built[1].seconds:.1f} s with"
            results.append(Result(name, took, "nothing amiss", not amiss))
    show(results)


if __name__ == "__main__":
    main()
