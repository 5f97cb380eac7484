"""The workbook of a meeting: every table behind what is said in it, with percentages that calculate themselves."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from etl.definitions import GROUPS, load, local_time
from pages.shared import actions, queries
from pages.shared.figures import STATUS_SIGNS, Colour, Figure, figures, records
from pages.shared.maps import left_out_unit
from pages.shared.meeting import Meeting
from pages.shared.palette import READINGS
from pages.shared.reports import fault, last_report, state_words
from pages.shared.spreadsheet import Book, Cell, Formula, Line, Mark, Number, Row, Table
from pages.shared.statistics import reading_words
from pages.shared.tasks import Expected, Task
from pages.shared.text import Text, percent_decimals

_MEASURED = ("numerator", "denominator", "share", "status")
_SUM = "SUMIFS({{{0}_column}},{{indicator_column}},{{indicator}})"
_REPORT_COLOURS: dict[str, Colour] = {"on_time": "green", "late": "orange", "rejected": "red", "missing": "gray"}


def workbook(meeting: Meeting) -> bytes:
    """Return the file in Excel's format, the same bytes for the same state of the warehouse, language and day."""
    view, t = meeting.view, meeting.view.text
    snapshot = queries.snapshot(view.period)
    province = [f for brief in meeting.targets for f in brief.figures]
    tables = list(_tables(meeting, province))
    book = Book(
        title=f"{meeting.title}. {meeting.subtitle}",
        created=snapshot["last_received_at"].to_pydatetime(),
        heading=" · ".join([meeting.title, t.period(view.period), *([t("meeting.sample")] if meeting.sample else [])]),
        footer=t(
            "workbook.footer",
            number=t.number(snapshot["number"]),
            last=t.date(snapshot["last_received_at"]),
            day=t.date(meeting.on),
        ),
    )
    book.write_lines(t("workbook.sheet.about"), _about(meeting, province, tables))
    for table in tables:
        book.write_table(table)
    return book.close()


def _tables(meeting: Meeting, province: list[Figure]) -> Iterator[Table]:
    yield _indicators(meeting, province)
    yield _trend(meeting, province)
    yield _communes(meeting, province)
    yield _lagging(meeting)
    districts = _districts(meeting, province)
    if districts.rows:
        yield districts
    yield _groups(meeting, province)
    yield _reports(meeting)
    yield _tasks(meeting)
    yield _results(meeting)
    yield _actions(meeting)
    yield _decisions(meeting)


def _about(meeting: Meeting, province: list[Figure], tables: Sequence[Table]) -> list[Line]:
    view, t = meeting.view, meeting.view.text
    margin = t.number(view.plan.near_margin.normalize())
    lines = [Line(meeting.title, style="title"), Line(meeting.finding, style="finding"), Line(meeting.subtitle)]
    if meeting.caveat:
        lines.append(Line(meeting.caveat))
    if meeting.sample:
        lines.append(Line(t("app.sample")))
    lines += [Line(meeting.reports_sentence()), Line(meeting.source), Line()]
    lines.append(Line(t("workbook.results"), style="heading"))
    for brief in meeting.targets:
        sign, colour = STATUS_SIGNS[brief.status]
        words = f"{brief.number}. {brief.finding()}"
        lines.append(Line(words, term=f"{sign} {t('status.' + brief.status)}", colour=colour))
    lines += [Line(), Line(t("workbook.sheets"), style="heading")]
    lines += [Line(table.subtitle, term=table.name, leads=True) for table in tables]
    lines += [Line(), Line(t("workbook.signs"), style="heading")]
    for status, (sign, colour) in STATUS_SIGNS.items():
        term = f"{sign} {t('status.' + status)}"
        lines.append(Line(t(f"pack.means.{status}", margin=margin), term=term, colour=colour))
    lines.append(Line(t("pack.means.zero"), term=f"0 {t('protection.zero')}"))
    lines.append(Line(t("workbook.means.none"), term=t("value.none")))
    lines += [Line(t(f"pack.means.{reading}"), term=reading_words(reading, t)) for reading in READINGS]
    lines += [Line(), Line(t("workbook.reading"), style="heading")]
    lines += [Line(t("workbook.formulas")), Line(t("workbook.left_out")), Line()]
    lines.append(Line(t("workbook.definitions"), style="heading"))
    return lines + [
        Line(t.pick(f.row["label_vi"], f.row["label_en"]), term=str(_named(f)["indicator"])) for f in province
    ]


