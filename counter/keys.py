"""The console's keys: one per action."""

from __future__ import annotations

from typing import Final

from terminal.caps import Key
from terminal.words import Words

# The letters are those of the Vietnamese names. There is no vowel, d or w among them: typed one
# after another, the Telex input method would make other letters of these. Where the name had no
# letter left it is a sign: Z as everywhere, + for one more, * as a PIN is shown, @ as
# letters go.
KEYS: Final = (
    Key("call_next", "space", "f1"),
    Key("start", "b", "f2"),
    Key("finish", "k", "f3"),
    Key("recall", "l", "f4"),
    Key("no_show", "v", "f5"),
    Key("transfer", "c", "f6"),
    Key("hold", "g", "f7"),
    Key("resume", "t", "f8"),
    Key("put_back", "r", "f9"),
    Key("call_ticket", "s", "f10"),
    Key("cancel", "h"),
    Key("pause", "n"),
    Key("open", "m"),
    Key("close", "q"),
    Key("add_service", "plus", "equals_sign"),
    Key("sign_out", "x"),
    Key("change_pin", "asterisk"),
    Key("lock", "f11", "ctrl+l"),
    Key("log", "p"),
    Key("undo", "z", "ctrl+z"),
    Key("read_word", "at"),
)
ON_THE_BAR: Final = KEYS[:-1]  # the last one is named where the word itself stands
BY_KIND: Final = {key.kind: key for key in KEYS}


def cap_name(kind: str, words: Words) -> str:
    """What stands on the key of a kind of request."""
    return BY_KIND[kind].cap(words)
