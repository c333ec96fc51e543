"""Two test processes side by side: what belongs together stays together."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parent.parent
FILES = ("tests/test_documents.py", "tests/test_yaml_cache.py", "tests/test_quantities.py")


def test_the_tests_of_a_file_go_to_one_process() -> None:
    options = ["-n", "2", "--dist", "loadgroup", "--no-loadscope-reorder", "-v", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *FILES], cwd=ROOT, capture_output=True, text=True, check=False
    )
    processes: dict[str, set[str]] = defaultdict(set)
    for process, file in re.findall(r"^\[(gw\d)\] .*?(tests/\w+\.py)::", done.stdout, flags=re.MULTILINE):
        processes[file].add(process)
    assert {file: len(names) for file, names in processes.items()} == dict.fromkeys(FILES, 1), done.stdout
