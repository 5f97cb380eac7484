"""How soon a page shows its first figure and its map, how fast the map repaints, and what is sent for that.

The yardstick is a bare Streamlit page, with one figure, or with one Plotly map whose outlines are sent inline, as most
dashboards do it. It runs on Streamlit as it comes, without the event loop that this program adds to it. Both are seen
through the same Chromium.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

from etl.boundaries import full_outlines_path
from tests.bench.homes import defined_by, sample_home, simulated
from tests.bench.line import Line, against, below
from tests.browser.harness import CHROMIUM_FLAGS, open_page, serve, wait_until_drawn
from tests.browser.wire import Wire, chosen

RUNS = 20
INLINE_RUNS = 3
COLD_RUNS = 9
YEARS = 2
MAP = "ban-do?period={period}&units={vintage}"
SIZES = {"111 units": ("province", "2021"), "3,321 units": ("national", "2025"), "10,598 units": ("national", "2021")}
PERIODS = {"2021": "2024", "2025": "2025"}
BARE = """
import streamlit as st
st.metric("figure", 1)
"""
INLINE = """
import duckdb, json
import plotly.graph_objects as go
import streamlit as st

@st.cache_data
def shapes():
    return json.load(open({outlines!r}, encoding="utf-8"))

con = duckdb.connect({warehouse!r}, read_only=True)
indicators = con.execute("SELECT indicator FROM indicator ORDER BY sequence").df()["indicator"]
chosen = st.query_params.get("indicator") or st.selectbox("indicator", indicators)
rows = con.execute(
    "SELECT unit_code, value FROM indicator_value WHERE level = 'commune' AND vintage = {vintage!r}"
    " AND period = {period!r} AND population_group = 'total' AND indicator = ?", [chosen]).df()
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
NOTE_THE_CLICK = """() => {
  window.clicked = null;
  addEventListener("pointerup", () => { window.clicked = performance.now(); }, { capture: true, once: true });
}"""
BARE_FIGURE = """() => document.querySelector('[data-testid="stMetricValue"]')"""
FIRST_FIGURE = """() => document.querySelector('[data-testid="stGrid"] h2')"""
TABLE_IS_DRAWN = """() => document.querySelector('[data-testid="stDataFrame"]')"""
MAP_IS_DRAWN = """() => [...document.querySelectorAll("*")].some(
  (e) => e.shadowRoot?.querySelector("canvas.top")?.getAttribute("aria-label"))"""


def measure(folder: Path) -> Iterator[Line]:
    """Yield what the browser sees; everything is written below `folder`."""
    root = folder.parent
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_FLAGS)
        yield from _cold(browser, sample_home(root), folder)
        yield from _changes(browser, root, folder)
        browser.close()


def _cold(browser: Browser, home: Path, folder: Path) -> Iterator[Line]:
    bare = folder / "bare.py"
    bare.write_text(BARE)
    with serve(home, folder / "bare.log", str(bare)) as url:
        same_loop = [_seconds_until(browser, url, BARE_FIGURE) for _ in range(COLD_RUNS + 1)][1:]
    with streamlit_alone(folder), serve(home, folder / "bare.log", str(bare)) as url:
        first = [_seconds_until(browser, url, BARE_FIGURE) for _ in range(COLD_RUNS + 1)][1:]
    with serve(home, folder / "log") as url:
        own = [_seconds_until(browser, url, FIRST_FIGURE) for _ in range(COLD_RUNS + 1)][1:]
        page = f"{url}/{MAP.format(period='2024', vintage='2021')}"
        map_drawn = [_seconds_until(browser, page, MAP_IS_DRAWN) for _ in range(COLD_RUNS)]
        tables = [[_seconds_until(browser, of, TABLE_IS_DRAWN) for _ in range(COLD_RUNS)] for of in (url, page)]
    yield against("overview, empty browser: first figure", own, "s", "a bare page's only figure", first, at_most=1.15)
    yield against("map, empty browser: drawn", map_drawn, "s", "a bare page's only figure", first, at_most=1.25)
    for name, drawn in zip(("overview", "map"), tables, strict=True):
        yield Line(f"{name}, empty browser: its table too", drawn, "s")
    yield Line("a bare page with this program's event loop", same_loop, "s")


@contextmanager
def streamlit_alone(folder: Path) -> Iterator[None]:
    """Let what is started meanwhile find no event loop but Python's own, as where Streamlit alone is installed."""
    hidden = folder / "hidden"
    hidden.mkdir(exist_ok=True)
    (hidden / "uvloop.py").write_text("raise ModuleNotFoundError\n")
    os.environ["PYTHONPATH"] = str(hidden)
    try:
        yield
    finally:
        del os.environ["PYTHONPATH"]


