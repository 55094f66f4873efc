"""A ticket in words for the printer: what is known of it becomes `TicketFacts`. Prints nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from difflib import get_close_matches
from typing import Final

from hardware.facts import TicketFacts
from kiosk.phrases import Phrases
from kiosk.ticket import Ticket
from link.messages import HallInfo
from link.rating_code import rating_code
from terminal.words import FIRST_LANGUAGE, Words, load

BOUND: Final = "\u00a0"  # a blank at which no line is broken

SAMPLE_NUMBER: Final = "{field}047"
SAMPLE_AHEAD: Final = 7
SAMPLE_WAIT_S: Final = (1200, 1800)
SAMPLE_TOKEN: Final = "xem-thu-mau-phieu"  # noqa: S105 - opens nothing


class NotInHall(Exception):  # noqa: N818 - says what somebody asked for
    """A service, group or language that the hall does not have, with the nearest it has."""


def ticket_facts(
    hall: HallInfo,
    ticket: Ticket,
    *,
    serving: str = "",
    notices: Sequence[str] = (),
    reprint: int = 0,
) -> TicketFacts:
    """The texts of a ticket in its citizen's language.

    `serving` is the number called last in its field, `reprint` counts the copies from 1.
    """
    words = load(ticket.language or FIRST_LANGUAGE, hall.timezone)
    phrases, first = Phrases(words, hall), Phrases(load(hall.languages[0]), hall)
    services = [info for code in ticket.services for info in hall.services if info.code == code]
    group = phrases.group(ticket.group)
    return TicketFacts(
        language=words.language,
        number=ticket.ticket,
        hall=words.name(hall.names),
        unit=words.name(hall.unit),
        address=words.name(hall.address),
        service=_names(ticket, first),
        service_translated=_names(ticket, phrases)
        if words.language != first.words.language
        else "",
        where="\n".join(map(_line, phrases.places(ticket.counters))),
        taken=_taken(ticket, words),
        serving=serving,
        ahead=phrases.people(ticket.ahead),
        wait=phrases.wait(ticket.low_s, ticket.high_s),
        papers="\n".join(words.name(one.papers) for one in services if one.papers),
        priority=words.name(group.names) if group else "",
        proof=phrases.proof(group) if group else "",
        token=ticket.token,
        code=rating_code(ticket.token),
        notices=tuple(notices),
        free_line=words.name(hall.ticket_line),
        reprint=reprint,
    )


def _names(ticket: Ticket, phrases: Phrases) -> str:
    return "\n".join(phrases.service(code) for code in ticket.services)


def _taken(ticket: Ticket, words: Words) -> str:
    local = ticket.issued_at.astimezone(words.timezone)
    return words("common.time_on_day", time=f"{local:%H:%M}", day=f"{local:%d/%m/%Y}")


def _line(place: tuple[str, ...]) -> str:
    """One place on one line, broken between its parts only."""
    return f"{BOUND}– ".join((place[0], *(part.replace(" ", BOUND) for part in place[1:])))


# --- A sample, without a server ------------------------------------------------------------------


def sample_facts(
    hall: HallInfo, service: str | None, group: str | None, language: str | None, now: datetime
) -> TicketFacts:
    """A ticket as this hall could print it; None: the first service, no group, the first language.

    Raises NotInHall.
    """
    services = {one.code: one for one in hall.services}
    chosen = services[_known("service", service or next(iter(services)), list(services))]
    if group is not None:
        _known("group", group, [one.code for one in hall.groups])
    ticket = Ticket(
        ticket=SAMPLE_NUMBER.format(field=chosen.field),
        services=(chosen.code,),
        issued_at=now,
        ahead=SAMPLE_AHEAD,
        language=_known("language", language or hall.languages[0], hall.languages),
        group=group,
        low_s=SAMPLE_WAIT_S[0],
        high_s=SAMPLE_WAIT_S[1],
        counters=tuple(one.code for one in hall.counters if chosen.code in one.services),
        token=SAMPLE_TOKEN,
    )
    return ticket_facts(hall, ticket)


def _known(what: str, name: str, possible: Sequence[str]) -> str:
    if name in possible:
        return name
    near = get_close_matches(name, possible, n=1)
    has = f'Did you mean "{near[0]}"?' if near else f"It has: {', '.join(possible)}."
    raise NotInHall(f'the hall has no {what} "{name}". {has}')
