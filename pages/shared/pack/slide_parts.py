"""What slides are made of: the grid, words that fit, tables, charts, pictures, notes: the only user of python-pptx.

Lengths are inches from the upper left corner, sizes of letters points. Nothing here knows what a meeting is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, NamedTuple

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_MARKER_STYLE, XL_TICK_MARK
from pptx.enum.dml import MSO_LINE
from pptx.enum.lang import MSO_LANGUAGE_ID
from pptx.enum.shapes import MSO_SHAPE, PP_PLACEHOLDER
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.oxml.xmlchemy import OxmlElement
from pptx.util import Inches, Pt
from xlsxwriter import Workbook

from pages.shared.pack.fitting import (
    CELL_X,
    CELL_Y,
    LARGE_PT,
    SMALL_PT,
    Box,
    Cell,
    Line,
    for_arial,
    head_cells,
    line_count,
    row_height,
    size_for,
    small,
)
from pages.shared.palette import BLUE, GREY, INK, LINE_GREY, PALE_GREY, PAPER, SHADES
from pages.shared.sheet import Picture

WIDTH, HEIGHT = 13.333, 7.5
LEFT, RIGHT = 0.5, 12.833
TOP, BOTTOM = 1.35, 6.8
"""What a slide says stands between these; above is its title, below its source."""
GUTTER = 0.25

FONT = "Arial"
TITLE_PT, SOURCE_PT = 26, 10
_PLAIN_TABLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
_DPI = 220


class Series(NamedTuple):
    """One line of a chart: its values and labels, None where there are none; `kind` is year, half or target."""

    name: str
    values: list[float | None]
    labels: list[str | None]
    kind: str


def _rgb(colour: str) -> RGBColor:
    return RGBColor(*bytes.fromhex(colour.removeprefix("#")))  # type: ignore[no-untyped-call]


def _emu(box: Box) -> tuple[Any, ...]:
    return tuple(Inches(length) for length in box)


_FOOTER = Box(LEFT, 6.88, RIGHT - LEFT - 0.8, 0.5)
_PAGE_NUMBER = Box(RIGHT - 0.7, 6.88, 0.7, 0.22)


@dataclass(frozen=True)
class Slide:
    """One slide, to which things are added in the order in which they are read."""

    of: Any
    number: int
    language: Any
    notes: list[str]

    def write(self, box: Box, lines: Sequence[Line], *, name: str, middle: bool = False, right: bool = False) -> Any:
        """Write paragraphs into a box of their own."""
        shape = self.of.shapes.add_textbox(*_emu(box))
        shape.name = name
        self._fill(shape.text_frame, lines, middle=middle, right=right)
        return shape

    def chip(self, box: Box, line: Line, tint: str, *, name: str) -> None:
        """Write one line into the middle of a coloured, rounded box."""
        shape = self.of.shapes.add_shape(MSO_SHAPE.ROUNDED_RECTANGLE, *_emu(box))
        shape.name = name
        shape.fill.solid()
        shape.fill.fore_color.rgb = _rgb(tint)
        shape.line.fill.background()
        shape._element.remove(shape._element.find(qn("p:style")))
        self._fill(shape.text_frame, [line], middle=True)
        shape.text_frame.paragraphs[0].alignment = PP_ALIGN.CENTER

    def fill_placeholder(self, place: Any, lines: Sequence[Line]) -> None:
        self._fill(place.text_frame, lines, keep=True)

    def picture(self, picture: Picture, box: Box, *, name: str) -> None:
        shape = self.of.shapes.add_picture(BytesIO(picture.png(_DPI)), *_emu(box))
        self._describe(shape, name, picture.alt)

    def table(
        self,
        top: float,
        widths: Sequence[float],
        head: Sequence[str],
        rows: Sequence[Sequence[Cell]],
        *,
        size: float,
        alt: str,
    ) -> None:
        """Set a table from the left edge on; each row is as high as its words need."""
        whole = [head_cells(head, size), *rows]
        heights = [row_height(row, widths, size) for row in whole]
        box = Box(LEFT, top, sum(widths), sum(heights))
        frame = self.of.shapes.add_table(len(heights), len(widths), *_emu(box))
        self._describe(frame, alt, alt)
        table = frame.table
        table.horz_banding = False
        frame._element.find(f".//{qn('a:tableStyleId')}").text = _PLAIN_TABLE
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Inches(width)
        for row, cells, height in zip(table.rows, whole, heights, strict=True):
            row.height = Inches(height)
            for place, cell in zip(row.cells, cells, strict=True):
                self._fill_cell(place, cell, size, INK if cells is whole[0] else LINE_GREY)

    def line_chart(
        self,
        box: Box,
        categories: Sequence[str],
        series: Sequence[Series],
        ticks: Sequence[float],
        *,
        name: str,
        alt: str,
    ) -> None:
        """Draw one line a series over the categories; a missing value interrupts its line."""
        rows = [(s.name, s.values) for s in series]
        chart = self._chart(XL_CHART_TYPE.LINE_MARKERS, box, categories, rows, "0.00", name=name, alt=alt)
        chart.has_legend = True
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
        chart.legend.font.size = Pt(SOURCE_PT)
        axis = chart.value_axis
        axis.minimum_scale, axis.maximum_scale, axis.major_unit = ticks[0], ticks[-1], ticks[1] - ticks[0]
        axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = "0", False
        axis.major_gridlines.format.line.color.rgb = _rgb(PALE_GREY)
        axis.format.line.fill.background()
        chart.category_axis.format.line.color.rgb = _rgb(GREY)
        chart.category_axis.major_tick_mark = XL_TICK_MARK.NONE
        goal = next((s.values[0] for s in series if s.kind == "target"), None)
        for line, drawn in zip(series, chart.plots[0].series, strict=True):
            self._draw_line(line, drawn, ticks, goal)

    def bar_chart(
        self,
        box: Box,
        names: Sequence[str],
        values: Sequence[float],
        labels: Sequence[str],
        series_name: str,
        *,
        name: str,
        alt: str,
    ) -> None:
        """Draw one horizontal bar a name, the first on top."""
        rows = [(series_name, list(values))]
        chart = self._chart(XL_CHART_TYPE.BAR_CLUSTERED, box, names, rows, "#,##0", name=name, alt=alt)
        chart.has_legend = False
        chart.category_axis.reverse_order = True
        chart.category_axis.format.line.fill.background()
        chart.category_axis.major_tick_mark = XL_TICK_MARK.NONE
        axis = chart.value_axis
        axis.visible, axis.has_major_gridlines = False, False
        axis.minimum_scale, axis.maximum_scale = 0, 1.25 * max(values)
        plot = chart.plots[0]
        plot.gap_width = 45
        bars = plot.series[0]
        bars.format.fill.solid()
        bars.format.fill.fore_color.rgb = _rgb(BLUE)
        for n, words in enumerate(labels):
            self._label(bars.points[n].data_label, words, XL_LABEL_POSITION.OUTSIDE_END)

    def close(self, source: str, *, colour: str = LINE_GREY) -> None:
        """Write source and page number, which are read last, and the notes."""
        footer = self.write(_FOOTER, [Line(source, SOURCE_PT, colour=colour)], name="Footer")
        _make_placeholder(footer, "ftr", 11)
        page = [Line(str(self.number), SMALL_PT, colour=colour)]
        number = self.write(_PAGE_NUMBER, page, name="Slide Number", right=True)
        _make_placeholder(number, "sldNum", 12)
        field = number.text_frame.paragraphs[0].runs[0]._r
        field.tag = qn("a:fld")
        field.set("id", "{C1FF6DA9-008F-8B48-92A6-B652298478BF}")
        field.set("type", "slidenum")
        frame = self.of.notes_slide.notes_text_frame
        self._fill(frame, [Line(words, SMALL_PT) for words in self.notes], keep=True)

    def _fill(
        self, frame: Any, lines: Sequence[Line], *, middle: bool = False, right: bool = False, keep: bool = False
    ) -> None:
        """Write paragraphs; `keep` leaves the frame as its layout has it."""
        if not keep:
            frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
            frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
            frame.vertical_anchor = MSO_ANCHOR.MIDDLE if middle else MSO_ANCHOR.TOP
        for n, line in enumerate(lines):
            paragraph = frame.add_paragraph() if n else frame.paragraphs[0]
            paragraph.space_after = Pt(line.after)
            paragraph.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
            run = paragraph.add_run()
            run.text = for_arial(line.words)
            self._style(run.font, line.size, line.colour, bold=line.bold)

    def _style(self, font: Any, size: float, colour: str = INK, *, bold: bool = False) -> None:
        font.name, font.size, font.bold, font.language_id = FONT, Pt(size), bold, self.language
        font.color.rgb = _rgb(colour)

    def _describe(self, shape: Any, name: str, alt: str) -> None:
        shape.name = name
        shape._element.xpath(".//p:cNvPr")[0].set("descr", for_arial(alt))

    def _fill_cell(self, place: Any, cell: Cell, size: float, border: str) -> None:
        place.margin_left = place.margin_right = Inches(CELL_X)
        place.margin_top = place.margin_bottom = Inches(CELL_Y)
        place.vertical_anchor = MSO_ANCHOR.MIDDLE
        lines = [Line(cell.words, cell.size or size, cell.bold)]
        if cell.note:
            lines.append(Line(cell.note, small(size), colour=LINE_GREY))
        self._fill(place.text_frame, lines, keep=True)
        if cell.tint:
            place.fill.solid()
            place.fill.fore_color.rgb = _rgb(cell.tint)
        else:
            place.fill.background()
        place._tc.get_or_add_tcPr().insert(0, _element("a:lnB", _solid(border), w="9525"))

    def _chart(
        self,
        kind: Any,
        box: Box,
        categories: Sequence[str],
        rows: Sequence[tuple[str, list[Any]]],
        number_format: str,
        *,
        name: str,
        alt: str,
    ) -> Any:
        data: Any = CategoryChartData(number_format=number_format)  # type: ignore[no-untyped-call]
        data.categories = categories
        for series_name, values in rows:
            data.add_series(for_arial(series_name), values)
        frame = self.of.shapes.add_chart(kind, *_emu(box), data)
        self._describe(frame, name, alt)
        chart = frame.chart
        chart.part.chart_workbook.update_from_xlsx_blob(_workbook(categories, rows, number_format))
        chart.has_title = False
        self._style(chart.font, SMALL_PT)
        return chart

    def _draw_line(self, line: Series, drawn: Any, ticks: Sequence[float], goal: float | None) -> None:
        look, mark = drawn.format.line, drawn.marker
        drawn.smooth = False
        is_target = line.kind == "target"
        look.color.rgb = _rgb(LINE_GREY if is_target else BLUE)
        look.width = Pt({"year": 2.75, "half": 1.25, "target": 1.5}[line.kind])
        if line.kind != "year":
            look.dash_style = MSO_LINE.DASH if is_target else MSO_LINE.ROUND_DOT
        mark.style = XL_MARKER_STYLE.NONE if is_target else XL_MARKER_STYLE.CIRCLE
        if not is_target:
            mark.size = 8 if line.kind == "year" else 6
            mark.format.fill.solid()
            mark.format.fill.fore_color.rgb = _rgb(BLUE if line.kind == "year" else PAPER)
            mark.format.line.color.rgb = _rgb(BLUE)
        for n, words in enumerate(line.labels):
            value = line.values[n]
            if words and value is not None:
                # A label is about so high; it does not lie on the line of the target.
                high = 0.2 * (ticks[-1] - ticks[0])
                below = goal is not None and value < goal < value + high
                position = XL_LABEL_POSITION.BELOW if below else XL_LABEL_POSITION.ABOVE
                self._label(drawn.points[n].data_label, words, position)

    def _label(self, label: Any, words: str, position: Any) -> None:
        """Label a point in our own words: a number format would follow the machine's language, not the slide's."""
        label.text_frame.word_wrap = False
        run = label.text_frame.paragraphs[0].add_run()
        run.text = for_arial(words)
        self._style(run.font, SMALL_PT)
        label.position = position
        label._dLbl.find(qn("c:tx")).addnext(_element("c:spPr", _solid(PAPER)))


class Deck:
    """A presentation without slides yet: 16 to 9, title, source and page number where the grid has them."""

    def __init__(self, language: str) -> None:
        self.language = MSO_LANGUAGE_ID.VIETNAMESE if language == "vi" else MSO_LANGUAGE_ID.ENGLISH_US
        self.file = Presentation()
        self.file.slide_width, self.file.slide_height = Inches(WIDTH), Inches(HEIGHT)
        layouts = list(self.file.slide_layouts)
        self._first, self._other = layouts[0], layouts[5]
        for layout in layouts:
            if layout not in (self._first, self._other):
                self.file.slide_layouts.remove(layout)
        _lay_out(self.file.slide_master, self._first)
        self.slides: list[Slide] = []

    def first(self, title: str, subtitle: str) -> Slide:
        """Add the slide that opens the presentation."""
        slide = self._add(self._first, title)
        slide.of.background.fill.solid()
        slide.of.background.fill.fore_color.rgb = _rgb(SHADES[4])
        slide.fill_placeholder(slide.of.shapes.title, [Line(title, 44, bold=True, colour=PAPER)])
        slide.fill_placeholder(slide.of.placeholders[1], [Line(subtitle, 20, colour=PAPER)])
        return slide

    def add(self, title: str) -> Slide:
        """Add a slide that says something under a title of at most two lines."""
        slide = self._add(self._other, title)
        width = RIGHT - LEFT
        size = size_for(title, (TITLE_PT, 24, 22), width, bold=True)
        if line_count(title, width, size, bold=True) > 1:
            size = next((s for s in (TITLE_PT, 22) if line_count(title, width, s, bold=True) <= 2), LARGE_PT)
        slide.fill_placeholder(slide.of.shapes.title, [Line(title, size, bold=True)])
        return slide

    def _add(self, layout: Any, title: str) -> Slide:
        slide = Slide(self.file.slides.add_slide(layout), len(self.slides) + 1, self.language, [title])
        self.slides.append(slide)
        return slide

    def save(self, *, title: str, subject: str, author: str, made_at: datetime) -> bytes:
        """Return the file; it tells no other time than `made_at`, so that the same slides are the same file."""
        about = self.file.core_properties
        about.title, about.subject, about.language = title, subject, self.language.xml_value
        about.author = about.last_modified_by = author
        about.created = about.modified = made_at
        about.comments, about.revision = "", 1
        written = BytesIO()
        self.file.save(written)
        return written.getvalue()


def _lay_out(master: Any, first: Any) -> None:
    """Put the placeholders of the master and of the first slide's layout where the grid has them."""
    width = RIGHT - LEFT
    places = {
        PP_PLACEHOLDER.TITLE: Box(LEFT, 0.42, width, 0.88),
        PP_PLACEHOLDER.BODY: Box(LEFT, TOP, width, BOTTOM - TOP),
        PP_PLACEHOLDER.DATE: Box(LEFT, 0.1, 2, 0.25),
        PP_PLACEHOLDER.FOOTER: _FOOTER,
        PP_PLACEHOLDER.SLIDE_NUMBER: _PAGE_NUMBER,
        PP_PLACEHOLDER.CENTER_TITLE: Box(1, 1.1, width - 1, 0.9),
        PP_PLACEHOLDER.SUBTITLE: Box(1, 2.05, width - 1, 0.9),
    }
    own = list(first.placeholders)[:2]
    for place in [*master.placeholders, *own]:
        kind = place.placeholder_format.type
        place.left, place.top, place.width, place.height = _emu(places[kind])
        frame = place.text_frame
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        frame.vertical_anchor = MSO_ANCHOR.MIDDLE if kind == PP_PLACEHOLDER.TITLE else MSO_ANCHOR.TOP
    level = master.element.find(f".//{qn('p:titleStyle')}/{qn('a:lvl1pPr')}")
    level.set("algn", "l")
    level.find(qn("a:defRPr")).set("sz", str(100 * TITLE_PT))


