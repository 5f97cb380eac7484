"""Every colour can be told from what it stands on, on the light and on the dark page; no colour has another home."""

import re
import tomllib
from pathlib import Path

import pytest

from etl.contradictions import LOOK_COLOURS
from pages.shared import palette
from pages.shared.palette import FILLS, INK, PAPER, READINGS, REPORT_STATES, SERIES, SHADES, STAGES, STATUS, TINTS, rgb

PROJECT = Path(__file__).parents[2]
THEME = tomllib.loads((PROJECT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
MARKS = {
    "blue": palette.BLUE,
    "grey": palette.GREY,
    "line": palette.LINE_GREY,
    **{f"status {name}": colour for name, colour in STATUS.items()},
    **{f"series {n}": colour for n, colour in enumerate(SERIES)},
    **{f"reading {name}": colour for name, (colour, _, _) in READINGS.items()},
    **{f"condition {name}": colour for name, colour in palette.CONDITIONS.items()},
}
GROUNDS = {
    "paper": (PAPER, INK),
    "grey letters": (PAPER, palette.LINE_GREY),
    "pale grey": (palette.PALE_GREY, INK),
    **{f"fill {name}": (colour, INK) for name, colour in FILLS.items()},
    **{f"tint {name}": (colour, INK) for name, colour in TINTS.items()},
    **{f"shade {n}": (colour, PAPER if colour in SHADES[3:] else INK) for n, colour in enumerate(SHADES)},
    **{f"stage {name}": (colour, ink) for name, (colour, _, ink) in STAGES.items()},
    **{f"report {name}": (colour, ink) for name, (colour, _, ink) in REPORT_STATES.items()},
    **{f"conditions {n}": (colour, INK) for n, (colour, _) in enumerate(palette.CONDITIONS_HELD.values())},
}


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Return the ratio of WCAG 2.2."""

    def luminance(colour: tuple[float, ...]) -> float:
        parts = [v / 255 for v in colour]
        red, green, blue = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def mixed(colour: str, ground: str, share: float) -> tuple[float, ...]:
    return tuple(share * c + (1 - share) * g for c, g in zip(rgb(colour), rgb(ground), strict=True))


@pytest.mark.parametrize("page", ["light", "dark"])
def test_marks_stand_out_from_the_page(page) -> None:
    background = rgb(THEME[page]["backgroundColor"])
    found = {name: contrast(rgb(colour), background) for name, colour in MARKS.items()}
    assert {name: round(ratio, 2) for name, ratio in found.items() if ratio < 3} == {}


@pytest.mark.parametrize("page", ["light", "dark"])
def test_words_of_the_page_can_be_read(page) -> None:
    own = THEME[page]
    for ground in (own["backgroundColor"], own["secondaryBackgroundColor"]):
        assert contrast(rgb(own["textColor"]), rgb(ground)) >= 7
        # Streamlit writes captions in six tenths of the text's colour.
        assert contrast(mixed(own["textColor"], ground, 0.6), rgb(ground)) >= 4.5


def test_what_is_written_on_a_colour_can_be_read() -> None:
    found = {name: contrast(rgb(ground), rgb(ink)) for name, (ground, ink) in GROUNDS.items()}
    assert {name: round(ratio, 2) for name, ratio in found.items() if ratio < 4.5} == {}


def test_colours_live_in_the_palette_alone() -> None:
    assert palette.CONDITIONS.keys() == set(LOOK_COLOURS)
    assert THEME["chartCategoricalColors"] == list(SERIES)
    colour = re.compile(r"#[0-9A-Fa-f]{6}\b|rgba?\(\d")
    for path in (*(PROJECT / "pages").rglob("*.py"), *(PROJECT / "pages").rglob("*.js")):
        if path.name != "palette.py":
            assert not colour.findall(path.read_text(encoding="utf-8")), path
