"""The slides of a meeting: what the meeting says, one slide after the other, with charts that can be edited."""

from collections.abc import Sequence
from datetime import UTC

from pages.shared import actions, queries
from pages.shared.figures import STATUS_SIGNS, Figure, records
from pages.shared.maps import left_out_unit
from pages.shared.meeting import Meeting, TargetBrief
from pages.shared.pack.fitting import (
    BODY_PT,
    LARGE_PT,
    SMALL_PT,
    Box,
    Cell,
    Line,
    fitting,
    line_height,
    rows_that_fit,
    size_for,
    table_size,
    text_height,
)
from pages.shared.pack.slide_parts import BOTTOM, GUTTER, LEFT, RIGHT, SOURCE_PT, TOP, Deck, Series, Slide
from pages.shared.palette import PAPER, TINTS
from pages.shared.pictures import map_picture, ticks_around
from pages.shared.reports import fault, state_words
from pages.shared.text import Text

_MM = 25.4
_MAP_WIDTH = 3.95
_MAP_LEFT = RIGHT - _MAP_WIDTH
_WORDS_WIDTH = _MAP_LEFT - GUTTER - LEFT
_TREND_WIDTH = 4.6
_CHARTS_TOP, _CHARTS_BOTTOM = 2.6, 5.25
_HEADING = 0.3
_BARS = 6
_MOST_LABELS = 8
_MOST_SENTENCES = 4


def slides(meeting: Meeting, outlines: str) -> bytes:
    """Return the meeting as a PowerPoint file. `outlines` are those of the units in view, as `map_component` has them.

    The same meeting gives the same slides.
    """
    t = meeting.view.text
    deck = Deck(t.language)
    _open(deck, meeting)
    _show_targets(deck, meeting)
    for brief in meeting.targets:
        _show_target(deck, brief, outlines)
    _show_tasks(deck, meeting)
    _show_reports(deck, meeting)
    _show_actions(deck, meeting)
    _show_decisions(deck, meeting)
    for slide in deck.slides:
        first = slide is deck.slides[0]
        if meeting.sample and not first:
            _mark_sample(slide, Box(RIGHT - 3.6, 0.14, 3.6, 0.27), t, SMALL_PT)
        slide.notes.append(meeting.source)
        slide.close(meeting.source, **({"colour": PAPER} if first else {}))
    subject = t("slides.subject", subtitle=meeting.subtitle)
    made_at = queries.snapshot(meeting.view.period)["last_received_at"].to_pydatetime().replace(tzinfo=UTC)
    return deck.save(title=meeting.title, subject=subject, author=meeting.title, made_at=made_at)


def _open(deck: Deck, meeting: Meeting) -> None:
    t = meeting.view.text
    slide = deck.first(meeting.title, meeting.subtitle)
    box = Box(1, 3.2, RIGHT - 1.5, 2.2)
    beside = [*meeting.reservations, meeting.reports_sentence()]
    small = [Line(said, LARGE_PT, colour=PAPER, after=4) for said in beside]
    sized = [[Line(meeting.verdict, size, bold=True, colour=PAPER, after=14), *small] for size in (36, 30, 26)]
    lines = next((lines for lines in sized if text_height(lines, box.width) <= box.height), sized[-1])
    slide.write(box, lines, name=meeting.finding)
    if meeting.sample:
        _mark_sample(slide, Box(1, 5.6, 8.4, 0.7), t, 26)


def _mark_sample(slide: Slide, box: Box, t: Text, size: float) -> None:
    words = t("meeting.sample")
    slide.chip(box, Line(words, size, bold=True), TINTS["orange"], name=words)


def _show_targets(deck: Deck, meeting: Meeting) -> None:
    """Show all targets in one table that can be read from afar."""
    t = meeting.view.text
    slide = deck.add(meeting.verdict)
    slide.notes.extend([meeting.subtitle, *(b.finding() for b in meeting.targets)])
    widths = (0.4, 5.15, 1.6, 1.55, 1.7, 1.933)
    head = ["", t("column.target"), t("slides.value"), t("column.goal"), t("column.status"), t("column.gap")]
    rows = [_target_row(brief) for brief in meeting.targets]
    open_yet = [Line(said, 16, bold=True) for said in meeting.reservations]
    room = BOTTOM - TOP - text_height(open_yet, RIGHT - LEFT)
    size = table_size(head, rows, widths, (LARGE_PT, 17, 16, BODY_PT), room)
    slide.table(TOP, widths, head, rows, size=size or SMALL_PT, alt=meeting.finding)
    if open_yet:
        high = text_height(open_yet, RIGHT - LEFT)
        slide.write(Box(LEFT, BOTTOM - high, RIGHT - LEFT, high), open_yet, name=open_yet[0].words)


