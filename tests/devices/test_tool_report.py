"""What other tools measured: their files, what a file lacks, and what it counts for in a decision."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from advisor.api import recommend
from advisor.cli import main
from advisor.decision.engine import decide
from advisor.devices import report_format, tool_report
from advisor.devices.combination import combined
from advisor.errors import AdvisorError
from advisor.measurement.run import Run, load_run, save_run
from advisor.profiles.profile import load_profile
from tests.samples import sample_run

# What OpenVINO's own tool wrote on this kind of machine; the others as their makers document them.
REAL = Path(__file__).parent / "data" / "benchmark_app.txt"
TEXTS = {
    "benchmark_model": "Num threads: [4]\ncount=4 first=9 curr=8\ncount=50 first=32891 curr=33978 avg=33209.4 std=450\n"
    "Inference timings in us: Init: 855, First inference: 49060, Warmup (avg): 34825.1, Inference (avg): 33209.4\n",
    "perf_test": "Setting intra_op_num_threads to 4\nSession creation time cost: 0.127 s\n"
    "Total inference requests: 10\nP50 Latency: 0.0332094 s\n",
    "executor_runner": "I 00:00:01 executorch:executor_runner.cpp:280] Model executed successfully 100 time(s) in "
    "3320.940000 ms.\n",
    "mlperf": "SUT name : x\nScenario : SingleStream\nResult is : VALID\n50.00 percentile latency (ns)   : 33209400\n",
    "aihub": '{"execution_summary": {\n  "estimated_inference_time": 33209.4\n}}',
}


def subject(network: str = "cnn", framework: str = "tensorflow", device: str = "Pixel 8") -> tool_report.Subject:
    return tool_report.Subject(device, date(2026, 1, 2), framework, network, "int8", threads=4)


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "tool.txt"
    path.write_text(text)
    return path


@pytest.mark.parametrize("name", TEXTS)
def test_a_call_is_read_in_seconds(name: str, tmp_path: Path) -> None:
    found = report_format.read(written(tmp_path, TEXTS[name]), report_format.load(name))
    assert found.seconds == pytest.approx(0.0332094)
    if name == "benchmark_model":
        assert (found.calls, found.threads) == (50, 4)


def test_every_format_is_tried_here() -> None:
    assert {*TEXTS, "benchmark_app"} == {*report_format.names()}


def test_what_the_tool_itself_wrote_is_read_with_its_version_and_threads() -> None:
    found = report_format.read(REAL, report_format.load("benchmark_app"))
    (median,) = [line for line in REAL.read_text().splitlines() if "Median:" in line]
    assert found.seconds == pytest.approx(float(median.split()[-2]) / 1e3)
    assert found.resolution == pytest.approx(0.005e-3)
    assert found.version is not None
    assert found.version.startswith("2026.4.1")
    assert (found.threads, bool(found.calls)) == (2, True)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("benchmark_model", "STARTING!\n", ":1: ends without what is read: expected a line 'Inference timings in us"),
        ("executor_runner", "Model executed successfully 0 time(s) in 1 ms", ":1: '0' is no number of one or more"),
        ("perf_test", "x\nP50 Latency: 0.0 s", ":2: '0.0' is no time of a call"),
        ("mlperf", "Scenario : Offline\n", ":1: ends without what is read: expected the scenario SingleStream"),
        ("mlperf", TEXTS["mlperf"].replace("VALID", "INVALID"), "expected a valid result"),
        ("aihub", '{"execution_summary":\n {}}', ":1: 'execution_summary.estimated_inference_time' is missing"),
        ("aihub", '{\n"a": }', ":2: not valid JSON"),
        ("aihub", TEXTS["aihub"].replace("33209.4", "null"), ":2: 'null' is no time of a call"),
        ("benchmark_app", REAL.read_text().replace("synchronously", "asynchronously, 2 inference requests"), "nireq 1"),
    ],
)
def test_a_file_that_lacks_it_is_refused_where_it_does(name: str, text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(AdvisorError) as refused:
        report_format.read(written(tmp_path, text), report_format.load(name))
    assert said in refused.value.message


def test_a_further_format_needs_no_python(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(
        "tool: ours\nruntime: litert\nreads: text\nfigures:\n"
        "  latency: {find: 'took ([0-9.]+)', unit: ms, expected: 'took NUMBER'}\n"
    )
    assert report_format.read(written(tmp_path, "took 2.5"), report_format.load(str(own))).seconds == 0.0025
    own.write_text(own.read_text().replace("([0-9.]+)", "[0-9"))
    with pytest.raises(AdvisorError, match=r"own\.yaml:5:.*no regular expression"):
        report_format.load(str(own))
    with pytest.raises(AdvisorError, match="'onyx' is no format: expected aihub, benchmark_app"):
        report_format.load("onyx")


def test_a_reported_time_stands_alone_for_its_device(tmp_path: Path) -> None:
    here = sample_run()
    save_run(here, tmp_path / "here.json")
    arguments = [
        "import", str(written(tmp_path, TEXTS["benchmark_model"])), "--as", "benchmark_model", "--device", "Pixel 8",
        "--date", "2026-01-02", "--framework", "tensorflow", "--network", "cnn", "--precision", "int8",
        "-o", str(tmp_path / "reported.json"),
    ]  # fmt: skip
    told = CliRunner().invoke(main, arguments)
    assert told.exit_code == 0, told.output
    both = combined([here, load_run(tmp_path / "reported.json")])
    timed = [each for each in both.observations if each.probe.startswith("route:") and each.unit == "s"]
    assert [(each.grade, each.framework, each.route) for each in timed] == [("reported", "tensorflow", "litert")]
    assert timed[0].summary is not None
    assert timed[0].summary.low < timed[0].summary.median == pytest.approx(0.0332094)
    answer = decide(both, load_profile("edge"), samples=200)
    assert any("reported by benchmark_model of Pixel 8 (2026-01-02)" in each for each in answer.warnings)
    assert any(cell.grade == "reported" and cell.route == "litert" for cell in answer.evidence)


def test_what_was_not_proved_or_is_of_two_devices_is_refused(tmp_path: Path) -> None:
    def of(**said: str) -> Run:
        return tool_report.read(written(tmp_path, TEXTS["benchmark_model"]), "benchmark_model", subject(**said))

    here = sample_run()
    with pytest.raises(AdvisorError, match=r"which .* did not prove: expected one of .*tensorflow→litert cnn int8"):
        combined([here, of(network="resnet")])
    with pytest.raises(AdvisorError, match=r"more than one device: Pixel 8 .*, Pi"):
        combined([here, of(), of(device="Pi")])
    with pytest.raises(AdvisorError, match="says again"):
        combined([here, of(), of()])
    with pytest.raises(AdvisorError, match="need one Run beside them"):
        combined([of()])
    save_run(of(), tmp_path / "alone.json")
    with pytest.raises(AdvisorError, match="need one Run beside them"):
        recommend("edge", run=tmp_path / "alone.json")
