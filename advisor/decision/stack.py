"""A stack: a framework and the route something is shipped through; how it is identified, and what it is called."""

from __future__ import annotations

from collections.abc import Mapping

from advisor.keys import Stack as Stack


def stack_id(stack: Stack) -> str:
    """Return the identifier of a stack: ``pytorch`` or ``pytorch→executorch``."""
    return f"{stack.framework}→{stack.route}" if stack.route else stack.framework


def stack_title(stack: Stack, titles: Mapping[str, str]) -> str:
    """Return the name of a stack as people write it: ``PyTorch → ExecuTorch``."""
    framework = titles.get(stack.framework, stack.framework)
    return f"{framework} → {titles.get(stack.route, stack.route)}" if stack.route else framework


def as_id(text: str) -> str:
    """Return the identifier of a framework, a route or a stack as answers print it: ``PyTorch -> ONNX Runtime``."""
    return text.replace("->", "→").replace(" ", "").lower()
