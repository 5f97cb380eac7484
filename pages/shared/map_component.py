"""The map in the page: outlines travel once, every other map sends its classes alone.

Streamlit keeps a message that the browser already has as a reference, so the outlines and the code that draws
them are one element that never changes, and each map is another, small one. Streamlit has no map of its own that
draws without network, marks non-values by pattern and does not send its outlines again with every colour.
"""

from dataclasses import asdict
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import streamlit as st

from etl.boundaries import drawn_outlines, outlines_path
from etl.definitions import load
from etl.home import home
from pages.shared.filters import short_source, view
from pages.shared.maps import Map, outlines_message
from pages.shared.palette import EDGE, INK, LINE_GREY, PAPER
from pages.shared.text import Text

_DRAWING = (Path(__file__).parent / "map.js").read_text(encoding="utf-8")
_SHOWING = """
export default (component) => {
  const maps = (globalThis.childMaps ??= { outlines: new Map(), waiting: [], shown: new Set() });
  return maps.show ? maps.show(component) : void maps.waiting.push(component);
};
"""


@cache
def _components() -> tuple[Any, Any]:
    return (
        st.components.v2.component("map_outlines", js=_DRAWING),
        st.components.v2.component("map", js=_SHOWING),
    )


def outlines(vintage: str) -> str:
    """Return the outlines of a vintage in the drawing format; circles where none were brought in."""
    path = outlines_path(home(), vintage)
    return _outlines(vintage, str(path), path.stat().st_mtime_ns if path.exists() else None)


def is_schematic(vintage: str) -> bool:
    """Tell whether a vintage is drawn as circles because no outlines were brought in."""
    return not outlines_path(home(), vintage).exists()


@st.cache_data(max_entries=8, show_spinner=False)
def _outlines(vintage: str, path: str, changed: int | None) -> str:
    del path, changed  # only the cache's key
    return drawn_outlines(home(), vintage)


@st.cache_data(max_entries=16, show_spinner=False)
def _message(vintage: str, period: str, drawn: str) -> tuple[str, bytes]:
    definitions = load()
    units = [u for u in definitions.units.values() if u.vintage == vintage]
    named = {u.code: definitions.name_of(u, definitions.periods[period].cut_off) for u in units}
    names = {u.code: [named[u.code].name, named[u.code].district, u.district_code] for u in units}
    key = sha256(f"{sorted(names.items())}{drawn}".encode()).hexdigest()[:12]
    return key, outlines_message(key, drawn, names)


def show_map(
    shown: Map, vintage: str, text: Text, key: str, *, height: int = 720, selected: str | None = None
) -> str | None:
    """Show a map of the units of `vintage`, named as in the chosen period; return the code of the one just clicked.

    It is at most `height` pixels high, and no higher than the window leaves.
    """
    send_outlines, draw = _components()
    outlines_key, message = _message(vintage, st.session_state["period"], outlines(vintage))
    with st.container(gap=None):
        send_outlines(data=message, key=f"{key}_outlines_{vintage}", height=1)
        words = {"zoom": [text("map.zoom_in"), text("map.zoom_out"), text("map.zoom_all")]}
        data = {
            "outlines": outlines_key,
            "selected": selected,
            "height": height,
            "words": words,
            "classes": [asdict(c) for c in shown.classes],
            "units": shown.units,
            "lines": shown.lines,
            "sizes": shown.sizes,
            "alt": shown.alt,
            "ink": {"edge": EDGE, "pattern": LINE_GREY, "disc": INK, "ring": PAPER},
        }
        result = draw(data=data, key=key, on_unit_change=_nothing)
    st.caption(short_source(view()))
    if is_schematic(vintage):
        st.caption(text("map.schematic", vintage=vintage))
    clicked: str | None = result.unit
    return clicked


def _nothing() -> None:
    """Stand for what is done at once: a click is answered by the page that asked."""