def _target_row(brief: TargetBrief) -> list[Cell]:
    t, focus = brief.view.text, brief.focus
    sign, colour = STATUS_SIGNS[brief.status]
    also = brief.unmet[1:]
    named = "; ".join([brief.focus_name, *(f.name() for f in also)])
    return [
        Cell(str(brief.number), bold=True),
        Cell(brief.label, bold=True, note="" if named == brief.label else named),
        Cell(focus.value(), bold=True, size=size_for(focus.value(), (24, 22, LARGE_PT), 1.4, bold=True)),
        Cell(focus.target()),
        Cell(f"{sign} {t('status.' + brief.status)}", bold=True, tint=TINTS[colour]),
        Cell(focus.gap() or t("value.none"), note="; ".join(gap for f in also if (gap := f.gap()))),
    ]


def _show_target(deck: Deck, brief: TargetBrief, outlines: str) -> None:
    t = brief.view.text
    slide = deck.add(f"{brief.number}. {brief.finding()}")
    slide.notes.extend([*brief.sentences(), *brief.others()])
    _show_result(slide, brief)
    bars = [f for f in brief.lagging if _lacking(f)][:_BARS]
    width = _TREND_WIDTH if bars else _WORDS_WIDTH
    _show_trend(slide, brief, Box(LEFT, _CHARTS_TOP, width, _CHARTS_BOTTOM - _CHARTS_TOP))
    if bars:
        left = LEFT + width + GUTTER
        box = Box(left, _CHARTS_TOP, LEFT + _WORDS_WIDTH - left, _CHARTS_BOTTOM - _CHARTS_TOP)
        _show_lagging(slide, brief, bars, box)
    room = Box(LEFT, _CHARTS_BOTTOM + 0.1, _WORDS_WIDTH, BOTTOM - _CHARTS_BOTTOM - 0.1)
    # The result itself stands on top already.
    sentences = brief.sentences()[1:] if brief.focus.has_value else []
    said = fitting([Line(s, BODY_PT, after=4) for s in sentences], room, _MOST_SENTENCES)
    if said:
        slide.write(room, said, name=brief.finding())
    others = [Line(other, SMALL_PT, after=2) for other in brief.others()]
    if others:
        others.insert(0, Line(t("pack.others"), SMALL_PT, bold=True, after=2))
    high = text_height(others, _MAP_WIDTH)
    bottom = BOTTOM - high - (0.1 if others else 0)
    _show_map(slide, brief, outlines, Box(_MAP_LEFT, _CHARTS_TOP, _MAP_WIDTH, bottom - _CHARTS_TOP))
    if others:
        slide.write(Box(_MAP_LEFT, BOTTOM - high, _MAP_WIDTH, high), others, name=t("pack.others"))


def _show_result(slide: Slide, brief: TargetBrief) -> None:
    """Show the value large, how that stands against the plan, and since when it changed how much."""
    t, focus = brief.view.text, brief.focus
    sign, colour = STATUS_SIGNS[brief.status]
    size = size_for(focus.value(), (54, 46, 38, 30), 3.1, bold=True)
    value = Box(LEFT, 1.4, 3.1, 1.0)
    slide.write(value, [Line(focus.value(), size, bold=True)], name=focus.value(), middle=True)
    status = f"{sign} {t('status.' + brief.status)}"
    size = size_for(status, (LARGE_PT, 16, BODY_PT), 2.1, bold=True)
    slide.chip(Box(3.75, 1.47, 2.2, 0.46), Line(status, size, bold=True), TINTS[colour], name=status)
    target = [Line(f"{focus.target_name()}: {focus.target()}", BODY_PT)]
    slide.write(Box(3.75, 2.0, 2.4, 0.5), target, name=t("indicator.target"))
    counts = " · ".join(filter(None, (focus.counts(), brief.reported()))) if focus.has_value else brief.reported()
    result = [
        Line(brief.focus_name, 16, bold=True, after=2),
        Line(focus.sentence(with_value=False) if focus.has_value else focus.sentence(), BODY_PT, after=2),
        Line(counts, SMALL_PT),
    ]
    slide.write(Box(6.4, 1.42, RIGHT - 6.4, 1.1), result, name=brief.focus_name)


