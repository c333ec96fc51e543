"""A part of the fault campaign (`python -m tests.faults`) that takes seconds: some of everything."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.faults import (
    damaged,
    disk,
    folders,
    killed,
    lies,
    misbehaving,
    numbers,
    places,
    profiles,
    secretive,
    streams,
)
from tests.faults.__main__ import CHAPTERS, MARK
from tests.faults.place import ROOT, Finding, Place

pytestmark = pytest.mark.integration


def well(findings: Iterable[Finding]) -> list[str]:
    """Return what was tried, after making sure that nothing was amiss."""
    # All are tried first: a generator that is left half-way keeps its folders until it is collected, in another test.
    tried = list(findings)
    assert [f"{found.fault}: {found.amiss}" for found in tried if found.amiss] == []
    return [found.fault for found in tried]


def test_killed_sessions_and_workers_lose_nothing() -> None:
    assert len(well(killed.findings(1))) == 4


def test_misbehaving_workers_cost_their_own_observation() -> None:
    few = ("segfaults", "forks", "answers-nan", "answers-of-another-shape")
    assert len(well(misbehaving.findings(few))) == 2 * len(few) + 2


def test_a_full_disk_is_one_line_and_loses_nothing() -> None:
    assert len(well(disk.findings(("journalling", "saving", "building")))) == 5


@pytest.mark.parametrize("case", ["terminal"])
def test_odd_places_are_places_to_measure_in(case: str) -> None:
    assert well(places.findings((case,)))


def test_an_odd_name_an_odd_encoding_and_no_network_are_no_matter(tmp_path: Path) -> None:
    place = Place(tmp_path / places.ODD, HOME="/nowhere/at/all", **places.C_LOCALE)
    well([places.shown(place, "all of it together", "", faults=["offline"])])


def test_ctrl_c_while_the_command_line_is_loaded_shows_no_traceback() -> None:
    assert len(well(streams.findings(("interrupted",)))) == 2


def test_a_folder_that_is_gone_is_one_line() -> None:
    assert len(well(streams.findings(("folders",)))) == 4


def test_damaged_runs_are_read_or_refused_in_one_line() -> None:
    assert len(well(damaged.findings(flips=20, full=False))) == 7


def test_documents_that_lie_are_refused_or_told() -> None:
    assert len(well(lies.findings())) == len(lies.REFUSED) + len(lies.TOLD) + len(lies.JOURNALS)


def test_broken_profiles_are_read_or_refused() -> None:
    assert well(profiles.findings(60))


def test_what_a_build_did_not_write_survives_it_and_paths_lead_nowhere_else() -> None:
    assert len(well(folders.findings(("in-a-site", "names")))) == len(folders.IN_A_SITE) + 3


def test_numbers_that_could_be_misread_are_refused() -> None:
    assert len(well(numbers.findings())) == len(numbers.OPTIONS) + len(numbers.FILES)


def test_secrets_stay_where_they_are() -> None:
    assert well(secretive.findings())


def test_what_is_amiss_is_seen(tmp_path: Path) -> None:
    place = Place(tmp_path)
    told = place.run("profile", "check", "nowhere.yaml")
    assert place.amiss(told, 2) == []
    assert "exit code 2" in place.amiss(told, 0)[0]
    (place.temporary / "left").touch()
    assert place.left() == ["left behind: left"]
    child = place.start(["site", "serve", "--run", str(damaged.REFERENCE)])
    try:
        assert "tests.faults.hurried" in place.alive()[0]
    finally:
        child.kill()
        place.ended(child)


def test_the_page_holds_the_whole_campaign() -> None:
    page = (ROOT / "site" / "faults.md").read_text(encoding="utf-8")
    table = page.partition(MARK)[2]
    for title, _ in CHAPTERS.values():
        assert f"## {title}\n" in table
    assert "0 amiss" in table
    assert "**no**" not in table
