"""A ticket in words for the printer: what is known of it becomes `TicketFacts`. Prints nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from difflib import get_close_matches
from itertools import groupby
from typing import Final

from hardware.facts import TicketFacts
from kiosk.pictures import SOON_S
from kiosk.ticket import Ticket
from link.messages import CounterInfo, GroupInfo, HallInfo, ServiceInfo
from terminal.words import FIRST_LANGUAGE, Words, load

BOUND: Final = "\u00a0"  # a blank at which no line is broken

SAMPLE_NUMBER: Final = "{field}047"
SAMPLE_AHEAD: Final = 7
SAMPLE_WAIT_S: Final = (1200, 1800)
SAMPLE_TOKEN: Final = "xem-thu-mau-phieu"  # noqa: S105 - opens nothing


class NotInHall(Exception):  # noqa: N818 - says what somebody asked for
    """A service, group or language that the hall does not have, with the nearest it has."""


def ticket_facts(
    hall: HallInfo, ticket: Ticket, *, notices: Sequence[str] = (), reprint: int = 0
) -> TicketFacts:
    """The texts of a ticket in its citizen's language; `reprint` counts the copies from 1."""
    words = load(ticket.language or FIRST_LANGUAGE, hall.timezone)
    services = [service for service in hall.services if service.code in ticket.services]
    services.sort(key=lambda service: ticket.services.index(service.code))
    group = next((group for group in hall.groups if group.code == ticket.group), None)
    return TicketFacts(
        language=words.language,
        number=ticket.ticket,
        hall=words.name(hall.names),
        unit=words.name(hall.unit),
        address=words.name(hall.address),
        service=_names(services, load(hall.languages[0])),
        service_translated=_translated(services, words, hall.languages[0]),
        where="\n".join(_places(hall, ticket, words)),
        taken=_taken(ticket, words),
        ahead=_ahead(ticket, words),
        wait=_wait(ticket, words),
        papers="\n".join(words.name(one.papers) for one in services if one.papers),
        priority=words.name(group.names) if group else "",
        proof=_proof(group, words) if group else "",
        token=ticket.token,
        notices=tuple(notices),
        reprint=reprint,
    )


def _names(services: Sequence[ServiceInfo], words: Words) -> str:
    return "\n".join(words.name(service.names) for service in services)


def _translated(services: Sequence[ServiceInfo], words: Words, first: str) -> str:
    return "" if words.language == first else _names(services, words)


def _taken(ticket: Ticket, words: Words) -> str:
    local = ticket.issued_at.astimezone(words.timezone)
    return words("common.time_on_day", time=f"{local:%H:%M}", day=f"{local:%d/%m/%Y}")


def _ahead(ticket: Ticket, words: Words) -> str:
    key = {0: "none", 1: "one"}.get(ticket.ahead, "many")
    return words(f"kiosk.waiting_{key}", people=ticket.ahead)


def _wait(ticket: Ticket, words: Words) -> str:
    if ticket.low_s is None or ticket.high_s is None:
        return words("kiosk.wait_unknown")
    if ticket.low_s == 0 and ticket.high_s <= SOON_S:
        return words("kiosk.wait_under", minutes=SOON_S // 60)
    return words("kiosk.wait", span=words.span(ticket.low_s, ticket.high_s))


def _proof(group: GroupInfo, words: Words) -> str:
    if not group.proof:
        return words("kiosk.no_proof")
    return words("kiosk.proof", proof=words.name(group.proof))


def _places(hall: HallInfo, ticket: Ticket, words: Words) -> Iterator[str]:
    """ "Quầy 1, 2, 3 – Khu A – Tầng 1", one line for each place that has counters for it."""

    def place(counter: CounterInfo) -> tuple[str, ...]:
        floor = words("kiosk.floor", floor=counter.floor) if counter.floor else ""
        return tuple(filter(None, (words.name(counter.zone), floor)))

    counters = [counter for counter in hall.counters if counter.code in ticket.counters]
    for there, group in groupby(sorted(counters, key=place), key=place):
        numbers = ", ".join(str(counter.number) for counter in group)
        parts = (words("kiosk.counters", numbers=numbers), *(_bound(part) for part in there))
        yield f"{BOUND}– ".join(parts)


def _bound(text: str) -> str:
    return text.replace(" ", BOUND)


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
