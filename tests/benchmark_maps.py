"""How fast a map repaints and what it sends: `python -m tests.benchmark_maps`. Printed, never asserted.

Beside the dashboard's map runs the yardstick: a bare page with one select box and one Plotly map of the same
outlines, sent inline as most dashboards do it. Both are clicked through by the same Chromium. Needs a warehouse
with outlines (`make run`, `python -m etl boundaries`).
"""

import json
import tempfile
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, sync_playwright

from etl.boundaries import full_outlines_path
from etl.home import home, warehouse_path
from tests.browser.harness import CHROMIUM_FLAGS, open_page, serve, wait_until_drawn

ROUNDS = 12
YARDSTICK = """
import duckdb, json
import plotly.graph_objects as go
import streamlit as st

@st.cache_data
def shapes():
    return json.load(open({outlines!r}, encoding="utf-8"))

con = duckdb.connect({warehouse!r}, read_only=True)
indicators = con.execute("SELECT indicator FROM indicator ORDER BY sequence").df()["indicator"]
chosen = st.selectbox("indicator", indicators)
rows = con.execute(
    "SELECT unit_code, value FROM indicator_value WHERE level = 'commune' AND vintage = '2021' AND period = '2022'"
    " AND population_group = 'total' AND indicator = ?", [chosen]).df()
chart = go.Figure(go.Choroplethmap(
    geojson=shapes(), locations=rows["unit_code"], z=rows["value"], featureidkey="properties.code"))
chart.update_layout(map={{"style": "white-bg", "center": {{"lat": 11.8, "lon": 106.9}}, "zoom": 8}}, height=520)
st.plotly_chart(chart)
"""
WATCH_CANVAS = """() => {
  const root = [...document.querySelectorAll("*")].map((e) => e.shadowRoot).find((r) => r?.querySelector("canvas.top"));
  window.painted = null;
  new MutationObserver(() => requestAnimationFrame(() => { window.painted ??= performance.now(); }))
    .observe(root.querySelector("canvas.top"), { attributes: true, attributeFilter: ["aria-label"] });
}"""
WATCH_PLOTLY = """() => {
  window.painted = null;
  const values = () => document.querySelector(".js-plotly-plot")?.data?.[0].z;
  const before = values();
  const look = () => {
    const chart = document.querySelector(".js-plotly-plot");
    const drawn = values() && values() !== before && chart._fullLayout?.map?._subplot?.map?.loaded();
    drawn ? (window.painted ??= performance.now()) : requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""


def choose(page: Page, row: int, watch: str, received: list[int]) -> tuple[float, int]:
    """Return milliseconds from the choice of another indicator to its map, and the bytes that came for it."""
    page.get_by_test_id("stMain").get_by_test_id("stSelectbox").first.click()
    option = page.get_by_role("option").nth(row)
    option.wait_for()
    page.evaluate(watch)
    received.clear()
    start = page.evaluate("performance.now()")
    option.click()
    page.wait_for_function("window.painted !== null")
    milliseconds = page.evaluate("window.painted") - start
    wait_until_drawn(page)
    page.wait_for_timeout(300)
    return milliseconds, sum(received)


def measure(page: Page, address: str, watch: str) -> None:
    """Print medians of time and bytes for an indicator change at an address."""
    received: list[int] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))))
    open_page(page, address)
    page.wait_for_timeout(1500)
    rounds = [choose(page, 1 + n % 4, watch, received) for n in range(ROUNDS)][2:]
    times, sizes = zip(*rounds, strict=True)
    print(f"  change: median {median(times):.0f} ms, longest {max(times):.0f} ms, {median(sizes) / 1000:.1f} kB")


def main() -> None:
    """Measure both pages in one run."""
    outlines = full_outlines_path(home(), "2021")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        bare = Path(folder) / "bare.py"
        bare.write_text(YARDSTICK.format(outlines=str(outlines), warehouse=str(warehouse_path(home()))))
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_FLAGS)
        for name, script, address, watch in (
            ("the dashboard's map page", "server.py", "/ban-do?period=2022&units=2021", WATCH_CANVAS),
            ("a bare Plotly page, outlines inline", str(bare), "/", WATCH_PLOTLY),
        ):
            print(f"{name} ({len(json.loads(outlines.read_text(encoding='utf-8'))['features'])} units)")
            with serve(home(), Path(folder) / "log", script) as url:
                page = browser.new_page(viewport={"width": 1366, "height": 768})
                measure(page, url + address, watch)
                page.close()
        browser.close()


if __name__ == "__main__":
    main()
