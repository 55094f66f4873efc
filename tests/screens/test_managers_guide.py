"""The managers' guide names every key of the screen as the screen does, page by page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from manager.catalogue import SHEETS, digit
from manager.keys import KEYS_OF
from terminal.caps import Key
from terminal.words import load

GUIDE = Path(__file__).parents[2] / "docs" / "managers.md"
TYPED = {
    "ctrl+l": "Ctrl+L",
    "shift+tab": "Shift+Tab",
    "comma": "dấu phẩy",
    "full_stop": "dấu chấm",
}
WORDS = load("vi")
PAGES = {WORDS(f"manager.page_{page}"): keys for page, keys in KEYS_OF.items()}


def rows(page: str) -> dict[str, str]:
    """Name on the screen -> keys, from the table of a page."""
    text = GUIDE.read_text().partition(f"## Trang {page}")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| ([^|]+) \| ([^|]+) \| [^|]+ \|$", text, re.MULTILINE)
    return {name: keys for keys, name in cells[1:]}


def written(keys: Sequence[Key]) -> dict[str, str]:
    """The same, from the screen."""
    return {WORDS(f"manager.do_{key.kind}"): ", ".join(names(key)) for key in keys}


def names(key: Key) -> list[str]:
    also = [one for one in key.names.split(",") if one not in {key.first, key.first.upper()}]
    return [key.cap(WORDS), *(TYPED.get(one, one.upper()) for one in also)]


@pytest.mark.parametrize("page", PAGES)
def test_every_key_stands_in_the_guide_with_the_name_on_the_screen(page: str) -> None:
    assert rows(page) == written(PAGES[page])


def test_every_report_with_a_digit_is_named_with_it() -> None:
    digits = re.findall(r"\*\*(\d)\*\* ", GUIDE.read_text())
    assert digits == [digit(sheet) for sheet in SHEETS if digit(sheet)]


def test_every_picture_of_the_guide_is_there() -> None:
    pictures = re.findall(r'src="(pictures/[^"]+)"', GUIDE.read_text())
    assert pictures
    assert all((GUIDE.parent / picture).is_file() for picture in pictures)
