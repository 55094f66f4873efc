"""What must be true of every hall at every moment: books kept from the events, and named checks.

Written apart from the rules: it looks at every waiting visit where the rules look at the heads of
sorted queues. Knows no harness: whoever has events can show them to `Books.see`.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import inf

from hall import events as e
from hall.beside import MAX_WORDS
from hall.events import Event
from hall.hours import serving_windows
from hall.model import FIRST, Hall, Setup, Stage
from tests.expected_alarms import expected_alarms

ROUNDED_S = 1e-6  # sums of seconds are not exact; the clock has no finer step
STORY = 40  # events told when something is broken


class Broken(AssertionError):  # noqa: N818 - raise Broken(...) reads as it should
    """An invariant does not hold: which, and what happened before."""

    def __init__(self, name: str, story: str) -> None:
        super().__init__(f"{name}: {story}")
        self.name, self.story = name, story


@dataclass
class Visit:
    """One ticket as the books know it; times are those of its present turn."""

    number: str
    order: int
    group: str | None
    service: str
    later: list[str]
    opened_at: datetime
    queued_at: datetime
    slot: datetime | None  # booked for then
    moved: bool  # booked, sent on, put back to the end: its place is not that of its number
    turns: list[Stage] = field(default_factory=lambda: [Stage.WAITING])
    counter: str | None = None
    reserved: str | None = None
    called_at: datetime | None = None
    called_at_before: datetime | None = None  # as it was before the last call
    last_called_at: datetime | None = None
    undone_at: datetime | None = None
    started_at: datetime | None = None
    held_at: datetime | None = None
    held_until: datetime | None = None
    held_s: float = 0.0
    missed: int = 0
    recalls: int = 0
    stepped: bool = False  # the clock was set in one of its turns
    rated: set[int] = field(default_factory=set)
    touched: int = 0  # seq of the last event about it; what the printer says does not count

    @property
    def stage(self) -> Stage:
        return self.turns[-1]

    @property
    def line(self) -> tuple[datetime, int]:
        """Its place in line, before any priority."""
        return self.queued_at, self.order


@dataclass
class Press:
    """A finish or no-show that an officer pressed, and the visit as it was before."""

    visit: Visit
    finished: bool
    officer: str
    works: bool  # who takes over a closed counter with somebody there brings that to its end
    seq: int
    at: datetime


class Books:
    """Everything that the events say, and nothing else."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.seq: int | None = None
        self.at: datetime | None = None
        self.call: int | None = None
        self.story: deque[tuple[int, datetime, Event]] = deque(maxlen=STORY)
        self.day: e.DayOpened | None = None
        self._new_day()

    def see(self, seq: int, at: datetime, event: Event) -> None:
        """The next event. Raises Broken when it should not have happened."""
        self.story.append((seq, at, event))
        self.now_seq, self.now = seq, at
        for check in EVENT_CHECKS:
            self._hold(check.__name__, check(self, event))
        self._note(event)
        self.seq, self.at = seq, at

    def compare(self, hall: Hall) -> None:
        """Raises Broken when the hall is not what the events say."""
        for check in HALL_CHECKS:
            self._hold(check.__name__, check(self, hall))

    def waiting(self) -> Iterator[Visit]:
        return (visit for visit in self.visits.values() if visit.stage is Stage.WAITING)

    def callable_at(self, counter: str) -> Iterator[Visit]:
        """Everybody who waits for something the counter serves."""
        lag = self.setup.counters[counter].lag
        for visit in self.waiting():
            if visit.service in lag and self.is_free_for(visit, counter):
                yield visit

    def is_free_for(self, visit: Visit, counter: str) -> bool:
        """Was it sent to this counter, to none, or to one that is closed now?"""
        return visit.reserved in (None, counter) or visit.reserved not in self.working

    def interleaved(self, visit: Visit) -> bool:
        return visit.group is not None and self.setup.groups[visit.group].interleaved

    def head_start_s(self, visit: Visit) -> float:
        return self.setup.groups[visit.group].head_start_s if visit.group else 0.0

    def may_prefer(self, counter: str) -> bool:
        return self.ordinary.get(counter, inf) >= self.setup.interleave

    def _hold(self, name: str, complaint: str | None) -> None:
        if complaint is not None:
            told = (f"{seq} {at:%m-%d %H:%M:%S} {event}" for seq, at, event in self.story)
            raise Broken(name, "\n  ".join([complaint, *told]))

    def _new_day(self) -> None:
        self.visits: dict[str, Visit] = {}
        self.counts: dict[str, int] = {}  # letter -> numbers given
        self.taken: dict[str, int] = {}  # service -> tickets that ask for it
        self.at_counter: dict[str, str] = {}
        self.officers: dict[str, str] = {}
        self.working: set[str] = set()  # counters, open or paused
        self.ordinary: dict[str, int] = {}  # counter -> ordinary turns since it preferred one
        self.presses: dict[str, Press] = {}  # counter -> the last one there
        self.made: dict[int, datetime] = {}  # call -> when
        self.called: dict[str, int] = {}  # counter -> seq of its last call
        counted = ("served", "timed", "no_shows", "cancelled", "transfers", "left_over", "ended")
        self.tally = dict.fromkeys(counted, 0)
        self.rated: Counter[int] = Counter()  # level -> ratings
        self.stepped_at: datetime | None = None
        self.word = 0  # of the last one sent
        self.words: dict[str, list[int]] = {}  # counter -> sent there and not read, oldest first
        self.paused: dict[str, datetime] = {}  # counter -> since
        self.alarms: dict[str, bool] = {}  # those that hold -> was it acknowledged?
        self.troubles: dict[str, str | None] = {}  # device -> what is wrong with it
        self.guessed: set[str] = set()  # screens where PINs are guessed

    # --- Writing down ----------------------------------------------------------------------------

    def _note(self, event: Event) -> None:
        number, counter = getattr(event, "ticket", None), getattr(event, "counter", "")
        if isinstance(event, e.TicketCalled | e.TicketRecalled):
            self.call, self.made[event.call] = event.call, self.now
        match event:
            case e.CounterOpened() | e.CounterPaused() | e.CounterClosed():
                self._note_state(event)
            case e.DayOpened():
                self._new_day()
                self.day, self.call = event, event.call
                self.troubles = {**event.troubles}
            case e.DeviceReported():
                self.troubles[event.device] = event.trouble
            case e.AccessChanged(what="guessed"):
                self.guessed.add(event.of)
            case e.AccessChanged(what="guessed_no_more"):
                self.guessed.discard(event.of)
            case e.WordSent() | e.WordRead():
                self._note_word(event)
            case e.AlarmRaised() | e.AlarmAcknowledged():
                self.alarms[event.alarm] = isinstance(event, e.AlarmAcknowledged)
            case e.AlarmCleared():
                del self.alarms[event.alarm]
            case e.ClockStepped():
                self._note_step()
            case e.OfficerSignedIn():
                self.officers[counter] = event.officer
            case e.OfficerSignedOut():
                del self.officers[counter]
                self.words.pop(counter, None)
                self._note_state(event)
            case e.TicketTaken():
                self._note_taken(event)
            case e.Undone():
                self._note_undone(event)
            case _ if number is not None:
                self._note_press(self.visits[number], event)
                self._note_turn(self.visits[number], event)
                if not isinstance(event, e.TicketPrinted):
                    self.visits[number].touched = self.now_seq

    def _note_state(
        self, event: e.CounterOpened | e.CounterPaused | e.CounterClosed | e.OfficerSignedOut
    ) -> None:
        self.working.discard(event.counter)
        self.paused.pop(event.counter, None)
        if isinstance(event, e.CounterPaused):
            self.paused[event.counter] = self.now
        if isinstance(event, e.CounterOpened | e.CounterPaused):
            self.working.add(event.counter)

    def _note_word(self, event: e.WordSent | e.WordRead) -> None:
        unread = self.words.setdefault(event.counter, [])
        if isinstance(event, e.WordSent):
            self.word = event.word
            unread.append(event.word)
            del unread[:-MAX_WORDS]
        else:
            unread.remove(event.word)

    def _note_step(self) -> None:
        self.stepped_at = self.now
        for visit in self.visits.values():
            visit.stepped |= visit.stage.live

    def _note_taken(self, event: e.TicketTaken) -> None:
        self.counts[event.ticket[0]] = self.counts.get(event.ticket[0], 0) + 1
        for service in set(event.services):
            self.taken[service] = self.taken.get(service, 0) + 1
        self.visits[event.ticket] = Visit(
            number=event.ticket,
            order=len(self.visits),
            group=event.group,
            service=event.services[0],
            later=list(event.services[1:]),
            opened_at=self.now,
            queued_at=event.queued_at,
            slot=event.booking.slot if event.booking else None,
            moved=event.booking is not None,
            stepped=self.now == self.stepped_at,
        )

    def _note_press(self, visit: Visit, event: Event) -> None:
        if isinstance(event, e.ServiceFinished) or (
            isinstance(event, e.NoShow) and not event.by_clock
        ):
            officer = self.officers.get(event.counter, "")
            finished = isinstance(event, e.ServiceFinished)
            works = event.counter in self.working
            press = Press(deepcopy(visit), finished, officer, works, self.now_seq, self.now)
            self.presses[event.counter] = press

    def _note_undone(self, event: e.Undone) -> None:
        press = self.presses.pop(event.counter)
        visit, before = self.visits[event.ticket], press.visit
        self.tally["ended"] -= press.finished
        if visit.stage is Stage.NO_SHOW:
            self.tally["no_shows"] -= 1
        if visit.stage is Stage.DONE:
            self.tally["served"] -= 1
            self.tally["timed"] -= not visit.stepped
        before.undone_at = self.now
        self.visits[event.ticket] = before
        self.at_counter[event.counter] = event.ticket

    def _note_turn(self, visit: Visit, event: Event) -> None:
        match event:
            case e.TicketCalled():
                self._note_call(visit, event)
            case e.TicketRecalled():
                visit.recalls += 1
                visit.last_called_at = self.now
            case e.ServiceStarted():
                visit.turns[-1] = Stage.SERVING
                visit.started_at = visit.started_at or self.now
            case e.ServiceAdded():
                visit.later.append(event.service)
                self.taken[event.service] = self.taken.get(event.service, 0) + 1
            case e.TicketHeld():
                visit.held_at = self.now
                self._leaves(visit, Stage.HELD)
            case e.TicketPostponed():
                visit.held_at, visit.held_until = self.now, event.until
                self._leaves(visit, Stage.HELD)
            case e.ServiceFinished():
                visit.started_at = visit.started_at or event.start_estimated_at
                self._leaves(visit, Stage.DONE, "ended")
                if not visit.later:
                    self.tally["served"] += 1
                    self.tally["timed"] += not visit.stepped
            case e.NextServiceQueued():
                del visit.later[0]
                self._opens(visit, event.service, None)
            case e.TicketTransferred() | e.TicketMoved():
                self._leaves(visit, Stage.TRANSFERRED, "transfers")
                self._opens(visit, event.service, event.to_counter)
            case e.TicketPutBack():
                visit.called_at = visit.called_at_before
                self._waits_again(visit)
            case e.TicketBack():
                self._waits_again(visit)
            case e.NoShow() if event.put_back:
                visit.missed += 1
                visit.queued_at, visit.moved, visit.reserved = self.now, True, None
                self._waits_again(visit)
            case e.NoShow():
                self._leaves(visit, Stage.NO_SHOW, "no_shows")
            case e.TicketCancelled():
                self._leaves(visit, Stage.CANCELLED, "cancelled")
            case e.TicketLeftOver():
                self._leaves(visit, Stage.LEFT_OVER, "left_over")
            case e.TurnRated():
                visit.rated.add(event.turn)
                self.rated[event.level] += 1

    def _note_call(self, visit: Visit, event: e.TicketCalled) -> None:
        if event.because.rule == "interleaved":
            self.ordinary[event.counter] = 0
        elif event.counter in self.ordinary and event.because.rule != "resumed":
            self.ordinary[event.counter] += not self.interleaved(visit)
        if visit.held_at is not None and visit.started_at is not None:
            visit.held_s += (self.now - visit.held_at).total_seconds()
        visit.held_at, visit.held_until, visit.recalls = None, None, 0
        visit.called_at_before = visit.called_at
        visit.called_at, visit.last_called_at = visit.called_at or self.now, self.now
        visit.turns[-1], visit.counter = Stage.CALLED, event.counter
        self.at_counter[event.counter] = visit.number
        self.called[event.counter] = self.now_seq

    def _leaves(self, visit: Visit, stage: Stage, count: str | None = None) -> None:
        if visit.counter is not None:
            self.at_counter.pop(visit.counter, None)
        visit.turns[-1], visit.counter = stage, None
        if count is not None:
            self.tally[count] += 1

    def _waits_again(self, visit: Visit) -> None:
        self._leaves(visit, Stage.WAITING)
        visit.started_at, visit.held_s = None, 0.0
        visit.held_at, visit.held_until = None, None

    def _opens(self, visit: Visit, service: str, reserved: str | None) -> None:
        visit.turns.append(Stage.WAITING)
        visit.service, visit.reserved, visit.moved = service, reserved, True
        visit.opened_at, visit.called_at, visit.started_at = self.now, None, None
        visit.held_at, visit.held_s, visit.missed, visit.undone_at = None, 0.0, 0, None
        visit.stepped |= self.now == self.stepped_at


