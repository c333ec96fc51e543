"""The static site: pages written to a docs directory, built by MkDocs with our theme, moved into place whole."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader
from mkdocs.commands import build
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from advisor import paths, resources
from advisor.decision.recommendation import Recommendation
from advisor.documents import write_text
from advisor.errors import AdvisorError
from advisor.measurement.run import Run
from advisor.report import output, search, template_engine, themes
from advisor.report.charts.picture import vega
from advisor.report.pages import docs
from advisor.report.pages.context import PINNED, Report


def put_copy(built: Path, place: str) -> None:
    """Copy a built site into its own folder `place`, where its pages lead to the latest two folders up."""
    shutil.copytree(built, built / place, ignore=lambda folder, _: {PINNED} if Path(folder) == built else set())
    for page in (built / place).glob("*.html"):
        # The two links at the foot of a page, as its template writes them: no text of a document has their quotes.
        latest, here = f'<a rel="up" href="{page.name}">', f'<a rel="bookmark" href="{place}/{page.name}">'
        text = page.read_text(encoding="utf-8").replace(latest, latest.replace(page.name, f"../../{page.name}"))
        page.write_text(text.replace(here, here.replace(f"{place}/", "")), encoding="utf-8", newline="\n")


def stays(name: str, place: str | None) -> bool:
    """Tell whether a file of an earlier build is pinned, and not in the `place` that this build pins anew."""
    return name.startswith(f"{PINNED}/") and not (place and name.startswith(f"{place}/"))


Step = Callable[[str, str], None]
WRITING, BUILDING = "writing pages", "building pages"


def build_site(
    run: Run,
    recommendations: Sequence[Recommendation],
    folder: Path,
    *,
    templates: Path | None = None,
    command: str | None = None,
    shipped: Collection[str] = (),
    others: Iterable[Run] = (),
    pin: bool = False,
    articles: bool = False,
    clean: bool = False,
    on_step: Step | None = None,
) -> Path:
    """Build the site of `run` and `recommendations` into `folder` and return its first page.

    Parameters
    ----------
    run : Run
        What was measured.
    recommendations : sequence of Recommendation
        One per profile, in the order of the pages.
    folder : Path
        Where the site goes; a link is followed. Files that a build wrote are replaced, all others are kept; a reader
        sees the old site or the new one.
    templates : Path, optional
        A folder laid out like our templates: what is in it wins over ours.
    command : str, optional
        The command line that builds it again; shown at the foot of every page.
    shipped : collection of str
        Which answers are those of a shipped profile as it is, with the default number of samples.
    others : iterable of Run
        Further Runs, of this machine or of others: they get pages of their own, and change no answer. They are taken
        one by one, so that an iterator that reads their files need not hold them all.
    pin : bool
        Put the site of this Run into ``runs/ID`` as well, where later builds leave it; every page links to both.
    clean : bool
        Empty the folder of an earlier build first, of everything but a repository.
    on_step : callable, optional
        Is told what is being done, and with what: ``("writing pages", "profile-edge")``.

    Raises
    ------
    AdvisorError
        When `folder` holds files that are not ours where the site's would go, or cannot be written.
    """
    shown, folder = Path(folder).absolute(), paths.output(folder)
    output.check(folder, "site", clean=clean)
    if templates is not None and not templates.is_dir():
        raise AdvisorError(f"{templates}: no such folder of templates")
    try:
        with output.building(folder) as temporary:
            source, built = temporary / "docs", temporary / "site"
            source.mkdir()
            report = Report(run, recommendations, command, shipped, others, pin=pin, articles=articles)
            nav = docs.write(report, source, templates, on_page=on_step and partial(on_step, WRITING))
            build_pages(source, built, nav, templates, on_step=on_step)
            if any(source.glob("*-charts.js")):
                write_text(built / "vega.js", vega())
            if report.pinned:
                put_copy(built, report.pinned)
            output.put(folder, built, "site", clean=clean, stays=lambda name: stays(name, report.pinned))
    except OSError as error:
        raise AdvisorError(f"{folder}: cannot write the site: {error.strerror or error}") from None
    return shown / "index.html"


def build_pages(
    source: Path, built: Path, nav: docs.Nav, templates: Path | None, *, on_step: Step | None, alone: bool = False
) -> None:
    """Build a docs directory with our theme; a page that is to stand `alone` has no menu and no scripts."""
    config = MkDocsConfig()
    config.load_dict(
        {
            "site_name": "advisor",
            "docs_dir": str(source),
            "site_dir": str(built),
            "use_directory_urls": False,
            "nav": nav,
            "plugins": [],
            "extra": {"search": not alone, "alone": alone},
            "theme": {"name": None, "custom_dir": str(resources.templates() / "theme")},
            "markdown_extensions": ["attr_list", {"toc": {"toc_depth": "2"}}, "advisor.report.markdown"],
            "validation": {"anchors": "warn", "unrecognized_links": "ignore", "absolute_links": "ignore"},
        }
    )
    with _warnings_are_errors():
        errors, warnings = config.validate()
        if errors or warnings:
            raise RuntimeError(f"MkDocs refuses our configuration: {errors or warnings}")
        theme = templates / "theme" if templates is not None and (templates / "theme").is_dir() else None
        config.plugins["advisor"] = ours = _Build(partial(on_step, BUILDING) if on_step else None, theme)
        try:
            build.build(config)
        except template_engine.MISTAKES as error:
            raise (themes.mistake(error, theme) if theme else None) or error from None
        # No site map: it carries the day of the build, and needs the address that the site will have.
        for name in ("sitemap.xml", "sitemap.xml.gz"):
            (built / name).unlink(missing_ok=True)
        if not alone:
            search.write(built, sorted(ours.found, key=lambda entry: entry.address.partition("#")[0]))


class _Build(BasePlugin):  # type: ignore[type-arg, no-untyped-call]
    """Tells of every page that MkDocs has built, and gathers what is searched; runs a user's theme in the sandbox."""

    def __init__(self, tell: Callable[[str], None] | None, theme: Path | None) -> None:
        self.tell = tell
        self.theme = theme
        self.found: list[search.Entry] = []

    def on_files(self, files: Files, /, *, config: MkDocsConfig) -> Files:
        """Put the files of the user's theme in the place of ours."""
        for path in sorted(self.theme.rglob("*")) if self.theme else ():
            if path.is_file() and path.suffix != ".html":
                name = path.relative_to(self.theme or path).as_posix()
                there = files.get_file_from_path(name)
                if there is not None:
                    files.remove(there)
                files.append(File(name, str(self.theme), config.site_dir, config.use_directory_urls))
        return files

    def on_env(self, env: Environment, /, **_rest: Any) -> Environment:
        """Return the environment in which pages are rendered: a user's templates win over ours, in the sandbox."""
        if self.theme is None:
            return env
        assert env.loader is not None
        return themes.sandboxed(env, ChoiceLoader([FileSystemLoader(self.theme), env.loader]))

    def on_post_page(self, _output: str, /, *, page: Page, **_rest: Any) -> None:
        """Tell the name of a page, and keep its words."""
        self.found += search.entries(page)
        if self.tell is not None:
            self.tell(Path(page.file.src_uri).stem)


@contextmanager
def _warnings_are_errors() -> Iterator[None]:
    """Keep MkDocs' log quiet, and raise on its first warning."""
    log = logging.getLogger("mkdocs")
    handler = _Collect(logging.WARNING)
    propagate, log.propagate = log.propagate, False
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.propagate = propagate
    if handler.messages:
        raise RuntimeError("MkDocs warns: " + "; ".join(handler.messages))


class _Collect(logging.Handler):
    def __init__(self, level: int) -> None:
        super().__init__(level)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())
