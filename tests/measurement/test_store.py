"""Which kept Run can be used again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from advisor.measurement import environments, host
from advisor.measurement.definitions import Definitions
from advisor.measurement.run import Framework, Policy, Run, save_run
from advisor.measurement.session.plan import make_plan
from advisor.measurement.store import Store
from advisor.resources import own_version

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


@pytest.fixture
def kept(toys: Definitions) -> Run:
    """A complete Run of all toys on this machine, an hour old."""
    plan = make_plan(definitions=toys)
    found = environments.find(plan.frameworks.values())
    blanks = [task.blank() for task in plan.cells] + [task.blank() for task in plan.routes]
    return Run(
        id="20261120-165800-0001",
        started=NOW - timedelta(hours=1, minutes=2),
        finished=NOW - timedelta(hours=1),
        mode="standard",
        advisor=own_version(),
        host=host.describe(),
        policy=Policy(threads=host.cores()),
        frameworks={
            name: Framework(
                title=name, outcome="measured" if each.present else "not_installed", packages=dict(each.packages)
            )
            for name, each in found.items()
        },
        observations=tuple(blank.model_copy(update={"outcome": "error"}) for blank in blanks),
    )


def changed(run: Run, **update: object) -> Run:
    return run.model_copy(update=update)


def upgraded(run: Run) -> Run:
    toy = run.frameworks["toy"].model_copy(update={"packages": {"numpy": "0.9"}})
    return changed(run, frameworks={**run.frameworks, "toy": toy})


def appeared(run: Run) -> Run:
    toy = run.frameworks["toy"].model_copy(update={"outcome": "not_installed", "packages": {}})
    return changed(run, frameworks={**run.frameworks, "toy": toy})


def vanished(run: Run) -> Run:
    there = run.frameworks["absent"].model_copy(update={"outcome": "measured"})
    return changed(run, frameworks={**run.frameworks, "absent": there})


def test_a_recent_run_of_the_same_is_used_again(kept: Run, toys: Definitions, tmp_path: Path) -> None:
    store = Store(tmp_path)
    save_run(kept, store.path(kept.id))
    assert store.reusable(definitions=toys, now=NOW) == kept
    assert store.reusable(definitions=toys, now=NOW, mode="quick") == kept
    assert store.reusable(definitions=toys, now=NOW, frameworks=["toy", "absent"]) == kept


@pytest.mark.parametrize(
    "change",
    [
        lambda run: changed(run, finished=NOW - timedelta(days=7)),
        lambda run: changed(run, finished=NOW + timedelta(hours=1)),
        lambda run: changed(run, complete=False),
        lambda run: changed(run, mode="quick"),
        lambda run: changed(run, advisor="0.0.0"),
        lambda run: changed(run, policy=Policy(threads=host.cores() + 1)),
        lambda run: changed(run, host=run.host.model_copy(update={"cpu": "another"})),
        lambda run: changed(run, observations=run.observations[1:]),
        lambda run: changed(
            run, observations=(run.observations[0].model_copy(update={"outcome": "not_run"}), *run.observations[1:])
        ),
        upgraded,
        appeared,
        vanished,
    ],
    ids=[
        "a week old", "from the future", "incomplete", "a lesser mode", "another advisor", "other threads",
        "another machine", "not all was tried", "not run", "upgraded", "newly installed", "uninstalled",
    ],
)  # fmt: skip
def test_anything_else_is_measured_again(
    kept: Run, toys: Definitions, tmp_path: Path, change: Callable[[Run], Run]
) -> None:
    store = Store(tmp_path)
    save_run(change(kept), store.path(kept.id))
    assert store.reusable(definitions=toys, now=NOW) is None


def test_a_run_that_was_measured_under_load_is_used_again_like_any_other(
    kept: Run, toys: Definitions, tmp_path: Path
) -> None:
    store = Store(tmp_path)
    observations = [each.model_copy(update={"grade": "under load"}) for each in kept.observations]
    run = changed(kept, observations=tuple(observations))
    save_run(run, store.path(run.id))
    assert store.reusable(definitions=toys, now=NOW) == run


def test_the_newest_of_several_is_used_and_damaged_files_are_passed_over(
    kept: Run, toys: Definitions, tmp_path: Path
) -> None:
    store = Store(tmp_path)
    newer = changed(kept, id="20261120-165900-0001")
    for run in (kept, newer):
        save_run(run, store.path(run.id))
    (tmp_path / "20261120-170000-0001.json").write_text("{")
    assert store.reusable(definitions=toys, now=NOW) == newer
    assert [run.id for run in store.runs()] == [newer.id, kept.id]


def test_an_empty_store_has_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path / "none")
    assert store.reusable() is None
    assert not list(store.runs())
    assert not store.unfinished()


def test_ids_say_when_and_are_not_used_twice(tmp_path: Path) -> None:
    store = Store(tmp_path)
    made = {store.new_id(NOW) for _ in range(5)}
    assert all(name.startswith("20261120-180000-") and len(name) == 20 for name in made)


def test_a_run_without_a_framework_that_is_asked_for_is_not_used_again(
    kept: Run, toys: Definitions, tmp_path: Path
) -> None:
    others = {name: found for name, found in kept.frameworks.items() if name != "toy"}
    store = Store(tmp_path)
    save_run(kept, store.path(kept.id))
    assert store.reusable(definitions=toys, now=NOW, enough=lambda run: True) == kept
    save_run(changed(kept, frameworks=others), store.path(kept.id))
    assert store.reusable(definitions=toys, now=NOW, enough=lambda run: True) is None
