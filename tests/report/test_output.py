"""What a build finds in its folder: its own files go and come, everything else stays or is named."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from advisor.errors import AdvisorError
from advisor.report import mark, output
from advisor.report import site as site_builder
from advisor.report.mark import Kind

FIRST = {"index.html": "one", "edge.html": "edge", "runs/a/index.html": "pinned"}
NEXT = {"index.html": "two", "edge.html": "edge", "moon.html": "moon"}


def build(
    folder: Path, files: dict[str, str], kind: Kind = "site", *, clean: bool = False, pins: str = ""
) -> list[str]:
    """Put files where a build puts its own."""
    output.check(folder, kind, clean=clean)
    with output.building(folder) as temporary:
        built = temporary / "site"
        for name, text in files.items():
            (built / name).parent.mkdir(parents=True, exist_ok=True)
            (built / name).write_text(text)
        return output.put(folder, built, kind, clean=clean, stays=lambda name: site_builder.stays(name, pins or None))


def there(folder: Path) -> dict[str, str]:
    """Return what lies in a folder, without the mark."""
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file() and path != folder / mark.NAME
    }


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "public"
    build(folder, FIRST)
    return folder


def add(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_a_build_replaces_what_a_build_wrote_and_keeps_all_else(site: Path) -> None:
    own = {".git/HEAD": "ref", "CNAME": "example.org", ".nojekyll": "", "notes/mine.md": "mine"}
    for name, text in own.items():
        (site / name).parent.mkdir(exist_ok=True)
        (site / name).write_text(text)
    (site / ".git" / "refs").mkdir()
    (site / "link").symlink_to("CNAME")
    os.mkfifo(site / "pipe")
    before = (site / "notes" / "mine.md").stat()
    build(site, NEXT)
    after = there(site)
    assert after == {**NEXT, **own, "link": "example.org", "runs/a/index.html": "pinned"}
    assert (site / ".git" / "refs").is_dir()
    assert (site / "link").is_symlink()
    assert stat.S_ISFIFO((site / "pipe").stat().st_mode)
    assert os.path.samestat(before, (site / "notes" / "mine.md").stat())
    assert [each.name for each in site.parent.iterdir()] == ["public"]


def test_what_is_no_longer_written_goes_and_a_file_that_did_not_change_keeps_its_time(site: Path) -> None:
    os.utime(site / "edge.html", (1, 1))
    build(site, {"edge.html": "edge"})
    assert there(site) == {"edge.html": "edge", "runs/a/index.html": "pinned"}
    assert (site / "edge.html").stat().st_mtime == 1


@pytest.mark.parametrize("kind", ["edited", "link", "folder"])
def test_a_page_that_is_not_as_written_is_named_and_nothing_is_touched(site: Path, kind: str) -> None:
    (site / "edge.html").unlink()
    if kind == "link":
        (site / "edge.html").symlink_to("index.html")
    else:
        add(site, **{"edge.html" if kind == "edited" else "edge.html__x": "by hand"})
    before = there(site)
    with pytest.raises(AdvisorError, match=r"public: edge\.html is not what a build wrote") as raised:
        build(site, NEXT)
    assert "--clean" in (raised.value.hint or "")
    assert there(site) == before


def test_a_file_of_somebody_else_in_the_place_of_a_new_page_is_named(site: Path) -> None:
    (site / "moon.html").write_text("mine")
    with pytest.raises(AdvisorError, match=r"public: moon\.html is not what a build wrote"):
        build(site, NEXT)
    (site / "moon.html").write_text(NEXT["moon.html"])
    build(site, NEXT)
    assert "moon.html" in (mark.read(site) or mark.Mark()).files


def test_a_pinned_site_stays_until_it_is_pinned_again(site: Path) -> None:
    build(site, NEXT)
    build(site, {**NEXT, "runs/b/index.html": "b"}, pins="runs/b")
    assert there(site)["runs/a/index.html"] == "pinned"
    build(site, {**NEXT, "runs/a/new.html": "anew"}, pins="runs/a")
    assert {name: text for name, text in there(site).items() if name.startswith("runs")} == {
        "runs/a/new.html": "anew", "runs/b/index.html": "b",
    }  # fmt: skip
    (site / "runs" / "b" / "index.html").write_text("by hand")
    build(site, NEXT)
    with pytest.raises(AdvisorError, match=r"runs/b/index\.html is not"):
        build(site, {**NEXT, "runs/b/index.html": "b"}, pins="runs/b")


def test_a_site_within_a_site_lives_whichever_is_built_first(tmp_path: Path) -> None:
    laptop, public = tmp_path / "public" / "laptop", tmp_path / "public"
    build(laptop, FIRST)
    build(public, NEXT)
    build(laptop, NEXT)
    build(public, FIRST)
    assert (laptop / "moon.html").read_text() == "moon"
    assert mark.read(laptop) is not None
    assert "laptop/moon.html" not in (mark.read(public) or mark.Mark()).files


def test_a_repository_is_built_into_and_its_files_are_not_overwritten(tmp_path: Path) -> None:
    add(tmp_path, **{".git": "gitdir: elsewhere", "README.md": "ours"})
    build(tmp_path, NEXT)
    assert there(tmp_path) == {**NEXT, ".git": "gitdir: elsewhere", "README.md": "ours"}


def test_a_folder_of_somebody_else_is_refused_and_named(tmp_path: Path) -> None:
    add(tmp_path, **{"a": "1", "b": "2", "c\x1b": "3", "d": "4"})
    with pytest.raises(AdvisorError, match=r"did not write, such as a, b, 'c\\x1b' and 1 more: "):
        build(tmp_path, NEXT)
    with pytest.raises(AdvisorError, match="only after a build"):
        build(tmp_path, NEXT, clean=True)
    assert len(there(tmp_path)) == 4


@pytest.mark.parametrize(
    "text", ["", "Written by advisor; the next build replaces this folder.\n- 0 index\n", "\0\n\n"]
)
def test_a_mark_without_a_list_is_refused_with_how_to_go_on(site: Path, text: str) -> None:
    (site / mark.NAME).write_text(text)
    (site / "thesis.tex").write_text("years of work")
    before = there(site)
    with pytest.raises(AdvisorError, match="whose mark does not list its files") as raised:
        build(site, NEXT)
    assert "--clean" in (raised.value.hint or "")
    assert there(site) == before


def test_clean_empties_the_folder_but_for_a_repository(site: Path) -> None:
    add(site, **{"notes.md": "mine", ".git__HEAD": "ref", "edge.html": "by hand"})
    build(site, {"index.html": "alone"}, clean=True)
    assert there(site) == {"index.html": "alone", ".git/HEAD": "ref"}


def test_a_link_is_followed_and_modes_are_kept(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    link.symlink_to("real")
    from advisor import paths

    build(paths.output(link), FIRST)
    real.chmod(0o700)
    (real / "index.html").chmod(0o640)
    (real / "runs").chmod(0o711)
    build(paths.output(link), NEXT)
    assert link.is_symlink()
    assert [oct(path.stat().st_mode & 0o777) for path in (real, real / "index.html", real / "runs")] == [
        "0o700", "0o640", "0o711",
    ]  # fmt: skip


def test_markdown_that_was_edited_stays_and_the_new_one_is_put_beside_it(tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    pages = {"docs/edge.md": "1", "docs/moon.md": "1", "mkdocs.yml": "1"}
    assert build(folder, pages, "docs") == []
    add(folder, **{"docs__edge.md": "by hand", "mkdocs.yml": "by hand", "site__index.html": "built"})
    newer = dict.fromkeys(pages, "2")
    told = [
        "docs/edge.md is not what a build wrote, and stays: the new one is docs/edge.new.md",
        "mkdocs.yml is not what a build wrote, and stays: the new one is mkdocs.new.yml",
    ]
    assert build(folder, newer, "docs") == told
    now = {"docs/edge.md": "by hand", "docs/edge.new.md": "2", "docs/moon.md": "2", "mkdocs.yml": "by hand"}
    assert there(folder) == {**now, "mkdocs.new.yml": "2", "site/index.html": "built"}
    assert build(folder, dict.fromkeys(pages, "3"), "docs") == told, "the one beside it is the build's own"
    assert there(folder)["docs/edge.new.md"] == "3"
    add(folder, **{"docs__edge.new.md": "by hand, too"})
    assert "docs/edge.new-2.md" in build(folder, newer, "docs")[0]
    assert there(folder)["docs/edge.new.md"] == "by hand, too"


def test_markdown_that_was_taken_over_is_the_builds_again(tmp_path: Path) -> None:
    build(tmp_path / "pages", {"a.md": "1"}, "docs")
    add(tmp_path / "pages", **{"a.md": "by hand"})
    build(tmp_path / "pages", {"a.md": "2"}, "docs")
    add(tmp_path / "pages", **{"a.md": "2"})
    assert build(tmp_path / "pages", {"a.md": "2"}, "docs") == []
    assert build(tmp_path / "pages", {"a.md": "3"}, "docs") == []
    assert there(tmp_path / "pages") == {"a.md": "3"}


def test_a_link_in_the_place_of_a_folder_is_not_written_through(tmp_path: Path) -> None:
    build(tmp_path / "pages", {"docs/a.md": "1"}, "docs")
    (tmp_path / "pages" / "docs").rename(tmp_path / "mine")
    (tmp_path / "pages" / "docs").symlink_to(tmp_path / "mine")
    with pytest.raises(AdvisorError, match="docs is not what a build wrote"):
        build(tmp_path / "pages", {"docs/a.md": "2"}, "docs")
    assert (tmp_path / "mine" / "a.md").read_text() == "1"


@pytest.mark.parametrize("swaps", [True, False])
@pytest.mark.parametrize("number", range(1, 4))
def test_a_build_that_is_killed_leaves_the_old_site_or_the_new_one(
    site: Path, monkeypatch: pytest.MonkeyPatch, number: int, *, swaps: bool
) -> None:
    """Killed at each step that changes a name, with and without a system that changes two at once."""
    add(site, **{"notes.md": "mine"})
    old, new = there(site), {**NEXT, "notes.md": "mine", "runs/a/index.html": "pinned"}
    child = os.fork()
    if child == 0:
        calls, replace, exchange = [0], os.replace, output._exchanged

        def counted(act: Callable[..., Any]) -> Callable[..., Any]:
            def once(*given: Any) -> Any:
                calls[0] += 1
                if calls[0] == number:
                    os.kill(os.getpid(), signal.SIGKILL)
                return act(*given)

            return once

        monkeypatch.setattr(os, "replace", counted(replace))
        monkeypatch.setattr(output, "_exchanged", counted(exchange) if swaps else lambda *_: False)
        build(site, NEXT)
        os._exit(0)
    os.waitpid(child, 0)
    if swaps or site.exists():
        assert there(site) in (old, new)
    build(site, NEXT)
    assert there(site) == new
    assert [each.name for each in site.parent.iterdir()] == ["public"]


def test_a_build_that_fails_between_two_steps_puts_the_old_site_back(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, replace, calls = there(site), os.replace, [0]

    def full(*given: Any) -> None:
        calls[0] += 1
        if calls[0] == 2:
            raise OSError(errno.EIO, "the disk is broken")
        replace(*given)

    monkeypatch.setattr(output, "_exchanged", lambda *_: False)
    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError, match="broken"):
        build(site, NEXT)
    assert there(site) == before


def test_what_is_put_there_while_the_new_one_is_made_ready_is_taken_along(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = mark.write

    def late(folder: Path, told: mark.Mark) -> None:
        write(folder, told)
        (site / "late.md").write_text("mine")

    monkeypatch.setattr(mark, "write", late)
    build(site, NEXT)
    assert there(site)["late.md"] == "mine"


@pytest.mark.skipif(sys.platform == "win32", reason="no such locks there")
@pytest.mark.parametrize("files", [{}, FIRST])
def test_a_build_waits_for_another_also_where_there_is_no_site_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str]
) -> None:
    if files:
        build(tmp_path / "public", files)
    write, going, both, within = mark.write, threading.Event(), threading.Event(), [0]

    def slow(folder: Path, told: mark.Mark) -> None:
        within[0] += 1
        if within[0] > 1:
            both.set()
        going.set()
        both.wait(0.3)  # in vain, unless the other one comes here as well
        write(folder, told)
        within[0] -= 1

    monkeypatch.setattr(mark, "write", slow)
    first, second = (threading.Thread(target=build, args=(tmp_path / "public", each)) for each in (FIRST, NEXT))
    first.start()
    assert going.wait(120)
    second.start()
    first.join()
    second.join()
    assert not both.is_set()
    assert there(tmp_path / "public")["index.html"] == "two"


def test_many_builds_at_once_leave_one_whole_site(tmp_path: Path) -> None:
    sites = [{"index.html": str(number), f"page-{number}.html": "x"} for number in range(12)]
    failed: list[BaseException] = []

    def one(files: dict[str, str]) -> None:
        try:
            for _ in range(5):
                build(tmp_path / "site", files)
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test tells
            failed.append(error)

    threads = [threading.Thread(target=one, args=(files,)) for files in sites]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert failed == []
    assert there(tmp_path / "site") in sites
    assert [each.name for each in tmp_path.iterdir()] == ["site"]


def test_sigterm_takes_the_temporary_folder_of_a_build_along(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from advisor.report import output\n"
        "with output.building(Path(sys.argv[1])):\n"
        "    print('here', flush=True); time.sleep(60)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "site")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert len(list(tmp_path.iterdir())) == 1
        process.terminate()
    assert list(tmp_path.iterdir()) == []
