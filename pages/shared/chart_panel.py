"""A chart as a page shows it: what it is called for those who do not see it, source and table beneath it."""

from collections.abc import Iterable
from typing import Any

import pandas as pd
import streamlit as st

from pages.shared.filters import View, short_source
from pages.shared.tables import show_table


def show_chart(
    chart: Any,
    current: View,
    title: str,
    *,
    periods: Iterable[str] = (),
    note: str = "",
    table: pd.DataFrame | None = None,
    file_name: str = "",
) -> None:
    """Show a Plotly figure with a note and its source, and its numbers as `table` where no other table has them.

    `periods` names what is drawn where that is not the chosen period.
    """
    t = current.text
    st.plotly_chart(chart, alt=t("chart.alt", title=title))
    st.caption(f"{note} {short_source(current, periods)}".strip())
    if table is not None:
        with (behind := st.expander(t("chart.table"), key=f"behind_{title}", on_change="rerun")):
            if behind.open:
                show_table(table, t, file_name)
