"""The one look of all charts: what they have in common is the template, how they end is `finish`."""

from typing import Any

import plotly.graph_objects as go

from pages.shared.palette import GREY, LINE_GREY, SERIES
from pages.shared.text import Text

# Letters, grid and backgrounds are Streamlit's: it alone knows whether the page is light or dark.
TEMPLATE = go.layout.Template(
    layout={
        "bargap": 0.3,
        "colorway": SERIES,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "legend": {"orientation": "h", "yanchor": "bottom", "y": 1.02, "x": 0},
        "hoverlabel": {"align": "left"},
        "xaxis": {"automargin": True, "zerolinecolor": GREY},
        "yaxis": {"automargin": True, "zerolinecolor": GREY},
    },
    data={
        "scatter": [{"cliponaxis": False}],
        # Plotly would make what is written on a bar as small as the bar is thin, and turn it.
        "bar": [{"cliponaxis": False, "constraintext": "none", "textangle": 0, "textfont": {"size": 13}}],
    },
)
TARGET_LINE: dict[str, Any] = {"color": LINE_GREY, "dash": "dash", "width": 1.5}


def axis_of(unit: str, text: Text) -> dict[str, Any]:
    """Return what an axis says of its numbers: their unit, percent at each number."""
    return {"ticksuffix": text.unit("%")} if unit == "%" else {"title": {"text": unit}}


def finish(
    chart: go.Figure, text: Text, height: int, *, legend: bool = False, top: int = 8, right: int = 8
) -> go.Figure:
    """Return the chart in the house's look; its height and the room left above and beside it are pixels."""
    return chart.update_layout(
        template=TEMPLATE,
        separators=text.separators,
        height=height,
        margin={"t": 44 if legend else top, "r": right},
        showlegend=legend,
    )
