"""What takes pydantic's place on a device reads and writes the same documents, and refuses what is of another type."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from advisor.measurement.run import load_run
from tests.samples import sample_run

ROOT = Path(__file__).resolve().parents[2]
STAND_INS = ROOT / "advisor" / "devices" / "stand_ins"


def without_pydantic(code: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run code with our stand-ins in place of others' packages."""
    start = f"import sys; sys.path[:0] = [{str(STAND_INS)!r}, {str(ROOT)!r}]\n"
    start += "import pydantic; assert 'stand_ins' in pydantic.__file__\n"
    return subprocess.run(
        [sys.executable, "-c", start + code], input=given, capture_output=True, text=True, check=False, cwd=ROOT
    )


def test_a_run_that_goes_through_it_is_the_same_run(tmp_path: Path) -> None:
    whole = sample_run().model_dump_json(by_alias=True, exclude_none=True)
    code = (
        "from advisor.measurement.run import Run\nfrom advisor.documents import to_json\n"
        "sys.stdout.write(to_json(Run.model_validate_json(sys.stdin.read())))"
    )
    done = without_pydantic(code, whole)
    assert done.returncode == 0, done.stderr
    (tmp_path / "run.json").write_text(done.stdout)
    assert load_run(tmp_path / "run.json") == sample_run()
    assert json.loads(done.stdout) == json.loads(whole)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"calls": [0.1, "0.2"], "wall": 0.3, "cpu": 0.1}, "calls.1"),
        ({"calls": [0.1], "wall": -1.0, "cpu": 0.1}, "wall"),
        ({"calls": [], "wall": 0.3, "cpu": 0.1}, "calls"),
        ({"calls": [0.1], "wall": 0.3}, "cpu"),
        ({"calls": [0.1, 0.1], "count": 1, "wall": 0.3, "cpu": 0.1}, "1 calls are counted"),
        ({"calls": [0.1], "wall": True, "cpu": 0.1}, "wall"),
    ],
)
def test_an_answer_of_another_shape_is_refused_as_by_pydantic(body: dict[str, object], place: str) -> None:
    code = (
        "import json\nfrom advisor.measurement.worker.protocol import TimeBlock, read\n"
        "command = TimeBlock(cell=0, settle=0.0, lead_in=0.0, seconds=0.1, minimum_calls=1)\n"
        "reply = read(command, {'ok': json.load(sys.stdin)}, 0.0)\n"
        "print(reply.answer is None, reply.instead.message)"
    )
    done = without_pydantic(code, json.dumps(body))
    assert done.stdout.startswith("True not the answer that was agreed"), done.stderr
    assert place in done.stdout
    from advisor.measurement.worker.protocol import TimeBlock, read

    command = TimeBlock(cell=0, settle=0.0, lead_in=0.0, seconds=0.1, minimum_calls=1)
    assert read(command, {"ok": body}, 0.0).answer is None
