"""What lies below the printer and what stood on the kiosk's screen, held against the records.

Every check has a name. Pulls nothing and prints nothing.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec
from pysqlite3 import dbapi2 as sqlite

from hardware.device import PLAIN_BYTES, REPORTS, RESET
from hardware.layout import ticket_picture
from hardware.raster import raster
from hardware.template import SHIPPED, read
from kiosk.paper import ticket_facts
from kiosk.ticket import Ticket
from link.messages import HallInfo
from tests.faults.witness import hold
from tests.hardware.fake_printer import PICTURE
from tests.hardware.paper import printed

WIDTH: Final = 576  # dots
SAID_S: Final = 19.0  # of the twenty: it is looked at from time to time only
ANSWERS: Final = "SELECT answer FROM requests ORDER BY at"
SWALLOWED: Final = RESET + PLAIN_BYTES + REPORTS  # by a picture that broke off
HEAD: Final = 8  # bytes of a picture's command before its dots


def tickets_in(file: Path) -> dict[str, Ticket]:
    """Every number the server ever issued, by its records."""
    connection = sqlite.connect(f"file:{file}?mode=ro", uri=True)
    try:
        rows = connection.execute(ANSWERS).fetchall()
    finally:
        connection.close()
    granted = [msgspec.json.decode(row[0]).get("ok") or {} for row in rows]
    tickets = [msgspec.convert(ok, Ticket) for ok in granted if "ticket" in ok and "token" in ok]
    return {ticket.ticket: ticket for ticket in tickets}


# --- What stood on the screen ---------------------------------------------------------------------


@dataclass
class Sight:
    """What a person saw of one number, in seconds of the kiosk's clock."""

    said_s: float = 0.0  # how long at once it said, untouched, that there may be no paper
    was_printed: bool = False  # it said that there is one
    read: bool = False  # somebody touched it while it said that there may be none
    ended: bool = False  # the kiosk was ended while the number stood there
    since: float | None = None


@dataclass
class Sights:
    """All numbers that stood large on the screen."""

    of: dict[str, Sight] = field(default_factory=dict)
    ended_while_taking: int = 0

    def look(self, at_s: float, number: str, *, doubts: bool, printed: bool) -> None:
        """What the screen shows now; `number` is empty where it shows none."""
        for other in self.of.values():
            if not doubts or other is not self.of.get(number):
                other.since = None
        if number:
            sight = self.of.setdefault(number, Sight())
            sight.was_printed = sight.was_printed or printed
            if doubts:
                sight.since = at_s if sight.since is None else sight.since
                sight.said_s = max(sight.said_s, at_s - sight.since)

    def touched(self, number: str) -> None:
        sight = self.of[number]
        sight.read, sight.since = sight.read or sight.since is not None, None


# --- What lies below the printer ------------------------------------------------------------------


@dataclass(frozen=True)
class Slip:
    """One piece of paper: the pictures on it, as they came, and the letters beside them."""

    pictures: bytes
    text: str


@dataclass
class Papers:
    """The slips of each number. A slip that bears no whole ticket is torn, or empty."""

    first: Counter[str] = field(default_factory=Counter)
    again: Counter[str] = field(default_factory=Counter)
    torn: int = 0
    empty: int = 0

    def whole(self, number: str) -> int:
        return self.first[number] + self.again[number]


def papers(tickets: Iterable[Ticket], hall: HallInfo, slips: Iterable[Slip]) -> Papers:
    """Sort the slips. Raises Broken for one that is no ticket, and no beginning of one."""
    known = {}
    for ticket in tickets:
        for reprint in (0, 1):
            facts = ticket_facts(hall, ticket, reprint=reprint)
            picture = ticket_picture(facts, read(SHIPPED), WIDTH)
            known[tuple(_slices(raster(picture)))] = (ticket.ticket, reprint, picture.tobytes())
    found = Papers()
    for at, slip in enumerate(slips):
        slices = tuple(_slices(slip.pictures))
        if not slices:
            found.empty += 1
        elif slices in known:
            number, reprint, picture_bytes = known[slices]
            (found.again if reprint else found.first)[number] += 1
            same = printed(slip.pictures).picture().tobytes() == picture_bytes
            hold("the_paper_is_the_preview", same, f"slip {at} of {number}")
            clean = slip.text == "".join(map(_letters, slices))
            hold("nothing_hangs_on_a_ticket", clean, f"slip {at} of {number}: {slip.text!r}")
        else:
            found.torn += 1
            torn = any(_is_beginning(slices, ticket) for ticket in known)
            hold("nothing_hangs_on_a_ticket", torn, f"slip {at}: {_story(slices, known)}")
    return found


def _slices(stream: bytes) -> Iterable[bytes]:
    """The pictures in a ticket's bytes, each a command of its own."""
    while (at := stream.find(PICTURE)) >= 0:
        width, height = struct.unpack("<HH", stream[at + 4 : at + HEAD])
        end = at + HEAD + width * height
        yield stream[at:end]
        stream = stream[end:]


def _letters(command: bytes) -> str:
    """What the fake printer takes for a picture's own words."""
    return command[HEAD:].partition(b"\0")[0].decode(errors="replace")


def _is_beginning(slices: tuple[bytes, ...], ticket: tuple[bytes, ...]) -> bool:
    """Whole slices of a ticket, and of the last perhaps only the upper part.

    The rest is white, but for what a printer is told when it is found again.
    """
    *before, last = slices
    count = len(before)
    if count >= len(ticket) or tuple(before) != ticket[:count]:
        return False
    whole = ticket[count]
    end = next(
        (at for at in range(len(last)) if last[at : at + 1] != whole[at : at + 1]), len(last)
    )
    return len(last) == len(whole) and not last[end:].replace(SWALLOWED, b"").strip(b"\0")


def _story(slices: tuple[bytes, ...], known: Mapping[tuple[bytes, ...], object]) -> str:
    """Of which tickets its slices are."""
    parts = []
    for one in slices:
        owners = {str(known[ticket])[:12] for ticket in known if one in ticket}
        parts.append(f"{len(one)} bytes of {sorted(owners) or 'nobody'}")
    return "; ".join(parts)


# --- Held against the records ---------------------------------------------------------------------


def nothing_is_lost(
    tickets: Mapping[str, Ticket],
    recorded: Mapping[str, bool | None],
    sights: Sights,
    found: Papers,
) -> None:
    """`recorded`: what the server's records say of each number's paper. Raises Broken."""
    unseen = [number for number in tickets if number not in sights.of]
    enough = len(unseen) <= sights.ended_while_taking
    hold("every_number_was_shown", enough, f"{unseen}, {sights.ended_while_taking} left early")
    strangers = set(sights.of) - set(tickets)
    hold("only_what_was_issued_is_shown", not strangers, f"{strangers}")
    for number in tickets:
        twice = found.first[number] > 1
        hold("a_second_paper_says_so", not twice, f"{found.first[number]} first ones of {number}")
        if number in sights.of and not found.whole(number):
            _without_paper(number, sights.of[number], recorded[number])


def _without_paper(number: str, sight: Sight, recorded: bool | None) -> None:
    story = f"{number}: {sight}, recorded as {recorded}"
    hold("only_what_is_on_paper_counts_as_printed", recorded is not True, story)
    hold("only_what_is_on_paper_is_said_to_be", not sight.was_printed, story)
    told = sight.said_s >= SAID_S or sight.read or sight.ended
    hold("whoever_gets_no_paper_is_told", told, story)
