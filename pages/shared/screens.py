"""The screens of the presentation: each fills a projector's picture and says one thing."""

from collections.abc import Callable

import streamlit as st

from etl.definitions import load
from pages.shared import actions, pictures
from pages.shared.figures import CHANGE_LOOKS, STATUS_SIGNS, records
from pages.shared.map_component import outlines
from pages.shared.meeting import NAMED, Meeting, TargetBrief
from pages.shared.palette import REPORT_STATES
from pages.shared.text import plain

MOST_ROWS = 8
"""So many lines are read from ten metres; how many more there are is said."""

MOST_ALSO = 3
"""So many of the indicators that miss a target have their values in one row; the finding names all."""

# In millimetres and points of a drawing that is then as wide as half the screen.
_WIDTH_MM, _HEIGHT_MM, _FONT_PT = 150, 67, 12.5


def screens(meeting: Meeting) -> dict[str, tuple[str, Callable[[], None]]]:
    """Return each screen's title and what shows it, by a code for the address, in the order of the meeting."""
    t = meeting.view.text
    targets = {
        f"target-{b.number}": (f"{b.number}. {b.label}", lambda b=b: _show_target(meeting, b)) for b in meeting.targets
    }
    return {
        "title": (meeting.title, lambda: _show_title(meeting)),
        "targets": (t("presentation.targets"), lambda: _show_targets(meeting)),
        **targets,
        "tasks": (t("nav.tasks"), lambda: _show_tasks(meeting)),
        "reports": (t("bounds.title"), lambda: _show_reports(meeting)),
        "actions": (t("nav.actions"), lambda: _show_actions(meeting)),
        "decisions": (t("meeting.decisions"), lambda: _show_decisions(meeting)),
    }


def _show_title(meeting: Meeting) -> None:
    st.space("large")
    st.header(meeting.title)
    st.subheader(meeting.subtitle)
    st.space("large")
    st.title(meeting.finding)
    st.header(meeting.reports_sentence())
    if meeting.caveat:
        st.subheader(meeting.caveat)


def _show_targets(meeting: Meeting) -> None:
    t = meeting.view.text
    st.subheader(meeting.verdict)
    if meeting.reservations:
        st.caption(" · ".join(meeting.reservations))
    with st.grid(4, gap="xsmall"):
        for brief in meeting.targets:
            sign, colour = STATUS_SIGNS[brief.status]
            with st.container(border=True, height="stretch", gap="xxsmall"):
                st.markdown(f"**{brief.number}. {brief.label}**")
                with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                    st.metric(brief.focus_name, brief.focus.value(), label_visibility="collapsed", width="content")
                    st.badge(f"{sign} {t('status.' + brief.status)}", color=colour)
                said = brief.unmet_words() or f"{brief.focus_name}: {brief.focus.target()}"
                st.markdown(f":small[{said}; **{t('meeting.may_change')}**]" if brief.may_change else f":small[{said}]")


def _show_target(meeting: Meeting, brief: TargetBrief) -> None:
    t, figure = meeting.view.text, brief.focus
    st.header(f"{STATUS_SIGNS[brief.status][0]} {brief.number}. {brief.finding()}")
    arrow, colour = CHANGE_LOOKS[figure.change_direction()]
    with st.container(horizontal=True, gap="medium"):
        st.metric(
            brief.focus_name,
            figure.value(),
            figure.change_words(),
            delta_arrow=arrow,
            delta_color=colour,
            width="content",
        )
        st.metric(
            figure.target_name(),
            figure.target(),
            figure.counts(),
            delta_arrow="off",
            delta_color="off",
            width="content",
        )
        if figure.gap():
            st.metric(t("indicator.gap"), figure.gap(), width="content")
        may_change = t("meeting.may_change") if brief.may_change else None
        st.metric(
            t("indicator.reported"),
            figure.units(),
            may_change,
            delta_arrow="off",
            delta_color="off",
            width="content",
        )
        for also in brief.unmet[1:MOST_ALSO]:
            short = also.gap() and t("meeting.short", gap=also.gap())
            st.metric(also.name(), also.value(), short, delta_arrow="off", delta_color="off", width="content")
    left, right = st.columns(2)
    reform_on = load().reform_on
    trend = pictures.trend_picture(
        brief.trend, t, reform_on, width_mm=_WIDTH_MM, height_mm=_HEIGHT_MM, font_pt=_FONT_PT
    )
    left.image(trend.svg_on_screen().decode(), alt=trend.alt, width="stretch")
    drawn = pictures.map_picture(
        brief.map,
        outlines(meeting.view.vintage.name),
        t,
        names={f.row["unit_code"]: f.row["name"] for f in brief.communes},
        named=[f.row["unit_code"] for f in brief.lagging[:NAMED]],
        width_mm=_WIDTH_MM,
        height_mm=_HEIGHT_MM,
        font_pt=_FONT_PT,
    )
    right.image(drawn.svg_on_screen().decode(), alt=drawn.alt, width="stretch")
    # A finding that names several indicators takes two lines, and so does one of half a year.
    said = brief.who_lags() if brief.unmet[1:] else brief.sentences()[1 : 3 if meeting.caveat else 4]
    st.markdown(" ".join(said))


def _show_tasks(meeting: Meeting) -> None:
    t = meeting.view.text
    counted = [task.status for task in meeting.tasks]
    st.header(t("presentation.tasks", met=counted.count("met"), all=len(counted)))
    left, right = st.columns(2)
    for number, task in enumerate(meeting.tasks):
        with left if number < len(counted) / 2 else right:
            st.markdown(f"**{task.sign()} {plain(task.title())}.** {plain(task.sentence())}")


def _show_actions(meeting: Meeting) -> None:
    t, rows = meeting.view.text, records(meeting.actions)
    st.header(meeting.actions_sentence())
    for row in rows[:MOST_ROWS]:
        said = f"**{actions.state_words(row, t)}** · {plain(actions.place(row, t))}: {plain(row['what'])}"
        st.markdown(f"{said} ({t.pick(row['office_vi'], row['office_en'])}, {t.date(row['due_on'])})")
    _say_more(meeting, len(rows))


def _show_reports(meeting: Meeting) -> None:
    t, waiting = meeting.view.text, meeting.waiting
    st.header(meeting.reports_sentence())
    for row in waiting.head(MOST_ROWS).itertuples():
        place = ", ".join(part for part in (row.name, row.district) if isinstance(part, str))
        st.subheader(f"{REPORT_STATES[row.state][1]} {plain(place)}: {t('report.' + row.state)}")
    _say_more(meeting, len(waiting))
    if waiting.empty:
        st.success(t("reporting.none_to_phone"), icon=":material/check_circle:")


def _show_decisions(meeting: Meeting) -> None:
    decisions = meeting.to_decide()
    st.header(meeting.view.text("meeting.decisions"))
    if meeting.caveat:
        st.caption(meeting.caveat)
    for number, decision in enumerate(decisions[:MOST_ROWS], 1):
        st.markdown(f"#### {number}. {plain(decision)}")
    _say_more(meeting, len(decisions))


def _say_more(meeting: Meeting, rows: int) -> None:
    if rows > MOST_ROWS:
        t = meeting.view.text
        st.markdown(t("presentation.more", count=rows - MOST_ROWS))
