"""A page for each commune: how it stands with every indicator and task. Nothing here calculates."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from textwrap import shorten
from typing import Any, TypeVar

import pandas as pd

from etl.definitions import load
from pages.shared import actions, protection, queries, statistics, tasks
from pages.shared.figures import Figure, figures, records
from pages.shared.filters import View
from pages.shared.meeting import Meeting
from pages.shared.pack.paper import indicator_row
from pages.shared.pack.typesetting import typeset
from pages.shared.palette import LINE_GREY, PALE_GREY, SHADES
from pages.shared.reports import fault, last_report, state_words
from pages.shared.text import Text

MOST_ACTIONS, MOST_MESSAGES = 3, 2
"""So many stand on the page of a commune; the rest is counted."""
MOST_LETTERS = 120
"""So long may be what somebody wrote, for a commune to stay on one page."""

Row = dict[str, Any]
Item = TypeVar("Item")
Key = TypeVar("Key")


def commune_summary(
    view: View, codes: Sequence[str], on: date, outlines: str, progress: Callable[[float], None]
) -> bytes:
    """Return a PDF with one page in A4 for each commune of `codes`, in their order; `progress` is told the share done.

    `on` and `outlines` are as for a meeting.
    """
    t = view.text
    communes = _Communes(view, on)
    pages, pictures = [], {"locator.svg": _locator(outlines, None)}
    for n, code in enumerate(codes, start=1):
        page = communes.page(code)
        pictures[page["locator"]["file"]] = _locator(outlines, code)
        pages.append(page)
        progress(n / (len(codes) + 1))
    heads = {
        "target": "",
        "indicator": t("column.indicator"),
        "goal": t("column.goal"),
        "status": t("column.status"),
        "value": t("column.share"),
        "counts": t("column.counts"),
        "gap": t("column.gap"),
        "change": t("column.change"),
        "trend": t("column.trend"),
        "place": t("pack.place"),
        "district": t("pack.district"),
        "province": t("pack.province"),
    }
    if not communes.has_districts:
        del heads["district"]
    meeting = Meeting(view, on, [])
    title = f"{meeting.title}: {t('pack.communes')}"
    first, last = communes.years
    data = {
        "title": f"{title}, {t.period(view.period)}",
        "running": f"{title} · {t.pick(view.plan.name_vi, view.plan.name_en)} · {t.period(view.period)}",
        "columns": list(heads),
        "heads": list(heads.values()),
        "note": t("pack.place_note", first=first, last=last),
        "communes": pages,
    }
    made = typeset("commune", meeting, data, pictures)
    progress(1.0)
    return made


@dataclass(frozen=True)
class _Communes:
    """What the pages of communes say. Each question is asked once for all communes."""

    view: View
    on: date

    def page(self, code: str) -> dict[str, Any]:
        t = self.view.text
        rows = self._indicators[code]
        unit = load().units[self.view.vintage.name, code]
        name, district = rows[0].row["name"], rows[0].row["district"]
        asked = [f for f in rows if f.is_asked]
        title = "commune.title" if any(f.has_value for f in rows) else "pack.no_report_title"
        traits = [t(f"commune.{trait}") for trait in ("border", "extremely_difficult") if getattr(unit, trait)]
        units = t.pick(self.view.vintage.label_vi, self.view.vintage.label_en)
        return {
            "title": t(title, name=name, met=sum(f.status == "met" for f in asked), all=len(asked)),
            "facts": " · ".join(filter(None, (district, *traits, t.period(self.view.period), units))),
            "reports": self._reports(code),
            "locator": {"file": f"locator_{code}.svg", "alt": t("pack.locator", name=name)},
            "rows": [self._row(f) for f in rows],
            "play_areas": {"title": t("nav.play_areas"), "said": self._play_areas(code)},
            "child_friendly": {"title": t("nav.child_friendly"), "said": self._child_friendly(code)},
            "protection": self._protection(code),
            "tasks": self._tasks(code),
            "actions": self._actions(code),
        }

    @property
    def has_districts(self) -> bool:
        return any(rows[0].row["district"] for rows in self._indicators.values())

    @property
    def years(self) -> tuple[str, str]:
        """Return the first and the last year of the trends."""
        periods = next(iter(self._trends.values()))
        return periods[0].row["period"][:4], periods[-1].row["period"][:4]

    @cached_property
    def _indicators(self) -> dict[str, list[Figure]]:
        found = figures(queries.summary_indicators(*self._which), self.view.text)
        return _grouped(found, lambda f: str(f.row["unit_code"]))

    @cached_property
    def _trends(self) -> dict[tuple[str, str], list[Figure]]:
        found = figures(queries.summary_trends(*self._which), self.view.text)
        return _grouped(found, lambda f: (f.row["unit_code"], f.row["indicator"]))

    @cached_property
    def _states(self) -> dict[str, list[Row]]:
        return self._rolled_up(queries.report_states(self.view.period))

    @cached_property
    def _warnings(self) -> dict[str, list[Row]]:
        reported_in = load().periods[self.view.period].vintage
        return self._rolled_up(queries.report_warnings(self.view.period).assign(vintage=reported_in))

    @cached_property
    def _play_area_rows(self) -> dict[str, list[Row]]:
        return _by_unit(queries.play_area_communes(*self._which))

    @cached_property
    def _stages(self) -> dict[str, list[Row]]:
        return _by_unit(queries.child_friendly_communes(self.view.period))

    @cached_property
    def _counts(self) -> dict[str, dict[str, dict[str, Row]]]:
        """Return what is shown of each sensitive measure by period and unit, the year before first."""
        periods = (load().periods[self.view.period].year_before, self.view.period)
        return {
            p: {
                code: {row["measure"]: row for row in rows}
                for code, rows in _by_unit(queries.protection_units("commune", p, self._which[1])).items()
            }
            for p in periods
        }

    @cached_property
    def _task_states(self) -> dict[str, list[Row]]:
        return _by_unit(queries.summary_tasks(*self._which))

    @cached_property
    def _open_actions(self) -> dict[str, list[Row]]:
        found = actions.recorded(self._which[1], self.on)
        return _by_unit(found[found["open"]])

    @property
    def _which(self) -> tuple[str, str]:
        return self.view.period, self.view.vintage.name

    @property
    def _as_reported(self) -> bool:
        return load().periods[self.view.period].vintage == self.view.vintage.name

    def _rolled_up(self, frame: pd.DataFrame) -> dict[str, list[Row]]:
        """Return rows about units that reported under the units in view, which they are or became part of."""
        seen_as = self.view.vintage.name
        return _grouped(records(frame), lambda row: str(load().code_in(row["vintage"], row["unit_code"], seen_as)))

    def _row(self, figure: Figure) -> dict[str, Any]:
        t, r = figure.text, figure.row
        name, value, counts, goal, status, change, gap, _ = indicator_row(figure)
        trend = self._trends[r["unit_code"], r["indicator"]]
        return {
            "target": str(r["target"]),
            "indicator": name,
            "goal": goal,
            "status": status,
            "value": value,
            "counts": counts,
            "gap": gap,
            "change": change if figure.change() is None else _change(figure),
            "trend": {
                "values": [f.row["value"] for f in trend],
                "alt": "; ".join(f"{t.period(f.row['period'])}: {f.value()}" for f in trend),
            },
            "place": statistics.place(figure, t),
            "district": _share(r, "district", t),
            "province": _share(r, "province", t),
        }

    def _reports(self, code: str) -> list[str]:
        """Return how the report stands, or those of the parts, and what is still to be completed."""
        t = self.view.text
        states = self._states[code]
        if self._as_reported:
            said = [self._own_report(states[0])]
        else:
            by_state: dict[str, list[str]] = {}
            for row in states:
                by_state.setdefault(state_words(row["state"], t), []).append(row["name"])
            said = [f"{t('commune.part')} " + "; ".join(f"{s}: {', '.join(names)}" for s, names in by_state.items())]
        messages = [
            _shortened(t.pick(row["message_vi"], row["message_en"]) or t("commune.masked_problem"))
            for row in self._warnings.get(code, [])
            if row["rule"] != "late_report"
        ]
        if messages:
            said.append(t("pack.to_mend", count=len(messages), messages=" ".join(messages[:MOST_MESSAGES])))
        elif all(row["state"] in ("on_time", "late") for row in states):
            said.append(t("pack.nothing_to_mend"))
        return said

    def _own_report(self, row: Row) -> str:
        t, state = self.view.text, state_words(row["state"], self.view.text)
        if row["state"] in ("on_time", "late"):
            return f"{state}: {t('report.dated_line', day=t.date(row['first_reported_on']))}."
        return t(
            "pack.waiting", state=state, fault=_shortened(fault(row, t), 2 * MOST_LETTERS), last=last_report(row, t)
        )

    def _play_areas(self, code: str) -> list[str]:
        t, row = self.view.text, self._play_area_rows[code][0]
        if row["has_play_area"] is None:
            return [t("commune.no_play_report")]
        said = [t("pack.sites", working=t.number(row["working_sites"]), sites=t.number(row["sites"]))]
        if row["nearest_m"] is not None:
            children = row["children_under16"]
            said.append(
                t(
                    "commune.nearest",
                    distance=t.number(row["nearest_m"] / 1000, 1),
                    name=_shortened(row["nearest_name"]),
                    unit=row["nearest_unit_name"],
                    children=t("value.none") if children is None else t.number(children),
                )
            )
        return said

    def _child_friendly(self, code: str) -> list[str]:
        t = self.view.text
        if not self._as_reported:
            return [t("friendly.anew")]
        row = self._stages[code][0]
        if row["stage"] is None:
            return [t("commune.no_stage")]
        said = [t("stage." + row["stage"])]
        said += [f"{t(f'column.{day}')}: {t.date(row[day])}" for day in ("registered_on", "recognised_on") if row[day]]
        if row["score"] is not None:
            score, threshold = t.number(row["score"]), t.number(row["threshold"])
            said.append(t("stage.points_line", score=score, threshold=threshold))
            if row["points_short"]:
                said.append(t("stage.short_line", points=t.number(row["points_short"])))
        return [" · ".join(said)]

    def _protection(self, code: str) -> dict[str, Any]:
        t, (before, now) = self.view.text, self._counts
        known = {p: self._counts[p].get(code, {}) for p in (before, now)}
        measures = {m: load().measures[m] for m in known[now]}
        return {
            "title": t("nav.protection"),
            "heads": [t("column.measure"), t.period(before), t.period(now)],
            "rows": [
                [
                    t.pick(measure.label_vi, measure.label_en),
                    *(protection.count(own[m], t) if m in own else t("value.none") for own in known.values()),
                ]
                for m, measure in measures.items()
            ],
            "note": t("protection.signs" if measures else "protection.nothing"),
        }

    def _tasks(self, code: str) -> dict[str, Any]:
        t = self.view.text
        states = {row["task"]: row["status"] for row in self._task_states.get(code, [])}
        return {
            "title": t("nav.tasks"),
            "heads": [t("column.task"), t("column.status")],
            "rows": [
                [
                    f"{task.number}. {t.pick(task.label_vi, task.label_en)}",
                    tasks.state_words(states[task.number], t) if task.number in states else t("value.none"),
                ]
                for task in self.view.plan.tasks
            ],
        }

    def _actions(self, code: str) -> dict[str, Any]:
        t, found = self.view.text, self._open_actions.get(code, [])
        more = len(found) - MOST_ACTIONS
        said = t("pack.more_actions", count=more) if more > 0 else "" if found else t("actions.none_here")
        return {
            "title": t("nav.actions"),
            "heads": [t(f"column.{c}") for c in ("action_state", "due_on", "what", "office")],
            "rows": [
                [
                    actions.state_words(row, t),
                    t.date(row["due_on"]),
                    _shortened(row["what"]),
                    t.pick(row["office_vi"], row["office_en"]),
                ]
                for row in found[:MOST_ACTIONS]
            ],
            "more": said,
        }


def _by_unit(frame: pd.DataFrame) -> dict[str, list[Row]]:
    return _grouped(records(frame), lambda row: str(row["unit_code"]))


def _grouped(items: Iterable[Item], key: Callable[[Item], Key]) -> dict[Key, list[Item]]:
    groups: dict[Key, list[Item]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups


def _shortened(words: str, letters: int = MOST_LETTERS) -> str:
    return shorten(words, letters, placeholder=" …")


def _change(figure: Figure) -> str:
    """Return the change with an arrow, which says it all of a yes or a no."""
    change = round(figure.change() or 0, 1)
    arrow = "↑" if change > 0 else "↓" if change < 0 else "→"
    return arrow if figure.is_yes_or_no else f"{arrow} {figure.change_number()}"


def _share(row: Row, level: str, text: Text) -> str:
    numerator, denominator = row[f"{level}_numerator"], row[f"{level}_denominator"]
    return text.percent(int(numerator), int(denominator)) if denominator else text("value.none")


def _locator(outlines: str, code: str | None) -> bytes:
    """Return the districts, or the units where there are none, or one unit alone: to be laid on each other."""
    drawn = json.loads(outlines)
    shapes = drawn.get("districts") or drawn["units"]
    shown = list(shapes.values()) if code is None else [drawn["units"][code]]
    # A ring is its first point, then the way from point to point: just as a path is in an SVG.
    path = "".join(f"M{x},{y}l{' '.join(map(str, way))}z" for rings in shown for x, y, *way in rings)
    fill, edge = (PALE_GREY, LINE_GREY) if code is None else (SHADES[-1], SHADES[-1])
    size = f"0 0 {drawn['width']} {drawn['height']}"
    look = f'fill="{fill}" stroke="{edge}" stroke-width="{drawn["width"] / 200}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{size}"><path d="{path}" {look}/></svg>'.encode()
