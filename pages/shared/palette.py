"""The colours of charts and maps, each with one meaning; all of them after Okabe and Ito, for colour-blind readers.

The server does not know for sure whether a reader's page is light or dark. So a mark has one colour that stands out
from both backgrounds by 3 : 1, and what is written on a colour brings its own ground, on which it has 4.5 : 1.
"""

INK, PAPER = "#1B2733", "#FFFFFF"
"""What is written on a ground of the house's own, and that ground."""

GREY, PALE_GREY, LINE_GREY = "#8A949E", "#D5DADF", "#5F6B76"
"""Context; the ground of what has no value; lines that are to be read, and letters of less weight on white."""

GRID, EDGE = "#E4E8EC", "#AEB6BE"
"""On white alone: lines that guide the eye, and edges between areas."""

BLUE = "#0072B2"

IN_THE_DARK = {
    INK: "#E8EDF2",
    PAPER: "#12181F",
    LINE_GREY: "#A9B4BF",
    GRID: "#2A3440",
    BLUE: "#6BB8EA",
}
"""What a still picture has on a dark page in place of each: the first two are the theme's text and background."""

VEIL = "rgba(138, 148, 158, 0.35)"
"""GREY that lets the background through: what is written on it is written in the page's own colour."""

STATUS = {"green": "#009E73", "orange": "#C08400", "red": "#D55E00", "gray": GREY}
"""Marks and bars, by the colour word of `figures.STATUS_SIGNS`."""

FILLS = {"green": "#A5DCC8", "orange": "#EBAA2C", "red": "#E27A45", "gray": PALE_GREY}
"""The same for areas with a sign and a name on them: the worse, the darker, so that they stay apart in grey too."""

TINTS = {"green": "#CBEBDF", "orange": "#FBE7BF", "red": "#F9D5C2", "gray": "#E9ECEF"}
"""The same for cells of tables with whole sentences on them."""

SERIES = (BLUE, "#D55E00", "#009E73", "#A3478C", "#C08400", "#5F6B76", "#3D97CE", "#8A6D3B")
"""Lines of one chart, the first the most important; `chartCategoricalColors` in .streamlit/config.toml."""

SHADES = ("#DCE9F5", "#A9CCE3", "#6AA5CD", "#2F78B3", "#08427A")
"""Five steps of one hue, from little to much, that stay apart without colour."""

PATTERNS = {"not_reported": "stripes", "not_applicable": "dots", "masked": "cross"}
"""What tells the values that are none apart from each other, on grey."""

CONDITIONS_HELD = {
    (True, True): (FILLS["red"], "●"),
    (True, False): ("#8CC7EA", "①"),
    (False, True): ("#F0E442", "②"),
    (False, False): ("#F3F6F9", ""),
}
"""Which of two conditions hold: colour, sign."""

STAGES = {
    "recognised": (SHADES[4], "★", PAPER),
    "assessed": (SHADES[3], "◆", PAPER),
    "registered": (SHADES[1], "●", INK),
    "none": (PAPER, "○", INK),
}
"""Each stage on the way to being child-friendly: colour, sign, colour of what is written on it."""

READINGS = {
    "behind": ("#A3478C", "▼", "triangle-down"),
    "alike": (GREY, "○", "circle-open"),
    "ahead": (BLUE, "▲", "triangle-up"),
}
"""Told apart from others or not, whatever the plan asks: colour, sign, mark in a chart."""

CONDITIONS = STATUS | {"blue": BLUE, "violet": SERIES[3]}
"""The conditions of a play area, by the word that the form and Streamlit have for the colour."""

REPORT_STATES = {
    "on_time": (TINTS["green"], "✓", INK),
    "late": (FILLS["orange"], "◷", INK),
    "rejected": (FILLS["red"], "✗", INK),
    "missing": (GREY, "?", INK),
}
"""Each state of a report: colour, sign, colour of what is written on it. What came in time stays pale."""


def rgb(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue from 0 to 255 of a colour as it is written here."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue
