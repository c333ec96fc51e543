"""The MkDocs plugin in sites of other people: their navigation, their theme, and links that lead somewhere."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from mkdocs.commands import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import PluginCollection

from advisor.errors import AdvisorError
from advisor.measurement.run import Observation, Run, save_run
from advisor.report import host_theme, plugin
from advisor.report.plugin import AdvisorPlugin
from tests.report.conftest import other_runs, rich_run
from tests.report.html import EVIL_TITLE, Element, parse, what_runs

pytestmark = pytest.mark.integration

THEMES = ("mkdocs", "readthedocs", "material")


def build_team_site(
    folder: Path, theme: str, *, nav: str = "", directory_urls: bool = True, option: str = "", profiles: str = "[edge]",
    run: Run | None = None, search: bool = False,
) -> Path:  # fmt: skip
    (folder / "docs").mkdir(parents=True, exist_ok=True)
    (folder / "docs" / "index.md").write_text("# Our platform\n\nWhat we run.\n", encoding="utf-8")
    save_run(run or rich_run(), folder / "run.json")
    first = "  - search\n" if search else ""
    (folder / "mkdocs.yml").write_text(
        f"site_name: Our platform\ntheme:\n  name: {theme}\nuse_directory_urls: {str(directory_urls).lower()}\n{nav}"
        f"plugins:\n{first}  - advisor:\n      run: run.json\n      profiles: {profiles}\n{option}",
        encoding="utf-8",
    )
    config = load_config(str(folder / "mkdocs.yml"))
    plugins: PluginCollection = config.plugins
    plugins.on_startup(command="build", dirty=False)
    build.build(config)
    return folder / "site"


@pytest.fixture(scope="module", params=THEMES)
def team(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A team's site in a theme of its own, with our pages in it."""
    folder = tmp_path_factory.mktemp(request.param)
    for number, run in enumerate(other_runs(rich_run())):
        hostile = run.model_copy(update={"host": run.host.model_copy(update={"cpu": f"{run.host.cpu}{EVIL_TITLE}"})})
        save_run(hostile if number == 2 else run, folder / f"other-{number}.json")
    option = "      others: [other-0.json, other-1.json, other-2.json]\n      pages: everything\n"
    return build_team_site(folder, request.param, option=option, run=hostile_probes())


def hostile_probes() -> Run:
    """Return the Run of these tests with probes that nobody knows, whose ids stand in titles."""
    run = rich_run()
    unknown = [
        Observation(probe=f"{kind}{EVIL_TITLE}", framework="pytorch", outcome="error", message=EVIL_TITLE)
        for kind in ("", "route:", "capability:")
    ]
    return run.model_copy(update={"observations": (*run.observations, *unknown)})


def content(page: Path) -> Element:
    return next(each for each in read_loosely(page).walk() if host_theme.ROOT in each.classes)


def read_loosely(page: Path) -> Element:
    """Read what lies inside our own element; a theme may leave its own elements open."""
    text = page.read_text(encoding="utf-8")
    start = text.index(f'<section class="{host_theme.ROOT}">')
    end = text.index("</footer>\n</section>", start) + len("</footer>\n</section>")
    return parse(text[start:end])


def test_the_pages_are_there_and_in_the_navigation(team: Path) -> None:
    home = (team / "index.html").read_text(encoding="utf-8")
    assert "Which framework?" in home
    for name in ("profile-edge", "capabilities", "claims", "systems", "machines"):
        assert (team / "advisor" / name / "index.html").is_file()
        assert f'href="advisor/{name}/"' in home
    assert (team / "advisor" / "capability-data-parallel" / "index.html").is_file()
    assert 'href="advisor/capability-data-parallel/"' not in home


def test_every_link_between_our_pages_leads_somewhere(team: Path) -> None:
    seen = 0
    for page in (team / "advisor").rglob("index.html"):
        for element in content(page).walk():
            address = element.attributes.get("href", "")
            path = urlsplit(address).path
            if not path or urlsplit(address).scheme:
                continue
            target = (page.parent / path).resolve()
            assert (target / "index.html").is_file() or target.is_file(), (page, address)
            seen += 1
    assert seen > 500


def test_every_anchor_that_is_linked_exists(team: Path) -> None:
    pages = {page.parent.resolve(): page for page in (team / "advisor").rglob("index.html")}
    anchors = {
        folder: set(re.findall(r'\sid="([^"]+)"', page.read_text(encoding="utf-8"))) for folder, page in pages.items()
    }
    for folder, page in pages.items():
        for element in content(page).walk():
            path, _, fragment = element.attributes.get("href", "").partition("#")
            if fragment and not urlsplit(path).scheme:
                assert fragment in anchors[(folder / path).resolve()], (page, path, fragment)


def test_titles_and_descriptions_are_text_in_every_theme(team: Path) -> None:
    shown = 0
    for page in team.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert what_runs(text) == [], page
        shown += "\u2039script\u203adocument" in text
    assert shown >= 3