def _is_call(event: Event) -> bool:
    return isinstance(event, e.TicketCalled | e.TicketRecalled)


# --- True of every event -------------------------------------------------------------------------


def time_never_goes_back(books: Books, _event: Event) -> str | None:
    return f"{books.now} before {books.at}" if books.at and books.now < books.at else None


def events_are_counted_without_gaps(books: Books, _event: Event) -> str | None:
    if books.seq is None or books.now_seq == books.seq + 1:
        return None
    return f"{books.now_seq} after {books.seq}"


def every_day_comes_once(books: Books, event: Event) -> str | None:
    if not isinstance(event, e.DayOpened):
        return "no day was opened" if books.day is None else None
    return f"after {books.day.day}" if books.day and event.day <= books.day.day else None


def nobody_is_forgotten_at_the_end_of_the_day(books: Books, event: Event) -> str | None:
    """A day is closed with nobody left in it, and no day begins before the last one is closed."""
    left = [visit.number for visit in books.visits.values() if visit.stage.live]
    if isinstance(event, e.DayClosed) and event.left_over != books.tally["left_over"]:
        return f"{books.tally['left_over']} were left over"
    return f"{left} are still there" if left and isinstance(event, DAY_ENDS) else None


def no_number_twice_in_a_day(books: Books, event: Event) -> str | None:
    if not isinstance(event, e.TicketTaken):
        return None
    return f"{event.ticket} again" if event.ticket in books.visits else None


