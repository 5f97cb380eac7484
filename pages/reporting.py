"""Who has reported: in time, late, only with errors, or not at all; whom to phone; for how many children it stands."""

from decimal import Decimal

import pandas as pd
import streamlit as st

from pages.shared import count_charts, maps, queries
from pages.shared.chart_panel import show_chart
from pages.shared.figures import records
from pages.shared.filters import as_reported, open_commune, show_source, view
from pages.shared.map_component import show_map
from pages.shared.palette import REPORT_STATES
from pages.shared.reports import fault, last_report, state_words
from pages.shared.tables import WORDY_ROW_PX, show_table, show_units

MOST_ROWS = 6
MOST_DRAWN = 200

current = as_reported(view())
t = current.text
vintage = current.vintage.name
states = queries.report_states(current.period)
count = states["state"].value_counts().reindex(list(REPORT_STATES), fill_value=0)
received = states[states["state"].isin(["on_time", "late"])]
# Rejected ones before those that sent nothing: they have something to mend.
waiting = states[~states.index.isin(received.index)].sort_values("state", ascending=False, kind="stable")
children, all_children = int(received["children_under16"].sum()), int(states["children_under16"].sum())
unknown = int(states["children_under16"].isna().sum())
# What is not known of anyone is no share: it would look like all children.
title = "title" if not unknown else "title_no_share" if waiting["children_under16"].isna().all() else "title_unknown"

st.header(
    t(
        f"reporting.{title}",
        received=len(received),
        expected=len(states),
        late=int(count["late"]),
        share=t.percent(children, all_children, Decimal(100)) if all_children else t("value.none"),
        unknown=unknown,
    )
)
st.markdown(
    t(
        "reporting.subtitle" if title == "title_no_share" else "reporting.subtitle_children",
        period=t.period(current.period),
        due=t.date(states["due_on"].iloc[0]),
        rejected=int(count["rejected"]),
        missing=int(count["missing"]),
        children=t.number(all_children - children),
    )
)

st.markdown(f"**{t('reporting.to_phone', count=len(waiting))}**")
if waiting.empty:
    st.success(t("reporting.none_to_phone"), icon=":material/check_circle:")
    picked = None
else:
    rows = records(waiting)
    listed = pd.DataFrame(
        {
            t("column.name"): waiting["name"],
            t("column.state"): [state_words(r["state"], t) for r in rows],
            t("column.fault"): [fault(r, t) for r in rows],
            t("column.last_report"): [last_report(r, t) for r in rows],
            t("column.children"): waiting["children_under16"],
            t("column.district"): waiting["district"],
        }
    ).set_index(pd.Index(waiting["unit_code"], name=t("column.code")))
    picked = show_units(
        listed,
        t,
        f"chua_bao_cao_{current.period}.csv",
        most_rows=MOST_ROWS,
        row_height=WORDY_ROW_PX,
        widths={t("column.fault"): 290, t("column.last_report"): 150},
    )

has_districts = states["district"].notna().any()


def show_history() -> None:
    """Show how every unit stood in every period."""
    st.subheader(t("reporting.history"))
    history = queries.report_history(vintage)
    words = history.assign(state=[state_words(s, t) for s in history["state"]])
    table = words.pivot(index=["name", "unit_code"], columns="period", values="state").reset_index()
    notes = [t("reporting.history_note"), *([t("reporting.bold_note")] if has_districts else [])]
    if len(table) > MOST_DRAWN:
        wanting = history["state"].ne("on_time").groupby(history["unit_code"]).sum().nlargest(MOST_DRAWN)
        history = history[history["unit_code"].isin(wanting.index)]
        notes.append(t("reporting.history_most", drawn=MOST_DRAWN))
    show_chart(
        count_charts.report_history(history, t, current.period),
        current,
        t("reporting.history"),
        periods=history["period"].unique(),
        note=" ".join(notes),
        table=table.rename(columns={"name": t("column.name"), "unit_code": t("column.code")}),
        file_name=f"bao_cao_qua_cac_ky_{vintage}.csv",
    )


left, right = st.columns(2)
with left:
    shown = maps.by_report_state(states, t, t("nav.reporting"))
    chosen = show_map(shown, vintage, t, f"reports_{vintage}", height=560) or picked
with right:
    if has_districts:
        st.markdown(f"**{t('reporting.districts')}**")
        districts = pd.crosstab(states["district"], states["state"]).reindex(columns=list(REPORT_STATES), fill_value=0)
        districts = districts.sort_values(["missing", "rejected", "late"], ascending=False, kind="stable")
        heads = {f"{sign} {t('report.' + s)}": sign for s, (_, sign, _) in REPORT_STATES.items()}
        summary = districts.set_axis(list(heads), axis=1)
        summary.insert(0, t("column.units"), districts.sum(axis=1))
        summary = summary.rename_axis(t("column.district")).reset_index()
        show_table(
            summary,
            t,
            f"bao_cao_theo_huyen_{current.period}.csv",
            height="content",
            short=heads,
            widths={t("column.district"): 150, t("column.units"): 80} | dict.fromkeys(heads, 50),
        )
    else:
        show_history()
if chosen:
    open_commune(chosen, current)
if has_districts:
    show_history()
show_source(current)
