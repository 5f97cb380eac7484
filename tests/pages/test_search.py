"""A commune is found by any name that it has or had, and homonyms are told apart."""

import pytest

from etl.definitions import load
from pages.shared.search import MOST, find_units

D = load()


def codes(words: str) -> list[tuple[str, str]]:
    return [(f.unit.vintage, f.unit.code) for f in find_units(words, D)]


def test_a_former_name_finds_the_unit() -> None:
    (found, *_) = find_units("Thị trấn Chơn Thành", D)
    assert (found.unit.code, found.name, found.district) == ("25432", "Thị trấn Chơn Thành", "Huyện Chơn Thành")
    assert found.successor is not None and found.successor.vintage == "2025"


def test_names_without_marks_find_all_that_fit() -> None:
    bare, marked = codes("loc thanh"), codes("Lộc Thạnh")
    assert len(bare) > len(marked) > 0
    assert set(marked) < set(bare)


def test_homonyms_come_with_district_and_code() -> None:
    names = [u.name for u in D.units.values() if u.vintage == "2021"]
    homonym = next(n for n in names if names.count(n) > 1)
    found = [f for f in find_units(homonym, D) if f.unit.vintage == "2021" and f.name == homonym]
    assert len(found) == names.count(homonym)
    assert len({(f.district, f.unit.code) for f in found}) == len(found)


@pytest.mark.parametrize("unit", list(D.units.values()), ids=lambda u: f"{u.vintage}-{u.code}")
def test_every_unit_is_found_by_its_name(unit) -> None:
    assert (unit.vintage, unit.code) in codes(unit.name)


@pytest.mark.parametrize("words", ["", " ", "xã ", "không có xã này", "%", "'; DROP TABLE unit"])
def test_nonsense_finds_nothing_or_little(words) -> None:
    assert len(codes(words)) <= MOST
