"""What is said in the meeting about one period: each target's finding, who lags and how sure that is, what to decide.

The presentation and the three files of the meeting pack say the same because all of them say this.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import pandas as pd

from etl.definitions import PlanTarget, load
from pages.shared import actions, maps, queries, statistics
from pages.shared.figures import JUDGED, LAGGING, Figure, figures, lagging_words, target_status
from pages.shared.filters import View, source, what_is_seen
from pages.shared.maps import Map
from pages.shared.tasks import Task, plan_tasks

NAMED = 3
"""So many units are named in a sentence; the tables name all."""


@dataclass(frozen=True)
class TargetBrief:
    """One target: `figures` are the province's, in the plan's order; what communes did is asked for when needed."""

    view: View
    target: PlanTarget
    figures: list[Figure]
    judgements: dict[str, statistics.Judgement]

    @property
    def number(self) -> int:
        return self.target.number

    @property
    def label(self) -> str:
        return self.view.text.pick(self.target.label_vi, self.target.label_en)

    @property
    def status(self) -> str:
        return target_status(self.figures)

    @property
    def focus(self) -> Figure:
        """Return the indicator that decides the target's status, of several the one that lacks most or may come to.

        Its trend, map and communes are shown.
        """
        deciding = [f for f in self.figures if f.status == self.status] or self.figures[:1]
        return max(deciding, key=lambda f: (f.row["gap"] or 0, self._may_change(f)))

    @property
    def unmet(self) -> list[Figure]:
        """Return the indicators that miss what the plan asks, the focus first: the target takes them all."""
        return sorted((f for f in self.figures if f.status in LAGGING), key=lambda f: f is not self.focus)

    @property
    def may_change(self) -> bool:
        """Tell whether the missing reports can turn the target's result, met or not, into the other."""
        missed_for_sure = any(f.status in LAGGING and not self._may_change(f) for f in self.figures)
        return self.status in JUDGED and not missed_for_sure and any(map(self._may_change, self.figures))

    @property
    def judgement(self) -> statistics.Judgement:
        """Return what the statistics say of the focus."""
        return self.judgements[self.focus.row["indicator"]]

    @property
    def focus_name(self) -> str:
        return self.focus.name()

    @cached_property
    def trend(self) -> list[Figure]:
        """Return the focus in every period until the one shown, in the order of time."""
        rows = figures(queries.trend(self.focus.row["indicator"], self.view.vintage.name), self.view.text)
        return [f for f in rows if f.row["cut_off"].date() <= self.view.cut_off]

    @cached_property
    def communes(self) -> list[Figure]:
        """Return the focus of every commune, the lowest first, with what chance can do to each."""
        return figures(queries.ranking(*self._asked), self.view.text)

    @property
    def lagging(self) -> list[Figure]:
        """Return the communes that miss the focus's target, those that take most of the gap first."""
        return self._lagging[self.focus.row["indicator"]]

    @cached_property
    def map(self) -> Map:
        """Return the communes by how they stand in the focus, by its value where that is not judged yet."""
        if self.focus.status == "half_year":
            return maps.by_value(self.communes, self.view.text, f"{self.label}: {self.focus_name}")
        return maps.by_status(self.communes, self.view.text, f"{self.label}: {self.focus_name}")

    def finding(self) -> str:
        """Return the target's result in a few words, and of several indicators each that misses it."""
        t = self.view.text
        if self.status in LAGGING and (len(self.figures) > 1 or not self.focus.gap()):
            return t(f"meeting.finding.{self.status}_named", label=self.label, unmet=self.unmet_words())
        if self.status == "half_year":
            changed = self.focus.change_sentence() or t("meeting.not_judged")
            return t("meeting.finding.half_year", label=self.label, changed=changed)
        kind = self.status if self.status in JUDGED else "unknown"
        return t(f"meeting.finding.{kind}", label=self.label, gap=self.focus.gap() or "")

    def reported(self) -> str:
        """Return how many communes reported, and that the result may change where the others could turn it."""
        said = self.focus.reported()
        return f"{said}, {self.view.text('meeting.may_change')}" if self.may_change else said

    def sentences(self) -> list[str]:
        """Return what the figures say: results, who lags, whether that is chance, pace, what is missing."""
        if not self.focus.has_value:
            return [self.focus.sentence()]
        said = [_result(self.focus), *self.who_lags(), *self._also_unmet_results(), self._chance()]
        if self.status != "met" and self.judgement.row["pace"]:
            said.append(self.judgement.pace_sentence())
        if self.judgement.row["units_missing"]:
            said.append(self.judgement.bounds_sentence())
        return [s for s in said if s]

    def who_lags(self) -> list[str]:
        """Return which communes miss the focus's target, and how few of them could make up what lacks."""
        t = self.view.text
        judged = [f for f in self.communes if f.status in JUDGED]
        if not judged or self.focus.status == "half_year":
            return []
        if not self.lagging:
            return [t("meeting.all_met", count=len(judged))]
        key = {"share": "meeting.lag_share", "rising": "meeting.lag_rising"}.get(self.gap_kind(), "meeting.lag")
        named = [f"{f.row['name']} ({self.left(f)})" for f in self.lagging]
        said = t(
            key,
            lagging=lagging_words((f.status for f in judged), t),
            missed=len(self.lagging),
            judged=len(judged),
            names=_names(named, self.view),
        )
        return [said, *self._how_few(self.focus)]

    def unmet_words(self) -> str:
        """Return what each indicator lacks that misses the target, and which do not rise; the focus stands first."""
        t = self.view.text
        lacking = [t("meeting.unmet.gap", name=f.name(), gap=f.gap()) for f in self.unmet if f.gap()]
        flat = "; ".join(f.name() for f in self.unmet if not f.gap())
        falling = [t("meeting.unmet.rising", names=flat)] if flat else []
        return "; ".join([*lacking, *falling] if self.focus.gap() else [*falling, *lacking])

    def others(self) -> list[str]:
        """Return the target's other indicators, each in a few words."""
        return [f"{f.status_words()} · {f.in_short()}" for f in self.figures if f is not self.focus]

    def left(self, figure: Figure) -> str:
        """Return how many one of the lagging communes lacks, or leaves out where no number of them is asked for."""
        if figure.gap():
            return str(figure.gap())
        return maps.left_out(figure, self.view.text) or self.view.text("value.none")

    def to_decide(self, actions_open: int) -> str | None:
        """Return what has to be decided about the target, None where it is met or nothing is known."""
        t = self.view.text
        asked = "; ".join(filter(None, map(self._to_assign, self.unmet)))
        if not asked:
            return None
        said = t("meeting.decide.target", number=self.number, asked=asked)
        begun = "meeting.decide.actions" if actions_open else "meeting.decide.no_action"
        return f"{said} {t(begun, count=actions_open)}"

    @property
    def _asked(self) -> tuple[str, str, str]:
        return self.focus.row["indicator"], self.view.period, self.view.vintage.name

    def _may_change(self, indicator: Figure) -> bool:
        return self.judgements[indicator.row["indicator"]].may_change(indicator)

    def gap_kind(self) -> str:
        """Return whether the gap is one of communes, of a share that is to rise, or of what the focus counts."""
        return _gap_kind(self.focus)

    @cached_property
    def _lagging(self) -> dict[str, list[Figure]]:
        """Return who misses the focus, and each indicator that the province misses: who takes most of the gap first."""
        found = {}
        for indicator in {f.row["indicator"]: None for f in (self.focus, *self.unmet)}:
            rows = figures(queries.left_out(indicator, self.view.period, self.view.vintage.name), self.view.text)
            behind = [f for f in rows if f.status in LAGGING]
            behind.sort(key=lambda f: (-(f.row["closes"] or 0), -(f.row["left_out"] or 0), f.row["unit_code"]))
            found[indicator] = behind
        return found

    def _to_assign(self, indicator: Figure) -> str:
        """Return who is to do what about an indicator that misses the target, nothing where no commune lags."""
        lagging = self._lagging[indicator.row["indicator"]]
        who = _closing(lagging) or lagging
        if not who:
            return ""
        return self.view.text(
            f"meeting.decide.{_gap_kind(indicator)}",
            name=indicator.name(),
            gap=indicator.gap() or "",
            count=len(who),
            names=_names([f.row["name"] for f in who], self.view),
        )

    def _also_unmet_results(self) -> list[str]:
        """Return the result of each other indicator that misses the target, and how few communes could make it up."""
        said = []
        for f in self.unmet[1:]:
            said += [_result(f), *self._how_few(f)]
        return said

    def _how_few(self, indicator: Figure) -> list[str]:
        lagging = self._lagging[indicator.row["indicator"]]
        closing = _closing(lagging)
        key = "meeting.closing_all" if len(closing) == len(lagging) else "meeting.closing"
        return [self.view.text(key, count=len(closing), gap=indicator.gap())] if closing else []

    def _chance(self) -> str:
        t = self.view.text
        told = [f for f in self.communes if f.row["reading"]]
        behind = [f for f in told if f.row["reading"] == "behind"]
        if not told:
            return ""
        names = _names([f.row["name"] for f in behind], self.view)
        return t("meeting.behind", count=len(behind), names=names) if behind else t("meeting.chance")


