"""What the tests cost in processor time: told at the end of every run, and held to a budget where all quick ones ran.

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
"""Seconds of processor time that `make test` is to cost; a run that costs more says so, and does not fail for it."""
QUICK = 60.0
"""Seconds for `make test-quick`, with what it takes to collect the tests; a run that costs more fails."""
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
    """Counts what the tests cost; with several test processes each looks at the pace, and the first one counts."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.looks: list[float] = []
        self.looked = -EVERY
        self.over = ""

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_protocol(self) -> Generator[None, object, object]:
        """Look at the pace of the machine now and then."""
        if time.monotonic() - self.looked >= EVERY:
            self.looks.append(min(work() for _ in range(3)))
            self.looked = time.monotonic()
        return (yield)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: object) -> None:
        """Take what another test process saw of the pace."""
        self.looks += getattr(node, "workeroutput", {}).get("looks", [])

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail a run of all quick tests that cost more than its budget."""
        output = getattr(self.config, "workeroutput", None)
        if output is not None:
            output["looks"] = self.looks
            return
        options = self.config.option
        part = options.keyword or self.config.args_source is not pytest.Config.ArgsSource.TESTPATHS
        if part or options.collectonly or getattr(options, "cov_source", None):
            return
        quick = all(f"not {mark}" in options.markexpr for mark in MARKS)
        most = QUICK if quick else ALL
        if (quick or not options.markexpr) and spent() > most * self.pace:
            self.over = f"over the budget of {most:.0f} s × {self.pace:.2f}"
            if quick and not session.testsfailed:
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what the tests cost."""
        cost = f"{spent():.0f} s of processor time; fixed work took {self.pace:.2f} times as long as on a free core"
        terminalreporter.write_line(f"{cost}; {self.over}" if self.over else cost, red=bool(self.over))

    @property
    def pace(self) -> float:
        """Return how many times as long as on a free core the processor took for the same work; at least 1."""
        return max(1.0, fmean(self.looks) / ALONE) if self.looks else 1.0
