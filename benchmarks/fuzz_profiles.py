"""Twenty thousand broken profiles: each is read, or refused with one message at its place, never with a traceback.

`python -m benchmarks.fuzz_profiles [--files N] [--seed N]`. They are the mistakes of editors, merges and copies.
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
from collections import Counter
from pathlib import Path

from advisor.errors import EXIT_USAGE, AdvisorError
from advisor.profiles.profile import load_profile
from advisor.resources import profiles
from tests.profiles.test_profile import EXTENDING, GOOD, mutated

PLACE = re.compile(r":\d+:\d+: |: not valid YAML|: larger than|: not UTF-8|: nested too deeply")


def main() -> None:
    """Break files, read them, and print what happened; exit 1 when anything but a clear message came back."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    texts = [GOOD, EXTENDING, *(file.read_text(encoding="utf-8") for file in sorted(profiles().glob("*.yaml")))]
    fates: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "profile.yaml"
        for _ in range(arguments.files):
            text = mutated(chance.choice(texts), chance)
            file.write_text(text, encoding="utf-8")
            fate = outcome(file)
            fates[fate] += 1
            if fate not in ("read", "refused"):
                print(f"--- {fate}\n{text}\n---")
    print(", ".join(f"{count:,} {fate}" for fate, count in fates.most_common()))
    raise SystemExit(0 if set(fates) <= {"read", "refused"} else 1)


def outcome(file: Path) -> str:
    """Return what became of one file."""
    try:
        load_profile(file)
    except AdvisorError as error:
        placed = PLACE.match(error.message.removeprefix(str(file)))
        return "refused" if placed and error.exit_code == EXIT_USAGE else f"badly refused: {error.message[:200]}"
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        return f"crashed: {type(error).__name__}: {error}"[:200]
    return "read"


if __name__ == "__main__":
    main()
