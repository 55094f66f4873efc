"""One officer of a recorded day: at work when they were, and as quick to call and to serve.

Looks at the counter's own view, as a person would, and asks over the link. Whose turn it is the
hall says.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final, Protocol

from demo.citizens import Citizens
from demo.stage import Scene
from hall.hours import session_opens_next
from link import messages as m
from link.client import Link
from whatif.model import Ending, Lull, Meeting, Post, Stretch

SIGNS_IN_BEFORE: Final = timedelta(minutes=5)
NOBODY_THERE: Final = "no_ticket_at_counter"


class Hours(Protocol):
    """When something is to happen; after each of it everybody looks round."""

    def now(self) -> datetime: ...

    def at(self, moment: datetime, scene: Scene, *, first: bool = False) -> None: ...

    async def notice(self) -> None: ...

    async def give_back(self, counter: str, number: str) -> None: ...


@dataclass(eq=False, slots=True)
class Desk:
    """A counter, and who works there."""

    code: str
    officer: str
    pin: str
    link: Link
    hours: Hours
    citizens: Citizens
    post: Post
    lull_s: float  # how soon they call, where it is not recorded
    view: m.CounterView | None = None
    lulls_over: int = 0
    stretch: Stretch | None = None
    ending: bool = False  # its time is over, the officer only has to be free
    serving: str | None = None  # a number
    due: datetime | None = None  # when they will call, if nothing changes
    back: list[str] = field(default_factory=list)  # numbers to be called back
    away: bool = False  # somebody took over the counter
    shift: int = 0  # what was planned in an earlier one is not done any more

    def expect_day(self) -> None:
        """Plan the working day."""
        for stretch in self.post.stretches:
            self.hours.at(stretch.opens - SIGNS_IN_BEFORE, self._sign_in)
            self.hours.at(stretch.opens, partial(self._open, stretch))
            self.hours.at(stretch.ends, partial(self._time_is_over, stretch))

    def stand_up(self) -> None:
        """Somebody else works at the counter now."""
        self.away, self.serving, self.due = True, None, None
        self.shift += 1

    async def sit_down(self) -> None:
        """Go on with whatever is at the counter."""
        self.away = False
        await self._sign_in()
        if self.stretch is not None:
            await self._open(self.stretch)
        if self.view is not None and self.view.ticket is not None:
            self._attend(self.view.ticket.number, self.view.ticket.service)
        self.hours.at(self.hours.now(), _look_up)

    # --- At work, or not -------------------------------------------------------------------------

    async def _sign_in(self) -> None:
        if not self.away:
            await self.link.ask(m.SignIn(self.officer, self.pin))

    async def _open(self, stretch: Stretch) -> None:
        self.stretch, self.ending = stretch, False
        if not self.away:
            await self.link.ask(m.Open())

    async def _time_is_over(self, stretch: Stretch) -> None:
        self.ending = self.stretch is stretch

    async def look(self) -> bool:
        """Free, and somebody waits: call as soon as on the day. True: the counter stopped work."""
        if self.away or self.serving is not None or self.stretch is None:
            return False
        wanted = self._wanted(self.stretch)
        if self.ending and not (wanted and self.stretch.until_empty):
            await self._end(self.stretch)
            return True
        if not wanted:
            self.lulls_over += self.due is not None
            self.due = None
        elif self.due is None:
            self._call_in(0.0 if self.back else self._lull().lasts_s)
        return False

    def _wanted(self, stretch: Stretch) -> bool:
        if self.back:
            return True
        calls = self.hours.now() < stretch.calls_until or stretch.until_empty
        return calls and self.view is not None and "call_next" in self.view.may

    async def _end(self, stretch: Stretch) -> None:
        self.stretch, self.ending, self.due = None, False, None
        reasons = self.citizens.setup.pause_reasons
        pauses = m.Pause(known_word(stretch.reason, reasons)) if stretch.pauses else m.Close()
        await self.link.ask(pauses)

    # --- Calling ---------------------------------------------------------------------------------

    def _lull(self) -> Lull:
        """The present one: as long as on the day."""
        if self.lulls_over < len(self.post.lulls):
            return self.post.lulls[self.lulls_over]
        return Lull(self.lull_s)

    def _call_in(self, seconds: float) -> None:
        self.due = due = self.hours.now() + timedelta(seconds=seconds)
        self.hours.at(due, partial(self._call, due), first=not seconds)

    def call_back(self, number: str) -> None:
        """A form is filled in: as soon as the officer is free."""
        self.back.append(number)
        self.lulls_over += self.due is not None
        self.due = None

    async def _call(self, due: datetime) -> None:
        if self.due != due or self.serving is not None or self.stretch is None:
            return
        self.due = None
        if not self._wanted(self.stretch):
            return
        if self.back:
            answer = await self.link.ask(m.Resume(self.back.pop(0)))
        else:
            answer = await self._call_somebody()
            self.lulls_over += 1
        if answer.ok is not None:
            self._attend(answer.ok["ticket"], answer.ok["service"])

    async def _call_somebody(self) -> m.Answer:
        """Whom they called out of order on the day, if that can be; else whoever's turn it is."""
        jump = self.citizens.number_now(self._lull().jump)
        if jump is not None:
            reason = known_word(None, self.citizens.setup.jump_reasons)
            answer = await self.link.ask(m.CallTicket(jump, reason))
            if answer.ok is not None:
                return answer
        return await self.link.ask(m.CallNext())

    # --- With a citizen --------------------------------------------------------------------------

    def _attend(self, number: str, service: str) -> None:
        """What comes of this call happens when it did."""
        self.serving = number
        meeting = self.citizens.meeting(number, service)
        for recall_s in meeting.recalls_s:
            self._later(recall_s, number, partial(self._ask, m.Recall()))
        if meeting.start_s is None:
            self._later(meeting.lasts_s, number, partial(self._part, number, meeting))
        else:
            self._later(meeting.start_s, number, partial(self._start, number, meeting))

    async def _ask(self, do: m.AnyDo) -> None:
        await self.link.ask(do)

    async def _start(self, number: str, meeting: Meeting) -> None:
        answer = await self.link.ask(m.Start())
        if answer.refused is not None and answer.refused["reason"] == NOBODY_THERE:
            self.serving = None  # the hall gave the citizen up before
        else:
            self._later(meeting.lasts_s, number, partial(self._part, number, meeting))

    async def _part(self, number: str, meeting: Meeting) -> None:
        """The end of it, as on the day; what is no longer possible is finished."""
        self.serving = None
        for service in meeting.added:
            await self.link.ask(m.AddService(service))
        answer = await self.link.ask(self._ending(number, meeting))
        if answer.refused is not None:
            if answer.refused["reason"] != NOBODY_THERE:
                await self.link.ask(self._finish(None))
        elif meeting.ends is Ending.POSTPONED:
            opens = session_opens_next(self.citizens.setup.hours, self.hours.now())
            assert opens is not None
            self.hours.at(opens, self.hours.notice)
        elif meeting.ends is Ending.HELD and meeting.away_s is not None:
            give_back = partial(self.hours.give_back, meeting.back_at or self.code, number)
            self.hours.at(self.hours.now() + timedelta(seconds=meeting.away_s), give_back)

    def _ending(self, number: str, meeting: Meeting) -> m.AnyDo:
        setup = self.citizens.setup
        match meeting.ends:
            case Ending.FINISHED:
                return self._finish(meeting.word)
            case Ending.TRANSFERRED:
                return m.Transfer(meeting.to_service, meeting.to_counter)
            case Ending.NO_SHOW:
                return m.NoShow()
            case Ending.PUT_BACK:
                return m.PutBack()
            case Ending.HELD:
                return m.Hold(known_word(meeting.word, setup.hold_reasons))
            case Ending.POSTPONED:
                return m.Postpone()
            case Ending.CANCELLED:
                return m.Cancel(number, known_word(meeting.word, setup.cancel_reasons))

    def _finish(self, outcome: str | None) -> m.Finish:
        return m.Finish(known_word(outcome, self.citizens.setup.outcomes))

    def _later(self, seconds: float, number: str, scene: Callable[[], Awaitable[None]]) -> None:
        """Do something with a citizen after so many seconds, if both are still there."""
        shift = self.shift

        async def if_there() -> None:
            if (self.shift, self.serving) == (shift, number):
                await scene()

        self.hours.at(self.hours.now() + timedelta(seconds=seconds), if_there)


async def _look_up() -> None:
    """Nothing but what follows every scene: everybody looks round."""


def known_word(word: str | None, known: frozenset[str]) -> str:
    """The word that was given, if the hall still has it; else its first."""
    return word if word in known else min(known)
