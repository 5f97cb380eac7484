"""Send reports: what is wrong in them, what they would change, load them; and the empty forms to fill in."""

from datetime import UTC, datetime
from hashlib import sha256

import streamlit as st

from etl.archive import Incoming
from etl.definitions import load
from etl.home import home
from etl.identify import name_and_code
from etl.load import Answer
from etl.template import form_file_name, write_form
from pages.shared import access, deeds, document
from pages.shared.desk import (
    answer_table,
    as_zip,
    change_table,
    counts,
    distinct,
    problem_table,
    returned_files,
    without_the_past,
)
from pages.shared.filters import keep_in_address, only_through_dashboard, text
from pages.shared.tables import WORDY_ROW_PX, show_table
from pages.shared.text import plain

only_through_dashboard()
t = text()
definitions = load()


def seen(answers: list[Answer]) -> list[Answer]:
    """Return of the answers what the reader may see; a commune knows its own small counts."""
    knows = access.may("small_counts") or access.is_bound()
    return answers if knows else without_the_past(answers)


def show_answers(answers: list[Answer], contents: dict[str, bytes], key: str) -> None:
    """Show what is said of each report, cell by cell, and offer the files that go back."""
    show_table(answer_table(answers, t), t, f"{key}_bao_cao.csv")
    if any(a.problems for a in answers):
        st.subheader(t("submit.problems", count=sum(len(a.problems) for a in answers)))
        wide = {t("column.message"): 460}
        show_table(problem_table(answers, t), t, f"{key}_loi.csv", row_height=WORDY_ROW_PX, widths=wide)
        st.download_button(
            t("submit.returned"),
            lambda: as_zip(returned_files(answers, contents, t)),
            file_name="bao_cao_tra_lai.zip",
            mime="application/zip",
            icon=":material/assignment_return:",
            on_click="ignore",
            key=f"{key}_returned",
        )


def show_forms() -> None:
    """Offer the empty form of one unit, or those of all as one file."""
    today = datetime.now(UTC).date()
    periods = [p for p in reversed(definitions.periods.values()) if p.year <= today.year + 1]
    # The newest comes first: it is offered once the calendar has run out.
    due_next = max((n for n, p in enumerate(periods) if p.due_on >= today), default=0)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        period = st.selectbox(
            t("submit.form_period"), periods, due_next, format_func=lambda p: t.period(p.period), key="form_period"
        )
        within_reach = access.units_within_reach(period.vintage)
        units = [u for u in definitions.units.values() if u.vintage == period.vintage and u.code in within_reach]
        unit = st.selectbox(
            t("submit.form_unit"),
            units,
            format_func=name_and_code,
            key="form_unit",
        )
        st.download_button(
            t("submit.form_one"),
            lambda: write_form(definitions, unit, period, known_in=home()),
            file_name=form_file_name(unit, period),
            icon=":material/download:",
            on_click="ignore",
        )
        if len(units) > 1:
            st.download_button(
                t("submit.form_all", count=len(units)),
                lambda: as_zip(
                    {form_file_name(u, period): write_form(definitions, u, period, known_in=home()) for u in units}
                ),
                file_name=f"bieu_mau_{period.period}.zip",
                mime="application/zip",
                icon=":material/folder_zip:",
                on_click="ignore",
            )
    st.caption(t("submit.form_note"))


st.header(t("submit.title"))
keep_in_address("part", ["send", "forms"], "send")
part = st.segmented_control(
    t("submit.part"), ["send", "forms"], format_func=lambda p: t(f"submit.part.{p}"), key="part", required=True
)
if part == "forms":
    show_forms()
    st.stop()

largest_mb = definitions.form["limits"]["file_bytes"] // 1_000_000
st.markdown(t("submit.how", files=definitions.form["sending"]["page"]["files"], size=largest_mb))
document.word_upload_box(t("submit.choose"), t("submit.drop"))
uploaded = st.file_uploader(
    t("submit.files"),
    accept_multiple_files=True,
    type=["xlsx", "xlsm", "xls", "xlsb", "ods", "csv"],
    max_upload_size=largest_mb,
    key=f"files_{st.session_state.setdefault('upload_round', 0)}",
)
if loaded := st.session_state.get("loaded"):
    answers, contents = loaded
    st.success(t("submit.loaded", counts=counts(answers, t)), icon=":material/task_alt:")
    if not uploaded:
        show_answers(answers, contents, "da_nap")
if not uploaded:
    st.stop()

contents = {name: f.getvalue() for name, f in zip(distinct([f.name for f in uploaded]), uploaded, strict=True)}
files = [Incoming(name, content) for name, content in contents.items()]
digest = sha256(repr([(f.file_name, sha256(f.content).hexdigest()) for f in files]).encode()).hexdigest()
if st.session_state.get("checked_digest") != digest:
    checked = deeds.check_reports(files, t)
    if checked is None:
        st.stop()
    st.session_state["checked_digest"], st.session_state["checked"] = digest, seen(checked)
answers = st.session_state["checked"]
st.subheader(counts(answers, t))
show_answers(answers, contents, "kiem_tra")
changed = change_table(answers, t)
if not changed.empty:
    st.subheader(t("submit.changes"))
    st.caption(t("submit.changes_note"))
    show_table(changed, t, "thay_doi.csv")

held = access.may("decide") and any(p.rule == "period_closed" for a in answers for p in a.problems)
reason, office = None, ""
if held:
    st.warning(t("submit.closed"), icon=":material/lock:")
    reason = st.text_input(t("submit.reason"), key="reason", max_chars=500, live=True) or None
    office = access.ask_office(t("review.by"), t, key="decided_by")
accepted = {(a.unit_code, a.period) for a in answers if a.status == "accepted"}
mended = {a.file_name for a in answers if a.status != "accepted" and (a.unit_code, a.period) in accepted}
if mended and st.checkbox(t("submit.leave_out", files=plain(", ".join(sorted(mended)))), value=True):
    files = [f for f in files if f.file_name not in mended]
    answers = [a for a in answers if a.file_name not in mended]
if st.button(t("submit.load", count=len(answers)), icon=":material/publish:"):
    loaded = deeds.load_files(files, t, reason=reason, office=office)
    if loaded is not None:
        st.session_state["loaded"] = seen(loaded), contents
        st.session_state["upload_round"] += 1
        st.rerun()
st.caption(t("submit.load_note"))
