"""The papers read back as PDF: every figure against the naive computation, standards, and the same bytes each time."""

import re
from datetime import date
from fractions import Fraction
from io import BytesIO
from math import ceil, floor

import pandas as pd
import pytest
from pypdf import PdfReader
from pypdf.generic import IndirectObject

from etl.definitions import load
from pages.shared import actions, protection, queries
from pages.shared.figures import STATUS_SIGNS, figures, records
from pages.shared.filters import view_of
from pages.shared.map_component import outlines
from pages.shared.meeting import hold
from pages.shared.pack.commune_paper import commune_summary
from pages.shared.pack.paper import paper
from pages.shared.text import text_of

T = text_of("vi")
VIEW = view_of("2024", "2021", T)
ON = date(2026, 11, 24)
CODES = [u.code for u in load().units.values() if u.vintage == "2021"]
DASH = T("value.none")


class Papers:
    """Everything that the tests read, made from one state of the warehouse."""

    def __init__(self) -> None:
        drawn = outlines("2021")
        shares: list[float] = []
        with queries.frozen(approved_only=False):
            self.meeting = hold(VIEW, ON)
            self.pdf = paper(self.meeting, drawn)
            self.again = paper(hold(VIEW, ON), drawn)
            self.communes = commune_summary(VIEW, CODES, ON, drawn, shares.append)
            self.one = commune_summary(VIEW, CODES[:1], ON, drawn, lambda _: None)
            self.one_again = commune_summary(VIEW, CODES[:1], ON, drawn, lambda _: None)
            self.number = T.number(queries.snapshot("2024")["number"])
            self.counts = records(queries.protection_units("commune", "2024", "2021"))
            self.states = queries.report_states("2024").set_index("unit_code")["state"]
            self.decisions = self.meeting.to_decide()
            assert self.meeting.source
        self.progress = shares
        self.reader = PdfReader(BytesIO(self.pdf), strict=True)
        self.commune_reader = PdfReader(BytesIO(self.communes), strict=True)
        self.pages = [flat(page.extract_text()) for page in self.reader.pages]

    def commune(self, code: str) -> str:
        return flat(self.commune_reader.pages[CODES.index(code)].extract_text())


def flat(words: str) -> str:
    """Return words with every kind of space and line break as one plain space."""
    return " ".join(words.split())


@pytest.fixture(scope="module")
def papers(demo_home) -> Papers:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
        return Papers()


def expected(naive, target, level, unit, indicator) -> tuple[str, str, str, str]:
    """Return value, numerator of denominator, status and gap of a share, as the naive computation has them."""
    n, d = naive[indicator, level, unit, "2021", "2024", "total"]
    value = target.value
    if value is None:
        before = naive.get((indicator, level, unit, "2021", "2023", "total"))
        status = "no_baseline" if before is None else "met" if Fraction(n, d) > Fraction(*before) else "missed"
        gap = 0
    else:
        wanted = Fraction(value) * d / 100
        least = ceil(wanted) if target.comparator == ">=" else floor(wanted) + 1
        gap = max(0, least - n)
        near = gap and 100 * Fraction(n, d) >= Fraction(value) - Fraction(VIEW.plan.near_margin)
        status = "near" if near else "missed" if gap else "met"
    definition = load().indicators[indicator]
    unit_name = "xã" if definition.kind == "share_of_communes" else load().measures[definition.denominator].unit_vi
    return (
        T.percent(n, d, value),
        f"{T.number(n)}/{T.number(d)}",
        f"{STATUS_SIGNS[status][0]} {T('status.' + status)}",
        f"{T.number(gap)} {unit_name}" if gap else DASH,
    )


def goal(target) -> str:
    return T("pack.rising") if target.value is None else T.target(target.comparator, target.value)


