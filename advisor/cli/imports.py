"""The command that reads what other tools measured on a device."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from advisor import printing
from advisor.cli.options import Output, examples


@click.command(
    name="import",
    epilog=examples(
        "advisor import pixel.txt --as benchmark_model --device 'Pixel 8' --date 2026-11-12 --framework tensorflow "
        "--network cnn --precision int8 --threads 4 -o reported.json",
        "advisor import pi.txt --as benchmark_app --device 'Raspberry Pi 5' --date 2026-11-12 --framework pytorch "
        "--network cnn --precision float32 -o reported.json",
    ),
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--as", "name", required=True, metavar="FORMAT",
    help="benchmark_model, benchmark_app, perf_test, executor_runner, mlperf, aihub, or a YAML file of your own.",
)  # fmt: skip
@click.option("--device", required=True, metavar="TEXT", help="What it ran on, e.g. 'Raspberry Pi 5'.")
@click.option("--date", "day", required=True, type=click.DateTime(["%Y-%m-%d"]), help="When it ran.")
@click.option("--framework", required=True, metavar="ID", help="Which framework its model was exported from.")
@click.option("--network", required=True, metavar="NAME", help="Which network of your Run it is, e.g. mobilenetv2.")
@click.option("--precision", required=True, type=click.Choice(["float32", "int8"]), help="Of the file that ran.")
@click.option("--runtime", metavar="ID", help="What ran it, where the tool runs several, e.g. onnxruntime.")
@click.option("--threads", type=click.IntRange(1, 4096), help="On how many threads, where the file does not tell.")
@click.option("--tool-version", "version", metavar="TEXT", help="Of the tool, where the file does not tell.")
@click.option("--output", "-o", type=Output(), required=True, metavar="RUN", help="Write the Run here.")
def import_(
    file: Path,
    name: str,
    device: str,
    day: datetime,
    framework: str,
    network: str,
    precision: str,
    runtime: str | None,
    threads: int | None,
    version: str | None,
    output: Path,
) -> None:
    """Read the time of a call from another tool's file, and write it as a Run that `recommend` takes beside yours.

    It is graded `reported`: of its device, day and tool, and about as sure as two sessions of one machine are alike.
    """
    from advisor.devices import tool_report
    from advisor.measurement.run import save_run

    subject = tool_report.Subject(device, day.date(), framework, network, precision, runtime, threads, version)
    run = tool_report.read(file, name, subject)
    save_run(run, output)
    for each in run.observations:
        assert each.summary is not None
        printing.tell(
            f"{each.framework}→{each.route}, {each.workload}: {each.summary.median * 1e3:.3g} ms; {each.message}"
        )
    printing.say(str(output))