def numbers_have_no_holes(books: Books, event: Event) -> str | None:
    if not isinstance(event, e.TicketTaken):
        return None
    letter = books.setup.services[event.services[0]].field
    expected = f"{letter}{books.counts.get(letter, 0) + 1:03d}"
    return None if event.ticket == expected else f"{event.ticket}, not {expected}"


def no_more_numbers_than_a_day_has(books: Books, event: Event) -> str | None:
    """Counted over every service that a ticket was taken for."""
    if not isinstance(event, e.TicketTaken):
        return None
    for service in event.services:
        limit, taken = books.setup.services[service].daily_limit, books.taken.get(service, 0) + 1
        if limit is not None and taken > limit:
            return f"{taken} numbers for {service}, which gives {limit}"
    return None


def a_printed_ticket_was_given(books: Books, event: Event) -> str | None:
    if not isinstance(event, e.TicketPrinted):
        return None
    return None if event.ticket in books.visits else f"{event.ticket} was never taken"


DAY_ENDS = (e.DayClosed, e.DayOpened)

LEGAL: dict[type[Event], frozenset[Stage]] = {
    e.TicketCalled: frozenset({Stage.WAITING, Stage.HELD}),
    e.TicketRecalled: frozenset({Stage.CALLED}),
    e.ServiceStarted: frozenset({Stage.CALLED}),
    e.ServiceFinished: frozenset({Stage.CALLED, Stage.SERVING}),
    e.NextServiceQueued: frozenset({Stage.DONE}),
    e.NoShow: frozenset({Stage.CALLED}),
    e.Undone: frozenset({Stage.WAITING, Stage.DONE, Stage.NO_SHOW}),
    e.ServiceAdded: frozenset({Stage.CALLED, Stage.SERVING}),
    e.TicketPostponed: frozenset({Stage.CALLED, Stage.SERVING}),
    e.TicketBack: frozenset({Stage.HELD}),
    e.TicketTransferred: frozenset({Stage.CALLED, Stage.SERVING}),
    e.TicketMoved: frozenset({Stage.WAITING}),
    e.TicketHeld: frozenset({Stage.CALLED, Stage.SERVING}),
    e.TicketPutBack: frozenset({Stage.CALLED}),
    e.TicketCancelled: frozenset({Stage.WAITING, Stage.CALLED, Stage.SERVING, Stage.HELD}),
    e.TicketLeftOver: frozenset({Stage.WAITING, Stage.CALLED, Stage.SERVING, Stage.HELD}),
}


