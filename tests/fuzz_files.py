"""Hostile and honest report files of every kind, the same for the same seed."""

import io
import random
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache

from etl.definitions import load
from etl.demo import make_report
from etl.template import write_form

D = load()
Parts = dict[str, bytes]
SHEETS = [f"xl/worksheets/sheet{n}.xml" for n in range(1, 7)]
FIGURES = SHEETS[2]
NAMESPACE = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'

HOSTILE_TEXTS = [
    "=1+1",
    '=HYPERLINK("http://x.example","bấm")',
    "+84",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "=cmd|'/C calc'!A0",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[bấm](javascript:alert(1)) **đậm** $x^2$ :material/delete: :red[đỏ]",
    "{value} {0} %s %n",
    "'; DROP TABLE observation; --",
    "../../../../etc/passwd",
    "C:\\Windows\\win.ini",
    "\u202egnp.xlsx",
    "\u200b\u200e\ufeff",
    "😀" * 50,
    "Z" + "a\u0301" * 300,
    "_x001B_[31m đỏ _x0000_",
    "x" * 40_000,
    "cháu Nguyễn Văn An sinh ngày 01/02/2015",
    "họ và tên",
    "070301001234",
    "TE1707012345678",
    "không phát sinh",
    "chưa có số liệu",
    "12.345",
    "１２３",
    "٣٤٥",
    "1e400",
    "NaN",
    "-0",
    "99999999999999999999",
    "12,5 %",
    "31/02/2021",
    "Năm 2021",
    "25216",
    "#REF!",
    "",
]
HOSTILE_NUMBERS = ["1e308", "-1", "0.5", "1E+400", "NaN", "INF", "", "12a", "0x10", "9" * 400, "-0", "1,5", "2161", "3"]
FILE_NAMES = [
    "báo cáo {n}.xlsx",
    "x\\..\\..\\x{n}.xlsx",
    "C:\\x{n}.xlsx",
    "\u202egnp.{n}.xlsx",
    "a\nb{n}.xlsx",
    "\x1b[31mđỏ{n}.xlsx",
    "\x9b2Jx{n}.csv",
    "CON.{n}.xlsx",
    "-rf {n}.xlsx",
    "=cmd{n}.csv",
    "<b>{n}<b>.xls",
    "[{n}](x).ods",
    "$x$ {n}.csv",
    "😀{n}.xlsb",
    "%00{n}.xlsm",
    "'; --{n}.csv",
    "x" * 240 + "{n}.xlsx",
    "\udcff\udcfe{n}.xlsx",
    "form{n}.xlsx",
    "form{n}.csv",
]


def files(seed: int, number: int) -> tuple[str, str, bytes]:
    """Return kind, name and content of the file of this number."""
    dice = random.Random(f"{seed}-{number}")  # noqa: S311  the same files every time
    kind = dice.choices(list(KINDS), [weight for weight, _ in KINDS.values()])[0]
    name = dice.choice(FILE_NAMES).replace("{n}", str(number))
    return kind, name, KINDS[kind][1](dice)


@cache
def forms() -> list[Parts]:
    """Forms of some communes as they fill them in, as the members of their files."""
    made = []
    for period in (D.periods["2021"], D.periods["2021-H1"], D.periods["2025"]):
        for unit in [u for u in D.units.values() if u.vintage == period.vintage][:6]:
            report = make_report(D, unit, period)
            report.reported_on = period.due_on
            with zipfile.ZipFile(io.BytesIO(write_form(D, unit, period, report))) as archive:
                made.append({name: archive.read(name) for name in archive.namelist()})
    return made


def packed(parts: Parts, level: int = 1) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2021, 12, 1, 0, 0, 0)), part, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def a_form(dice: random.Random) -> Parts:
    return dict(dice.choice(forms()))


def escaped(text: str) -> bytes:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").encode("utf-8", "replace")


# Workbooks ---------------------------------------------------------------------------------------------------