def test_our_stylesheet_is_linked_and_touches_only_our_pages(team: Path) -> None:
    page = (team / "advisor" / "index.html").read_text(encoding="utf-8")
    assert 'href="advisor.css"' in page or 'href="./advisor.css"' in page
    style = (team / "advisor" / "advisor.css").read_text(encoding="utf-8")
    depth = 0
    for line in re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL).splitlines():
        if depth == 0 and line.strip():
            assert host_theme.ROOT in line or line.startswith('symbol[id^="m-"] '), line
        depth += line.count("{") - line.count("}")
    assert depth == 0
    assert "rem" not in re.sub(r"[a-z-]*rem[a-z-]+", "", style)


def test_the_teams_own_pages_stay_as_they_are(team: Path) -> None:
    assert host_theme.ROOT not in (team / "index.html").read_text(encoding="utf-8")


def test_a_line_embeds_a_piece(tmp_path: Path) -> None:
    lines = ("verdict edge", "chart edge lead", " table  profile-edge ranking", "table evidence perf")
    text = "\n\n".join(f"[advisor:{line}]" for line in lines)
    (tmp_path / "docs" / "more").mkdir(parents=True)
    between = "<!-- advisor: verdict edge -->\nNot here yet.\n<!-- /advisor -->"
    page = f"# Our choice\n\n{text}\n\nAs code: `[advisor: verdict edge]`\n\n{between}\n"
    (tmp_path / "docs" / "more" / "choice.md").write_text(page, encoding="utf-8")
    build_team_site(tmp_path, "mkdocs", option="      pages: evidence\n")
    there = tmp_path / "site" / "more" / "choice"
    text = (there / "index.html").read_text(encoding="utf-8")
    parts = text[: text.index("As code")].split(f'<section class="{host_theme.ROOT}">')[1:]
    marks = ('<div class="answer">', '<figure class="chart">', 'class="stackable ranking"', 'class="stackable perf')
    assert [mark in part for mark, part in zip(marks, parts, strict=True)] == [True] * 4
    assert re.search(r'<a href="[^"]*profile-edge[^"]*">For edge, lean toward', parts[0]), "the verdict names its stack"
    assert "<code>[advisor: verdict edge]</code>" in text
    assert "Not here yet." not in text
    assert text.count('class="sprite"') == 1
    ids = re.findall(r'\sid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    addresses = re.findall(r'<a\b[^>]*\shref="([^"]*)"', "".join(parts))
    for address in addresses:
        if not urlsplit(address).scheme:
            target = (there / urlsplit(address).path).resolve()
            assert (target / "index.html").is_file() or target.is_file(), address
    assert len(addresses) > 5


def test_a_line_that_names_nothing_stops_the_build(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "choice.md").write_text("# Our choice\n\n[advisor: verdict egde]\n", encoding="utf-8")
    with pytest.raises(Abort):
        build_team_site(tmp_path, "mkdocs")
    assert "advisor: choice.md: '[advisor: verdict egde]': no such page (did you mean edge?)" in caplog.text


def test_a_line_amid_text_stops_a_strict_build(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "choice.md").write_text("# C\n\nSo: [advisor: verdict edge] it is.\n", encoding="utf-8")
    with pytest.raises(Abort):
        build_team_site(tmp_path, "mkdocs", nav="strict: true\n")
    assert "choice.md: '[advisor: verdict edge]' stays as it is written" in caplog.text


def test_profiles_lie_beside_the_configuration_and_a_folder_may_be_shared(tmp_path: Path) -> None:
    (tmp_path / "docs" / "advisor").mkdir(parents=True)
    (tmp_path / "docs" / "advisor" / "ours.md").write_text("# Ours\n", encoding="utf-8")
    text = "extends: edge\nname: camera\ntitle: A camera at the door\n"
    (tmp_path / "camera.yaml").write_text(text, encoding="utf-8")
    site = build_team_site(tmp_path, "mkdocs", profiles="[camera.yaml]")
    home = (site / "index.html").read_text(encoding="utf-8")
    assert 'href="advisor/profile-camera/"' in home
    assert 'href="advisor/ours/"' in home


def test_pages_without_directories(tmp_path: Path) -> None:
    site = build_team_site(tmp_path, "mkdocs", directory_urls=False)
    links = [each.attributes.get("href", "") for each in content(site / "advisor" / "index.html").walk()]
    assert "profile-edge.html" in links


