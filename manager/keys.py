"""The keys of the manager's screen: one per action, some on one page alone."""

from __future__ import annotations

from typing import Final

from terminal.caps import Key

# The letters are those of the Vietnamese names, with neither vowels nor d and w, as at the counter;
# what is the same there has the same key here.
HALL_KEYS: Final = (
    Key("figures", "s", "f2"),
    Key("send_word", "n"),
    Key("move_ticket", "c"),
    Key("set_service", "t"),
    Key("notice", "b"),
    Key("acknowledge", "g"),
    Key("sign_out", "x"),
    Key("change_pin", "asterisk"),
    Key("next_part", "tab", "shift+tab"),
    Key("lock", "f11", "ctrl+l"),
)
FIGURE_KEYS: Final = (
    Key("hall", "h", "f1"),
    Key("earlier", "left", "comma"),
    Key("later", "right", "full_stop"),
    Key("length", "k"),
    Key("by", "p"),
    Key("sheets", "b"),
    Key("save", "l"),
    Key("again", "r", "f5"),
    Key("next_part", "tab", "shift+tab"),
    Key("stop", "escape"),
    Key("lock", "f11", "ctrl+l"),
)
KEYS: Final = tuple(dict.fromkeys((*HALL_KEYS, *FIGURE_KEYS)))
OF_FIGURES: Final = frozenset(key.kind for key in FIGURE_KEYS)
FREE: Final = frozenset({"next_part"})  # goes from part to part by itself
SAME_EVERYWHERE: Final = FREE | {"lock"}
SIDEWAYS: Final = frozenset({"left", "right"})  # scroll a table that is entered