def honest(dice: random.Random) -> bytes:
    """A form as it came, or with a few figures a little smaller."""
    parts = a_form(dice)
    often = dice.choice([0, 0, 0.1])

    def less(match: re.Match[bytes]) -> bytes:
        value = int(match[2])
        return match[1] + str(max(0, value - dice.randrange(3)) if dice.random() < often else value).encode() + match[3]

    parts[FIGURES] = re.sub(rb'(<c r="D\d+" s="\d+"><v>)(\d+)(</v>)', less, parts[FIGURES])
    parts["docProps/app.xml"] += b"<!-- %d -->" % dice.randrange(10**9)
    return packed(parts)


def odd_cells(dice: random.Random) -> bytes:
    parts = a_form(dice)
    often = dice.choice([0.02, 0.2, 0.9])
    texts = [escaped(text) for text in dice.sample(HOSTILE_TEXTS, 5)]
    numbers = [number.encode() for number in dice.sample(HOSTILE_NUMBERS, 2)]
    # Some of these make a whole sheet unreadable, so that no file has all of them.
    cells = dice.sample(
        [
            lambda: b' t="inlineStr"><is><t>%s</t></is></c>' % dice.choice(texts),
            lambda: b' t="inlineStr"><is><t>%s</t></is></c>' % dice.choice(texts),
            lambda: b"><v>%s</v></c>" % dice.choice(numbers),
            lambda: b"><v>%d</v></c>" % dice.randrange(10**6),
            lambda: b' t="str"><f>%s</f><v>%s</v></c>' % (escaped("cmd|'/C calc'!A0"), dice.choice(texts)),
            lambda: b"><f>[1]Sheet1!A1</f><v>%d</v></c>" % dice.randrange(100),
            lambda: b' t="e"><v>%s</v></c>' % dice.choice([b"#REF!", b"#DIV/0!", b"odd"]),
            lambda: b' t="b"><v>1</v></c>',
            lambda: b' t="s"><v>%d</v></c>' % dice.choice([0, 5, 10**6, -1]),
            lambda: b' t="d"><v>2021-13-45</v></c>',
            lambda: b"/>",
        ],
        2,
    )

    def odd(match: re.Match[bytes]) -> bytes:
        return b'<c r="%s"%s' % (match[1], dice.choice(cells)()) if dice.random() < often else match[0]

    for sheet in dice.sample(SHEETS[1:], dice.randint(1, 5)):
        parts[sheet] = re.sub(rb'<c r="([A-Z]+\d+)"[^>]*?(?:/>|>.*?</c>)', odd, parts[sheet])
    return packed(parts)


def odd_texts(dice: random.Random) -> bytes:
    """Headers, labels and answers replaced: sheets no longer are what they were."""
    parts = a_form(dice)
    often = dice.choice([0.01, 0.1, 0.5])

    def odd(match: re.Match[bytes]) -> bytes:
        return b"<t>%s</t>" % escaped(dice.choice(HOSTILE_TEXTS)) if dice.random() < often else match[0]

    parts["xl/sharedStrings.xml"] = re.sub(rb"<t[^>]*>[^<]*</t>", odd, parts["xl/sharedStrings.xml"])
    return packed(parts)


def broken_structure(dice: random.Random) -> bytes:
    """Parts of the XML moved, doubled, left out or exchanged, at its tags."""
    parts = a_form(dice)
    for _ in range(dice.randint(1, 4)):
        name = dice.choice(list(parts))
        tags = [m.start() for m in re.finditer(b"<", parts[name])]
        if len(tags) < 3:
            continue
        start, end = sorted(dice.sample(tags, 2))
        part, xml = parts[name][start:end], parts[name]
        parts[name] = dice.choice(
            [xml[:start] + xml[end:], xml[:start] + part * 2 + xml[end:], xml[:start] + part[::-1] + xml[end:], part]
        )
    if dice.random() < 0.2:
        del parts[dice.choice(list(parts))]
    return packed(parts)