def test_by_default_it_is_a_handful_of_pages_that_the_sites_search_does_not_find(tmp_path: Path) -> None:
    site = build_team_site(tmp_path, "mkdocs", nav="strict: true\n", search=True)
    assert {page.parent.name for page in (site / "advisor").rglob("index.html")} == {
        "advisor",
        "profile-edge",
        "downloads",
    }
    found = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))["docs"]
    assert found
    assert not [each for each in found if each["location"].startswith("advisor/")]
    for page in (site / "advisor").rglob("index.html"):
        for element in content(page).walk():
            path = urlsplit(element.attributes.get("href", ""))
            target = (page.parent / path.path).resolve()
            assert path.scheme or not path.path or (target / "index.html").is_file() or target.is_file(), path
    home = (site / "index.html").read_text(encoding="utf-8")
    assert "Which framework?" in home
    assert 'href="advisor/profile-edge/"' in home


def test_a_page_of_the_team_is_never_replaced(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "docs" / "advisor").mkdir(parents=True)
    (tmp_path / "docs" / "advisor" / "index.md").write_text("# Our own advice\n", encoding="utf-8")
    with caplog.at_level("INFO"):
        # Said, and no warning: it is as the team wants it.
        site = build_team_site(tmp_path, "mkdocs", nav="strict: true\n", search=True)
    # The site's search knows the team's page in our folder, and none of ours.
    found = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))["docs"]
    assert {each["location"].partition("#")[0] for each in found} == {"", "advisor/"}
    assert "Our own advice" in (site / "advisor" / "index.html").read_text(encoding="utf-8")
    assert "advisor/index.md is a page of yours and stays" in caplog.text
    assert (site / "advisor" / "profile-edge" / "index.html").is_file()


def test_other_plugins_can_open_the_pages_as_files(tmp_path: Path) -> None:
    hook = (
        "from pathlib import Path\n"
        "def on_page_markdown(markdown, page, config, files):\n"
        "    assert Path(page.file.abs_src_path).is_file(), page.file.src_uri\n"
        "    return markdown\n"
    )
    (tmp_path / "look.py").write_text(hook, encoding="utf-8")
    assert build_team_site(tmp_path, "mkdocs", nav="hooks: [look.py]\n").is_dir()


@pytest.mark.parametrize("command", ["properdocs"])
def test_the_successor_of_mkdocs_builds_the_same(command: str, tmp_path: Path) -> None:
    pytest.importorskip(command)
    build_team_site(tmp_path, "material")
    built = subprocess.run(
        [sys.executable, "-m", command, "build", "--strict", "-f", "mkdocs.yml", "-d", "other"],
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    assert (tmp_path / "other" / "advisor" / "profile-edge" / "index.html").is_file()


def test_a_team_may_place_the_pages_itself(tmp_path: Path) -> None:
    nav = "nav:\n  - index.md\n  - Choice: advice/profile-edge.md\n"
    site = build_team_site(tmp_path, "mkdocs", nav=nav, option="      folder: advice\n")
    home = (site / "index.html").read_text(encoding="utf-8")
    assert "Choice" in home
    assert "Which framework?" not in home
    assert 'href="advice/profile-edge/"' in home


def test_a_changed_run_is_built_again(tmp_path: Path) -> None:
    build_team_site(tmp_path, "mkdocs")
    config = load_config(str(tmp_path / "mkdocs.yml"))
    plugin = config.plugins["advisor"]
    assert isinstance(plugin, AdvisorPlugin)
    server = LiveReloadServer(lambda: None, "127.0.0.1", 0, str(tmp_path / "site"))
    try:
        plugin.on_serve(server, config=config, builder=None)
        assert str(tmp_path / "run.json") in server._watched_paths
    finally:
        server.server_close()


@pytest.mark.parametrize("folder", ["", "/", "..", "../../../esc", "/etc", "C:\\x", ".", "a/../..", "a\\b", "x" * 256])
def test_a_folder_outside_the_site_is_refused(tmp_path: Path, folder: str) -> None:
    plugin = AdvisorPlugin()
    (tmp_path / "run.json").touch()
    options = {"run": str(tmp_path / "run.json"), "folder": folder}
    errors, _ = plugin.load_config(options, config_file_path=str(tmp_path / "mkdocs.yml"))
    assert [name for name, _ in errors] == ["folder"]
    assert "such as 'advisor'" in str(errors[0][1])


@pytest.mark.parametrize("folder", ["advice/", "platform/advice"])
def test_a_folder_in_the_site_may_be_anywhere_in_it(tmp_path: Path, folder: str) -> None:
    plugin = AdvisorPlugin()
    (tmp_path / "run.json").touch()
    options = {"run": str(tmp_path / "run.json"), "folder": folder}
    errors, _ = plugin.load_config(options, config_file_path=str(tmp_path / "mkdocs.yml"))
    assert errors == []
    assert plugin.config.folder == folder.rstrip("/")


def test_an_error_forges_no_line_in_the_log_of_a_build() -> None:
    said = str(plugin._stop(AdvisorError(["x: \x1b[2Jno", "::error::\nforged"])))
    assert "\x1b" not in said
    assert not any(line.startswith("::") or line == "forged" for line in said.splitlines())
