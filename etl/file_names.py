"""Names of files, which are shown on pages and in logs, and may be those of children."""

import re
from dataclasses import replace
from pathlib import PureWindowsPath

from etl.archive import Receipt
from etl.definitions import Definitions
from etl.personal_data import kept_in, personal_detail
from etl.report import Report, word_problem

_BETWEEN_WORDS = re.compile(r"_|(?<=\w)-(?=[^\W\d])")
_DIGITS_SHOWN = 12


def name_detail(definitions: Definitions, file_name: str) -> tuple[str, str] | None:
    """Return what personal data a file's name seems to hold, in both languages; None where it seems to hold none."""
    return personal_detail(definitions, _BETWEEN_WORDS.sub(" ", PureWindowsPath(file_name).stem))


def shown_name(definitions: Definitions, file_name: str, sha256: str) -> str:
    """Return a file's name, or where that holds personal data a neutral one."""
    if name_detail(definitions, file_name) is None:
        return file_name
    stem = definitions.form["neutral_names"]["file"].format(sha256=sha256[:_DIGITS_SHOWN])
    return f"{stem}{PureWindowsPath(file_name).suffix.lower()}"


def refuse_name(receipt: Receipt, reports: list[Report], definitions: Definitions) -> tuple[Receipt, list[Report]]:
    """Return a file's receipt and reports; where its name holds personal data, without it and rejected."""
    detail = name_detail(definitions, receipt.file_name)
    if detail is None:
        return receipt, reports
    problem = word_problem(
        definitions, "personal_data", None, None, None, None, {"detail": kept_in(definitions, "file_name", detail)}
    )
    for report in reports:
        report.problems.append(problem)
    return replace(receipt, file_name=shown_name(definitions, receipt.file_name, receipt.sha256)), reports
