"""Child-friendly communes: the stage of each, how they move, points against the threshold, what is missing."""

import pandas as pd
import streamlit as st

from etl.definitions import load
from pages.shared import count_charts, maps, queries
from pages.shared.chart_panel import show_chart
from pages.shared.filters import address_of, open_commune, show_source, view
from pages.shared.map_component import show_map
from pages.shared.tables import show_units

current = view()
t = current.text
own_vintage = load().periods[current.period].vintage
if own_vintage != current.vintage.name:
    st.header(t("nav.child_friendly"))
    st.info(t("friendly.anew"), icon=":material/block:")
    st.page_link(
        "pages/child_friendly.py",
        label=t("friendly.as_then"),
        query_params=address_of(current, units=own_vintage),
    )
    st.stop()

communes = queries.child_friendly_communes(current.period)
reported = communes[communes["stage"].notna()]
registered = int((reported["stage"] != "none").sum())
recognised = int((reported["stage"] == "recognised").sum())
ready = communes[communes["ready"].fillna(False)]
st.header(t("friendly.title", registered=registered, count=len(reported), recognised=recognised))
st.markdown(t("friendly.subtitle", count=len(ready), missing=len(communes) - len(reported)))

left, right = st.columns(2)
with left:
    shown = maps.by_stage(communes, t, t("nav.child_friendly"))
    clicked = show_map(shown, current.vintage.name, t, f"stages_{current.vintage.name}")
    if clicked:
        open_commune(clicked, current)
with right:
    st.markdown(f"**{t('friendly.next')}**")
    candidates = communes[communes["stage"] == "assessed"]

    def missing(row: pd.Series) -> str:
        """Return in words what a commune lacks to be recognised."""
        if pd.isna(row["score"]):
            return t("friendly.lacks_all")
        said = []
        if row["points_short"] > 0:
            said.append(t("friendly.lacks_points", points=t.number(row["points_short"])))
        if row["criteria_at_zero"] > 0:
            said.append(t("friendly.lacks_zero", count=int(row["criteria_at_zero"])))
        if row["criteria_unscored"] > 0:
            said.append(t("friendly.lacks_scores", count=int(row["criteria_unscored"])))
        return "; ".join(said) or t("friendly.lacks_nothing")

    if candidates.empty:
        st.info(t("friendly.no_candidates"))
    else:
        table = pd.DataFrame(
            {
                t("column.name"): candidates["name"],
                t("column.missing"): [missing(row) for _, row in candidates.iterrows()],
                t("column.score"): candidates["score"],
                t("column.threshold"): candidates["threshold"],
                t("column.district"): candidates["district"],
            }
        ).set_index(pd.Index(candidates["unit_code"], name=t("column.code")))
        picked = show_units(
            table,
            t,
            f"cong_nhan_{current.period}.csv",
            most_rows=10.5,
            columns=[t(f"column.{name}") for name in ("name", "missing", "score")],
            widths={t("column.name"): 124, t("column.missing"): 222, t("column.score"): 56},
        )
        if picked:
            open_commune(picked, current)

st.subheader(t("friendly.flow"))
flow = queries.child_friendly_flow(current.period)
moves = flow[flow["period_before"].notna()]
if moves.empty:
    st.info(t("friendly.one_period"), icon=":material/hourglass_top:")
else:
    show_chart(
        count_charts.stage_flow(flow, t),
        current,
        t("friendly.flow"),
        periods=flow["period"],
        note=t("friendly.flow_note"),
        table=pd.DataFrame(
            {
                t("column.period"): moves["period_before"] + " → " + moves["period"],
                t("column.stage"): [
                    f"{t('stage.' + before)} → {t('stage.' + stage)}"
                    for before, stage in zip(moves["stage_before"], moves["stage"], strict=True)
                ],
                t("column.communes"): moves["communes"],
            }
        ),
        file_name=f"chuyen_giai_doan_{current.period}.csv",
    )

scored = communes[communes["score"].notna()]
if not scored.empty:
    st.subheader(t("friendly.points"))
    show_chart(count_charts.points_against_threshold(scored, t), current, t("friendly.points"))
    st.subheader(t("friendly.criteria"))
    criteria = queries.child_friendly_criteria(current.period)
    show_chart(
        count_charts.criteria(criteria, t),
        current,
        t("friendly.criteria"),
        note=t("friendly.criteria_note"),
        table=pd.DataFrame(
            {
                t("column.name"): criteria["name"],
                t("column.code"): criteria["unit_code"],
                t("column.criterion"): criteria["criterion"],
                t("column.points"): criteria["points"],
                t("column.points_max"): criteria["points_max"],
            }
        ),
        file_name=f"tieu_chi_{current.period}.csv",
    )

with (all_communes := st.expander(t("friendly.all"), key="friendly_all", on_change="rerun")):
    if all_communes.open:
        table = pd.DataFrame(
            {
                t("column.name"): communes["name"],
                t("column.district"): communes["district"],
                t("column.stage"): [
                    t("stage." + s) if isinstance(s, str) else t("status.not_reported") for s in communes["stage"]
                ],
                t("column.registered_on"): communes["registered_on"],
                t("column.recognised_on"): communes["recognised_on"],
                t("column.score"): communes["score"],
                t("column.threshold"): communes["threshold"],
                t("column.short"): communes["points_short"],
            }
        ).set_index(pd.Index(communes["unit_code"], name=t("column.code")))
        picked = show_units(table, t, f"xa_phu_hop_{current.period}.csv")
        if picked:
            open_commune(picked, current)
show_source(current)