def test_every_figure_of_the_province_is_that_of_the_naive_computation(papers, naive) -> None:
    for target in VIEW.plan.targets:
        section = next(p for p in papers.pages if f"{target.number}. {target.label_vi}: " in p and "Theo kế hoạch" in p)
        for one in target.indicators:
            value, counts, status, gap = expected(naive, one, "province", "70", one.indicator)
            reported = sum(
                k[0] == one.indicator and k[1] == "commune" and k[3:] == ("2021", "2024", "total") for k in naive
            )
            n, d = naive[one.indicator, "province", "70", "2021", "2024", "total"]
            before = Fraction(*naive[one.indicator, "province", "70", "2021", "2023", "total"])
            change = 100 * (Fraction(n, d) - before)
            signed = f"{'+' if change >= 0 else '−'}{T.number(abs(float(change)), 1)}"
            row = flat(f"{value} {counts} {goal(one)} {status} {signed} {gap} {reported}/111")
            assert row in papers.pages[0], (one.indicator, row)
            assert flat(value) in section and counts in section, one.indicator
        assert flat(target.wording_vi) in section


def test_the_paper_says_what_the_meeting_says(papers) -> None:
    whole = " ".join(papers.pages)
    assert flat(papers.meeting.finding) in papers.pages[0]
    said = [s for b in papers.meeting.targets for s in (b.finding(), *b.sentences())]
    said += [*papers.decisions, papers.meeting.reports_sentence()]
    assert said and not [s for s in said if flat(s) not in whole]
    assert all(name in whole for name in papers.meeting.waiting["name"])
    assert all(flat(task.title()) in whole for task in papers.meeting.tasks)


def test_every_page_names_its_source_and_its_number(papers) -> None:
    for reader, pages in ((papers.reader, papers.pages), (papers.commune_reader, [papers.commune(CODES[0])])):
        for n, page in enumerate(pages, start=1):
            assert flat(papers.meeting.source) in page and f"bản số liệu số {papers.number}." in page
            assert flat(T("pack.page", page=n, pages=len(reader.pages))) in page
            assert T("meeting.sample") in page


def test_papers_can_be_read_aloud_and_kept(papers) -> None:
    # A map and a trend for each target; a map and 16 small trends for each commune.
    for reader, pictures in ((papers.reader, 16), (PdfReader(BytesIO(papers.one), strict=True), 17)):
        root = reader.trailer["/Root"]
        assert root["/Lang"].lower().startswith("vi") and root["/MarkInfo"]["/Marked"] and root["/StructTreeRoot"]
        assert "Trẻ em Bình Phước" in reader.metadata.title
        told = root["/Metadata"].get_data().decode()
        assert re.search(r"pdfaid:part>2<", told) and re.search(r"pdfaid:conformance>A<", told)
        assert re.search(r"pdfuaid:part>1<", told)
        objects = [reader.get_object(IndirectObject(n, 0, reader)) for n in sorted(reader.xref[0])]
        fonts = [o for o in objects if isinstance(o, dict) and o.get("/Type") == "/FontDescriptor"]
        assert fonts and all({"/FontFile2", "/FontFile3"} & set(f) for f in fonts)
        drawn = [o for o in objects if isinstance(o, dict) and o.get("/S") == "/Figure"]
        assert len(drawn) == pictures and all(o["/Alt"] for o in drawn)
    headings = [o.title for o in papers.reader.outline if not isinstance(o, list)]
    assert [h for h in headings if h[0].isdigit()] == [f"{b.number}. {b.finding()}" for b in papers.meeting.targets]
    assert T("pack.tasks") in headings and T("pack.methods") in headings


def test_the_same_state_gives_the_same_bytes(papers) -> None:
    assert papers.pdf == papers.again and papers.one == papers.one_again


def test_every_commune_has_one_page(papers) -> None:
    reader = papers.commune_reader
    assert len(reader.pages) == len(CODES) == 111
    marks = reader.outline
    assert [reader.get_destination_page_number(m) for m in marks] == list(range(111))
    named = [load().name_of(load().units["2021", code], VIEW.cut_off).name for code in CODES]
    assert [m.title.split(":")[0] for m in marks] == named
    assert papers.progress == sorted(papers.progress) and papers.progress[-1] == 1
    assert len(PdfReader(BytesIO(papers.one)).pages) == 1


