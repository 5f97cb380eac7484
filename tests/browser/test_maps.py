"""The maps in a real browser: drawn, clicked, walked by keyboard, and sent without their outlines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pages.shared import queries
from pages.shared.figures import figures
from pages.shared.text import LANGUAGES, text_of
from tests.browser.harness import open_page, wait_until_drawn
from tests.browser.wire import Wire, chosen

if TYPE_CHECKING:
    from playwright.sync_api import Response

VIEW = """() => [...document.querySelectorAll("*")].map((e) => e.shadowRoot).find((r) => r?.view)?.view"""
PLACE = f"""(code) => {{
  const view = ({VIEW})();
  const [x, y] = view.outlines.middle(view.outlines.units.get(code));
  const f = view.frame();
  const box = view.top.getBoundingClientRect();
  return [box.left + f.left + x * f.scale, box.top + f.top + y * f.scale];
}}"""
COLOUR = f"""(code) => {{
  const view = ({VIEW})();
  const shape = view.outlines.units.get(code);
  const f = view.frame();
  const [left, top, right, bottom] = shape.box;
  const [u, v] = view.outlines.middle(shape);
  for (let i = 1; i < 20; i++) {{
    for (let j = 1; j < 20; j++) {{
      const [x, y] = [left + (i / 20) * (right - left), top + (j / 20) * (bottom - top)];
      const clear = [[-4, 0], [4, 0], [0, -4], [0, 4]].every(
        ([dx, dy]) => view.outlines.holds(shape, x + dx / f.scale, y + dy / f.scale));
      if (!clear || Math.hypot(x - u, y - v) * f.scale < 10) continue;
      return [...view.base.getContext("2d").getImageData(f.left + x * f.scale, f.top + y * f.scale, 1, 1).data];
    }}
  }}
  return null;
}}"""


CLASSES = f"""() => {{
  const view = ({VIEW})();
  return [...view.rows.keys()].map((code) => [code, view.data.classes[view.classOf(code)]]);
}}"""


TOLD = f"""() => {{
  const view = ({VIEW})();
  return Object.fromEntries([...view.outlines.units.keys()].map((code) => {{
    view.describe(code);
    return [code, [...view.tip.querySelectorAll("span")].map((line) => line.textContent)];
  }}));
}}"""


WRITTEN = f"""() => {{
  const said = {{ strokeText: [], fillText: [] }};
  for (const [how, words] of Object.entries(said)) {{
    const own = CanvasRenderingContext2D.prototype[how];
    CanvasRenderingContext2D.prototype[how] = function (...given) {{
      words.push(given.join(" "));
      return own.apply(this, given);
    }};
  }}
  ({VIEW})().draw();
  return said;
}}"""


def test_what_is_written_on_a_map_stands_clear_of_discs_and_hatching(page) -> None:
    open_page(page, "/khoang-trong?period=2024&units=2025&indicator=safety_skills")
    page.wait_for_function(f"({VIEW})()?.outlines")
    said = page.evaluate(WRITTEN)
    assert said["fillText"] and said["strokeText"] == said["fillText"]


def test_colours_are_those_of_the_legend(page) -> None:
    open_page(page, "/ban-do?period=2024&units=2021")
    page.wait_for_function(f"({VIEW})()?.outlines")
    right = []
    for code, shown in page.evaluate(CLASSES):
        pixel = page.evaluate(COLOUR, code)
        if shown["pattern"] is None and pixel is not None:
            red, green, blue = bytes.fromhex(shown["colour"][1:])
            # Districts' names and seams are drawn over the colour.
            right.append(abs(pixel[0] - red) + abs(pixel[1] - green) + abs(pixel[2] - blue) < 12)
    assert len(right) > 60 and sum(right) > 0.9 * len(right)


def test_hover_tells_and_a_click_opens_the_profile(page) -> None:
    open_page(page, "/ban-do?period=2024&units=2021")
    page.wait_for_function(f"({VIEW})()?.outlines")
    x, y = page.evaluate(PLACE, "25222")
    page.mouse.move(x, y)
    tip = page.locator(".tip")
    assert "Xã Bù Gia Mập" in tip.inner_text() and "405/428" in tip.inner_text()
    page.mouse.click(x, y)
    page.wait_for_url("**/ho-so-xa?**")
    page.get_by_role("heading", name="Xã Bù Gia Mập").first.wait_for()
    assert "unit=25222" in page.url and "period=2024" in page.url


@pytest.mark.parametrize(
    "address",
    [
        "/ban-do?period=2024&units=2021&show=value&indicator=safety_skills",
        "/khoang-trong?period=2022&units=2021&indicator=preschool_age5",
        "/tinh-hinh-bao-cao?period=2023&units=2021",
        "/bao-ve-tre-em?period=2024&units=2021",
    ],
)
def test_one_step_back_from_a_profile_leads_to_the_page_as_it_was(page, address) -> None:
    open_page(page, address)
    page.wait_for_function(f"({VIEW})()?.outlines")
    heading = page.locator("h2").first.inner_text()
    page.evaluate(f"({VIEW})().top.scrollIntoView({{ block: 'center' }})")
    page.mouse.click(*page.evaluate(PLACE, "25222"))
    page.wait_for_url("**/ho-so-xa?**")
    page.get_by_role("heading", name="Xã Bù Gia Mập").first.wait_for()
    wait_until_drawn(page)
    page.go_back()
    page.get_by_role("heading", name=heading).first.wait_for()
    wait_until_drawn(page)
    assert page.url.split("?")[0].endswith(address.split("?")[0])
    assert all(part in page.url for part in address.split("?")[1].split("&"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("indicator", ["insurance_under6", "play_area_communes", "swim_able_primary"])
def test_what_a_unit_tells_is_what_its_figure_says(page, demo_home, monkeypatch, indicator, language) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
    text = text_of(language)
    with queries.frozen(approved_only=False):
        rows = queries.units(indicator, "commune", "total", "2024", "2021")
    expected = {f.row["unit_code"]: f for f in figures(rows, text)}
    open_page(page, f"/ban-do?period=2024&units=2021&indicator={indicator}&lang={language}")
    page.wait_for_function(f"({VIEW})()?.outlines")
    told = page.evaluate(TOLD)
    assert told.keys() == expected.keys()
    for code, figure in expected.items():
        said = [figure.status_words()]
        if figure.has_value:
            said += [figure.value(), figure.counts(), figure.gap() and text("map.gap_line", gap=figure.gap())]
        assert told[code] == [s for s in said if s]


def test_the_map_is_walked_by_keyboard(page) -> None:
    open_page(page, "/ban-do?period=2024&units=2021")
    page.wait_for_function(f"({VIEW})()?.outlines")
    page.locator("canvas.top").focus()
    page.keyboard.press("ArrowRight")
    first = page.locator(".live").inner_text()
    page.keyboard.press("ArrowDown")
    assert first and page.locator(".live").inner_text() not in ("", first)
    page.keyboard.press("Enter")
    page.wait_for_url("**/ho-so-xa?**")


def test_from_the_overview_to_the_list_and_a_profile_in_three_clicks(page) -> None:
    open_page(page, "/?period=2022&units=2021")
    page.get_by_role("link", name="Xã còn thiếu").nth(1).click()
    page.wait_for_url("**/khoang-trong?**")
    page.get_by_role("heading", name="xã là đủ").first.wait_for()
    wait_until_drawn(page)
    address = page.url
    page.wait_for_function(f"({VIEW})()?.outlines")
    page.mouse.click(*page.evaluate(PLACE, "25225"))
    page.wait_for_url("**/ho-so-xa?**")
    page.get_by_role("heading", name="Xã Đak Ơ").first.wait_for()
    open_page(page, address)
    page.get_by_role("heading", name="xã là đủ").first.wait_for()


def test_outlines_are_fetched_once_and_a_change_of_colours_is_small(page, app_url) -> None:
    received: list[int] = []
    fetched: list[Response] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))))
    page.on("response", lambda answer: answer.url.startswith(f"{app_url}/media/") and fetched.append(answer))
    open_page(page, "/ban-do?period=2024&units=2021")
    page.wait_for_function(f"({VIEW})()?.outlines")
    assert len(fetched) == 1 and len(fetched[0].body()) > 40_000 > max(received)
    assert "immutable" in fetched[0].headers["cache-control"]
    received.clear()
    page.get_by_test_id("stMain").get_by_test_id("stSelectbox").first.click()
    page.get_by_role("option").nth(3).click()
    page.wait_for_function(f"""({VIEW})()?.data.alt.includes("vào lớp một")""")
    wait_until_drawn(page)
    assert max(received) < 17_000 and sum(received) < 35_000
    assert len(fetched) == 1


def test_another_indicator_draws_its_part_of_the_page_alone(app_url) -> None:
    with Wire(app_url) as reader:
        page, query = "ban-do", "period=2024&units=2021"
        opened = reader.run(page, query=query)
        offered = opened.of("selectbox")[-1]
        widget = chosen(offered, offered.options[3])
        alone = reader.run(page, query=reader.query, fragment_id=opened.fragment_id, widgets=[widget])
        assert offered.options[3] != offered.options[0] and "indicator=" in reader.query
        assert "navigation" not in {m.WhichOneof("type") for m in alone.messages}
        whole = reader.run(page, query=reader.query)
        assert alone.of("heading") == whole.of("heading")
        assert alone.of("bidi_component")[-1].json == whole.of("bidi_component")[-1].json
        assert alone.of("dataframe")[0].arrow_data.data == whole.of("dataframe")[0].arrow_data.data


def test_what_is_sent_is_compressed(app_url) -> None:
    with Wire(app_url) as reader:
        assert reader.is_compressed
        opened = reader.run("ban-do", query="period=2024&units=2021")
        before = reader.received_bytes
        again = reader.run("ban-do", query=reader.query, fragment_id=opened.fragment_id)
        # What was sent before is not sent again in full: uvicorn's own window of 4 kB would forget it.
        assert reader.received_bytes - before < sum(m.ByteSize() for m in again.messages) / 5
