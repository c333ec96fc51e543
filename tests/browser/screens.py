"""Screens that pages are shown on, and what is seen there: what they say, ask for, let stick out, and bar."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import PurePath
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]
from playwright.sync_api import Browser, CDPSession, Page

Scheme = Literal["light", "dark"]
WIDTHS = (320, 768, 1440)
SCREENS: tuple[tuple[int, Scheme], ...] = tuple((width, scheme) for width in WIDTHS for scheme in ("light", "dark"))
# What axe says of colors; everything else that it looks at is the same in light and dark.
COLORS = ("color-contrast", "link-in-text-block")


@dataclass
class Watch:
    """What a page said and asked for."""

    page: Page
    problems: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def forget(self) -> None:
        """Begin anew, for another page."""
        self.problems.clear()
        self.requests.clear()


@contextmanager
def opened(
    browser: Browser, width: int, scheme: Scheme = "light", *, script: bool = True, address: str | None = None
) -> Iterator[Watch]:
    """Open a window, and watch it; without `script` its pages run none."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=script
    )
    context.set_default_timeout(120_000)  # a busy machine is no failure
    watch = Watch(context.new_page())
    watch.page.on("console", lambda message: watch.problems.append(f"console: {message.text}"))
    watch.page.on("pageerror", lambda error: watch.problems.append(f"error: {error}"))
    watch.page.on("requestfailed", lambda request: watch.problems.append(f"failed: {request.url}"))
    watch.page.on("request", lambda request: watch.requests.append(request.url))
    if address is not None:
        watch.page.goto(address)
    yield watch
    context.close()


def kind(name: str) -> str:
    """Return what kind of page one is: the first word of its name, or what tells it from its like."""
    # A recipe with several results has other tables than one with a single result for each framework.
    return next((each for each in ("capability-route",) if name.startswith(each)), name.partition("-")[0])


def show(page: Page, width: int, scheme: Scheme) -> None:
    """Turn the open page to another screen."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)


def load(page: Page, address: str, control: CDPSession, *, script: bool) -> None:
    """Open `address` with the page's scripts or without them; afterwards ours can look at it either way.

    A page that was loaded without scripts stays as its markup is: they are not made up for when scripts are allowed
    again, and axe, which needs timers, runs only then.
    """
    control.send("Emulation.setScriptExecutionDisabled", {"value": not script})
    page.goto(address)
    control.send("Emulation.setScriptExecutionDisabled", {"value": False})


def too_wide(page: Page) -> list[str]:
    """Return what sticks out of the screen at the right, and cells of tables whose text lies over their neighbor's."""
    found: list[str] = page.evaluate(
        """() => [
             ...(document.documentElement.scrollWidth <= window.innerWidth ? [] :
               [...document.querySelectorAll('main *')]
                 .filter(each => each.getBoundingClientRect().right > window.innerWidth + 1)),
             ...[...document.querySelectorAll('main .stackable :is(th, td)')]
               .filter(each => each.scrollWidth > each.clientWidth + 2 && each.clientWidth > 1),
           ].map(each => `${each.tagName}.${each.className}: ${each.textContent.slice(0, 40)}`)"""
    )
    return found


def barriers(page: Page, *rules: str) -> list[str]:
    """Return what axe objects to on the open page, with every block of details open; its `rules` alone when named."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    options: dict[str, Any] = {"resultTypes": ["violations"]} | ({"runOnly": list(rules)} if rules else {})
    found: list[str] = page.evaluate(
        """options => axe.run(document, options).then(({violations}) => violations.flatMap(each =>
             each.nodes.map(node => `${each.id} (${each.impact}): ${node.target.join(' ')}: ${node.html}`)))""",
        options,
    )
    return found


def sampled(names: Iterable[str], most: int | None) -> list[str]:
    """Return at most so many pages of each kind, from all over it, the kinds in turn; every page without `most`."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for name in names:
        kinds[kind(PurePath(name).stem)].append(name)
    step = {name: 1 if most is None else -(-len(each) // most) for name, each in kinds.items()}
    turns = zip_longest(*(each[:: step[name]] for name, each in kinds.items()))
    return [page for turn in turns for page in turn if page is not None]
