"""Which figures to ask about: warnings, outliers, totals that a revision broke, play areas that contradict the list."""

import pandas as pd
import streamlit as st

from pages.shared import queries
from pages.shared.examples import thresholds
from pages.shared.filters import as_reported, choose, open_commune, show_source, view
from pages.shared.tables import WORDY_ROW_PX, show_table, show_units

MOST_ROWS, MANY = 8, 3

current = view()
t = current.text
with st.container(horizontal=True, vertical_alignment="bottom"):
    part = choose("part", ["warnings", "outliers", "revisions", "play_areas"], "quality.part", current)
    size = choose("size", ["large", "all"], "quality.size", current) if part == "outliers" else "large"
if part != "outliers":
    current = as_reported(current)
period = current.period


def show_findings(
    found: pd.DataFrame, columns: dict[str, object], name: str, *, row_height: int | None = WORDY_ROW_PX
) -> None:
    """Show a row a finding, units by name; a row that is picked opens the unit's profile."""
    listed = pd.DataFrame(
        {t("column.name"): found["name"], **columns, t("column.district"): found["district"]},
    ).set_index(pd.Index(found["unit_code"], name=t("column.code")))
    file_name = f"{name}_{period}_{current.vintage.name}.csv"
    widths = {c: w for c, w in ((t("column.explanation"), 420), (t("column.message"), 360)) if c in listed}
    if picked := show_units(listed, t, file_name, most_rows=MOST_ROWS, row_height=row_height, widths=widths):
        open_commune(picked, current)


def show_warnings() -> None:
    """Show the warnings by rule, by commune and one by one."""
    warnings = queries.report_warnings(period)
    st.header(t("quality.warnings", count=len(warnings), units=warnings["unit_code"].nunique()))
    if warnings.empty:
        st.success(t("quality.no_warnings"), icon=":material/check_circle:")
        return
    st.markdown(t("quality.warnings_note"))
    left, right = st.columns(2)
    with left:
        st.markdown(f"**{t('quality.by_rule')}**")
        rules = warnings.groupby("rule")["unit_code"].agg(["size", "nunique"]).sort_values("size", ascending=False)
        by_rule = pd.DataFrame(
            {
                t("column.rule"): [t(f"rule.{r}") for r in rules.index],
                t("column.warnings"): list(rules["size"]),
                t("column.units"): list(rules["nunique"]),
            }
        )
        show_table(by_rule, t, f"canh_bao_theo_quy_tac_{period}.csv", height="content")
    with right:
        st.markdown(f"**{t('quality.by_commune')}**")
        counts = warnings.groupby(["unit_code", "name", "district"], dropna=False).size().reset_index(name="warnings")
        counts = counts.sort_values("warnings", ascending=False, kind="stable")
        show_findings(counts, {t("column.warnings"): counts["warnings"]}, "canh_bao_theo_xa", row_height=None)
    st.subheader(t("quality.messages"))
    messages = warnings[t.pick("message_vi", "message_en")].fillna(t("commune.masked_problem"))
    said = {
        t("column.message"): messages,
        t("column.rule"): [t(f"rule.{r}") for r in warnings["rule"]],
        t("column.sheet"): warnings["sheet"],
        t("column.cell"): warnings["cell"],
    }
    show_findings(warnings, said, "canh_bao")


def show_outliers() -> None:
    """Show what stands out from a commune's own past and from the other communes, each explained in words."""
    found = queries.outliers(period, current.vintage.name)
    shown = found[found["large"]] if size == "large" else found
    past, peers = (shown[shown["kind"] == kind] for kind in ("past", "peers"))
    st.header(t("quality.outliers", past=len(past), peers=len(peers)))
    st.markdown(t("quality.outliers_note"))
    if size == "large":
        st.caption(t("quality.small_note", count=len(found) - len(shown)))

    def explain(row: pd.Series) -> str:
        """Return in words what a figure is, and what is usual."""
        label = row[t.pick("label_vi", "label_en")]
        if row["kind"] == "past":
            now, usual = t.number(row["value"]), t.number(row["usual"])
        else:
            now = t.percent(int(row["numerator"]), int(row["denominator"]))
            usual = t.number(row["usual"], 1) + t.unit("%")
        return t(f"quality.{row['kind']}_words", label=label, now=now, usual=usual, compared=int(row["compared"]))

    for kind, rows in (("past", past), ("peers", peers)):
        st.subheader(t(f"quality.{kind}", count=len(rows), units=rows["unit_code"].nunique()))
        if rows.empty:
            st.success(t(f"quality.no_{kind}"), icon=":material/check_circle:")
            continue
        counts = rows[t.pick("label_vi", "label_en")].value_counts()
        often = "; ".join(f"{label} ({n})" for label, n in counts[counts >= MANY].head(3).items())
        if often:
            st.caption(t("quality.often", measures=often))
        columns = {
            t("column.explanation"): [explain(row) for _, row in rows.iterrows()],
            t("column.departure"): rows["difference"].round(),
            t("column.score_z"): rows["score"],
        }
        show_findings(rows, columns, f"khac_thuong_{kind}")
    st.caption(t("quality.method", **thresholds(current)))


def show_revisions() -> None:
    """Show the totals that a later revision of a report changed by more than half."""
    changes = queries.revision_changes(period)
    reports = changes[["unit_code", "revision"]].drop_duplicates()
    st.header(t("quality.revisions", count=len(changes), reports=len(reports)))
    st.markdown(t("quality.revisions_note"))
    if changes.empty:
        st.success(t("quality.no_revisions"), icon=":material/check_circle:")
        return
    columns = {
        t("column.measure"): changes[t.pick("label_vi", "label_en")],
        t("column.before"): changes["value_before"],
        t("column.after"): changes["value_after"],
        t("column.revision"): changes["revision"],
        t("column.received_at"): changes["received_at"],
    }
    show_findings(changes, columns, "sua_doi")


def show_play_areas() -> None:
    """Show the communes that report more play areas built than their list has in operation."""
    conflicts = queries.play_area_conflicts(period)
    none_working = int((conflicts["working_sites"] == 0).sum())
    st.header(t("quality.play_areas", count=len(conflicts), none=none_working))
    st.markdown(t("quality.play_areas_note"))
    if conflicts.empty:
        st.success(t("quality.no_play_areas"), icon=":material/check_circle:")
        return
    columns = {
        t("column.explanation"): [
            t(
                "quality.none_working" if r.working_sites == 0 else "quality.fewer_working",
                built=r.built,
                working=r.working_sites,
            )
            for r in conflicts.itertuples()
        ],
        t("column.built"): conflicts["built"],
        t("column.working"): conflicts["working_sites"],
        t("column.sites"): conflicts["listed_sites"],
    }
    show_findings(conflicts, columns, "diem_vui_choi_khong_khop")


parts = {
    "warnings": show_warnings,
    "outliers": show_outliers,
    "revisions": show_revisions,
    "play_areas": show_play_areas,
}
parts[part]()
show_source(current)