def odd_members(dice: random.Random) -> bytes:
    """Members that a workbook has no need of: macros, objects, links to elsewhere, names that climb, entities."""
    parts = a_form(dice)
    sheet = dice.choice(SHEETS)
    link = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1"'
        b' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath"'
        b' Target="http://127.0.0.1:1/x.xlsx" TargetMode="External"/></Relationships>'
    )
    entities = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10 if n else b"x" * 10) for n in range(9))
    doctype = b'<?xml version="1.0"?><!DOCTYPE x [%s<!ENTITY f SYSTEM "file:///etc/passwd">]>' % entities
    choice = dice.randrange(8)
    if choice == 0:
        parts |= {"xl/vbaProject.bin": dice.randbytes(2000), "xl/embeddings/oleObject1.bin": dice.randbytes(2000)}
    elif choice == 1:
        parts |= {"xl/externalLinks/_rels/externalLink1.xml.rels": link, "xl/externalLinks/externalLink1.xml": b"<x/>"}
    elif choice == 2:
        parts |= {"../../../tmp/x.xml": b"<x/>", "/etc/x.xml": b"<x/>", "C:\\x.xml": b"<x/>", "a" * 60_000: b""}
    elif choice == 3:
        declared = parts[sheet].partition(b"?>")[2]
        parts[sheet] = doctype + re.sub(rb"<v>\d+</v>", b"<v>&e8;&f;</v>", declared, count=3)
    elif choice == 4:
        relations = "xl/_rels/workbook.xml.rels"
        other = dice.choice([b"../../x.xml", b"http://127.0.0.1:1/", b"/xl/workbook.xml", b"worksheets/sheet9.xml"])
        parts[relations] = re.sub(rb'Target="worksheets/sheet3.xml"', b'Target="%s"' % other, parts[relations])
    elif choice == 5:
        more = b"".join(b'<sheet name="T%d" sheetId="%d" r:id="rId3"/>' % (n, n) for n in range(10, 10 + 300))
        parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b"</sheets>", more + b"</sheets>")
    elif choice == 6:
        deep = b"<a>" * 20_000
        parts[sheet] = parts[sheet].replace(b"<sheetData>", b"<sheetData>" + deep)
    else:
        parts |= {f"xl/media/image{n}.png": b"\x89PNG" + dice.randbytes(500) for n in range(200)}
    return packed(parts)


def odd_dimensions(dice: random.Random) -> bytes:
    """Cells far out, merged areas without end, sheets that are mostly empty."""
    parts = a_form(dice)
    sheet = dice.choice(SHEETS[1:])
    merged = b'<mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    far = dice.choice([(1_048_576, b"XFD"), (5_001, b"A"), (4_999, b"GR"), (9_999, b"B"), (400, b"KK"), (2, b"XFD")])
    row = b'<row r="%d"><c r="%s%d" t="inlineStr"><is><t>x</t></is></c></row>' % (far[0], far[1], far[0])
    xml = parts[sheet]
    parts[sheet] = dice.choice(
        [
            xml.replace(b"</sheetData>", row + b"</sheetData>"),
            xml.replace(b"</sheetData>", b"</sheetData>" + merged),
            re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', xml),
            re.sub(rb'<row r="(\d+)"', rb'<row r="1\1"', xml),
            re.sub(rb' r="[A-Z]+\d+"', b"", xml),
            re.sub(rb'(<c r=")[A-Z]+(\d+")', rb"\1ABCDEFGH\2", xml),
        ]
    )
    return packed(parts)


@cache
def bombs() -> list[bytes]:
    """Few bytes that unpack to many."""
    sheet = b"<worksheet %s><sheetData>%%s</sheetData></worksheet>" % NAMESPACE
    row = b"<row>" + b"<c><v>1</v></c>" * 190 + b"</row>"
    errors = b"<row>" + b'<c t="e"><v>#REF!</v></c>' * 90 + b"</row>"
    words = b"<row>" + b'<c t="inlineStr"><is><t>Tr\xe1\xba\xa7n V\xc4\x83n 0123</t></is></c>' * 90 + b"</row>"
    # Some beyond what is read at all, most just within it.
    fat = [
        {FIGURES: b" " * 300_000_000},
        {FIGURES: sheet % (row * 15_000)},
        {FIGURES: sheet % (row * 1_500)},
        {FIGURES: sheet % (errors * 1_100)},
        {FIGURES: sheet % (words * 3_000)},
        {FIGURES: sheet % (b"<row r='5000'><c r='GR5000'><v>1</v></c></row>"), SHEETS[3]: sheet % (row * 2_000)},
        {"xl/sharedStrings.xml": b"<sst %s>" % NAMESPACE + b"<si><t>x</t></si>" * 1_700_000 + b"</sst>"},
        {"xl/sharedStrings.xml": b"<sst %s><si><t>" % NAMESPACE + b"x" * 29_000_000 + b"</t></si></sst>"},
        {"xl/styles.xml": b"<styleSheet %s><cellXfs>" % NAMESPACE + b"<xf/>" * 5_000_000 + b"</cellXfs></styleSheet>"},
    ]
    return [packed(forms()[0] | parts, level=9) for parts in fat]


