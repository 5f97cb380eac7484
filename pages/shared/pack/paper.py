"""The paper: what is said in the meeting. Nothing here calculates."""

import json
from collections.abc import Callable
from math import ceil
from typing import Any

from etl.definitions import load
from pages.shared import actions, queries, statistics
from pages.shared.examples import thresholds
from pages.shared.figures import STATUS_SIGNS, Figure, records
from pages.shared.filters import View
from pages.shared.meeting import Meeting, TargetBrief
from pages.shared.pack.typesetting import typeset
from pages.shared.palette import READINGS
from pages.shared.pictures import map_picture, trend_picture
from pages.shared.reports import last_report, state_words
from pages.shared.sheet import Picture
from pages.shared.text import Text

METHODS = ("value", "target", "change", "funnel", "bounds", "closing_set", "pace")
"""What the notes explain; the page of methods has all, with formulas and examples."""
ROWS, LINES, LETTERS_A_LINE = 14, 12, 60
"""So many rows leave a target on one page, those of its other indicators and what may change among them.

With more lines of sentences than this there are fewer.
"""
MAP_MM, TREND_MM = (82, 92), (86, 50)


def paper(meeting: Meeting, outlines: str) -> bytes:
    """Return the meeting as a PDF in A4. `outlines` are those of the units in view, as `map_component` has them."""
    t, view = meeting.view.text, meeting.view
    pictures: dict[str, bytes] = {}
    title = f"{meeting.title}: {t.pick(view.plan.name_vi, view.plan.name_en)}"
    data = {
        "title": title,
        "running": f"{title} · {t.period(view.period)}",
        "finding": meeting.finding,
        "caveat": meeting.caveat,
        "facts": _facts(meeting),
        "heads": {
            "indicators": [
                t("column.indicator"),
                t("column.share"),
                t("column.counts"),
                t("column.goal"),
                t("column.status"),
                t("pack.change"),
                t("column.gap"),
                t("column.reported"),
            ],
            "see": t("pack.see"),
        },
        "summary": {
            "title": t("pack.summary"),
            "targets": [
                {
                    "number": b.number,
                    "label": b.label,
                    "status": _status(b.status, t),
                    "rows": [indicator_row(f) for f in b.figures],
                }
                for b in meeting.targets
            ],
        },
        "targets": [_target(b, outlines, pictures) for b in meeting.targets],
        "tasks": _tasks(meeting),
        "missing": _missing(meeting),
        "actions": _actions(meeting),
        "decisions": {"title": t("meeting.decisions"), "said": meeting.to_decide()},
        "methods": _methods(view),
    }
    return typeset("paper", meeting, data, pictures)


def indicator_row(figure: Figure) -> list[str]:
    """Return an indicator as a row: name, value, counts, plan, status, change, gap, who reported."""
    t, r = figure.text, figure.row
    return [
        t.pick(r["short_vi"], r["short_en"]),
        figure.value(),
        figure.ratio(),
        _goal(figure),
        figure.status_words(),
        figure.change_number() or t("value.none"),
        figure.gap() or t("value.none"),
        figure.units(),
    ]


def _facts(meeting: Meeting) -> list[tuple[str, str]]:
    t, view = meeting.view.text, meeting.view
    snapshot = queries.snapshot(view.period)
    state = t("pack.state_number", number=t.number(snapshot["number"]), moment=t.moment(snapshot["last_received_at"]))
    return [
        (t("filter.period"), t.period(view.period)),
        (t("filter.vintage"), t.pick(view.vintage.label_vi, view.vintage.label_en)),
        (t("nav.section.reporting"), meeting.reports_sentence()),
        (t("pack.state"), state),
        (t("pack.prepared"), t.date(meeting.on)),
    ]


def _target(brief: TargetBrief, outlines: str, pictures: dict[str, bytes]) -> dict[str, Any]:
    t, focus = brief.view.text, brief.focus
    row = indicator_row(focus)
    others = [indicator_row(f) for f in brief.figures if f is not focus]
    sentences = brief.sentences()
    lines = sum(ceil(len(s) / LETTERS_A_LINE) for s in sentences)
    most = ROWS - len(others) - brief.may_change - max(0, lines - LINES)
    trend = shown = None
    if any(f.has_value for f in brief.trend):
        reform_on = load().reform_on
        drawn = trend_picture(brief.trend, t, reform_on, width_mm=TREND_MM[0], height_mm=TREND_MM[1])
        trend = _picture(f"trend_{brief.number}.svg", drawn, pictures)
        trend["title"] = f"{t('indicator.trend')}: {brief.focus_name}"
    if any(f.has_value for f in brief.communes):
        names = {f.row["unit_code"]: f.row["name"] for f in brief.communes}
        named = [f.row["unit_code"] for f in brief.lagging[:ROWS]]
        drawn = map_picture(brief.map, outlines, t, width_mm=MAP_MM[0], height_mm=MAP_MM[1], names=names, named=named)
        shown = _picture(f"map_{brief.number}.svg", drawn, pictures)
        shown["note"] = t("pack.schematic") if json.loads(outlines).get("schematic") else ""
    return {
        "number": brief.number,
        "heading": f"{brief.number}. {brief.finding()}",
        "wording": t("indicator.wording", wording=t.pick(brief.target.wording_vi, brief.target.wording_en)),
        "facts": [
            (brief.focus_name, row[1]),
            (t("column.counts"), focus.counts()),
            (t("column.goal"), focus.target()),
            (t("column.status"), row[4]),
            (t("column.gap"), row[6]),
            (t("column.reported"), row[7]),
        ],
        "reported": brief.reported() if brief.may_change else "",
        "sentences": sentences,
        "trend": trend,
        "map": shown,
        "lagging": _lagging(brief, most) if brief.lagging else None,
        "others": {"title": t("pack.others"), "rows": others} if others else None,
    }


