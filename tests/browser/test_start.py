"""The first reader after a start: the server answers only once the dashboard is ready, and tells its log so."""

from __future__ import annotations

import json

from tests.browser.harness import open_page, serve


def test_the_first_request_of_all_is_a_link_to_a_page(browser, demo_home, tmp_path) -> None:
    log = tmp_path / "server.log"
    with serve(demo_home, log) as url:
        page = browser.new_page()
        open_page(page, f"{url}/chi-tieu?period=2024&units=2021&indicator=swim_able_primary")
        assert page.get_by_text("Học sinh tiểu học biết bơi · Năm 2024").is_visible()
        assert page.get_by_role("dialog").count() == 0
        page.close()
    events = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [(e["event"], e["level"]) for e in events] == [("started", "info"), ("stopped", "info")]
    assert events[0]["works"] and events[0]["streamlit"]
