"""What a program writes to its terminal, taken apart: its own orders, and whatever is none."""

from __future__ import annotations

import re
from typing import Final

# What Textual 8.2.8 says to a terminal as long as it runs: colours, places, the other screen, the
# mouse, pasting, focus, keys, updates in one go. What it takes back at its end is not among it.
OWN: Final = re.compile(
    r"""\x1b(?:
        \[[0-9;]*m
      | \[[0-9]+;[0-9]+H
      | \[\?(?:1000|1002|1003|1004|1006|1015|1016|1049|2004|2048)h
      | \[\?(?:25|7)l
      | \[\?2026[hl]
      | \[\?(?:2026|2048)\$p
      | \[>(?:1|25)u
      | \]22;(?:default|pointer|text)\x07
    )""",
    re.VERBOSE,
)


def faults(written: bytes) -> list[str]:
    """Everything in it that is neither one of its own orders nor a letter to be seen."""
    text = written.decode("utf-8", "surrogateescape")
    return [
        f"{text[max(0, place - 20) : place + 20]!r}"
        for place, character in enumerate(OWN.sub(_as_blank, text))
        if not (character.isprintable() or character in "\r\n\u00a0\u3000")
    ]


def letters(written: bytes) -> str:
    """What was ever painted, one row after another."""
    return OWN.sub("", written.decode("utf-8", "replace"))


def _as_blank(order: re.Match[str]) -> str:
    return " " * len(order[0])
