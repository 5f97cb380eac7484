"""The dashboard: language, filters and navigation; runs the chosen page."""

import streamlit as st

from etl.definitions import load
from pages.shared import queries
from pages.shared.filters import show_language, show_sample_notice, show_view, text

SUBMIT = "nop-bao-cao"
"""The one page that is of use before anything was reported."""

province = load().province
st.set_page_config(page_title=text().pick(province["title_vi"], province["title_en"]), page_icon="🧒", layout="wide")
# What people come for, and the pages that serve it.
SECTIONS = {
    "meeting": {
        "overview": ("", ":material/dashboard:"),
        "presentation": ("trinh-chieu", ":material/slideshow:"),
        "pack": ("tai-lieu-hop", ":material/print:"),
        "tasks": ("nhiem-vu", ":material/checklist:"),
        "indicator": ("chi-tieu", ":material/show_chart:"),
        "actions": ("viec-can-lam", ":material/assignment_turned_in:"),
    },
    "finding": {
        "map": ("ban-do", ":material/map:"),
        "gaps": ("khoang-trong", ":material/troubleshoot:"),
        "play_areas": ("diem-vui-choi", ":material/toys:"),
        "child_friendly": ("xa-phu-hop-voi-tre-em", ":material/workspace_premium:"),
        "protection": ("bao-ve-tre-em", ":material/shield:"),
        "commune": ("ho-so-xa", ":material/home_pin:"),
    },
    "analysing": {
        "analysis": ("phan-tich", ":material/query_stats:"),
        "sql": ("truy-van-sql", ":material/database:"),
    },
    "reporting": {
        "submit": (SUBMIT, ":material/upload_file:"),
        "reporting": ("tinh-hinh-bao-cao", ":material/fact_check:"),
        "quality": ("chat-luong-so-lieu", ":material/rule:"),
        "review": ("duyet", ":material/task_alt:"),
        "log": ("nhat-ky", ":material/history:"),
    },
    "explaining": {
        "methods": ("phuong-phap", ":material/functions:"),
        "dictionary": ("tu-dien", ":material/menu_book:"),
    },
}
page = st.navigation(
    {
        text()(f"nav.section.{section}"): [
            st.Page(f"pages/{name}.py", title=text()(f"nav.{name}"), icon=icon, url_path=path, default=not path)
            for name, (path, icon) in pages.items()
        ]
        for section, pages in SECTIONS.items()
    },
    position="top",
)
st.session_state["through_dashboard"] = True
has_data = queries.version() is not None
with st.sidebar:
    show_language()
    if has_data:
        show_view()
if has_data:
    show_sample_notice()
if has_data or page.url_path == SUBMIT:
    page.run()
else:
    st.info(text()("app.no_data"), icon=":material/inbox:")