def bomb(dice: random.Random) -> bytes:
    return dice.choice(bombs()) + dice.randbytes(dice.choice([0, 0, 30]))


def damaged_zip(dice: random.Random) -> bytes:
    content = bytearray(packed(a_form(dice)))
    choice = dice.randrange(6)
    if choice == 0:
        for _ in range(dice.choice([1, 5, 50, 500])):
            content[dice.randrange(len(content))] = dice.randrange(256)
    elif choice == 1:
        del content[dice.randrange(len(content)) :]
    elif choice == 2:
        start = dice.randrange(len(content))
        del content[start : start + dice.choice([1, 2, 100, 5000])]
    elif choice == 3:
        # What a directory's entry says of flags, method, checksum, sizes and place.
        entries = [m.start() for m in re.finditer(b"PK\x01\x02", bytes(content))]
        for entry in dice.sample(entries, 3):
            field, size = dice.choice([(8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (42, 4)])
            content[entry + field : entry + field + size] = dice.randbytes(size)
    elif choice == 4:
        end = bytes(content).rfind(b"PK\x05\x06")
        content[end + 8 : end + 20] = struct.pack("<HHII", *(dice.choice([0, 1, 0xFFFF]) for _ in range(4)))
    else:
        content = bytearray(dice.randbytes(500)) + content + bytearray(dice.randbytes(500))
    return bytes(content)


def ods(dice: random.Random) -> bytes:
    """An OpenDocument of one sheet, whose cells may repeat without end."""
    names = "".join(f' xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    times = dice.choice([1, 3, 16_384, 2**31 - 1, 10**20])
    down = dice.choice([1, 1, 1_048_576, 10**9])
    value = escaped(dice.choice(HOSTILE_TEXTS[:19])).decode()
    sheet = dice.choice(["Thông tin", "Số liệu", "x"])
    rows = (
        f'<table:table-row table:number-rows-repeated="{down}"><table:table-cell office:value-type="string"'
        f' table:number-columns-repeated="{times}"><text:p>{value}</text:p></table:table-cell></table:table-row>'
    )
    xml = (
        f"<office:document-content{names}><office:body><office:spreadsheet>"
        f'<table:table table:name="{sheet}">{rows * dice.choice([1, 40])}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    return packed({"mimetype": kind, "content.xml": xml.encode(), "META-INF/manifest.xml": b"<x/>"})


def other_type(dice: random.Random) -> bytes:
    """What is no report at all, whatever its name says."""
    table = "<html><body><table><tr><td>Mã</td><td>=1+1</td></tr></table></body></html>".encode()
    compound = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    return dice.choice(
        [
            b"",
            b"\0",
            b"\xff",
            b"P",
            b"PK",
            b"PK\x05\x06" + bytes(18),
            b"\x89PNG\r\n\x1a\n" + dice.randbytes(3000),
            b"%PDF-1.7\n" + dice.randbytes(3000),
            b"MZ" + dice.randbytes(3000),
            b"\x1f\x8b" + zlib.compress(b"x" * 1000),
            b"\xef\xbb\xbf",
            b'{"a": [' * 2000,
            table,
            compound + dice.randbytes(dice.choice([0, 500, 5000])),
            compound + bytes(504) + dice.randbytes(8192),
            packed({"word/document.xml": b"<w/>", "[Content_Types].xml": b"<x/>"}),
            packed({f"{n}.xlsx": packed(forms()[0]) for n in range(3)}),
            packed({"xl/workbook.bin": dice.randbytes(3000), "[Content_Types].xml": b"<x/>"}),
            dice.randbytes(dice.choice([10, 1000, 100_000])),
            b"\n" * 2_000_000,
        ]
    )


# CSV ---------------------------------------------------------------------------------------------------------


def lines_of(dice: random.Random) -> list[list[str]]:
    period = D.periods[dice.choice(["2021", "2021-H1", "2022", "2025"])]
    unit = dice.choice([u for u in D.units.values() if u.vintage == period.vintage])
    report = make_report(D, unit, period)
    rows = [(f.measure, f.population_group, f.value) for f in report.figures]
    rows += [(f"task.{t.item}", "total", t.value) for t in report.tasks]
    return [[unit.code, period.period, *("" if v is None else str(v) for v in row)] for row in rows]


def written(rows: list[list[str]], separator: str = ",", end: str = "\n") -> bytes:
    head = ["unit_code", "period", "measure", "group", "value"]
    return end.join(separator.join(row) for row in [head, *rows]).encode("utf-8", "surrogatepass")


def honest_csv(dice: random.Random) -> bytes:
    return written(lines_of(dice), dice.choice(",;"), dice.choice(["\n", "\r\n"]))


def odd_csv(dice: random.Random) -> bytes:
    """Fields, separators, quotes, lines and encodings that nobody expects."""
    rows = lines_of(dice)
    for _ in range(dice.choice([0, 1, 20])):
        dice.choice(rows)[dice.randrange(5)] = dice.choice(HOSTILE_TEXTS)
    content = written(rows, dice.choice([",", ";", "\t", "|", ",,", '","']), dice.choice(["\n", "\r\n", "\r", "\n\n"]))
    at = dice.randrange(len(content))
    encoding = dice.choice(["utf-16", "utf-16-be", "cp1258", "utf-7"])
    intruder = dice.choice([b'"', b"\0", b"\xff", b"\x1b[2J", b"\x1a", b"'"])
    lines = content.split(b"\n")
    change = dice.choice(
        [
            lambda: content.decode("utf-8", "replace").encode(encoding, "replace"),
            lambda: content[:at] + intruder * 3 + content[at:],
            lambda: content[:at],
            lambda: content * dice.choice([2, 30]),
            lambda: b"\xef\xbb\xbf" * 2 + content,
            lambda: b"\n".join(dice.sample(lines, len(lines))),
            lambda: re.sub(rb"unit_code|period|measure|group|value", lambda m: dice.choice([m[0], b""]), content),
            lambda: content,
            lambda: content,
        ]
    )
    return change()


def large_csv(dice: random.Random) -> bytes:
    """A million columns, a cell of megabytes, reports without number, figures of everything."""
    head, line = written([]) + b"\n", ",".join(lines_of(dice)[0]).encode() + b"\n"
    units = [u.code.encode() for u in D.units.values() if u.vintage == "2021"]
    spellings = [b"N\xc4\x83m" + b" " * n + b"2021" for n in range(20)]
    make = dice.choice(
        [
            lambda: head.rstrip() + b",x" * 1_000_000 + b"\n" + line * 3,
            lambda: head + b'25216,2021,"' + b"a" * 5_000_000 + b'",total,1\n',
            lambda: head + b"".join(b"%d,2021,births_registered,total,1\n" % n for n in range(20_000)),
            lambda: head + b"".join(b"%s,%s,x,total,1\n" % (u, s) for u in units for s in spellings),
            lambda: head + line * 150_000,
            lambda: b"," * 3_000_000,
            lambda: head + b"".join(b",".join([b"1" * 300] * 5) + b"\n" for _ in range(5_000)),
        ]
    )
    return make()


KINDS: dict[str, tuple[float, Callable[[random.Random], bytes]]] = {
    "honest": (15, honest),
    "odd cells": (15, odd_cells),
    "odd texts": (10, odd_texts),
    "broken structure": (12, broken_structure),
    "odd members": (8, odd_members),
    "odd dimensions": (6, odd_dimensions),
    "bomb": (1.5, bomb),
    "damaged zip": (9, damaged_zip),
    "OpenDocument": (3, ods),
    "other type": (5, other_type),
    "honest CSV": (5, honest_csv),
    "odd CSV": (9, odd_csv),
    "large CSV": (1.5, large_csv),
}
"""How often a kind comes, and what makes a file of it."""
