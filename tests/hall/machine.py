"""Any hall, and anybody doing anything in it at any time: what Hypothesis plays with.

The books see every event; what else must hold is for the tests to add.
"""

from __future__ import annotations

import os
from collections import Counter as Counted
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from hall import commands as c
from hall.commands import Command, Decision, Refused
from hall.counters import counter_of
from hall.decide import decide
from hall.due import due_at
from hall.events import DayOpened, Event
from hall.evolve import evolve
from hall.hours import midnight_after
from hall.model import (
    FIRST,
    AlarmLimits,
    Booking,
    Counter,
    Group,
    Hall,
    Session,
    Setup,
    Stage,
    empty_hall,
)
from hall.moments import NOTHING_DUE
from hall.tick import due_now, next_due, quiet_until, tick
from tests.hall.halls import HOURS, SERVICES, SETUP, local
from tests.invariants import Books, Broken

LONG = os.environ.get("MOTCUA_LONG") == "1"
PHASES = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)
SHORT_RUN = settings(max_examples=150, stateful_step_count=40, deadline=None, phases=PHASES)
LONG_RUN = settings(max_examples=3000, stateful_step_count=120, deadline=None, phases=PHASES)
RUN = LONG_RUN if LONG else SHORT_RUN

LONG_DAY = (
    Session(time(6), time(11, 30), time(5), time(11)),
    Session(time(12), time(22), time(11, 45), time(21)),
)
SOON = AlarmLimits(pause_s=100.0, service_factor=0.1, service_s=30.0, mean_from=1, silent_s=1.0)
NEVER = AlarmLimits(pause_s=0.0, service_factor=0.0, service_s=0.0, mean_from=0, silent_s=0.0)
COUNTERS = ("1", "2", "3")
NOBODY = ("A999", "Z001", "", "A", "A1", "A0001", "Á001", "A-01")
SPANS_S = (1, 45, 130, 600, 2400, 4 * 3600)

lags = st.dictionaries(st.sampled_from(sorted(SERVICES)), st.sampled_from([0.0, 600.0, 1800.0]))
groups = {
    "merit": Group(code="merit", head_start_s=FIRST),
    "elderly": Group(code="elderly", head_start_s=1800.0),
    "pregnant": Group(code="pregnant", interleaved=True),
    "child": Group(code="child", head_start_s=600.0, interleaved=True),
}


@st.composite
def setups(draw: st.DrawFn) -> Setup:
    """A hall that works long hours on six days, with three counters and every kind of group."""
    services = {
        **SERVICES,
        "CT02": replace(SERVICES["CT02"], daily_limit=draw(st.sampled_from([None, 2]))),
    }
    counters = {code: Counter(code=code, lag=draw(lags)) for code in COUNTERS}
    counters["1"] = Counter(code="1", lag=dict.fromkeys(SERVICES, 0.0))
    return replace(
        SETUP,
        hours=replace(HOURS, week=(LONG_DAY,) * 6 + ((),)),
        services=services,
        groups=groups,
        counters=counters,
        interleave=draw(st.integers(0, 3)),
        put_backs=draw(st.integers(0, 2)),
        recalls=draw(st.integers(0, 3)),
        undo_within_s=draw(st.sampled_from([0.0, 10.0, 60.0])),
        no_show_after_s=draw(st.sampled_from([0.0, 120.0])),
        wait_target_s=draw(st.sampled_from([60.0, 900.0])),
        alarms=draw(st.sampled_from([AlarmLimits(), SOON, NEVER])),
        left_over_after_s=draw(st.sampled_from([0.0, 3600.0, 12 * 3600.0])),
        booking_by_slot=draw(st.booleans()),
    )


KEYS = (
    *["next"] * 5,
    *["start", "finish", "resume"] * 2,
    *["recall", "absent", "put back", "hold", "choose", "cancel", "rate"],
    *["undo", "add", "postpone", "return"],
    *["send to service", "send to counter", "send to both"],
)
Person = tuple[list[str], str | None, int | None, int]  # services, group, slot in, registered ago
Act = tuple[str, str, int, int]  # counter, key, pick, seconds before

