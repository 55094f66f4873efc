"""Every page of the kiosk as a `Picture`. Draws nothing and asks nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from kiosk import offer, search, visit
from kiosk.offer import Field, Standing
from kiosk.phrases import Phrases
from kiosk.ticket import Ticket
from kiosk.visit import (
    Choose,
    ChooseLevel,
    EraseDigit,
    Go,
    GoOn,
    HavePaper,
    Join,
    Leave,
    OpenDoor,
    Page,
    Paper,
    Point,
    PrintAgain,
    SendRating,
    Speak,
    Step,
    Take,
    Visit,
)
from link.messages import HallInfo, KioskService, KioskView
from terminal.opinion import level_choices, level_name, reason_choices, thanks
from terminal.picture import Choice, Key, Picture, Said
from terminal.words import FIRST_LANGUAGE, Words, languages, load


@dataclass(frozen=True, slots=True)
class Painter:
    """Makes pictures in one language of one hall at one moment."""

    words: Words
    hall: HallInfo
    view: KioskView
    now: datetime
    shown_fields: tuple[str, ...] = ()
    has_door: bool = False

    @property
    def phrases(self) -> Phrases:
        return Phrases(self.words, self.hall)

    def picture(self, of: Visit) -> Picture[Step]:  # noqa: PLR0912 - one case a page
        match of.page:
            case visit.Start():
                return self._start(of)
            case visit.Services():
                return self._services(of, of.page)
            case visit.Search():
                return self._search(of, of.page)
            case visit.Groups():
                return self._groups(of, of.page)
            case visit.Confirm():
                return self._confirm(of, of.page)
            case visit.ShowCard():
                return self._show_card(of, of.page)
            case visit.CardSuggests():
                return self._card_suggests(of.page)
            case visit.Help():
                return self._help(of.page)
            case visit.Taking():
                taking = Said(self.words("kiosk.taking"))
                return Picture(self.words("kiosk.one_moment"), said=(taking,))
            case visit.Taken():
                return self._taken(of.page.ticket, of.page.paper)
            case visit.Sorry():
                return self._sorry(of.page)
            case visit.TypeTicket():
                return self._type_ticket(of.page)
            case visit.AskLevel():
                return self._rate()
            case visit.Explain():
                return self._explain(of.page)
            case visit.Rated():
                return self._rated(of.page)
            case page:
                assert_never(page)

    def clock(self, of: Visit, seconds: int) -> str:
        """The hall's time; beside a number, how long it still stands there."""
        if isinstance(of.page, visit.Taken):
            return self.words("kiosk.number_stays", seconds=seconds)
        return self.now.astimezone(self.words.timezone).strftime("%H:%M   %d/%m/%Y")

    # --- Pages to choose from --------------------------------------------------------------------

    def _start(self, of: Visit) -> Picture[Step]:
        fields = offer.fields(self.hall, self.view, self.shown_fields)
        closed = not any(field.standing.open for field in fields)
        said = [Said(self.view.notice, "note")] if self.view.notice else []
        said += [Said(self.words("kiosk.all_closed"), "note")] if closed else []
        return Picture(
            self.words("kiosk.choose_field"),
            tuple(self._field_choice(field) for field in fields),
            (*said, *self._card(of), *self._priority(of.group)),
            keys=(*self._keys(of), Key("Enter", self.words("kiosk.search"), Go(visit.Search()))),
        )

    def _field_choice(self, field: Field) -> Choice[Step]:
        """A field with one service goes straight on to it."""
        step: Step = Go(visit.Services(field.code))
        if len(field.services) == 1:
            step = Choose(field.services[0].service, visit.Start())
        return self._choice(self.phrases.field(field.code), step, field.standing)

    def _services(self, of: Visit, page: visit.Services) -> Picture[Step]:
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
            (*self._card(of), *self._priority(of.group)),
            keys=tuple(self._keys(of, back=page.before)),
        )

    def _search(self, of: Visit, page: visit.Search) -> Picture[Step]:
        """All services that fit; where none does, two ways to go on."""
        choices = tuple(self._found(page))
        said = [*self._card(of), *self._priority(of.group, proof=False)]
        enter = choices[0].step if len(choices) == 1 else None
        if not choices:
            said.insert(0, Said(self.words("kiosk.nothing_found"), "note"))
            everything = Go(visit.Search(before=page.before))
            choices = (
                Choice(self.words("kiosk.list_all"), everything),
                Choice(self.words("kiosk.by_field"), Go(visit.Start())),
            )
        return Picture(
            self.words("kiosk.search"),
            choices,
            tuple(said),
            keys=tuple(self._keys(of, back=page.before)),
            enter=enter,
            typed=self.words("kiosk.typed", text=page.text),
        )

    def _found(self, page: visit.Search) -> Iterator[Choice[Step]]:
        fields = offer.fields(self.hall, self.view, self.shown_fields)
        offered = {one.service: one for field in fields for one in field.services}
        for code in search.find(page.text, search.services(self.hall, offered, self.words)):
            standing = offer.standing([offered[code]])
            yield self._choice(self.phrases.service(code), Choose(code, page), standing)

    def _choice(self, title: str, step: Step, standing: Standing) -> Choice[Step]:
        facts = self._queue_facts(standing) if standing.open else self._closed_facts(standing)
        return Choice(title, step, facts, standing.open)

    def _groups(self, of: Visit, page: visit.Groups) -> Picture[Step]:
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

    def _confirm(self, of: Visit, page: visit.Confirm) -> Picture[Step]:
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

    def _card_suggests(self, page: visit.CardSuggests) -> Picture[Step]:
        group = self.phrases.group(page.group)
        name = self.words.name(group.names) if group else ""
        join = Join(page.group, page.before)
        choices = (
            Choice(self.words("kiosk.join_group", group=name), join),
            Choice(self.words("kiosk.leave_group"), Go(page.before)),
        )
        said = Said(self.phrases.proof(group) if group else "", "note")
        title = self.words("kiosk.card_suggests")
        return Picture(title, choices, (said,), enter=join)

    # --- Pages to read ---------------------------------------------------------------------------

    def _show_card(self, of: Visit, page: visit.ShowCard) -> Picture[Step]:
        service = Said(self.phrases.service(page.service), "strong")
        why = Said(self.words("kiosk.card_why"))
        keys = self._keys(of, back=page.before)
        return Picture(self.words("kiosk.show_card"), said=(service, why), keys=tuple(keys))

    def _help(self, page: visit.Help) -> Picture[Step]:
        """In the chosen language, and then in the other one."""
        other = load("en" if self.words.language == FIRST_LANGUAGE else FIRST_LANGUAGE)
        said = (
            Said(self.words("kiosk.help_text")),
            Said(""),
            Said(other("kiosk.help_title"), "strong"),
            Said(other("kiosk.help_text")),
        )
        keys: list[Key[Step]] = [
            Key("0", self.words("kiosk.back"), Go(page.before)),
            Key("8", self.words("kiosk.rate"), Go(visit.TypeTicket(before=page.before))),
        ]
        if self.has_door:
            keys.append(Key("9", self.words("technician.way_in"), OpenDoor()))
        return Picture(
            self.words("kiosk.help_title"), said=said, keys=tuple(keys), enter=Go(page.before)
        )

    def _sorry(self, page: visit.Sorry) -> Picture[Step]:
        back = Key("0", self.words("kiosk.back"), Go(page.before))
        why = Said(self._why_not(page.refused))
        return Picture(self.words("kiosk.sorry"), said=(why,), keys=(back,), enter=Go(page.before))

    def _why_not(self, refused: Mapping[str, object]) -> str:
        facts = dict(refused)
        if isinstance(facts.get("service"), str):
            facts["service"] = self.phrases.service(str(facts["service"]))
        return self.words.refusal(facts, self.now)

    def _taken(self, ticket: Ticket, paper: Paper) -> Picture[Step]:
        keys: list[Key[Step]] = [Key("0", self.words("kiosk.done"), Leave())]
        if paper.state == "unknown":
            keys.append(Key("1", self.words("kiosk.have_paper"), HavePaper()))
            keys.append(Key("2", self.words("kiosk.print_again"), PrintAgain()))
        return Picture(
            self.words("kiosk.your_number"),
            said=(*self._paper(paper), *self._ticket_lines(ticket, paper)),
            number=ticket.ticket,
            keys=tuple(keys),
            enter=Leave(),
        )

    def _paper(self, paper: Paper) -> Iterator[Said]:
        """Where the printed ticket is; what to do where it is not."""
        match paper.state:
            case "none":
                return
            case "printing" | "printed":
                yield Said(self.words(f"kiosk.paper_{paper.state}"), "strong")
            case "waiting" | "given_up":
                trouble = self.words.trouble(paper.trouble) if paper.trouble else ""
                why = self.words("kiosk.paper_waits", trouble=trouble) if trouble else ""
                text = f"{why} {self.words('kiosk.paper_not_needed')}"
                yield Said(text.strip(), "note")
            case "unknown":
                yield Said(self.words("kiosk.paper_unknown"), "note")

    def _ticket_lines(self, ticket: Ticket, paper: Paper) -> Iterator[Said]:
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
        yield Said(self.words("kiosk.no_paper" if paper.state == "none" else "kiosk.wait_for_call"))

    def notices(self, ticket: Ticket) -> tuple[str, ...]:
        """What the paper must say besides."""
        service = self._service(ticket.service)
        if service is None:
            return ()
        keys = ("past_closing",) * service.past_closing + ("next_day",) * service.next_day
        return tuple(self.words(f"kiosk.{key}") for key in keys)

    def _ahead(self, ticket: Ticket) -> str:
        key = "ahead_many" if ticket.ahead else "ahead_none"
        return self.words(f"kiosk.{key}", people=ticket.ahead)

    def _expected(self, low_s: int | None, high_s: int | None) -> str:
        if low_s is None or high_s is None:
            return self.words("kiosk.expected_unknown")
        return self.words("kiosk.expected", wait=self.phrases.wait(low_s, high_s))

    # --- How it was ------------------------------------------------------------------------------

    def _type_ticket(self, page: visit.TypeTicket) -> Picture[Step]:
        """First the letter, which is one of the hall's; then digits."""
        if page.letter is None:
            letters = (
                Choice(
                    one.code, Go(replace(page, letter=one.code)), (self.phrases.field(one.code),)
                )
                for one in self.hall.fields
            )
            back = Key("0", self.words("kiosk.back"), Go(page.before))
            keys = (back, *self._other_language())
            return Picture(self.words("rating.which_letter"), tuple(letters), keys=keys)
        number_is_known = page.number is not None
        word = "which_code" if number_is_known else "which_number"
        shown = f"{page.number} – {page.typed}" if number_is_known else f"{page.letter}{page.typed}"
        erase: Key[Step] = Key("*", self.words("common.erase"), EraseDigit())
        go_on: Key[Step] = Key("#", self.words("rating.go_on"), GoOn())
        return Picture(
            self.words(f"rating.{word}"),
            said=(Said(self.words("rating.where_printed")),),
            keys=(erase,) if number_is_known else (erase, go_on),
            enter=GoOn(),
            typed=shown,
            digits=True,
        )

    def _rate(self) -> Picture[Step]:
        levels = level_choices(self.words, self.hall.rating_levels, ChooseLevel)
        keys = [Key("0", self.words("rating.skip"), Leave()), *self._other_language()]
        return Picture(self.words("rating.question_later"), tuple(levels), keys=tuple(keys))

    def _explain(self, page: visit.Explain) -> Picture[Step]:
        level = level_name(self.words, page.opinion.level, self.hall.rating_levels)
        reasons = reason_choices(self.words, self.hall.rating_tags, page.opinion, Point)
        word = "send" if page.opinion.says_more else "skip"
        keys = (
            Key("0", self.words("kiosk.back"), Go(visit.AskLevel(page.ticket))),
            Key("Enter", self.words(f"rating.{word}"), SendRating()),
        )
        return Picture(self.words("rating.why", level=level), tuple(reasons), keys=keys)

    def _rated(self, page: visit.Rated) -> Picture[Step]:
        keys = (Key("0", self.words("kiosk.done"), Leave()),)
        if page.answer is None:
            return Picture(self.words("kiosk.one_moment"), keys=keys)
        said = (Said(self._why_not(page.answer)),) if page.answer else thanks(self.words)
        return Picture(self.words("rating.title"), said=said, keys=keys, enter=Leave())

    # --- Parts -----------------------------------------------------------------------------------

    def _keys(self, of: Visit, *, back: Page | None = None) -> Iterator[Key[Step]]:
        """The foot of a page: 0 back, 9 priority, * the other language, # help."""
        if back is not None:
            yield Key("0", self.words("kiosk.back"), Go(back))
        if self.hall.groups and not isinstance(of.page, visit.Groups | visit.Confirm):
            word = "change_group" if of.group else "groups"
            yield Key("9", self.words(f"kiosk.{word}"), Go(visit.Groups(of.page)))
        yield from self._other_language()
        yield Key("#", self.words("kiosk.help"), Go(visit.Help(of.page)))

    def _other_language(self) -> Iterator[Key[Step]]:
        language = self._next_language()
        if language != self.words.language:
            yield Key("*", load(language)("kiosk.this_language"), Speak(language))

    def _next_language(self) -> str:
        known = [language for language in self.hall.languages if language in languages()]
        if self.words.language not in known:
            return known[0] if known else FIRST_LANGUAGE
        return known[(known.index(self.words.language) + 1) % len(known)]

    def _card(self, of: Visit) -> Iterator[Said]:
        if of.card_read:
            yield Said(self.words("kiosk.card_read"))

    def _priority(self, code: str | None, *, proof: bool = True) -> Iterator[Said]:
        group = self.phrases.group(code)
        if group is not None:
            priority = self.words("kiosk.priority", group=self.words.name(group.names))
            text = f"{priority}. {self.phrases.proof(group)}" if proof else priority
            yield Said(text, "note")

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