def only_legal_stages(books: Books, event: Event) -> str | None:
    legal = LEGAL.get(type(event))
    if legal is None:
        return None
    visit = books.visits.get(getattr(event, "ticket", ""))
    if visit is None:
        return "the ticket was never taken"
    return None if visit.stage in legal else f"{visit.number} was {visit.stage}"


def a_left_over_ticket_is_never_called_again(books: Books, event: Event) -> str | None:
    if not _is_call(event):
        return None
    visit = books.visits[getattr(event, "ticket", "")]
    return f"{visit.number} was left over" if Stage.LEFT_OVER in visit.turns else None


def a_counter_has_one_ticket(books: Books, event: Event) -> str | None:
    if not isinstance(event, e.TicketCalled):
        return None
    other = books.at_counter.get(event.counter)
    return f"{other} is at counter {event.counter}" if other is not None else None


def a_ticket_is_at_one_counter(books: Books, event: Event) -> str | None:
    """Whatever happens to a ticket at a counter happens at the one it was called to."""
    if type(event) not in LEGAL or isinstance(event, e.TicketLeftOver | e.NextServiceQueued):
        return None
    visit = books.visits[getattr(event, "ticket", "")]
    here = getattr(event, "counter", None)
    return f"it is at {visit.counter}" if visit.counter not in (None, here) else None


