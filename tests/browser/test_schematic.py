"""Without outlines the maps still work, and say what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.harness import open_page, serve

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def app_url(schematic_home, server_log) -> Iterator[str]:
    with serve(schematic_home, server_log) as url:
        yield url


@pytest.mark.parametrize(
    "address",
    [
        "/ban-do?period=2024&units=2021",
        "/ban-do?period=2025&show=value&lang=en",
        "/khoang-trong?period=2022&units=2021&indicator=preschool_age5",
        "/diem-vui-choi?period=2024&units=2021",
        "/ho-so-xa?period=2024&units=2021&unit=25222",
    ],
)
def test_a_schematic_is_drawn_and_named_so(page, address) -> None:
    open_page(page, address)
    assert page.get_by_text("python -m etl boundaries").first.is_visible()
    assert page.locator("h2").first.inner_text()