def _show_trend(slide: Slide, brief: TargetBrief, box: Box) -> None:
    """Draw whole years and half-years over the years, with the target; say why where there is nothing to draw."""
    t, focus = brief.view.text, brief.focus
    heading = t("slides.trend")
    below = _heading(slide, heading, box)
    if not any(p.has_value for p in brief.trend):
        slide.write(below, [Line(t("slides.trend_none", reason=focus.sentence()), BODY_PT)], name=heading)
        return
    by_period = {p.row["period"]: p for p in brief.trend}
    first = next(p for p in brief.trend if p.has_value)
    years = [str(year) for year in range(_year(first), _year(brief.trend[-1]) + 1)]
    whole, half = ([by_period.get(f"{year}{end}") for year in years] for end in ("", "-H1"))
    target = focus.target_value
    series = [
        Series(t("indicator.year_series"), _values(whole), _labels(whole), "year"),
        Series(t("indicator.half_series"), _values(half), [None] * len(half), "half"),
    ]
    if whole[-1] is None:
        series[1].labels[-1] = _labels(half)[-1]
    if target is not None:
        goal = f"{t('indicator.target')} {focus.target()}"
        series.append(Series(goal, [float(target)] * len(years), [None] * len(years), "target"))
    drawn = [v for s in series for v in s.values if v is not None]
    said = [f"{t.period(p.row['period'])}: {p.value()}" for p in brief.trend]
    alt = f"{brief.focus_name}, {heading}. {'; '.join(said)}. {t('indicator.target')}: {focus.target()}."
    slide.line_chart(below, years, series, ticks_around(drawn), name=heading, alt=alt)


def _year(point: Figure) -> int:
    return int(point.row["period"][:4])


def _values(points: Sequence[Figure | None]) -> list[float | None]:
    return [
        100 * int(p.row["numerator"]) / int(p.row["denominator"]) if p is not None and p.has_value else None
        for p in points
    ]


def _labels(points: Sequence[Figure | None]) -> list[str | None]:
    """Return the values in words, every other one where they are many, the last one always."""
    apart = 1 + (len(points) - 1) // _MOST_LABELS
    return [
        p.value() if p is not None and p.has_value and (len(points) - n) % apart == 0 else None
        for n, p in enumerate(points, start=1)
    ]


def _show_lagging(slide: Slide, brief: TargetBrief, bars: Sequence[Figure], box: Box) -> None:
    """Draw what those communes lack that lack most."""
    t, first = brief.view.text, bars[0]
    unit = first.unit() if first.gap() else left_out_unit(first, t)
    heading = t(f"slides.bars.{brief.gap_kind()}", unit=unit)
    below = _heading(slide, heading, box)
    names = [f.row["name"] for f in bars]
    values = [_lacking(f) for f in bars]
    labels = [t.number(v) for v in values]
    alt = f"{heading}: {'; '.join(f'{n}: {v}' for n, v in zip(names, labels, strict=True))}."
    below = below._replace(height=min(below.height, 0.2 + 0.4 * len(bars)))
    slide.bar_chart(below, names, values, labels, heading, name=heading, alt=alt)


def _lacking(figure: Figure) -> int:
    """Return how many a lagging commune lacks, or leaves out where no number of them is asked for: `left` in words."""
    return int((figure.row["gap"] if figure.gap() else figure.row["left_out"]) or 0)


def _show_map(slide: Slide, brief: TargetBrief, outlines: str, box: Box) -> None:
    t = brief.view.text
    heading = t("slides.map")
    below = _heading(slide, heading, box)
    names = {f.row["unit_code"]: f.row["name"] for f in brief.communes}
    picture = map_picture(
        brief.map,
        outlines,
        t,
        width_mm=_MM * below.width,
        height_mm=_MM * below.height,
        names=names,
        named=[f.row["unit_code"] for f in brief.lagging[:_BARS]],
        font_pt=11,
    )
    slide.picture(picture, below, name=heading)


def _heading(slide: Slide, words: str, box: Box) -> Box:
    """Write a heading on top of a box and return what is left below it."""
    size = size_for(words, (SMALL_PT, 11, SOURCE_PT), box.width, bold=True)
    slide.write(Box(box.left, box.top, box.width, _HEADING), [Line(words, size, bold=True)], name=words)
    return Box(box.left, box.top + _HEADING, box.width, box.height - _HEADING)


