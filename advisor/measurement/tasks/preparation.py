"""Starting the frameworks and making their cells ready."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from advisor.measurement import statistics
from advisor.measurement.definitions import BEST_KNOWN
from advisor.measurement.derivation import CHOSEN_BUSY
from advisor.measurement.run import LEFT_OUT, Framework
from advisor.measurement.session.context import Context
from advisor.measurement.session.sampling import FrameworkCell, failed, once
from advisor.measurement.tasks.kinds import CellTask, EnvironmentTask
from advisor.measurement.worker.answers import Described, WorkerError, shortened
from advisor.measurement.worker.bench import Bench


def start(context: Context, task: EnvironmentTask, bench: Bench) -> bool:
    """Start a fresh process of a framework and record what importing it costs; False when it cannot be used.

    Frameworks are started one after the other, so that each import has the machine to itself.
    """
    with context.task(task.title, task.estimate) as result, context.spending.on("imports"):
        known = task.framework.id in context.record.frameworks()
        try:
            told, met = once(context, bench.start, process=lambda: bench.pid, again=lambda _: bench.stop())
        except WorkerError as error:
            result.outcome, result.message = error.outcome, error.message
            bench.stop()
            if not known:
                missing(context, task, error)
            return False
        if not known:
            context.record.framework(
                task.framework.id,
                Framework(
                    title=task.framework.title,
                    version=told.version,
                    python=told.python,
                    packages=dict(context.environments[task.framework.id].packages),
                    threads_requested=told.threads_requested,
                    settings={name: shortened(str(value)) for name, value in told.settings.items()} | _beside(told),
                    install=task.framework.install,
                ),
            )
            for metric, count in (
                ("installed-size", told.installed_bytes),
                ("installed-packages", told.installed_packages),
            ):
                number = statistics.exact(float(count))
                context.record.observe(task.blank(metric).model_copy(update={"outcome": "measured", "summary": number}))
        for metric, value, disturbances in (
            ("import-time", told.import_seconds, met),
            ("memory-after-import", float(told.memory_after_import), ()),
        ):
            blank = task.blank(metric)
            if context.record.find(blank) is None:
                context.record.observe(blank.model_copy(update={"outcome": "measured"}))
            context.record.value(blank, value, disturbances)
    return True


def _beside(told: Described) -> dict[str, str]:
    """Return what lies beside a framework and was kept from its import, as one of its settings."""
    return {LEFT_OUT: ", ".join(told.left_out)} if told.left_out else {}


def missing(context: Context, task: EnvironmentTask, error: WorkerError) -> None:
    """Record that a framework cannot be used, and that all its tasks are therefore not measured, and why."""
    framework = task.framework
    context.record.framework(
        framework.id,
        Framework(title=framework.title, outcome=error.outcome, message=error.message, install=framework.install),
    )
    failed(context, task.blank("import-time"), error)
    for each in context.plan.trials:
        if each.framework.id == framework.id:
            failed(context, each.blank(), error)


def prepare(
    context: Context, tasks: Sequence[CellTask], benches: dict[str, Bench], *, again: bool = False
) -> list[FrameworkCell]:
    """Make cells ready, one after the other, and record parity and the first call; return those that can be timed.

    One after the other because the first call is an observation: two compilers at work would time each other. Done
    `again`, compilers find what they left in their caches, so the first call of a compiled setting is recorded once.
    """
    cells = []
    for task in tasks:
        bench = benches[task.framework.id]
        seconds = task.again if again else task.estimate
        with context.task(task.title, seconds) as result, context.spending.on("preparation"):
            try:
                told, met = once(context, partial(bench.prepare, task), process=partial(getattr, bench, "pid"))
            except WorkerError as error:
                result.outcome, result.message = error.outcome, error.message
                failed(context, task.blank(), error)
                continue
            cells.append(FrameworkCell(bench, task))
            known: dict[str, Any] = {
                "outcome": "measured", "how": told.how, "variant": told.variant, "parity": told.parity,
            }  # fmt: skip
            if met and len(told.tried) > 1:
                known["flags"] = (CHOSEN_BUSY,)
            first = task.blank("first-call")
            for blank, proof in ((task.blank(), told.details), (first, None)):
                if context.record.find(blank) is None:
                    context.record.observe(blank.model_copy(update=known | {"proof": proof}))
            if task.setting != BEST_KNOWN or not again:
                context.record.value(first, told.first_call, met)
    return cells
