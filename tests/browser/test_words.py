"""Every page in both languages says what it says in that language, in words, and to the end."""

import ast
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.browser.harness import PROJECT, open_page, wait_until_drawn
from tests.browser.test_pages import ADDRESSES


def pages() -> set[str]:
    """The path of every page in the navigation; that of the first is the dashboard's own."""
    tree = ast.parse((PROJECT / "dashboard.py").read_text(encoding="utf-8"))
    sections = next(
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "SECTIONS"
    )
    _, *others = (path for section in sections.values() for path, _ in section.values())
    return {"", *others}


# Those of ADDRESSES are read where they are opened (test_pages.py).
READ = {(urlsplit(a).path[1:], parse_qs(urlsplit(a).query).get("lang", ["vi"])[0]) for a in ADDRESSES}


@pytest.mark.parametrize(("path", "language"), sorted({(p, lang) for p in pages() for lang in ("vi", "en")} - READ))
def test_a_page_says_it_in_words(page, reader, path, language) -> None:
    open_page(page, f"/{path}?period=2024&units=2021&lang={language}")
    assert not reader.faults(page)


def test_the_language_stays_on_the_next_page_and_changes_without_leaving_the_view(page) -> None:
    open_page(page, "/?period=2023&units=2021&lang=en")
    page.get_by_role("link", name="Who lags").first.click()
    page.get_by_text("left out", exact=False).first.wait_for()
    wait_until_drawn(page)
    menu = page.get_by_test_id("stHeader")
    assert "Find and compare" in menu.inner_text() and "lang=en" in page.url
    page.get_by_text("Tiếng Việt").click()
    menu.get_by_text("Tìm và so sánh").wait_for()
    wait_until_drawn(page)
    assert all(part in page.url for part in ("/khoang-trong?", "lang=vi", "period=2023", "units=2021"))
