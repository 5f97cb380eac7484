"""The documentation says what is there: words of the screen, pages of the site, pictures, links, commands."""

import re
import shlex

import pytest

from etl.__main__ import _parser
from tests.guides import DOCS, GUIDES, PROJECT, bold, catalogue, code_blocks, guide, navigation, tasks

PAGES = sorted(DOCS.rglob("*.md"))
MOST_PICTURE_BYTES = 1_500_000


def says(said: str, words: str) -> bool:
    """Tell whether a text of the pages may be these words on the screen."""
    return said in (words, re.sub(r"\d+", "…", words))


@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_names_the_words_of_the_screen_and_says_the_same_in_both_languages(name) -> None:
    keys = {}
    for language in ("vi", "en"):
        known = catalogue(language)
        assert len(tasks(guide(language, name))) == 3
        # What a task needs is in the task; nothing else is set in bold.
        assert len(bold(guide(language, name))) == sum(len(bold(task)) for task in tasks(guide(language, name)))
        keys[language] = [
            {k for k, forms in known.items() if any(says(said, words) for said in forms)}
            for words in bold(guide(language, name))
        ]
        unknown = [w for w, found in zip(bold(guide(language, name)), keys[language], strict=True) if not found]
        assert not unknown, f"on no page in {language}: {unknown}"
    pairs = list(zip(keys["vi"], keys["en"], strict=True))
    assert all(vi & en for vi, en in pairs), [pair for pair in pairs if not pair[0] & pair[1]]


def test_every_page_is_in_the_navigation() -> None:
    assert sorted(navigation()) == [str(page.relative_to(DOCS)) for page in PAGES]


@pytest.mark.parametrize("page", [*PAGES, PROJECT / "README.md"], ids=lambda page: page.name)
def test_links_and_pictures_lead_somewhere(page) -> None:
    text = re.sub(r"```.*?```|`[^`]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not target.startswith(("http", "#")):
            assert (page.parent / target.partition("#")[0]).exists(), target


def test_the_colours_of_the_design_are_those_of_the_pages() -> None:
    named = set(re.findall(r"#[0-9A-F]{6}", (DOCS / "design.md").read_text(encoding="utf-8")))
    assert named and named <= set(re.findall(r"#[0-9A-F]{6}", (PROJECT / "pages/shared/palette.py").read_text("utf-8")))


def test_pictures_are_shown_and_small() -> None:
    shown = "".join(page.read_text(encoding="utf-8") for page in [*PAGES, PROJECT / "README.md"])
    pictures = [p for p in DOCS.rglob("*") if p.suffix in {".png", ".svg"}]
    assert pictures and all(p.name in shown for p in pictures)
    assert sum(p.stat().st_size for p in pictures) < MOST_PICTURE_BYTES


@pytest.mark.parametrize("page", [*PAGES, PROJECT / "README.md"], ids=lambda page: page.name)
def test_commands_are_called_rightly(page) -> None:
    """Every command in a block of the shell is one that the program takes."""
    for block in code_blocks(page.read_text(encoding="utf-8"), "", "sh"):
        for arguments in re.findall(r"(?:-m |^)etl ([a-z][^$|&;>\n]*)", block, re.MULTILINE):
            _parser().parse_args(shlex.split(arguments, comments=True))
