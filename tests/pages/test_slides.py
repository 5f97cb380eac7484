"""The slides of a meeting, read back: what they say and what their charts hold is the naive computation's."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pytest
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE
from pptx.slide import Slide
from pptx.util import Pt

from etl.boundaries import drawn_outlines
from pages.shared import queries
from pages.shared.filters import view_of
from pages.shared.meeting import Meeting, TargetBrief, hold
from pages.shared.pack.fitting import Box, Cell, row_height, rows_that_fit
from pages.shared.pack.slide_parts import BOTTOM, TOP, Deck, Series
from pages.shared.pack.slides import slides
from pages.shared.text import text_of
from tests.naive import Key
from tests.pages.test_meeting import gap

T = text_of("vi")
PERIOD, VINTAGE, ON = "2024", "2021", date(2026, 11, 24)
WHOLE_YEARS = [str(year) for year in range(2020, 2025)]


@dataclass
class Opened:
    content: bytes
    again: bytes
    meeting: Meeting
    slides: list[Slide]

    def targets(self) -> Iterator[tuple[TargetBrief, Slide]]:
        """Yield each target with its slide."""
        yield from zip(self.meeting.targets, self.slides[2:10], strict=True)


@pytest.fixture(scope="module")
def opened(demo_home) -> Iterator[Opened]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
        with queries.frozen(approved_only=False):
            meeting = hold(view_of(PERIOD, VINTAGE, T), ON)
            outlines = drawn_outlines(demo_home, VINTAGE)
            content, again = slides(meeting, outlines), slides(meeting, outlines)
            yield Opened(content, again, meeting, list(Presentation(BytesIO(content)).slides))


def parts(content: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(content)) as file:
        return {name: file.read(name) for name in file.namelist()}


def texts(slide: Slide) -> list[str]:
    """Return all paragraphs of a slide but those of its tables and charts."""
    return [p.text for s in slide.shapes if s.has_text_frame for p in s.text_frame.paragraphs]


def cells(slide: Slide) -> list[list[str]]:
    """Return the cells of the slide's table below its head."""
    table = next(s.table for s in slide.shapes if s.has_table)
    return [[c.text for c in row.cells] for row in table.rows][1:]


def charts(slide: Slide) -> list:
    """Return the slide's charts: the trend, then who lags where somebody does."""
    return [s.chart for s in slide.shapes if s.has_chart]


