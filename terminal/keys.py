"""What the keys of a keyboard stand for on a page to touch. Draws nothing."""

from __future__ import annotations

from typing import Final
from unicodedata import combining, normalize

BLANK: Final = " "
ERASE: Final = "⌫"
HELD: Final = ("alt+", "ctrl+", "super+")  # with these, a key types nothing
KEYS: Final = {
    **{str(digit): str(digit) for digit in range(10)},
    "asterisk": "*",
    "number_sign": "#",
    "slash": "#",  # keypads of computers have no #
    "enter": "Enter",
    "space": BLANK,
    "backspace": ERASE,
    "delete": ERASE,
}


def types(key: str) -> bool:
    """Whether the key belongs to a text: a letter, a blank, or an accent.

    Some input methods type an accent after its letter.
    """
    return key == BLANK or (len(key) == 1 and (key.isalpha() or combining(key) > 0))


def typed_on(text: str, letter: str, most: int) -> str:
    """The text with one letter more, as long as it has room."""
    return normalize("NFC", text + letter).lstrip(BLANK)[:most]
