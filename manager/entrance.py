"""Who may come in, as the server tells it: devices and accounts; and how each is shown in a row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from manager.rows import Drawing, Entry, Piece, Row, Style, fit
from terminal.telling import AnyPane

CODE_CELLS: Final = 14
ROLE_CELLS: Final = 14
STANDING_CELLS: Final = 25


class Device(msgspec.Struct, frozen=True):
    """A screen of the configuration. `seen_at`: when it came, or went."""

    device: str
    role: str
    paired: bool
    online: bool
    paired_at: datetime | None = None
    seen_at: datetime | None = None


class Account(msgspec.Struct, frozen=True):
    """Somebody of the configuration. `at`: counters and screens where the account is signed in."""

    officer: str
    role: str
    suspended: bool
    has_chosen: bool
    at: list[str] = []


class Entrance(msgspec.Struct, frozen=True):
    """Every device and every account."""

    devices: list[Device] = []
    accounts: list[Account] = []


class Told(msgspec.Struct, frozen=True):
    """A one-time code, to be shown once."""

    code: str = ""
    until: datetime | None = None


def role_name(pane: AnyPane, role: str) -> str:
    return pane.words(f"manager.role_{role}")


def devices(pane: AnyPane, those: Sequence[Device], now: datetime) -> Drawing:
    """Each: whether it is there, what it is, since when it is paired, when it was seen last."""
    return _drawing([Entry(one.device, _device(pane, one, now)) for one in those])


def _device(pane: AnyPane, one: Device, now: datetime) -> Row:
    words = pane.words
    pairing: Piece = (words("manager.not_paired"), "faint")
    if one.paired and one.paired_at:
        pairing = (words("manager.paired_at", time=words.time(one.paired_at, now)), "plain")
    elif one.paired_at:
        pairing = (words("manager.was_unpaired"), "amber")
    seen: Piece = (words("manager.never_seen"), "faint")
    if one.online:
        seen = (words("manager.is_there"), "good")
    elif one.seen_at:
        seen = (words("manager.seen_at", time=words.time(one.seen_at, now)), "plain")
    return _row(one.device, role_name(pane, one.role), pairing, seen, there=one.online)


def accounts(pane: AnyPane, those: Sequence[Account]) -> Drawing:
    """Each: whether somebody is signed in with it and where, its role, whether it is suspended."""
    return _drawing([Entry(one.officer, _account(pane, one)) for one in those])


def _account(pane: AnyPane, one: Account) -> Row:
    words = pane.words
    chosen = words("manager.has_chosen" if one.has_chosen else "manager.has_not_chosen")
    standing: Piece = (words("manager.is_suspended"), "red") if one.suspended else (chosen, "plain")
    where = ", ".join(_place(pane, place) for place in one.at)
    at: Piece = (words("manager.signed_in_at", where=where), "good") if where else ("", "plain")
    return _row(one.officer, role_name(pane, one.role), standing, at, there=bool(one.at))


def _place(pane: AnyPane, place: str) -> str:
    """A counter by its number, a screen by its name."""
    number = pane.counter_number(place)
    return place if number == place else pane.words("manager.at_counter", number=number)


def _row(code: str, role: str, standing: Piece, last: Piece, *, there: bool) -> Row:
    sign: Style = "good" if there else "faint"
    return (
        ("● " if there else "○ ", sign),
        (fit(code, CODE_CELLS) + " ", "strong"),
        (fit(role, ROLE_CELLS) + " ", "quiet"),
        (fit(standing[0], STANDING_CELLS) + " ", standing[1]),
        last,
    )


def _drawing(entries: Sequence[Entry]) -> Drawing:
    return lambda width, height: entries
