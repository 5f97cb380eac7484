"""What Streamlit has no part for, all in one place: the page's language, letters of charts, paper, the whole screen."""

import json
from functools import cache
from typing import Any

import streamlit as st

_LANGUAGE = "export default ({ data }) => { document.documentElement.lang = data; };"

ON_PAPER = "on_paper"
"""The key of a container that is seen on paper alone."""

# Letters of charts are of a grey of Streamlit's own that is too pale on white (3.7 : 1), and a figure cannot say "the
# colour of the page's text". On paper Streamlit leaves its bars and buttons, and cuts through what stands at the end of
# a sheet. Charts stay as wide as on the screen: at seven tenths those of 1920 pixels fit. Colours mean something, so
# they are printed whether or not the browser is asked to save ink.
_STYLE = """<style>
[data-testid="stPlotlyChart"] :is(.xtick, .ytick, .g-xtitle, .g-ytitle, .legend, .annotation, .textpoint, .sankey-node)
  text, [data-testid="stPlotlyChart"] .bartext-outside {
  fill: color-mix(in srgb, currentColor 75%, transparent) !important;
}
.st-key-on_paper { display: none }
@media print {
  @page { size: A4 landscape; margin: 10mm }
  :root { print-color-adjust: exact; -webkit-print-color-adjust: exact }
  [data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stElementToolbar"],
  [data-testid="stDownloadButton"], [data-testid="stPageLink"], [data-testid="stButton"] { display: none }
  [data-testid="stMainBlockContainer"] { padding: 0; max-width: none; zoom: 0.7 }
  [data-testid="stHorizontalBlock"] { flex-wrap: nowrap }
  [data-testid="stPlotlyChart"], [data-testid="stDataFrame"], [data-testid="stBidiComponentIsolated"],
  [data-testid="stMetric"], [data-testid="stAlert"], [data-testid="stColumn"] { break-inside: avoid }
  h2, h3 { break-after: avoid }
  .st-key-on_paper { display: flex }
}
</style>"""

# All of Streamlit's sizes follow the window once the root's does.
_SCREEN = """<style>
:root { font-size: min(1.5vw, 2.66vh) }
[data-testid="stSidebar"], [data-testid="stHeader"] { display: none }
[data-testid="stMainBlockContainer"] { padding: 0.5rem 1.5rem 0; max-width: none }
.st-key-stage { flex: none; height: calc(100vh - 7.3rem); overflow: auto }
</style>"""

# Streamlit's box for files speaks English alone. Its own words stay for who has the page read aloud.
_UPLOAD = """<style>
[data-testid="stFileUploaderDropzone"] button p {{ font-size: 0 }}
[data-testid="stFileUploaderDropzoneInstructions"] span {{ font-size: 0 }}
[data-testid="stFileUploaderDropzone"] button p::after {{ font-size: 1rem; content: {choose} }}
[data-testid="stFileUploaderDropzoneInstructions"] span::after {{ font-size: 0.875rem; content: {drop} }}
</style>"""


@cache
def _language() -> Any:
    return st.components.v2.component("language", js=_LANGUAGE)


def tell_language(language: str) -> None:
    """Tell the browser, and so whatever reads a page aloud, in which language it is: Streamlit always says English."""
    _language()(data=language, key="language_of_page", height=1)


def style() -> None:
    """Let charts be read on both backgrounds, and a page print on sheets of A4 without what only serves on screens."""
    st.html(_STYLE)


def fill_screen() -> None:
    """Let a page fill the screen: no bars, and what the container `stage` holds as large as it allows."""
    st.html(_SCREEN)


def word_upload_box(choose: str, drop: str) -> None:
    """Write on the button of a box for files and beside it."""
    st.html(_UPLOAD.format(choose=json.dumps(choose, ensure_ascii=False), drop=json.dumps(drop, ensure_ascii=False)))
