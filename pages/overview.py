"""Are we on target? All 8 targets at a glance."""

import streamlit as st

from etl.actions import today
from pages.shared import meeting as meetings
from pages.shared.figures import STATUS_SIGNS
from pages.shared.filters import address_of, show_source, view
from pages.shared.lexicon import statuses
from pages.shared.tables import show_table, table

current = view()
t = current.text
meeting = meetings.hold(current, today())

with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    st.header(meeting.finding, width="content", help=statuses(current))
    for name, icon in (("presentation", ":material/slideshow:"), ("pack", ":material/print:")):
        st.page_link(f"pages/{name}.py", label=t(f"nav.{name}"), icon=icon, query_params=address_of(current))
if meeting.caveat:
    st.info(meeting.caveat, icon=":material/hourglass_top:")

with st.grid(4, min_column_width=200, gap="small"):
    for brief in meeting.targets:
        focus = brief.focus
        sign, colour = STATUS_SIGNS[brief.status]
        with st.container(border=True, height="stretch", gap="xxsmall"):
            st.markdown(f":small[**{brief.number}. {brief.label}**]")
            # A heading is drawn with the page. For st.metric the browser first fetches a script, and React then holds
            # it back until those of the table are there too.
            st.header(f"{focus.value()} :{colour}-badge[{sign} {t('status.' + brief.status)}]", anchor=False)
            said = focus.sentence(with_value=False)
            lines = [f"{brief.focus_name}: {said[0].lower()}{said[1:]}" if len(brief.figures) > 1 else said]
            for other in (f for f in brief.figures if f is not focus and f.target_value is not None):
                lines.append(f"{STATUS_SIGNS[other.status][0]} {other.in_short()}")
            rising = [f for f in brief.figures if f.row["comparator"] == "rising"]
            judged = [f for f in rising if f.change() is not None]
            if judged:
                met = sum(f.status == "met" for f in judged)
                lines.append(t("overview.rising_count", met=met, all=len(judged)))
            elif any(f.has_value for f in rising):
                lines.append(t("overview.rising_unknown"))
            if brief.may_change:
                lines.append(f"**{brief.reported()}**")
            reported = "" if brief.may_change else brief.reported()
            lines.append(f":gray[{' · '.join(filter(None, (focus.counts(), reported, brief.judgement.short())))}]")
            st.markdown("  \n".join(f":small[{line}]" for line in lines))
            with st.container(horizontal=True, gap="xxsmall"):
                for page, label in (("indicator", "details"), ("gaps", "gaps")):
                    st.page_link(
                        f"pages/{page}.py",
                        label=t(f"overview.{label}"),
                        query_params=address_of(current, indicator=focus.row["indicator"]),
                    )

st.subheader(t("overview.table"))
frame = table(
    [figure for brief in meeting.targets for figure in brief.figures],
    t,
    {
        "target": lambda f: int(f.row["target"]),
        "indicator": lambda f: t.pick(f.row["label_vi"], f.row["label_en"]),
    },
)
widths = {"target": 64, "indicator": 476, "status": 140, "goal": 144, "value": 70, "gap": 70}
show_table(
    frame,
    t,
    f"tong_quan_{current.period}_{current.vintage.name}.csv",
    height="content",
    columns=[t(f"column.{name}") for name in widths],
    widths={t(f"column.{name}"): width for name, width in widths.items()},
)
show_source(current)
