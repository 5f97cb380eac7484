"""A checked report on its way back to its sender, who is to mend it in Excel and send it again."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PureWindowsPath

from etl.answer_sheet import Row, Summary
from etl.definitions import Definitions
from etl.file_names import shown_name
from etl.identify import name_and_code
from etl.load import Answer
from etl.marks import mark_workbook, write_summary_alone
from etl.report import Problem, measure_label, shorten

_STEM_CHARACTERS = 80


@dataclass(frozen=True)
class ReturnedFile:
    """An .xlsx file: where `marked` the sender's own with its wrong cells marked, else a summary alone."""

    file_name: str
    content: bytes
    marked: bool


def return_workbook(content: bytes, answers: Sequence[Answer], definitions: Definitions) -> ReturnedFile:
    """Return what goes back for a file that was sent, the same bytes for the same input.

    `answers` are all that was found in that file, at least one; a CSV file has one for each unit and period.
    Nothing is raised: a file that cannot be opened safely, or is no .xlsx, is answered by a summary alone.
    """
    name = shown_name(definitions, answers[0].file_name, sha256(content).hexdigest())
    summary = _summarise(name, answers, definitions)
    marked = None
    limits = definitions.form["limits"]
    if content.startswith(b"PK") and len(content) <= limits["file_bytes"]:
        marked = mark_workbook(content, summary, limits)
    return ReturnedFile(
        returned_name(name, definitions),
        marked or write_summary_alone(summary, definitions),
        marked is not None,
    )


def returned_name(sent_as: str, definitions: Definitions) -> str:
    """Return the name for the answer to a file that was sent under any name: `bao_cao_25216_tra_lai.xlsx`."""
    suffix = definitions.form["returned"]["file_suffix"]
    stem = re.sub(r"[^\w .()-]+", "_", PureWindowsPath(sent_as).stem).strip(" ._")
    # What is returned a second time does not grow.
    stem = re.sub(rf"({re.escape(suffix)}([ _]?\(?\d+\)?)?)+$", "", stem)
    return f"{stem[:_STEM_CHARACTERS].strip(' ._') or 'bao_cao'}{suffix}.xlsx"


def _summarise(file_name: str, answers: Sequence[Answer], definitions: Definitions) -> Summary:
    texts = definitions.form["returned"]
    sheets = [sheet["name"] for sheet in definitions.form["sheets"].values()]
    rows = [_row(a, p, definitions) for a in answers for p in sorted(a.problems, key=lambda p: _place(p, sheets))]
    rows.sort(key=lambda row: row.severity)
    listed = definitions.form["limits"]["returned_rows"]
    errors = sum(row.severity == "error" for row in rows)
    rejected = sum(a.status == "rejected" for a in answers)
    counts = {"errors": errors, "warnings": len(rows) - errors, "reports": len(answers), "rejected": rejected}
    status = "rejected" if rejected else "accepted"
    facts = {
        "file": shorten(PureWindowsPath(file_name).name),
        "unit": _unit(answers[0], definitions) or texts["unknown"],
        "period": _period(answers[0], definitions) or texts["unknown"],
        "counts": texts["counts"].format_map(counts),
    }
    if len(answers) > 1:
        facts |= {"unit": texts["reports"].format_map(counts)}
        del facts["period"]
    return Summary(
        status=status,
        verdict=texts["verdicts"][status].format_map(counts),
        facts=[(texts["facts"][name], value) for name, value in facts.items()],
        by_unit=len(answers) > 1,
        rows=rows[:listed],
        unlisted=texts["unlisted"].format(count=len(rows) - listed) if len(rows) > listed else "",
    )


def _place(problem: Problem, sheets: list[str]) -> tuple[int, int, int, str]:
    """Return where a problem stands on the way through the workbook, sheet by sheet from above."""
    sheet = sheets.index(problem.sheet) if problem.sheet in sheets else -1
    cell = problem.cell or ""
    column = cell.rstrip("0123456789")
    return sheet, int(cell[len(column) :] or 0), len(column), column


def _row(answer: Answer, problem: Problem, definitions: Definitions) -> Row:
    return Row(
        severity=problem.severity,
        unit=_unit(answer, definitions),
        period=answer.period or "",
        sheet=problem.sheet or "",
        cell=problem.cell or "",
        measure=measure_label(definitions, problem.measure)[0] if problem.measure else "",
        value=problem.value or "",
        message_vi=problem.message_vi,
        message_en=problem.message_en,
    )


def _unit(answer: Answer, definitions: Definitions) -> str:
    """Return a unit's name as it was in the period, and its code."""
    if answer.unit_code is None:
        return ""
    period = definitions.periods.get(answer.period or "")
    unit = definitions.units.get((period.vintage, answer.unit_code)) if period else None
    if period is None or unit is None:
        return answer.unit_code
    return name_and_code(definitions.name_of(unit, period.cut_off))


def _period(answer: Answer, definitions: Definitions) -> str:
    period = definitions.periods.get(answer.period or "")
    if period is None:
        return answer.period or ""
    wording = "half_yearly" if period.period.endswith("-H1") else "yearly"
    return str(definitions.form["template"][wording].format(year=period.year))
