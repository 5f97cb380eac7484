"""The server: `streamlit run server.py`. It answers only once the dashboard has run, and logs as JSON."""

import logging
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware

from etl import events
from etl.state import versions
from pages.shared.gate import Gate
from pages.shared.process import compress_well, first_run


@asynccontextmanager
async def _serving(_: st.App) -> AsyncGenerator[None]:
    # Until this was called once, Streamlit makes a navigation of its own of the folder `pages`, and finds no page where
    # a link leads. That there is no reader yet is no news.
    logging.disable(logging.WARNING)
    st.navigation([st.Page("pages/overview.py")])
    logging.disable(logging.NOTSET)
    events.log_as_json()
    compress_well()
    began = time.monotonic()
    works = await first_run()
    events.started(works=works, seconds=time.monotonic() - began, versions=versions())
    yield
    events.stopped()


app = st.App("dashboard.py", lifespan=_serving, middleware=[Middleware(Gate)])