counters = st.sampled_from(COUNTERS)
codes = st.sampled_from(sorted(SERVICES))
officers = st.sampled_from(["lan", "minh", "officer-1"])
slots_s = st.sampled_from([None, None, None, -1800, 900])
people: st.SearchStrategy[Person] = st.tuples(
    st.lists(codes, min_size=1, max_size=2),
    st.none() | st.sampled_from(sorted(groups)),
    slots_s,
    st.sampled_from([0, 3600, 10**6]),
)
acts: st.SearchStrategy[Act] = st.tuples(
    counters, st.sampled_from(KEYS), st.integers(0, 20), st.sampled_from([0, 2, 2, 10, 50])
)
busy = st.lists(acts, min_size=8, max_size=25)


class AnyHall(RuleBasedStateMachine):
    """A hall as the dispatcher drives it: never earlier than its last event, ticks first."""

    @initialize(setup=setups())
    def opens(self, setup: Setup) -> None:
        self.hall: Hall = empty_hall(setup)
        self.wall: datetime = local("07:35")
        self.books = Books(setup)
        self.events = 0
        self.today: list[tuple[datetime, Event]] = []
        self.tokens = 0
        self.everybody_sits_down()

    @property
    def now(self) -> datetime:
        return max(self.wall, self.hall.at)

    def do(self, command: Command) -> Decision:
        """What is due, then the command, then what is due because of it."""
        now = self.now
        self._let_happen_what_is_due(now)
        decision = decide(self.hall, command, now)
        if not isinstance(decision, Refused):
            self._happen(decision, now)
        self._let_happen_what_is_due(now)
        return decision

    def _let_happen_what_is_due(self, now: datetime) -> None:
        while events := tick(self.hall, now):
            self._happen(events, now)

    def _happen(self, events: tuple[Event, ...], now: datetime) -> None:
        for event in events:
            if isinstance(event, DayOpened):
                self._replays()
                self.today = []
            self.events += 1
            self.books.see(self.events, now, event)
            self.hall = evolve(self.hall, event, now)
            self.today.append((now, event))

    def _replays(self) -> None:
        """A day's events alone make the hall that there is."""
        if not self.today:
            return
        hall = empty_hall(self.hall.setup)
        for at, event in self.today:
            hall = evolve(hall, event, at)
        if hall != self.hall:
            raise Broken("replay_equals_the_live_hall", f"{hall}\n\n{self.hall}")

    def numbers(self) -> list[str]:
        return [ticket.number for roll in self.hall.tickets.values() for ticket in roll]

    # --- What may happen -------------------------------------------------------------------------

    @rule(people=st.lists(people, min_size=3, max_size=10), acts=busy)
    def a_busy_hour(self, people: list[Person], acts: list[Act]) -> None:
        """Everybody is there, and the hall is full."""
        self.everybody_sits_down()
        self.citizens_come(people)
        self.officers_work(acts)

    @rule(people=st.lists(people, min_size=1, max_size=10))
    def citizens_come(self, people: list[Person]) -> None:
        for services, group, slot_s, registered_s in people:
            self.wall += timedelta(seconds=7)
            self.tokens += 1
            slot = None if slot_s is None else self.now + timedelta(seconds=slot_s)
            booking = Booking(slot, slot - timedelta(seconds=registered_s)) if slot else None
            token = f"token-{self.tokens}"
            self.do(c.TakeTicket(tuple(services), token, group=group, booking=booking))

    @rule(acts=busy)
    def officers_work(self, acts: list[Act]) -> None:
        for counter, key, pick, after_s in acts:
            self.wall += timedelta(seconds=after_s)
            self.do(self._command(counter, key, pick))

    def _command(self, counter: str, key: str, pick: int) -> Command:
        """What the key means; `pick` chooses a ticket, a service, a counter."""
        service, to_counter = sorted(SERVICES)[pick % 4], COUNTERS[pick % 3]
        known = self.hall.held if key == "resume" and self.hall.held else self.numbers()
        number = known[pick % len(known)] if known else "A001"
        finished = self.hall.staffing[counter].finished or number
        commands: dict[str, Command] = {
            "next": c.CallNext(counter),
            "start": c.Start(counter),
            "finish": c.Finish(counter, "received"),
            "return": c.Finish(counter, "returned", None, *self._of_a_result(pick)),
            "undo": c.Undo(counter),
            "add": c.AddService(counter, service),
            "postpone": c.Postpone(counter),
            "recall": c.Recall(counter),
            "absent": c.NoShow(counter),
            "put back": c.PutBack(counter),
            "hold": c.Hold(counter, "form"),
            "resume": c.Resume(counter, number),
            "choose": c.CallTicket(counter, number, "urgent"),
            "cancel": c.Cancel(counter, number, "left"),
            "send to service": c.Transfer(counter, service),
            "send to counter": c.Transfer(counter, None, to_counter),
            "send to both": c.Transfer(counter, service, to_counter),
            "rate": c.Rate(finished, pick % 4 // 3 + 1, pick % 6, ("quick",), "!"),
        }
        return commands[key]

    def _of_a_result(self, pick: int) -> tuple[date | None, str | None, date | None]:
        """When it was due, and the apology: possible ones and others."""
        assert self.hall.day is not None
        due_on = self.hall.day + timedelta(days=pick % 3 - 1)
        apology_on = self.hall.day + timedelta(days=pick % 5 - 3)
        return due_on, "12/XL" if pick % 2 else None, apology_on if pick > 10 else None

    @rule(acts=busy, finish=st.booleans())
    def somebody_presses_by_mistake(self, acts: list[Act], finish: bool) -> None:
        """What is taken back at once has never been, but that some times begin anew: the no-show's,
        and those of alarms that were over for a moment.
        """
        self.officers_work(acts)
        counter = acts[0][0]
        self.do(c.Tick())
        before, now = self.hall, self.now
        press = c.Finish(counter, "received") if finish else c.NoShow(counter)
        pressed = self.do(press)
        undone = self.do(c.Undo(counter))
        undoable = before.setup.undo_within_s > 0 and now > before.stepped_at
        if isinstance(pressed, Refused) or not undoable:
            return
        assert not isinstance(undone, Refused)
        assert self._but_for_the_undo(self.hall, counter) == self._but_for_the_undo(before, counter)

    def _but_for_the_undo(self, hall: Hall, counter: str) -> Hall:
        ticket = hall.at_counter(counter)
        assert ticket is not None
        turn = replace(ticket.turn, undone_at=None)
        at_counter = replace(hall.staffing[counter], pressed=None, due=NOTHING_DUE)
        staffing = {**hall.staffing, counter: at_counter}
        hall = replace(hall, staffing=staffing, at=self.now, alarms={})
        return hall.with_ticket(replace(ticket, turns=(*ticket.turns[:-1], turn)))

    @rule(span_s=st.sampled_from(SPANS_S))
    def time_passes(self, span_s: int) -> None:
        self.wall += timedelta(seconds=span_s)
        self.do(c.Tick())

    @rule(
        counter=counters,
        officer=officers,
        take_over=st.booleans(),
        kind=st.sampled_from([c.Open, c.Close, c.SignOut]),
        word=st.sampled_from(["meeting", "nonsense"]),
    )
    def officers_change(
        self, counter: str, officer: str, take_over: bool, kind: type[c.Open], word: str
    ) -> None:
        self.do(c.SignIn(counter, officer, take_over))
        self.do(c.Open(counter))
        self.do(c.Pause(counter, word))
        self.do(kind(counter))

    @rule(
        officer=officers,
        counter=counters,
        what=st.sampled_from(["suspended", "restored", "guessed", "guessed_no_more", "unpaired"]),
        again=st.booleans(),
    )
    def access_changes(self, officer: str, counter: str, what: str, again: bool) -> None:
        """Officers are sent home in the middle of everything; a citizen is not."""
        sits = self.hall.staffing[counter].officer
        before = self.hall.at_counter(counter)
        self.do(c.ChangeAccess(officer, what, "admin"))
        assert what != "suspended" or counter_of(self.hall, officer) is None
        self.do(c.SendAway(counter, sits or officer, "session_over"))
        after = self.hall.at_counter(counter)
        if before is not None and before.turn.stage is Stage.SERVING:
            assert after is not None
            assert after.number == before.number
        if again:
            self.everybody_sits_down()

    @rule(
        text=st.sampled_from(["Xin chào", "", "Quầy 2 giúp quầy 3"]),
        pick=st.integers(0, 20),
        counter=st.none() | counters,
        to_counter=st.none() | counters,
        skipped=st.sampled_from([None, "recalled"]),
    )
    def the_manager_and_the_loudspeaker(
        self,
        text: str,
        pick: int,
        counter: str | None,
        to_counter: str | None,
        skipped: str | None,
    ) -> None:
        """Words, moves, alarms seen; a call is spoken at once, long ago or in time to come."""
        numbers, service = self.numbers() or ["A001"], sorted(SERVICES)[pick % 4]
        self.do(c.SendWord(text, counter))
        self.do(c.ReadWord(COUNTERS[pick % 3], max(1, self.hall.word - pick % 4)))
        self.do(c.MoveTicket(numbers[pick % len(numbers)], "urgent", service, to_counter))
        for alarm in [*self.hall.alarms][pick % 3 :: 3]:
            self.do(c.Acknowledge(alarm))
        spoken_at = self.now + timedelta(seconds=60 * (pick - 10))
        self.do(c.Spoken(max(1, self.hall.call - pick % 3), "board", spoken_at, skipped))
        self.do(c.ReportDevice("kiosk-1", "silent" if skipped else None))

    @rule(
        word=st.sampled_from(["nonsense", "", "form"]),
        number=st.sampled_from(NOBODY),
        service=codes,
        flag=st.sampled_from([True, True, False]),
    )
    def nonsense_and_small_things(self, word: str, number: str, service: str, flag: bool) -> None:
        self.do(c.SetService(service, flag))
        self.do(c.SetNotice(word))
        self.do(c.ReportDevice("printer", word or None))
        self.do(c.Announced(self.hall.call, "board"))
        self.do(c.Printed("A001", flag, word))
        for command in (
            c.TakeTicket((service, word), "token"),
            c.TakeTicket((), "token"),
            c.SignIn("9", "lan"),
            c.Finish("1", word),
            c.Rate(number, 1, 5),
            c.Printed(number, True),
            c.Cancel("1", number, "left"),
            c.CallTicket("1", number, "urgent"),
            c.Resume("1", number),
            c.Announced(self.hall.call + 1, "board"),
            c.Spoken(self.hall.call + 1, "board", self.now),
            c.MoveTicket(number, "urgent", service),
            c.MoveTicket("A001", "nonsense", service),
            c.SendWord("Xin chào", "9"),
            c.ReadWord("1", self.hall.word + 1),
            c.Acknowledge("wait_over_target:Z"),
        ):
            assert isinstance(self.do(command), Refused)

    @rule(how=st.sampled_from(["back an hour", "ahead", "back a day", "midnight", "morning"]))
    def days_and_clocks(self, how: str) -> None:
        assert self.hall.day is not None
        steps_s = {"back an hour": -3601.0, "back a day": -86400.0, "ahead": 1800.0}
        if how in steps_s:
            self.wall += timedelta(seconds=steps_s[how])
            self.do(c.StepClock(steps_s[how]))
            return
        midnight = midnight_after(self.hall.setup.hours, self.hall.day)
        hours = 8 if how == "morning" else 0
        self.wall = max(self.wall, midnight + timedelta(hours=hours))
        self.everybody_sits_down()

    def everybody_sits_down(self) -> None:
        for code in COUNTERS:
            self.do(c.SignIn(code, f"officer-{code}", take_over=True))
            self.do(c.Open(code))

    # --- What must hold --------------------------------------------------------------------------

    @invariant()
    def the_books_agree(self) -> None:
        self.books.compare(self.hall)

    @invariant()
    def nothing_more_is_due(self) -> None:
        assert due_now(self.hall, self.hall.at) == ()
        assert next_due(self.hall, self.hall.at) > self.hall.at
        assert due_now(self.hall, quiet_until(self.hall) - timedelta(microseconds=1)) == ()

    @invariant()
    def what_is_kept_is_what_would_be_found_afresh(self) -> None:
        hall = self.hall
        waits = {
            key: tuple(sorted(wait for place in queue if (wait := place.wait)))
            for key, queue in hall.queues.items()
        }
        assert hall.waits == {key: line for key, line in waits.items() if line}
        sent_to = Counted(place.reserved for queue in hall.queues.values() for place in queue)
        assert hall.sent_to == {code: sent_to[code] for code in COUNTERS if sent_to[code]}
        assert all(staffing.due == due_at(hall, code) for code, staffing in hall.staffing.items())

    def teardown(self) -> None:
        if hasattr(self, "hall"):
            self._replays()
