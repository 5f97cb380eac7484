"""One commune: every indicator beside district and province, its play areas, registration, tasks and reports."""

import pandas as pd
import streamlit as st

from etl.actions import today
from etl.definitions import load
from pages.shared import access, actions, maps, protection, queries
from pages.shared.figures import figures, records
from pages.shared.filters import (
    address_of,
    choose_indicator,
    commune_address,
    keep_unit_in_address,
    open_commune,
    show_source,
    unit_labels,
    view,
)
from pages.shared.map_component import show_map
from pages.shared.reports import last_report_of_parts
from pages.shared.search import find_units
from pages.shared.succession import meaning_words
from pages.shared.tables import WORDY_ROW_PX, show_table, site_table
from pages.shared.tasks import results_table
from pages.shared.text import plain

current = view()
t = current.text
definitions = load()
vintage = current.vintage.name
within_reach = access.units_within_reach(vintage)
labels = {code: label for code, label in unit_labels(current).items() if code in within_reach}
codes = list(labels)
meant = keep_unit_in_address(current, codes)
left, right = st.columns(2)
code = left.selectbox(
    t("commune.choose"),
    codes,
    # Nobody is shown before one is chosen; then the choice can be changed, not taken back.
    index=0 if st.session_state.get("unit") in labels else None,
    placeholder=t("commune.choose_one"),
    format_func=labels.__getitem__,
    key="unit",
)
words = ""
if not access.is_bound():
    words = right.text_input(t("commune.search"), key="search", placeholder=t("commune.search_example"), live=True)
if words:
    found = find_units(words, definitions)
    st.markdown(t("commune.found" if found else "commune.not_found", count=len(found)))
    with st.container(horizontal=True, gap="small"):
        for fit in found:
            seen = queries.periods_of(fit.unit.vintage)
            st.page_link(
                "pages/commune.py",
                label=", ".join(filter(None, (fit.name, fit.district)))
                + f" ({fit.unit.code})"
                + (t("commune.now_in", name=fit.successor.name) if fit.successor else ""),
                query_params=commune_address(
                    fit.unit.code,
                    current,
                    units=fit.unit.vintage,
                    period=current.period if current.period in seen else seen[0],
                ),
            )
if code is None:
    st.header(t("nav.commune"))
if said := meaning_words(meant, vintage, t, definitions):
    st.info(said, icon=":material/alt_route:")
if code is None:
    with st.container(horizontal=True, gap="small"):
        for part in meant.units:
            link = commune_address(part.code, current)
            st.page_link("pages/commune.py", label=part.name, query_params=link)
    st.stop()
unit = definitions.units[vintage, code]
name = definitions.name_of(unit, current.cut_off)

rows = figures(queries.commune_indicators(code, current.period, vintage), t)
asked = [f for f in rows if f.is_asked]
met = sum(f.status == "met" for f in asked)
reported = any(f.status not in ("not_reported", "not_applicable") for f in asked)
st.header(t("commune.title" if reported else "commune.title_unreported", name=name.name, met=met, all=len(asked)))
traits = [t(f"commune.{trait}") for trait in ("border", "extremely_difficult") if getattr(unit, trait)]
st.markdown(" · ".join([part for part in (name.district, *traits, t.period(current.period)) if part]))

relatives = queries.commune_relatives(code, vintage)
reform_on = definitions.reform_on
for relation, part in relatives.groupby("relation"):
    with st.container(horizontal=True, gap="small"):
        st.markdown(t(f"commune.{relation}", day=t.date(reform_on)))
        for relative in part.itertuples():
            shared = (
                p
                for p in queries.periods_of(relative.vintage)
                if p == current.period or relation == "part" or definitions.periods[p].vintage == relative.vintage
            )
            if (last := next(shared, None)) is None:
                st.markdown(plain(relative.name))
            else:
                st.page_link(
                    "pages/commune.py",
                    label=relative.name,
                    query_params=commune_address(relative.code, current, units=relative.vintage, period=last),
                )

trends = queries.commune_trend(code, vintage)
# Half a year beside whole ones would look like a fall: what is reported until then is only part of a year.
same_part = trends["period"].str.endswith("-H1") == current.period.endswith("-H1")
lines = trends[same_part].groupby("indicator")["value"].apply(lambda v: [x for x in v if pd.notna(x)])
frame = pd.DataFrame(
    {
        t("column.indicator"): [f"{f.row['target']}. {t.pick(f.row['short_vi'], f.row['short_en'])}" for f in rows],
        t("column.value"): [f.value() for f in rows],
        t("column.status"): [f.status_words() for f in rows],
        t("column.counts"): [f.counts() for f in rows],
        t("column.gap"): [f.gap() or "" for f in rows],
        t("column.district_value"): [f.row["district_value"] for f in rows],
        t("column.province"): [f.row["province_value"] for f in rows],
        t("column.trend"): [lines.get(f.row["indicator"], []) for f in rows],
    }
)
show_table(
    frame,
    t,
    f"ho_so_{code}_{current.period}.csv",
    height="content",
    widths={t("column.counts"): 154, t("column.gap"): 106},
)

st.subheader(t("nav.actions"))
measures = actions.recorded(vintage, today())
measures = measures[measures["unit_code"] == code]
if measures.empty:
    st.caption(t("actions.none_here"))
