"""The dashboard: language, filters and navigation; runs the chosen page."""

import streamlit as st

from etl.definitions import load
from pages.shared import queries
from pages.shared.filters import show_language, show_sample_notice, show_view, text

province = load().province
st.set_page_config(page_title=text().pick(province["title_vi"], province["title_en"]), page_icon="🧒", layout="wide")
PAGES = {
    "overview": ("", ":material/dashboard:"),
    "indicator": ("chi-tieu", ":material/show_chart:"),
    "map": ("ban-do", ":material/map:"),
    "gaps": ("khoang-trong", ":material/troubleshoot:"),
    "play_areas": ("diem-vui-choi", ":material/toys:"),
    "child_friendly": ("xa-phu-hop-voi-tre-em", ":material/workspace_premium:"),
    "commune": ("ho-so-xa", ":material/home_pin:"),
    "methods": ("phuong-phap", ":material/functions:"),
    "reporting": ("tinh-hinh-bao-cao", ":material/fact_check:"),
    "quality": ("chat-luong-so-lieu", ":material/rule:"),
    "submit": ("nop-bao-cao", ":material/upload_file:"),
    "review": ("duyet", ":material/task_alt:"),
    "log": ("nhat-ky", ":material/history:"),
}
page = st.navigation(
    [
        st.Page(f"pages/{name}.py", title=text()(f"nav.{name}"), icon=icon, url_path=path, default=not path)
        for name, (path, icon) in PAGES.items()
    ],
    expanded=True,  # else Streamlit hides some behind words of its own, in English
)
st.session_state["through_dashboard"] = True
has_data = queries.version() is not None
with st.sidebar:
    show_language()
    if has_data:
        show_view()
if has_data:
    show_sample_notice()
if has_data or page.url_path == PAGES["submit"][0]:
    page.run()
else:
    st.info(text()("app.no_data"), icon=":material/inbox:")
