"""Approve reports, answer their warnings, see what a revision changed, close a period and reopen it."""

import pandas as pd
import streamlit as st

from etl.decisions import Decision
from pages.shared import access, deeds, queries
from pages.shared.filters import keep_in_address, show_source, view
from pages.shared.tables import show_table
from pages.shared.text import plain

current = view()
t = current.text


def take(decisions: list[Decision]) -> None:
    """Take decisions and show the page anew, or say why they cannot be taken."""
    if deeds.take(decisions, t):
        st.rerun()


knows = access.may("small_counts")
state = queries.period_state(current.period)
reports = queries.review_reports(current.period, sensitive=knows)
st.header(
    t(
        "review.title_closed" if state["closed"] else "review.title_open",
        approved=int(state["approved"]),
        count=int(state["reports"]),
    )
)
if pd.notna(state["decided_at"]):
    by, moment = plain(state["decided_by"]), t.moment(state["decided_at"])
    if state["closed"]:
        st.markdown(t("review.closed_by", by=by, moment=moment))
    else:
        st.markdown(t("review.reopened_by", by=by, moment=moment, reason=plain(state["reason"])))
if state["admitted"]:
    st.warning(t("app.admitted", count=int(state["admitted"])), icon=":material/edit_note:")
office = access.ask_office(t("review.by"), t, key="decided_by", width=420, help=t("review.by_help"))

open_warnings = reports["warnings"] - reports["answered"]
table = pd.DataFrame(
    {
        t("column.name"): reports["name"],
        t("column.status"): [("✓ " if s == "approved" else "… ") + t("submission." + s) for s in reports["status"]],
        t("column.open_warnings"): open_warnings,
        t("column.answered"): reports["answered"],
        t("column.revision"): reports["revision"],
        t("column.after_closing"): [t("value.yes") if a else "" for a in reports["admitted"]],
        t("column.received_at"): [t.moment(m) for m in reports["received_at"]],
        t("column.district"): reports["district"],
    }
)
left, right = st.columns([4, 1])
with left:
    event = st.dataframe(
        table.dropna(axis="columns", how="all"),
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        key=f"review_{current.period}",
        height=440,
        column_order=[head for head in table if head != t("column.district")],
        column_config={
            t("column.name"): st.column_config.Column(width=114),
            t("column.status"): st.column_config.Column(width=98),
            t("column.open_warnings"): st.column_config.Column(
                t("short.open_warnings"), width=92, help=t("column.open_warnings")
            ),
            t("column.answered"): st.column_config.Column(width=76),
            t("column.revision"): st.column_config.Column(width=64),
            t("column.after_closing"): st.column_config.Column(width=90),
            t("column.received_at"): st.column_config.Column(width=118),
        },
    )
    chosen = reports.iloc[event.selection.rows]
    waiting = chosen[chosen["status"] == "accepted"]
    clear = reports[(reports["status"] == "accepted") & (open_warnings == 0)]
    with st.container(horizontal=True):
        for name, those in (("chosen", waiting), ("clear", clear)):
            label = t(f"review.approve_{name}", count=len(those))
            if st.button(label, disabled=those.empty, icon=":material/task_alt:", key=f"approve_{name}"):
                named = zip(those["unit_code"], those["submission_id"], strict=True)
                take([Decision("approved", office, current.period, unit, submission_id=i) for unit, i in named])
    st.caption(t("review.pick"))
with right, st.container(border=True):
    st.markdown(f"**{t('review.period')}**")
    if state["closed"]:
        reason = st.text_input(t("review.reopen_reason"), key="reopen_reason", max_chars=500, live=True)
        if st.button(t("review.reopen"), icon=":material/lock_open:"):
            take([Decision("reopened", office, current.period, reason=reason)])
    else:
        st.markdown(t("review.close_note", left=int(state["reports"] - state["approved"])))
        if st.button(t("review.close"), icon=":material/lock:"):
            take([Decision("closed", office, current.period)])

