"""Text from outside, made harmless: nothing left in it steers a terminal, a printer or a reader.

`clean` is for the door, where people's text comes in; `spelled_out` for logs, which hide nothing.
What a screen paints is looked at once more on its way out, in `terminal.harmless`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from unicodedata import category, is_normalized, normalize

NAME: Final = 64  # letters of what names something: a dossier, an apology
FREE_TEXT: Final = 200  # letters of what somebody wrote
MOST_MARKS: Final = 3  # above and below one letter; Vietnamese needs two, composed none

# Line breaks and tabs keep words apart, and so do the blanks of every width.
BLANKS: Final = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x1f\x85")
BLANK_KINDS: Final = frozenset({"Zs", "Zl", "Zp"})
# Control, format (bidi, zero-width), surrogates, private use, unassigned.
ORDERS: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
MARKS: Final = frozenset({"Mn", "Mc", "Me"})
# Letters and marks without a shape, which the categories above do not name.
SHAPELESS: Final = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0"
    + "".join(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
)


def clean(text: str, longest: int = FREE_TEXT) -> str:
    """NFC, on one line, at most so many letters, each with at most MOST_MARKS marks.

    Without control, bidi, zero-width, surrogate, private and shapeless characters; blanks of every
    kind are spaces, and none stands at an end.
    """
    if not (text.isascii() and text.isprintable()):
        if not is_normalized("NFC", text):
            text = normalize("NFC", text)
        text = "".join(_kept(text))
    return _cut(text.strip(), longest)


def _kept(text: str) -> Iterator[str]:
    """What stays, letter by letter."""
    marks = MOST_MARKS  # a mark that stands first has nothing to stand on
    for character in text:
        kind = category(character)
        if kind in BLANK_KINDS or character in BLANKS:
            marks = MOST_MARKS
            yield " "
        elif kind in ORDERS or character in SHAPELESS:
            continue
        elif kind in MARKS:
            if marks < MOST_MARKS:
                marks += 1
                yield character
        else:
            marks = 0
            yield character


def _cut(text: str, longest: int) -> str:
    """The first letters, each whole with its marks."""
    if len(text) <= longest:
        return text
    letters = 0
    for place, character in enumerate(text):
        if category(character) not in MARKS:
            letters += 1
        if letters > longest:
            return text[:place].rstrip()
    return text


def spelled_out(text: str) -> str:
    """The text with all that cannot be seen written as escapes; lines stay apart."""
    if text.isprintable():
        return text
    return "".join(c if c == "\n" or c.isprintable() else _escape(c) for c in text)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
