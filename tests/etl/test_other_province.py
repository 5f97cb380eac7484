"""Another province and next year's plan are data: a folder of definitions, no code."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from etl.definitions import DATA, load

PROJECT = Path(__file__).parents[2]
PROVINCE = """
code = "11"
name_vi = "tỉnh Điện Biên"
name_en = "Điện Biên province"
title_vi = "Trẻ em Điện Biên"
title_en = "Children of Điện Biên"
timezone = "Asia/Ho_Chi_Minh"
hotlines = ["111"]
[bounds]
south = 20.8
west = 102.1
north = 22.6
east = 103.7
[calendar]
first_year = 2024
last_year = 2035
half_year_cut_off = "06-14"
half_year_due = "06-20"
year_cut_off = "12-14"
year_due = "12-20"
[[vintage]]
name = "2025"
in_force_from = "2004-01-01"
label_vi = "45 xã, phường"
label_en = "45 communes"
"""
DRIVER = """
import json, os, sys
from pathlib import Path
from etl.archive import Incoming
from etl.definitions import load
from etl.home import home
from etl.load import load_reports
from etl.report import Figure, Report
from etl.template import form_file_name, write_form
import duckdb
from streamlit.testing.v1 import AppTest

d = load()
counts = {"children_under16": 1000, "children_under6": 400, "children_age5": 60, "children_age6": 61,
    "pupils_primary": 350, "pupils_lower_secondary": 250, "pupils": 700, "under6_insured_on_time": 386,
    "under6_examined": 390, "births_due": 50, "births_registered_on_time": 49}
answers = []
for name in ("2025", "2026"):
    period = d.periods[name]
    for unit in list(d.units.values())[:5]:
        figures = [Figure(None, "", m, "total", v) for m, v in counts.items()]
        report = Report(unit.code, unit.vintage, name, period.due_on, figures, play_areas=[])
        answers += load_reports([Incoming(form_file_name(unit, period), write_form(d, unit, period, report))], home())
with duckdb.connect(home() / "warehouse.duckdb", read_only=True) as con:
    progress = con.execute(
        "SELECT period, indicator, target_value, met, gap FROM progress WHERE level = 'province'"
        " AND indicator IN ('insurance_under6', 'birth_registration_on_time') ORDER BY ALL").fetchall()
    expected = con.execute("SELECT DISTINCT units_expected FROM indicator_value WHERE level = 'province'").fetchall()
shown = {}
for page in sorted(p.name for p in Path("pages").glob("*.py")):
    app = AppTest.from_file("dashboard.py", default_timeout=60)
    app.query_params["period"] = "2026"
    app.run()
    app.switch_page(f"pages/{page}").run()
    shown[page] = [e.message for e in app.exception] or [h.value for h in app.header]
print("RESULT" + json.dumps({"statuses": [a.status for a in answers], "progress": progress, "expected": expected,
    "shown": shown}, default=str, ensure_ascii=False))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The definitions of Điện Biên, from the units of the package vietnamadminunits, with a second plan year."""
    folder = tmp_path_factory.mktemp("dien_bien") / "data"
    shutil.copytree(DATA, folder, ignore=shutil.ignore_patterns("var", "demo"))
    (folder / "province.toml").write_text(PROVINCE, encoding="utf-8")
    package = Path(find_spec("vietnamadminunits").origin).parent
    with sqlite3.connect(package / "data" / "dataset.db") as database:
        units = database.execute(
            "SELECT wardCode, ward, wardType, wardLat, wardLon FROM admin_units WHERE province = 'Tỉnh Điện Biên'"
        ).fetchall()
    lines = ["vintage,code,name,unit_type,district_code,district,lat,lon,border,extremely_difficult"]
    lines += [f"2025,{code},{name},{kind},,,{lat},{lon},0,0" for code, name, kind, lat, lon in units]
    (folder / "units.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for name in ("unit_succession.csv", "unit_former_names.csv", "unit_extents.csv"):
        header = (folder / name).read_text(encoding="utf-8").splitlines()[0]
        (folder / name).write_text(header + "\n", encoding="utf-8")
    plan = (folder / "plans" / "2021.toml").read_text(encoding="utf-8")
    plan = plan.replace("year = 2021", "year = 2026", 1).replace("năm 2021", "năm 2026").replace("2021", "2026")
    plan = plan.replace(
        'indicator = "insurance_under6", comparator = ">=", value = "95"',
        'indicator = "insurance_under6", comparator = ">=", value = "98"',
    )
    plan = plan.replace('comparator = ">", value = "98"', 'comparator = ">=", value = "98"')
    (folder / "plans" / "2026.toml").write_text(plan, encoding="utf-8")
    return folder


def test_a_second_plan_year_and_a_second_province_need_no_code(folder, tmp_path) -> None:
    units = [u for u in load(folder).units.values() if u.vintage == "2025"]
    assert len(units) == 45
    environment = os.environ | {"CHILD_DASHBOARD_DATA": str(folder), "CHILD_DASHBOARD_HOME": str(tmp_path)}
    command = [sys.executable, "-c", DRIVER]
    done = subprocess.run(
        command, check=False, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=300
    )
    assert "RESULT" in done.stdout, done.stderr
    result = json.loads(done.stdout.partition("RESULT")[2])
    assert result["statuses"] == ["accepted"] * 10
    assert result["expected"] == [[45]]
    # 386 of 400 insured: above the 95 % of 2021's plan, below the 98 % of 2026's, by 6 children in each of 5 communes.
    # 49 of 50 births: exactly 98 %, which ">" misses and ">=" meets.
    assert [[p, i, float(t), met, gap] for p, i, t, met, gap in result["progress"]] == [
        ["2025", "birth_registration_on_time", 98.0, False, 1],
        ["2025", "insurance_under6", 95.0, True, 0],
        ["2026", "birth_registration_on_time", 98.0, True, 0],
        ["2026", "insurance_under6", 98.0, False, 30],
    ]
    for page, said in result["shown"].items():
        assert said and "Error" not in said[0], (page, said)
