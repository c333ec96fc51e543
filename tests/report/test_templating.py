"""Compiled templates: kept from one environment to the next, and compiled anew when their text changes."""

from __future__ import annotations

import jinja2
import pytest

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
