"""Every page of the kiosk as a `Picture`. Draws nothing and asks nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from kiosk import offer, visit
from kiosk.offer import Field, Standing
from kiosk.phrases import Phrases
from kiosk.picture import Choice, Key, Picture, Said
from kiosk.ticket import Ticket
from kiosk.visit import Choose, Go, Join, Leave, Page, Speak, Step, Take, Visit
from link.messages import HallInfo, KioskService, KioskView
from terminal.words import FIRST_LANGUAGE, Words, languages, load


@dataclass(frozen=True, slots=True)
class Painter:
    """Makes pictures in one language of one hall at one moment."""

    words: Words
    hall: HallInfo
    view: KioskView
    now: datetime
    shown_fields: tuple[str, ...] = ()

    @property
    def phrases(self) -> Phrases:
        return Phrases(self.words, self.hall)

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
        return self._choice(self.phrases.field(field.code), step, field.standing)

    def _services(self, of: Visit, page: visit.Services) -> Picture:
        fields = offer.fields(self.hall, self.view, self.shown_fields)
        field = next((field for field in fields if field.code == page.field), None)
        choices = (
            self._choice(
                self.phrases.service(one.service),
                Choose(one.service, page),
                offer.standing([one]),
            )
            for one in (field.services if field else ())
        )
        return Picture(
            self.words("kiosk.choose_service", field=self.phrases.field(page.field)),
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
                self.words.name(group.names),
                Join(group.code, page.before),
                (self.phrases.proof(group),),
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
        yield Said(self.phrases.service(code), "strong")
        service = self._service(code)
        if service is None:
            return
        yield Said(self._expected(service.low_s, service.high_s))
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
            facts["service"] = self.phrases.service(str(facts["service"]))
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
        yield Said(self.phrases.service(ticket.service), "strong")
        places = self.phrases.places(ticket.counters)
        yield from (Said(" – ".join(place), "strong") for place in places)
        yield Said(self._ahead(ticket))
        yield Said(self._expected(ticket.low_s, ticket.high_s))
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

    def _expected(self, low_s: int | None, high_s: int | None) -> str:
        if low_s is None or high_s is None:
            return self.words("kiosk.expected_unknown")
        return self.words("kiosk.expected", wait=self.phrases.wait(low_s, high_s))

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
        group = self.phrases.group(code)
        if group is not None:
            priority = self.words("kiosk.priority", group=self.words.name(group.names))
            yield Said(f"{priority}. {self.phrases.proof(group)}", "note")

    def _queue_facts(self, standing: Standing) -> tuple[str, ...]:
        wait = self.phrases.wait(standing.low_s, standing.high_s)
        return self.phrases.people(standing.waiting), wait

    def _closed_facts(self, standing: Standing) -> tuple[str, ...]:
        keys = {"hall_closed": "closed_hall", "daily_limit_reached": "closed_limit"}
        why = self.words(f"kiosk.{keys.get(standing.closed_because or '', 'closed')}")
        if standing.opens_at is None:
            return (why,)
        time = self.words.time(standing.opens_at, self.now)
        return why, self.words("kiosk.opens", time=time)

    def _service(self, code: str) -> KioskService | None:
        return next((one for one in self.view.services if one.service == code), None)
