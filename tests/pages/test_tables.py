"""Tables of units: a province's whole, of a country the first rows, and the file with all."""

import pytest
from streamlit.testing.v1 import AppTest

from pages.shared.text import text_of


def _page(rows: int) -> None:
    import pandas as pd

    from pages.shared.tables import show_units
    from pages.shared.text import text_of

    index = pd.Index([f"{n:05}" for n in range(rows)], name="code")
    show_units(pd.DataFrame({"value": range(rows)}, index=index), text_of("vi"), "units.csv")


@pytest.mark.parametrize(("rows", "shown"), [(111, 111), (600, 600), (10_598, 600)])
def test_a_country_s_table_shows_its_first_units_and_says_so(rows, shown) -> None:
    at = AppTest.from_function(_page, args=(rows,)).run()
    assert not at.exception
    assert at.dataframe[0].value["value"].tolist() == list(range(shown))
    said = text_of("vi")("table.first_rows", shown=600, all=10_598)
    assert "10.598" in said
    assert (said in [c.value for c in at.caption]) == (rows > shown)
