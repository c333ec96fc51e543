"""How often the engine, given only the documents of the day, repeats the advice of the comparison articles.

`python -m benchmarks.agreement [--all]` prints the share, and every recommendation with which it disagrees (with --all
the others too). Facts are chosen for being true: none rests on the article whose advice it judges. Why an answer
differs stands beside the advice in `advisor/articles/verdicts.yaml`.
"""

from __future__ import annotations

import argparse
from collections import Counter

from advisor.articles.agreement import Row, agreement, then_and_now

BAR = 0.80


def line(row: Row) -> str:
    """Return one recommendation and the engine's answer, on one line."""
    told = f"{row.then.title or '–'} ({row.then.verdict})"
    sign = "agrees" if row.agreed_then else "first of a tie" if row.named_then else "differs"
    return f"{row.day}  {row.profile:<23} {row.recommends[:30]:<30}  {told:<45} {sign}"


def main() -> None:
    """Print the agreement and the rows behind it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true")
    everything = parser.parse_args().all
    rows = then_and_now(None)
    found = agreement(rows)
    named = found.named / found.asked
    print(
        f"agrees, no other framework left open   {found.agreed} of {found.asked}   {found.share:.0%}   (bar {BAR:.0%})"
    )
    print(f"no answers could agree with more than   {found.possible} of {found.asked}")
    print(f"or names it first in a tie             {found.named} of {found.asked}   {named:.0%}")
    asked, agreed = Counter(row.profile for row in rows), Counter(row.profile for row in rows if row.agreed_then)
    print("by profile: " + ", ".join(f"{name} {agreed[name]}/{number}" for name, number in asked.items()))
    for row in sorted(rows, key=lambda row: (row.profile, row.day)):
        if everything or not row.agreed_then:
            print(line(row))
            if row.differs:
                print(f"            {row.differs}")


if __name__ == "__main__":
    main()
