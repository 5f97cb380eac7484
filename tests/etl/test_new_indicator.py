"""A new figure with its indicator and target is added as docs/extending.md says it, without code."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from etl.definitions import DATA, DefinitionError, load

PROJECT = Path(__file__).parents[2]
DRIVER = """
import json
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
    "pupils_primary": 350, "pupils_lower_secondary": 250, "pupils": 700, "vaccinated_under6": 380}
files = []
for name in ("2025", "2026"):
    period, unit = d.periods[name], d.units["2025", "25195"]
    report = Report(unit.code, "2025", name, period.due_on, [Figure(None, "", *c) for c in
        ((m, "total", v) for m, v in counts.items() if m in d.asked(name))], play_areas=[])
    files.append(Incoming(form_file_name(unit, period), write_form(d, unit, period, report)))
statuses = [a.status for a in load_reports(files, home())]
with duckdb.connect(home() / "warehouse.duckdb", read_only=True) as con:
    progress = con.execute("SELECT period, value, met, gap FROM progress WHERE level = 'province'"
        " AND indicator = 'vaccination_under6' ORDER BY period").fetchall()
shown = {}
for page in ("overview", "indicator", "dictionary"):
    app = AppTest.from_file("dashboard.py", default_timeout=60)
    app.query_params |= {"period": "2026", "indicator": "vaccination_under6"}
    app.run()
    app.switch_page(f"pages/{page}.py").run()
    shown[page] = [e.message for e in app.exception] or [h.value for h in [*app.header, *app.subheader, *app.markdown]]
print("RESULT" + json.dumps({"statuses": statuses, "progress": progress, "shown": shown}, default=str))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """The definitions with what the page tells to write, each block in the file of its step."""
    folder = tmp_path_factory.mktemp("vaccination") / "data"
    shutil.copytree(DATA, folder, ignore=shutil.ignore_patterns("var", "demo"))
    told = (PROJECT / "docs" / "extending.md").read_text(encoding="utf-8")
    steps = re.findall(r"^\d\. `([\w/<>.]+)`.*?```\w*\n(.*?)^ +```", told, re.DOTALL | re.MULTILINE)
    blocks = {name: re.sub(r"^ {4}", "", block, flags=re.MULTILINE) for name, block in steps}
    assert list(blocks) == [
        "measures.csv",
        "form.toml",
        "measure_rules.csv",
        "indicators.csv",
        "texts/indicator_notes.toml",
        "plans/<year>.toml",
    ]
    for name, block in blocks.items():
        path = folder / name.replace("<year>", "2021")
        text = path.read_text(encoding="utf-8")
        if name == "measures.csv":
            text = text.replace("\n", ",first_year\n", 1)
        if name == "form.toml":
            text = text.replace("[sections]\n", f"[sections]\n{block}")
        else:
            text = text.rstrip("\n") + "\n" + block
        path.write_text(text, encoding="utf-8")
    return folder


def test_an_indicator_is_added_without_code(folder, tmp_path) -> None:
    environment = os.environ | {"CHILD_DASHBOARD_DATA": str(folder), "CHILD_DASHBOARD_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", DRIVER], check=False, cwd=PROJECT, env=environment, capture_output=True, text=True
    )
    assert "RESULT" in done.stdout, done.stderr
    result = json.loads(done.stdout.partition("RESULT")[2])
    assert result["statuses"] == ["accepted", "accepted"]
    # 380 of 400 are exactly 95 %: not over it. The year before it was not asked for: no value, not zero.
    assert result["progress"] == [["2025", None, None, None], ["2026", 95.0, False, 1]]
    assert "9 mục tiêu" in result["shown"]["overview"][0]
    label = "Trẻ em dưới 6 tuổi được tiêm chủng đầy đủ"
    assert all(label in str(result["shown"][page]) for page in ("indicator", "dictionary"))


@pytest.mark.parametrize(
    ("file", "line", "said"),
    [
        ("form.toml", '8 = "8. Tiêm chủng"\n', "form.toml: there is no section for the codes 8"),
        ("texts/indicator_notes.toml", "[vaccination_under6]", "nothing is said of vaccination_under6"),
    ],
)
def test_a_step_that_was_forgotten_is_named(folder, tmp_path, file, line, said) -> None:
    broken = tmp_path / "data"
    shutil.copytree(folder, broken)
    text = (broken / file).read_text(encoding="utf-8")
    assert line in text
    (broken / file).write_text(text.replace(line, line.replace("vaccination", "other") if "[" in line else ""), "utf-8")
    with pytest.raises(DefinitionError, match=said):
        load(broken)
