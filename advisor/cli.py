"""The command line: parse, call, print. Heavy imports stay inside functions, so that ``--help`` answers at once."""

from __future__ import annotations

import atexit
import gc
import os
import shlex
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from advisor import cli_decision, cli_environments, cli_examples, cli_knowledge, cli_measuring
from advisor.errors import EXIT_INTERRUPTED, EXIT_REFUSED, AdvisorError

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import Console

    from advisor.measurement.run import Mode

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Commands(click.Group):
    """A group that turns what a user can mend into one message and the right exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; an AdvisorError ends it with its message, hint and exit code."""
        _start_light()
        try:
            return super().invoke(ctx)
        except AdvisorError as error:
            click.echo(f"Error: {error.message}", err=True)
            if error.hint:
                click.echo(f"Try: {error.hint}", err=True)
            ctx.exit(error.exit_code)
        except (KeyboardInterrupt, click.Abort):
            click.echo("Interrupted.", err=True)
            ctx.exit(EXIT_INTERRUPTED)
        except BrokenPipeError:
            # The reader of our output went away (`advisor … | head`): nothing is wrong, and nobody is left to tell.
            sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
            ctx.exit(0)


@click.group(cls=Commands, context_settings=CONTEXT)
@click.version_option(package_name="framework-advisor", prog_name="advisor")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Color the output; NO_COLOR is honored.",
)
@click.pass_context
def main(ctx: click.Context, color: str) -> None:
    """Which deep learning framework should we use?

    An answer with evidence: measured on this machine, documented with a source, decided by your needs.

    \b
    Examples:
      advisor recommend --profile edge
      advisor recommend --profile deployment --quick --site public/
      advisor recommend --profile my-profile.yaml --run run.json --json
    """
    ctx.obj = color


def _start_light() -> None:
    """Spare the process what a short life has no use for: together a third of the time of a decision on a Run."""
    # Modules and documents are many small objects that stay: no need to look through them at every 700th, nor to take
    # them apart one by one at the end.
    gc.set_threshold(100_000)
    atexit.register(gc.freeze)
    # Looking for plugins of pydantic reads the metadata of every distribution that is installed.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "true")