def _indicators(meeting: Meeting, province: list[Figure]) -> Table:
    view, t = meeting.view, meeting.view.text
    year_before = load().periods[view.period].year_before
    before = {f.row["indicator"]: f for f in figures(queries.overview(year_before, view.vintage.name), t)}
    rows: list[Row] = []
    for f in province:
        then = before.get(f.row["indicator"])
        rows.append(
            {
                **_named(f),
                "comparator": Mark({">=": "≥", "rising": "↑"}.get(f.row["comparator"], f.row["comparator"])),
                "target_value": _target_value(f),
                **_measured(f),
                "gap": _gap(f),
                "unit": f.unit(),
                **_before(f, _no_number(then) if then else Mark(t("status.no_baseline"), "gray")),
                **_reporting(f),
            }
        )
    columns = ["target", "indicator", "comparator", "target_value", *_MEASURED, "gap", "unit"]
    columns += ["numerator_before", "denominator_before", "share_before", "change", "reported", "expected"]
    return _table("indicators", columns, rows, meeting, frozen=2)


def _trend(meeting: Meeting, province: list[Figure]) -> Table:
    view, t = meeting.view, meeting.view.text
    labels = {v.name: t.pick(v.label_vi, v.label_en) for v in load().vintages}
    rows: list[Row] = [
        {
            **_named(f),
            "period": t.period(at.row["period"]),
            "vintage": labels[at.row["vintage"]],
            **_measured(at),
            "gap": _gap(at),
            **_reporting(at),
        }
        for f in province
        for at in figures(queries.trend(f.row["indicator"], view.vintage.name), t)
        if at.row["cut_off"].date() <= view.cut_off
    ]
    columns = ["target", "indicator", "period", "vintage", *_MEASURED, "gap", "reported", "expected"]
    return _table("trend", columns, rows, meeting, frozen=3, widest=44)


def _communes(meeting: Meeting, province: list[Figure]) -> Table:
    view, t = meeting.view, meeting.view.text
    rows: list[Row] = []
    totals = []
    for f in province:
        asked = f.row["indicator"], view.period, view.vintage.name
        reading = {r["unit_code"]: r["reading"] for r in records(queries.ranking(*asked))}
        communes = figures(queries.left_out(*asked), t)
        rows += [_commune(f, c, reading[c.row["unit_code"]]) for c in communes]
        totals.append(_total(f, communes))
    columns = ["target", "indicator", "code", "name", *_district_column(rows), *_MEASURED, "goal", "gap", "reading"]
    return _table("communes", [*columns, "left_out", "unit"], rows, meeting, totals=totals, frozen=4)


def _lagging(meeting: Meeting) -> Table:
    t = meeting.view.text
    rows: list[Row] = []
    for brief in meeting.targets:
        reading = {c.row["unit_code"]: c.row["reading"] for c in brief.communes}
        rows += [
            {
                **_commune(brief.focus, c, reading[c.row["unit_code"]]),
                "rank": rank,
                "closes": Mark(t("value.none")) if c.row["closes"] is None else int(c.row["closes"]),
                "in_closing_set": t("value.yes" if c.row["in_closing_set"] else "value.no"),
            }
            for rank, c in enumerate(brief.lagging, start=1)
        ]
    columns = ["target", "indicator", "rank", "code", "name", *_district_column(rows), *_MEASURED, "goal", "closes"]
    return _table("lagging", [*columns, "in_closing_set", "reading", "left_out", "unit"], rows, meeting, frozen=5)


