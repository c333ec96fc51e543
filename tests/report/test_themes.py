"""A theme of a user: it shows what it likes, and runs no code."""

from __future__ import annotations

from pathlib import Path

import jinja2
import pytest
from mkdocs.config.defaults import MkDocsConfig

from advisor.errors import AdvisorError
from advisor.report import themes
from advisor.report.site import build_site
from tests.report.samples import sample_recommendation
from tests.samples import sample_run

pytestmark = pytest.mark.integration

HARMLESS = """\
{% extends "base.html" %}
{% block side %}
{% for item in nav %}{{ loop.cycle("odd", "even") }} {{ item.title.upper() | e }}{% endfor %}
{{ config.site_name.title() }} {{ "%s" | format(page.url) }} {{ range(2) | list }} {{ "style.css" | url }}
{% endblock %}
"""


def built(folder: Path, text: str) -> str:
    theme = folder / "templates" / "theme"
    theme.mkdir(parents=True)
    (theme / "main.html").write_text(text, encoding="utf-8")
    index = build_site(sample_run(), [sample_recommendation()], folder / "site", templates=folder / "templates")
    return index.read_text(encoding="utf-8")


def test_a_theme_shows_pages_its_own_way(tmp_path: Path) -> None:
    page = built(tmp_path, HARMLESS)
    assert "Advisor index.html [0, 1] style.css" in page


def test_a_theme_that_tries_more_is_told_where_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(AdvisorError) as caught:
        built(tmp_path, "\n{{ page.file.copy_file() }}\n")
    assert caught.value.message.startswith(f"{tmp_path / 'templates' / 'theme' / 'main.html'}:2: ")
    assert caught.value.exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["templates"]


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ config.load_file(config.docs_dir) }}",
        "{{ config.theme.get_env().compile_templates('stolen') }}",
        "{{ config.plugins.run_event('startup') }}",
        "{{ config.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__.os.system('true') }}",
        "{{ '{0.__class__}'.format(config) }}",
    ],
)
def test_no_expression_of_a_theme_runs_code(text: str) -> None:
    config = MkDocsConfig()
    config.load_dict({"site_name": "x", "docs_dir": ".", "plugins": []})
    config.validate()
    environment = themes.sandboxed(config.theme.get_env())
    with pytest.raises(jinja2.exceptions.SecurityError):
        environment.from_string(text).render(config=config)
