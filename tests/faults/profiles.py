"""Broken profiles, as editors, merges and copies break them: each is read, or refused with one message at its place."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from advisor.resources import profiles
from benchmarks.fuzz_profiles import outcome
from tests.faults.place import Finding
from tests.profiles.test_profile import EXTENDING, GOOD, mutated


def findings(files: int = 20_000) -> Iterator[Finding]:
    """Break so many profiles and read them."""
    chance = random.Random(1)
    texts = [GOOD, EXTENDING, *(file.read_text(encoding="utf-8") for file in sorted(profiles().glob("*.yaml")))]
    fates: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "profile.yaml"
        for _ in range(files):
            file.write_text(mutated(chance.choice(texts), chance), encoding="utf-8")
            fates[outcome(file)] += 1
    happened = ", ".join(f"{fates[fate]:,} {fate}" for fate in ("read", "refused"))
    amiss = tuple(fate for fate in fates if fate not in ("read", "refused"))
    yield Finding(f"{files:,} broken profiles", f"{happened} with one message at its place, exit 2", amiss[:5])
