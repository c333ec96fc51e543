"""The MkDocs plugin ``advisor``: the pages of a Run in a team's own site, its navigation and its theme.

.. code-block:: yaml

    plugins:
      - search
      - advisor:
          run: run.json
          profiles: [edge]

A hand-written page embeds a piece of them with a line such as ``[advisor: verdict edge]`` (`advisor.report.plugin`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
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
from advisor.report import host_theme
from advisor.report.pages import docs
from advisor.report.pages.context import Report

_LINE = re.compile(r"\[advisor:([^\]<>]*)\]", re.IGNORECASE)
_LINES = re.compile(rf"<p>\s*((?:{_LINE.pattern}(?:\s|<br ?/?>)*)+)</p>", re.IGNORECASE)
_CODE = re.compile(r"<(pre|code)\b.*?</\1>", re.DOTALL)
_VERDICT = re.compile(r'<div class="answer">.*?</div>', re.DOTALL)
_TITLE = re.compile(r"<h1>(.*?)</h1>", re.DOTALL)
_CHART = re.compile(r'<figure class="chart" id="fig-([^"]*)">.*?</figure>', re.DOTALL)
_TABLE = re.compile(r'<table role="table" class="stackable ([^"]*)"[^>]*>.*?</table>', re.DOTALL)
_SIGN = re.compile(r'<symbol id="m-.*?</symbol>', re.DOTALL)
_ANCHOR = re.compile(r' id="[^"]*"')
_HERE = re.compile(r'(?<!<use) href="#')
_HINT = "write 'verdict PROFILE', 'chart PAGE NAME' or 'table PAGE NAME'"


def embedded(html: str, pages: Mapping[str, str], wrap: Callable[[str], str]) -> str:
    """Return the content of a hand-written page with every such line replaced.

    Parameters
    ----------
    html : str
        The content, from Markdown.
    pages : mapping
        Our pages as Markdown, by name without an ending.
    wrap : callable
        What makes a piece fit the site: our class around it, links to where the site has our pages.

    Raises
    ------
    AdvisorError
        When a line names something that no page has; the message says what there is.
    """
    # The signs that the pieces use stand on the page once.
    sprites = map(_sprite, [pages])
    return _LINES.sub(
        lambda lines: "\n".join(wrap(next(sprites, "") + piece(line, pages)) for line in _LINE.findall(lines[1])), html
    )


def left(html: str) -> list[str]:
    """Return the lines of a page's content that stay as they are written, though they are no code: amid other text."""
    return [found[0] for found in _LINE.finditer(_CODE.sub("", _LINES.sub("", html)))]


def _sprite(pages: Mapping[str, str]) -> str:
    """Return every sign of every page, once."""
    signs = dict.fromkeys(sign for text in pages.values() for sign in _SIGN.findall(text))
    return f'<div class="sprite" aria-hidden="true"><svg width="0" height="0">{"".join(signs)}</svg></div>'


def piece(line: str, pages: Mapping[str, str]) -> str:
    """Return what a line such as ``chart edge lead`` stands for, as HTML whose links lead to our pages."""
    kind, _, rest = " ".join(line.split()).partition(" ")
    page, _, name = rest.partition(" ")
    stem = page if page in pages else f"profile-{page}"
    if kind not in ("verdict", "chart", "table") or not page or (kind == "verdict" and name):
        raise AdvisorError(f"'[advisor:{line}]' is no piece of a page", hint=_HINT)
    if stem not in pages:
        near = ", ".join(get_close_matches(page, [each.removeprefix("profile-") for each in pages]))
        answers = ", ".join(each.removeprefix("profile-") for each in pages if each.startswith("profile-"))
        others = (
            f"answers there are for {answers or 'none'}; a page that is none has the name that stands in its address"
        )
        hint = f"did you mean {near}?" if near else others
        raise AdvisorError(f"'[advisor:{line}]': no such page", hint=hint)
    if kind == "verdict":
        # The answer itself is the title of its page.
        title, found = _TITLE.search(pages[stem]), _VERDICT.search(pages[stem])
        named = f'<p><strong><a href="{stem}.html">{title[1]}</a></strong></p>' if title else ""
        there = {"": named + found[0]} if found else {}
    elif kind == "chart":
        there = {each[1]: each[0] for each in _CHART.finditer(pages[stem])}
    else:
        # A table is named by the first word of its kind; the first of several of one name is meant.
        tables = ((each[1].split()[0], each[0]) for each in reversed(list(_TABLE.finditer(pages[stem]))))
        there = dict(tables)
    if name not in there:
        names = ", ".join(sorted(there)) or "none"
        wrong = f"has no such {kind}" if name or kind == "verdict" else f"has {kind}s of several names"
        raise AdvisorError(f"'[advisor:{line}]': the page {stem} {wrong}; there are: {names}")
    # What an anchor of its page leads to stays there; an anchor of its own could stand twice on the hand-written page.
    return _HERE.sub(f' href="{stem}.html#', _ANCHOR.sub("", there[name]))


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
        for line in left(html):
            _log.warning("%s: '%s' stays as it is written: put it into a paragraph of its own", page.file.src_uri, line)
        try:
            return embedded(html, self.pages, wrap)
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
