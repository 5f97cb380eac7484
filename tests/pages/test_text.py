"""Texts in the form that a number asks for, days as offices write them, words of others as they are."""

import re
from datetime import date, datetime

import pytest
from babel.messages.pofile import read_po

from etl.definitions import DATA
from pages.shared.text import plain, text_of


def forms(language: str) -> dict[str, tuple[str, ...]]:
    """All forms of each text by its key."""
    with (DATA / "texts" / f"{language}.po").open("rb") as file:
        found = [(m.id, m.string) for m in read_po(file, locale=language, abort_invalid=True) if m.id]
    return {k if isinstance(k, str) else k[0]: (s,) if isinstance(s, str) else tuple(s) for k, s in found}


def test_an_english_text_with_a_count_has_a_form_for_one() -> None:
    english = forms("en")
    plurals = {word for said in english.values() for word in _words(said[-1]) - _words(said[0])}
    nouns = {word for word in plurals if word.endswith("s") or word in ("children", "criteria")}
    assert {"communes", "children", "reports", "days", "criteria"} <= nouns
    counted = re.compile(rf"(?<!of )(?<!/)\{{\w+\}} (?:(?!of )[a-z-]+ )?(?:{'|'.join(nouns)})\b")
    assert not {key: said for key, said in english.items() if counted.search(said[0])}


def _words(said: str) -> set[str]:
    return set(re.findall(r"\w+", said))


@pytest.mark.parametrize(("count", "said"), [(0, "0 events"), (1, "1 event"), (2, "2 events"), (1234, "1,234 events")])
def test_a_count_chooses_the_form_and_is_written_as_a_number(count, said) -> None:
    assert text_of("en")("log.title", count=count) == f"Log: {said}"
    assert text_of("vi")("log.title", count=1234) == "Nhật ký: 1.234 sự kiện"


def test_both_languages_fill_in_the_same() -> None:
    english = forms("en")
    for key, said in forms("vi").items():
        assert _placeholders(said) == _placeholders(english[key]), key


def _placeholders(said: tuple[str, ...]) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", " ".join(said)))


def test_days_are_written_as_offices_write_them() -> None:
    vi, en = text_of("vi"), text_of("en")
    assert [vi.date(date(2022, month, 1)) for month in (2, 7, 12)] == ["01/02/2022", "01/7/2022", "01/12/2022"]
    assert (vi.month(date(2025, 7, 1)), en.month(date(2025, 7, 1))) == ("7/2025", "July 2025")
    assert en.date(date(2022, 2, 1)) == "1 Feb 2022"


def test_what_somebody_wrote_is_no_markdown() -> None:
    assert plain("**x** [y](z) <b> $a$ :red[b] `c`") == r"\*\*x\*\* \[y\]\(z\) \<b\> \$a\$ \:red\[b\] \`c\`"
    assert plain("Xã bị mất điện ba ngày") == "Xã bị mất điện ba ngày"


@pytest.mark.parametrize(("language", "said"), [("vi", "01/01/2022 00:30"), ("en", "1 Jan 2022 00:30")])
def test_moments_are_told_in_the_province_s_own_time(language, said) -> None:
    assert text_of(language).moment(datetime(2021, 12, 31, 17, 30)) == said