def _element(tag: str, *children: Any, **attributes: str) -> Any:
    """Return an element of what the library has no words for."""
    made: Any = OxmlElement(tag)
    made.extend(children)
    for name, value in attributes.items():
        made.set(name, value)
    return made


def _solid(colour: str) -> Any:
    return _element("a:solidFill", _element("a:srgbClr", val=colour.removeprefix("#")))


def _make_placeholder(shape: Any, kind: str, index: int) -> None:
    """Make a text box what the layout calls footer or slide number, so that programs know what it is."""
    names = shape._element.nvSpPr
    del names.cNvSpPr.attrib["txBox"]
    names.nvPr.append(_element("p:ph", type=kind, sz="quarter", idx=str(index)))


def _workbook(categories: Sequence[str], rows: Sequence[tuple[str, list[Any]]], number_format: str) -> bytes:
    """Return the numbers of a chart as the workbook behind it: the library's own tells the time it was made."""
    written = BytesIO()
    book = Workbook(written, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": datetime(2000, 1, 1)})
    sheet = book.add_worksheet("Sheet1")
    numbers = book.add_format({"num_format": number_format})
    sheet.write_column(1, 0, categories)
    for n, (name, values) in enumerate(rows, start=1):
        sheet.write(0, n, for_arial(name))
        sheet.write_column(1, n, values, numbers)
    book.close()
    return written.getvalue()
