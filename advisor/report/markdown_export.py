"""The pages without our site around them: as Markdown for another engine, or one page as one file to mail."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from pathlib import Path

from advisor import authorship, paths, scratch
from advisor.decision.recommendation import Recommendation
from advisor.documents import write_text
from advisor.errors import AdvisorError
from advisor.measurement.run import Run
from advisor.report import host_theme, links, output, site
from advisor.report.pages import docs
from advisor.report.pages.context import Report


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
            report = Report(run, recommendations, command, shipped, others, articles=articles, scripts=False)
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
        source, built = temporary / "docs", temporary / "site"
        source.mkdir()
        report = Report(run, [recommendation], command, shipped, evidence=False, scripts=False)
        docs.write(report, source, templates, on_page=on_step and partial(on_step, site.WRITING))
        name = report.profile_page(recommendation.profile)
        for other in source.glob("*.md"):
            if other.stem != name:
                other.unlink()
        site.build_pages(source, built, [{name: f"{name}.md"}], templates, on_step=on_step, alone=True)
        page = (built / f"{name}.html").read_text(encoding="utf-8")
    page = authorship.signed(links.led(page, lambda file: "" if file == f"{name}.html" else None))
    authorship.check(file, "text")  # it took a while
    write_text(file, page)
    return file
