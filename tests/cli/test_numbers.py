"""Numbers, times and days as options: what a person could mean otherwise is refused in one line, with what to write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from advisor import api
from advisor.cli.commands import main
from advisor.errors import AdvisorError

NEW = ["profile", "new", "--name", "camera", "--where", "device", "--knows", "pytorch"]
CHECK = ["check", "--expect", "pytorch", "--run", "none.json"]
LIST = ["systems", "--check"]
STALE = ["knowledge", "stale"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([*CHECK, "--min-confidence", "nan"], "expected a number or a percentage such as '2 %', got 'nan'"),
        ([*CHECK, "--min-confidence", "inf"], "got 'inf'"),
        ([*CHECK, "--min-confidence", "0,8"], "got '0,8' — did you mean '0.8'?"),
        ([*CHECK, "--min-confidence", "80"], "expected a share from 0 to 1, got '80' — did you mean '80 %'?"),
        ([*CHECK, "--min-confidence", "120 %"], "1.2 is not in the range 0<=x<=1"),
        ([*CHECK, "--min-confidence", "1e-1"], "did you mean '0.1'?"),
        ([*CHECK, "--seed", "1_0"], "expected a whole number such as '8', got '1_0' — did you mean '10'?"),
        ([*CHECK, "--seed", "-1"], "-1 is not in the range"),
        ([*CHECK, "--seed", "１２"], "did you mean '12'?"),
        (["probe", "--threads", "1.5"], "expected a whole number such as '8', got '1.5'"),
        (["probe", "--threads", "1,000"], "did you mean '1' or '1000'?"),
        (["probe", "--threads", "0x4"], "expected a whole number such as '8', got '0x4'"),
        (["probe", "--budget", "nan"], "expected a time such as 5m, '300 s' or '5 minutes', got 'nan'"),
        (["probe", "--budget", "0,5 h"], "did you mean '0.5 h'?"),
        (
            ["probe", "--budget", "300"],
            "expected a time such as 5m, '300 s' or '5 minutes', got '300' — did you mean '300 s' or '300 min'?",
        ),
        (["probe", "--budget", "-5m"], "'5 minutes', above zero and at most 365 days"),
        (["probe", "--budget", "9999 years"], "'5 minutes', above zero and at most 365 days"),
        ([*LIST, "--timeout", "nan"], "expected a time such as '30 s', got 'nan'"),
        ([*LIST, "--timeout", "0.01"], "expected a time such as '30 s', of 100 ms or more and at most 10 min"),
        ([*STALE, "--older-than", "6"], "--older-than: expected a time such as '5 ms', got '6', which has no unit"),
        ([*STALE, "--older-than", "1,5 years"], "did you mean '1.5 years'?"),
        ([*STALE, "--older-than", "-1 year"], "expected a time from 0 to 300 years, got '-1 year'"),
        ([*STALE, "--older-than", "99999999 years"], "expected a time from 0 to 300 years"),
        (["recommend", "--as-of", "2024-9-4"], "got '2024-9-4' — did you mean '2024-09-04'?"),
        (["recommend", "--as-of", "20240904"], "did you mean '2024-09-04'?"),
        (["recommend", "--as-of", "4.9.2024"], "expected a date such as '2024-09-04', got '4.9.2024'"),
        (["recommend", "--as-of", "2024-02-30"], "expected a date such as '2024-09-04', got '2024-02-30'"),
        (["recommend", "--as-of", "２０２４-09-04"], "did you mean '2024-09-04'?"),
        ([*NEW, "--people", "3,5"], "expected a whole number such as '8', got '3,5'"),
        ([*NEW, "--code", "30.000 lines"], "'30.000' — did you mean '30' or '30000'?"),
        ([*NEW, "--code", "nan"], "expected a number of lines such as '30000 lines', got 'nan'"),
        ([*NEW, "--model-size", "2,5 MB"], "--model-size: expected a size such as '10 MB', got '2,5 MB'"),
        ([*NEW, "--memory", "-256 MB"], "--memory: expected more than zero, got '-256 MB'"),
        ([*NEW, "--memory", "0"], "--memory: expected more than zero, got '0'"),
        ([*NEW, "--latency", "inf s"], "--latency: expected a time such as '5 ms', got 'inf s'"),
        (["site", "serve", "--port", "８０００"], "did you mean '8000'?"),
    ],
)
def test_what_could_be_misread_is_one_line(
    arguments: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(main, arguments)
    assert told.exit_code == 2
    assert words in told.output
    assert told.output.count("Error: ") == 1


@pytest.mark.parametrize(
    "arguments", [["--min-confidence", "80 %"], ["--min-confidence", "0.8"], ["--seed", "7"], ["--seed", "0"]]
)
def test_what_is_written_right_is_read(arguments: list[str]) -> None:
    told = CliRunner().invoke(main, [*CHECK, *arguments])
    assert "none.json" in told.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"budget": float("nan")}, "budget: expected seconds above zero, got nan"),
        ({"budget": float("inf")}, "budget: expected seconds above zero, got inf"),
        ({"threads": 0}, "threads: expected a number above zero, got 0"),
        ({"seed": -1}, "seed: expected zero or more, got -1"),
    ],
)
def test_a_call_from_python_is_held_to_the_same(arguments: dict[str, Any], words: str, tmp_path: Path) -> None:
    with pytest.raises(AdvisorError, match=words):
        api.probe(home=tmp_path, **arguments)
    assert not [*tmp_path.iterdir()]
