"""Compare words as people write them: case, Unicode form, spacing and tone placement do not matter."""

import re
import unicodedata

_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
_SHORT_KINDS = r"t\.?p\.|t\.?t\.|t\.?x\.|p\.|x\.|h\.|tp|tt|tx"
_KIND = re.compile(rf"^(?:thành phố|thị trấn|thị xã|phường|huyện|tỉnh|quận|xã|{_SHORT_KINDS})\s*(?=\S)")
_BARE_KIND = re.compile(
    rf"^(?:thanh pho |thi tran |thi xa |phuong |huyen |tinh |quan |xa |(?:{_SHORT_KINDS})\s*)(?=\S)"
)


def fold(text: str) -> str:
    """Return `text` in lower case, composed (NFC), with single plain spaces."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def word_key(text: str) -> str:
    """Return `text` as a key for headers and choices: folded, without any space."""
    return fold(text).replace(" ", "")


def fold_name(name: str) -> str:
    """Return a unit's or district's name as a key: folded, without its kind, the tone behind its syllable.

    The tone goes last because `hòa` and `hoà` are the same name.
    """
    bare = _KIND.sub("", fold(name))
    return " ".join(_tone_last(word) for word in bare.split())


def bare_name(name: str) -> str:
    """Return a unit's or district's name as a key without kind and without any mark: `loc thanh`."""
    return _BARE_KIND.sub("", strip_marks(fold(name)))


def has_marks(text: str) -> bool:
    """Tell whether `text` was written with tone or vowel marks."""
    return strip_marks(fold(text)) != fold(text)


def strip_marks(text: str) -> str:
    """Return `text` without tone and vowel marks, `đ` as `d`."""
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _tone_last(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word)
    tones = "".join(c for c in decomposed if c in _TONES)
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if c not in _TONES)) + tones
