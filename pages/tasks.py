"""The plan's tasks: how many communes did what each expects of them; for a chosen task what lags, and where."""

import pandas as pd
import streamlit as st

from pages.shared import maps, queries
from pages.shared.figures import STATUS_SIGNS, records
from pages.shared.filters import address_of, keep_in_address, open_commune, show_source, view
from pages.shared.map_component import show_map
from pages.shared.tables import WORDY_ROW_PX, show_table, show_units
from pages.shared.tasks import commune_table, plan_tasks

current = view()
t = current.text
which = (current.period, current.vintage.name)
listed = plan_tasks(queries.tasks(*which), queries.task_totals(*which), current.plan, t)
numbers = [str(task.number) for task in listed]
keep_in_address("task", ["all", *numbers], "all")
chosen = st.segmented_control(
    t("tasks.choose"),
    ["all", *numbers],
    format_func=lambda n: t("tasks.all") if n == "all" else n,
    key="task",
    required=True,
)
file_name = f"nhiem_vu_{chosen}_{'_'.join(which)}.csv"

if chosen == "all":
    counted = [task.status for task in listed]
    met, near = counted.count("met"), counted.count("near")
    st.header(
        f"{t.period(current.period)}: "
        + t("tasks.title_near" if near else "tasks.title", met=met, near=near, all=len(listed))
    )
    if any(len(task.due) < len(task.expectations) for task in listed):
        st.caption(t("tasks.half_year"))
    with st.container(gap="xxsmall"):
        for task in listed:
            title, status, sentence = st.columns([20, 8, 34], gap="xsmall", vertical_alignment="center")
            address = address_of(current, task=str(task.number))
            title.page_link("pages/tasks.py", label=task.title(), query_params=address)
            status.badge(task.status_words(), color=STATUS_SIGNS[task.status][1])
            sentence.markdown(f":small[{task.sentence()}]")
    st.subheader(t("tasks.table"))
    expected = [(task, e) for task in listed for e in task.expectations]
else:
    task = next(task for task in listed if str(task.number) == chosen)
    st.header(task.title())
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(task.status_words(), color=STATUS_SIGNS[task.status][1])
        st.markdown(f"{t.period(current.period)}: {task.sentence()}", width="content")
    expected = [(task, e) for e in task.expectations]

table = pd.DataFrame(
    {
        t("column.number"): [task.number for task, _ in expected] if chosen == "all" else None,
        t("column.expectation"): [e.label for _, e in expected],
        t("column.status"): [e.status_words() for _, e in expected],
        t("column.communes_met"): [e.communes_met if e.due else None for _, e in expected],
        t("column.communes_judged"): [e.communes_judged if e.due else None for _, e in expected],
        t("column.reported"): [e.reported() for _, e in expected],
        t("column.province_sum"): [e.ratio() for _, e in expected],
    }
)
widths = {
    "number": 44,
    "expectation": 288,
    "status": 100,
    "communes_met": 80,
    "communes_judged": 84,
    "reported": 84,
    "province_sum": 222,
}
show_table(
    table,
    t,
    file_name,
    height="content",
    short={t(f"column.{name}"): t(f"short.{name}") for name in ("communes_met", "communes_judged")},
    widths={t(f"column.{name}"): width for name, width in widths.items()},
)
st.caption(t("tasks.note"))
if chosen == "all":
    show_source(current)
    st.stop()

communes = records(queries.task_units(task.number, *which))
left, right = st.columns([3, 2])
clicked = picked = None
with left:
    if communes:
        clicked = show_map(maps.by_task(communes, task, t), current.vintage.name, t, f"task_{current.vintage.name}")
with right:
    st.markdown(f"**{t('tasks.results')}**")
    show_table(
        pd.DataFrame(
            {
                t("column.result"): [total.value() for total in task.totals],
                t("column.task"): [total.label for total in task.totals],
                t("column.reported"): [total.reported() for total in task.totals],
            }
        ),
        t,
        f"ket_qua_{file_name}",
        height="content",
        row_height=WORDY_ROW_PX,
        widths={t("column.result"): 105, t("column.task"): 165, t("column.reported"): 85},
    )
    st.caption(t("indicator.wording", wording=task.wording))
    if task.documents:
        st.markdown("\n".join([f"**{t('tasks.documents')}**", *(f"- {d}" for d in task.documents)]))
    if task.hotlines:
        st.info(t("tasks.hotlines", numbers=" · ".join(task.hotlines)), icon=":material/call:")

if communes:
    st.subheader(t("tasks.communes"))
    frame = commune_table(communes, task)
    picked = show_units(frame, t, f"xa_{file_name}")
if code := clicked or picked:
    open_commune(code, current)
show_source(current)
