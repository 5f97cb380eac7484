"""Every page in a real browser, on a laptop and on a projector."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.browser.axe import obstacles
from tests.browser.harness import assert_fits_screens, open_page, wait_until_drawn
from tests.navigation import PATHS

ADDRESSES = [
    "/?period=2024&units=2021",
    "/?period=2026-H1&lang=en",
    "/chi-tieu?period=2024&units=2021&indicator=birth_registration_on_time",
    "/chi-tieu?period=2025&indicator=play_area_communes&lang=en",
    "/chi-tieu?period=2026-H1&indicator=child_consultation&lang=en",
    "/nhiem-vu?period=2024&units=2021",
    "/nhiem-vu?period=2025-H1&units=2025&task=8&lang=en",
    "/ban-do?period=2024&units=2021",
    "/ban-do?period=2025&show=value&lang=en",
    "/ban-do?period=2022&units=2021&show=compare&indicator=swim_able_primary",
    "/ban-do?period=2022&units=2021&show=combine",
    "/ban-do?period=2022&units=2021&level=district&indicator=safety_skills",
    "/khoang-trong?period=2022&units=2021&indicator=preschool_age5",
    "/khoang-trong?period=2022&units=2021&part=matrix",
    "/diem-vui-choi?period=2024&units=2021",
    "/diem-vui-choi?period=2026-H1&lang=en",
    "/xa-phu-hop-voi-tre-em?period=2024&units=2021",
    "/xa-phu-hop-voi-tre-em?period=2024&units=2025",
    "/ho-so-xa?period=2024&units=2021&unit=25222",
    "/ho-so-xa?period=2025&unit=25195&lang=en",
    "/tinh-hinh-bao-cao?period=2023&units=2021",
    "/tinh-hinh-bao-cao?period=2022&units=2025&lang=en",
    "/tinh-hinh-bao-cao?period=2026-H1",
    "/chat-luong-so-lieu?period=2022&units=2021",
    "/chat-luong-so-lieu?period=2025&part=outliers&lang=en",
    "/chat-luong-so-lieu?period=2024&units=2021&part=revisions",
    "/chat-luong-so-lieu?period=2024&units=2025&part=play_areas",
    "/phan-tich?period=2024&units=2021&what=insurance_under6,preschool_age5&if=insurance_under6:total:missed",
    "/phan-tich?period=2025&units=2025&what=play_areas_working,injury_cases&cell=rate&chart=scatter&lang=en",
    "/truy-van-sql?period=2024&units=2021&sql=SELECT+count(*)+AS+n+FROM+unit",
    "/nop-bao-cao",
    "/nop-bao-cao?part=forms&lang=en",
    "/duyet?period=2024&units=2021",
    "/nhat-ky?period=2024&units=2021&lang=en",
    "/viec-can-lam",
    "/viec-can-lam?period=2024&units=2021&state=all&lang=en",
    "/tinh-trang?period=2024&units=2021",
    "/tinh-trang?lang=en",
    "/phuong-phap?period=2024&units=2021&indicator=insurance_under6",
    "/phuong-phap?period=2025&indicator=play_area_communes&lang=en",
    "/tu-dien?period=2024&units=2021&indicator=birth_registration_on_time",
]


STYLED = """() => {
  const parts = (rules) => [...rules].flatMap((rule) =>
    rule.selectorText ? rule.selectorText.split(/,(?![^(]*\\))/) : parts(rule.cssRules ?? []));
  const own = [...document.styleSheets].filter((sheet) => sheet.ownerNode.closest('[data-testid="stHtml"]'));
  const named = own.flatMap((sheet) => parts(sheet.cssRules)).map((part) => part.trim().split("::")[0]);
  return Object.fromEntries(named.map((part) => [part, document.querySelector(part) !== null]));
}"""
"""Each part of a page that a style of our own names, and whether it is there."""


def shown(address: str) -> tuple[str, str]:
    """Return path and language of an address; the first page comes up without a path."""
    parts = urlsplit(address)
    return parts.path[1:], parse_qs(parts.query).get("lang", ["vi"])[0]


FIRST, *OTHERS = PATHS.values()
REST = [
    f"/{path}?period=2024&units=2021&lang={language}"
    for path in ("", *OTHERS)
    for language in ("vi", "en")
    if (path, language) not in map(shown, ADDRESSES)
]
"""Every page in the language in which no address above shows it."""

JUDGED = {shown(address): address for address in reversed([*ADDRESSES, *REST]) if shown(address)[1] == "vi"}.values()
"""An address of each page."""


@pytest.mark.parametrize("address", [*ADDRESSES, *REST])
def test_a_page_is_drawn_without_a_fault(page, reader, address) -> None:
    """Each says what it says in its language, in words and to the end, on both screens, and to those who hear it."""
    open_page(page, address)
    assert not reader.faults(page)
    if address in ADDRESSES:
        assert_fits_screens(page)
    if address in JUDGED:
        assert not obstacles(page)


def test_streamlit_still_has_what_styles_of_our_own_name(page) -> None:
    """Its marks are no promise: one that is called otherwise would leave a style without effect, and tell nobody."""
    found: dict[str, bool] = {}
    gaps = "/khoang-trong?period=2022&units=2021&indicator=preschool_age5"
    for address in ("/", "/chi-tieu", gaps, "/viec-can-lam", "/nop-bao-cao", "/trinh-chieu"):
        open_page(page, address)
        for part, is_there in page.evaluate(STYLED).items():
            found[part] = found.get(part, False) or is_there
    assert len(found) > 20
    assert [part for part, is_there in found.items() if not is_there] == []


def test_an_address_opens_the_view_that_it_names(page) -> None:
    open_page(page, "/chi-tieu?period=2022&units=2021&indicator=play_area_communes")
    assert page.get_by_text("60,0\u202f%").first.is_visible()
    assert "66/110" in page.locator("body").inner_text()


def test_from_the_overview_to_the_indicator_in_one_click(page) -> None:
    open_page(page, "/?period=2023&units=2021")
    page.get_by_role("link", name="Chi tiết").nth(6).click()
    page.wait_for_url("**/chi-tieu?**")
    page.get_by_text("Trẻ em sinh ra được đăng ký khai sinh đúng hạn · Năm 2023").wait_for()
    assert "period=2023" in page.url and "indicator=birth_registration_on_time" in page.url


def test_the_language_stays_on_the_next_page_and_changes_without_leaving_the_view(page) -> None:
    open_page(page, "/?period=2023&units=2021&lang=en")
    page.get_by_role("link", name="Who lags").first.click()
    page.get_by_text("left out", exact=False).first.wait_for()
    wait_until_drawn(page)
    menu = page.get_by_test_id("stHeader")
    assert "Find and compare" in menu.inner_text() and "lang=en" in page.url
    page.get_by_text("Tiếng Việt").click()
    menu.get_by_text("Tìm và so sánh").wait_for()
    wait_until_drawn(page)
    assert all(part in page.url for part in ("/khoang-trong?", "lang=vi", "period=2023", "units=2021"))


def test_a_profile_is_followed_through_the_reform_and_its_address_with_it(page) -> None:
    open_page(page, "/ho-so-xa?period=2024&units=2025&unit=25349")
    page.get_by_role("link", name="Xã Minh Tâm").click()
    page.get_by_role("heading", name="Xã Minh Tâm").first.wait_for()
    wait_until_drawn(page)
    assert "units=2021" in page.url and "unit=25349" in page.url
    page.get_by_text("40 xã, phường").first.click()
    page.get_by_text("Xã Minh Tâm nay thuộc Xã Minh Đức.").wait_for()
    page.get_by_role("heading", name="Xã Minh Đức").first.wait_for()
    wait_until_drawn(page)
    assert "units=2025" in page.url and "unit=25349" in page.url
    page.get_by_text("111 xã, phường").first.click()
    page.get_by_text("Xã Minh Đức gồm các đơn vị cũ").wait_for()
    wait_until_drawn(page)
    assert "unit=" not in page.url.replace("units=", "")
