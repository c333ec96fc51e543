"""Name what failed, one line each: ``failed.py CODE .pytest_cache/v/cache/lastfailed``, the file behind ``--lf``."""

import json
import re
import sys
from pathlib import Path

# Names of more would push the first ones out of a log of which only the end is kept.
MOST = 40


def main(code: int, kept: Path) -> None:
    """Print nothing after a success, else the names of tests and files that failed, and the exit code."""
    if not code:
        return
    # The group that a test ran in is no part of its name.
    names = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else []
    failed = sorted({re.sub(r"@[^\]@]*$", "", name) for name in names})
    lines = [f"CI failed (exit {code}); tests and files that failed: {len(failed) or 'none, see above'}"]
    lines += [f"  {name}" for name in failed[:MOST]]
    if len(failed) > MOST:
        lines.append(f"  and {len(failed) - MOST} more")
    sys.stdout.write("\n" + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
