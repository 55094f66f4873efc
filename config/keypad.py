"""What can be wrong with the codes of a keypad: what it sends, and what that does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final, get_args

from config.mistakes import did_you_mean, shown
from link.messages import AnyDo

TYPES: Final = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")  # what a key may type
KEYBOARD: Final = "keyboard"
LAST_BYTE: Final = 0xFF


@cache
def counter_kinds() -> frozenset[str]:
    """Every kind of request that a counter makes."""
    wishes = (do for do in get_args(AnyDo) if "counter" in do.__struct_fields__)
    return frozenset(str(do.__struct_config__.tag) for do in wishes)


def fault_of_code(text: str) -> str | None:
    """What is wrong with a code by itself."""
    code, _, action = text.rpartition("=")
    if not code:
        return f'{shown(text)} is not a code and what it does, such as "N=call_next".'
    if not is_bytes(code):
        return f"{shown(code)} is nothing that a keypad sends."
    actions = counter_kinds() | {"enter", "clear"}
    if action in actions | TYPES:
        return None
    return f"{shown(action)} is nothing that a key does. {did_you_mean(action, actions)}".rstrip()


def faults_of_codes(codes: Sequence[str], keypad: str | None) -> Iterator[tuple[str, str]]:
    """What is wrong between the codes, and with codes for such a keypad."""
    if bool(codes) is not (keypad is not None):
        yield "keypad_codes", "and keypad need each other."
    first: dict[str, int] = {}
    for place, text in enumerate(codes, start=1):
        code, _, action = text.rpartition("=")
        if first.setdefault(code, place) != place:
            problem = f"{shown(code)} stands at keypad_codes[{first[code]}] already."
            yield f"keypad_codes[{place}]", problem
        if keypad == KEYBOARD and action not in counter_kinds():
            yield f"keypad_codes[{place}]", f"a keyboard types without {shown(action)}."


def faults_of_levels(codes: Sequence[str], pad: str | None) -> Iterator[tuple[str, str]]:
    """What is wrong between the codes of a pad that people rate with."""
    if bool(codes) is not (pad is not None):
        yield "pad_codes", "and pad need each other."
    sent = [text.rpartition("=")[0] for text in codes]
    for place, code in enumerate(sent, start=1):
        first = sent.index(code) + 1
        if first != place:
            problem = f"{shown(code)} stands at pad_codes[{first}] already."
            yield f"pad_codes[{place}]", problem


def is_bytes(text: str) -> bool:
    """Whether each character stands for one byte."""
    return all(ord(character) <= LAST_BYTE for character in text)
