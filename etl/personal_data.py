"""Children are no names here: what looks like personal data is refused wherever text comes in."""

import re
import unicodedata
from functools import lru_cache

from etl.definitions import Definitions
from etl.values import word


@lru_cache(maxsize=50_000)
def personal_detail(definitions: Definitions, text: str) -> tuple[str, str] | None:
    """Return what personal data `text` seems to hold, in both languages; None where it seems to hold none."""
    if word(text).rstrip(":*") in definitions.personal_headers:
        return "cột hoặc mục về nhân thân của trẻ", "a column or item that identifies a child"
    composed = unicodedata.normalize("NFC", text)
    for pattern in definitions.personal_patterns:
        if re.search(pattern.regex, composed):
            return pattern.detail_vi, pattern.detail_en
    return None
