"""Commands about the static site of a Run: build it, or show it while it changes."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import click

from advisor import printing
from advisor.cli.numbers import Whole
from advisor.cli.options import Output, examples, extent_options, profiles_option, templates_option, use_folders_option


def steps(color: str) -> Any:
    """Return a context that shows on standard error what a build of the site is doing."""
    from advisor.report import consoles, progress

    return progress.steps(consoles.messages(color))


@click.group()
def site() -> None:
    """Build the static site of a Run."""


@site.command(
    "build",
    epilog=examples(
        "advisor site build --run run.json --output public",
        "advisor site build --run run.json --all-profiles --with articles --output public",
        "advisor site build --run run.json --profile edge --single-file --output answer.html",
    ),
)
@click.option(
    "--run", "run_files", type=click.Path(path_type=Path), required=True, multiple=True,
    help="The Run to show. Repeatable: the first, usually the newest, gives the answers; the others, of this machine "
    "or of others, get pages that compare them.",
)  # fmt: skip
@profiles_option
@extent_options
@click.option("--clean", is_flag=True, help="Empty the folder of an earlier build first, of all but a repository.")
@click.option("--output", "-o", type=Output(), default=Path("site-build"), show_default=True)
@templates_option
@click.option("--docs-only", is_flag=True, help="Write the pages as Markdown, for another engine.")
@click.option("--single-file", is_flag=True, help="Write the page of one --profile as one HTML file.")
@click.option("--pin", is_flag=True, help="Keep this site in runs/ID as well, where later builds leave it.")
@use_folders_option
@click.pass_obj
def build(
    color: str,
    run_files: tuple[Path, ...],
    profiles: tuple[str, ...],
    output: Path,
    templates: Path | None,
    docs_only: bool,
    single_file: bool,
    pin: bool,
    clean: bool,
    all_profiles: bool,
    further: tuple[str, ...],
) -> None:
    """Render a Run and the answers for some profiles to a static site, with what further Runs show beside it.

    A build replaces what a build wrote: the folder's other files stay (.git, CNAME, notes, sites in it), and where one
    has the name of a page, or a page was edited, nothing is written. Beside edited Markdown (--docs-only) the new one
    is put, as NAME.new.md.
    """
    from advisor import api

    if docs_only and single_file:
        raise click.UsageError("--docs-only and --single-file exclude each other")
    if single_file and len(profiles) != 1:
        raise click.UsageError("--single-file holds one page: name one --profile")
    if single_file and (all_profiles or further):
        raise click.UsageError("--single-file holds one page: leave out --all-profiles and --with")
    if (docs_only or single_file) and pin:
        raise click.UsageError("--pin keeps a whole site: leave out --docs-only and --single-file")
    if single_file and clean:
        raise click.UsageError("--clean empties a folder: leave it out with --single-file")
    if single_file and len(run_files) != 1:
        raise click.UsageError("--single-file holds the answer on one Run: name one --run")
    run, notes = api.load_run(run_files[0]), list[str]()
    with steps(color) as on_step:
        index = api.build_site(
            run, output, profiles=profiles, templates=templates, pin=pin, clean=clean, on_step=on_step,
            all_profiles=all_profiles, articles="articles" in further, on_note=notes.append,
            command=_command(run_files),
            form="docs" if docs_only else "file" if single_file else "site",
            others=map(api.load_run, run_files[1:]),
        )  # fmt: skip
    for note in notes:
        printing.tell(f"{output}: {note}")
    printing.say(str(index))


@site.command("embed", epilog=examples("advisor site embed choice.md --run run.json --pages advisor"))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--run", "run_file", type=click.Path(path_type=Path), required=True, help="The Run to show.")
@profiles_option
@click.option(
    "--pages", metavar="ADDRESS", help="Where the pages lie, seen from FILE; else their links are plain text."
)
@templates_option
@use_folders_option
def embed(file: Path, run_file: Path, profiles: tuple[str, ...], pages: str | None, templates: Path | None) -> None:
    """Write pieces of the pages into FILE, between comments, for engines that know no plugins.

    Between <!-- advisor: verdict edge --> and <!-- /advisor --> stands what the last call wrote; what stands around
    them is left alone. A line of its own such as [advisor: chart edge lead] becomes such a pair.
    """
    from advisor import api

    count = api.embed(api.load_run(run_file), file, profiles=profiles, pages=pages, templates=templates)
    printing.say(f"{file}: {count} piece{'s' if count != 1 else ''} written")


@site.command("serve", epilog=examples("advisor site serve --run run.json --port 8080"))
@click.option(
    "--run", "run_files", type=click.Path(path_type=Path), required=True, multiple=True,
    help="The Run to show. Repeatable, as for build.",
)  # fmt: skip
@profiles_option
@extent_options
@templates_option
@click.option("--port", type=Whole(1, 65535), default=8000, show_default=True)
@use_folders_option
def serve(
    run_files: tuple[Path, ...],
    profiles: tuple[str, ...],
    templates: Path | None,
    port: int,
    all_profiles: bool,
    further: tuple[str, ...],
) -> None:
    """Show the site on this machine, and build it again when a Run, a profile or a template changes."""
    from advisor import api
    from advisor.report import server

    def build(folder: Path) -> None:
        api.build_site(
            api.load_run(run_files[0]), folder, profiles=profiles, templates=templates,
            command=_command(run_files), others=map(api.load_run, run_files[1:]),
            all_profiles=all_profiles, articles="articles" in further,
        )  # fmt: skip

    own = [Path(name) for name in profiles if Path(name).is_file()]
    watched = [*run_files, *([templates] if templates else []), *own]
    server.serve(build, watched, address=("127.0.0.1", port), tell=lambda said: printing.tell(*said.split("\n")))


def _command(run_files: tuple[Path, ...]) -> str:
    """Return the command line that builds the site of these Runs again."""
    return shlex.join(["advisor", "site", "build", *(word for file in run_files for word in ("--run", file.name))])
