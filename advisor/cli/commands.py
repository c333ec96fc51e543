"""The command line: parse, call, print. Heavy imports stay inside functions, so that ``--help`` answers at once."""

from __future__ import annotations

import atexit
import gc
import os
import shlex
import sys
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from advisor import authorship, optouts, paths, printing
from advisor.cli import decision, ending, environments, examples, knowledge, measurement, models, options, profiles
from advisor.cli import site as site_commands
from advisor.cli.completion import networks, offering, probes
from advisor.cli.options import (
    Output,
    adjusting_options,
    extent_options,
    folders_option,
    parts,
    profile_option,
    templates_option,
)
from advisor.errors import EXIT_REFUSED

if TYPE_CHECKING:
    from datetime import datetime

    from advisor.cli.options import Question
    from advisor.measurement.options import SessionOptions


CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class Commands(click.Group):
    """A group whose commands end with one message and the right exit code, whatever becomes of them."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run a command; as a program, which is the default (`standalone_mode`), exit with its code."""
        run: Any = super().main
        if not extra.pop("standalone_mode", True):
            return run(*args, standalone_mode=False, **extra)
        _start_light()
        sys.exit(ending.code_of(lambda: run(*args, standalone_mode=False, **extra)))

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what it met at a pipe of its own is not taken for the end of our reader, as click does."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise RuntimeError(f"a process of ours left: {error}") from error


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
    # A user's theme or plugin runs in this process, and whatever it starts has its environment.
    os.environ.update(optouts.variables())


@main.command(cls=decision.Asking)
@profile_option
@adjusting_options
@click.option("--run", "run_file", type=click.Path(path_type=Path), help="Decide on this Run; measure nothing.")
@click.option("--fresh", is_flag=True, help="Measure again even when a recent Run is kept.")
@click.option(
    "--set-up",
    is_flag=True,
    help="First make the environments that routes of the profile need (minutes, gigabytes).",
)
@decision.everything_option
@knowledge.as_of_option
@measurement.measuring_options
@click.option("--json", "as_json", is_flag=True, help="Print the Recommendation as JSON (writes no site by itself).")
@click.option("--site", type=Output(), help="Where to write the site.  [default: .advisor/site]")
@click.option("--no-site", is_flag=True, help="Write no site.")
@extent_options
@decision.adr_option
@decision.explain_option
@templates_option
@click.pass_obj
def recommend(
    color: str,
    question: Question,
    run_file: Path | None,
    fresh: bool,
    set_up: bool,
    everything: bool,
    as_of: datetime | None,
    session: SessionOptions,
    timings: bool,
    as_json: bool,
    site: Path | None,
    no_site: bool,
    all_profiles: bool,
    further: tuple[str, ...],
    adr: Path | None,
    explained: bool,
    templates: Path | None,
) -> None:
    """Measure what is missing, decide for a profile, print the answer and write the site.

    Only what could change the answer is measured, and the Run says what was left out and why; --all measures
    everything. A Run younger than a week for the same versions is used again, also one that was measured under load;
    --fresh measures anew.

    \b
    Exit codes: 0 an answer · 1 no framework meets the constraints · 2 usage or a bad file
                3 probing failed · 70 a mistake of ours · 130 interrupted
    """
    options.refuse_conflicts(click.get_current_context().params)
    from advisor import api

    _writable(("--site", site), ("--adr", adr))
    needed = question.adjusted()
    if as_of is not None:
        told = knowledge.answer_as_of(
            color,
            needed,
            as_of,
            question.words(),
            frameworks=session.frameworks,
            excluded=question.excluded,
            seed=session.seed,
            as_json=as_json,
        )
        raise SystemExit(EXIT_REFUSED if told.verdict == "infeasible" else 0)
    if not no_site and (site is not None or not as_json):
        from advisor import paths
        from advisor.report import output

        # Not after all is measured, when the answer would not be told either.
        output.check(paths.output(site or api.HOME / "site", what="--site"), "site")
    if set_up and run_file is None:
        fresh = environments.made_for(needed, session.folders) or fresh
    if run_file is None and not fresh and not session.resume:
        measurement.tell_of_quick(session.mode)
    # Where nothing is measured there is no progress to show, and no reason to load what shows it.
    with nullcontext() if run_file is not None else _progress(color) as on_event:
        advice = api.recommend(
            needed,
            replace(session, on_event=on_event),
            run=run_file,
            fresh=fresh,
            everything=everything,
            exclude=question.excluded,
        )
    answer = advice.recommendation
    if advice.reused and run_file is None:
        day = f"{advice.run.finished:%Y-%m-%d %H:%M} UTC"
        printing.tell(f"Using the Run of {day} ({advice.run_file}); --fresh measures again.")
    asked = [*question.words(), "--run", str(advice.run_file)]
    asked += ["--seed", str(session.seed)] if session.seed else []
    again = shlex.join(["advisor", "recommend", *asked])
    index = None
    if not no_site and (site is not None or not as_json):
        with site_commands.steps(color) as on_step:
            index = api.build_site(
                advice.run,
                site or api.HOME / "site",
                recommendations=[answer],
                all_profiles=all_profiles,
                articles="articles" in further,
                templates=templates,
                command=again,
                seed=session.seed,
                on_step=on_step,
            )
    if adr is not None:  # before anything is printed: a reader that goes away (`| head`) ends us
        decision.record(answer, advice.run, adr, asked, templates=templates)
    if as_json:
        from advisor.documents import to_json

        printing.data(to_json(answer))
    else:
        from advisor.report import consoles, terminal

        terminal.answer(answer, advice.run, consoles.answers(color), site=index, command=again, explained=explained)
    if timings:
        _timings(advice.run, color)
    if answer.verdict == "infeasible":
        raise SystemExit(EXIT_REFUSED)


