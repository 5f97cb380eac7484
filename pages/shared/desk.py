"""What the data officer sees of reports that came in: verdicts, problems, changes, and the files that go back."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, count
from pathlib import PurePath

import pandas as pd

from etl.definitions import load
from etl.load import Answer
from etl.report import shorten
from etl.returned import return_workbook
from pages.shared.text import Text


def without_the_past(answers: Sequence[Answer]) -> list[Answer]:
    """Return the answers without what compares a sensitive figure with an earlier one.

    Whoever checks made-up figures could find out by it what is masked.
    """
    sensitive = {m.measure for m in load().measures.values() if m.sensitive}
    return [
        replace(a, problems=[p for p in a.problems if p.rule != "large_jump" or p.measure not in sensitive])
        for a in answers
    ]


def distinct(names: Sequence[str]) -> list[str]:
    """Return the names of files that came together, numbered where several have the same."""
    taken: dict[str, None] = {}
    for name in names:
        path = PurePath(name)
        numbered = (f"{path.stem} ({n}){path.suffix}" for n in count(2))
        taken[next(one for one in chain([name], numbered) if one not in taken)] = None
    return list(taken)


def as_zip(files: dict[str, bytes]) -> bytes:
    """Return files packed as one."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def unit_name(answer: Answer, text: Text) -> str:
    """Return the name of the unit that a report is for, as far as it is known."""
    definitions = load()
    period = definitions.periods.get(answer.period or "")
    unit = definitions.units.get((period.vintage, answer.unit_code or "")) if period else None
    return unit.name if unit else answer.unit_code or text("value.none")


def verdict(answer: Answer, text: Text) -> str:
    """Return in words what becomes of a report."""
    if answer.status == "rejected":
        return "✗ " + text("submit.rejected")
    if is_repeated(answer):
        return "↺ " + text("submit.repeated")
    return "! " + text("submit.doubtful") if answer.problems else "✓ " + text("submit.good")


def counts(answers: Sequence[Answer], text: Text) -> str:
    """Return in words how many reports were taken, how many go back, and how many change nothing."""
    rejected = sum(a.status == "rejected" for a in answers)
    repeated = sum(is_repeated(a) for a in answers)
    taken = text("submit.counts", good=len(answers) - rejected - repeated, bad=rejected)
    return f"{taken}, {text('submit.counts_repeated', count=repeated)}" if repeated else taken


def is_repeated(answer: Answer) -> bool:
    """Tell whether a report was taken in before, so that sending its file again changes nothing."""
    return answer.repeated and answer.status != "rejected"


def answer_table(answers: Sequence[Answer], text: Text) -> pd.DataFrame:
    """Return one row a report."""
    return pd.DataFrame(
        {
            text("column.file"): [shorten(a.file_name) for a in answers],
            text("column.name"): [unit_name(a, text) for a in answers],
            text("column.period"): [text.period(a.period) if a.period else text("value.none") for a in answers],
            text("column.status"): [verdict(a, text) for a in answers],
            text("column.errors"): [sum(p.severity == "error" for p in a.problems) for a in answers],
            text("column.warnings"): [sum(p.severity == "warning" for p in a.problems) for a in answers],
        }
    )


def problem_table(answers: Sequence[Answer], text: Text) -> pd.DataFrame:
    """Return one row a problem, errors first."""
    rows = [(a, p) for a in answers for p in a.problems]
    rows.sort(key=lambda row: row[1].severity)
    return pd.DataFrame(
        {
            text("column.name"): [unit_name(a, text) for a, _ in rows],
            text("column.severity"): [text("severity." + p.severity) for _, p in rows],
            text("column.sheet"): [p.sheet for _, p in rows],
            text("column.cell"): [p.cell for _, p in rows],
            text("column.message"): [text.pick(p.message_vi, p.message_en) for _, p in rows],
            text("column.file"): [shorten(a.file_name) for a, _ in rows],
        }
    )


def change_table(answers: Sequence[Answer], text: Text) -> pd.DataFrame:
    """Return how the reported totals differ from what stands and from the period before, largest jumps first."""
    rows = [(a, c) for a in answers if a.status == "accepted" and not a.repeated for c in a.changes]

    def jump(change: tuple[int | None, int | None]) -> float:
        now, then = change
        return -1.0 if now is None or then is None else abs(now - then) / (1 + then)

    rows.sort(
        key=lambda r: -jump((r[1].value, r[1].earlier_value if r[1].standing_value is None else r[1].standing_value))
    )
    labels = load().measures
    return pd.DataFrame(
        {
            text("column.name"): [unit_name(a, text) for a, _ in rows],
            text("column.measure"): [
                f"{labels[c.measure].code} {text.pick(labels[c.measure].label_vi, labels[c.measure].label_en)}"
                for _, c in rows
            ],
            text("column.new"): pd.array([c.value for _, c in rows], dtype="Int64"),
            text("column.standing"): pd.array([c.standing_value for _, c in rows], dtype="Int64"),
            text("column.earlier"): pd.array([c.earlier_value for _, c in rows], dtype="Int64"),
            text("column.earlier_period"): [
                text.period(c.earlier_period) if c.earlier_period else None for _, c in rows
            ],
        }
    )


def returned_files(answers: Sequence[Answer], contents: dict[str, bytes], text: Text) -> dict[str, bytes]:
    """Return for every file with a problem the marked workbook: in one folder what goes back, in one what was taken."""
    returned = []
    for name, content in contents.items():
        about = [a for a in answers if a.file_name == name]
        if any(a.problems for a in about):
            kind = "rejected" if any(a.status == "rejected" for a in about) else "doubtful"
            returned.append((text(f"submit.folder.{kind}"), return_workbook(content, about, load())))
    names = distinct([r.file_name for _, r in returned])
    return {f"{folder}/{name}": r.content for name, (folder, r) in zip(names, returned, strict=True)}