def _districts(meeting: Meeting, province: list[Figure]) -> Table:
    view, t = meeting.view, meeting.view.text
    rows: list[Row] = []
    totals = []
    for f in province:
        asked = f.row["indicator"], "district", "total", view.period, view.vintage.name
        districts = figures(queries.units(*asked), t)
        rows += [{**_named(f), "district": d.row["name"], **_unit(d), **_reporting(d)} for d in districts]
        totals.append({**_total(f, districts), "district": t("workbook.province")})
    columns = ["target", "indicator", "district", *_MEASURED, "goal", "gap", "reported", "expected"]
    return _table("districts", columns, rows, meeting, totals=totals, frozen=3)


def _groups(meeting: Meeting, province: list[Figure]) -> Table:
    view, t = meeting.view, meeting.view.text
    rows: list[Row] = []
    for f in province:
        groups = figures(queries.groups(f.row["indicator"], view.period, view.vintage.name), t)
        for g in sorted(groups, key=lambda g: GROUPS.index(g.row["population_group"])):
            rows.append({**_named(f), "group": t("group." + g.row["population_group"]), **_unit(g), **_reporting(g)})
    columns = ["target", "indicator", "group", *_MEASURED, "goal", "gap", "reported", "expected"]
    return _table("groups", columns, rows, meeting, frozen=3)


def _reports(meeting: Meeting) -> Table:
    t = meeting.view.text
    rows: list[Row] = []
    for r in records(meeting.reports):
        state = r["state"]
        mark = Mark(state_words(state, t), _REPORT_COLOURS[state])
        accepted = r["submission_id"] is not None
        rows.append(
            {
                "code": r["unit_code"],
                "name": r["name"],
                **({"district": r["district"]} if r["district"] else {}),
                "state": mark,
                "due_on": r["due_on"].date(),
                "reported_on": r["first_reported_on"].date() if r["first_reported_on"] else mark,
                "received_at": local_time(r["last_received_at"]).replace(tzinfo=None)
                if r["last_received_at"]
                else mark,
                "revision": int(r["revisions"]),
                "errors": int(r["errors"]) if r["errors"] is not None else mark,
                "warnings": int(r["warnings"]) if r["warnings"] is not None else mark,
                "children": _count(r["children_under16"], t),
                "last_report": last_report(r, t),
                "fault": Mark(t("value.none")) if accepted else fault(r, t),
            }
        )
    columns = ["code", "name", *_district_column(rows), "state", "due_on", "reported_on", "received_at", "revision"]
    columns += ["errors", "warnings", "children", "last_report", "fault"]
    return _table("reports", columns, rows, meeting, frozen=2, widest=50)


def _tasks(meeting: Meeting) -> Table:
    rows = [_expected(task, e, meeting.view.text) for task in meeting.tasks for e in task.expectations]
    columns = ["number", "task", "expectation", "status", "communes_met", "communes_judged", "communes_share"]
    columns += ["numerator", "denominator", "share", "goal", "reported", "expected"]
    return _table("tasks", columns, rows, meeting, frozen=3)


def _expected(task: Task, expected: Expected, text: Text) -> Row:
    """Return what is expected of every commune; `share` is the whole province's, where one is asked for."""
    why_none = Mark(text("status.not_reported" if expected.due else "tasks.not_due"), "gray")
    cells: Row = {
        "number": task.number,
        "task": task.label,
        "expectation": expected.label,
        "status": Mark(expected.status_words(), STATUS_SIGNS[expected.status][1] if expected.due else "gray"),
    }
    names = ["communes_met", "communes_judged", "communes_share", "numerator", "denominator", "share", "reported"]
    if not expected.due or expected.row is None:
        return cells | dict.fromkeys([*names, "goal", "expected"], why_none)
    met, judged = expected.communes_met, expected.communes_judged
    everyone = int(expected.row["communes_expected"])
    cells |= {
        "communes_met": met,
        "communes_judged": judged,
        "communes_share": _percentage(met, judged, Decimal(100), text, "communes_met", "communes_judged"),
        "reported": everyone - int(expected.row["communes_not_reported"]),
        "expected": everyone,
    }
    if expected.definition.kind != "share":
        return cells | dict.fromkeys(("numerator", "denominator", "share", "goal"), Mark(text("value.none")))
    target = expected.definition.target
    cells["goal"] = text.target(">=", target)
    if expected.numerator is None or expected.denominator is None:
        return cells | dict.fromkeys(("numerator", "denominator", "share"), why_none)
    above, below = _amount(expected.numerator), _amount(expected.denominator)
    share = _percentage(above, below, target, text, "numerator", "denominator")
    return cells | {"numerator": above, "denominator": below, "share": share}


