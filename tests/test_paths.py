"""Names out of documents stay inside their folder, and outputs are places: tried with all kinds of oddities."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor import paths
from advisor.errors import AdvisorError
from advisor.measurement import environments
from advisor.measurement.definitions import load
from advisor.measurement.store import Store

NOWHERE = {
    "": "is empty",
    "/": "is absolute",
    "/etc/passwd": "is absolute",
    "\\\\server\\share": "is absolute",
    "C:\\x": "is absolute",
    "C:x": "is absolute",
    ".": "leads out",
    "..": "leads out",
    "../../../escape": "leads out",
    "a/../../b": "leads out",
    "..\\b": "leads out",
    "a//b": "leads out",
    "a\x00b": "control character",
    "a\nb": "control character",
    "x" * 256: "is too long",
    "ü" * 128: "is too long",
    "con": "on Windows",
    "LPT1.md": "on Windows",
    "end.": "on Windows",
    "a?b": "holds '?'",
}


@pytest.mark.parametrize("name", NOWHERE)
def test_a_name_that_leads_elsewhere_is_refused_in_one_line(tmp_path: Path, name: str) -> None:
    for nested in (False, True):
        with pytest.raises(AdvisorError, match=NOWHERE[name].replace("?", "[?]")) as raised:
            paths.inside(tmp_path, name, what="the id of a Run", nested=nested)
        assert raised.value.message.startswith("the id of a Run: '")
        assert raised.value.message.isprintable()
        assert len(raised.value.message) < 160


def test_a_name_with_folders_is_one_only_where_it_may_be(tmp_path: Path) -> None:
    assert paths.inside(tmp_path, "docs/advice/", what="x", nested=True) == tmp_path / "docs" / "advice"
    with pytest.raises(AdvisorError, match="one name is expected"):
        paths.inside(tmp_path, "docs/advice", what="x")


def test_a_link_is_followed_and_may_not_lead_out(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "within").mkdir(parents=True)
    (home / "out").symlink_to(tmp_path)
    (home / "in").symlink_to(home / "within")
    (home / "loop").symlink_to(home / "loop")
    assert paths.inside(home, "in", what="x") == home / "in"
    for name in ("out", "loop"):
        with pytest.raises(AdvisorError, match="x: '"):
            paths.inside(home, name, what="x")


@given(st.text(max_size=20), st.booleans())
def test_what_is_let_through_is_inside(name: str, nested: bool) -> None:
    home = Path("/nowhere/at/all")
    try:
        place = paths.inside(home, name, what="x", nested=nested)
    except AdvisorError:
        return
    assert Path(os.path.normpath(place)).is_relative_to(home)
    assert place != home
    assert "\x00" not in name


@pytest.mark.parametrize("path", ["", "/", "//", "/tmp/..", "C:\\x", "D:site", "a\x00b", "x" * 256, f"a/{'ü' * 128}/b"])
def test_an_output_that_is_no_place_is_refused(path: str) -> None:
    with pytest.raises(AdvisorError, match=r"^--output: '"):
        paths.output(path)


def test_an_output_is_absolute_and_its_links_are_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "loop").symlink_to("loop")
    assert paths.output("site/../link") == tmp_path / "real"
    assert paths.output(".") == tmp_path
    with pytest.raises(AdvisorError, match="loop"):
        paths.output("loop")


@pytest.mark.parametrize("name", ["../../../escape", "a/b", ""])
def test_ids_and_environments_stay_where_they_are_kept(tmp_path: Path, name: str) -> None:
    with pytest.raises(AdvisorError, match="the id of a Run"):
        Store(tmp_path).journal(name or "/")
    with pytest.raises(AdvisorError, match="the name of an environment"):
        environments.interpreter(name)
    with pytest.raises(AdvisorError, match="the name of an environment"):
        environments.remove(environments.Managed(name, (), (), ""))


@pytest.mark.parametrize(
    ("changed", "says"),
    [("id: ../../evil", "4"), ("environments: {../../x: {recipes: [a], packages: [b], why: c}}", "7")],
)
def test_a_framework_of_ones_own_names_nothing_outside_its_folder(tmp_path: Path, changed: str, says: str) -> None:
    (tmp_path / "mine").mkdir()
    lines = ["title: Mine", "module: mine", "distribution: mine", "id: mine", "install: pip install mine"]
    lines = [changed if changed.startswith("id") and line.startswith("id") else line for line in lines]
    lines += ["packages: []"] + ([changed] if not changed.startswith("id") else [])
    (tmp_path / "mine" / "framework.yaml").write_text("\n".join(lines) + "\n")
    with pytest.raises(AdvisorError, match=rf"framework\.yaml:{says}:\d+: .*leads out of its folder"):
        load(folders=[tmp_path])
