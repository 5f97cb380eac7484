from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.cells import ExcelError
from etl.values import BadValue, read_amount, read_coordinate, read_count, read_date

LARGEST = 99_999_999


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("2.400", 2400),
        ("2 400", 2400),
        ("2\u00a0400", 2400),
        ("2\u202f400", 2400),
        ("２４００", 2400),
        ("1.234.567", 1234567),
        ("2400.0", 2400),
        (" 12 ", 12),
        (12.0, 12),
        (0, 0),
    ],
)
def test_counts_as_people_write_them(cell, value) -> None:
    assert read_count(cell, LARGEST) == value


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("12,5", "fraction"),
        ("2,400", "fraction"),
        ("1.23", "fraction"),
        (0.96, "fraction"),
        ("96%", "percent"),
        ("96 ％", "percent"),
        (-5, "negative"),
        ("−5", "negative"),
        ("năm", "not_a_number"),
        ("12²", "not_a_number"),
        (True, "not_a_number"),
        (float("nan"), "not_a_number"),
        (1e300, "too_large"),
        ("9" * 50, "too_large"),
        (ExcelError("#DIV/0!"), "excel_error"),
    ],
)
def test_what_is_no_count_says_why(cell, rule) -> None:
    with pytest.raises(BadValue) as error:
        read_count(cell, LARGEST)
    assert error.value.rule == rule


@given(st.integers(0, LARGEST), st.sampled_from(["{:d}", "{:,}"]), st.sampled_from([".", " ", "\u00a0", "\u2009"]))
def test_any_grouping_of_a_count_reads_back(number, pattern, separator) -> None:
    assert read_count(pattern.format(number).replace(",", separator), LARGEST) == number


@given(st.text())
def test_any_text_is_a_count_or_breaks_a_rule(text) -> None:
    try:
        assert read_count(text, LARGEST) >= 0
    except BadValue as error:
        assert error.rule


def test_amounts_and_coordinates_take_both_decimal_signs() -> None:
    assert read_amount("1.234,5", LARGEST) == read_amount("1,234.5", LARGEST)
    assert float(read_amount("12,5", LARGEST)) == 12.5
    assert read_coordinate("106,891") == read_coordinate("106.891") == 106.891


def test_dates_day_first() -> None:
    assert read_date("3/12/2021") == read_date("2021-12-03") == read_date("3.12.2021") == date(2021, 12, 3)
    with pytest.raises(BadValue):
        read_date("31/02/2021")