@main.command()
@measurement.measuring_options
@click.option(
    "--only", multiple=True, metavar="GLOB", help="Only these probes, e.g. 'mlp*,route:*'. Repeatable.",
    shell_complete=offering(probes, several=True),
)  # fmt: skip
@click.option(
    "--model", metavar="@NAME", help="Only what is timed of this network, e.g. @mobilenetv2 (advisor model list).",
    shell_complete=offering(networks),
)  # fmt: skip
@folders_option
@click.option("--output", "-o", type=Output(), help="Also write the Run here.")
@click.pass_obj
def probe(
    color: str,
    session: SessionOptions,
    timings: bool,
    only: tuple[str, ...],
    model: str | None,
    output: Path | None,
) -> None:
    """Measure the frameworks of this machine and keep the Run (under .advisor/runs).

    Frameworks of your own need no change of advisor: --frameworks-folder names their folder once, and
    frameworks-folders = ["DIR"] under [tool.advisor] in the project's pyproject.toml names it for good.
    """
    from advisor import api

    _writable(("--output", output))
    if output is not None:
        authorship.check(output, "run")
    asked = [*parts(only), *(models.probes_of(model) if model else ())]
    with _progress(color) as on_event:
        run, file = api.probe(replace(session, on_event=on_event), only=asked)
    if output is not None:
        authorship.check(output, "run")  # the Run is kept, whatever came there meanwhile
        api.save_run(run, output)
    if timings:
        _timings(run, color)
    printing.say(str(output or file))


site_commands.attach(main)
profiles.attach(main)
decision.attach(main)
knowledge.attach(main)
measurement.attach(main)
environments.attach(main)


def _writable(*given: tuple[str, Path | None]) -> None:
    """Refuse, before anything is measured, what could not be written afterwards."""
    os.getcwd()  # the folder that we work in may be gone; whoever ends the command says so
    for option, path in given:
        if path is not None:
            paths.output(path, what=option)


def _progress(color: str) -> Any:
    from advisor.report import consoles
    from advisor.report.progress import progress

    return progress(consoles.messages(color))


def _timings(run: Any, color: str) -> None:
    from advisor.report import consoles
    from advisor.report.progress import timings

    timings(run, consoles.messages(color))


models.attach(main)
examples.attach(main)
