"""Rows as dictionaries: what is missing is None, whatever kind of column it is missing in."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.shared.figures import Figures, column, figures, records
from pages.shared.text import text_of

WHOLE = st.none() | st.integers(-(2**31), 2**31)
KINDS = {
    "Int64": WHOLE,
    "boolean": st.none() | st.booleans(),
    "float64": st.none() | st.floats(allow_nan=False, allow_infinity=False),
    "str": st.none() | st.text(),
    "object": st.none() | st.text() | WHOLE | st.dates(),
    "datetime64[us]": st.none() | st.datetimes(min_value=pd.Timestamp(1900, 1, 1), max_value=pd.Timestamp(2100, 1, 1)),
}


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_records_are_the_cells_and_none_where_one_is_missing(kind, data) -> None:
    cells = data.draw(st.lists(KINDS[kind], max_size=8))
    found = records(pd.DataFrame({"a": pd.Series(cells, dtype=kind), "b": range(len(cells))}))
    assert found == [{"a": cell, "b": n} for n, cell in enumerate(cells)]
    assert all(row["a"] is None for row, cell in zip(found, cells, strict=True) if cell is None)


def test_figures_of_a_frame_are_the_same_one_by_one_and_by_column() -> None:
    frame = pd.DataFrame(
        {
            "indicator": ["safety_skills"] * 3,
            "period": ["2024", "2024-H1", "2024-H1"],
            "comparator": ">=",
            "status": ["missed", None, "missed"],
            "gap": [7, None, 9],
            "value": [1.5, None, 0.0],
        }
    )
    shown, whole = Figures(frame, text_of("vi")), figures(frame, text_of("vi"))
    assert list(shown) == whole == [shown[n] for n in range(len(shown))]
    assert list(shown[1:]) == whole[1:]
    assert column(shown, "status") == ["missed", None, "half_year"] and column(shown, "gap") == [7, None, None]
    for name in frame:
        assert column(shown, name) == column(whole, name) == [f.row[name] for f in whole]
