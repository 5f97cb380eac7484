"""Setting a paper with typst: words and pictures in, PDF out. The templates lay out, and hold no words."""

import json
import unicodedata
from collections.abc import Mapping
from datetime import UTC
from functools import cache
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any

import typst

from etl.definitions import load
from pages.shared import queries
from pages.shared.meeting import Meeting
from pages.shared.palette import INK, SHADES
from pages.shared.sheet import characters

_FOLDER = Path(__file__).parent


def typeset(template: str, meeting: Meeting, data: Mapping[str, Any], pictures: Mapping[str, bytes]) -> bytes:
    """Return a PDF of `<template>.typ`, which finds `data` in `data.json` and the pictures by their names.

    It can be read by a screen reader and from an archive in many years (PDF/UA-1, PDF/A-2a). It bears the moment of
    the last report, so that the same state of the data gives the same bytes.
    """
    t, view = meeting.view.text, meeting.view
    frame = {
        "language": t.language,
        "author": t.pick(load().province["title_vi"], load().province["title_en"]),
        "source": meeting.source,
        "sample": t("meeting.sample") if meeting.sample else "",
        "page": t("pack.page", page="{page}", pages="{pages}"),
        "ink": INK,
        "accent": SHADES[-1],
    }
    moment = queries.snapshot(view.period)["last_received_at"].replace(tzinfo=UTC)
    files = {"data.json": json.dumps(_showable(frame | dict(data))).encode(), **pictures}
    with TemporaryDirectory() as folder:
        root = Path(folder)
        for name in (f"{template}.typ", "style.typ"):
            copyfile(_FOLDER / name, root / name)
        for name, content in files.items():
            (root / name).write_bytes(content)
        return typst.compile(
            root / f"{template}.typ",
            root=root,
            font_paths=[_FOLDER / "fonts"],
            ignore_system_fonts=True,
            pdf_standards=["ua-1", "a-2a"],
            timestamp=int(moment.timestamp()),
        )


def _showable(said: Any) -> Any:
    """Return words, and all words in lists and mappings, as they can be set.

    People name play areas and write what is to be done: a sign that no font here has, or none may have, would leave
    everybody without the paper.
    """
    if isinstance(said, str):
        composed = unicodedata.normalize("NFC", said)
        return "".join(map(_character, composed)) if not composed.isascii() or not composed.isprintable() else composed
    if isinstance(said, Mapping):
        return {name: _showable(part) for name, part in said.items()}
    if isinstance(said, list | tuple):
        return [_showable(part) for part in said]
    return said


@cache
def _character(one: str) -> str:
    if unicodedata.category(one) == "Cf":
        return ""
    if one in characters() and unicodedata.category(one)[0] != "C":
        return one
    return " " if one.isspace() else "\ufffd"
