"""Compare words as people write them: case, Unicode form, spacing, tone placement do not matter. Sort and list them."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_TONES = "\u0300\u0309\u0303\u0301\u0323"
"""Huyền, hỏi, ngã, sắc, nặng: the order of dictionaries."""

_SHORT_KINDS = r"t\.?p\.|t\.?t\.|t\.?x\.|p\.|x\.|h\.|tp|tt|tx"
_KIND = re.compile(rf"^(?:thành phố|thị trấn|thị xã|phường|huyện|tỉnh|quận|xã|{_SHORT_KINDS})\s*(?=\S)")
_BARE_KIND = re.compile(
    rf"^(?:thanh pho |thi tran |thi xa |phuong |huyen |tinh |quan |xa |(?:{_SHORT_KINDS})\s*)(?=\S)"
)


def fold(text: str) -> str:
    """Return `text` in lower case, composed (NFC), with single plain spaces."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


@lru_cache(maxsize=5_000)
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


def sort_key(text: str) -> str:
    """Return a key that sorts as Vietnamese dictionaries do: by letters, then by tones; numbers by their value.

    `COLLATE vi` does the same in DuckDB, but takes 10 to come before 2.
    """
    words = [_word_sort_key(word) for word in unicodedata.normalize("NFC", text).casefold().split()]
    return "\0".join((" ".join([letters for letters, _ in words]), "".join([tone for _, tone in words]), text))


# Names of a country's places are many, the words in them few.
@lru_cache(maxsize=20_000)
def _word_sort_key(word: str) -> tuple[str, str]:
    bare, tone = (word, "") if word.isascii() else _without_tone(word)
    letters = "".join(_place(part) for part in re.findall(r"\d+|.", bare))
    return letters, str(1 + _TONES.index(tone[0]) if tone else 0)


def name_sort_key(name: str) -> str:
    """Return a key that sorts names of units and districts, whatever their kind."""
    return sort_key(_KIND.sub("", fold(name)))


def listed(names: Iterable[str], most: int) -> str:
    """Return names as one text; of very many only the first."""
    every = list(names)
    return "; ".join(every[:most]) + (f"; … (+{len(every) - most})" if len(every) > most else "")


@lru_cache(maxsize=1_000)
def _place(part: str) -> str:
    """Return a character or a number so that it sorts by its place: signs, numbers, the alphabet, other letters."""
    if part.isdecimal():
        number = str(int(part))
        return f"0{chr(len(number))}{number}"
    letter = part if part in _ALPHABET else strip_marks(part)
    if letter in _ALPHABET:
        return chr(ord("A") + _ALPHABET.index(letter))
    return f"~{part}" if part.isalpha() else f"!{part}"


def _tone_last(word: str) -> str:
    return "".join(_without_tone(word))


def _without_tone(word: str) -> tuple[str, str]:
    """Return a word without its tone, and the tone."""
    decomposed = unicodedata.normalize("NFD", word)
    tone = "".join(c for c in decomposed if c in _TONES)
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if c not in _TONES)), tone
