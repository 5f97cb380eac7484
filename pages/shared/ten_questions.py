"""Questions that analysts ask, each with the address of the page that answers it and with SQL that does so too."""

import tomllib
from dataclasses import dataclass
from functools import cache

from etl.definitions import DATA


@dataclass(frozen=True)
class Question:
    """`address` is the query of the analysis page; `sql` asks the public data for the same.

    `note` says what cannot be told exactly, and why.
    """

    question_vi: str
    question_en: str
    address: str
    sql: str
    note_vi: str = ""
    note_en: str = ""


@cache
def ten_questions() -> tuple[Question, ...]:
    """Read the questions; none where the province has none."""
    path = DATA / "examples" / "ten_questions.toml"
    if not path.exists():
        return ()
    return tuple(Question(**said) for said in tomllib.loads(path.read_text(encoding="utf-8"))["question"])
