"""The pages without our site around them: as Markdown for another engine, or one page as one file to mail."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from pathlib import Path

from advisor import authorship, paths, scratch
from advisor.decision.recommendation import Recommendation
from advisor.documents import write_text
from advisor.errors import AdvisorError
from advisor.measurement.run import Run
from advisor.report import host_theme, output, site
from advisor.report.pages import docs
from advisor.report.pages.context import Report

_SIDE = re.compile(r'<header class="side">.*?</header>\s*(?=<div class="page">)', re.DOTALL)
_SCRIPT = re.compile(r"<script\b[^>]*>.*?</script>\s*", re.DOTALL)
_STYLE = re.compile(r'<link rel="stylesheet"[^>]*>\s*')
_LINK = re.compile(r'<a\b[^>]*\shref="(?!#|https?:)[^"]*"[^>]*>(.*?)</a>', re.DOTALL)
_ALONE = "@media all { body { display: block; } .page { margin-inline: auto; } .skip { display: none; } }"


def write_docs(
    run: Run,
    recommendations: Sequence[Recommendation],
    folder: Path,
    *,
    templates: Path | None = None,
    command: str | None = None,
    shipped: Collection[str] = (),
    others: Iterable[Run] = (),
    articles: bool = False,
    clean: bool = False,
    on_step: site.Step | None = None,
    on_note: Callable[[str], None] | None = None,
) -> Path:
    """Write the pages as Markdown into ``folder/docs``, with a ``mkdocs.yml`` that shows what they need of an engine.

    They need anchors at headings (``attr_list``), the stylesheet ``advisor.css``, and pages that end in ``.html``.
    Parameters and errors are those of `advisor.report.site.build_site`; the first page is returned. A file that
    somebody edited stays, and the new one is put beside it (``edge.new.md``), of which `on_note` is told in a line.
    """
    import yaml

    shown, folder = Path(folder).absolute(), paths.output(folder)
    output.check(folder, "docs", clean=clean)
    try:
        with output.building(folder) as temporary:
            built = temporary / "built"
            (built / "docs").mkdir(parents=True)
            report = Report(run, recommendations, command, shipped, others, articles=articles)
            on_page = on_step and partial(on_step, site.WRITING)
            nav = docs.write(report, built / "docs", templates, on_page=on_page)
            for page in (built / "docs").glob("*.md"):
                text = host_theme.handed(page.read_text(encoding="utf-8"))
                page.write_text(text, encoding="utf-8", newline="\n")
            write_text(built / "docs" / "advisor.css", host_theme.stylesheet("body"))
            config = {
                "site_name": "advisor",
                "use_directory_urls": False,
                "extra_css": ["advisor.css"],
                "markdown_extensions": ["attr_list"],
                "nav": host_theme.handed_nav(nav),
                # Most pages are led to from others, and stand in no menu.
                "validation": {"nav": {"omitted_files": "ignore"}},
            }
            write_text(built / "mkdocs.yml", yaml.safe_dump(config, sort_keys=False, allow_unicode=True))
            for note in output.put(folder, built, "docs", clean=clean):
                if on_note is not None:
                    on_note(note)
    except OSError as error:
        raise AdvisorError(f"{folder}: cannot write the pages: {error.strerror or error}") from None
    return shown / "docs" / "index.md"


def write_file(
    run: Run,
    recommendation: Recommendation,
    file: Path,
    *,
    templates: Path | None = None,
    command: str | None = None,
    shipped: Collection[str] = (),
    on_step: site.Step | None = None,
) -> Path:
    """Write the page of one profile as one HTML file that needs nothing beside it, to mail or to attach.

    A file that stands there is replaced only as this wrote it. Its links lead within the file or to the cited sources;
    a link to another page of the site becomes plain text.
    """
    paths.output(file)
    file = Path(file).absolute()
    authorship.check(file, "text")
    with scratch.folder("advisor-page-") as temporary:
        built = site.build_site(
            run, [recommendation], temporary / "site", templates=templates, command=command, shipped=shipped,
            on_step=on_step,
        )  # fmt: skip
        name = Report(run, [recommendation]).profile_page(recommendation.profile)
        page = (built.parent / f"{name}.html").read_text(encoding="utf-8")
        style = (built.parent / "style.css").read_text(encoding="utf-8")
    page = _SCRIPT.sub("", _SIDE.sub("", page)).replace(f'href="{name}.html#', 'href="#')
    page = _LINK.sub(lambda found: f"<span>{found[1]}</span>", page)
    styles = iter([f"<style>\n{style}\n{_ALONE}\n</style>\n"])
    page = authorship.signed(_STYLE.sub(lambda _: next(styles, ""), page))
    authorship.check(file, "text")  # it took a while
    write_text(file, page)
    return file
