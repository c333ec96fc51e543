"""The command that writes a bundle for a device."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from advisor import printing
from advisor.cli.options import Output, Question, examples, model_option, profile_option
from advisor.cli.session import measuring_options, progress
from advisor.cli.session import timings as show_timings
from advisor.errors import AdvisorError

if TYPE_CHECKING:
    from advisor.measurement.options import SessionOptions


class Either(click.Command):
    """A command that is another one where a model of the user's is named."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Return the context of the one that the words ask for."""
        named = [word.removeprefix("--model=") for word in args if word.startswith("--model=")]
        named += [following for word, following in itertools.pairwise([*args, ""]) if word == "--model"]
        if any(not name.startswith("@") and not name.endswith((".yaml", ".yml")) for name in named):
            from advisor.cli import own_model

            return own_model.export.make_context(info_name, args, parent, **extra)
        return super().make_context(info_name, args, parent, **extra)


@click.command(
    cls=Either,
    epilog=examples(
        "advisor export --profile edge -o camera.advisor",
        "advisor export --profile edge --target linux-aarch64 -o camera.advisor",
        "advisor export --model camera.py:make -o camera-artifacts",
    ),
)
@profile_option
@model_option
@click.option(
    "--output", "-o", required=True, type=Output(), metavar="NAME.advisor",
    help="The bundle: a folder, or a zip file where the name ends with .zip.",
)  # fmt: skip
@click.option(
    "--target",
    metavar="MACHINE",
    help="The kind of machine that it goes to, e.g. linux-aarch64.  [default: this one's]",
)
@click.option(
    "--executorch-wheel", "wheel", type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The executorch wheel for another kind of machine, to compile its shim with.",
)  # fmt: skip
@measuring_options
@click.pass_obj
def export(
    color: str,
    profile: str,
    model: str | None,
    output: Path,
    target: str | None,
    wheel: Path | None,
    session: SessionOptions,
    timings: bool,
) -> None:
    """Export and prove the routes of a profile, and write a bundle that a device measures by itself.

    The bundle holds the artifacts that were proved here, the inputs and expected answers, and all that the session
    needs beside Python, NumPy and the runtimes. There: python NAME.advisor/run.py -o run.json

    Of a model of your own (--model FILE.py:FUNCTION, .keras, .onnx …) it writes the artifacts instead, into a plain
    folder: advisor export --model FILE --help
    """
    from advisor import scratch
    from advisor.decision.profile_plan import narrowed
    from advisor.devices import bundle, exports, shims
    from advisor.measurement.options import configured_definitions
    from advisor.measurement.session.plan import make_plan
    from advisor.measurement.store import Store
    from advisor.profiles.networks import subjects_of

    if session.resume:
        raise AdvisorError("--resume: an export is not gone on with; it is done again")
    bundle.refuse_other(output)
    needed, kind = Question(profile, model=model).adjusted(), target or bundle.here()
    plan = make_plan(
        mode=session.mode, only=("route:*",), frameworks=session.frameworks,
        definitions=configured_definitions(session.folders),
        subjects=subjects_of(needed, quick=session.mode == "quick"),
    )  # fmt: skip
    plan = narrowed(plan, needed)
    if not plan.routes:
        raise AdvisorError(
            f"--profile {profile}: it asks of no runtime, so there is nothing to measure on a device",
            hint="advisor export --profile edge -o NAME.advisor",
        )
    store = Store(Path(".advisor") / "runs")
    with scratch.folder("advisor-export-") as folder:
        with progress(color) as on_event:
            made = exports.export(
                plan, folder / "exports", store=store, pythons=dict(session.pythons or {}), seed=session.seed,
                threads=session.threads, label=session.label, on_event=on_event,
            )  # fmt: skip
        compiled = bundle.Shims()
        if any(task.route.runtime == "executorch" for task in (kept.task for kept in made.artifacts)):
            python = (session.pythons or {}).get("pytorch", Path(bundle.PYTHON))
            shim, said = shims.build(plan.definitions.probes, folder, target=kind, python=python, wheel=wheel)
            machine = kind.rpartition("-")[2]
            if shim is None:
                printing.tell(f"ExecuTorch's shim for {machine}: {said}")
            compiled = bundle.Shims({shim.name: shim} if shim else {}, {machine: said})
        written = bundle.write(made, plan, output, profile=needed.name, mode=session.mode, target=kind, shims=compiled)
    if timings:
        show_timings(made.run, color)
    proofs = store.path(made.run.id)
    printing.tell(
        f"{len(written.packed)} artifacts of {len(written.routes)} runtimes; the Run of their proofs: {proofs}"
    )
    printing.say(str(output))
