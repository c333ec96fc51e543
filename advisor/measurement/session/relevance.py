"""What a session need not try any more: asked of whoever decides, whenever something has been learnt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TypeVar

from advisor.measurement.run import Observation, Skipped
from advisor.measurement.session.context import Context
from advisor.measurement.session.events import LeftOut
from advisor.measurement.session.plan import Trial

T = TypeVar("T", bound=Trial)


class Needed:
    """Tells of each task whether its result could still change what the session is for.

    Without anybody to ask, everything is needed.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._told: Mapping[tuple[str, str], str] = {}
        self._learnt = -1

    def why_not(self, of: Observation) -> str | None:
        """Return why nothing more need be known of the probe and framework of an observation, or None if it must."""
        context = self._context
        if context.needless is None:
            return None
        if context.record.learnt != self._learnt:
            self._learnt = context.record.learnt
            run = context.record.run(finished=datetime.now(UTC), complete=False)
            self._told = context.needless(run)
        return self._told.get((of.probe, of.framework))

    def due(self, tasks: Iterable[T]) -> list[T]:
        """Return the tasks that have to be tried; the others are left out, and the Run says why."""
        needed, left = list[T](), dict[tuple[str, str], list[T]]()
        for task in tasks:
            if self.why_not(task.blank()) is None:
                needed.append(task)
            else:
                left.setdefault((task.probe, task.framework.id), []).append(task)
        for group in left.values():
            self._leave_out(group)
        return needed

    def leave_out(self, of: Observation, why: str, first: int | None = None) -> None:
        """Say in the Run that nothing more of a probe and framework is measured, from a round on, and why."""
        left_out = Skipped(probe=of.probe, kind="needless", framework=of.framework, reason=why, first=first)
        self._context.record.skip(left_out)
        title = self._context.plan.frameworks[of.framework].title
        self._context.tell(LeftOut(left_out, {of.framework: title}))

    def _tried(self, blank: Observation) -> bool:
        found = self._context.record.find(blank)
        return found is not None and found.outcome != "not_run"

    def _leave_out(self, tasks: Iterable[Trial]) -> None:
        group, record = list(tasks), self._context.record
        blank = group[0].blank()
        why = str(self.why_not(blank))
        for task in group:
            one = task.blank()
            if self._tried(one) and task.kind == "route":
                one = task.latency()  # proved already; what it takes is what is left out
            # A session that was interrupted has said of everything that it did not come to it; now there is a reason.
            if not self._tried(one):
                record.observe(one.model_copy(update={"message": why}))
        self.leave_out(blank, why)
