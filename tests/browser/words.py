"""What a page says, and what is wrong with how it says it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import duckdb
from babel.messages.pofile import read_po

from etl.definitions import DATA, load

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

STREAMLIT_S_OWN = {
    "App pages", "Autoscale", "Choose an option", "Choose date", "Clear all", "Close", "Close fullscreen",
    "Collapse sidebar", "Download as CSV", "Download plot as a PNG", "Expand sidebar", "Fullscreen", "Help", "Open",
    "Pan", "Produced with Plotly.js", "Reset axes", "Reset view", "Search", "Show/hide columns", "Sidebar", "Stop",
    "Upload", "Zoom", "Zoom in", "Zoom out", "file upload",
}  # fmt: skip
"""What Streamlit has no way to translate (docs/limits.md), and what it says around words of ours."""
_AROUND_OURS = re.compile(r"^\d+MB per file.*|^Remove (?=.)|^(?:day|month|year), |^Selected Date: .*|^\w+ icon$")

_VIETNAMESE = re.compile("[ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]", re.IGNORECASE)
_CODE_NAME = re.compile(
    r"\b[a-z]+_\w+|\b(?:None|nan|NaN|NaT|null|undefined)\b|\{\w*\}|\b\d{4}-H1\b|\b[a-z]+\.[a-z_]{3,}\b"
)
_FILE = re.compile(r"\S+\.(?:xlsx|md)\b")
_DOCUMENT = re.compile(r"\b\d+/(?:\d{4}/)?[A-ZĐ]{2,}\d*(?:-\w+)?")
"""The number of a resolution or decision, the same in every language: 23/QĐ-TTg."""
_WORD = re.compile(r"[^\W\d_]+")
_LEAST_LETTERS = 4

_SAID = """() => {
  const said = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode.textContent.trim(), parent = walk.currentNode.parentElement;
    if (!text || parent.closest('style, script, noscript, code, pre, textarea, .katex')) continue;
    if (getComputedStyle(parent).fontFamily.includes('Material')) continue;
    // Where the bar is away (fill_screen), Streamlit may have folded its pages together before it went: "22 more".
    if (parent.closest('[data-testid="stHeader"]')?.getClientRects().length === 0) continue;
    // A drawing's text has an element for each line, and a name may go on in the next.
    const lines = parent.matches('tspan') ? [...parent.parentElement.children] : [];
    said.push(lines.length ? lines.map((line) => line.textContent).join(' ') : text);
  }
  for (const name of ['aria-label', 'title', 'placeholder', 'alt'])
    for (const element of document.body.querySelectorAll(`[${name}]`)) said.push(element.getAttribute(name));
  return said;
}"""

_CUT = """() => {
  const cut = [];
  for (const element of document.querySelectorAll('[data-testid="stApp"] *')) {
    if (element.scrollWidth <= element.clientWidth + 1 || !element.textContent.trim()) continue;
    const style = getComputedStyle(element);
    if (style.textOverflow === 'ellipsis' && ['hidden', 'clip'].includes(style.overflowX))
      cut.push(element.textContent.trim());
  }
  for (const drawing of document.querySelectorAll('.js-plotly-plot')) {
    const room = drawing.getBoundingClientRect();
    for (const text of drawing.querySelectorAll('svg text')) {
      const own = text.getBoundingClientRect();
      if (own.width && (own.left < room.left - 1 || own.right > room.right + 1 ||
          own.top < room.top - 1 || own.bottom > room.bottom + 1)) cut.push(text.textContent);
    }
  }
  return cut;
}"""


@dataclass(frozen=True)
class Reader:
    """One who knows the texts of both languages, and the names in the warehouse of `home`."""

    home: Path

    def faults(self, page: Page) -> list[str]:
        """Return what a page says in the other language, in code, or not to its end."""
        address = urlsplit(page.url)
        cut = [f"cut: {s}" for s in page.evaluate(_CUT)]
        if address.path == "/truy-van-sql":
            # Names of tables and columns are what this page is about.
            return cut
        said = [s for s in page.evaluate(_SAID) if s not in STREAMLIT_S_OWN]
        plain = {s: self._without_names(_AROUND_OURS.sub("", s)) for s in dict.fromkeys(said)}
        foreign = _VIETNAMESE.search if "en" in parse_qs(address.query).get("lang", []) else self._is_english
        return [
            *(f"other language: {s}" for s, rest in plain.items() if foreign(rest)),
            *(f"code: {s}" for s, rest in plain.items() if _CODE_NAME.search(rest)),
            *cut,
        ]

    def _without_names(self, said: str) -> str:
        said = _DOCUMENT.sub("", _FILE.sub("", said))
        for name in self._names:
            said = said.replace(name, "")
        return said

    def _is_english(self, said: str) -> bool:
        return any(word.lower() in self._english for word in _WORD.findall(said))

    @cached_property
    def _english(self) -> set[str]:
        """The words that only the English texts have."""
        english, vietnamese = (
            {word.lower() for said in _texts(language) for word in _WORD.findall(re.sub(r"\{\w+\}|`.*?`", "", said))}
            for language in ("en", "vi")
        )
        return {word for word in english - vietnamese if word.isascii() and len(word) >= _LEAST_LETTERS}

    @cached_property
    def _names(self) -> list[str]:
        """What is the same in both languages: names of places, and what others wrote. The longest come first."""
        definitions = load()
        names = {n for u in definitions.units.values() for n in (u.name, u.district, u.name.partition(" ")[2])}
        names |= {n for f in definitions.former_names for n in (f.name, f.district)}
        with duckdb.connect(str(self.home / "warehouse.duckdb"), read_only=True) as con:
            names |= {
                n for row in con.execute("SELECT DISTINCT name, hamlet FROM play_area_site").fetchall() for n in row
            }
        measures_taken = tomllib.loads((DATA / "demo" / "actions.toml").read_text(encoding="utf-8"))
        names |= {v for line in measures_taken["line"] for v in line.values() if isinstance(v, str)}
        names |= {
            "Tiếng Việt",
            "English",
            "Bình Phước",
            *(sheet["name"] for sheet in definitions.form["sheets"].values()),
        }
        return sorted(filter(None, names), key=len, reverse=True)


def _texts(language: str) -> list[str]:
    with (DATA / "texts" / f"{language}.po").open("rb") as file:
        found = [m.string for m in read_po(file, locale=language) if m.id]
    return [s for said in found for s in ((said,) if isinstance(said, str) else said)]