def _lagging(brief: TargetBrief, most: int) -> dict[str, Any]:
    t = brief.view.text
    readings = {f.row["unit_code"]: f.row["reading"] for f in brief.communes}
    gap = {"share": "children", "rising": "left_out"}.get(brief.gap_kind(), "gap")
    columns: dict[str, tuple[str, Callable[[Figure], str]]] = {
        "name": (t("column.name"), lambda f: f.row["name"]),
        "district": (t("column.district"), lambda f: f.row["district"] or ""),
        "value": (t("column.share"), lambda f: f"{STATUS_SIGNS[f.status][0]} {f.value()}"),
        "counts": (t("column.counts"), Figure.ratio),
        "gap": (t(f"column.{gap}"), brief.left),
        "reading": (
            t("column.reading"),
            lambda f: statistics.reading_words(readings[f.row["unit_code"]], t) if readings[f.row["unit_code"]] else "",
        ),
    }
    if brief.gap_kind() == "share":
        # Each has none: what tells them apart is how many children live there.
        columns = {name: columns[name] for name in ("name", "district", "gap")}
    if all(f.row["district"] is None for f in brief.lagging):
        del columns["district"]
    more = len(brief.lagging) - most
    return {
        "title": t("pack.lagging"),
        "columns": list(columns),
        "heads": [head for head, _ in columns.values()],
        "rows": [[cell(f) for _, cell in columns.values()] for f in brief.lagging[:most]],
        "more": t("pack.more", count=more) if more > 0 else "",
    }


def _tasks(meeting: Meeting) -> dict[str, Any]:
    t = meeting.view.text
    return {
        "title": t("pack.tasks"),
        "heads": [t("column.task"), t("column.status"), t("column.result")],
        "rows": [[task.title(), task.status_words(), task.sentence()] for task in meeting.tasks],
        "note": t("tasks.note"),
    }


def _actions(meeting: Meeting) -> dict[str, Any]:
    t = meeting.view.text
    return {
        "title": t("pack.open_actions"),
        "said": f"{meeting.actions_sentence()}.",
        "heads": [t(f"column.{c}") for c in ("action_state", "due_on", "name", "what", "office", "about")],
        "rows": [
            [
                actions.state_words(row, t),
                t.date(row["due_on"]),
                actions.place(row, t),
                row["what"],
                t.pick(row["office_vi"], row["office_en"]),
                actions.subject(row, t),
            ]
            for row in records(meeting.actions)
        ],
    }


def _missing(meeting: Meeting) -> dict[str, Any]:
    t, waiting = meeting.view.text, meeting.waiting
    return {
        "title": t("pack.missing"),
        "said": meeting.reports_sentence(),
        "heads": [t("column.name"), t("column.state"), t("column.last_report")],
        "rows": [
            [
                ", ".join(filter(None, (row["name"], row["district"]))),
                state_words(row["state"], t),
                last_report(row, t),
            ]
            for row in records(waiting)
        ],
    }


def _methods(view: View) -> dict[str, Any]:
    t, methods, named = view.text, load().methods, thresholds(view)
    margin = t.number(view.plan.near_margin.normalize())
    statuses = [
        [sign, t(f"status.{status}"), t(f"pack.means.{status}", margin=margin)]
        for status, (sign, _) in STATUS_SIGNS.items()
    ]
    zero = ["0", t("protection.zero"), t("pack.means.zero")]
    readings = [
        [sign, t(f"reading.{reading}"), t(f"pack.means.{reading}")] for reading, (_, sign, _) in READINGS.items()
    ]
    return {
        "title": t("pack.methods"),
        "heads": [t("pack.sign"), t("column.status"), t("pack.meaning")],
        "signs": [*statuses, zero, *readings],
        "methods": [
            {
                "title": t.pick(methods[m].title_vi, methods[m].title_en),
                "words": t.pick(methods[m].words_vi, methods[m].words_en).format(**named),
            }
            for m in METHODS
        ],
    }


def _goal(figure: Figure) -> str:
    """Return what the plan asks, short enough for a table."""
    return figure.target() if figure.target_value is not None else figure.text("pack.rising")


def _status(status: str, text: Text) -> str:
    return f"{STATUS_SIGNS[status][0]} {text('status.' + status)}"


def _picture(name: str, drawn: Picture, pictures: dict[str, bytes]) -> dict[str, str]:
    pictures[name] = drawn.svg()
    return {"file": name, "alt": drawn.alt}
