"""The officers' guide names every key of the console as the screen does, and every key for it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from counter.keys import KEYS, cap_name
from terminal.caps import Key
from terminal.words import load

GUIDE = Path(__file__).parents[2] / "docs" / "officers.md"
TYPED = {"enter": "Enter", "equals_sign": "=", "ctrl+z": "Ctrl+Z", "ctrl+l": "Ctrl+L"}
WORDS = load("vi")


def rows() -> dict[str, str]:
    """Name on the screen -> keys, from the guide's table."""
    cells = re.findall(r"^\| ([^|]+) \| ([^|]+) \| [^|]+ \|$", GUIDE.read_text(), re.MULTILINE)
    return {name: keys for keys, name in cells[1:]}


def written(key: Key) -> str:
    """Its keys, the one on the cap first."""
    also = [one for one in key.names.split(",") if one not in {key.first, key.first.upper()}]
    others = (TYPED.get(one, one.upper()) for one in also)
    return ", ".join([cap_name(key.kind, WORDS), *others])


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.kind)
def test_every_key_stands_in_the_guide_with_the_name_on_the_screen(key: Key) -> None:
    assert rows()[WORDS(f"counter.do_{key.kind}")] == written(key)


def test_the_guide_names_no_key_that_is_not_there() -> None:
    assert set(rows()) == {WORDS(f"counter.do_{key.kind}") for key in KEYS}


def test_every_picture_of_the_guide_is_there() -> None:
    pictures = re.findall(r'src="(pictures/[^"]+)"', GUIDE.read_text())
    assert pictures
    assert all((GUIDE.parent / picture).is_file() for picture in pictures)
