"""Still pictures: what the screen shows is on paper too; the same input gives the same bytes."""

import os
import re
import subprocess
import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from itertools import combinations, product
from pathlib import Path
from typing import Any

import pytest
from fontTools.ttLib import TTFont
from PIL import Image

from etl.boundaries import outlines_path
from etl.definitions import load
from etl.schematic import draw_schematic
from pages.shared import maps, pictures, queries
from pages.shared.figures import Figure, figures
from pages.shared.sheet import FONTS, box_of, width_of
from pages.shared.text import text_of

T = text_of("vi")
LETTERS = "aăâeêioôơuưyAĂÂEÊIOÔƠUƯYđĐ"
TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
REFORM = max(v.in_force_from for v in load().vintages)


@pytest.fixture(autouse=True)
def home(demo_home, monkeypatch) -> Path:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
    return demo_home


def units(indicator: str, period: str, vintage: str) -> list[Figure]:
    with queries.frozen(approved_only=False):
        return figures(queries.units(indicator, "commune", "total", period, vintage), T)


def outlines(home: Path, vintage: str) -> str:
    path = outlines_path(home, vintage)
    if path.exists():
        return path.read_text(encoding="utf-8")
    return draw_schematic(vintage, [u for u in load().units.values() if u.vintage == vintage])


def trend(indicator: str, vintage: str = "2021") -> list[Figure]:
    with queries.frozen(approved_only=False):
        return figures(queries.trend(indicator, vintage), T)


def style_of(svg: str, gid: str) -> str:
    return re.search(rf'<g id="{gid}">.*?style="([^"]*)"', svg, re.DOTALL)[1]


def written(svg: str) -> list[str]:
    """Return the words of a picture: its letters are outlines, beside each line of them stands what it says."""
    return re.findall(r"<!-- (.*?) -->", svg)


@pytest.mark.parametrize("schematic", [False, True])
@pytest.mark.parametrize(("period", "vintage"), [("2021", "2021"), ("2026-H1", "2025")])
def test_each_unit_has_the_colour_of_its_class_and_the_legend_counts_them(home, period, vintage, schematic) -> None:
    codes = [u for u in load().units.values() if u.vintage == vintage]
    drawn = draw_schematic(vintage, codes) if schematic else outlines(home, vintage)
    shown = maps.by_status(units("child_consultation", period, vintage), T, "Tư vấn")
    assert {"not_reported"} <= {f.status for f in units("child_consultation", period, vintage)}
    picture = pictures.map_picture(shown, drawn, T, width_mm=120, height_mm=100)
    svg = picture.svg().decode()
    assert set(re.findall(r'<g id="unit-(\w+)">', svg)) == shown.units.keys() == {u.code for u in codes}
    for code, number in shown.units.items():
        look = shown.classes[number]
        style = style_of(svg, f"unit-{code}")
        assert style.startswith("fill: url(#" if look.pattern else f"fill: {look.colour.lower()}"), code
    for number, look in enumerate(shown.classes):
        assert f"{look.label}:\u00a0{look.count}" in written(svg)
        first = next(code for code, own in shown.units.items() if own == number)
        fill = style_of(svg, f"class-{number}").split(";")[0]
        assert fill == style_of(svg, f"unit-{first}").split(";")[0]
    assert picture.alt == shown.alt
    assert len(svg) < 300_000


def test_reasons_for_no_value_look_different(home) -> None:
    rows = units("insurance_under6", "2022", "2021")
    states = ("not_reported", "not_applicable", "masked")
    none = [Figure(T, f.row | {"value": None, "status": s}) for f, s in zip(rows, states, strict=False)]
    shown = maps.by_status([*none, *rows[3:]], T, "x")
    svg = pictures.map_picture(shown, outlines(home, "2021"), T, width_mm=120, height_mm=100).svg().decode()
    fills = {style_of(svg, f"unit-{f.row['unit_code']}").split(";")[0] for f in none}
    assert len(fills) == 3
    assert all("url(#" in fill for fill in fills)


def test_names_stand_on_the_map_without_touching_each_other(home) -> None:
    rows = units("examined_under6", "2022", "2021")
    lagging = [f.row["unit_code"] for f in rows if f.status == "missed"]
    names = {f.row["unit_code"]: f.row["name"] for f in rows}
    shown = maps.by_status(rows, T, "x")
    picture = pictures.map_picture(
        shown, outlines(home, "2021"), T, width_mm=120, height_mm=100, names=names, named=lagging
    )
    place = r'transform="translate\(([\d.]+) ([\d.]+)\) scale\(([\d.]+)'
    found = re.findall(rf'<g id="name-(\w+)">\s*<!-- (.*?) -->\s*<g style="[^"]*" {place}', picture.svg().decode())
    assert {code for code, *_ in found} <= set(lagging)
    assert len(found) > 10
    boxes = []
    for code, words, x, y, scale in found:
        assert names[code].endswith(words)
        size = 100 * float(scale)
        width = width_of(words, size, "Semibold")
        # Places are rounded to tenths.
        boxes.append(box_of(float(x) + width / 2, -float(y) + 0.33 * size, width - 0.2, 0.98 * size))
    assert not [pair for pair in combinations(boxes, 2) if pair[0].meets(pair[1])]


