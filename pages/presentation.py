"""The meeting on a projector, walked through by arrow keys, by large buttons or by itself."""

import time

import streamlit as st

from etl.actions import today
from pages.shared import document
from pages.shared import meeting as meetings
from pages.shared.filters import address_of, keep_in_address, view
from pages.shared.screens import screens

PAUSES_S = ["0", "15", "30", "60"]

current = view()
t = current.text
meeting = meetings.hold(current, today())
shown = screens(meeting)
codes = list(shown)
keep_in_address("screen", codes, codes[0])
keep_in_address("pause", PAUSES_S, PAUSES_S[0])
place = codes.index(st.session_state["screen"])


def turn(step: int) -> None:
    """Turn to another screen; the first follows the last."""
    st.session_state["screen"] = codes[(codes.index(st.session_state["screen"]) + step) % len(codes)]


document.fill_screen()
with st.container(key="stage", gap="xsmall"):
    _, show = shown[codes[place]]
    show()
with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False):
    st.button(t("presentation.back"), icon=":material/arrow_back:", on_click=turn, args=[-1], shortcut="Left")
    st.button(
        t("presentation.next"),
        icon=":material/arrow_forward:",
        on_click=turn,
        args=[1],
        shortcut="Right",
    )
    st.caption(meeting.source)
    with st.popover(f"{place + 1}/{len(codes)}", width="content"):
        st.selectbox(t("presentation.screen"), codes, format_func=lambda code: shown[code][0], key="screen")
        st.segmented_control(
            t("presentation.pause"),
            PAUSES_S,
            format_func=lambda s: t("presentation.seconds", seconds=s) if s != "0" else t("presentation.by_hand"),
            key="pause",
            required=True,
        )
        st.page_link(
            "pages/overview.py",
            label=t("presentation.leave"),
            icon=":material/close:",
            query_params=address_of(current),
        )

pause_s = int(st.session_state["pause"])
if pause_s:
    shown_at = time.monotonic()

    @st.fragment(run_every=pause_s)
    def go_on() -> None:
        """Turn the page when the pause is over; the fragment's first run is the page's own."""
        if time.monotonic() - shown_at >= pause_s / 2:
            turn(1)
            st.rerun()

    go_on()