def rows_behind(chart) -> list[tuple]:
    """Return the table behind a chart, as an editor opens it."""
    sheet = openpyxl.load_workbook(BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active
    return list(sheet.values)


def numbers_of(rows: list[tuple]) -> list[tuple]:
    return [row[1:] for row in rows]


def as_written(words: str) -> str:
    return words.replace("\u202f", "\u00a0")


def asked(brief: TargetBrief, period: str = PERIOD) -> Key:
    return brief.focus.row["indicator"], "province", "70", VINTAGE, period, "total"


def test_the_same_meeting_gives_the_same_slides(opened) -> None:
    assert parts(opened.content) == parts(opened.again)


def test_each_target_says_the_naive_value_counts_and_gap(opened, naive) -> None:
    listed = cells(opened.slides[1])
    for (brief, slide), row in zip(opened.targets(), listed, strict=True):
        numerator, denominator = naive[asked(brief)]
        value = as_written(T.percent(numerator, denominator, brief.focus.target_value))
        said = texts(slide)
        assert value in said and row[2] == value
        counts = T("figure.of", numerator=T.number(numerator), denominator=T.number(denominator))
        assert any(words.startswith(f"{counts} {brief.focus.unit()}") for words in said)
        assert row[4] in said, "the status is a sign and a word"
        if brief.focus.target_value is None:
            continue
        plan = brief.focus.row["comparator"], Fraction(brief.focus.target_value)
        missing = gap(numerator, denominator, *plan)
        words = f"{T.number(missing)} {brief.focus.unit()}"
        also = brief.unmet[1:]
        assert row[5].split("\n") == [words if missing else T("value.none"), *(f.gap() for f in also)]
        assert all(f.name() in row[1] for f in also), "each indicator that misses the target is named"
        assert (f"còn thiếu {words}" in slide.shapes.title.text) == bool(missing)


def test_the_charts_hold_the_naive_values_of_all_periods(opened, naive) -> None:
    for brief, slide in opened.targets():
        chart = charts(slide)[0]
        target = brief.focus.target_value
        expected = [
            (
                year,
                *(
                    None if figure is None else 100 * figure[0] / figure[1]
                    for figure in (naive.get(asked(brief, f"{year}{end}")) for end in ("", "-H1"))
                ),
                *([] if target is None else [float(target)]),
            )
            for year in WHOLE_YEARS
        ]
        # A workbook keeps 16 digits.
        assert [tuple(n and pytest.approx(n, rel=1e-14) for n in row) for row in numbers_of(expected)] == numbers_of(
            rows_behind(chart)[1:]
        )
        assert list(chart.plots[0].categories) == WHOLE_YEARS
        assert list(zip(*(s.values for s in chart.plots[0].series), strict=True)) == numbers_of(expected)
        labels = [p.data_label.text_frame.text for p in map(chart.plots[0].series[0].points.__getitem__, range(5))]
        assert labels == [as_written(T.percent(*naive[asked(brief, year)], target)) for year in WHOLE_YEARS]


def test_who_lags_is_drawn_by_what_the_naive_computation_says_is_missing(opened, naive) -> None:
    drawn = 0
    for brief, slide in opened.targets():
        codes = {f.row["name"] + f.row["unit_code"]: f.row["unit_code"] for f in brief.lagging}
        rows = rows_behind(charts(slide)[1])[1:]
        assert [name for name, _ in rows] == [f.row["name"] for f in brief.lagging[: len(rows)]]
        for code, (_, value) in zip(codes.values(), rows, strict=False):
            numerator, denominator = naive[brief.focus.row["indicator"], "commune", code, VINTAGE, PERIOD, "total"]
            if brief.focus.indicator.kind == "share_of_communes":
                assert numerator == 0 and value > 0
            elif brief.focus.target_value is None:
                assert value == denominator - numerator
            else:
                plan = brief.focus.row["comparator"], Fraction(brief.focus.target_value)
                assert value == gap(numerator, denominator, *plan)
            drawn += 1
    assert drawn == 48


def test_tasks_reports_measures_and_decisions_are_the_meetings(opened) -> None:
    meeting = opened.meeting
    tasks, reports, actions, decisions = opened.slides[10:]
    assert [row[0] for row in cells(tasks)] == [task.title() for task in meeting.tasks]
    assert [row[2] for row in cells(tasks)] == [as_written(task.sentence()) for task in meeting.tasks]
    assert [row[0].split(",")[0] for row in cells(reports)] == list(meeting.waiting["name"])
    assert meeting.reports_sentence() in texts(reports)
    assert [row[3] for row in cells(actions)] == list(meeting.actions["what"])
    overdue = ["!" in row[0] for row in cells(actions)]
    assert overdue == list(meeting.actions["overdue"]) and any(overdue)
    assert [w for w in texts(decisions) if w[:1].isdigit() and ". " in w] == [
        f"{n}. {as_written(said)}" for n, said in enumerate(meeting.to_decide(), start=1)
    ]


def test_every_slide_can_be_read_by_all_and_tells_its_source(opened) -> None:
    file = Presentation(BytesIO(opened.content))
    number = T.number(queries_number(opened))
    assert f"bản số liệu số {number}" in opened.meeting.source and opened.meeting.sample
    for page, slide in enumerate(opened.slides, start=1):
        assert slide.shapes.title.text and slide.shapes[0].shape_id == slide.shapes.title.shape_id
        said = texts(slide)
        assert said[-2:] == [as_written(opened.meeting.source), str(page)], "source and page are read last"
        assert T("meeting.sample") in said
        assert as_written(opened.meeting.source) in slide.notes_slide.notes_text_frame.text
        ids = [s.shape_id for s in slide.shapes]
        assert len(set(ids)) == len(ids)
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.left + shape.width <= file.slide_width, shape.name
            assert shape.top >= 0 and shape.top + shape.height <= file.slide_height, shape.name
            if shape.has_table or shape.has_chart or shape.shape_type == MSO_SHAPE_TYPE.PICTURE:
                assert shape._element.xpath(".//p:cNvPr/@descr")[0], shape.name
        runs = slide._element.xpath("//a:r/a:rPr | //a:fld/a:rPr")
        assert {r.get("lang") for r in runs} == {"vi-VN"} and min(int(r.get("sz")) for r in runs) >= 1000
    table = opened.slides[1].shapes[1]._element
    assert min(int(r.get("sz")) for r in table.iter("{*}rPr")) >= Pt(16).pt * 100, "read from ten metres"
    maps = [[s for s in slide.shapes if s.shape_type == MSO_SHAPE_TYPE.PICTURE] for _, slide in opened.targets()]
    assert all(len(found) == 1 and found[0].image.size[0] / found[0].width.inches >= 200 for found in maps)
    about = file.core_properties
    assert about.created == about.modified and about.created.date() == date(2026, 7, 3)
    assert about.author == about.last_modified_by == about.title == opened.meeting.title


def queries_number(opened: Opened) -> int:
    return int(queries.snapshot(opened.meeting.view.period)["number"])


def test_a_year_without_a_value_interrupts_the_line() -> None:
    deck = Deck("vi")
    lines = [Series("Cả năm", [50.0, None, 70.0], ["50 %", None, "70 %"], "year")]
    deck.add("Trống").line_chart(Box(1, 2, 5, 3), ["2020", "2021", "2022"], lines, [40, 60, 80], name="x", alt="y")
    chart = charts(deck.slides[0].of)[0]
    assert tuple(chart.plots[0].series[0].values) == (50.0, None, 70.0)
    assert rows_behind(chart)[2] == ("2021", None)
    assert chart._chartSpace.xpath("//c:dispBlanksAs/@val") == ["gap"]


def test_a_table_takes_as_many_rows_as_stay_on_the_slide() -> None:
    head, widths = ["Đơn vị", "Vướng ở đâu"], (3.0, 4.0)
    rows = [[Cell("Thị trấn Chơn Thành"), Cell("Chưa nhận được báo cáo nào của kỳ này. " * (n % 4))] for n in range(60)]
    room = BOTTOM - TOP
    shown = rows_that_fit(head, rows, widths, 14, room)
    deck = Deck("vi")
    deck.add("Dài").table(TOP, widths, head, rows[:shown], size=14, alt="x")
    frame = deck.slides[0].of.shapes[1]
    height = sum(row.height.inches for row in frame.table.rows)
    assert height <= room < height + row_height(rows[shown], widths, 14)
