"""Letters and digits of seven segments, no two of which look alike where a number may have them.

Segment a is at the top, then clockwise b to f; g is in the middle. I, O and S are drawn as 1, 0 and
5 are, nearly or wholly: no number of a hall begins with one of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

LETTERS: Final = "0123456789 ABCDEFGHI JKLMNOPQR STUVWXYZ -?"
SHAPES: Final = """
    abcdef bc abdeg abcdg bcfg acdfg acdefg abc abcdefg abcdfg
    abcefg cdefg adef bcdeg adefg aefg acdef bcefg ef
    bcde efg def aceg ceg abcdef abefg abcfg eg
    acdfg defg bcdef cde bdf adg bcdfg abde
    g abeg
"""


@cache
def shapes() -> Mapping[str, int]:
    """The bits of each letter, segment a the lowest."""
    letters, shapes = LETTERS.replace(" ", ""), SHAPES.split()
    return {
        letter: sum(1 << "abcdefg".index(segment) for segment in shape)
        for letter, shape in zip(letters, shapes, strict=True)
    }


def drawn(text: str) -> bytes:
    """A byte for each letter; what cannot be drawn is a blank."""
    return bytes(shapes().get(letter, 0) for letter in text)
