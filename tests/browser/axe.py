"""What a machine can tell of a page against WCAG 2.2 A and AA, on the light and on the dark page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.harness import PROJECT

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


def obstacles(page: Page) -> list[str]:
    """Return what is serious or critical on a page that is drawn, which is dark afterwards."""
    excused = _known()
    page.wait_for_function("document.documentElement.lang === 'vi'")
    found = [*_violations(page, RULES, excused)]
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(IS_DARK)
    return [*found, *(f"dark: {fault}" for fault in _violations(page, COLOURS, excused))]


def _known() -> list[tuple[str, str]]:
    """Return rule and selector of what Streamlit does and nobody here can change, as the documentation lists it."""
    _, part = LIMITS.read_text(encoding="utf-8").split("## Access", 1)
    rows = [line.split("|")[1:3] for line in part.split("\n## ")[0].splitlines() if line.startswith("| `")]
    return [(rule.strip(" `"), selector.strip(" `")) for rule, selector in rows]


def _violations(page: Page, options: dict[str, object], excused: list[tuple[str, str]]) -> Iterator[str]:
    # Late, for who has no browser has no Playwright either.
    from axe_playwright_python.sync_playwright import Axe

    for found in Axe().run(page, context=DRAWN, options=options).response["violations"]:
        if found["impact"] not in ("serious", "critical"):
            continue
        for node in found["nodes"]:
            target = node["target"][-1]
            selectors = [selector for rule, selector in excused if rule == found["id"]]
            if not any(page.evaluate(MATCHES, [target, selector]) for selector in selectors):
                yield f"{found['id']}: {node['html'][:200]} ({node['failureSummary'].splitlines()[-1].strip()})"
