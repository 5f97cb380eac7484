"""The rules of the house, and what the definitions must say."""

import ast
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from etl.definitions import DATA, DefinitionError, load
from pages.shared.text import text_of

PROJECT = Path(__file__).parents[1]
CONTRACT = PROJECT.parent / "shared" / "contract"


def imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    return names | {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module}


def test_data_flows_one_way() -> None:
    for path in (PROJECT / "etl").glob("*.py"):
        if path.name == "__main__.py":
            # The command line starts everything, the meeting's papers too; nothing builds on it.
            continue
        assert not [n for n in imports(path) if n.split(".")[0] in ("streamlit", "plotly", "pages")], path
    for path in (PROJECT / "pages").rglob("*.py"):
        named = imports(path)
        assert not [n for n in named if n.startswith("pages.") and not n.startswith("pages.shared")], path
        if path.name != "queries.py":
            assert "duckdb" not in named, path
        if path.name in ("charts.py", "count_charts.py", "maps.py", "play_area_map.py", "pictures.py", "sheet.py"):
            assert "streamlit" not in named, path
        if path.name != "sheet.py":
            assert not [n for n in named if n.startswith("matplotlib")], path
        if path.name != "slide_parts.py":
            assert not [n for n in named if n.startswith("pptx")], path


CHANGES = {
    "etl.actions": {"record"},
    "etl.archive": {"Archive"},
    "etl.boundaries": {"import_outlines", "redraw_outlines"},
    "etl.doctor": {"repair"},
    "etl.load": {"build", "check", "decide", "load_reports", "rebuild"},
    "etl.views": {"remove_view", "save_view"},
    **dict.fromkeys(["etl.backup", "etl.demo", "etl.journal", "etl.storage"], None),
}
"""What changes something, or tells what only a role may know; nothing of the last modules is for pages."""


def test_pages_change_things_through_deeds_alone_and_run_through_the_dashboard_alone() -> None:
    for path in (PROJECT / "pages").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module]
        # Taken as a whole, a module would hide what is used of it.
        assert not [n for n in ast.walk(tree) if isinstance(n, ast.Import) and "etl" in str(n.names[0].name)], path
        assert not [n for n in named if n.module == "etl" and {f"etl.{a.name}" for a in n.names} & CHANGES.keys()], path
        for node in named if path.name != "deeds.py" else []:
            forbidden = CHANGES.get(node.module, set())
            assert forbidden is not None and not forbidden & {a.name for a in node.names}, (path, node.module)
    for path in (PROJECT / "pages").glob("*.py"):
        calls = [
            n.value for n in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(n, ast.Assign | ast.Expr)
        ]
        gate = next(n for n in calls if isinstance(n, ast.Call | ast.Attribute))
        assert re.match(r"(as_reported\()?view\(\)|only_through_dashboard\(\)", ast.unparse(gate)), path


def test_no_file_is_too_large_a_room() -> None:
    for folder in ("etl", "pages"):
        for path in (PROJECT / folder).rglob("*.py"):
            assert len(path.read_text(encoding="utf-8").splitlines()) <= 700, path


def test_both_languages_say_everything_that_the_code_asks_for() -> None:
    keys = {}
    for language in ("vi", "en"):
        po = (DATA / "texts" / f"{language}.po").read_text(encoding="utf-8")
        keys[language] = set(re.findall(r'^msgid "(.+)"$', po, re.MULTILINE))
    assert keys["vi"] == keys["en"]
    code = "\n".join(
        p.read_text(encoding="utf-8") for p in [PROJECT / "dashboard.py", *(PROJECT / "pages").rglob("*.py")]
    )
    asked = set(re.findall(r'\bt(?:ext\(\))?\(\s*"([a-z_.]+)"', code)) | set(
        re.findall(r'\btext\(\s*"([a-z_.]+)"', code)
    )
    missing = {k for k in asked if not k.endswith(".") and k not in keys["vi"]}
    assert not missing
    assert text_of("vi").percent(5996, 10000, None) == "60,0\u202f%"


@pytest.mark.skipif(not CONTRACT.exists(), reason="the contract folder is not beside the project")
def test_definitions_say_the_same_as_the_contract() -> None:
    d = load()
    measures = pd.read_csv(CONTRACT / "measures.csv", dtype=str).fillna("")
    assert [(m.code, m.measure, m.label_vi, ",".join(m.groups[1:])) for m in d.measures.values()] == list(
        measures[["code", "measure", "label_vi", "groups"]].itertuples(index=False, name=None)
    )
    indicators = pd.read_csv(CONTRACT / "indicators.csv", dtype=str).fillna("")
    targets = {t.indicator: t for p in d.plans[0].targets for t in p.indicators}
    for row in indicators.itertuples():
        mine, target = d.indicators[row.indicator], targets[row.indicator]
        assert (mine.label_vi, mine.numerator, mine.denominator) == (row.label_vi, row.numerator, row.denominator)
        assert (str(target.number), target.comparator) == (row.target, row.comparator)
        assert str(target.value or "") == row.target_value
        assert ",".join(mine.groups[1:]) == row.groups
    tasks = pd.read_csv(CONTRACT / "tasks.csv", dtype=str)
    assert [(str(t.task), t.item, t.code, t.label_vi) for t in d.tasks.values()] == list(
        tasks[["task", "item", "code", "label_vi"]].itertuples(index=False, name=None)
    )


def test_a_definition_that_contradicts_itself_is_a_clear_error(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder, ignore=shutil.ignore_patterns("var"))
    indicators = folder / "indicators.csv"
    indicators.write_text(indicators.read_text(encoding="utf-8").replace("children_age5,ratio", "bogus,ratio"))
    plan = folder / "plans" / "2021.toml"
    plan.write_text(plan.read_text(encoding="utf-8").replace('value = "98"', 'value = "198"'))
    with pytest.raises(DefinitionError) as error:
        load(folder)
    assert "there is no measure bogus" in str(error.value)
    assert "198 is not a percentage" in str(error.value)


def test_units_are_those_of_the_package_and_their_points_lie_inside() -> None:
    boundaries = CONTRACT.parent / "boundaries"
    if not boundaries.exists():
        pytest.skip("the boundaries folder is not beside the project")
    import json

    from shapely.geometry import Point, shape

    d = load()
    for vintage, key in (("2021", "name"), ("2025", "full_name")):
        features = json.loads((boundaries / f"communes_{vintage}.geojson").read_text(encoding="utf-8"))["features"]
        assert len(features) == sum(u.vintage == vintage for u in d.units.values())
        for feature in features:
            unit = d.units[vintage, feature["properties"]["code"]]
            assert unit.name == feature["properties"][key]
            assert shape(feature["geometry"]).contains(Point(unit.lon, unit.lat)), unit
