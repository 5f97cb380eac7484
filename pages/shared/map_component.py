"""The map in the page: what is the same for every map of the same units is a file, and a map sends its classes alone.

The file has its content's hash for a name, so a browser keeps it for good. Streamlit has no map of its own that draws
without network, marks non-values by pattern and does not send its outlines again with every colour.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

from etl.boundaries import drawn_outlines, outlines_path
from etl.definitions import load
from etl.home import home
from pages.shared.filters import short_source, view
from pages.shared.maps import Map
from pages.shared.palette import EDGE, INK, LINE_GREY, PAPER
from pages.shared.process import hand_out
from pages.shared.text import Text, text_of
from pages.shared.turns import let_the_first_be_drawn

_DRAWING = (Path(__file__).parent / "map.js").read_text(encoding="utf-8")
_SHOWING = """
export default (component) => {
  let left = false;
  import(new URL(component.data.file, location.origin)).then(
    (drawing) => left || drawing.show(component),
    (error) => left || Promise.reject(error),
  );
  return () => {
    left = true;
    component.parentElement.view?.remove();
  };
};
"""


@cache
def _component() -> Any:
    return st.components.v2.component("map", js=_SHOWING)


def outlines(vintage: str) -> str:
    """Return the outlines of a vintage in the drawing format; circles where none were brought in."""
    path = outlines_path(home(), vintage)
    return _outlines(vintage, str(path), path.stat().st_mtime_ns if path.exists() else None)


def is_schematic(vintage: str) -> bool:
    """Tell whether a vintage is drawn as circles because no outlines were brought in."""
    return not outlines_path(home(), vintage).exists()


@lru_cache(maxsize=8)
def _outlines(vintage: str, path: str, changed: int | None) -> str:
    del path, changed  # only the cache's key
    return drawn_outlines(home(), vintage)


@cache
def _codes(vintage: str) -> dict[str, None]:
    """Return the units of a vintage in the order in which the browser has them."""
    return dict.fromkeys(u.code for u in load().units.values() if u.vintage == vintage)


@lru_cache(maxsize=16)
def _file(vintage: str, period: str, language: str, drawn: str) -> bytes:
    """Return the script that draws a vintage's units, with their outlines and their names in a period."""
    definitions, text = load(), text_of(language)
    cut_off = definitions.periods[period].cut_off
    units = [definitions.units[vintage, code] for code in _codes(vintage)]
    named = [definitions.name_of(u, cut_off) for u in units]
    fixed = {
        "units": [[u.code, n.name, n.district, u.district_code] for u, n in zip(units, named, strict=True)],
        "outlines": json.loads(drawn),
        "signs": {"decimal": text.separators[0], "thousands": text.separators[1], "percent": text.unit("%")},
        "zoom": [text("map.zoom_in"), text("map.zoom_out"), text("map.zoom_all")],
        "ink": {"edge": EDGE, "pattern": LINE_GREY, "disc": INK, "ring": PAPER},
    }
    return f"const FIXED = {json.dumps(fixed, ensure_ascii=False, separators=(',', ':'))};\n{_DRAWING}".encode()


def show_map(
    shown: Map,
    vintage: str,
    text: Text,
    key: str,
    *,
    height: int = 720,
    selected: str | None = None,
    period: str | None = None,
) -> str | None:
    """Show a map of the units of `vintage`, named as in the chosen period; return the code of the one just clicked.

    `period` is what it shows where that is not the chosen one. It is at most `height` pixels high, and no higher than
    the window leaves.
    """
    file = _file(vintage, st.session_state["period"], text.language, outlines(vintage))
    # Streamlit looks at each value of the outer dictionary, whether it is a table.
    drawn = {
        "selected": selected,
        "height": height,
        "classes": [asdict(c) | {"count": text.number(c.count) if c.count else ""} for c in shown.classes],
        "units": _units(shown, vintage),
        "lines": shown.lines,
        "sizes": shown.sizes,
        "alt": shown.alt,
    }
    data = {"file": hand_out(file, f"map_{vintage}"), "map": drawn}
    result = _component()(data=data, key=key, on_unit_change=_nothing)
    st.caption(short_source(view(), [period] if period else []))
    if is_schematic(vintage):
        st.caption(text("map.schematic", vintage=vintage))
    let_the_first_be_drawn()
    clicked: str | None = result.unit
    return clicked


def _units(shown: Map, vintage: str) -> str:
    """Return as JSON which units there are, their classes, and what is told of them; no units: all of the vintage.

    As a text, because Streamlit would write it twice: for the browser, and to tell it from others.
    """
    codes = _codes(vintage)
    columns: list[Sequence[Any]] = [list(shown.units.values()), *shown.told]
    whole = shown.units.keys() == codes.keys()
    if whole:
        place = dict(zip(shown.units, range(len(codes)), strict=True))
        order = [place[code] for code in codes]
        columns = [[column[n] for n in order] for column in columns]
    return json.dumps([None if whole else list(shown.units), *columns], ensure_ascii=False, separators=(",", ":"))


def _nothing() -> None:
    """Stand for what is done at once: a click is answered by the page that asked."""
