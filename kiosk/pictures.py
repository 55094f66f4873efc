"""Every page of the kiosk in words: a `Picture` of what stands there and what each touch does.

Draws nothing and asks nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final, Literal, assert_never

from kiosk import offer, visit
from kiosk.offer import Field, Standing
from kiosk.ticket import Ticket
from kiosk.visit import Choose, Go, Join, Leave, Page, Speak, Step, Take, Visit
from link.messages import CounterInfo, GroupInfo, HallInfo, KioskService, KioskView
from terminal.words import FIRST_LANGUAGE, Words, languages, load

SOON_S: Final = 300  # up to here a wait is only called "under"

Voice = Literal["plain", "strong", "note"]


@dataclass(frozen=True, slots=True)
class Said:
    text: str
    voice: Voice = "plain"


@dataclass(frozen=True, slots=True)
class Choice:
    """One large box: a title, facts below it, and what a touch does."""

    title: str
    step: Step
    facts: tuple[str, ...] = ()
    open: bool = True


@dataclass(frozen=True, slots=True)
class Key:
    """One of the small boxes at the foot, each with a key of its own."""

    key: str
    title: str
    step: Step


@dataclass(frozen=True, slots=True)
class Picture:
    title: str
    choices: tuple[Choice, ...] = ()
    said: tuple[Said, ...] = ()
    number: str = ""
    keys: tuple[Key, ...] = ()
    enter: Step | None = None


@dataclass(frozen=True, slots=True)
class Painter:
    """Makes pictures in one language of one hall at one moment."""

    words: Words
    hall: HallInfo
    view: KioskView
    now: datetime
    shown_fields: tuple[str, ...] = ()

    def picture(self, of: Visit) -> Picture:
        match of.page:
            case visit.Start():
                return self._start(of)
            case visit.Services():
                return self._services(of, of.page)
            case visit.Groups():
                return self._groups(of, of.page)
            case visit.Confirm():
                return self._confirm(of, of.page)
            case visit.Help():
                return self._help(of.page)
            case visit.Taking():
                taking = Said(self.words("kiosk.taking"))
                return Picture(self.words("kiosk.one_moment"), said=(taking,))
            case visit.Taken():
                return self._taken(of.page.ticket)
            case visit.Sorry():
                return self._sorry(of.page)
            case page:
                assert_never(page)

    # --- Pages to choose from --------------------------------------------------------------------

    def _start(self, of: Visit) -> Picture:
        fields = offer.fields(self.hall, self.view, self.shown_fields)
        closed = not any(field.standing.open for field in fields)
        said = [Said(self.view.notice, "note")] if self.view.notice else []
        said += [Said(self.words("kiosk.all_closed"), "note")] if closed else []
        return Picture(
            self.words("kiosk.choose_field"),
            tuple(self._field_choice(field) for field in fields),
            (*said, *self._priority(of.group)),
            keys=tuple(self._keys(of)),
        )

    def _field_choice(self, field: Field) -> Choice:
        """A field with one service goes straight on to it."""
        step: Step = Go(visit.Services(field.code))
        if len(field.services) == 1:
            step = Choose(field.services[0].service, visit.Start())
        return self._choice(self._field_name(field.code), step, field.standing)

    def _services(self, of: Visit, page: visit.Services) -> Picture:
        fields = offer.fields(self.hall, self.view, self.shown_fields)
        field = next((field for field in fields if field.code == page.field), None)
        choices = (
            self._choice(
                self.service_name(one.service),
                Choose(one.service, page),
                offer.standing([one]),
            )
            for one in (field.services if field else ())
        )
        return Picture(
            self.words("kiosk.choose_service", field=self._field_name(page.field)),
            tuple(choices),
            tuple(self._priority(of.group)),
            keys=tuple(self._keys(of, back=page.before)),
        )

    def _choice(self, title: str, step: Step, standing: Standing) -> Choice:
        facts = self._queue_facts(standing) if standing.open else self._closed_facts(standing)
        return Choice(title, step, facts, standing.open)

    def _groups(self, of: Visit, page: visit.Groups) -> Picture:
        choices = [
            Choice(
                self.words.name(group.names), Join(group.code, page.before), (self._proof(group),)
            )
            for group in self.hall.groups
        ]
        if of.group is not None:
            choices.append(Choice(self.words("kiosk.leave_group"), Join(None, page.before)))
        keys = self._keys(of, back=page.before)
        return Picture(self.words("kiosk.choose_group"), tuple(choices), keys=tuple(keys))

    def _confirm(self, of: Visit, page: visit.Confirm) -> Picture:
        take = Take(page.service, page.before)
        choices = (
            Choice(self.words("kiosk.take"), take),
            Choice(self.words("kiosk.do_not_take"), Leave()),
        )
        return Picture(
            self.words("kiosk.look_again"),
            choices,
            tuple(self._warnings(of, page.service)),
            keys=tuple(self._keys(of, back=page.before)),
            enter=take,
        )

    def _warnings(self, of: Visit, code: str) -> Iterator[Said]:
        """What must be read before the ticket is taken."""
        yield Said(self.service_name(code), "strong")
        service = self._service(code)
        if service is None:
            return
        standing = offer.standing([service])
        if standing.high_s is None:
            yield Said(self.words("kiosk.expected_unknown"))
        else:
            yield Said(self.words("kiosk.expected", wait=self._wait(standing)))
        if service.past_closing:
            yield Said(self.words("kiosk.past_closing"), "note")
        if service.next_day:
            yield Said(self.words("kiosk.next_day"), "note")
        yield from self._priority(of.group)

    # --- Pages to read ---------------------------------------------------------------------------

    def _help(self, page: visit.Help) -> Picture:
        """In the chosen language, and then in the other one."""
        other = load("en" if self.words.language == FIRST_LANGUAGE else FIRST_LANGUAGE)
        said = (
            Said(self.words("kiosk.help_text")),
            Said(""),
            Said(other("kiosk.help_title"), "strong"),
            Said(other("kiosk.help_text")),
        )
        back = Key("0", self.words("kiosk.back"), Go(page.before))
        return Picture(
            self.words("kiosk.help_title"), said=said, keys=(back,), enter=Go(page.before)
        )

    def _sorry(self, page: visit.Sorry) -> Picture:
        back = Key("0", self.words("kiosk.back"), Go(page.before))
        why = Said(self._why_not(page.refused))
        return Picture(self.words("kiosk.sorry"), said=(why,), keys=(back,), enter=Go(page.before))

    def _why_not(self, refused: Mapping[str, object]) -> str:
        facts = dict(refused)
        if isinstance(facts.get("service"), str):
            facts["service"] = self.service_name(str(facts["service"]))
        return self.words.refusal(facts, self.now)

    def _taken(self, ticket: Ticket) -> Picture:
        done = Key("0", self.words("kiosk.done"), Leave())
        return Picture(
            self.words("kiosk.your_number"),
            said=tuple(self._ticket_lines(ticket)),
            number=ticket.ticket,
            keys=(done,),
            enter=Leave(),
        )

    def _ticket_lines(self, ticket: Ticket) -> Iterator[Said]:
        yield Said(self.service_name(ticket.service), "strong")
        yield from (Said(place, "strong") for place in self._places(ticket.counters))
        yield Said(self._ahead(ticket))
        yield Said(self._expected(ticket))
        info = next((s for s in self.hall.services if s.code == ticket.service), None)
        if info is not None and info.papers:
            yield Said(self.words("kiosk.papers", papers=self.words.name(info.papers)))
        yield from self._priority(ticket.group)
        service = self._service(ticket.service)
        if service is not None and service.next_day:
            yield Said(self.words("kiosk.next_day"), "note")
        yield Said(self.words("kiosk.wait_for_call"))

    def _ahead(self, ticket: Ticket) -> str:
        key = "ahead_many" if ticket.ahead else "ahead_none"
        return self.words(f"kiosk.{key}", people=ticket.ahead)

    def _expected(self, ticket: Ticket) -> str:
        if ticket.low_s is None or ticket.high_s is None:
            return self.words("kiosk.expected_unknown")
        return self.words("kiosk.expected", wait=self._from_to(ticket.low_s, ticket.high_s))

    def _places(self, codes: tuple[str, ...]) -> Iterator[str]:
        """ "Quầy 1, 2, 3 – Khu A – Tầng 1", one line for each place that has counters for it."""
        counters = [counter for counter in self.hall.counters if counter.code in codes]
        for place, there in groupby(sorted(counters, key=self._where), key=self._where):
            numbers = ", ".join(str(counter.number) for counter in there)
            yield " – ".join((self.words("kiosk.counters", numbers=numbers), *place))

    def _where(self, counter: CounterInfo) -> tuple[str, ...]:
        zone, floor = self.words.name(counter.zone), counter.floor
        return tuple(filter(None, (zone, floor and self.words("kiosk.floor", floor=floor))))

    # --- Parts -----------------------------------------------------------------------------------

    def _keys(self, of: Visit, *, back: Page | None = None) -> Iterator[Key]:
        """The foot of a page: 0 back, 9 priority, * the other language, # help."""
        if back is not None:
            yield Key("0", self.words("kiosk.back"), Go(back))
        if self.hall.groups and not isinstance(of.page, visit.Groups | visit.Confirm):
            word = "change_group" if of.group else "groups"
            yield Key("9", self.words(f"kiosk.{word}"), Go(visit.Groups(of.page)))
        language = self._next_language()
        if language != self.words.language:
            yield Key("*", load(language)("kiosk.this_language"), Speak(language))
        yield Key("#", self.words("kiosk.help"), Go(visit.Help(of.page)))

    def _next_language(self) -> str:
        known = [language for language in self.hall.languages if language in languages()]
        if self.words.language not in known:
            return known[0] if known else FIRST_LANGUAGE
        return known[(known.index(self.words.language) + 1) % len(known)]

    def _priority(self, code: str | None) -> Iterator[Said]:
        group = next((group for group in self.hall.groups if group.code == code), None)
        if group is not None:
            priority = self.words("kiosk.priority", group=self.words.name(group.names))
            yield Said(f"{priority}. {self._proof(group)}", "note")

    def _proof(self, group: GroupInfo) -> str:
        if not group.proof:
            return self.words("kiosk.no_proof")
        return self.words("kiosk.proof", proof=self.words.name(group.proof))

    def _queue_facts(self, standing: Standing) -> tuple[str, ...]:
        key = {0: "none", 1: "one"}.get(standing.waiting, "many")
        return self.words(f"kiosk.waiting_{key}", people=standing.waiting), self._wait(standing)

    def _wait(self, standing: Standing) -> str:
        if standing.low_s is None or standing.high_s is None:
            return self.words("kiosk.wait_unknown")
        return self._from_to(standing.low_s, standing.high_s)

    def _from_to(self, low_s: int, high_s: int) -> str:
        if low_s == 0 and high_s <= SOON_S:
            return self.words("kiosk.wait_under", minutes=SOON_S // 60)
        return self.words("kiosk.wait", span=self.words.span(low_s, high_s))

    def _closed_facts(self, standing: Standing) -> tuple[str, ...]:
        keys = {"hall_closed": "closed_hall", "daily_limit_reached": "closed_limit"}
        why = self.words(f"kiosk.{keys.get(standing.closed_because or '', 'closed')}")
        if standing.opens_at is None:
            return (why,)
        time = self.words.time(standing.opens_at, self.now)
        return why, self.words("kiosk.opens", time=time)

    def _service(self, code: str) -> KioskService | None:
        return next((one for one in self.view.services if one.service == code), None)

    def service_name(self, code: str) -> str:
        names = (self.words.name(one.names) for one in self.hall.services if one.code == code)
        return next(names, code)

    def _field_name(self, code: str) -> str:
        names = (self.words.name(one.names) for one in self.hall.fields if one.code == code)
        return next(names, code)
