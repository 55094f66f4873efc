"""Bugs planted on purpose, each the smallest change that a tired programmer could make.

The simulation has to find every one of them; that is how we know that its checks can fail.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

import pytest
from sqlalchemy import Connection, delete

from dispatch import batch
from dispatch.batch import Asked, Outcome
from dispatch.dispatcher import Dispatcher, Waiting
from dispatch.timekeeper import Timekeeper
from hall import events as e
from hall import evolve, intake, model, order, tick, turns, undo, views
from hall.model import Because, CounterState, Hall, Staffing, Ticket
from records import tables
from records import turns as turns_of_records
from records.journal import Recorded
from records.spans import Spans
from tests.faults.process import FatefulJournal, Parts

Plant = Callable[[pytest.MonkeyPatch], Parts]

UNFAIR: Final = (
    "every_call_says_truly_why",
    "the_next_is_the_one_whose_turn_it_is",
    "a_counter_calls_what_it_serves",
    "a_head_start_is_a_bound",
)
UNLIKE_THE_EVENTS: Final = (
    "replay_equals_the_live_hall",
    "the_shelf_holds_exactly_those_held",
    "queues_hold_exactly_those_who_wait",
    "only_legal_stages",
    "calls_are_numbered_without_gaps",
)


def answer_before_commit(_: pytest.MonkeyPatch) -> Parts:
    class Hasty(Dispatcher):
        async def _written(self, outcome: Outcome, batch: list[Waiting]) -> bool:
            for asked, future in batch:
                if asked.id is not None:
                    future.set_result(outcome.answers[asked.id])
            return await super()._written(outcome, batch)

    return Parts(dispatcher=Hasty)


def view_before_commit(_: pytest.MonkeyPatch) -> Parts:
    class Chatty(Dispatcher):
        async def _written(self, outcome: Outcome, batch: list[Waiting]) -> bool:
            before, self.hall = self.hall, outcome.hall
            self.seq += outcome.events
            self.on_change()
            self.hall = before
            self.seq -= outcome.events
            return await super()._written(outcome, batch)

    return Parts(dispatcher=Chatty)


def forgotten_id_after_restart(_: pytest.MonkeyPatch) -> Parts:
    class Forgetful(FatefulJournal):
        def answers(self, limit: int) -> dict[str, bytes]:
            with self._transaction() as connection:
                connection.execute(delete(tables.requests))
            return super().answers(limit)

    return Parts(journal=Forgetful)


def failed_batch_kept_in_memory(_: pytest.MonkeyPatch) -> Parts:
    class Stubborn(Dispatcher):
        async def _written(self, outcome: Outcome, batch: list[Waiting]) -> bool:
            written = await super()._written(outcome, batch)
            if self.trouble is not None:
                self.hall = outcome.hall
                self.trouble = None
                await self._in_thread(self._journal.reopen)
            return written

    return Parts(dispatcher=Stubborn)


def shelf_forgotten_at_restart(_: pytest.MonkeyPatch) -> Parts:
    class Short(Dispatcher):
        def _replay(self) -> tuple[Hall, int]:
            hall, seq = super()._replay()
            return replace(hall, held=hall.held[:-1]), seq

    return Parts(dispatcher=Short)


def last_come_first_served(plant: pytest.MonkeyPatch) -> Parts:
    def newest(hall: Hall, counter: str) -> tuple[Ticket, Because] | None:
        served = hall.setup.counters[counter].lag
        queues = [queue for key, queue in hall.queues.items() if key.service in served]
        waiting = [hall.known(place.number) for queue in queues for place in queue]
        waiting.sort(key=lambda ticket: ticket.order)
        return (waiting[-1], Because("first_in_line")) if waiting else None

    plant.setattr(turns, "next_turn", newest)
    return Parts()


def double_call(plant: pytest.MonkeyPatch) -> Parts:
    free = turns._free

    def always_free(hall: Hall, counter: str) -> Any:
        staffing = hall.staffing[counter]
        if staffing.officer and staffing.state is CounterState.OPEN:
            return Staffing(staffing.officer, staffing.state)
        return free(hall, counter)

    plant.setattr(turns, "_free", always_free)
    return Parts()


def call_numbers_restart_at_midnight(plant: pytest.MonkeyPatch) -> Parts:
    due = tick.tick

    def from_nought(hall: Hall, now: datetime) -> tuple[e.Event, ...]:
        events = due(hall, now)
        return tuple(
            replace(event, call=0) if isinstance(event, e.DayOpened) else event for event in events
        )

    plant.setattr(batch, "tick", from_nought)
    return Parts()


def nobody_is_left_over(plant: pytest.MonkeyPatch) -> Parts:
    plant.setattr(tick, "_day_ends", lambda _hall: iter([e.DayClosed(0)]))
    return Parts()


def lost_recall(plant: pytest.MonkeyPatch) -> Parts:
    recalled = evolve._recalled

    def unannounced(hall: Hall, event: e.TicketRecalled, at: datetime) -> Hall:
        return replace(recalled(hall, event, at), calls=hall.calls)

    plant.setattr(evolve, "_recalled", unannounced)
    return Parts()


def views_one_behind(_: pytest.MonkeyPatch) -> Parts:
    shown: list[dict[str, Any]] = []

    def late(hall: Hall) -> dict[str, Any]:
        shown.append(views.board(hall))
        return shown[-2:][0]

    return Parts(board=late)


def no_show_never_due(plant: pytest.MonkeyPatch) -> Parts:
    plant.setattr(tick, "_missing", lambda _hall: iter(()))
    return Parts()


def undone_however_late(plant: pytest.MonkeyPatch) -> Parts:
    def always(hall: Hall, counter: str, now: datetime) -> datetime | None:
        return now if hall.staffing[counter].pressed else None

    plant.setattr(undo, "undo_until", always)
    plant.setattr(views, "undo_until", always)
    return Parts()


def place_in_line_kept_by_an_undo(plant: pytest.MonkeyPatch) -> Parts:
    plant.setattr(undo, "dequeued", lambda hall, _ticket: hall)
    return Parts()


def postponed_for_ever(plant: pytest.MonkeyPatch) -> Parts:
    plant.setattr(tick, "_postponed", lambda _hall: iter(()))
    return Parts()


def clock_followed_backwards(_: pytest.MonkeyPatch) -> Parts:
    class Naive(Timekeeper):
        def now(self, not_before: datetime) -> datetime:
            return self._wall()

    return Parts(timekeeper=Naive)


def clock_step_not_noticed(_: pytest.MonkeyPatch) -> Parts:
    class Blind(Timekeeper):
        def step_s(self) -> float | None:
            return None

    return Parts(timekeeper=Blind)


def clock_step_forgotten_when_not_recorded(_: pytest.MonkeyPatch) -> Parts:
    class Fleeting(Timekeeper):
        def step_s(self) -> float | None:
            step_s = super().step_s()
            super().written(step_s or 0.0)
            return step_s

        def written(self, step_s: float) -> None:
            """Too late."""

    return Parts(timekeeper=Fleeting)


def turn_rows_forgotten(plant: pytest.MonkeyPatch) -> Parts:
    def touched(_hall: Hall, events: tuple[e.Event, ...]) -> list[str]:
        return [event.ticket for event in events if isinstance(event, e.TicketTaken)]

    plant.setattr(batch, "_touched", touched)
    return Parts()


def ticket_taken_twice_when_asked_twice(_: pytest.MonkeyPatch) -> Parts:
    class Trusting(Dispatcher):
        async def ask(self, asked: Asked) -> bytes:
            self._answers.clear()
            self._pending.clear()
            self._journal.forget_answered(asked.id)  # type: ignore[attr-defined]
            return await super().ask(asked)

    class Erasing(FatefulJournal):
        def forget_answered(self, request: str) -> None:
            columns = tables.requests.c
            with self._engine.begin() as connection:
                connection.execute(delete(tables.requests).where(columns.id == request))

    return Parts(dispatcher=Trusting, journal=Erasing)


def what_lasts_forgotten_at_restart(_: pytest.MonkeyPatch) -> Parts:
    class Forgetting(FatefulJournal):
        def last_day(self) -> tuple[int, list[Recorded]]:
            seq, recorded = super().last_day()
            self._spans = Spans(self._setup)
            return seq, recorded

    return Parts(journal=Forgetting)


def finished_day_not_rolled_up(_: pytest.MonkeyPatch) -> Parts:
    class Lazy(FatefulJournal):
        def _keep_rollup(self, _: Connection, today: date | None, touched: set[date]) -> date:
            return max(touched, default=today or date.min)

    return Parts(journal=Lazy)


def rolled_up_wrong(_: pytest.MonkeyPatch) -> Parts:
    class Careless(FatefulJournal):
        def _keep_rollup(self, connection: Connection, *args: Any) -> Any:
            known = super()._keep_rollup(connection, *args)
            services = tables.rollup.c.by == "service"
            connection.execute(delete(tables.rollup).where(services))
            return known

    return Parts(journal=Careless)


def a_number_given_twice(plant: pytest.MonkeyPatch) -> Parts:
    def skipped(letter: str, count: int) -> str:
        return number_of(letter, count - (count % 5 == 0))

    number_of = model.number_of
    plant.setattr(intake, "number_of", skipped)
    return Parts()


def priority_without_a_bound(plant: pytest.MonkeyPatch) -> Parts:
    plant.setattr(order, "_may_prefer", lambda _hall, _counter: True)
    return Parts()


def answers_forgotten_at_midnight(plant: pytest.MonkeyPatch) -> Parts:
    class Tidy(Dispatcher):
        def _forget_old_requests(self) -> None:
            self._answers.clear()
            assert self.hall.day is not None
            self._thread.submit(self._journal.forget_requests, self.hall.day)

    return Parts(dispatcher=Tidy)


def trouble_kept_silent(_: pytest.MonkeyPatch) -> Parts:
    class Silent(Dispatcher):
        @property
        def trouble(self) -> str | None:
            return None

        @trouble.setter
        def trouble(self, _: str | None) -> None:
            """Nobody needs to know."""

    return Parts(dispatcher=Silent)


def answers_kept_for_ever(_: pytest.MonkeyPatch) -> Parts:
    class Hoarding(Dispatcher):
        def _remember(self, answers: dict[str, bytes]) -> None:
            self._answers.update(answers)

    return Parts(dispatcher=Hoarding)


def parked_time_lost(plant: pytest.MonkeyPatch) -> Parts:
    rows = turns_of_records.turn_rows

    def careless(*args: Any) -> Any:
        return [{**row, "held_s": 0.0} for row in rows(*args)]

    plant.setattr(batch, "turn_rows", careless)
    return Parts()


def probe_left_out_after_trouble(_: pytest.MonkeyPatch) -> Parts:
    """What was read back from a log whose sync had failed is not on the disk for that."""

    class Hopeful(Dispatcher):
        async def _recovered(self) -> bool:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(self._journal, "probe", lambda _at: None)
                return await super()._recovered()

    return Parts(dispatcher=Hopeful)


# Found late: what they need happens in few lives.
LATE: Final = (place_in_line_kept_by_an_undo, postponed_for_ever)

# Each with the checks that may find it; a bug may show itself in more than one way.
PLANTED: Final[dict[Plant, tuple[str, ...]]] = {
    answer_before_commit: ("no_answer_before_it_is_durable",),
    view_before_commit: ("no_view_before_it_is_durable",),
    forgotten_id_after_restart: ("same_request_same_answer", "a_request_happens_once"),
    ticket_taken_twice_when_asked_twice: ("same_request_same_answer", "a_request_happens_once"),
    failed_batch_kept_in_memory: (
        "degraded_is_shown",
        "OwnedByAnother",
        "a_board_shows_the_log",
        "numbers_have_no_holes",
        *UNLIKE_THE_EVENTS,
    ),
    shelf_forgotten_at_restart: UNLIKE_THE_EVENTS,
    last_come_first_served: ("first_come_first_served_among_equals", *UNFAIR),
    double_call: ("a_counter_has_one_ticket",),
    call_numbers_restart_at_midnight: ("calls_are_numbered_without_gaps",),
    nobody_is_left_over: ("a_day_ends_with_nobody_waiting",),
    lost_recall: ("a_board_shows_the_log",),
    views_one_behind: ("a_board_shows_the_log",),
    no_show_never_due: ("a_no_show_is_due_in_time",),
    undone_however_late: ("only_what_was_just_pressed_is_undone",),
    place_in_line_kept_by_an_undo: ("AssertionError", *UNFAIR, *UNLIKE_THE_EVENTS),
    postponed_for_ever: ("a_postponed_ticket_is_back_in_time",),
    clock_followed_backwards: ("time_never_goes_back",),
    clock_step_not_noticed: ("a_clock_step_is_written_down",),
    clock_step_forgotten_when_not_recorded: ("a_clock_step_is_written_down",),
    turn_rows_forgotten: ("turns_equal_their_rebuild",),
    what_lasts_forgotten_at_restart: ("turns_equal_their_rebuild",),
    rolled_up_wrong: ("rollups_equal_their_turns",),
    a_number_given_twice: ("no_number_twice_in_a_day", "numbers_have_no_holes"),
    priority_without_a_bound: ("a_preferred_turn_waits_for_the_ordinary_ones", *UNFAIR),
    answers_forgotten_at_midnight: ("same_request_same_answer", "a_request_happens_once"),
    trouble_kept_silent: ("degraded_is_shown",),
    answers_kept_for_ever: ("memory_and_queues_are_bounded",),
    parked_time_lost: ("turns_equal_their_rebuild", "durations_add_up_to_the_span"),
    probe_left_out_after_trouble: ("nothing_is_written_before_a_try",),
    finished_day_not_rolled_up: ("days_are_rolled_up_when_they_end",),
}
