"""Run files that are cut off, flipped, hostile, older or newer: each is read and decided on, or refused in one line."""

from __future__ import annotations

import copy
import json
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from advisor.api import decide, load_profile
from advisor.documents import to_json
from advisor.errors import EXIT_USAGE, AdvisorError
from advisor.measurement.run import Run, load_run
from advisor.report.markdown_export import write_docs
from tests.faults.place import ROOT, Finding
from tests.samples import sample_run

OLD = ROOT / "tests" / "data" / "runs"
REFERENCE = ROOT / "tests" / "data" / "reference-run.json"
STEP = 1000
LONGEST_LINE = 400
READ, REFUSED = "read", "refused"
WRONG: tuple[Any, ...] = (None, "x", -1, 0, [], {}, True, 1e308, 10**400, "9" * 5000, [[]], {"": ""}, "\ud800", "\0")


def findings(*, flips: int = 1000, full: bool = True) -> Iterator[Finding]:
    """Read what nobody should have to read; `full` cuts off the reference Run, else a smaller one."""
    small = to_json(sample_run()).encode()
    whole = REFERENCE.read_bytes() if full else small
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        look = _Look(Path(folder))
        cut = [whole[:size] for size in range(0, len(whole), STEP)]
        yield look.all("a Run file cut off at every 1,000 bytes", cut, never=READ)
        chance = random.Random(4)
        flipped = (_flipped(small, chance) for _ in range(flips))
        yield look.all(f"one bit flipped, {flips:,} times", flipped, pages=max(flips // 20, 10))
        paths = {_shape(path): path for path in _paths(json.loads(to_json(sample_run())))}
        some = sorted(paths.values(), key=str)
        told = f"each of {len(some)} fields of another type or out of all bounds"
        yield look.all(told, (_replaced(path, value) for path in (some if full else some[::25]) for value in WRONG))
        yield look.all(
            "hostile: nesting, numbers, names, dates, keys",
            [make() for make in HOSTILE.values()],
            pages=1 if full else 8,
        )
        old = sorted(OLD.glob("*.json"))
        yield look.all(f"{len(old)} of an earlier day, as it was", [each.read_bytes() for each in old], never=REFUSED)
        yield look.one(
            "of a newer schema", json.dumps({**_sample(), "schema": "advisor.run/2"}), "made by a newer advisor"
        )
        yield look.one("another document", json.dumps({**_sample(), "schema": "advisor.journal/1"}), "not a Run file")


class _Look:
    """Reads texts as Run files, one after the other, from one path."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "run.json"
        self.pages = folder / "pages" / "site"
        self.profile = load_profile("edge")

    def all(self, what: str, texts: Iterable[bytes | str], *, never: str = "", pages: int = 0) -> Finding:
        """Read them all, and write the pages of every `pages`-th that can be read; `never` is no fate for any."""
        fates: Counter[str] = Counter()
        amiss = []
        for text in texts:
            fate = self.fate(text, pages=bool(pages) and fates[READ] % pages == 0)
            fates[fate if fate in (READ, REFUSED) else "amiss"] += 1
            if fate == never or fate not in (READ, REFUSED):
                amiss.append(f"{fate}: {text[:200]!r} … {text[-100:]!r}" if fate == never else fate)
        happened = ", ".join(f"{count:,} {fate}" for fate, count in sorted(fates.items()))
        return Finding(f"Run files: {what}", happened.replace(REFUSED, "refused in one line, exit 2"), tuple(amiss[:5]))

    def one(self, what: str, text: str, says: str) -> Finding:
        """Read one that has to be refused with these words."""
        fate = self.fate(text)
        try:
            load_run(self.file)
            told = "read"
        except AdvisorError as error:
            told = error.message
        amiss = () if fate == REFUSED and says in told else (told,)
        return Finding(f"Run files: {what}", f"refused: '{says}'", amiss)

    def fate(self, text: bytes | str, *, pages: bool = False) -> str:
        """Return what becomes of a text: read and decided on, refused, or what went wrong."""
        self.file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
        try:
            run = load_run(self.file)
        except AdvisorError as error:
            well = error.exit_code == EXIT_USAGE and error.message.startswith(f"{self.file}:")
            well = well and "\n" not in error.message and len(error.message) < LONGEST_LINE + len(str(self.file))
            return REFUSED if well else f"badly refused: {error.message[:300]!r}"
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            return f"crashed: {type(error).__name__}: {error}"[:300]
        try:
            self._use(run, pages=pages)
        except AdvisorError as error:
            return READ if "\n" not in error.message else f"badly refused: {error.message[:300]!r}"
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            return f"read, then {type(error).__name__}: {error}"[:300]
        return READ

    def _use(self, run: Run, *, pages: bool) -> None:
        decided = decide(run, self.profile)
        to_json(run), to_json(decided)
        if pages:
            write_docs(run, [decided], self.pages)
            beside = [path.name for path in self.pages.parent.iterdir() if path != self.pages]
            assert not beside, f"wrote beside its folder: {beside}"


def _flipped(whole: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(whole))
    return whole[:at] + bytes([whole[at] ^ 1 << chance.randrange(8)]) + whole[at + 1 :]


def _sample(change: Callable[[dict[str, Any]], object] = id) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(to_json(sample_run()))
    change(data)
    return data


def _paths(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inner:
        yield from _paths(value, (*path, key))


def _shape(path: tuple[str | int, ...]) -> str:
    return "/".join("*" if isinstance(part, int) else part for part in path)


_WHOLE = _sample()


def _replaced(path: tuple[str | int, ...], value: Any) -> str:
    data = copy.deepcopy(_WHOLE)
    inner: Any = data
    for part in path[:-1]:
        inner = inner[part]
    inner[path[-1]] = value
    return _text(data)


def _text(data: Any) -> str:
    import sys

    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        return json.dumps(data)
    finally:
        sys.set_int_max_str_digits(before)


def _everywhere(key: str, value: Any) -> str:
    def change(data: dict[str, Any]) -> None:
        for each in data["observations"]:
            if each.get("summary") and key in each["summary"]:
                each["summary"][key] = value

    return _text(_sample(change))


def _proved(proof: str) -> str:
    return _text(_sample()).replace('"proof": {', '"proof": {"x": ' + proof + ", ", 1)


def _nested(depth: int) -> str:
    return "[" * depth + "]" * depth


HOSTILE: dict[str, Callable[[], bytes | str]] = {
    "empty": lambda: b"",
    "null": lambda: "null",
    "a list": lambda: "[]",
    "no keys": lambda: "{}",
    "binary": lambda: bytes(range(256)) * 40,
    "UTF-16": lambda: _text(_WHOLE).encode("utf-16"),
    "a mark of byte order": lambda: b"\xef\xbb\xbf" + _text(_WHOLE).encode(),
    "nothing but nesting": lambda: _nested(100_000),
    **{f"a proof {depth} deep": lambda depth=depth: _proved(_nested(depth)) for depth in (50, 300, 900, 5_000)},  # type: ignore[misc]
    **{f"{word} in a proof": lambda word=word: _proved(word) for word in ("NaN", "-Infinity", "1e999", "9" * 5000)},  # type: ignore[misc]
    "NaN as a figure": lambda: _text(_WHOLE).replace('"threads": 2', '"threads": NaN', 1),
    "one key twice": lambda: _text(_WHOLE).replace('"id":', '"id": "first", "id":', 1),
    "half a character": lambda: _proved('"\\ud800"'),
    "a word of a million letters": lambda: _proved(json.dumps("y" * 1_000_000)),
    "an unknown key of a million letters": lambda: _text({**_WHOLE, "y" * 1_000_000: 1}),
    "a schema of a million letters": lambda: _text({**_WHOLE, "schema": "y" * 1_000_000}),
    "times of zero": lambda: _everywhere("median", 0),
    "times below zero": lambda: _everywhere("median", -1.0),
    "times beyond all bounds": lambda: _everywhere("median", 1.7e308),
    "an interval the wrong way round": lambda: _everywhere("low", 1e9),
    "no values": lambda: _everywhere("n", 0),
    "no time zone": lambda: _text({**_WHOLE, "started": "2026-11-20T17:12:00", "finished": "2026-11-20T17:14:05"}),
    "the last year": lambda: _text({**_WHOLE, "finished": "9999-12-31T23:59:59Z"}),
    "the first year": lambda: _text({**_WHOLE, "started": "0001-01-01T00:00:00+14:00"}),
    "no day": lambda: _text({**_WHOLE, "finished": "2026-02-30T00:00:00Z"}),
    "a framework that is a path": lambda: _text(_WHOLE).replace('"pytorch"', '"../../../evil"'),
    "a route that is a path": lambda: _text(_WHOLE).replace('"litert"', '"../../evil\\u0000"'),
    "a probe that is a path": lambda: _text(_WHOLE).replace('"cnn-inference"', '"../../../evil"'),
    "an id that is a path": lambda: _text({**_WHOLE, "id": "../../evil"}),
    "no frameworks": lambda: _text({**_WHOLE, "frameworks": {}}),
    "no observations": lambda: _text({**_WHOLE, "observations": []}),
    "everything twice": lambda: _text({**_WHOLE, "observations": _WHOLE["observations"] * 2}),
}