def _show_tasks(deck: Deck, meeting: Meeting) -> None:
    """Show how many communes did what each task asks of them, and what lags most."""
    t, tasks = meeting.view.text, meeting.tasks
    met = sum(task.status == "met" for task in tasks)
    slide = deck.add(t("presentation.tasks", met=met, all=len(tasks)))
    rows = [
        [
            Cell(task.title(), bold=True),
            Cell(task.status_words(), bold=True, tint=TINTS[STATUS_SIGNS[task.status][1]]),
            Cell(task.sentence()),
        ]
        for task in tasks
    ]
    head = [t("column.task"), t("column.status"), t("slides.communes")]
    partly = any(len(task.due) < len(task.expectations) for task in tasks)
    _set_rows(slide, TOP, (3.85, 1.7, 6.783), head, rows, t, below=t("tasks.half_year") if partly else "")


def _show_reports(deck: Deck, meeting: Meeting) -> None:
    """Show whose reports are waited for, and why."""
    t, waiting = meeting.view.text, records(meeting.waiting)
    slide = deck.add(
        t(
            "slides.reports" if waiting else "slides.reports_all",
            expected=t.number(len(meeting.reports)),
            received=t.number(len(meeting.reports) - len(waiting)),
            waiting=t.number(len(waiting)),
        )
    )
    sentence = [Line(meeting.reports_sentence(), LARGE_PT)]
    high = text_height(sentence, RIGHT - LEFT)
    slide.write(Box(LEFT, TOP, RIGHT - LEFT, high), sentence, name=t("column.reported"))
    slide.notes.append(meeting.reports_sentence())
    if not waiting:
        return
    rows = [
        [
            # Since 2025 there are no districts.
            Cell(", ".join(filter(None, (row["name"], row["district"]))), bold=True),
            Cell(state_words(row["state"], t), bold=True),
            Cell(fault(row, t)),
        ]
        for row in waiting
    ]
    head = [t("column.name"), t("column.state"), t("column.fault")]
    _set_rows(slide, TOP + high + 0.2, (4.4, 1.85, 6.083), head, rows, t)


def _show_actions(deck: Deck, meeting: Meeting) -> None:
    """Show the measures that are still to be taken, the overdue first."""
    t, found = meeting.view.text, records(meeting.actions)
    slide = deck.add(meeting.actions_sentence())
    if not found:
        return
    rows = [
        [
            Cell(actions.state_words(row, t), bold=True, tint=TINTS["orange"] if row["overdue"] else None),
            Cell(t.date(row["due_on"])),
            Cell(actions.place(row, t)),
            Cell(row["what"]),
            Cell(t.pick(row["office_vi"], row["office_en"])),
            Cell(actions.subject(row, t)),
        ]
        for row in found
    ]
    head = [t(f"column.{name}") for name in ("action_state", "due_on", "name", "what", "office", "about")]
    _set_rows(slide, TOP, (2.2, 1.35, 2.2, 3.5, 1.75, 1.333), head, rows, t)


def _show_decisions(deck: Deck, meeting: Meeting) -> None:
    """Show what has to be decided, as large as it fits."""
    t, decisions = meeting.view.text, meeting.to_decide()
    slide = deck.add(t("meeting.decisions"))
    slide.notes.extend(decisions)
    said = [f"{n}. {s}" for n, s in enumerate(decisions, start=1)] or [t("slides.nothing_to_decide")]
    said += [meeting.caveat] if meeting.caveat else []
    box = Box(LEFT, TOP, RIGHT - LEFT, BOTTOM - TOP)
    sized = [[Line(s, size, after=10) for s in said] for size in (20, LARGE_PT, 16, BODY_PT, SMALL_PT)]
    lines = next((lines for lines in sized if text_height(lines, box.width) <= box.height), sized[-1])
    slide.write(box, lines, name=t("meeting.decisions"))


def _set_rows(
    slide: Slide,
    top: float,
    widths: Sequence[float],
    head: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    t: Text,
    *,
    below: str = "",
) -> None:
    """Set a table in the largest letters in which all rows fit, else as many rows as fit; the notes have them all."""
    slide.notes.extend(" · ".join(cell.words for cell in row) for row in rows)
    line = line_height(BODY_PT)
    room = BOTTOM - top - (line + 0.1 if below else 0)
    size = table_size(head, rows, widths, (16, BODY_PT, 13, SMALL_PT), room)
    shown = len(rows) if size else rows_that_fit(head, rows, widths, SMALL_PT, BOTTOM - top - line - 0.1)
    slide.table(top, widths, head, rows[:shown], size=size or SMALL_PT, alt=slide.notes[0])
    more = "" if size else t("slides.more", count=len(rows) - shown)
    if words := " ".join(filter(None, (below, more))):
        slide.write(Box(LEFT, BOTTOM - line, RIGHT - LEFT, line), [Line(words, BODY_PT)], name=words)
