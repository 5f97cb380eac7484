"""Names sort as in a Vietnamese dictionary."""

import unicodedata

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from etl.definitions import load
from etl.wording import name_sort_key, sort_key

CONSONANTS = ["b", "c", "ch", "d", "đ", "g", "h", "k", "l", "m", "n", "ng", "nh", "ph", "r", "s", "t", "th", "tr", "v"]
ALPHABET = [
    "aàảãáạ",
    "ăằẳẵắặ",
    "âầẩẫấậ",
    "b",
    "c",
    "d",
    "đ",
    "eèẻẽéẹ",
    "êềểễếệ",
    "f",
    "g",
    "h",
    "iìỉĩíị",
    "j",
    "k",
    "l",
    "m",
    "n",
    "oòỏõóọ",
    "ôồổỗốộ",
    "ơờởỡớợ",
    "p",
    "q",
    "r",
    "s",
    "t",
    "uùủũúụ",
    "ưừửữứự",
    "v",
    "w",
    "x",
    "yỳỷỹýỵ",
    "z",
]
syllables = st.tuples(
    st.sampled_from(["", *CONSONANTS]),
    st.sampled_from([letter for row in ALPHABET if len(row) > 1 for letter in row]),
    st.sampled_from(["", "c", "i", "m", "n", "ng", "nh", "p", "t"]),
).map("".join)
names = st.lists(syllables, min_size=1, max_size=3).map(" ".join)


def naive(name: str) -> tuple[list[int], list[int]]:
    """The places of the letters in the alphabet, a space before all, and then those of the tones."""
    rows = [next((n for n, row in enumerate(ALPHABET) if letter in row), -1) for letter in name]
    tones = [ALPHABET[n].index(letter) if n >= 0 else 0 for n, letter in zip(rows, name, strict=True)]
    return rows, tones


@given(st.lists(names, min_size=2, max_size=8, unique=True))
def test_letters_come_first_and_tones_second(some) -> None:
    assert sorted(some, key=sort_key) == sorted(some, key=naive)
    assert sorted((unicodedata.normalize("NFD", name) for name in some), key=sort_key) == [
        unicodedata.normalize("NFD", name) for name in sorted(some, key=naive)
    ]


def test_the_units_sort_as_the_rules_of_unicode_have_it() -> None:
    with duckdb.connect() as con:
        con.execute("CREATE TABLE unit (name VARCHAR)")
        con.executemany("INSERT INTO unit VALUES (?)", [[name] for name in {u.name for u in load().units.values()}])
        expected = [name for (name,) in con.execute("SELECT name FROM unit ORDER BY name COLLATE vi").fetchall()]
    assert sorted(expected, key=sort_key) == expected


def test_known_lists() -> None:
    for known in (
        ["An", "Ăn", "Ân", "Ba", "Bà", "Bả", "Bã", "Bá", "Bạ", "Bàn", "Dân", "Đan", "Đến", "E", "Ê"],
        ["Ấp 2", "Ấp 10", "Ấp Bàu", "Ấp số 1"],
        ["Long Bình", "Lộc An", "Lộc Ninh", "Lương Tài"],
        ["Tổ 1 – A", "Tổ 01 B", "Tổ 1A"],
    ):
        assert sorted(known, key=sort_key) == known
    assert sort_key("hòa").removesuffix("hòa") == sort_key("hoà").removesuffix("hoà")


def test_a_name_sorts_without_its_kind() -> None:
    given_names = ["Xã Đồng Tiến", "Thị trấn Chơn Thành", "Phường An Lộc", "Xã Đắk Ơ", "Phường Tân Phú", "Xã Thuận Lợi"]
    assert [n.split()[-2:] for n in sorted(given_names, key=name_sort_key)] == [
        ["An", "Lộc"],
        ["Chơn", "Thành"],
        ["Đắk", "Ơ"],
        ["Đồng", "Tiến"],
        ["Tân", "Phú"],
        ["Thuận", "Lợi"],
    ]