def _results(meeting: Meeting) -> Table:
    t = meeting.view.text
    rows: list[Row] = []
    for task in meeting.tasks:
        for total in task.totals:
            item, row = load().tasks[total.item], total.row
            none = Mark(t("status.not_reported"), "gray")
            said = t("workbook.units_yes") if item.kind == "yes_no" else t.pick(item.unit_vi, item.unit_en)
            rows.append(
                {
                    "number": task.number,
                    "task": task.label,
                    "code": item.code,
                    "result": total.label,
                    "total": _amount(row["value"]) if row and row["value"] is not None else none,
                    "unit": said,
                    "reported": int(row["units_reported"]) if row else none,
                    "expected": int(row["units_expected"]) if row else none,
                }
            )
    columns = ["number", "task", "code", "result", "total", "unit", "reported", "expected"]
    return _table("results", columns, rows, meeting, frozen=4, widest=50)


def _actions(meeting: Meeting) -> Table:
    t = meeting.view.text
    rows: list[Row] = [
        {
            "action_state": Mark(actions.state_words(r, t), "red" if r["overdue"] else None),
            "due_on": r["due_on"].date(),
            "name": actions.place(r, t),
            "what": r["what"],
            "office": t.pick(r["office_vi"], r["office_en"]),
            "about": actions.subject(r, t),
            "note": r["note"] or Mark(t("value.none")),
            "recorded_at": local_time(r["recorded_at"]).replace(tzinfo=None),
            "by": r["recorded_by"],
        }
        for r in records(meeting.actions)
    ]
    columns = ["action_state", "due_on", "name", "what", "office", "about", "note", "recorded_at", "by"]
    return _table("actions", columns, rows, meeting, widest=40)


def _decisions(meeting: Meeting) -> Table:
    rows: list[Row] = [
        {"rank": number, "decision": decision} for number, decision in enumerate(meeting.to_decide(), start=1)
    ]
    return _table("decisions", ["rank", "decision"], rows, meeting, widest=120)


def _table(
    name: str,
    columns: Iterable[str],
    rows: list[Row],
    meeting: Meeting,
    *,
    totals: Sequence[Row] = (),
    frozen: int = 0,
    widest: int = 34,
) -> Table:
    t = meeting.view.text
    return Table(
        name=t(f"workbook.sheet.{name}"),
        columns={c: t(f"column.{c}") for c in columns},
        rows=rows,
        title=f"{t(f'workbook.sheet.{name}')}, {_lower(t.period(meeting.view.period))}",
        subtitle=t(f"workbook.about.{name}"),
        totals=totals,
        notes=[meeting.source] if rows else [t("workbook.no_rows"), meeting.source],
        frozen=frozen,
        widest=widest,
    )


def _commune(province: Figure, commune: Figure, reading: str | None) -> Row:
    t, row = commune.text, commune.row
    compared = reading_words(reading, t) if reading else _without_number(commune)
    return {
        **_named(province),
        "code": row["unit_code"],
        "name": row["name"],
        **({"district": row["district"]} if row["district"] else {}),
        **_unit(commune),
        "reading": compared,
        "left_out": _count(row["left_out"], t) if commune.has_value else _no_number(commune),
        "unit": left_out_unit(commune, t),
    }


def _unit(figure: Figure) -> Row:
    return {**_measured(figure), "goal": figure.target(), "gap": _gap(figure)}


def _named(province: Figure) -> Row:
    row = province.row
    return {"target": int(row["target"]), "indicator": province.text.pick(row["short_vi"], row["short_en"])}


def _reporting(figure: Figure) -> Row:
    return {"reported": int(figure.row["units_reported"]), "expected": int(figure.row["units_expected"])}


