"""Start a worker: ``framework pytorch``, ``runtime litert``, ``model``; or do one thing: ``digits``, ``ceiling``.

Run as a script by the Python that has the framework; nothing has to be installed there but the framework and NumPy.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path


def main() -> int:
    """Claim the channel before anything else can print, then hand over."""
    home = Path(__file__).resolve().parent
    sys.path[:] = [entry for entry in sys.path if not entry or Path(entry).resolve() != home]
    sys.path.insert(0, str(home.parent))
    arguments = _arguments()
    if arguments.what == "networks":
        from probes.networks import description

        description.main()
        return 0

    from probes.channel import claim

    claim()
    if arguments.what == "framework":
        from probes import worker

        worker.main(arguments.name, arguments.frameworks_folder)
    elif arguments.what == "runtime":
        from probes import runtime_worker

        runtime_worker.main(arguments.name, arguments.frameworks_folder)
    elif arguments.what == "model":
        from probes.models import reader

        reader.main()
    elif arguments.what == "ceiling":
        from probes import peaks

        peaks.main(arguments.threads)
    else:
        # One thread: the products are small, and on a busy machine a second one waits more than it works.
        os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")
        from probes import digits

        digits.main(arguments.output)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="probes", description=__doc__)
    commands = parser.add_subparsers(dest="what", required=True)
    framework = commands.add_parser("framework", help="measure and prove with one framework, over JSON Lines")
    runtime = commands.add_parser("runtime", help="load and time an exported model with its runtime alone")
    for each in (framework, runtime):
        each.add_argument("name")
        each.add_argument(
            "--frameworks-folder",
            action="append",
            default=[],
            type=Path,
            metavar="DIR",
            help="also look in DIR, which holds a folder per framework, and runtimes/ (may be given several times)",
        )
    ceiling = commands.add_parser("ceiling", help="measure what NumPy reaches on this machine")
    ceiling.add_argument("--threads", type=int, required=True, metavar="N")
    commands.add_parser("model", help="read a user's model, take its answers, export it, over JSON Lines")
    digits = commands.add_parser("digits", help="train the convolutional network on the digits")
    digits.add_argument("--output", type=Path, required=True, metavar="DIR")
    commands.add_parser("networks", help="describe network definitions: JSON in, JSON out")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        raise SystemExit(main())
    except KeyboardInterrupt:
        raise SystemExit(130) from None