def calls_are_numbered_without_gaps(books: Books, event: Event) -> str | None:
    if isinstance(event, e.DayOpened):
        return f"{event.call} after {books.call}" if books.call not in (None, event.call) else None
    if not isinstance(event, e.TicketCalled | e.TicketRecalled):
        return None
    return None if event.call == (books.call or 0) + 1 else f"{event.call} after {books.call}"


def an_officer_who_is_there_calls(books: Books, event: Event) -> str | None:
    if not isinstance(event, e.TicketCalled):
        return None
    there = books.officers.get(event.counter)
    return None if event.officer == there else f"{event.officer}, but {there} sits there"


def a_counter_calls_what_it_serves(books: Books, event: Event) -> str | None:
    if not isinstance(event, e.TicketCalled):
        return None
    visit = books.visits[event.ticket]
    if visit.service not in books.setup.counters[event.counter].lag:
        return f"{visit.service} at counter {event.counter}"
    free = books.is_free_for(visit, event.counter)
    kept = free or event.because.rule in ("chosen", "resumed")
    return None if kept else f"{visit.number} was sent to counter {visit.reserved}"


def recalls_are_limited(books: Books, event: Event) -> str | None:
    if not isinstance(event, e.TicketRecalled):
        return None
    recalls = books.visits[event.ticket].recalls + 1
    return f"the {recalls}th" if recalls > books.setup.recalls else None


def nobody_is_missed_too_early_or_too_often(books: Books, event: Event) -> str | None:
    if not isinstance(event, e.NoShow):
        return None
    visit, setup = books.visits[event.ticket], books.setup
    if event.put_back != (visit.missed < setup.put_backs):
        return f"missed {visit.missed} times before"
    assert visit.last_called_at is not None
    since = max(visit.last_called_at, visit.undone_at or visit.last_called_at)
    due = since + timedelta(seconds=setup.no_show_after_s)
    return f"due only at {due}" if event.by_clock and books.now < due else None


def only_what_was_just_pressed_is_undone(books: Books, event: Event) -> str | None:
    """By the officer who is still there, before anything came of it."""
    if not isinstance(event, e.Undone):
        return None
    press = books.presses.get(event.counter)
    if press is None or press.visit.number != event.ticket:
        return "it was not pressed last there"
    if books.now >= press.at + timedelta(seconds=books.setup.undo_within_s):
        return f"pressed long ago, at {press.at}"
    closed = press.works and event.counter not in books.working
    if books.officers.get(event.counter) != press.officer or closed:
        return f"pressed by {press.officer}, who does not work there any more"
    if books.called.get(event.counter, 0) > press.seq:
        return "the counter has called since"
    if books.stepped_at is not None and books.stepped_at >= press.at:
        return "the clock was set since"
    touched = books.visits[event.ticket].touched
    # A finish puts the next service into line in one breath.
    own = press.seq + (len(press.visit.later) > 0 and press.finished)
    return None if touched <= own else f"event {touched} came of it"


