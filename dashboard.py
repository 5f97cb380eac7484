"""The dashboard: language, filters and navigation; runs the chosen page."""

import streamlit as st

from pages.shared import queries
from pages.shared.filters import show_language, show_sample_notice, show_view, text

st.set_page_config(page_title=text()("app.title"), page_icon="🧒", layout="wide")
page = st.navigation(
    [
        st.Page("pages/overview.py", title=text()("nav.overview"), icon=":material/dashboard:", default=True),
        st.Page(
            "pages/indicator.py",
            title=text()("nav.indicator"),
            icon=":material/show_chart:",
            url_path="chi-tieu",
        ),
    ]
)
st.session_state["through_dashboard"] = True
has_data = queries.version() is not None
with st.sidebar:
    show_language()
    if has_data:
        show_view()
if has_data:
    show_sample_notice()
    page.run()
else:
    st.info(text()("app.no_data"), icon=":material/inbox:")
