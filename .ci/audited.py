"""Judge a report of pip-audit: `python .ci/audited.py REPORT` fails where pip-audit passes what it could not ask.

pip-audit skips what its index does not know, and ends with 0 when that was everything: behind a mirror that answers for
no package. Here all that the core depends on must have been asked for, and nothing may be known of anything.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def main(report: Path) -> int:
    """Print what was audited and what was not; return the exit code."""
    try:
        found: list[dict[str, Any]] = json.loads(report.read_text(encoding="utf-8"))["dependencies"]
    except (OSError, ValueError, KeyError) as error:
        return _failed(f"pip-audit wrote no report: {error}")
    audited = {_plain(each["name"]) for each in found if "skip_reason" not in each}
    skipped = sorted(_plain(each["name"]) for each in found if "skip_reason" in each)
    sys.stdout.write(f"{len(audited)} packages audited, {len(skipped)} could not be: {', '.join(skipped) or 'none'}\n")
    if not audited:
        return _failed("nothing could be audited: does the index answer?")
    if missing := sorted(core() - audited):
        return _failed(f"these carry the core and could not be audited: {', '.join(missing)}")
    known = [f"{each['name']} {each['version']}: {one['id']}" for each in found for one in each.get("vulns", [])]
    return _failed("known vulnerabilities:\n" + "\n".join(known)) if known else 0


def core() -> set[str]:
    """Return the names of what the core depends on."""
    lines = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    return {_plain(re.split(r"[^A-Za-z0-9._-]", line)[0]) for line in lines}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _failed(why: str) -> int:
    sys.stderr.write(f"Error: {why}\n")
    return 1


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
