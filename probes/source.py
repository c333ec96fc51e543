"""Code as text: how much of it there is, whatever its layout, and how much of it changes."""

from __future__ import annotations

import ast
import difflib
import inspect
import io
import textwrap
import tokenize
from collections.abc import Callable
from typing import Any

_LAYOUT = {tokenize.NEWLINE, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.COMMENT, tokenize.ENDMARKER}


def lines_of(*definitions: Callable[..., Any]) -> list[str]:
    """Return the logical lines of functions or classes, without annotations, docstrings and comments."""
    return [line for each in definitions for line in _plain(each).splitlines() if line.strip()]


def tokens_of(*definitions: Callable[..., Any]) -> int:
    """Return the number of tokens: names, numbers, strings, operators and keywords; layout is none."""
    text = "\n".join(lines_of(*definitions))
    return sum(token.type not in _LAYOUT for token in tokenize.generate_tokens(io.StringIO(text).readline))


def names_of(*definitions: Callable[..., Any]) -> int:
    """Return the number of different identifiers: variables, attributes, keywords of calls, what is defined."""
    found: set[str] = set()
    for each in definitions:
        for node in ast.walk(ast.parse(_plain(each))):
            match node:
                case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.keyword(arg=str(name)):
                    found.add(name)
                case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                    found.add(name)
    return len(found)


def changed_lines(before: Callable[..., Any], after: Callable[..., Any]) -> int:
    """Return how many logical lines of `after`'s body are new or different from `before`'s."""
    one, other = lines_of(before)[1:], lines_of(after)[1:]
    return sum(line.startswith("+ ") for line in difflib.ndiff(one, other))


def _plain(definition: Callable[..., Any]) -> str:
    tree = ast.parse(textwrap.dedent(inspect.getsource(definition)))
    return ast.unparse(ast.fix_missing_locations(_Strip().visit(tree)))


class _Strip(ast.NodeTransformer):
    """Drops what says nothing to the machine: annotations and docstrings."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Drop what the function returns, in words and in types."""
        self.generic_visit(node)
        node.returns = None
        node.body = _body(node.body)
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """Drop the docstring."""
        self.generic_visit(node)
        node.body = _body(node.body)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        """Drop the annotation."""
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        """Keep the value only."""
        return ast.Assign(targets=[node.target], value=node.value) if node.value else None


def _body(statements: list[ast.stmt]) -> list[ast.stmt]:
    first = statements[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        statements = statements[1:]
    return statements or [ast.Pass()]
