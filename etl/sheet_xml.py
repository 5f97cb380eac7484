"""What the XML of an .xlsx workbook says beside the values of its cells.

calamine gives values alone: no comments, headers or number formats, and a formula that was never reckoned as an empty
cell. What is looked for is rare, so bytes are searched before any XML is parsed.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping
from html import unescape
from xml.etree.ElementTree import Element, fromstring

Place = tuple[int, int]
"""0-based row and column."""

Aside = tuple[Place | None, str]
"""Words beside the cells, and the cell that they belong to, if any."""

_WORKBOOK = "xl/workbook.xml"
_STYLES = "xl/styles.xml"
_WITH_WORDS = ("/comments", "/drawing")
_WITHOUT_RESULT = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s([^>]*)>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s([^>]*)>")
_ATTRIBUTE = re.compile(r"""([A-Za-z]+)\s*=\s*(["'])(.*?)\2""")
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*)>")
_ADDRESS = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_STYLE = re.compile(rb'\bs="(\d+)"')
_TEXT_RESULT = b't="str"'
"""A formula that gave an empty text has a result."""
_PAGE_WORDS = re.compile(rb"<(?:\w+:)?(?:odd|even|first)(?:Header|Footer)\b[^>]*>([^<]+)<")
_PAGE_CODES = re.compile(r'&(?:"[^"]*"|\d+|K[0-9A-F]{6}|.)')
_PERCENT_FORMATS = {"9", "10"}
_PERCENT_MARKS = (b"%", b'numFmtId="9"', b'numFmtId="10"')
"""One of them is in the XML of styles that show a percentage."""
_NO_FORMAT = re.compile(r'"[^"]*"|\\.')
"""Words within a number format, which are shown as they are."""


def sheet_members(members: Mapping[str, bytes]) -> dict[str, str]:
    """Return the member of each sheet by the sheet's name; empty for what is no .xlsx."""
    if _WORKBOOK not in members:
        return {}
    targets = {i: target for i, _, target in _relations(members, _WORKBOOK)}
    # The namespace of `id` differs between the two kinds of Office Open XML, its prefix between programmes.
    return {s.get("name", ""): targets.get(s.get("id", ""), "") for s in _attributes(_SHEET, members[_WORKBOOK])}


def asides(members: Mapping[str, bytes], member: str) -> Iterator[Aside]:
    """Yield comments, text boxes, page headers and page footers of a sheet."""
    xml = members[member]
    end = xml.rfind(b"headerFooter>")
    for match in _PAGE_WORDS.finditer(xml, xml.rfind(b"headerFooter", 0, end)) if end > 0 else ():
        yield None, _PAGE_CODES.sub(" ", unescape(match[1].decode(errors="replace")))
    for _, kind, target in _relations(members, member):
        if kind.endswith(_WITH_WORDS) and target in members:
            for element in fromstring(members[target]).iter():  # noqa: S314  in the limited child  # nosec B314
                if element.tag.endswith("}comment"):
                    yield _place(f'r="{element.get("ref", "")}"'.encode()), "".join(element.itertext())
                elif element.tag.endswith("}txBody"):
                    yield None, " ".join(element.itertext())


def cells_without_result(xml: bytes) -> Iterator[Place]:
    """Yield the cells of a sheet that have a formula and no result, as programmes write them that do not reckon."""
    # All that share a formula follow one that is written out.
    if (b"/f>" if b"<worksheet" in xml[:1000] else b":f>") in xml:
        for match in _WITHOUT_RESULT.finditer(xml):
            if _TEXT_RESULT not in match[1] and (place := _place(match[1])):
                yield place


def percent_styles(members: Mapping[str, bytes]) -> set[bytes]:
    """Return the numbers of the cell styles that show a percentage."""
    xml = members.get(_STYLES, b"")
    if not any(mark in xml for mark in _PERCENT_MARKS):
        return set()
    root: Element = fromstring(xml)  # noqa: S314  in the limited child  # nosec B314
    formats = _PERCENT_FORMATS | {
        f.get("numFmtId", "")
        for f in root.iterfind(".//{*}numFmt")
        if "%" in _NO_FORMAT.sub("", f.get("formatCode", ""))
    }
    styles = root.iterfind("{*}cellXfs/{*}xf")
    return {b"%d" % number for number, style in enumerate(styles) if style.get("numFmtId") in formats}


def cells_of_styles(xml: bytes, styles: set[bytes]) -> Iterator[Place]:
    """Yield the cells of a sheet that have one of the styles."""
    for match in _CELL.finditer(xml) if styles else ():
        style = _STYLE.search(match[1])
        if style and style[1] in styles and (place := _place(match[1])):
            yield place


def _relations(members: Mapping[str, bytes], member: str) -> Iterator[tuple[str, str, str]]:
    """Yield id, kind and member of what a member refers to."""
    folder, _, name = member.rpartition("/")
    for relation in _attributes(_RELATION, members.get(f"{folder}/_rels/{name}.rels", b"")):
        target = relation.get("Target", "")
        target = target[1:] if target.startswith("/") else f"{folder}/{target}"
        target = posixpath.normpath(target) if "/." in target else target
        yield relation.get("Id", ""), relation.get("Type", ""), target


def _attributes(tag: re.Pattern[bytes], xml: bytes) -> Iterator[dict[str, str]]:
    """Yield the attributes, without prefixes, of each element: to parse these small members would take longer."""
    for element in tag.findall(xml):
        found = _ATTRIBUTE.findall(element.decode(errors="replace"))
        yield {name: unescape(value) for name, _, value in found}


def _place(attributes: bytes) -> Place | None:
    address = _ADDRESS.search(attributes)
    if not address:
        return None
    column = 0
    for letter in address[1]:
        column = 26 * column + letter - ord("A") + 1
    return int(address[2]) - 1, column - 1