@dataclass(frozen=True)
class Meeting:
    """The whole meeting; `on` is the day it is prepared for, which decides what is overdue."""

    view: View
    on: date
    targets: list[TargetBrief]

    @property
    def title(self) -> str:
        t, province = self.view.text, load().province
        return t.pick(province["title_vi"], province["title_en"])

    @property
    def finding(self) -> str:
        """Return how the targets stand, and how many communes that comes from where the others could turn it."""
        return "; ".join(filter(None, (self.verdict, self.unsure)))

    @property
    def verdict(self) -> str:
        """Return how many targets are met, nearly met, and not judged before the year is over."""
        t = self.view.text
        counted = Counter(b.status for b in self.targets)
        said = [t("overview.title", met=counted["met"], all=len(self.targets))]
        said += [t(f"overview.{s}", count=counted[s]) for s in ("near", "half_year") if counted[s]]
        return ", ".join(said)

    @property
    def unsure(self) -> str:
        """Return how few communes reported of a result that the others can turn; nothing where there is none."""
        found = [b.focus for b in self.targets if b.may_change]
        if not found:
            return ""
        fewest = min(found, key=lambda f: f.row["units_reported"])
        return self.view.text("overview.may_change", reported=fewest.reported())

    @property
    def caveat(self) -> str:
        """Return which figures of half a year are not held against the whole year's target; nothing where none is."""
        halves = [f.name() for b in self.targets for f in b.figures if f.status == "half_year"]
        return self.view.text("meeting.half_year", names="; ".join(halves)) if halves else ""

    @property
    def reservations(self) -> list[str]:
        """Return what the verdict leaves open: how few communes it comes from, and what waits for the year's end."""
        return [f"{said[0].upper()}{said[1:]}" for said in (self.unsure, self.caveat) if said]

    @property
    def subtitle(self) -> str:
        return what_is_seen(self.view)

    @cached_property
    def sample(self) -> bool:
        """Tell whether any figure is sample data."""
        return bool(queries.snapshot(self.view.period)["sample"])

    @cached_property
    def source(self) -> str:
        """Return what stands on every page: source, state, reporting rate, which reports, the day, and sample data."""
        t = self.view.text
        said = [source(self.view)]
        if queries.approved_only():
            said.append(t("meeting.approved_only"))
        if self.sample:
            said.append(t("meeting.sample"))
        said.append(t("meeting.prepared", day=t.date(self.on)))
        return " ".join(said)

    @cached_property
    def reports(self) -> pd.DataFrame:
        """Return how every unit that owes a report stands; those without an accepted one are waited for."""
        return queries.report_states(self.view.period)

    @property
    def waiting(self) -> pd.DataFrame:
        """Return the units whose report is missing or was rejected."""
        return self.reports[~self.reports["state"].isin(["on_time", "late"])].sort_values(
            "state", ascending=False, kind="stable"
        )

    @cached_property
    def tasks(self) -> list[Task]:
        """Return the plan's tasks, in its order."""
        view = self.view
        asked = view.period, view.vintage.name
        return plan_tasks(queries.tasks(*asked), queries.task_totals(*asked), view.plan, view.text)

    @cached_property
    def actions(self) -> pd.DataFrame:
        """Return the measures that are still to be taken, the overdue first."""
        recorded = actions.recorded(self.view.vintage.name, self.on)
        return recorded[recorded["open"]].reset_index(drop=True)

    def actions_sentence(self) -> str:
        """Return how many measures are to be taken, and how many are overdue."""
        return actions.count_words(self.actions, self.view.text)

    def reports_sentence(self) -> str:
        """Return how many reports came, and how many of them late."""
        t = self.view.text
        state = self.reports["state"].value_counts()
        return t(
            "meeting.reports",
            received=t.number(len(self.reports) - len(self.waiting)),
            expected=t.number(len(self.reports)),
            late=int(state.get("late", 0)),
            missing=int(state.get("missing", 0)),
            rejected=int(state.get("rejected", 0)),
        )

    def to_decide(self) -> list[str]:
        """Return what has to be decided, in the order of the plan, then about measures and reports."""
        t = self.view.text
        begun = self.actions["target"].value_counts()
        said = [decision for b in self.targets if (decision := b.to_decide(int(begun.get(b.number, 0))))]
        overdue = int(self.actions["overdue"].sum())
        if overdue:
            said.append(t("meeting.decide.overdue", count=overdue))
        if len(self.waiting):
            names = _names(list(self.waiting["name"]), self.view)
            said.append(t("meeting.decide.reports", count=len(self.waiting), names=names))
        state = queries.period_state(self.view.period)
        if not state["closed"] and state["reports"] > state["approved"]:
            said.append(t("meeting.decide.approve", count=int(state["reports"] - state["approved"])))
        elif not state["closed"]:
            said.append(t("meeting.decide.close"))
        return said


