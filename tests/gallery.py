"""Every page as a picture, to be looked through: `make gallery`. It renews the pictures of docs/ as well.

Everything is taken from sample data of its own, so that no picture ever shows a real figure. Words behind the command
(`python -m tests.gallery map docs/`) take only what begins with one of them.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import contextmanager
from html import escape
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image

from tests.browser.harness import CHROMIUM_FLAGS, PROJECT, open_page, serve, upload, wait_until_drawn
from tests.guides import sample_report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

OUT = PROJECT / "build" / "gallery"
PICTURE_FOLDER = PROJECT / "docs" / "pictures"
SETTLE_MS = 900
"""Until charts and maps, which Streamlit does not wait for, have been painted."""

TALLEST_PX = 6000
COLOURS = 64
"""Of a picture in docs/."""


class Screen(NamedTuple):
    """What a reader sits before."""

    width: int
    height: int
    scale: float = 1
    dark: bool = False
    lang: str = "vi"


SCREENS = {
    "laptop": Screen(1366, 768),
    "laptop_en": Screen(1366, 768, lang="en"),
    "desktop": Screen(1920, 1080),
    "dark": Screen(1366, 768, dark=True),
    # A projector shows 1920 by 1080, enlarged to be read from the last row.
    "projector": Screen(1280, 720, scale=1.5),
    "phone": Screen(390, 844, scale=2),
}
INDEX_STYLE = """<style>
body { font: 16px system-ui; margin: 1rem } code { font-weight: normal }
div { display: flex; gap: 1rem; overflow-x: auto; align-items: start }
figure { margin: 0; flex: none; width: 640px } a { display: block; position: relative }
img { width: 100%; border: 1px solid #8a949e }
i { position: absolute; left: 0; right: 0; top: calc(640px * var(--fold)); border-top: 2px dashed #d55e00 }
</style>"""
EVERY_SCREEN = ("laptop", "laptop_en", "desktop", "dark", "projector")


class View(NamedTuple):
    """A page in one state of its data."""

    address: str
    screens: tuple[str, ...] = EVERY_SCREEN
    home: str = "sample"


FULL, PARTIAL = "period=2024&units=2021", "period=2026-H1&units=2025"
VIEWS = {
    "overview": View(f"/?{FULL}", (*EVERY_SCREEN, "phone")),
    "overview_partial": View(f"/?{PARTIAL}"),
    "presentation": View(f"/trinh-chieu?{FULL}"),
    "presentation_target": View(f"/trinh-chieu?{FULL}&screen=target-3"),
    "pack": View(f"/tai-lieu-hop?{FULL}"),
    "tasks": View(f"/nhiem-vu?{FULL}"),
    "task": View(f"/nhiem-vu?{FULL}&task=4"),
    "indicator": View(f"/chi-tieu?{FULL}&indicator=birth_registration_on_time"),
    "indicator_partial": View(f"/chi-tieu?{PARTIAL}&indicator=child_consultation", ("laptop", "laptop_en")),
    "indicator_share": View("/chi-tieu?period=2025&units=2025&indicator=play_area_communes", ("laptop", "dark")),
    "actions": View(f"/viec-can-lam?{FULL}"),
    "map_status": View(f"/ban-do?{FULL}"),
    "map_value": View(f"/ban-do?{FULL}&show=value", ("laptop", "dark")),
    "map_compare": View(f"/ban-do?{FULL}&show=compare", ("laptop",)),
    "map_combine": View(f"/ban-do?{FULL}&show=combine", ("laptop",)),
    "map_partial": View(f"/ban-do?{PARTIAL}", ("laptop",)),
    "gaps": View(f"/khoang-trong?{FULL}&indicator=birth_registration_on_time"),
    "gaps_matrix": View(f"/khoang-trong?{FULL}&part=matrix", ("laptop", "dark")),
    "play_areas": View(f"/diem-vui-choi?{FULL}"),
    "child_friendly": View(f"/xa-phu-hop-voi-tre-em?{FULL}"),
    "child_friendly_not_applicable": View("/xa-phu-hop-voi-tre-em?period=2024&units=2025", ("laptop",)),
    "protection_masked": View(f"/bao-ve-tre-em?{FULL}"),
    "commune": View(f"/ho-so-xa?{FULL}&unit=25222", (*EVERY_SCREEN, "phone")),
    "commune_partial": View(f"/ho-so-xa?{PARTIAL}&unit=25195", ("laptop", "phone")),
    "analysis": View(f"/phan-tich?{FULL}&what=insurance_under6,preschool_age5"),
    "analysis_masked": View(f"/phan-tich?{FULL}&what=injury_cases,abuse_cases", ("laptop",)),
    "sql": View(f"/truy-van-sql?{FULL}&sql=SELECT+*+FROM+protection_count+LIMIT+20"),
    "submit": View("/nop-bao-cao"),
    "forms": View("/nop-bao-cao?part=forms", ("laptop", "laptop_en")),
    "reporting": View("/tinh-hinh-bao-cao?period=2023&units=2021"),
    "reporting_partial": View(f"/tinh-hinh-bao-cao?{PARTIAL}", ("laptop",)),
    "quality": View(f"/chat-luong-so-lieu?{FULL}"),
    "quality_outliers": View(f"/chat-luong-so-lieu?{FULL}&part=outliers", ("laptop",)),
    "review": View(f"/duyet?{FULL}"),
    "log": View(f"/nhat-ky?{FULL}"),
    "status": View("/tinh-trang"),
    "methods": View(f"/phuong-phap?{FULL}&indicator=insurance_under6"),
    "dictionary": View(f"/tu-dien?{FULL}&indicator=birth_registration_on_time"),
    "dictionary_tables": View(f"/tu-dien?{FULL}&part=tables", ("laptop",)),
    "overview_empty": View("/", ("laptop", "laptop_en", "dark"), home="empty"),
    "submit_empty": View("/nop-bao-cao", ("laptop",), home="empty"),
    "status_empty": View("/tinh-trang", ("laptop",), home="empty"),
}


def upload_wrong(page: Page) -> None:
    """Send a report with a wrong cell."""
    upload(page, sample_report(wrong=True))
    page.get_by_test_id("stDataFrame").nth(1).wait_for()
    wait_until_drawn(page)


def run_first_example(page: Page) -> None:
    """Ask a sample question in SQL."""
    page.get_by_role("combobox").nth(1).click()
    page.get_by_role("option").first.click()
    wait_until_drawn(page)
    page.keyboard.press("Control+Enter")
    page.get_by_test_id("stDataFrame").nth(1).wait_for()
    wait_until_drawn(page)


def scroll_to_the_end(page: Page) -> None:
    """Come to the map that is last on the page."""
    page.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, main.scrollHeight)")


def stay(_: Page) -> None:
    """Do nothing before the picture is taken."""


class Picture(NamedTuple):
    """A picture of docs/: where it is taken and what is done there before."""

    address: str
    prepare: Callable[[Page], None] = stay
    screen: Screen = Screen(1280, 720)
    languages: tuple[str, ...] = ("vi", "en")


TALL, DARK, PHONE = Screen(1280, 960), Screen(1280, 720, dark=True), Screen(390, 760)
PICTURES = {
    "overview": Picture(f"/?{FULL}"),
    "indicator": Picture(f"/chi-tieu?{FULL}&indicator=child_consultation", screen=TALL),
    "presentation": Picture(f"/trinh-chieu?{FULL}&screen=target-3"),
    "map": Picture(f"/ban-do?{FULL}&indicator=birth_registration_on_time"),
    "reporting": Picture("/tinh-hinh-bao-cao?period=2026-H1&units=2025"),
    "analysis": Picture(f"/phan-tich?{FULL}&what=insurance_under6&at=district"),
    "sql": Picture(f"/truy-van-sql?{FULL}", run_first_example, TALL),
    "forms": Picture("/nop-bao-cao?part=forms"),
    "submit": Picture("/nop-bao-cao", upload_wrong, TALL),
    "commune": Picture(f"/ho-so-xa?{FULL}&unit=25222"),
    "review": Picture(f"/duyet?{FULL}"),
    "status": Picture("/tinh-trang"),
    "dark": Picture(f"/ban-do?{FULL}&indicator=birth_registration_on_time", screen=DARK, languages=("vi",)),
    "phone": Picture(f"/?{FULL}", screen=PHONE, languages=("vi",)),
    "masked": Picture(f"/bao-ve-tre-em?{FULL}", scroll_to_the_end, languages=("vi",)),
}


def main(only: list[str]) -> None:
    """Take the views whose names begin with one of `only`, or all, and write the index to look through."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM_FLAGS)
        with tempfile.TemporaryDirectory() as empty:
            for home, folder in {"sample": sample_home(), "empty": Path(empty)}.items():
                with serve(folder, OUT / f"{home}.log") as url:
                    for name, view in VIEWS.items():
                        if view.home == home and (not only or name.startswith(tuple(only))):
                            for screen in view.screens:
                                take(browser, url, name, screen)
                    if home == "sample":
                        for name in PICTURES:
                            if not only or f"docs/{name}".startswith(tuple(only)):
                                renew(browser, url, name)
        browser.close()
    write_index()


def sample_home() -> Path:
    """Return a folder with the sample reports as they are now, and with real outlines where this machine has any."""
    from etl.boundaries import import_outlines
    from etl.demo import write_demo
    from etl.warehouse import current_path

    home = OUT / "home"
    if current_path(home) is None:
        shutil.rmtree(home, ignore_errors=True)
        write_demo(home, None, lambda _: None)
        for path in (PROJECT.parent / "shared" / "boundaries").glob("communes_*.geojson"):
            import_outlines(home, path, path.stem.removeprefix("communes_"))
    return home


def take(browser: Browser, url: str, name: str, screen: str) -> None:
    """Take one view on one screen, down to the end of the page."""
    look = SCREENS[screen]
    with tab(browser, url, look) as page:
        open_page(page, f"{VIEWS[name].address}{'&' if '?' in VIEWS[name].address else '?'}lang={look.lang}")
        page.wait_for_timeout(SETTLE_MS)
        whole = page.evaluate("document.querySelector('[data-testid=\"stMain\"]')?.scrollHeight ?? 0")
        if whole > look.height:
            page.set_viewport_size({"width": look.width, "height": min(TALLEST_PX, whole)})
            page.wait_for_timeout(SETTLE_MS)
        page.screenshot(path=OUT / f"{name}.{screen}.png")
        print(name, screen, flush=True)


def renew(browser: Browser, url: str, name: str) -> None:
    """Take a picture of docs/ anew, in few colours: text stays sharp, and all pictures together stay small."""
    address, prepare, look, languages = PICTURES[name]
    for lang in languages:
        with tab(browser, url, look._replace(lang=lang)) as page:
            open_page(page, f"{address}{'&' if '?' in address else '?'}lang={lang}")
            prepare(page)
            page.wait_for_timeout(SETTLE_MS)
            taken = Image.open(BytesIO(page.screenshot())).convert("RGB")
            taken.quantize(COLOURS).save(PICTURE_FOLDER / f"{name}.{lang}.png", optimize=True)
            print(f"docs/{name}", lang, flush=True)


@contextmanager
def tab(browser: Browser, url: str, look: Screen) -> Iterator[Page]:
    """Open an empty tab on a screen."""
    context = browser.new_context(
        base_url=url,
        viewport={"width": look.width, "height": look.height},
        device_scale_factor=look.scale,
        color_scheme="dark" if look.dark else "light",
        locale="vi-VN" if look.lang == "vi" else "en-GB",
        timezone_id="Asia/Ho_Chi_Minh",
        reduced_motion="reduce",
    )
    yield context.new_page()
    context.close()


def write_index() -> None:
    """Write a page of all pictures that there are, with a line where the first screen ends."""
    lines = ["<!doctype html><meta charset=utf-8><title>Gallery</title>", INDEX_STYLE]
    for name, view in VIEWS.items():
        taken = [s for s in view.screens if (OUT / f"{name}.{s}.png").exists()]
        lines.append(f"<h2>{escape(name)} <code>{escape(view.address)}</code></h2><div>")
        for s in taken:
            fold = f"--fold:{SCREENS[s].height / SCREENS[s].width:.4f}"
            image = f'<a href="{name}.{s}.png"><img loading=lazy src="{name}.{s}.png" alt="{name}, {s}"><i></i></a>'
            lines.append(f'<figure style="{fold}"><figcaption>{s}</figcaption>{image}</figure>')
        lines.append("</div>")
    (OUT / "index.html").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
