"""The MkDocs plugin ``advisor``: the pages of a Run in a team's own site, its navigation and its theme.

.. code-block:: yaml

    plugins:
      - search
      - advisor:
          run: run.json
          profiles: [edge]

It is a guest: nothing of the site is replaced, the navigation is the site's own, and the site's search finds the
site's own pages. A hand-written page embeds a piece with a line such as ``[advisor: verdict edge]``
(`advisor.report.embeds`).
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.config import base
from mkdocs.config import config_options as c
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, event_priority, get_plugin_logger
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation, Section
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

from advisor import paths, printing
from advisor.errors import AdvisorError
from advisor.report import embeds, host_theme
from advisor.report.pages import docs
from advisor.report.pages.context import Report

STYLE = "advisor.css"
PAGES = ("answers", "evidence", "everything")
_INDEX = Path("search") / "search_index.json"
_log = get_plugin_logger("advisor")


class _Inside(c.Type[str]):
    """A folder of the site."""

    def __init__(self, default: str) -> None:
        super().__init__(str, default=default)

    def run_validation(self, value: object) -> str:
        """Return the folder without a slash at its end, when it is one inside the site and below its root."""
        found = str(super().run_validation(value))
        why = paths.objection(found, nested=True)
        if why is not None:
            raise base.ValidationError(f"{found!a} {why}, such as 'advisor'")
        return found.rstrip("/")


class AdvisorConfig(base.Config):  # type: ignore[no-untyped-call]
    """The plugin's options.

    Attributes
    ----------
    run : file
        The Run to show, relative to ``mkdocs.yml``.
    others : list of files
        Further Runs, of this machine or of others, with pages that compare them; the answers rest on `run` alone.
    profiles : list of str
        Names of shipped profiles, or files of your own, relative to ``mkdocs.yml``; default edge.
    pages : {"answers", "evidence", "everything"}
        The answers alone; also what they rest on; also what articles claim, and everything that the Run tried.
    search : bool
        Whether the site's search finds these pages, too.
    folder : str
        Where the pages lie in the site: a folder in it, such as ``advisor`` or ``platform/advice``.
    title : str
        What the navigation calls them.
    own_nav : bool
        Whether a navigation plugin of the site (``.pages``, ``.nav.yml``, ``SUMMARY.md``) names the folder.
    templates : folder, optional
        Templates that win over ours.
    """

    run = c.File(exists=True)
    others = c.ListOfItems(c.File(exists=True), default=[])
    profiles = c.ListOfItems(c.Type(str), default=["edge"])
    pages = c.Choice(PAGES, default="answers")
    search = c.Type(bool, default=False)
    folder = _Inside(default="advisor")
    title = c.Type(str, default="Which framework?")
    own_nav = c.Type(bool, default=False)
    templates = c.Optional(c.Dir(exists=True))


class AdvisorPlugin(BasePlugin[AdvisorConfig]):  # type: ignore[no-untyped-call]
    """Adds the pages to a site; everything about their look and place stays the site's own."""

    def __init__(self) -> None:
        self.pieces: embeds.Pieces = {}
        self.profiles: list[str] = []
        self.nav: docs.Nav = []
        self.ours: dict[str, str] = {}
        self.added: list[File] = []
        self.made: tempfile.TemporaryDirectory[str] | None = None

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Ask for what the pages need: their stylesheet, and anchors at headings."""
        beside = Path(config.config_file_path or "mkdocs.yml").parent
        self.profiles = [str(beside / name) if _is_path(name) else name for name in self.config.profiles]
        config.extra_css.append(self._place(STYLE))
        if "attr_list" not in config.markdown_extensions:
            config.markdown_extensions.append("attr_list")
        return config

    # Behind the plugins of languages (-100), which take every file outside the site's folder for a mistake.
    @event_priority(-110)
    def on_files(self, files: Files, /, *, config: MkDocsConfig) -> Files:
        """Render the pages of the Run and add them as files that other plugins can open, in no menu yet."""
        self._tidy()
        # They stay as long as the build goes on: other plugins look at them, too.
        self.made = tempfile.TemporaryDirectory(prefix="advisor-pages-")
        folder = Path(self.made.name)
        try:
            report = self._report()
            self.nav, self.pieces = docs.pages(report, folder, self._templates())
        except AdvisorError as error:
            raise _stop(error) from None
        (folder / STYLE).write_text(host_theme.stylesheet(), encoding="utf-8")
        self.ours, self.added = {}, []
        listed = set(_names(self.nav)) if self.config.own_nav else set()
        for path in sorted(folder.iterdir()):
            place = self._place(path.name)
            if files.get_file_from_path(place) is not None:
                # No warning, which would stop a strict build: it is as the team wants it.
                _log.info("%s is a page of yours and stays; ours of that name is left out", place)
                continue
            if path.suffix == ".md":
                text = host_theme.handed(path.read_text(encoding="utf-8"))
                path.write_text(text if self.config.search else _unsearched(text), encoding="utf-8")
            level = InclusionLevel.INCLUDED if path.name in listed else InclusionLevel.NOT_IN_NAV
            file = File.generated(config, place, abs_src_path=str(path), inclusion=level)
            files.append(file)
            self.added.append(file)
            self.ours[place] = path.name
        return files

    @event_priority(-100)
    def on_nav(self, nav: Navigation, /, *, config: MkDocsConfig, files: Files) -> Navigation:  # noqa: ARG002
        """Add our section behind what the site and its plugins made of the menu, unless they placed our pages."""
        if any(page.file.src_uri in self.ours for page in nav.pages):
            return nav
        last = nav.pages[-1] if nav.pages else None
        entries = list(self._entries(host_theme.handed_nav(self.nav), files))
        if not entries:
            return nav  # a build that another plugin gave other files, such as that of a further language
        section = Section(self.config.title, [*entries])
        nav.items.append(section)
        added = list(_pages(section))
        for before, page in zip([last, *added[:-1]], added, strict=True):
            page.previous_page = before
            if before is not None:
                before.next_page = page
        nav.pages.extend(added)
        return nav

    def on_page_content(self, html: str, /, *, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG002
        """Lead the links between our pages to where this site has them; put pieces where a team's own page asks."""

        def address(name: str) -> str | None:
            source = f"{name.removesuffix('.html')}.md" if name.endswith(".html") else name
            file = files.get_file_from_path(self._place(source)) if self._place(source) in self.ours else None
            return get_relative_url(file.url, page.url) if file else None

        if page.file.src_uri in self.ours:
            return host_theme.embed(html, address)
        for line in embeds.left(html):
            _log.warning("%s: '%s' stays as it is written: put it into a paragraph of its own", page.file.src_uri, line)
        try:
            return embeds.replaced(html, self.pieces, address)
        except AdvisorError as error:
            raise _stop(error, f"{page.file.src_uri}: ") from None

    @event_priority(-100)
    def on_post_build(self, /, *, config: MkDocsConfig) -> None:
        """Take our pages out of the index of MkDocs' own search, which knows no other way; let go of the files."""
        index = Path(config.site_dir) / _INDEX
        if not self.config.search and index.is_file():
            found = json.loads(index.read_text(encoding="utf-8"))
            # One that was built beforehand names its documents by their place, and would lead to others.
            if isinstance(found.get("docs"), list) and "index" not in found:
                places = {file.url for file in self.added}
                kept = [each for each in found["docs"] if str(each.get("location")).partition("#")[0] not in places]
                index.write_text(json.dumps(found | {"docs": kept}, separators=(",", ":")), encoding="utf-8")
        self._tidy()

    def on_build_error(self, /, *, error: Exception) -> None:  # noqa: ARG002
        """Let go of the files of a build that did not come to its end."""
        self._tidy()

    def on_serve(self, server: LiveReloadServer, /, **_: Any) -> LiveReloadServer:
        """Build again when the Run, a profile of your own, or a template changes."""
        for path in (
            self.config.run,
            *self.config.others,
            self.config.templates,
            *filter(_is_path, self.profiles),
        ):
            if path:
                server.watch(str(path))
        return server

    def _report(self) -> Report:
        from advisor.decision.engine import decide
        from advisor.measurement.run import load_run
        from advisor.profiles.profile import load_profile, shipped_profiles

        run = load_run(self.config.run)
        answers = [decide(run, load_profile(name)) for name in self.profiles]
        shipped = [
            told.profile for told, name in zip(answers, self.profiles, strict=True) if name in shipped_profiles()
        ]
        return Report(
            run, answers, shipped=shipped, others=map(load_run, self.config.others),
            evidence=self.config.pages != "answers", articles=self.config.pages == "everything",
            scripts=False,
        )  # fmt: skip

    def _templates(self) -> Path | None:
        return Path(self.config.templates) if self.config.templates else None

    def _place(self, name: str) -> str:
        return f"{self.config.folder}/{name}"

    def _entries(self, nav: Any, files: Files) -> Iterator[Page | Section]:
        """Yield the items of our navigation; what is in no menu is reached through the pages that are."""
        for entry in nav:
            for title, item in entry.items():
                if isinstance(item, list):
                    inner = list(self._entries(item, files))
                    if inner:
                        yield Section(title, [*inner])
                elif self._place(item) in self.ours:
                    file = files.get_file_from_path(self._place(item))
                    if file is not None and file.page is not None:
                        file.page.title = title
                        yield file.page

    def _tidy(self) -> None:
        if self.made is not None:
            self.made.cleanup()
            self.made = None


def _names(nav: docs.Nav) -> Iterator[str]:
    """Yield the names of the pages of a navigation."""
    for entry in nav:
        for item in entry.values():
            yield from _names(item) if isinstance(item, list) else [item]


def _pages(section: Section) -> Iterator[Page]:
    """Yield the pages of a section in their order; each item is told what it lies in."""
    for item in section.children:
        item.parent = section
        if isinstance(item, Section):
            yield from _pages(item)
        elif isinstance(item, Page):
            yield item


def _unsearched(text: str) -> str:
    """Return a page that says to a search which heeds it (Material's and its successors') to leave it out."""
    return text.replace("---\n", "---\nsearch:\n  exclude: true\n", 1)


def _is_path(name: str) -> bool:
    return Path(name).suffix in (".yaml", ".yml") or len(Path(name).parts) > 1


def _stop(error: AdvisorError, where: str = "") -> PluginError:
    hint = f" ({error.hint})" if error.hint else ""
    return PluginError(printing.harmless(f"advisor: {where}{error.message}{hint}"))