def a_ticket_has_eight_services_at_most(books: Books, event: Event) -> str | None:
    if not isinstance(event, e.ServiceAdded):
        return None
    visit = books.visits[event.ticket]
    if event.service in (visit.service, *visit.later):
        return "it has that one"
    asked = [stage for stage in visit.turns if stage is not Stage.TRANSFERRED]
    count = len(asked) + len(visit.later) + 1
    return f"{count} services" if count > 8 else None


def postponed_tickets_come_back_when_a_session_opens(books: Books, event: Event) -> str | None:
    if isinstance(event, e.TicketPostponed):
        assert books.day is not None
        opens = [start for start, _ in serving_windows(books.setup.hours, books.day.day)]
        later = [start for start in opens if start > books.now]
        return None if event.until == min(later, default=None) else f"not one of {later}"
    if isinstance(event, e.TicketBack):
        until = books.visits[event.ticket].held_until
        return None if until is not None and until <= books.now else f"postponed until {until}"
    return None


def a_turn_is_rated_once_and_when_done(books: Books, event: Event) -> str | None:
    if not isinstance(event, e.TurnRated):
        return None
    visit = books.visits[event.ticket]
    if event.turn in visit.rated:
        return "rated before"
    stage = visit.turns[event.turn - 1]
    return None if stage is Stage.DONE else f"the turn is {stage}"


def no_duration_is_negative(books: Books, event: Event) -> str | None:
    visit = books.visits.get(getattr(event, "ticket", ""))
    if visit is None or visit.called_at is None:
        return None
    estimated = getattr(event, "start_estimated_at", None)
    moments = [visit.opened_at, visit.called_at, visit.started_at or estimated, books.now]
    passed = [moment for moment in moments if moment is not None]
    if passed != sorted(passed):
        return f"out of order: {passed}"
    if visit.started_at is None:
        return None
    held_s = visit.held_s + ((books.now - visit.held_at).total_seconds() if visit.held_at else 0)
    span_s = (books.now - visit.started_at).total_seconds()
    return f"held {held_s} s of {span_s}" if held_s > span_s + ROUNDED_S else None


def a_word_goes_to_an_officer_who_is_there(books: Books, event: Event) -> str | None:
    """Words are counted; one to everybody has one number at all counters."""
    if isinstance(event, e.WordRead):
        unread = books.words.get(event.counter, [])
        return None if event.word in unread else f"unread there: {unread}"
    if not isinstance(event, e.WordSent):
        return None
    if event.counter not in books.officers:
        return "nobody sits there"
    again = event.word == books.word and event.word not in books.words.get(event.counter, [])
    return None if again or event.word == books.word + 1 else f"after {books.word}"


def an_alarm_is_raised_once_and_cleared_once(books: Books, event: Event) -> str | None:
    if isinstance(event, e.AlarmRaised):
        return "it holds already" if event.alarm in books.alarms else None
    if isinstance(event, e.AlarmAcknowledged) and books.alarms.get(event.alarm):
        return "it was acknowledged before"
    if isinstance(event, e.AlarmCleared | e.AlarmAcknowledged):
        return None if event.alarm in books.alarms else "it does not hold"
    return None


def a_call_is_spoken_after_it_was_made(books: Books, event: Event) -> str | None:
    if not isinstance(event, e.CallSpoken):
        return None
    made_at = books.made.get(event.call)
    if made_at is None:
        return "no such call was made today"
    return None if made_at <= event.at <= books.now else f"made at {made_at}, now {books.now}"


# --- True of every call --------------------------------------------------------------------------


def first_come_first_served_among_equals(books: Books, event: Event) -> str | None:
    """Same service, same group, nobody moved: the lower number first."""
    if not isinstance(event, e.TicketCalled) or event.because.rule in ("chosen", "resumed"):
        return None
    visit = books.visits[event.ticket]
    for other in books.waiting():
        equal = (other.service, other.group) == (visit.service, visit.group)
        if equal and not (visit.moved or other.moved) and other.order < visit.order:
            return f"{visit.number} before {other.number}"
    return None


def a_head_start_is_a_bound(books: Books, event: Event) -> str | None:
    """Nobody overtakes who came more than the head start later."""
    if not isinstance(event, e.TicketCalled):
        return None
    visit = books.visits[event.ticket]
    bound_s = books.head_start_s(visit)
    if event.because.rule in ("chosen", "resumed", "interleaved") or bound_s == FIRST:
        return None
    for other in books.callable_at(event.counter):
        later_s = (visit.queued_at - other.queued_at).total_seconds()
        if other.service == visit.service and later_s > bound_s:
            return f"{visit.number} came {later_s} s after {other.number}"
    return None


