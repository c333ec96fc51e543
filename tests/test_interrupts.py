"""Ctrl-C while the command line is being loaded: one line and 130, from the first moment that is ours on."""

from __future__ import annotations

import signal
import subprocess
import sys

CODE = "import os, signal\nfrom advisor import interrupts\ninterrupts.before()\n"


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=300,
        # Whoever runs the tests in the background of a shell has interrupts ignored, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip


def test_an_interruption_while_loading_is_one_line() -> None:
    done = run(f"{CODE}os.kill(os.getpid(), signal.SIGINT)\nimport advisor.cli")
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "Interrupted.\n")


def test_a_command_under_way_may_keep_what_it_has() -> None:
    tried = "try:\n os.kill(os.getpid(), signal.SIGINT)\nexcept KeyboardInterrupt: print('kept')"
    done = run(f"{CODE}interrupts.during()\n{tried}")
    assert (done.returncode, done.stdout, done.stderr) == (0, "kept\n", "")


def test_nothing_is_loaded_before_the_handler_is_there() -> None:
    done = run("import sys; before = set(sys.modules); import advisor.interrupts; print(*set(sys.modules) - before)")
    assert set(done.stdout.split()) == {"advisor", "advisor.interrupts"}
