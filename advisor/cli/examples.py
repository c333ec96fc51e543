"""The examples under each command's ``--help``; a test reads every one of them as the command line would."""

from __future__ import annotations

from collections.abc import Mapping

import click

EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "recommend": (
        "advisor recommend --profile edge",
        "advisor recommend --profile edge --target raspberry-pi --no-site",
        "advisor recommend --profile research --quick --no-site",
        "advisor recommend --profile edge --run run.json --weight edge-latency=40 --json",
    ),
    "probe": (
        "advisor probe --quick --output run.json",
        "advisor probe --only 'cnn-*' --only 'route:*' --budget 5m",
        "advisor probe --python pytorch=/opt/torch/bin/python --resume",
    ),
    "site build": (
        "advisor site build --run run.json --output public",
        "advisor site build --run run.json --all-profiles --with articles --output public",
        "advisor site build --run run.json --profile edge --single-file --output answer.html",
    ),
    "site embed": ("advisor site embed choice.md --run run.json --pages advisor",),
    "site serve": ("advisor site serve --run run.json --port 8080",),
    "profile list": ("advisor profile list",),
    "profile show": ("advisor profile show edge",),
    "profile check": ("advisor profile check camera.yaml",),
    "profile new": (
        "advisor profile new",
        "advisor profile new --name camera --where device --output camera.yaml",
    ),
    "profile criteria": ("advisor profile criteria", "advisor profile criteria memory latency"),
    "profile schema": ("advisor profile schema",),
    "model list": ("advisor model list",),
    "model show": ("advisor model show @mobilenetv2", "advisor model show '@mobilenetv2?width=0.5'"),
    "target list": ("advisor target list",),
    "target show": ("advisor target show raspberry-pi",),
    "evidence": (
        "advisor evidence --profile edge",
        "advisor evidence --run run.json --exclude onnxruntime --format csv",
    ),
    "check": (
        "advisor check --profile edge --expect tensorflow",
        "advisor check --profile camera.yaml --expect tensorflow --run run.json --min-confidence 0.8",
    ),
    "systems": ("advisor systems", "advisor systems keras --check"),
    "claims": ("advisor claims", "advisor claims --format csv"),
    "knowledge check": ("advisor knowledge check",),
    "knowledge stale": ("advisor knowledge stale --format json",),
    "report": ("advisor report --profile edge --run run.json --output report.md",),
    "compare": ("advisor compare before.json after.json", "advisor compare before.json after.json --format json"),
    "doctor": ("advisor doctor", "advisor doctor --json"),
    "env list": ("advisor env list",),
    "env create": ("advisor env create litert-torch",),
    "env remove": ("advisor env remove litert-torch",),
}


def attach(group: click.Group, path: tuple[str, ...] = ()) -> None:
    """Put the examples under the help of every command of `group`."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            attach(command, (*path, name))
        elif lines := EXAMPLES.get(" ".join((*path, name))):
            command.epilog = "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)
