"""One request, one answer: refused here, carried out by the dispatcher, or made beside it.

Knows who asks and what that visitor may ask; decides no rule of the hall.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from dispatch.access import Access, OfAccess
from dispatch.admission import Porter
from dispatch.batch import Asked, encode
from dispatch.dispatcher import Dispatcher
from dispatch.forecaster import Forecaster
from dispatch.holders import Holders
from dispatch.limits import Limits
from dispatch.permissions import UNASKED, anybody_may, kinds_of, reach
from dispatch.persons import Persons
from dispatch.registry import Officer
from dispatch.translate import at_counter, elsewhere
from dispatch.trials import KINDS as TRIAL_KINDS
from dispatch.trials import Trials
from hall import commands as c
from hall.commands import Command, Refused
from hall.hours import business_day
from link import messages as m
from link.text import clean

MakeReport = Callable[[m.Report, m.DeviceInfo], Awaitable[dict[str, Any] | Refused]]


@dataclass(eq=False, slots=True)
class Visitor:
    """Who is at the other end of a connection."""

    device: m.DeviceInfo
    ticket: str | None = None  # the day and number of a citizen's


class Answers:
    """Answers the requests of all visitors. `now`: the hall's time."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        forecaster: Forecaster,
        porter: Porter,
        make_report: MakeReport,
        *,
        access: Access,
        trials: Trials,
        language: str,  # of a ticket whose citizen chose none
        limits: Limits,
        now: Callable[[], datetime],
    ) -> None:
        self._dispatcher, self._forecaster, self._porter = dispatcher, forecaster, porter
        self._make_report, self._trials = make_report, trials
        self._access, self._sittings = access, porter.sittings
        self._sittings.on_end = trials.forget
        self._language, self._now = language, now
        self.holders = Holders(lambda: dispatcher.hall, dispatcher.timekeeper.steady_s)
        self.persons = Persons(limits.tickets_per_person)

    async def answer(self, visitor: Visitor, request: m.Request) -> bytes:
        """The encoded answer: refused here, carried out by the dispatcher, or made beside it.

        Who was answered before is answered so again, also when it may not be asked any more.
        """
        denied = self._denied(visitor, request.do)
        if denied is not None:
            known = self._dispatcher.answer_to(request.id)
            return known or encode(request.id, refused=denied)
        if type(request.do) not in UNASKED:
            self._sittings.used(visitor.device.device)
        return await self._answer(visitor, request)

    async def _answer(self, visitor: Visitor, request: m.Request) -> bytes:
        match request.do:
            case m.SignIn() as do:
                return await self._sign_in(visitor, request.id, do)
            case m.SignOut() as do:
                return await self._sign_out(visitor, request.id, do)
            case m.ChangePin() as do:
                return await self._change_pin(visitor, request.id, do)
            case m.Here():
                return encode(request.id, ok={})
            case m.Report() as do:
                return _told(request.id, await self._make_report(do, visitor.device))
            case do if isinstance(do, OfAccess):
                by = self._officer_at(visitor) or ""
                return _told(request.id, await self._access.answer(do, by, request.id))
            case do if isinstance(do, TRIAL_KINDS):
                return _told(request.id, self._trials.answer(do, visitor.device.device, request.id))
            case _:
                return await self._by_the_hall(visitor, request)

    async def _by_the_hall(self, visitor: Visitor, request: m.Request) -> bytes:
        do, command = request.do, self._command(visitor, request.do)
        if isinstance(command, Refused):
            return encode(request.id, refused=command)
        if isinstance(do, m.TakeTicket) and do.person is not None and self.persons.limit:
            return await self._for_person(visitor, request.id, command, do.person)
        return await self._carried_out(visitor, request.id, command)

    def _denied(self, visitor: Visitor, do: m.AnyDo) -> Refused | None:
        """Why this visitor may not ask this, by the table of permissions; None: they may."""
        device, kind, who = visitor.device, type(do), self._who(visitor)
        allowed = reach(device.role, who.role if who else None, kind)
        if allowed is None and who is None and anybody_may(device.role, kind):
            if device.role == "counter":
                return Refused("counter_has_no_officer", counter=device.counter)
            return Refused("not_signed_in")
        named = getattr(do, "counter", None)
        if allowed is None:
            return Refused("not_allowed")
        if allowed == "own" and named not in (None, device.counter):
            return Refused("not_allowed", counter=named)
        if self._is_locked(visitor, who) and reach(device.role, None, kind) is None:
            return Refused("not_signed_in")
        return None

    def _who(self, visitor: Visitor) -> Officer | None:
        """The account that is signed in there: at a counter's pad for ratings nobody is."""
        if visitor.device.role == "rating":
            return None
        return self._porter.officers.get(self._officer_at(visitor) or "")

    def _is_locked(self, visitor: Visitor, who: Officer | None) -> bool:
        if visitor.device.counter is None or who is None or visitor.device.role != "counter":
            return False
        serving = self._dispatcher.hall.staffing[visitor.device.counter].ticket is not None
        return self._sittings.is_locked(visitor.device.device, who.code, serving=serving)

    async def _for_person(
        self, visitor: Visitor, request_id: str, command: Command, person: str
    ) -> bytes:
        """A number, unless this person has had as many as the hall allows a day."""
        hall = self._dispatcher.hall
        today = business_day(hall.setup.hours, self._now())
        if not self.persons.may_take(person, request_id, today):
            refused = Refused("person_limit_reached", limit=self.persons.limit)
            return encode(request_id, refused=refused)
        answer = await self._carried_out(visitor, request_id, command)
        if msgspec.json.decode(answer, type=m.Answer).refused is not None:
            self.persons.took_none(person, request_id)
        return answer

    async def _carried_out(self, visitor: Visitor, request_id: str, command: Command) -> bytes:
        asked = Asked(command, request_id, visitor.device.device, self._officer_at(visitor))
        return await self._dispatcher.ask(asked)

    def _officer_at(self, visitor: Visitor) -> str | None:
        """Who is signed in there."""
        if visitor.device.role == "manager":
            return self._sittings.manager_at(visitor.device.device)
        staffing = self._dispatcher.hall.staffing.get(visitor.device.counter or "")
        return staffing.officer if staffing else None

    async def _sign_in(self, visitor: Visitor, request_id: str, do: m.SignIn) -> bytes:
        device, counter = visitor.device, visitor.device.counter
        before = self._sittings.turned_out
        refused = await self._porter.officer(do, request_id, device, self._now())
        if refused is not None:
            return encode(request_id, refused=refused)
        if before != self._sittings.turned_out:  # perhaps this one, since it was looked up
            return await self._sign_in(visitor, request_id, do)
        if device.role == "manager":
            self._sittings.began(device.device, do.officer)
            role = self._porter.officers[do.officer].role
            return encode(request_id, ok={"role": role, "may": kinds_of("manager", role)})
        assert counter is not None
        command = c.SignIn(counter, do.officer, do.take_over)
        answer = await self._carried_out(visitor, request_id, command)
        if self._officer_at(visitor) == do.officer:
            self._sittings.began(device.device, do.officer)
        return answer

    async def _sign_out(self, visitor: Visitor, request_id: str, do: m.SignOut) -> bytes:
        """From the own screen; or at a counter, whoever sits there."""
        device = visitor.device
        if device.role == "manager" and do.counter is None:
            self._sittings.ended(device.device)
            return encode(request_id, ok={})
        command = c.SignOut(device.counter or do.counter or "")
        answer = await self._carried_out(visitor, request_id, command)
        if device.role == "counter" and self._officer_at(visitor) is None:
            self._sittings.ended(device.device)
        return answer

    async def _change_pin(self, visitor: Visitor, request_id: str, do: m.ChangePin) -> bytes:
        officer = self._officer_at(visitor)
        if officer is None:
            refused = Refused("counter_has_no_officer", counter=visitor.device.counter)
            return encode(request_id, refused=refused)
        now = self._now()
        why_not = await self._porter.change_pin(officer, do, request_id, visitor.device, now)
        return encode(request_id, ok=None if why_not else {}, refused=why_not)

    def _command(self, visitor: Visitor, do: m.AnyDo) -> Command | Refused:
        """What the request means, coming from this visitor."""
        if isinstance(do, m.Rate):
            return self._rate(visitor, do)
        token = secrets.token_urlsafe(12) if isinstance(do, m.TakeTicket) else ""
        forecast = self._forecaster.newest
        command: Command | Refused | None
        command = elsewhere(do, visitor.device.device, token, self._language, forecast)
        if command is None:
            counter = visitor.device.counter or getattr(do, "counter", None)
            command = at_counter(do, counter or "")
        assert command is not None, do
        return command

    def _rate(self, visitor: Visitor, do: m.Rate) -> Command | Refused:
        number = self.holders.rated(do, visitor.device)
        if isinstance(number, Refused):
            return number
        ticket = self._dispatcher.hall.ticket(number)
        turn = do.turn or (len(ticket.turns) if ticket else 1)
        if do.token is None and do.code is None and ticket is not None:
            at = ticket.turns[turn - 1].counter if turn <= len(ticket.turns) else None
            if at != visitor.device.counter:  # nobody who was served there rates it here
                return Refused("not_rateable", ticket=number)
        return c.Rate(number, turn, do.level, tuple(do.tags), clean(do.text))


def _told(request_id: str, told: dict[str, Any] | Refused) -> bytes:
    refused = told if isinstance(told, Refused) else None
    return encode(request_id, ok=None if refused else told, refused=refused)
