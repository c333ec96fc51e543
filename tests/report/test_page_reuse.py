"""A site that is built into its folder again is the site that a fresh build makes, without making all of it."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from mkdocs.structure.pages import Page

from advisor.decision.recommendation import Recommendation
from advisor.errors import AdvisorError
from advisor.report import mark, run_documents
from advisor.report.site import build_site
from tests.report.conftest import COMMAND, Site
from tests.report.test_site import bytes_of


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pages that MkDocs rendered, one after the other."""
    found: list[str] = []
    render = Page.render

    def watched(page: Page, *given: object) -> None:
        found.append(page.file.name)
        render(page, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Page, "render", watched)
    return found


def build(
    site: Site, folder: Path, recommendations: Sequence[Recommendation], command: str = COMMAND
) -> dict[str, bytes]:
    build_site(site.run, recommendations, folder, command=command)
    return bytes_of(folder)


@pytest.fixture(scope="module")
def first(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with two answers, which every test builds again in a copy."""
    folder = tmp_path_factory.mktemp("first") / "site"
    build(site, folder, site.recommendations[:2])
    return folder


@pytest.fixture
def again(first: Path, tmp_path: Path) -> Path:
    """A copy of that site, as old as it is."""
    return Path(shutil.copytree(first, tmp_path / "again"))


def names(pages: Mapping[str, bytes]) -> set[str]:
    return {Path(name).stem for name in pages if name.endswith(".html")}


def test_after_one_changed_answer_few_pages_are_built_and_all_are_right(
    site: Site, again: Path, tmp_path: Path, rendered: list[str]
) -> None:
    before = bytes_of(again)
    one, other = site.recommendations[:2]
    changed = [one.model_copy(update={"reasons": ("Because it was asked again.",)}), other]
    after = build(site, again, changed)
    few = set(rendered)
    assert f"profile-{one.profile}" in few
    assert len(few) < len(names(before)) / 3
    assert after != before
    run_documents.forget()
    assert after == build(site, tmp_path / "fresh", changed)


def test_without_a_change_nothing_is_built(site: Site, again: Path, rendered: list[str]) -> None:
    before = bytes_of(again)
    assert build(site, again, site.recommendations[:2]) == before
    assert rendered == []


def test_in_another_navigation_every_page_is_built(site: Site, again: Path, rendered: list[str]) -> None:
    after = build(site, again, site.recommendations[:1])
    assert set(rendered) == names(after)


def test_what_somebody_took_away_is_built(site: Site, again: Path, rendered: list[str]) -> None:
    before = bytes_of(again)
    (again / "machine.html").unlink()
    (again / "search-index.js").unlink()
    assert build(site, again, site.recommendations[:2]) == before
    assert rendered == ["machine"]


def test_what_somebody_changed_by_hand_is_named_and_left_alone(site: Site, again: Path) -> None:
    (again / "method.html").write_text("by hand", encoding="utf-8")
    (again / "search-index.js").write_text("by hand", encoding="utf-8")
    before = bytes_of(again)
    with pytest.raises(AdvisorError, match=r"again: method\.html, search-index\.js is not what a build wrote"):
        build(site, again, site.recommendations[:2])
    assert bytes_of(again) == before


def test_the_command_at_the_foot_of_a_page_is_the_last_one(site: Site, again: Path) -> None:
    after = build(site, again, site.recommendations[:2], "advisor site build --again")
    assert all(b"advisor site build --again" in after[f"{name}.html"] for name in names(after))


@pytest.mark.parametrize("text", ["", "\xff", "Written by advisor.\n\nx\n- - -\n", "Written by advisor.\n- 0 index\n"])
def test_a_mark_that_says_nothing_takes_nothing_over(tmp_path: Path, text: str) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / mark.NAME).write_bytes(text.encode("latin-1"))
    (tmp_path / "site" / "index.html").write_text("a page", encoding="utf-8")
    assert mark.take_over(tmp_path / "site", tmp_path / "built", {"index": "-"}) == frozenset()
    assert mark.still(tmp_path / "site", "index.html") is None
    assert mark.read(tmp_path / "site") == mark.Mark()


class TestMeasured:
    @pytest.fixture(autouse=True)
    def _forgotten(self) -> None:
        run_documents.forget()

    def test_a_run_that_says_the_same_is_asked_once(self, site: Site) -> None:
        first = run_documents.measured(site.run)
        assert run_documents.measured(site.run.model_copy(deep=True)) is first
        assert run_documents.measured(site.run.model_copy(update={"id": "another"})) is not first

    def test_pages_are_made_again_in_other_surroundings_and_after_a_failure(self, site: Site) -> None:
        known = run_documents.measured(site.run)
        asked: list[int] = []

        def make() -> tuple[dict[str, str], run_documents.Entries]:
            asked.append(len(asked))
            if len(asked) == 2:
                raise ValueError("a template is wrong")
            return {"page": f"{len(asked)}"}, {}

        assert known.keep("here", make)
        assert not known.keep("here", make)
        with pytest.raises(ValueError, match="wrong"):
            known.keep("there", make)
        assert known.keep("here", make)
        assert known.pages == {"page": "3"}