else:
    listed = actions.table(measures, t, with_unit=False)
    show_table(
        listed,
        t,
        f"viec_can_lam_{code}.csv",
        height="content",
        row_height=WORDY_ROW_PX,
        widths=actions.widths(t),
        columns=list(actions.widths(t)),
        short=actions.short_heads(t),
        urgent=measures["overdue"].tolist(),
    )
if access.may("record"):
    st.page_link(
        "pages/actions.py",
        label=t("actions.record_here"),
        icon=":material/add_task:",
        query_params=address_of(current, unit=code),
    )

beside = st.container()
if not access.is_bound():
    left, beside = st.columns([2, 3])
    with left:
        indicator = choose_indicator(current)
        communes = figures(queries.units(indicator, "commune", "total", current.period, vintage), t)
        shown = maps.by_status(communes, t, name.name)
        clicked = show_map(shown, vintage, t, f"commune_{vintage}", height=400, selected=code)
    if clicked and clicked != code:
        open_commune(clicked, current)
with beside:
    st.subheader(t("nav.play_areas"))
    own = queries.play_area_communes(current.period, vintage).set_index("unit_code").loc[code]
    if pd.isna(own["has_play_area"]):
        st.info(t("commune.no_play_report"), icon=":material/help:")
    elif pd.notna(own["nearest_m"]) and not access.is_bound():
        st.markdown(
            t(
                "commune.nearest",
                distance=t.number(own["nearest_m"] / 1000, 1),
                name=plain(own["nearest_name"]),
                unit=own["nearest_unit_name"],
                children=t("value.none")
                if pd.isna(own["children_under16"])
                else t.number(int(own["children_under16"])),
            )
        )
    sites = queries.play_area_sites(current.period, vintage)
    sites = queries.in_order(sites[sites["unit_code"] == code], ["name", "hamlet"])
    if sites.empty:
        st.caption(t("commune.no_sites"))
    else:
        show_table(site_table(sites, t), t, f"diem_vui_choi_{code}_{current.period}.csv")

st.subheader(t("nav.child_friendly"))
stages = queries.commune_stages(code, vintage)
if stages.empty:
    st.info(t("commune.no_stage"), icon=":material/help:")
elif (stages["stage"] == "none").all():
    first, last = (name[0].lower() + name[1:] for name in map(t.period, stages["period"].iloc[[0, -1]]))
    st.info(t("commune.never_registered", count=len(stages), first=first, last=last), icon=":material/help:")
else:
    show_table(
        pd.DataFrame(
            {
                t("column.period"): [t.period(p) for p in stages["period"]],
                t("column.stage"): [t("stage." + s) for s in stages["stage"]],
                t("column.registered_on"): stages["registered_on"],
                t("column.score"): stages["score"],
                t("column.threshold"): stages["threshold"],
                t("column.short"): stages["points_short"],
            }
        ),
        t,
        f"phu_hop_tre_em_{code}.csv",
    )

st.subheader(t("nav.protection"))
protected = records(queries.protection_commune(code, vintage))
if protected:
    show_table(protection.period_counts(protected, t), t, f"bao_ve_tre_em_{code}.csv", height="content")
    st.caption(t("protection.signs"))
else:
    st.info(t("protection.nothing"), icon=":material/help:")

st.subheader(t("commune.tasks"))
tasks = records(queries.commune_tasks(code, current.period, vintage))
if any(row["units_reported"] for row in tasks):
    if access.may_open("tasks"):
        st.page_link("pages/tasks.py", label=t("commune.all_tasks"), query_params=address_of(current))
    show_table(results_table(tasks, t), t, f"nhiem_vu_{code}_{current.period}.csv")
else:
    st.info(t("commune.no_tasks"), icon=":material/help:")

st.subheader(t("commune.reports"))
reports = queries.commune_reports(code, vintage)
parts = relatives[relatives["relation"] == "part"]
if reports.empty:
    nothing = t("commune.no_reports" if parts.empty else "commune.no_reports_since", day=t.date(reform_on))
    earlier = [queries.commune_reports(part.code, part.vintage) for part in parts.itertuples()]
    st.info(f"{nothing} {last_report_of_parts(earlier, t)}", icon=":material/help:")
    if access.may_open("submit"):
        st.page_link("pages/submit.py", label=t("nav.submit"), icon=":material/upload_file:")
else:
    show_table(
        pd.DataFrame(
            {
                t("column.period"): [t.period(p) for p in reports["period"]],
                t("column.status"): [t("submission." + s) for s in reports["status"]],
                t("column.received_at"): reports["received_at"],
                t("column.late"): [t("value.yes") if late else t("value.no") for late in reports["late"]],
                t("column.revision"): reports["revision"],
                t("column.errors"): reports["errors"],
                t("column.warnings"): reports["warnings"],
                t("column.file"): reports["file_name"],
            }
        ),
        t,
        f"bao_cao_{code}.csv",
    )
problems = queries.commune_problems(code, current.period, vintage)
if not problems.empty:
    with st.expander(t("commune.problems", count=len(problems))):
        messages = problems[t.pick("message_vi", "message_en")].fillna(t("commune.masked_problem"))
        show_table(
            pd.DataFrame(
                {
                    t("column.severity"): [t("severity." + s) for s in problems["severity"]],
                    t("column.sheet"): problems["sheet"],
                    t("column.cell"): problems["cell"],
                    t("column.message"): messages,
                    t("column.file"): problems["file_name"],
                }
            ),
            t,
            f"loi_{code}_{current.period}.csv",
        )
show_source(current)
