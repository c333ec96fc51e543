"""The MkDocs plugin ``advisor``: the pages of a Run in a team's own site, its navigation and its theme.

.. code-block:: yaml

    plugins:
      - search
      - advisor:
          run: run.json
          profiles: [edge]

A hand-written page embeds a piece of them with a line such as ``[advisor: verdict edge]`` (`advisor.report.pieces`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mkdocs.config import base
from mkdocs.config import config_options as c
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin, get_plugin_logger
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url, nest_paths

from advisor import paths, printing, scratch
from advisor.errors import AdvisorError
from advisor.report import host_theme, pieces
from advisor.report.pages import docs
from advisor.report.pages.context import Report

STYLE = "advisor.css"
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
        Names of shipped profiles, or files of your own, relative to ``mkdocs.yml``; default all that are shipped.
    folder : str
        Where the pages lie in the site: a folder in it, such as ``advisor`` or ``platform/advice``.
    title : str
        What the navigation calls them.
    templates : folder, optional
        Templates that win over ours.
    """

    run = c.File(exists=True)
    others = c.ListOfItems(c.File(exists=True), default=[])
    profiles = c.ListOfItems(c.Type(str), default=[])
    folder = _Inside(default="advisor")
    title = c.Type(str, default="Which framework?")
    templates = c.Optional(c.Dir(exists=True))


class AdvisorPlugin(BasePlugin[AdvisorConfig]):  # type: ignore[no-untyped-call]
    """Adds the pages to a site; everything about their look and place stays the site's own."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.profiles: list[str] = []

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Ask for what the pages need: their stylesheet, and anchors at headings."""
        beside = Path(config.config_file_path or "mkdocs.yml").parent
        self.profiles = [str(beside / name) if _is_path(name) else name for name in self.config.profiles]
        config.extra_css.append(self._place(STYLE))
        if "attr_list" not in config.markdown_extensions:
            config.markdown_extensions.append("attr_list")
        return config

    def on_files(self, files: Files, /, *, config: MkDocsConfig) -> Files:
        """Render the pages of the Run and add them, with a place in the navigation for those that have one."""
        with scratch.folder("advisor-pages-") as temporary:
            folder = temporary / "docs"
            folder.mkdir()
            try:
                nav = docs.write(self._report(), folder, self._templates())
            except AdvisorError as error:
                raise _stop(error) from None
            found = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.iterdir())}
        found = {name: host_theme.handed(text) if name.endswith(".md") else text for name, text in found.items()}
        found[STYLE] = host_theme.stylesheet()
        self.pages = {name.removesuffix(".md"): text for name, text in found.items() if name.endswith(".md")}
        listed = set(_names(nav))
        for name, text in found.items():
            file = File.generated(config, self._place(name), content=text)
            if name.endswith(".md") and name not in listed:
                file.inclusion = InclusionLevel.NOT_IN_NAV
            files.append(file)
        entry = {self.config.title: self._prefixed(host_theme.handed_nav(nav))}
        if config.nav is None:
            others = (file.src_uri for file in files.documentation_pages() if not self._ours(file))
            config.nav = nest_paths(others)  # type: ignore[no-untyped-call]
        if listed.isdisjoint(_within(config.nav, self._place(""))):
            config.nav = [*config.nav, entry]
        return files

    def on_page_content(self, html: str, /, *, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG002
        """Lead the links between our pages to where this site has them; put pieces where a team's own page asks."""

        def address(name: str) -> str:
            source = f"{name.removesuffix('.html')}.md" if name.endswith(".html") else name
            file = files.get_file_from_path(self._place(source))
            return get_relative_url(file.url, page.url) if file else name

        def wrap(content: str) -> str:
            return host_theme.embed(content, self.pages, address)

        if self._ours(page.file):
            return wrap(html)
        for line in pieces.left(html):
            _log.warning("%s: '%s' stays as it is written: put it into a paragraph of its own", page.file.src_uri, line)
        try:
            return pieces.embedded(html, self.pages, wrap)
        except AdvisorError as error:
            raise _stop(error, f"{page.file.src_uri}: ") from None

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
        wanted = self.profiles or list(shipped_profiles())
        answers = [decide(run, load_profile(name)) for name in wanted]
        shipped = [told.profile for told, name in zip(answers, wanted, strict=True) if name in shipped_profiles()]
        return Report(run, answers, shipped=shipped, others=map(load_run, self.config.others))

    def _templates(self) -> Path | None:
        return Path(self.config.templates) if self.config.templates else None

    def _place(self, name: str) -> str:
        return f"{self.config.folder}/{name}"

    def _ours(self, file: File) -> bool:
        return file.src_uri.startswith(self._place("")) and Path(file.src_uri).stem in self.pages

    def _prefixed(self, nav: Any) -> Any:
        if isinstance(nav, dict):
            return {title: self._prefixed(item) for title, item in nav.items()}
        return [self._prefixed(item) for item in nav] if isinstance(nav, list) else self._place(nav)


def _names(nav: Any) -> list[str]:
    """Return every file that a navigation names."""
    if isinstance(nav, dict):
        return [name for item in nav.values() for name in _names(item)]
    return [name for item in nav for name in _names(item)] if isinstance(nav, list) else [str(nav)]


def _within(nav: Any, place: str) -> set[str]:
    """Return what a navigation names below `place`, without it."""
    return {name.removeprefix(place) for name in _names(nav) if name.startswith(place)}


def _is_path(name: str) -> bool:
    return Path(name).suffix in (".yaml", ".yml") or len(Path(name).parts) > 1


def _stop(error: AdvisorError, where: str = "") -> PluginError:
    hint = f" ({error.hint})" if error.hint else ""
    return PluginError(printing.harmless(f"advisor: {where}{error.message}{hint}"))
