"""One framework against itself under two names, equal and with a slow-down injected."""

from __future__ import annotations

from collections import Counter

from benchmarks.fidelity.sessions import OPEN, PACE, Effort, Group, Sessions, plan, stillness, verdict, where_quiet
from benchmarks.tables import Result

GROUPS: tuple[Group, ...] = (("mlp-inference", 1), ("mlp-inference", 32), ("cnn-inference", 1))
# Slowed down in two of them: two slow-downs and equality from one session, and forty of each in the whole table.
SLOWED = GROUPS[:2]
PLAIN, SLOWER = "out-of-the-box", "best-known"
# PyTorch under two names, and TensorFlow: the first of each has the setting slowed by 20 %, the second that by 10 %.
PYTORCH, TENSORFLOW = ("alpha", "beta"), ("gamma", "delta")


def results(effort: Effort) -> list[Result]:
    """Measure the process sets; every one gives a verdict for each of three workloads."""
    # Three of PyTorch and one of TensorFlow, and so on.
    sets = [TENSORFLOW if number % 4 == 3 else PYTORCH for number in range(20)]
    made, sessions = 0, Sessions()
    words = {"equal": Counter[str](), "+10 %": Counter[str](), "+20 %": Counter[str]()}
    for number in effort.numbers(len(sets), 1):
        (first, second), made = sets[number], number + 1
        run = sessions.one(plan((first, second), GROUPS, PACE, plain=set(GROUPS) - set(SLOWED)))
        for group in GROUPS:
            words["equal"][verdict(run, group, (first, PLAIN), (second, PLAIN))[0]] += 1
        for group in SLOWED:
            words["+10 %"][verdict(run, group, (second, SLOWER), (first, PLAIN))[0]] += 1
            words["+20 %"][verdict(run, group, (first, SLOWER), (second, PLAIN))[0]] += 1
        print(dict(words), f"{run.spent.total if run.spent else 0:.0f} s", flush=True)
    equal, count = words["equal"], made * len(GROUPS)
    different, open_ = equal["faster"] + equal["slower"], equal["unclear"] + equal[OPEN]
    line = Result(
        f"A/A: {count} comparisons of one framework with itself, from {made} process sets",
        f"{different} called different, {open_} unclear or without a ratio",
        "at most 1 different, at most 20 % open",
        different <= 1 and open_ <= max(1, 0.2 * count),
    )
    found = [stillness(sessions.runs), where_quiet(line, sessions.runs) if different <= 1 else line]
    for title, least in (("+10 %", 0.95), ("+20 %", 1.0)):
        decided = words[title].total() - words[title][OPEN]
        caught = words[title]["slower"]
        line = Result(
            f"{title} injected, {words[title].total()} comparisons",
            f"{caught} of {decided} called slower, {words[title][OPEN]} without a ratio",
            f"at least {least:.0%}",
            decided > 0 and caught >= least * decided,
        )
        found.append(line if decided else where_quiet(line, sessions.runs))
    spent = [run.spent for run in sessions.runs if run.spent]
    rest = sum(each.rest for each in spent) / sum(each.total for each in spent)
    found.append(
        Result("Session outside imports, preparation and sampling", f"{rest:.1%}", "at most 10 %", rest <= 0.1)
    )
    burnt = sessions.burnt
    share = f"{burnt.share:.2%} of a core over {burnt.wall:.0f} s of blocks"
    what = "Processor time of the parent while a block runs, with its progress bar"
    found.append(Result(what, share, "at most 1 %", burnt.share <= 0.01))
    return found