def test_the_same_input_gives_the_same_bytes_in_many_threads(home) -> None:
    rows, years = units("insurance_under6", "2022", "2021"), trend("insurance_under6")
    names = {f.row["unit_code"]: f.row["name"] for f in rows}
    shown, drawn = maps.by_status(rows, T, "x"), outlines(home, "2021")

    def draw(_: int) -> tuple[bytes, ...]:
        made = (
            pictures.map_picture(
                shown, drawn, T, width_mm=120, height_mm=100, names=names, named=list(names)[:9], font_pt=9
            ),
            pictures.trend_picture(years, T, REFORM, width_mm=80, height_mm=55),
        )
        return tuple(b for p in made for b in (p.svg(), p.png(150)))

    with ThreadPoolExecutor(4) as pool:
        first, *others = pool.map(draw, range(4))
    assert all(other == first for other in others)
    image = Image.open(BytesIO(first[1]))
    assert image.size == (708, 590)
    assert not {"Software", "Creation Time", "date"} & image.info.keys()
    assert b"http" not in b"".join(re.findall(rb'href="[^"]*"', first[0]))


def test_a_trend_tells_its_values_target_and_reform_and_a_year_without_value_is_a_gap() -> None:
    points = trend("insurance_under6")
    picture = pictures.trend_picture(points, T, REFORM, width_mm=120, height_mm=80)
    svg = picture.svg().decode()
    years = [p for p in points if not p.row["period"].endswith("-H1")]
    told = written(svg)
    assert {years[0].value(), years[-1].value(), *(p.row["period"] for p in years)} <= set(told)
    assert {f"{T('indicator.target')} {points[-1].target()}", T("indicator.reform", month="7/2025")} <= set(told)
    assert all(p.value() in picture.alt for p in points)
    small = pictures.trend_picture(points, T, REFORM, width_mm=45, height_mm=25).svg().decode()
    assert years[-1].value() in written(small)
    middle = years[2].row["period"]
    gap = [Figure(T, p.row | ({"value": None, "status": "not_reported"} if p is years[2] else {})) for p in points]
    parted = pictures.trend_picture(gap, T, REFORM, width_mm=120, height_mm=80).svg().decode()
    assert middle in written(parted)
    assert years[2].value() not in written(parted)
    assert parted.count('<g id="line2d') == svg.count('<g id="line2d') + 1


@pytest.mark.parametrize("indicator", ["child_consultation", "safety_skills", "insurance_under6", "swim_able_primary"])
@pytest.mark.parametrize("last", ["2024", "2025", "2026-H1"])
def test_a_line_s_name_and_its_values_do_not_meet(indicator: str, last: str) -> None:
    points = trend(indicator, "2025")
    points = points[: [p.row["period"] for p in points].index(last) + 1]
    svg = pictures.trend_picture(points, T, REFORM, width_mm=150, height_mm=67, font_pt=12.5).svg().decode()
    place = r'transform="translate\(([\d.]+) ([\d.]+)\) scale\(([\d.]+)'
    boxes: dict[bool, list[Any]] = {True: [], False: []}
    values = {p.value() for p in points}
    names = " ".join(T(f"indicator.{key}_series") for key in ("year", "half"))
    for words, x, y, scale in re.findall(rf'<!-- (.*?) -->\s*<g style="[^"]*" {place}', svg):
        if words in values or words in names:
            size = 100 * float(scale)
            width = width_of(words, size)
            boxes[words in values].append(box_of(float(x) + width / 2, -float(y) + 0.33 * size, width, 0.9 * size))
    assert all(boxes.values())
    assert not [pair for pair in product(*boxes.values()) if pair[0].meets(pair[1])]


@pytest.mark.parametrize("font", sorted(FONTS.glob("*.ttf")), ids=lambda f: f.stem)
def test_the_fonts_have_every_vietnamese_letter(font) -> None:
    letters = {unicodedata.normalize("NFC", letter + tone) for letter in LETTERS for tone in TONES}
    letters = {x for x in letters if len(x) == 1} | set("0123456789%()≥≤><.,–−·:\u00a0\u202f")
    assert len(letters) > 150
    known = TTFont(font).getBestCmap()
    assert not {x for x in letters if ord(x) not in known}


def test_nothing_is_left_behind_in_the_users_home(tmp_path) -> None:
    code = "import os; import pages.shared.pictures; assert 'MPLCONFIGDIR' not in os.environ"
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MPL", "XDG"))} | {"HOME": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    assert not list(tmp_path.rglob("*"))