def hold(view: View, on: date) -> Meeting:
    """Return the meeting about what `view` looks at; it asks for the rest while it is read."""
    t = view.text
    by_target: dict[int, list[Figure]] = {}
    for figure in figures(queries.overview(view.period, view.vintage.name), t):
        by_target.setdefault(int(figure.row["target"]), []).append(figure)
    judged = statistics.judgements(queries.judgements(view.period, view.vintage.name), t, view.period)
    return Meeting(view, on, [TargetBrief(view, p, by_target[p.number], judged) for p in view.plan.targets])


def _gap_kind(indicator: Figure) -> str:
    if indicator.indicator.kind == "share_of_communes":
        return "share"
    return "rising" if indicator.row["comparator"] == "rising" else "gap"


def _closing(lagging: list[Figure]) -> list[Figure]:
    """Return the smallest set of communes that closes the province's gap."""
    return [f for f in lagging if f.row["in_closing_set"]]


def _result(indicator: Figure) -> str:
    return f"{indicator.name()}: {indicator.sentence()}"


def _names(names: Sequence[str], view: View) -> str:
    """Return the first names in a row, and how many more there are."""
    shown = ", ".join(names[:NAMED])
    more = len(names) - NAMED
    return view.text("meeting.and_more", names=shown, count=more) if more > 0 else shown
