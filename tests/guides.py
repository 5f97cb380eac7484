"""The guides of docs/, as tests read them: their tasks, and the words of the interface in bold."""

import re
import tomllib
from datetime import timedelta
from pathlib import Path

from babel.messages.pofile import read_po

from etl.definitions import load
from etl.demo import make_report
from etl.template import form_file_name, write_form

PROJECT = Path(__file__).parents[1]
DOCS = PROJECT / "docs"
GUIDES = {
    "lanh-dao": "leadership",
    "ke-hoach": "planner",
    "phan-tich": "analyst",
    "cap-xa": "commune",
    "so-lieu": "data-officer",
    "quan-tri": "administrator",
}
"""Each Vietnamese guide and its English one."""


def guide(language: str, name: str) -> str:
    """Return the text of a guide by its Vietnamese name."""
    return (DOCS / language / f"{name if language == 'vi' else GUIDES[name]}.md").read_text(encoding="utf-8")


def tasks(text: str) -> list[str]:
    """Return the typical tasks of a guide."""
    return [part for part in text.split("\n## ")[1:] if re.match(r"(Việc|Task) \d", part)]


def bold(text: str) -> list[str]:
    """Return the words of the interface that a text names, in its order."""
    return [" ".join(words.split()) for words in re.findall(r"\*\*(.+?)\*\*", text, re.DOTALL)]


def code_blocks(text: str, *kinds: str) -> list[str]:
    """Return the blocks of some kinds that a text shows; the kind of a bare block is empty."""
    blocks = re.findall(r"^ *```(\w*)\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)
    return [block for kind, block in blocks if kind in kinds]


def pattern(words: str) -> str:
    """Return what `words` look like on the screen, where `…` stands for what differs each time."""
    return ".+".join(re.escape(part) for part in words.split("…"))


def catalogue(language: str) -> dict[str, list[str]]:
    """Return the words of the pages by key, in each number, `…` in the place of what differs each time."""
    path = PROJECT / "data" / "texts" / f"{language}.po"
    found = {}
    for message in read_po(path.read_bytes().splitlines(keepends=True), locale=language):
        key, *_ = message.id if isinstance(message.id, tuple) else (message.id,)
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        found[key] = [re.sub(r"\{.+?\}", "…", words) for words in forms if words]
    return found


def navigation() -> list[str]:
    """Return the pages of the site's navigation."""
    site = tomllib.loads((PROJECT / "zensical.toml").read_text(encoding="utf-8"))

    def pages(entry: object) -> list[str]:
        if isinstance(entry, dict):
            return [page for value in entry.values() for page in pages(value)]
        return [page for part in entry for page in pages(part)] if isinstance(entry, list) else [str(entry)]

    return pages(site["project"]["nav"])


def sample_report(code: str = "25195", *, wrong: bool = False, fewer: int = 0, late: int = 0) -> tuple[str, bytes]:
    """Return a commune's report of the first half of 2026 and its name.

    A wrong one has more insured children than children; `fewer` children were examined than in the sample; it was
    made so many days `late`.
    """
    definitions = load()
    unit, period = definitions.units["2025", code], definitions.periods["2026-H1"]
    made = make_report(definitions, unit, period)
    made.reported_on = period.due_on + timedelta(days=late)

    def changed(measure: str, value: int) -> int:
        if measure == "under6_insured_on_time" and wrong:
            return 2 * value + 1
        return value - fewer if measure == "under6_examined" else value

    made.figures = [
        f._replace(value=changed(f.measure, f.value)) if f.population_group == "total" and f.value else f
        for f in made.figures
    ]
    return form_file_name(unit, period), write_form(definitions, unit, period, made)
