"""The colours of charts and maps, each with one meaning. Okabe and Ito's, which colour-blind readers tell apart."""

INK, PAPER = "#1B2733", "#FFFFFF"
GREY, PALE_GREY, LINE_GREY = "#8A949E", "#D5DADF", "#5F6B76"
BLUE = "#0072B2"

STATUS = {"green": "#009E73", "orange": "#E69F00", "red": "#D55E00", "gray": GREY}
"""By the colour word of `figures.STATUS_SIGNS`."""

TINTS = {"green": "#CBEBDF", "orange": "#FBE7BF", "red": "#F9D5C2", "gray": "#E9ECEF"}
"""The same, light enough to write on."""

SERIES = (BLUE, "#D55E00", "#009E73", "#A3478C", "#E69F00", "#1B2733", "#56B4E9", "#8A6D3B")
"""Lines of one chart, the first the most important."""

SHADES = ("#DCE9F5", "#A9CCE3", "#6AA5CD", "#2F78B3", "#08427A")
"""Five steps of one hue, from little to much, that stay apart without colour."""

PATTERNS = {"not_reported": "stripes", "not_applicable": "dots", "masked": "cross"}
"""What tells the values that are none apart from each other, on grey."""

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

CONDITIONS = ("#009E73", "#D55E00", "#E69F00", "#0072B2")
"""The conditions of a play area in the order of the form; the first is the one that counts."""

REPORT_STATES = {
    "on_time": (TINTS["green"], "✓", INK),
    "late": (STATUS["orange"], "◷", INK),
    "rejected": (STATUS["red"], "✗", INK),
    "missing": (GREY, "?", INK),
}
"""Each state of a report: colour, sign, colour of what is written on it. What came in time stays pale."""