def a_preferred_turn_waits_for_the_ordinary_ones(books: Books, event: Event) -> str | None:
    if not isinstance(event, e.TicketCalled) or event.because.rule != "interleaved":
        return None
    since = books.ordinary.get(event.counter)
    return None if books.may_prefer(event.counter) else f"after {since} ordinary turns"


def the_next_is_the_one_whose_turn_it_is(books: Books, event: Event) -> str | None:
    """By the one rule, worked out over everybody who waits."""
    if not isinstance(event, e.TicketCalled) or event.because.rule in ("chosen", "resumed"):
        return None
    everybody = list(books.callable_at(event.counter))
    preferred = [visit for visit in everybody if books.interleaved(visit)]
    choice = preferred if preferred and books.may_prefer(event.counter) else everybody
    lag = books.setup.counters[event.counter].lag

    def turn_time(visit: Visit) -> tuple[float, float, datetime, int]:
        own = visit.queued_at.timestamp() - books.head_start_s(visit)
        return own + lag[visit.service], own, *visit.line

    expected = min(choice, key=turn_time).number
    return None if event.ticket == expected else f"{event.ticket}, not {expected}"


def every_call_says_truly_why(books: Books, event: Event) -> str | None:
    """How many of those callable here were earlier in line, and who of them was the first."""
    if not isinstance(event, e.TicketCalled) or event.because.rule == "resumed":
        return None
    line = books.visits[event.ticket].line
    overtaken = [visit for visit in books.callable_at(event.counter) if visit.line < line]
    longest = min(overtaken, key=lambda visit: visit.line).number if overtaken else None
    told = (event.because.overtook, event.because.longest)
    return None if told == (len(overtaken), longest) else f"{len(overtaken)}, longest {longest}"


EVENT_CHECKS: tuple[Callable[[Books, Event], str | None], ...] = (
    time_never_goes_back,
    events_are_counted_without_gaps,
    every_day_comes_once,
    nobody_is_forgotten_at_the_end_of_the_day,
    no_number_twice_in_a_day,
    numbers_have_no_holes,
    no_more_numbers_than_a_day_has,
    a_printed_ticket_was_given,
    only_legal_stages,
    a_left_over_ticket_is_never_called_again,
    a_counter_has_one_ticket,
    a_ticket_is_at_one_counter,
    calls_are_numbered_without_gaps,
    an_officer_who_is_there_calls,
    a_counter_calls_what_it_serves,
    recalls_are_limited,
    nobody_is_missed_too_early_or_too_often,
    only_what_was_just_pressed_is_undone,
    a_ticket_has_eight_services_at_most,
    postponed_tickets_come_back_when_a_session_opens,
    a_turn_is_rated_once_and_when_done,
    no_duration_is_negative,
    a_word_goes_to_an_officer_who_is_there,
    an_alarm_is_raised_once_and_cleared_once,
    a_call_is_spoken_after_it_was_made,
    first_come_first_served_among_equals,
    a_head_start_is_a_bound,
    a_preferred_turn_waits_for_the_ordinary_ones,
    the_next_is_the_one_whose_turn_it_is,
    every_call_says_truly_why,
)


# --- True of every hall --------------------------------------------------------------------------


def queues_are_in_order(_books: Books, hall: Hall) -> str | None:
    for key, queue in hall.queues.items():
        if not queue or list(queue) != sorted(queue):
            return f"{key}: {queue}"
    return None


def queues_hold_exactly_those_who_wait(books: Books, hall: Hall) -> str | None:
    queued = sorted(
        (key.service, key.interleaved, place.number, place.reserved or "")
        for key, queue in hall.queues.items()
        for place in queue
    )
    waiting = sorted(
        (visit.service, books.interleaved(visit), visit.number, visit.reserved or "")
        for visit in books.waiting()
    )
    return None if queued == waiting else f"queued {queued}, waiting {waiting}"


def the_shelf_holds_exactly_those_held(books: Books, hall: Hall) -> str | None:
    held = {visit.number for visit in books.visits.values() if visit.stage is Stage.HELD}
    return None if sorted(hall.held) == sorted(held) else f"{hall.held}, not {held}"


