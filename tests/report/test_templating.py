"""Templates: compiled once and anew when their text changes; those of a user in a sandbox, their mistakes by line."""

from __future__ import annotations

from pathlib import Path

import jinja2
import pytest

from advisor.errors import AdvisorError
from advisor.report import templating
from advisor.report.templating import Memory


def render(kept: Memory, text: str) -> str:
    environment = jinja2.Environment(loader=jinja2.DictLoader({"page": text}), bytecode_cache=kept, autoescape=True)
    return environment.get_template("page").render(name="<b>")


def test_a_template_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Memory()
    assert render(kept, "Hello {{ name }}") == "Hello &lt;b&gt;"
    monkeypatch.setattr(jinja2.Environment, "compile", None)
    assert render(kept, "Hello {{ name }}") == "Hello &lt;b&gt;"


def test_a_changed_template_is_compiled_anew() -> None:
    kept = Memory()
    assert render(kept, "Hello {{ name }}") == "Hello &lt;b&gt;"
    assert render(kept, "Goodbye {{ name }}") == "Goodbye &lt;b&gt;"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{{ ''.__class__.__mro__ }}", "access to attribute '__class__' of 'str' object is unsafe"),
        ("{{ run.__init__.__globals__ }}", "access to attribute '__init__' of 'dict' object is unsafe"),
        ("line one\n{{ nothing.there }}", "'nothing' is undefined"),
        ("line one\n{% for %}", "Expected"),
    ],
)
def test_a_template_of_a_user_runs_no_code_and_its_mistakes_have_a_line(
    tmp_path: Path, text: str, message: str
) -> None:
    (tmp_path / "adr.md.j2").write_text(text, encoding="utf-8")
    environment = templating.environment(tmp_path, lambda value: value)
    with pytest.raises(AdvisorError) as caught:
        templating.render(environment, "adr.md.j2", {"run": {}})
    line = text.count("\n") + 1
    assert str(caught.value).startswith(f"{tmp_path / 'adr.md.j2'}:{line}: ")
    assert message in str(caught.value)


def test_a_mistake_in_a_shipped_template_is_ours_and_no_users() -> None:
    with pytest.raises(jinja2.TemplateError):
        templating.render(templating.environment(None, lambda value: value), "adr.md.j2", {})
