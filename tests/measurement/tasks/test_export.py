"""Which process exports what: the processors are kept busy, and a converter is not imported again where one is free."""

from __future__ import annotations

import contextlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from advisor.measurement import subject
from advisor.measurement.session.plan import make_plan
from advisor.measurement.tasks import export
from advisor.measurement.tasks.kinds import RouteTask


def tasks_of(*frameworks: str) -> list[RouteTask]:
    plan = make_plan(mode="quick", frameworks=frameworks, subjects=[subject.find("@mobilenetv2")])
    return [route for route in plan.routes if not route.trained]


def played(tasks: list[RouteTask], cores: int, threads: int = 2) -> tuple[float, list[tuple[str, str, str]], Any]:
    """Play a phase of exports that take what was estimated; return its seconds, and which process did what."""
    environment = SimpleNamespace(python_for=lambda _: Path("python"))
    context = SimpleNamespace(
        record=SimpleNamespace(start=SimpleNamespace(host=SimpleNamespace(cores=cores))),
        environments={task.framework.id: environment for task in tasks}, threads=threads, scratch=Path("nowhere"),
    )  # fmt: skip
    now, ends, did, waiting = 0.0, dict[int, tuple[float, export._Exporter]](), list[tuple[str, str, str]](), [*tasks]
    with contextlib.ExitStack() as stack:
        exporters = export._Exporters(cast("Any", context), stack, tasks)
        while waiting or ends:
            while waiting and (found := exporters.next(waiting)) is not None:
                exporter, task = found
                waiting.remove(task)
                exporter.task, exporter.pending = task, cast("Any", "asked")
                exporter.done.add(task.route.runtime)
                ends[id(exporter)] = (now + task.estimate, exporter)
                did.append((f"{id(exporter)}", task.framework.id, task.route.runtime))
            now, exporter = min(ends.values(), key=lambda each: each[0])
            del ends[id(exporter)]
            exporter.task, exporter.pending = None, None
            exporters.retire(waiting)
            assert len(exporters._running) < exporters.most + len({task.framework.id for task in tasks})
    return now, did, exporters


@pytest.mark.parametrize("frameworks", [("pytorch",), ("pytorch", "tensorflow"), ("pytorch", "tensorflow", "jax")])
def test_two_processors_are_kept_busy(frameworks: tuple[str, ...]) -> None:
    tasks = tasks_of(*frameworks)
    seconds, did, exporters = played(tasks, cores=2)
    whole, longest = sum(task.estimate for task in tasks), max(task.estimate for task in tasks)
    assert len(did) == len(tasks)
    assert seconds <= whole / 2 + longest / 2
    assert exporters.most == 2
    assert exporters._threads == 1, "each has its share of the threads"


def test_one_processor_exports_one_after_the_other_in_a_process_for_each_framework() -> None:
    tasks = tasks_of("pytorch", "tensorflow")
    seconds, did, _ = played(tasks, cores=1)
    assert seconds == pytest.approx(sum(task.estimate for task in tasks))
    assert len({process for process, _, _ in did}) == 2


def test_a_converter_is_imported_where_it_is_at_hand() -> None:
    _, did, _ = played(tasks_of("pytorch"), cores=2)
    assert len(set(did)) <= len({(framework, runtime) for _, framework, runtime in did}) + 1


def test_many_processors_start_no_more_than_a_few() -> None:
    _, _, exporters = played(tasks_of("pytorch", "tensorflow", "jax"), cores=64, threads=64)
    assert exporters.most == export.MOST
    assert exporters._threads == 64 // export.MOST
