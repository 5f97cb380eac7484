"""The dashboard: sign-in, language, filters and navigation; runs the chosen page."""

import streamlit as st

from etl import events
from etl.definitions import load
from etl.refusal import Refused
from pages.shared import access, deeds, document, queries
from pages.shared.filters import show_language, show_view, show_what_is_seen, text
from pages.shared.turns import in_turn, note_opened

province = load().province
st.set_page_config(
    page_title=text().pick(province["title_vi"], province["title_en"]),
    page_icon="🧒",
    layout="wide",
    # Tables of a projector, 1280 pixels wide when enlarged, need what the sidebar does not.
    initial_sidebar_state=240,
)
# What people come for, and the pages that serve it.
SECTIONS = {
    "meeting": {
        "overview": ("tong-quan", ":material/dashboard:"),
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
        "submit": ("nop-bao-cao", ":material/upload_file:"),
        "reporting": ("tinh-hinh-bao-cao", ":material/fact_check:"),
        "quality": ("chat-luong-so-lieu", ":material/rule:"),
        "review": ("duyet", ":material/task_alt:"),
        "log": ("nhat-ky", ":material/history:"),
        "status": ("tinh-trang", ":material/monitor_heart:"),
    },
    "explaining": {
        "methods": ("phuong-phap", ":material/functions:"),
        "dictionary": ("tu-dien", ":material/menu_book:"),
    },
}
BEFORE_ANY_REPORT = ("submit", "status")
"""The pages that are of use then."""

document.style()
with st.sidebar:
    show_language()
t = text()
open_pages = access.pages()
first = next((name for pages in SECTIONS.values() for name in pages if name in open_pages), "overview")
# All pages are known to everyone, also at the door: else Streamlit serves the files in `pages/` by itself, and an
# address of a page that stays closed could not say why.
offered = {
    name: st.Page(
        f"pages/{name}.py",
        title=t(f"nav.{name}"),
        icon=icon,
        url_path="start" if name == first else path,
        default=name == first,
        visibility="visible" if name in open_pages else "hidden",
    )
    for pages in SECTIONS.values()
    for name, (path, icon) in pages.items()
}
# Streamlit gives the first page no address but /. Links name it: to others another page is the first.
first_by_name = st.Page(
    f"pages/{first}.py",
    title=t(f"nav.{first}"),
    url_path=next(pages[first][0] for pages in SECTIONS.values() if first in pages),
    visibility="hidden",
)
page = st.navigation(
    {t(f"nav.section.{section}"): [offered[name] for name in pages] for section, pages in SECTIONS.items()}
    | {"": [first_by_name]},
    position="top",
)
chosen = next((name for name, known in offered.items() if known is page), first)
own = access.admit(t)
note_opened()
with in_turn(), queries.one_state():
    has_data = queries.version() is not None
    with st.sidebar:
        if has_data:
            show_view()
        access.show_account(own, t)
    if has_data:
        show_what_is_seen()
    elif (obstacle := queries.obstacle()) != "no_data" or chosen not in BEFORE_ANY_REPORT:
        if chosen not in BEFORE_ANY_REPORT:
            st.header(t(f"nav.{chosen}"))
        st.info(t(f"app.{obstacle}"), icon=":material/inbox:")
        if obstacle == "no_data" and "submit" in open_pages:
            st.page_link(offered["submit"], label=t("app.begin"), icon=":material/upload_file:")
    if chosen not in open_pages:
        events.refused_right(role=own.role.role, right=chosen)
        st.error(t("access.page_closed", role=t.pick(own.role.name_vi, own.role.name_en)), icon=":material/lock:")
    elif has_data or chosen in BEFORE_ANY_REPORT:
        st.session_state["through_dashboard"] = True
        try:
            page.run()
        except Refused as refused:
            # What a page only shows may need a file to be written, which a full disk does not take.
            deeds.tell_refusal(refused, t)
