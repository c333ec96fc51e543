"""What the tests cost in processor time: told at the end of every run, and held to a budget where all of them ran.

Counted are the test processes and every process that they waited for. A host that gives our processors to others makes
the same work take up to twice as long; so a fixed piece of work is timed now and then beside the tests, and the budget
grows by as much as that takes longer than where the budgets were set.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Generator
from statistics import fmean

import pytest

ALL = 25 * 60.0
"""Seconds of processor time for `make test`."""
QUICK = 60.0
"""Seconds for `make test-quick`, with what it takes to collect the tests."""
MARKS = ("frameworks", "browser", "install", "integration")
"""Marks of the tests that `make test-quick` leaves out."""
ALONE = 0.0039
"""Seconds that `work` took on the machine where the budgets were set, while nothing else used its cores."""
EVERY = 20.0
"""Seconds between two looks at the pace of the machine."""


def work() -> float:
    """Return the seconds of processor time that a fixed piece of work takes."""
    began = time.process_time()
    sum(number * number for number in range(100_000))
    return time.process_time() - began


def spent() -> float:
    """Return the seconds of processor time of this process and of those that it has waited for."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in both)


class Budget:
    """Counts what the tests of one process cost; the process that started the others adds theirs up."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.quick = 0.0
        self.looks: list[float] = []
        self.looked = -EVERY
        self.told: list[dict[str, float]] = []
        self.over: list[str] = []

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Count a quick test, with the fixtures that are made for it."""
        if time.monotonic() - self.looked >= EVERY:
            self.looks.append(min(work() for _ in range(3)))
            self.looked = time.monotonic()
        before = spent()
        try:
            return (yield)
        finally:
            if not any(item.get_closest_marker(mark) for mark in MARKS):
                self.quick += spent() - before

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: object) -> None:
        """Take what another test process counted."""
        self.told += [told] if (told := getattr(node, "workeroutput", {}).get("budget")) else []

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail a run of all tests, or of all quick ones, that cost more than its budget."""
        own = {"all": spent(), "quick": self.quick}
        if self.looks:
            own["pace"] = max(1.0, fmean(self.looks) / ALONE)
        output = getattr(self.config, "workeroutput", None)
        if output is not None:
            output["budget"] = own
            return
        self.told.append(own)
        budgets = self._budgets() if session.testscollected and not session.testsfailed else {}
        for name, most in budgets.items():
            if self.total(name) > most * self.pace:
                text = f"{self.total(name):.0f} s of processor time, and {most:.0f} s × {self.pace:.2f} are the budget"
                self.over.append(f"FAILED budget: the {name} tests took {text}")
        if self.over:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what the tests cost."""
        cost = f"{self.total('all') / 60:.1f} minutes of processor time, {self.total('quick'):.0f} s for quick tests"
        terminalreporter.write_line(f"{cost}; fixed work took {self.pace:.2f} times as long as on a free core")
        for line in self.over:
            terminalreporter.write_line(line, red=True)

    def total(self, name: str) -> float:
        """Return the seconds that all test processes together spent on ``all`` or the ``quick`` tests."""
        return sum(told[name] for told in self.told)

    @property
    def pace(self) -> float:
        """Return how many times as long as on a free core the processor took for the same work; at least 1."""
        found = [told["pace"] for told in self.told if "pace" in told]
        return fmean(found) if found else 1.0

    def _budgets(self) -> dict[str, float]:
        """Return what is held to a budget: nothing, where a part of the tests was asked for, or coverage counts."""
        options = self.config.option
        part = options.keyword or self.config.args_source is not pytest.Config.ArgsSource.TESTPATHS
        if part or options.collectonly or getattr(options, "cov_source", None):
            return {}
        if not options.markexpr:
            return {"all": ALL, "quick": QUICK}
        return {"all": QUICK} if all(f"not {mark}" in options.markexpr for mark in MARKS) else {}