def _seconds_until(browser: Browser, url: str, condition: str) -> float:
    with browser.new_context(viewport={"width": 1366, "height": 768}) as context:
        page = context.new_page()
        page.goto(url, wait_until="commit")
        page.wait_for_function(condition, polling="raf")
        return float(page.evaluate("performance.now()")) / 1000


def _changes(browser: Browser, root: Path, folder: Path) -> Iterator[Line]:
    """Yield how long another indicator takes to be on the map, and how much comes for it, at three sizes.

    The sizes take turns: the machine's speed changes from minute to minute by more than is looked for.
    """
    pages, sent = {}, {}
    with ExitStack() as stack:
        for size, (scale, vintage) in SIZES.items():
            source = simulated(root, scale, YEARS)
            path = MAP.format(period=PERIODS[vintage], vintage=vintage)
            with defined_by(source):
                url = stack.enter_context(serve(source / "var", folder / f"{scale}_{vintage}.log"))
            sent[size] = _kilobytes(url, *path.split("?"))
            pages[size] = _opened(browser, f"{url}/{path}")
        rounds = [{size: _choose(page, n, WATCH_CANVAS) for size, page in pages.items()} for n in range(2 + RUNS)]
        for page in pages.values():
            page.close()
    repainted = {size: [took[size] for took in rounds[2:]] for size in SIZES}
    small = repainted["111 units"]
    yield below("another indicator on the map, 111 units: repainted", small, "ms", 150)
    for size in list(SIZES)[1:]:
        yield against(f"the same, {size}", repainted[size], "ms", "111 units", small, at_most=1.5)
    for size, amount in sent.items():
        goal = ("at most 10 kB", max(amount) <= 10) if size == "111 units" else ("", None)
        yield Line(f"sent for that, {size}", amount, "kB", goal=goal[0], reached=goal[1])
    yield from _inline(browser, root, folder, repainted["3,321 units"], sent["3,321 units"])


def _inline(browser: Browser, root: Path, folder: Path, repainted: list[float], sent: list[float]) -> Iterator[Line]:
    scale, vintage = SIZES["3,321 units"]
    home = simulated(root, scale, YEARS) / "var"
    script = inline_script(folder, home, vintage, PERIODS[vintage])
    with streamlit_alone(folder), serve(home, folder / "inline.log", str(script)) as url:
        page = _opened(browser, url)
        theirs = [_choose(page, n, WATCH_PLOTLY) for n in range(2 + INLINE_RUNS)][2:]
        page.close()
        amount = _kilobytes(url, "", "")
    yield _far_above("outlines inline, 3,321 units: to repaint", theirs, "ms", repainted, 20)
    yield _far_above("outlines inline, 3,321 units: sent", amount, "kB", sent, 75)


def inline_script(folder: Path, home: Path, vintage: str, period: str) -> Path:
    """Write the yardstick's page into `folder` and return it."""
    script = folder / "inline.py"
    named = {"outlines": str(full_outlines_path(home, vintage)), "warehouse": str(home / "warehouse.duckdb")}
    script.write_text(INLINE.format(**named, vintage=vintage, period=period))
    return script


def _far_above(what: str, values: list[float], unit: str, ours: list[float], times: int) -> Line:
    reached = median(values) >= times * median(ours)
    return Line(what, values, unit, "this map", ours, f"at least {times} times that", reached)


def _opened(browser: Browser, url: str) -> Page:
    page = browser.new_page(viewport={"width": 1366, "height": 768})
    open_page(page, url)
    page.wait_for_timeout(1500)
    return page


def _choose(page: Page, turn: int, watch: str) -> float:
    """Return milliseconds from the choice of another indicator, one of four by turns, to its map."""
    page.get_by_test_id("stMain").get_by_test_id("stSelectbox").first.click()
    option = page.get_by_role("option").nth(1 + turn % 4)
    option.wait_for()
    page.evaluate(watch)
    page.evaluate(NOTE_THE_CLICK)
    option.click()
    page.wait_for_function("window.painted !== null", timeout=120_000)
    milliseconds = page.evaluate("window.painted - window.clicked")
    wait_until_drawn(page)
    page.wait_for_timeout(300)
    return float(milliseconds)


def _kilobytes(url: str, page: str, query: str) -> list[float]:
    """Return how much comes over the line when another indicator is chosen, compressed as it comes."""
    found = []
    with Wire(url) as reader:
        opened = reader.run(page, query=query)
        offered = opened.of("selectbox")[-1]
        for option in offered.options[1:5]:
            before = reader.received_bytes
            reader.run(page, query=reader.query, fragment_id=opened.fragment_id, widgets=[chosen(offered, option)])
            found.append((reader.received_bytes - before) / 1000)
    return found
