"""What the records say, read by a stranger over a connection of its own, and what people were told.

Believes nothing else: no harness's memory, no server's word. Every check has a name.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec
from pysqlite3 import dbapi2 as sqlite

from dispatch.dispatcher import KEEP_REQUESTS_DAYS
from hall import events as e
from hall.evolve import evolve
from hall.model import RECENT_CALLS, Hall, Setup, Stage, empty_hall
from records import codec
from tests.invariants import Books, Broken, Visit

Called = tuple[int, str, str]  # number of the call, of the ticket, and the counter

NEW_EVENTS = """
    SELECT seq, at, kind, data, request,
        (SELECT json_group_object(field, value) FROM erasable AS apart
            WHERE apart.hall = events.hall AND apart.seq = events.seq)
    FROM events WHERE hall = ? AND seq > ? ORDER BY seq
"""
ANSWER = "SELECT answer FROM requests WHERE hall = ? AND id = ?"
ANSWERS = "SELECT id, answer FROM requests WHERE hall = ?"
NOT_KEPT = frozenset({"not_recorded", "busy"})  # refusals that promise nothing


@dataclass
class Promises:
    """What people asked, and what they were answered. An answer is a promise."""

    asked: set[str] = field(default_factory=set)
    answers: dict[str, bytes] = field(default_factory=dict)

    def told(self, request: str, answer: bytes) -> None:
        """Somebody was answered. Raises Broken when it was another answer before."""
        if is_kept(answer):
            before = self.answers.setdefault(request, answer)
            same = before == answer
            hold("same_request_same_answer", same, lambda: f"{before!r}, now {answer!r}")


def is_kept(answer: bytes) -> bool:
    """Is the answer one to be kept, not a wish to come again?"""
    refused = msgspec.json.decode(answer).get("refused") or {}
    return refused.get("reason") not in NOT_KEPT


asked: Final[Counter[str]] = Counter()  # how often each check was asked in this process


def hold(name: str, true: bool, story: str | Callable[[], str]) -> None:
    """Raises Broken, with the name of the check, when it is not true.

    A story that takes long to tell is one that is told when it is asked for.
    """
    asked[name] += 1
    if not true:
        raise Broken(name, story if isinstance(story, str) else story())


def _expected_since(visit: Visit) -> datetime | None:
    """The last call, or when an officer took back that the citizen was done or missing."""
    moments = [moment for moment in (visit.last_called_at, visit.undone_at) if moment]
    return max(moments, default=None)


class Witness:
    """Looks at a hall's SQLite file whenever it is asked to."""

    def __init__(self, file: Path, setup: Setup) -> None:
        self._setup = setup
        self._file = sqlite.connect(f"file:{file}?mode=ro", uri=True, isolation_level=None)
        self.books, self.hall = Books(setup), empty_hall(setup)
        self.seq = 0
        self.events: dict[str, list[e.Event]] = {}  # by request
        self._happened: dict[str, datetime] = {}  # request -> when
        self._known_on: dict[str, date] = {}  # request -> a day before which nobody asked it
        self._looked_on: date | None = None  # the hall's day before the last look
        self.seen: Counter[str] = Counter()  # how often each kind of event, and what else counts
        self._calls: tuple[Called, ...] = ()
        self._shown_since: list[int] = [0]  # seq from which on a board shows...
        self._shown: list[tuple[Called, ...]] = [()]  # ...these calls
        self._left_a_call: datetime | None = None  # when a day ended for somebody at a counter

    def close(self) -> None:
        self._file.close()

    # --- Reading ---

    def look(self) -> list[e.Event]:
        """What has been written down since the last look. Raises Broken when it may not be so."""
        self._looked_on = self.hall.day
        rows = self._file.execute(NEW_EVENTS, (self._setup.hall, self.seq)).fetchall()
        if not rows:
            return []
        new: set[str] = set()
        return [
            self._see(seq, at, codec.decode(kind, data, msgspec.json.decode(texts)), request, new)
            for seq, at, kind, data, request, texts in rows
        ]

    def _see(
        self, seq: int, at: str, event: e.Event, request: str | None, new: set[str]
    ) -> e.Event:
        """`new`: the requests that happened for the first time since the last look."""
        moment = datetime.fromisoformat(at)
        hold("events_are_counted_from_one", seq == self.seq + 1, f"{seq} after {self.seq}")
        if request is not None:
            first_at = self._happened.setdefault(request, moment)
            if request not in self.events:
                new.add(request)
            once = request in new and moment == first_at
            hold(
                "a_request_happens_once",
                once,
                lambda: f"{request} at {first_at} and again: {event}",
            )
            self.events.setdefault(request, []).append(event)
        self._nobody_is_waited_for_too_long(event, moment)
        self._nobody_is_kept_out_of_line(event, moment)
        self._nobody_waits_when_all_is_over(event)
        self._note_midnight(event, moment)
        self.books.see(seq, moment, event)
        self.hall = evolve(self.hall, event, moment)
        self._note_call(seq, event)
        self.seq = seq
        self.seen[type(event).__name__] += 1
        return event

    def _note_midnight(self, event: e.Event, moment: datetime) -> None:
        """Did a new day begin while people still were there?"""
        if isinstance(event, e.TicketLeftOver):
            if event.ticket in self.books.at_counter.values():
                self._left_a_call = moment
        elif isinstance(event, e.DayOpened) and moment == self.books.at:
            self.seen["midnight with somebody waiting"] += self.hall.tally.left_over > 0
            self.seen["midnight with a call open"] += moment == self._left_a_call

    def _note_call(self, seq: int, event: e.Event) -> None:
        match event:
            case e.DayOpened():
                self._calls = ()
            case e.TicketCalled() | e.TicketRecalled():
                call = (event.call, event.ticket, event.counter)
                others = [other for other in self._calls if other[1] != event.ticket]
                self._calls = (*others, call)[-RECENT_CALLS:]
            case _:
                return
        self._shown_since.append(seq)
        self._shown.append(self._calls)

    def answer(self, request: str) -> bytes | None:
        """The answer written down for a request."""
        row = self._file.execute(ANSWER, (self._setup.hall, request)).fetchone()
        return None if row is None else row[0].encode()

    def has_seen_answered(self, request: str) -> bool:
        """Has somebody been told its answer, and was it written down?"""
        return request in self._known_on

    def is_old(self, request: str) -> bool:
        """May its answer be forgotten by now? Days that it is kept have passed."""
        known, today = self._known_on.get(request), self.hall.day
        if known is None or today is None:
            return False
        return known < today - timedelta(days=KEEP_REQUESTS_DAYS)

    # --- Checks ---

    def _nobody_is_waited_for_too_long(self, event: e.Event, at: datetime) -> None:
        """Before anything else happens, those who did not come in time have lost their turn.

        A call from before the clock was set is no matter of time any more.
        """
        after_s, stepped_at = self._setup.no_show_after_s, self.books.stepped_at
        if isinstance(event, e.NoShow | e.TicketLeftOver | e.ClockStepped) or after_s <= 0:
            return
        late = [
            visit.number
            for visit in (self.books.visits[n] for n in self.books.at_counter.values())
            if visit.stage is Stage.CALLED
            and (since := _expected_since(visit)) is not None
            and (stepped_at is None or since > stepped_at)
            and since + timedelta(seconds=after_s) <= at
        ]
        hold(
            "a_no_show_is_due_in_time",
            not late,
            lambda: f"{late} called long before {at}: {event}",
        )

    def _nobody_is_kept_out_of_line(self, event: e.Event, at: datetime) -> None:
        """Before anything else happens, whoever was postponed until now is in line again."""
        if isinstance(event, e.NoShow | e.TicketBack | e.TicketLeftOver | e.ClockStepped):
            return
        late = [
            visit.number
            for visit in self.books.visits.values()
            if visit.stage is Stage.HELD and visit.held_until and visit.held_until <= at
        ]
        hold("a_postponed_ticket_is_back_in_time", not late, lambda: f"{late} before {at}: {event}")

    def _nobody_waits_when_all_is_over(self, event: e.Event) -> None:
        if isinstance(event, e.DayClosed):
            forgotten = [n for n, visit in self.books.visits.items() if visit.stage.live]
            hold("a_day_ends_with_nobody_waiting", not forgotten, f"{forgotten}")

    def is_replay_of(self, hall: Hall) -> None:
        """Raises Broken when this hall is not what its records say."""
        if self.seq:
            self.books.compare(hall)
        hold("replay_equals_the_live_hall", hall == self.hall, lambda: f"{hall}\n  not {self.hall}")

    def is_durable(self, request: str, answer: bytes) -> None:
        """Raises Broken when an answer that promises something is not what is written down."""
        if is_kept(answer):
            self._is_written(request, answer, self.answer(request))

    def _is_written(self, request: str, answer: bytes, written: bytes | None) -> None:
        if (day := self._looked_on or self.hall.day) is not None:  # a weekend may lie between
            self._known_on.setdefault(request, day)
        same = written == answer or (written is None and self.is_old(request))
        hold("no_answer_before_it_is_durable", same, lambda: f"{answer!r} not {written!r}")

    def keeps(self, promises: Promises) -> None:
        """Raises Broken when somebody was told what the records do not say."""
        written = dict(self._file.execute(ANSWERS, (self._setup.hall,)))
        for request, answer in promises.answers.items():  # no other ones are promised
            there = written.get(request)
            self._is_written(request, answer, None if there is None else there.encode())
            self._happened_as_answered(request, msgspec.json.decode(answer).get("ok"))
        strangers = set(self.events) - promises.asked
        hold("nothing_happens_unasked", not strangers, f"{strangers}")

    def _happened_as_answered(self, request: str, ok: dict[str, Any] | None) -> None:
        """A ticket or a call in an answer stands in the events of its request."""
        for fact in ("ticket", "call"):
            promised = (ok or {}).get(fact)
            happened = [getattr(event, fact, None) for event in self.events.get(request, [])]
            kept = promised is None or promised in happened
            hold("what_was_answered_has_happened", kept, f"{request}: {ok}, but {happened}")

    def board_shows(self, calls: Iterable[Called], rev: int) -> None:
        """Raises Broken when these are not the last calls of everything up to `rev`."""
        hold("no_view_before_it_is_durable", rev <= self.seq, f"{rev}, written down: {self.seq}")
        expected = self._shown[bisect_right(self._shown_since, rev) - 1]
        shown = tuple(calls)
        hold(
            "a_board_shows_the_log", shown == expected, lambda: f"{shown} at {rev}, not {expected}"
        )

    def place_in_the_log(self, calls: Iterable[Called], not_before: int) -> int:
        """Which state of the boards this is, from `not_before` on. Raises Broken for none."""
        shown = tuple(calls)
        try:
            return self._shown.index(shown, not_before)
        except ValueError:
            raise Broken("a_board_shows_the_log", f"{shown} never came to be") from None

    @property
    def last_calls(self) -> tuple[Called, ...]:
        """What every board must show."""
        return self._calls
