"""The reference pages of the documentation, made from the code when the documentation is built."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from advisor.cli import main
from advisor.criteria import load_criteria
from advisor.profiles.files import profile_schema
from advisor.profiles.profile import load_profile, shipped_profiles


def on_files(files: Files, /, *, config: MkDocsConfig) -> Files:
    """Add the generated pages."""
    for name, text in (("commands.md", commands()), ("criteria.md", criteria()), ("profiles.md", profiles())):
        files.append(File.generated(config, name, content=text))
    return files


def commands() -> str:
    """Return the page of the command line: what `--help` says, command by command."""
    lines = ["# The commands", ""]
    for path, command in _commands(main, ("advisor",)):
        context = click.Context(command, info_name=" ".join(path))
        lines += [f"## {' '.join(path)}", "", "```text", command.get_help(context), "```", ""]
    return "\n".join(lines)


def _commands(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from _commands(below, (*path, name))


def criteria() -> str:
    """Return the page of the criteria."""
    lines = ["# The criteria", "", "| Criterion | Question | Unit or levels | Better |", "|---|---|---|---|"]
    for each in load_criteria().values():
        levels = " < ".join(level.replace("_", " ") for level in each.levels)
        unit = levels or each.unit or ("%" if each.percent else "a number")
        lines.append(f"| {_cell(each.title)} (`{each.id}`) | {_cell(each.question)} | {unit} | {each.better} |")
    return "\n".join(lines) + "\n"


def profiles() -> str:
    """Return the page of the shipped profiles, and of the schema of one's own."""
    lines = ["# The profiles", "", "| Profile | Question | Weighs | Requires |", "|---|---|---|---|"]
    for name in shipped_profiles():
        found = load_profile(name)
        asked = f"{len(found.wishes)} criteria | {len(found.constraints)}"
        lines.append(f"| `{name}` | {_cell(found.question)} | {asked} |")
    schema = json.dumps(profile_schema(), indent=2, ensure_ascii=False)
    return "\n".join([*lines, "", "## The schema of a profile", "", "```json", schema, "```", ""])


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