def _measured(figure: Figure) -> Row:
    status = Mark(figure.status_words(), STATUS_SIGNS[figure.status][1])
    return {**_fraction(figure, _no_number(figure)), "status": status}


def _before(figure: Figure, no_number: Mark) -> Row:
    """Return the year before and the change in points, `no_number` where there was none."""
    row = figure.row
    cells = _fraction(figure, no_number, "_year_before")
    then: Row = {f"{name}_before": cell for name, cell in cells.items()}
    if figure.change() is None:
        return {**then, "change": no_number if figure.has_value else _no_number(figure)}
    now = int(row["numerator"]) / int(row["denominator"])
    past = int(row["numerator_year_before"]) / int(row["denominator_year_before"])
    change = Formula("100*({share}-{share_before})", 100 * (now - past), '+0.0;"−"0.0;0.0')
    return {**then, "change": change}


def _fraction(figure: Figure, no_number: Mark, when: str = "") -> Row:
    """Return numerator, denominator and the share that calculates itself from both."""
    numerator, denominator = figure.row[f"numerator{when}"], figure.row[f"denominator{when}"]
    if numerator is None or denominator is None:
        return dict.fromkeys(("numerator", "denominator", "share"), no_number)
    columns = [f"{name}{'_before' if when else ''}" for name in ("numerator", "denominator")]
    share = _share(figure, int(numerator), int(denominator), *columns)
    return {"numerator": int(numerator), "denominator": int(denominator), "share": share}


def _share(figure: Figure, numerator: int, denominator: int, above: str, below: str) -> Formula:
    t = figure.text
    share = _percentage(numerator, denominator, figure.target_value, t, above, below)
    if not figure.is_yes_or_no:
        return share
    said = f'[=1]"{t("value.yes")}";[=0]"{t("value.no")}";{share.number_format}'
    return replace(share, number_format=said)


def _percentage(
    numerator: float, denominator: float, target: Decimal | None, text: Text, above: str, below: str
) -> Formula:
    """Return a share that calculates itself from the columns `above` and `below` the line."""
    nothing = text("status.not_applicable")
    words = f'IF({{{below}}}=0,"{nothing}",{{{above}}}/{{{below}}})'
    if not denominator:
        return Formula(words, nothing, "0.0 %")
    decimals = percent_decimals(Fraction(str(numerator)), Fraction(str(denominator)), target)
    return Formula(words, numerator / denominator, f"0.{'0' * decimals}{'' if text.language == 'en' else ' '}%")


def _total(province: Figure, units: list[Figure]) -> Row:
    """Return the province's row: as sums of the units where they make up its figures, else as its own figures."""
    t = province.text
    cells: Row = {**_named(province), "name": t("workbook.province"), **_unit(province)}
    for name in ("numerator", "denominator"):
        said = province.row[name]
        if said is not None and said == sum(u.row[name] for u in units if u.row[name] is not None):
            cells[name] = Formula(_SUM.format(name), int(said), "#,##0")
    return cells


def _gap(figure: Figure) -> Cell:
    if not figure.has_value:
        return _no_number(figure)
    gap = None if figure.is_yes_or_no else figure.row["gap"]
    return Mark(figure.text("value.none")) if gap is None else int(gap)


def _target_value(figure: Figure) -> Cell:
    value = figure.target_value
    if value is None:
        return figure.target()
    decimals = max(0, -int(value.normalize().as_tuple().exponent))
    return Number(float(value / 100), f"0{'.' if decimals else ''}{'0' * decimals} %")


def _no_number(figure: Figure) -> Mark:
    """Return why there is no number."""
    return Mark(figure.text("status." + figure.status), "gray")


def _without_number(figure: Figure) -> Cell:
    return Mark(figure.text("value.none")) if figure.has_value else _no_number(figure)


def _count(value: float | None, text: Text) -> Cell:
    return Mark(text("status.not_reported"), "gray") if value is None else int(value)


def _amount(value: float) -> int | float:
    return int(value) if float(value).is_integer() else float(value)


def _district_column(rows: list[Row]) -> list[str]:
    return ["district"] if any("district" in row for row in rows) else []


def _lower(words: str) -> str:
    return words[0].lower() + words[1:]
