"""Every page against WCAG 2.2 A and AA as far as a machine can tell, on the light and on the dark page."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tests.browser.harness import PROJECT, open_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

LIMITS = PROJECT / "docs" / "limits.md"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
# The letters inside charts: thousands, and axe does not judge them; tests/pages/test_palette.py does.
DRAWN = {"exclude": [".main-svg"]}
IS_DARK = "getComputedStyle(document.querySelector('.stApp')).backgroundColor === 'rgb(18, 24, 31)'"
MATCHES = "([target, selector]) => document.querySelector(target).matches(selector)"


def addresses() -> list[str]:
    """Return the path of every page of dashboard.py, which cannot be imported without being run."""
    tree = ast.parse((PROJECT / "dashboard.py").read_text(encoding="utf-8"))
    (sections,) = [n.value for n in tree.body if isinstance(n, ast.Assign) and ast.unparse(n.targets[0]) == "SECTIONS"]
    paths = [path for pages in ast.literal_eval(sections).values() for path, _ in pages.values()]
    # The first page is the one that comes up by itself, and has no path.
    return ["", *paths[1:]]


def known() -> list[tuple[str, str]]:
    """Return rule and selector of what Streamlit does and nobody here can change, as the documentation lists it."""
    _, part = LIMITS.read_text(encoding="utf-8").split("## Access", 1)
    rows = [line.split("|")[1:3] for line in part.split("\n## ")[0].splitlines() if line.startswith("| `")]
    return [(rule.strip(" `"), selector.strip(" `")) for rule, selector in rows]


def violations(page: Page, options: dict[str, object], excused: list[tuple[str, str]]) -> Iterator[str]:
    """Yield what is serious or critical and not excused."""
    from axe_playwright_python.sync_playwright import Axe

    for found in Axe().run(page, context=DRAWN, options=options).response["violations"]:
        if found["impact"] not in ("serious", "critical"):
            continue
        for node in found["nodes"]:
            target = node["target"][-1]
            selectors = [selector for rule, selector in excused if rule == found["id"]]
            if not any(page.evaluate(MATCHES, [target, selector]) for selector in selectors):
                yield f"{found['id']}: {node['html'][:200]} ({node['failureSummary'].splitlines()[-1].strip()})"


def test_nothing_serious_stands_in_anyones_way(page) -> None:
    excused, found = known(), []
    for path in addresses():
        # One tab for all: what the browser has it need not fetch again.
        page.emulate_media(color_scheme="light")
        open_page(page, f"/{path}?period=2024&units=2021")
        page.wait_for_function("document.documentElement.lang === 'vi'")
        found += [f"{path}: {fault}" for fault in violations(page, RULES, excused)]
        page.emulate_media(color_scheme="dark")
        page.wait_for_function(IS_DARK)
        found += [f"{path}, dark: {fault}" for fault in violations(page, COLOURS, excused)]
    assert found == []
