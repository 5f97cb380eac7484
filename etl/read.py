"""Turn a report file into reports, whatever is in it."""

from etl.cells import CannotRead, read_sheets
from etl.definitions import Definitions
from etl.read_csv import read_csv
from etl.read_workbook import WorkbookReader
from etl.report import ProblemList, Report

_WORKBOOK_STARTS = (b"PK", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")


def read_report(content: bytes, definitions: Definitions) -> list[Report]:
    """Return the reports in a file: one of a workbook, one a unit and period of a CSV file.

    A file that cannot be read is one report with the problem that says why; nothing is raised.
    """
    limits = definitions.form["limits"]
    problems = ProblemList(definitions)
    try:
        if len(content) > (limit := limits["file_bytes"]):
            raise CannotRead("file_too_large", value=f"{len(content) / 1e6:.1f} MB", limit=f"{limit // 1_000_000} MB")
        if content.startswith(_WORKBOOK_STARTS):
            return [WorkbookReader(read_sheets(content, limits), definitions).report()]
        reports, found = [], 0
        for report in read_csv(content, definitions):
            reports.append(report)
            found += len(report.problems)
            if found > (limit := limits["problems_per_file"]):
                raise CannotRead("too_many_problems", value=limit)
        return reports
    except CannotRead as error:
        problems.add(error.rule, **error.params)
        return [Report(problems=problems.rows)]
