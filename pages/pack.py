"""The meeting's papers to take away: slides, paper and workbook in one click, and a page for each commune."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import streamlit as st

from etl.actions import today
from pages.shared import queries, work
from pages.shared.filters import keep_in_address, show_source, unit_labels, view
from pages.shared.pack.make import Progress, file_name, make_pack, make_summaries

MIME = {
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}

current = view()
t = current.text
approved_only = queries.approved_only()
# What was made stays to be downloaded until something else is looked at.
looked_at = (current, queries.version(), approved_only, today())


def offer(kind: str, files: dict[str, bytes]) -> None:
    """Offer what was made, each file with its size."""
    for name, content in files.items():
        suffix = name.rsplit(".", 1)[-1]
        st.download_button(
            t("pack.download", name=name, size=t.number(len(content) / 1e6, 1)),
            content,
            file_name=name,
            mime=MIME[suffix],
            icon=":material/download:",
            on_click="ignore",
            key=f"{kind}_{suffix}",
        )


def in_one(files: dict[str, bytes]) -> bytes:
    """Return all files in one."""
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for each, content in files.items():
            archive.writestr(each, content)
    return packed.getvalue()


st.header(t("pack.title", period=t.period(current.period)))
st.markdown(t("pack.contents"))
if st.button(t("pack.make"), icon=":material/deployed_code:"):

    def pack(progress: Progress) -> dict[str, bytes]:
        """Make the three files."""
        return make_pack(current, today(), progress, approved_only=approved_only)

    made = work.do(pack, t("pack.making"))
    st.session_state["pack"] = looked_at, {f"{file_name(current)}.zip": in_one(made), **made}
kept_for, files = st.session_state.get("pack", (None, {}))
if kept_for == looked_at:
    offer("pack", files)

st.subheader(t("pack.communes"))
labels = unit_labels(current)
codes = list(labels)
keep_in_address("unit", ["all", *codes], "all")
chosen = st.selectbox(
    t("commune.choose"),
    ["all", *codes],
    format_func=lambda c: labels.get(c) or t("pack.all_communes", count=len(codes)),
    key="unit",
)
if st.button(t("pack.make_communes"), icon=":material/description:"):

    def summaries(progress: Progress) -> dict[str, bytes]:
        """Make a page for each chosen commune."""
        wanted = codes if chosen == "all" else [chosen]
        return make_summaries(current, wanted, today(), progress, approved_only=approved_only)

    st.session_state["summaries"] = (looked_at, chosen), work.do(summaries, t("pack.making_communes"))
kept_for, files = st.session_state.get("summaries", (None, {}))
if kept_for == (looked_at, chosen):
    offer("summaries", files)
show_source(current)