def measuring_options(command: Any) -> Any:
    """Add the options that `recommend` and `probe` share."""
    options = [
        click.option("--quick", "mode", flag_value="quick", help="A few minutes less: fewer rounds, fewer settings."),
        click.option("--thorough", "mode", flag_value="thorough", help="More rounds; for figures to publish."),
        click.option(
            "--python",
            "pythons",
            multiple=True,
            metavar="FRAMEWORK=PATH",
            help="The Python that has a framework; default: the one that runs advisor. Also that of an environment of "
            "`advisor env list`. Repeatable.",
        ),
        click.option(
            "--framework",
            "--frameworks",
            "frameworks",
            multiple=True,
            metavar="NAME",
            help="Only this one, or these: pytorch,tensorflow. Repeatable.",
        ),
        click.option("--threads", type=click.IntRange(1, 1024), help="Threads per framework; default: all allowed."),
        click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True, help="Random seed."),
        cli_measuring.budget_option,
        cli_measuring.resume_option,
        click.option("--timings", is_flag=True, help="Show where the time of measuring went."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@main.command(cls=cli_decision.Asking)
@cli_decision.profile_option
@cli_decision.adjusting_options
@click.option("--run", "run_file", type=click.Path(path_type=Path), help="Decide on this Run; measure nothing.")
@click.option("--fresh", is_flag=True, help="Measure again even when a recent Run is kept.")
@cli_decision.everything_option
@cli_knowledge.as_of_option
@measuring_options
@click.option("--json", "as_json", is_flag=True, help="Print the Recommendation as JSON (writes no site by itself).")
@click.option("--site", type=click.Path(path_type=Path), help="Where to write the site.  [default: .advisor/site]")
@click.option("--no-site", is_flag=True, help="Write no site.")
@cli_decision.adr_option
@cli_decision.explain_option
@click.option("--templates", type=click.Path(path_type=Path), help="A folder whose templates override ours.")
@click.pass_obj
def recommend(
    color: str,
    profile: str,
    weights: tuple[str, ...],
    requirements: tuple[str, ...],
    excluded: tuple[str, ...],
    no_team: bool,
    run_file: Path | None,
    fresh: bool,
    everything: bool,
    as_of: datetime | None,
    mode: str | None,
    pythons: tuple[str, ...],
    frameworks: tuple[str, ...],
    threads: int | None,
    seed: int,
    budget: float | None,
    resume: bool,
    timings: bool,
    as_json: bool,
    site: Path | None,
    no_site: bool,
    adr: Path | None,
    explained: bool,
    templates: Path | None,
) -> None:
    """Measure what is missing, decide for a profile, print the answer and write the site.

    Only what could change the answer is measured, and the Run says what was left out and why; --all measures
    everything. A Run younger than a week for the same versions is used again; --fresh measures anew.

    \b
    Exit codes: 0 an answer · 1 no framework meets the requirements · 2 usage or a bad file
                3 probing failed · 130 interrupted
    """
    if site is not None and no_site:
        raise click.UsageError("--site and --no-site exclude each other")
    if run_file is not None and (fresh or everything):
        option = "--fresh" if fresh else "--all"
        raise click.UsageError(f"--run decides on a measured Run; {option} measures: use one of them")
    if resume and (run_file is not None or fresh or as_of is not None):
        raise click.UsageError("--resume goes on with a session; --run, --fresh and --as-of do not: use one of them")
    if as_of is not None and (run_file is not None or fresh or everything):
        raise click.UsageError("--as-of decides on documents alone; --run, --fresh and --all are about measurements")
    from advisor import api

    needed = cli_decision.adjusted(profile, weights, requirements, no_team=no_team)
    if as_of is not None:
        told = cli_knowledge.answer_as_of(
            color,
            needed,
            as_of,
            cli_decision.repeated(profile, weights, requirements, excluded, frameworks=frameworks, no_team=no_team),
            frameworks=_frameworks(frameworks),
            excluded=excluded,
            seed=seed,
            as_json=as_json,
        )
        raise SystemExit(EXIT_REFUSED if told.verdict == "infeasible" else 0)
    if run_file is None and not fresh and not resume:
        cli_measuring.tell_of_quick(mode)
    # Where nothing is measured there is no progress to show, and no reason to load what shows it.
    with nullcontext() if run_file is not None else _progress(color) as on_event:
        advice = api.recommend(
            needed,
            run=run_file,
            fresh=fresh,
            everything=everything,
            mode=_mode(mode),
            frameworks=_frameworks(frameworks),
            exclude=excluded,
            pythons=_pythons(pythons),
            seed=seed,
            threads=threads,
            budget=budget,
            resume=resume,
            on_event=on_event,
        )
    answer = advice.recommendation
    if advice.reused and run_file is None:
        day = f"{advice.run.finished:%Y-%m-%d %H:%M} UTC"
        click.echo(f"Using the Run of {day} ({advice.run_file}); --fresh measures again.", err=True)
    question = cli_decision.repeated(profile, weights, requirements, excluded, frameworks=frameworks, no_team=no_team)
    question += ["--run", str(advice.run_file), *(["--seed", str(seed)] if seed else [])]
    again = shlex.join(["advisor", "recommend", *question])
    index = None
    if not no_site and (site is not None or not as_json):
        index = api.build_site(
            advice.run,
            site or api.HOME / "site",
            recommendations=[answer],
            templates=templates,
            command=again,
            seed=seed,
        )
    if adr is not None:  # before anything is printed: a reader that goes away (`| head`) ends us
        cli_decision.record(answer, advice.run, adr, question, templates=templates)
    if as_json:
        from advisor.documents import to_json

        click.echo(to_json(answer), nl=False)
    else:
        from advisor.report import terminal

        terminal.answer(answer, advice.run, _console(color), site=index, command=again, explained=explained)
    if timings:
        _timings(advice.run, color)
    if answer.verdict == "infeasible":
        raise SystemExit(EXIT_REFUSED)


@main.command()
@measuring_options
@click.option("--only", multiple=True, metavar="GLOB", help="Only these probes, e.g. 'mlp*,route:*'. Repeatable.")
@cli_measuring.folders_option
@click.option("--output", "-o", type=click.Path(path_type=Path), help="Also write the Run here.")
@click.pass_obj
def probe(
    color: str,
    mode: str | None,
    pythons: tuple[str, ...],
    frameworks: tuple[str, ...],
    threads: int | None,
    seed: int,
    budget: float | None,
    resume: bool,
    timings: bool,
    only: tuple[str, ...],
    folders: tuple[Path, ...],
    output: Path | None,
) -> None:
    """Measure the frameworks of this machine and keep the Run (under .advisor/runs).

    Frameworks of your own need no change of advisor: --frameworks-folder names their folder once, and
    frameworks-folders = ["DIR"] under [tool.advisor] in the project's pyproject.toml names it for good.
    """
    from advisor import api

    with _progress(color) as on_event:
        run, file = api.probe(
            mode=_mode(mode),
            only=tuple(glob.strip() for each in only for glob in each.split(",") if glob.strip()),
            frameworks=_frameworks(frameworks, folders),
            pythons=_pythons(pythons, folders),
            folders=folders,
            seed=seed,
            threads=threads,
            budget=budget,
            resume=resume,
            on_event=on_event,
        )
    if output is not None:
        api.save_run(run, output)
    if timings:
        _timings(run, color)
    click.echo(str(output or file))


@main.group()
def site() -> None:
    """Build the static site of a Run."""


@site.command("build")
@click.option(
    "--run", "run_files", type=click.Path(path_type=Path), required=True, multiple=True,
    help="The Run to show. Repeatable: the first, usually the newest, gives the answers; the others, of this machine "
    "or of others, get pages that compare them.",
)  # fmt: skip
@click.option("--profile", "profiles", multiple=True, help="A profile to answer; default: all shipped. Repeatable.")
@click.option("--output", "-o", type=click.Path(path_type=Path), default=Path("site-build"), show_default=True)
@click.option("--templates", type=click.Path(path_type=Path), help="A folder whose templates override ours.")
@click.option("--docs-only", is_flag=True, help="Write the pages as Markdown, for another engine.")
@click.option("--single-file", is_flag=True, help="Write the page of one --profile as one HTML file.")
@click.option("--pin", is_flag=True, help="Keep this site in runs/ID as well, where later builds leave it.")
def build(
    run_files: tuple[Path, ...],
    profiles: tuple[str, ...],
    output: Path,
    templates: Path | None,
    docs_only: bool,
    single_file: bool,
    pin: bool,
) -> None:
    """Render a Run and the answers for some profiles to a static site, with what further Runs show beside it."""
    from advisor import api

    if docs_only and single_file:
        raise click.UsageError("--docs-only and --single-file exclude each other")
    if single_file and len(profiles) != 1:
        raise click.UsageError("--single-file holds one page: name one --profile")
    if (docs_only or single_file) and pin:
        raise click.UsageError("--pin keeps a whole site: leave out --docs-only and --single-file")
    if single_file and len(run_files) != 1:
        raise click.UsageError("--single-file holds the answer on one Run: name one --run")
    run = api.load_run(run_files[0])
    named = [word for file in run_files for word in ("--run", file.name)]
    index = api.build_site(
        run, output, profiles=profiles, templates=templates, command=shlex.join(["advisor", "site", "build", *named]),
        form="docs" if docs_only else "file" if single_file else "site", pin=pin,
        others=map(api.load_run, run_files[1:]),
    )  # fmt: skip
    click.echo(str(index))


@site.command("serve")
@click.option(
    "--run", "run_files", type=click.Path(path_type=Path), required=True, multiple=True,
    help="The Run to show. Repeatable, as for build.",
)  # fmt: skip
@click.option("--profile", "profiles", multiple=True, help="A profile to answer; default: all shipped. Repeatable.")
@click.option("--templates", type=click.Path(path_type=Path), help="A folder whose templates override ours.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
def serve(run_files: tuple[Path, ...], profiles: tuple[str, ...], templates: Path | None, port: int) -> None:
    """Show the site on this machine, and build it again when a Run, a profile or a template changes."""
    from advisor import api
    from advisor.report import serving

    named = [word for file in run_files for word in ("--run", file.name)]

    def build(folder: Path) -> None:
        api.build_site(
            api.load_run(run_files[0]), folder, profiles=profiles, templates=templates,
            command=shlex.join(["advisor", "site", "build", *named]), others=map(api.load_run, run_files[1:]),
        )  # fmt: skip

    own = [Path(name) for name in profiles if Path(name).is_file()]
    watched = [*run_files, *([templates] if templates else []), *own]
    serving.serve(build, watched, address=("127.0.0.1", port), tell=lambda line: click.echo(line, err=True))


@main.group()
def profile() -> None:
    """See the profiles, and check your own."""


@profile.command("list")
def list_profiles() -> None:
    """List the shipped profiles."""
    from advisor import api

    names = api.shipped_profiles()
    width = max(len(name) for name in names)
    for name in names:
        click.echo(f"{name:<{width}}  {api.load_profile(name).title}")


@profile.command()
@click.argument("name")
def show(name: str) -> None:
    """Print a profile as it is written, to start your own from."""
    from advisor.decision.profile import profile_path
    from advisor.documents import read_text

    click.echo(read_text(profile_path(name), "profile", hint="advisor profile list"), nl=False)


@profile.command()
@click.argument("file", type=click.Path(path_type=Path))
def check(file: Path) -> None:
    """Check a profile file; every mistake is named with its place."""
    from advisor import api

    # A name of a shipped profile is taken as well, as everywhere else.
    loaded = api.load_profile(file if file.exists() else str(file))
    click.echo(f"{file}: a valid profile, '{loaded.name}'")


cli_decision.attach(main, profile)
cli_knowledge.attach(main)
cli_measuring.attach(main)
cli_environments.attach(main)


def _mode(flag: str | None) -> Mode:
    if flag == "quick":
        return "quick"
    return "thorough" if flag == "thorough" else "standard"


def _frameworks(names: tuple[str, ...], folders: tuple[Path, ...] = ()) -> tuple[str, ...] | None:
    named = tuple(name.strip() for part in names for name in part.split(",") if name.strip())
    if names and not named:
        raise AdvisorError("--framework: expected names, such as pytorch,tensorflow")
    for name in named:
        _known(name, _defined(folders), "--framework")
    return named or None


def _defined(folders: tuple[Path, ...]) -> Any:
    """Return the frameworks that advisor ships and those of further folders, by id."""
    from advisor.measurement import definitions, project

    more = project.known(folders)
    if more:
        return {**more.frameworks, **more.extras}
    return {**definitions.frameworks(), **definitions.extras()}


def _pythons(pairs: tuple[str, ...], folders: tuple[Path, ...] = ()) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for pair in pairs:
        name, equals, path = pair.partition("=")
        if not equals or not path:
            raise AdvisorError(f"--python {pair}: expected FRAMEWORK=PATH, such as pytorch=/opt/torch/bin/python")
        frameworks = _defined(folders)
        environments = (own for each in frameworks.values() for own in each.environments)
        _known(name, dict.fromkeys((*frameworks, *environments)), "--python")
        if not os.access(path, os.X_OK) or Path(path).is_dir():
            inside = Path(path) / "bin" / "python"
            hint = f"--python {name}={inside}" if inside.is_file() else None
            raise AdvisorError(f"--python {pair}: {path} is no program that can be run", hint=hint)
        # Not resolved: a virtual environment's python is a link, and following it would leave the environment.
        found[name] = Path(path).absolute()
    return found


def _known(name: str, known: Any, option: str) -> None:
    from advisor.errors import did_you_mean

    if name not in known:
        expected = ", ".join(sorted(known))
        raise AdvisorError(f"{option}: unknown framework '{name}'{did_you_mean(name, known)} (known: {expected})")


def _console(color: str, *, stderr: bool = False) -> Console:
    if not stderr:
        from advisor.report.consoles import answers

        return answers(color)
    from rich.console import Console

    return Console(stderr=True, force_terminal=color == "always" or None, no_color=color == "never" or None)


def _progress(color: str) -> Any:
    from advisor.report.progress import progress

    return progress(_console(color, stderr=True))


def _timings(run: Any, color: str) -> None:
    from advisor.report.progress import timings

    timings(run, _console(color, stderr=True))


cli_examples.attach(main)