def counters_have_what_was_called_there(books: Books, hall: Hall) -> str | None:
    there = {code: staffing.ticket for code, staffing in hall.staffing.items() if staffing.ticket}
    return None if there == books.at_counter else f"{there}, not {books.at_counter}"


def officers_sit_where_they_signed_in(books: Books, hall: Hall) -> str | None:
    there = {code: staffing.officer for code, staffing in hall.staffing.items() if staffing.officer}
    if len(set(there.values())) < len(there):
        return f"one officer at two counters: {there}"
    return None if there == books.officers else f"{there}, not {books.officers}"


def every_turn_is_where_the_events_left_it(books: Books, hall: Hall) -> str | None:
    stages = {
        ticket.number: [turn.stage for turn in ticket.turns]
        for roll in hall.tickets.values()
        for ticket in roll
    }
    kept = {visit.number: visit.turns for visit in books.visits.values()}
    return None if stages == kept else f"{stages}, not {kept}"


def every_turn_has_sound_durations(_books: Books, hall: Hall) -> str | None:
    """Waited, walked, served without the time parked: none is below nought."""
    for roll in hall.tickets.values():
        for number, turn in ((ticket.number, turn) for ticket in roll for turn in ticket.turns):
            moments = (turn.opened_at, turn.called_at, turn.started_at, turn.ended_at)
            passed = [moment for moment in moments if moment is not None]
            if passed != sorted(passed):
                return f"{number}: {passed}"
            until = turn.ended_at or turn.held_at or hall.at
            since = turn.started_at or until
            if not 0 <= turn.held_s <= (until - since).total_seconds() + ROUNDED_S:
                return f"{number}: held {turn.held_s} s of {until - since}"
    return None


def the_tally_agrees(books: Books, hall: Hall) -> str | None:
    counted = {name: getattr(hall.tally, name) for name in books.tally}
    if counted != books.tally:
        return f"{counted}, not {books.tally}"
    if {**hall.tally.rated} != books.rated:
        return f"{hall.tally.rated}, not {books.rated}"
    sound = 0 <= hall.tally.within_target <= hall.tally.timed and hall.tally.wait_s >= 0
    return None if sound else str(hall.tally)


def the_half_hours_come_to_the_day(_books: Books, hall: Hall) -> str | None:
    """Whatever is counted of a day is counted in one of its half hours."""
    tally, half_hours = hall.tally, hall.tally.half_hours.values()
    summed = [
        sum(getattr(one, name) for one in half_hours) for name in ("taken", "served", "timed")
    ]
    if summed != [hall.issued, tally.served, tally.timed]:
        return f"{summed}, not {hall.issued}, {tally.served}, {tally.timed}"
    wait_s = sum(one.wait_s for one in half_hours)
    return None if abs(wait_s - tally.wait_s) < 1e-3 else f"{wait_s} s, not {tally.wait_s} s"


def the_words_not_read_are_there(books: Books, hall: Hall) -> str | None:
    unread = {code: [sent.word for sent in words] for code, words in hall.words.items()}
    kept = {code: words for code, words in books.words.items() if words}
    return None if unread == kept else f"{unread}, not {kept}"


def the_alarms_are_those_that_hold(books: Books, hall: Hall) -> str | None:
    expected = expected_alarms(books, hall)
    if books.alarms.keys() != expected:
        return f"{sorted(books.alarms)}, not {sorted(expected)}"
    raised = {code: one.acknowledged_at is not None for code, one in hall.alarms.items()}
    return None if raised == books.alarms else f"{raised}, not {books.alarms}"


def the_hall_is_of_the_last_event(books: Books, hall: Hall) -> str | None:
    told = (hall.at, hall.call, hall.issued)
    kept = (books.at, books.call, len(books.visits))
    return None if told == kept else f"{told}, not {kept}"


HALL_CHECKS: tuple[Callable[[Books, Hall], str | None], ...] = (
    queues_are_in_order,
    queues_hold_exactly_those_who_wait,
    the_shelf_holds_exactly_those_held,
    counters_have_what_was_called_there,
    officers_sit_where_they_signed_in,
    every_turn_is_where_the_events_left_it,
    every_turn_has_sound_durations,
    the_tally_agrees,
    the_half_hours_come_to_the_day,
    the_words_not_read_are_there,
    the_alarms_are_those_that_hold,
    the_hall_is_of_the_last_event,
)
