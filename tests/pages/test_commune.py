"""The profile shows the commune that was asked for, or says which other one and why; not reported is no zero."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from etl.definitions import load
from pages.shared.succession import meaning, meaning_words
from pages.shared.text import text_of
from tests.navigation import PATHS
from tests.pages.test_pages import run

D = load()


@pytest.fixture(autouse=True)
def _sample_data(demo_home, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))


def said(app: AppTest) -> list[str]:
    return [str(info.value) for info in app.info]


def test_a_unit_is_followed_to_what_it_became_part_of() -> None:
    app = run("commune", period="2024", units="2021", unit="25339")
    assert app.header[0].value.startswith("Xã An Phú:")
    assert "Xã An Phú nay thuộc Xã Minh Đức." not in said(app)
    app.radio(key="units").set_value("2025").run()
    assert app.header[0].value.startswith("Xã Minh Đức:")
    assert "Xã An Phú nay thuộc Xã Minh Đức." in said(app)
    assert app.query_params["unit"] == "25349"


@pytest.mark.parametrize("address", [{"period": "2025", "units": "2021"}, {"period": "2025"}])
def test_also_where_its_units_are_no_more_in_the_chosen_period(address: dict[str, Any]) -> None:
    app = run("commune", unit="25339", **address)
    assert app.header[0].value.startswith("Xã Minh Đức:")
    assert "Xã An Phú nay thuộc Xã Minh Đức." in said(app)


def test_a_code_that_was_given_anew_stands_for_the_unit_of_the_address() -> None:
    app = run("commune", period="2024", units="2021", unit="25349")
    assert app.header[0].value.startswith("Xã Minh Tâm:")
    app.selectbox(key="period").set_value("2025").run()
    assert app.header[0].value.startswith("Xã Minh Đức:")
    assert "Xã Minh Tâm nay thuộc Xã Minh Đức." in said(app)


def test_of_a_new_unit_one_chooses_which_of_its_parts_is_seen() -> None:
    app = run("commune", period="2024", units="2025", unit="25349")
    app.radio(key="units").set_value("2021").run()
    assert app.selectbox(key="unit").value is None
    assert any("Xã An Phú, Xã Minh Đức, Xã Minh Tâm" in s for s in said(app))
    assert "unit" not in app.query_params and not app.dataframe
    app.selectbox(key="unit").set_value("25348").run()
    assert app.header[0].value.startswith("Xã Minh Đức:") and app.query_params["unit"] == "25348"


@pytest.mark.parametrize("code", ["99999", "*x*"])
def test_an_unknown_code_shows_no_unit(code: str) -> None:
    app = run("commune", period="2024", units="2021", unit=code)
    assert any("Không có đơn vị nào mang mã" in s for s in said(app))
    assert app.selectbox(key="unit").value is None and not app.dataframe


@pytest.mark.parametrize("page", ["actions", "pack"])
def test_another_page_s_unit_is_none_of_the_profile_s(page: str) -> None:
    app = run(page, period="2024", units="2021")
    del app.query_params["unit"]
    app._page_hash = calc_hash(PATHS["commune"])
    app.run()
    assert not app.exception and app.selectbox(key="unit").value is not None and app.dataframe


def test_what_is_followed_is_said_where_the_name_is_another_alone() -> None:
    t = text_of("vi")
    same = meaning("25222", "2021", "2025", D)
    assert [unit.code for unit in same.units] == ["25222"] and meaning_words(same, "2025", t, D) is None
    back = meaning("25225", "2025", "2021", D)
    assert meaning_words(back, "2021", t, D) == "Xã Đăk Ơ trước đây là Xã Đak Ơ."


def test_what_was_not_reported_is_not_zero() -> None:
    app = run("commune", period="2025", units="2025", unit="25222")
    assert app.header[0].value == "Xã Bù Gia Mập: chưa báo cáo kỳ này"
    assert any(
        "Chưa gửi báo cáo nào từ khi sắp xếp đơn vị (01/7/2025)" in s and "nhận ngày 19/6/2025" in s for s in said(app)
    )
