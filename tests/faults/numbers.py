"""Numbers that people read in two ways, or in none: each is refused in one line that says what to write instead."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from click.testing import CliRunner

from advisor.cli.commands import main
from advisor.errors import EXIT_USAGE
from tests.faults.damaged import REFERENCE
from tests.faults.place import Finding

PROFILE = """\
name: camera
extends: edge
title: A camera
require:
  - criterion: artifact-size
    at_most: LIMIT
    because: the flash is small
"""
_ASKED = ("check", "--expect", "pytorch", "--run", str(REFERENCE))
_NEW = ("profile", "new", "--name", "camera", "--where", "device", "--knows", "pytorch", "--output", "camera.yaml")

# What is given, and what the message has to offer or to expect.
OPTIONS: tuple[tuple[tuple[str, ...], str], ...] = (
    ((*_ASKED, "--require", "artifact-size<=0,1 MB"), "'0.1 MB'"),
    ((*_ASKED, "--require", "artifact-size<=1,000 kB"), "'1 kB' or '1000 kB'"),
    ((*_ASKED, "--require", "artifact-size<=1.000 kB"), "'1 kB' or '1000 kB'"),
    ((*_ASKED, "--require", "artifact-size<=50%"), "no unit of a size"),
    ((*_ASKED, "--require", "artifact-size<=5 MB<=6 MB"), "one only"),
    ((*_ASKED, "--require", "artifact-size<=x = 5 MB"), "one only"),
    ((*_ASKED, "--require", "artifact-size==5 MB"), "'<=' or '>='"),
    ((*_ASKED, "--require", "artifact-size<=５ MB"), "'5 MB'"),
    ((*_ASKED, "--require", "artifact-size<=nan"), "a size such as '10 MB'"),
    ((*_ASKED, "--require", "int8-accuracy-loss<=0,5 %"), "'0.5 %'"),
    ((*_ASKED, "--require", "edge-route>=proved"), "after '='"),
    ((*_ASKED, "--weight", "edge-latency=nan"), "from 0 to 100 percent"),
    ((*_ASKED, "--weight", "edge-latency=0.4"), "'40' or '0.4 %'"),
    ((*_ASKED, "--weight", "edge-latency=-1"), "from 0 to 100 percent"),
    ((*_ASKED, "--min-confidence", "nan"), "a number or a percentage"),
    ((*_ASKED, "--min-confidence", "80"), "'80 %'"),
    ((*_ASKED, "--seed", "1_0"), "'10'"),
    (("probe", "--threads", "1.5"), "a whole number"),
    (("probe", "--budget", "inf"), "a time such as 5m"),
    (("probe", "--budget", "45"), "'45 s' or '45 min'"),
    (("recommend", "--as-of", "2024-9-4"), "'2024-09-04'"),
    (("knowledge", "stale", "--older-than", "99999999 years"), "from 0 to 300 years"),
    (("systems", "--check", "--timeout", "nan"), "a time such as '30 s'"),
    ((*_NEW, "--model-size", "2,5 MB"), "'2.5 MB'"),
    ((*_NEW, "--people", "3,5"), "a whole number"),
    ((*_NEW, "--code", "30.000 lines"), "'30000'"),
)
FILES = (
    ("0,1 MB", "'0.1 MB'"),
    (".inf", "a plain number"),
    ("010", "'10'"),
    ("1:30", "a plain number"),
    ("yes", "a quantity such as"),
    ("1_000", "'1000'"),
)


def findings() -> Iterator[Finding]:
    """Give each as an option, or in a profile."""
    with tempfile.TemporaryDirectory() as folder:
        runner, file = CliRunner(), Path(folder) / "camera.yaml"
        for arguments, words in OPTIONS:
            given = [str(file) if each == "camera.yaml" else each for each in arguments]
            yield _found(" ".join(arguments[-2:]), *_told(runner, given), words, made=file.exists())
        for limit, words in FILES:
            file.write_text(PROFILE.replace("LIMIT", limit), encoding="utf-8")
            yield _found(f"at_most: {limit}", *_told(runner, ["profile", "check", str(file)]), words)


def _told(runner: CliRunner, arguments: list[str]) -> tuple[int, str, str]:
    ended = runner.invoke(main, arguments)
    return ended.exit_code, ended.output, repr(ended.exception or "")


def _found(fault: str, code: int, output: str, exception: str, words: str, *, made: bool = False) -> Finding:
    amiss = [] if code == EXIT_USAGE else [f"exit code {code}: {output[-300:]}"]
    if output.count("Error: ") != 1 or "Traceback" in output or "SystemExit" not in exception:
        amiss.append(f"not one clear line: {output[-300:]} {exception}")
    if words not in output:
        amiss.append(f"not said: {words}: {output[-300:]}")
    if made:
        amiss.append("a file was written all the same")
    return Finding(fault, f"exit {code}, said: {words}", tuple(amiss))