if not reports.empty:
    names = dict(zip(reports["unit_code"], reports["name"] + " (" + reports["unit_code"] + ")", strict=True))
    keep_in_address("report", list(names), next(iter(names)))
    seen = st.selectbox(t("review.see"), list(names), format_func=names.__getitem__, key="report", width=420)
    report = reports.set_index("unit_code", drop=False).loc[seen]
    st.subheader(t("review.report", name=report["name"], revision=int(report["revision"])))
    if report["status"] == "approved":
        reason = st.text_input(t("review.withdraw_reason"), key="withdraw_reason", max_chars=500, live=True)
        if st.button(t("review.withdraw"), icon=":material/undo:"):
            about = {"submission_id": report["submission_id"], "reason": reason}
            take([Decision("withdrawn", office, current.period, report["unit_code"], **about)])
    warnings = queries.review_warnings(report["submission_id"], sensitive=knows)
    if knows:
        with st.expander(t("review.sensitive"), icon=":material/shield:"):
            figures = queries.sensitive_figures(report["submission_id"])
            # No table that can be taken away: what is here is masked everywhere else.
            st.table(
                pd.DataFrame(
                    {
                        t("column.measure"): figures["code"] + " " + figures[t.pick("label_vi", "label_en")],
                        t("column.value"): [
                            t("value.none") if pd.isna(v) else t.number(int(v)) for v in figures["value"]
                        ],
                    }
                ).set_index(t("column.measure"))
            )
            st.caption(t("review.sensitive_note"))
    st.markdown(f"**{t('review.warnings', count=len(warnings))}**")
    if not warnings.empty:
        with st.form(f"answers_{report['submission_id']}"):
            drafts = []
            for n, warning in enumerate(warnings.itertuples()):
                message = t.pick(warning.message_vi, warning.message_en)
                where = " ".join(w for w in (warning.sheet, warning.cell) if isinstance(w, str))
                told = message if isinstance(message, str) else t("commune.masked_problem")
                st.markdown(plain(f"{where}: {told}" if where else told))
                if isinstance(warning.reason, str):
                    by, moment, answer = plain(warning.decided_by), t.moment(warning.decided_at), plain(warning.reason)
                    st.caption(t("review.answered", by=by, moment=moment, answer=answer))
                answer = st.text_input(t("review.answer"), key=f"answer_{report['submission_id']}_{n}", max_chars=500)
                place = {
                    k: v if isinstance(v, str) else None for k, v in (("sheet", warning.sheet), ("cell", warning.cell))
                }
                about = {"submission_id": report["submission_id"], "rule": warning.rule, "reason": answer, **place}
                drafts.append(Decision("answered", office, current.period, report["unit_code"], **about))
            if st.form_submit_button(t("review.send_answer"), icon=":material/save:"):
                # Without any answer the first one is refused, which says what is missing.
                take([draft for draft in drafts if (draft.reason or "").strip()] or drafts[:1])
    if report["revision"] > 1:
        figures = queries.revision_figures(report["submission_id"])
        indicators = queries.revision_indicators(report["submission_id"])
        st.markdown(f"**{t('review.changed', count=len(figures))}**")
        show_table(
            pd.DataFrame(
                {
                    t("column.measure"): figures["code"] + " " + figures[t.pick("label_vi", "label_en")],
                    t("column.group"): [t("group." + g) for g in figures["population_group"]],
                    t("column.before"): figures["value_before"],
                    t("column.after"): figures["value"],
                }
            ),
            t,
            f"so_lieu_sua_{report['unit_code']}_{current.period}.csv",
        )

        def share(numerator: float, denominator: float) -> str:
            """Return a percentage, a dash where there is none."""
            if pd.isna(numerator) or pd.isna(denominator) or not denominator:
                return t("value.none")
            return t.percent(int(numerator), int(denominator))

        show_table(
            pd.DataFrame(
                {
                    t("column.indicator"): indicators[t.pick("short_vi", "short_en")],
                    t("column.before"): [
                        share(n, d)
                        for n, d in zip(indicators["numerator_before"], indicators["denominator_before"], strict=True)
                    ],
                    t("column.after"): [
                        share(n, d) for n, d in zip(indicators["numerator"], indicators["denominator"], strict=True)
                    ],
                }
            ),
            t,
            f"chi_tieu_sua_{report['unit_code']}_{current.period}.csv",
        )
show_source(current)