def test_a_commune_s_page_has_its_own_figures(papers, naive) -> None:
    waiting = next(code for code in CODES if papers.states[code] == "missing")
    late = next(code for code in CODES if papers.states[code] == "late")
    for code in (CODES[0], CODES[-1], late):
        page = papers.commune(code)
        for target in VIEW.plan.targets:
            for one in target.indicators:
                if (one.indicator, "commune", code, "2021", "2024", "total") not in naive:
                    continue
                if load().indicators[one.indicator].kind == "share_of_communes":
                    n, _ = naive[one.indicator, "commune", code, "2021", "2024", "total"]
                    row = f"{goal(one)} {STATUS_SIGNS['met' if n else 'missed'][0]} "
                    assert flat(row) in page and (T("value.yes") if n else T("value.no")) in page
                    continue
                value, counts, status, gap = expected(naive, one, "commune", code, one.indicator)
                row = flat(f"{goal(one)} {status} {value} {counts} {gap}")
                assert row in page, (code, one.indicator, row)
        for row in (r for r in papers.counts if r["unit_code"] == code):
            label = load().measures[row["measure"]].label_vi
            shown = re.search(re.escape(label) + r" (\S+) (\S+)", page)
            assert shown and shown[2] == protection.count(row, T), (code, label)
    assert f"{T('report.late')}: " in papers.commune(late)
    page = papers.commune(waiting)
    assert T("reporting.nothing_came") in page and len(re.findall(r"\? Chưa báo cáo(?! đủ)", page)) == 16
    assert T("pack.no_report_title", name="").strip(": ") in page


def test_a_commune_s_half_year_misses_no_target_of_a_whole_one(demo_home, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
    view = view_of("2026-H1", "2025", T)
    with queries.frozen(approved_only=False):
        shown = figures(queries.units("examined_under6", "commune", "total", "2026-H1", "2025"), T)
        codes = [f.row["unit_code"] for f in shown][:4]
        made = commune_summary(view, codes, ON, outlines("2025"), lambda _: None)
    statuses = {f.row["unit_code"]: f.status_words() for f in shown}
    assert any("½" in statuses[code] for code in codes)
    for page, code in zip(PdfReader(BytesIO(made)).pages, codes, strict=True):
        row = flat(page.extract_text()).split(load().indicators["examined_under6"].short_vi)[1]
        assert row.split("≥ 95 % ")[1].startswith(statuses[code]), code


def test_what_people_write_neither_breaks_nor_fills_a_page(demo_home, monkeypatch) -> None:
    monkeypatch.setenv("CHILD_DASHBOARD_HOME", str(demo_home))
    view = view_of("2020", "2021", text_of("en"))
    words = "Sân chơi \U0001f600 *a* #b $c$ \x07 " * 20
    code = CODES[1]
    warning = {"unit_code": code, "rule": "large_jump", "message_vi": words, "message_en": words}
    found = actions.recorded("2021", ON)
    many = found[found["open"]].head(1).assign(what=words, unit_code=code, overdue=True, days_overdue=1200)
    sites = queries.play_area_communes("2020", "2021").assign(nearest_name=words)
    monkeypatch.setattr(queries, "report_warnings", lambda _: pd.DataFrame([warning] * 9))
    monkeypatch.setattr(actions, "recorded", lambda *_: pd.concat([many] * 9))
    monkeypatch.setattr(queries, "play_area_communes", lambda *_: sites)
    pages = PdfReader(BytesIO(commune_summary(view, [code], ON, outlines("2021"), lambda _: None))).pages
    assert len(pages) == 1
    shown = flat(pages[0].extract_text())
    assert shown.count("Sân chơi \ufffd *a* #b $c$") > 5
    assert view.text("pack.more_actions", count=6) in shown
