"""The Vietnamese alphabet: what to ignore of a text when looking for it, and how names are sorted.

Composed and decomposed letters are the same here. Shows nothing.
"""

from __future__ import annotations

import re
from math import inf
from typing import Final
from unicodedata import combining, normalize

LETTERS: Final = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
TONES: Final = "\u0300\u0309\u0303\u0301\u0323"  # huyền, hỏi, ngã, sắc, nặng; ngang has no mark
D_WITH_STROKE: Final = str.maketrans("đðɖ", "ddd")  # the letter, and two that look like it
PARTS: Final = re.compile(r"\d+|[^\W\d_]+")

Part = tuple[float, tuple[int, ...], tuple[int, ...]]  # number, letters, tones
SortKey = tuple[tuple[Part, ...], str]


def fold(text: str) -> str:
    """The text as somebody types it in a hurry: small letters without marks, d for đ."""
    letters = normalize("NFD", text.casefold()).translate(D_WITH_STROKE)
    return "".join(letter for letter in letters if not combining(letter))


def sort_key(name: str) -> SortKey:
    """Where a name stands in a Vietnamese list.

    As in dictionaries word goes by word, and words of the same letters by their tones: "ba" before
    "bà" before "bác". Numbers come first and go by their value; signs and capitals decide last.
    """
    composed = normalize("NFC", name)
    parts = PARTS.findall(composed.casefold())
    return tuple(_number(part) if part.isdecimal() else _word(part) for part in parts), composed


def _number(digits: str) -> Part:
    return int(digits), (), ()


def _word(word: str) -> Part:
    letters, tones = zip(*map(_letter_and_tone, word), strict=True)
    return inf, letters, tones


def _letter_and_tone(letter: str) -> tuple[int, int]:
    """A place in the alphabet, and one among the tones."""
    marks = normalize("NFD", letter)
    tone = next((at for at, mark in enumerate(TONES, start=1) if mark in marks), 0)
    plain = normalize("NFC", "".join(mark for mark in marks if mark not in TONES))
    return _place(plain), tone


def _place(letter: str) -> int:
    """Letters of other languages stand with the letter they are made from, or after all others."""
    for form in (letter, fold(letter)):
        if form in LETTERS:
            return LETTERS.index(form)
    return len(LETTERS) + ord(letter[0])
