"""The dictionary says of every figure what it means, and finds it by any of its words."""

from etl.definitions import load
from etl.dictionary import dictionary
from pages.shared.lexicon import column_table, fitting, measure_table
from pages.shared.text import text_of
from tests.pages.test_pages import run

PAGE = "dictionary"


def test_an_indicator_in_the_address_is_explained(demo_home, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
    app = run(PAGE, period="2024", units="2021", indicator="birth_registration_on_time")
    (said,) = [m.value for m in app.markdown if "Tử số" in m.value]
    facts = ("7.2 ", "7.1 ", "> 98", "mục tiêu 7", "Năm 2020", "Luật Hộ tịch 2014", "Sở Y tế", "nữ, dân tộc thiểu số")
    for words in facts:
        assert words in said.replace("\N{NO-BREAK SPACE}", " "), words
    assert len(app.dataframe[0].value) == 16 and len(app.get("download_button")) > 0

    app.text_input(key="find_word").set_value("mau giao").run()
    assert app.radio(key="indicator").options == ["Mẫu giáo 5 tuổi", "Vào lớp một 6 tuổi"]  # one target names both
    app.text_input(key="find_word").set_value("xyz").run()
    assert "xyz" in app.info[0].value and not app.exception


def test_the_figures_of_the_form_are_listed_with_their_checks(demo_home, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
    listed = run(PAGE, period="2025", lang="en", part="measures").dataframe[0].value
    assert list(listed["Code"]) == [m.code for m in load().measures.values()]
    checks = listed.set_index("Code")["Checks"]
    assert checks["A7"] == "required; ≥ A5 + A6" and checks["6.9"] == "≤ 6.8"
    assert "≥ the largest of 6.3.01-6.3.14" in checks["6.1"]


def test_the_tables_of_the_public_data_are_described(demo_home, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
    listed = run(PAGE, period="2024", units="2021", part="tables", table="protection_count").dataframe[0].value
    assert tuple(listed["Cột"]) == dictionary().tables["protection_count"].columns
    assert "masked = đã che" in listed.set_index("Cột")["Mã và ý nghĩa"]["state"]


def test_words_are_found_with_and_without_marks() -> None:
    t = text_of("vi")
    assert set(fitting(measure_table(t), "khai sinh dung han")["Mã"]) == {"7.2"}
    assert set(fitting(measure_table(t), "Khai Sinh")["Mã"]) == {"7.1", "7.2"}
    assert set(fitting(column_table(t), "nearest_m")["Bảng"]) == {"commune_play_area"}
