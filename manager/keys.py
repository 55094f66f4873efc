"""The keys of the manager's screen: one per action, some on one page alone."""

from __future__ import annotations

from typing import Final

from terminal.caps import Key

# The letters are those of the Vietnamese names, with neither vowels nor d and w, as at the counter;
# what is the same there has the same key here.
_TO_HALL: Final = Key("hall", "h", "f1")
_TO_FIGURES: Final = Key("figures", "s", "f2")
_TO_WHAT_IF: Final = Key("what_if", "m", "f3")
_TO_STAFFING: Final = Key("staffing", "q", "f4")
_TO_ACCESS: Final = Key("access", "v", "f6")
_SIGN_OUT: Final = Key("sign_out", "x")
_CHANGE_PIN: Final = Key("change_pin", "asterisk")
_AGAIN: Final = Key("again", "r", "f5")
_SAVE: Final = Key("save", "l")
_STOP: Final = Key("stop", "escape")
_NEXT_PART: Final = Key("next_part", "tab", "shift+tab")
_LOCK: Final = Key("lock", "f11", "ctrl+l")

HALL_KEYS: Final = (
    _TO_FIGURES,
    _TO_WHAT_IF,
    _TO_STAFFING,
    _TO_ACCESS,
    Key("send_word", "n"),
    Key("move_ticket", "c"),
    Key("set_service", "t"),
    Key("notice", "b"),
    Key("acknowledge", "g"),
    _SIGN_OUT,
    _CHANGE_PIN,
    _NEXT_PART,
    _LOCK,
)
FIGURE_KEYS: Final = (
    _TO_HALL,
    _TO_WHAT_IF,
    _TO_STAFFING,
    Key("earlier", "left", "comma"),
    Key("later", "right", "full_stop"),
    Key("length", "k"),
    Key("by", "p"),
    Key("sheets", "b"),
    _SAVE,
    _AGAIN,
    _NEXT_PART,
    _STOP,
    _LOCK,
)
WHAT_IF_KEYS: Final = (
    _TO_HALL,
    _TO_FIGURES,
    _TO_STAFFING,
    Key("day", "n"),
    Key("add_change", "t"),
    Key("drop_change", "b"),
    Key("runs", "k"),
    Key("run", "c"),
    _SAVE,
    _NEXT_PART,
    _STOP,
    _LOCK,
)
STAFFING_KEYS: Final = (
    _TO_HALL,
    _TO_FIGURES,
    _TO_WHAT_IF,
    Key("weekday", "t"),
    Key("weeks", "n"),
    Key("run", "c"),
    _SAVE,
    _NEXT_PART,
    _STOP,
    _LOCK,
)
ACCESS_KEYS: Final = (
    _TO_HALL,
    Key("pair_device", "g"),
    Key("unpair_device", "n"),
    Key("suspend_officer", "k"),
    Key("restore_officer", "l"),
    Key("reset_pin", "p"),
    _AGAIN,
    _SIGN_OUT,
    _CHANGE_PIN,
    _NEXT_PART,
    _LOCK,
)
KEYS_OF: Final = {  # page -> its keys
    "hall": HALL_KEYS,
    "figures": FIGURE_KEYS,
    "what_if": WHAT_IF_KEYS,
    "staffing": STAFFING_KEYS,
    "access": ACCESS_KEYS,
}
KEYS: Final = tuple(dict.fromkeys(key for keys in KEYS_OF.values() for key in keys))
KINDS_OF: Final = {page: frozenset(key.kind for key in keys) for page, keys in KEYS_OF.items()}
FREE: Final = frozenset({"next_part"})  # goes from part to part by itself
SAME_EVERYWHERE: Final = FREE | {"lock"}
SIDEWAYS: Final = frozenset({"left", "right"})  # scroll a table that is entered
