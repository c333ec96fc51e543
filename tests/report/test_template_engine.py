"""Templates: compiled once and anew when their text changes; those of a user in a sandbox, their mistakes by line."""

from __future__ import annotations

import sys
from pathlib import Path

import jinja2
import pytest

from advisor.errors import AdvisorError
from advisor.report import template_engine
from advisor.report.template_engine import Compiled


def render(text: str) -> str:
    loader = jinja2.DictLoader({"page": text})
    environment = jinja2.Environment(loader=loader, bytecode_cache=Compiled(), autoescape=True)
    return environment.get_template("page").render(name="<b>")


class TestCompiled:
    """What a process compiled, the next one need not."""

    @pytest.fixture(autouse=True)
    def _cache(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setattr(sys, "dont_write_bytecode", False)
        monkeypatch.setenv("ADVISOR_CACHE", str(tmp_path / "cache"))

    def test_a_template_is_compiled_once_and_anew_when_it_changed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert render("Hello {{ name }}") == "Hello &lt;b&gt;"
        assert render("Goodbye {{ name }}") == "Goodbye &lt;b&gt;"
        monkeypatch.setattr(jinja2.Environment, "compile", None)
        assert render("Goodbye {{ name }}") == "Goodbye &lt;b&gt;"

    @pytest.mark.parametrize("content", [b"", b"\x00", b"e", b"j2\x05\x00\x00\x00"])
    def test_what_cannot_be_read_is_compiled(self, tmp_path: Path, content: bytes) -> None:
        render("Hello {{ name }}")
        for file in (tmp_path / "cache" / "templates").iterdir():
            file.write_bytes(content)
        assert render("Hello {{ name }}") == "Hello &lt;b&gt;"

    def test_nothing_is_written_where_python_writes_nothing(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(sys, "dont_write_bytecode", True)
        assert render("Hello {{ name }}") == "Hello &lt;b&gt;"
        assert list(tmp_path.iterdir()) == []

    def test_a_place_that_cannot_be_written_is_no_harm(self, tmp_path: Path) -> None:
        (tmp_path / "cache").write_text("a file", encoding="utf-8")
        assert render("Hello {{ name }}") == "Hello &lt;b&gt;"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ ''.__class__.__mro__ }}", "access to attribute '__class__' of 'str' object is unsafe"),
        ("{{ run.__init__.__globals__ }}", "access to attribute '__init__' of 'dict' object is unsafe"),
        ("line one\n{{ nothing.there }}", "'nothing' is undefined"),
        ("line one\n{% for %}", "Expected"),
        ("line one\n{{ 1 / 0 }}", "division by zero"),
        ('{% extends "adr.md.j2" %}', "it extends or includes itself"),
    ],
)
def test_a_template_of_a_user_runs_no_code_and_its_mistakes_have_a_line(
    tmp_path: Path, text: str, message: str
) -> None:
    (tmp_path / "adr.md.j2").write_text(text, encoding="utf-8")
    environment = template_engine.environment(tmp_path, lambda value: value)
    with pytest.raises(AdvisorError) as caught:
        template_engine.render(environment, "adr.md.j2", {"run": {}})
    line = text.count("\n") + 1
    assert str(caught.value).startswith(f"{tmp_path / 'adr.md.j2'}:{line}: ")
    assert message in str(caught.value)


def test_a_folder_that_replaces_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sites").mkdir()
    (tmp_path / "sites" / "home.md.j2").write_text("Hello", encoding="utf-8")
    for folder, words in ((tmp_path, "nothing in it replaces a template of ours"), (tmp_path / "no", "no such folder")):
        with pytest.raises(AdvisorError, match=words):
            template_engine.environment(folder, lambda value: value)


def test_a_mistake_in_a_shipped_template_is_ours_and_no_users() -> None:
    with pytest.raises(jinja2.TemplateError):
        template_engine.render(template_engine.environment(None, lambda value: value), "adr.md.j2", {})


@pytest.mark.parametrize("name", ["adr.md.j2", "site/home.md.j2", "theme/main.html"])
def test_a_template_that_is_no_text_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes("Grüße".encode("latin-1"))
    with pytest.raises(AdvisorError, match=rf"{name}: not UTF-8 text \(byte 2\), so it is no template$"):
        template_engine.environment(tmp_path, lambda value: value)
    (tmp_path / name).unlink()
    (tmp_path / name).symlink_to(tmp_path / name)
    with pytest.raises(AdvisorError, match=rf"{name}: cannot read the template: "):
        template_engine.environment(tmp_path, lambda value: value)


def test_a_misspelt_template_is_named_and_an_own_one_is_not(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    for name in ("home.md.j2", "our-footer.j2"):
        (tmp_path / "site" / name).write_text("", encoding="utf-8")
    template_engine.environment(tmp_path, lambda value: value)
    (tmp_path / "site" / "profle.md.j2").write_text("", encoding="utf-8")
    with pytest.raises(AdvisorError, match=r"profle\.md\.j2: replaces no template of ours") as caught:
        template_engine.environment(tmp_path, lambda value: value)
    assert caught.value.hint == "did you mean site/profile.md.j2?"
