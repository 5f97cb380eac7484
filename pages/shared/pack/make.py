"""The meeting pack: slides, paper and workbook from one and the same state of the warehouse."""

from collections.abc import Callable, Sequence
from datetime import date

from etl.boundaries import drawn_outlines
from etl.home import home
from pages.shared import queries
from pages.shared.filters import View
from pages.shared.meeting import hold
from pages.shared.pack.commune_paper import commune_summary
from pages.shared.pack.paper import paper
from pages.shared.pack.slides import slides
from pages.shared.pack.workbook import workbook

Progress = Callable[[float], None]


def make_pack(view: View, on: date, progress: Progress, *, approved_only: bool) -> dict[str, bytes]:
    """Return the three files by their names; `on` is the day of the meeting."""
    with queries.frozen(approved_only=approved_only):
        meeting = hold(view, on)
        outlines = drawn_outlines(home(), view.vintage.name)
        makers: dict[str, Callable[[], bytes]] = {
            "pptx": lambda: slides(meeting, outlines),
            "pdf": lambda: paper(meeting, outlines),
            "xlsx": lambda: workbook(meeting),
        }
        files = {}
        for done, (suffix, make) in enumerate(makers.items(), 1):
            files[f"{file_name(view)}.{suffix}"] = make()
            progress(done / len(makers))
        return files


def make_summaries(
    view: View, codes: Sequence[str], on: date, progress: Progress, *, approved_only: bool
) -> dict[str, bytes]:
    """Return one page for each commune of `codes` as a file by its name."""
    with queries.frozen(approved_only=approved_only):
        which = codes[0] if len(codes) == 1 else view.vintage.name
        name = f"{view.text('pack.file_commune')}_{which}_{view.period}.pdf"
        return {name: commune_summary(view, codes, on, drawn_outlines(home(), view.vintage.name), progress)}


def file_name(view: View) -> str:
    """Return what the files of one meeting are called, without their suffix."""
    return f"{view.text('pack.file')}_{view.period}_{view.vintage.name}_{view.text.language}"
