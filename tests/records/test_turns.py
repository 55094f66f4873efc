"""A ticket's way as rows, and that the rows written are those the events would have."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import cast

import pytest
from sqlalchemy import Engine, text

from dispatch.batch import Asked, prepare
from hall import commands as c
from hall.model import Because, Booking, Hall, Setup, Stage, Ticket, Turn, empty_hall
from records import tables
from records.journal import Journal
from records.rebuild import Difference, compare, rebuild_day, replayed
from records.turns import Row, turn_rows

DAY = date(2026, 11, 23)
EIGHT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def after(minutes: float) -> datetime:
    return EIGHT + timedelta(minutes=minutes)


WAITING = Turn(service="CT01", opened_at=EIGHT, queued_at=EIGHT)
SERVED = replace(
    WAITING,
    stage=Stage.DONE,
    counter="1",
    agency="UBND",
    officer="an",
    because=Because("head_start", 2, "A001", "deadline"),
    called_at=after(10),
    started_at=after(11),
    ended_at=after(31),
    held_s=300.0,
    outcome="received",
)


def ticket(*turns: Turn, booking: Booking | None = None) -> Ticket:
    return Ticket(
        number="A007",
        order=6,
        token="t",
        issued_at=turns[0].opened_at,
        language="vi",
        group="elderly",
        channel="kiosk",
        turns=turns,
        booking=booking,
        told_low_s=300,
        told_high_s=900,
    )


def row_of(setup: Setup, turn: Turn, booking: Booking | None = None) -> Row:
    (row,) = turn_rows(setup, DAY, ticket(turn, booking=booking))
    return row


def durations(row: Row) -> tuple[object, ...]:
    return row["wait_s"], row["wait_target_s"], row["service_s"], row["held_s"]


def test_a_row_has_a_value_for_every_column(setup: Setup) -> None:
    assert set(row_of(setup, SERVED)) == {column.name for column in tables.turns.columns}


def test_a_turn_that_still_waits_has_no_durations(setup: Setup) -> None:
    assert durations(row_of(setup, WAITING)) == (None, None, None, 0.0)


def test_time_on_hold_is_not_service(setup: Setup) -> None:
    assert durations(row_of(setup, SERVED)) == (600.0, 600.0, 900.0, 300.0)


def test_a_row_says_why_it_was_called(setup: Setup) -> None:
    row = row_of(setup, SERVED)
    assert (row["rule"], row["overtook"], row["longest"]) == ("head_start", 2, "A001")
    assert row["jump_reason"] == "deadline"


def test_whoever_was_moved_while_waiting_has_waited_until_then(setup: Setup) -> None:
    moved = replace(WAITING, stage=Stage.TRANSFERRED, ended_at=after(12))
    (row,) = turn_rows(setup, DAY, ticket(moved))
    assert (row["wait_s"], row["wait_target_s"], row["called_at"]) == (720.0, 720.0, None)
    cancelled = replace(WAITING, stage=Stage.CANCELLED, ended_at=after(12))
    (row,) = turn_rows(setup, DAY, ticket(cancelled))
    assert row["wait_s"] is None


def test_the_wait_over_noon_is_felt_but_does_not_count(setup: Setup) -> None:
    over_noon = replace(SERVED, opened_at=after(180), called_at=after(310), started_at=after(310))
    felt, counted, *_ = durations(row_of(setup, over_noon))
    assert (felt, counted) == (130 * 60.0, 40 * 60.0)


def test_a_booked_citizen_who_comes_early_waits_from_the_slot_on(setup: Setup) -> None:
    booking = Booking(slot=after(7), registered=after(-1000))
    felt, counted, *_ = durations(row_of(setup, SERVED, booking))
    assert (felt, counted) == (600.0, 180.0)


def test_a_booked_citizen_called_before_the_slot_has_not_waited(setup: Setup) -> None:
    booking = Booking(slot=after(60), registered=after(-1000))
    assert durations(row_of(setup, SERVED, booking))[1] == 0.0


def test_no_duration_is_negative_whatever_the_clock_did(setup: Setup) -> None:
    back = replace(
        SERVED, called_at=after(-5), started_at=after(-6), ended_at=after(-90), held_s=-10.0
    )
    assert durations(row_of(setup, back)) == (0.0, 0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("due_on", "late"), [(None, None), (DAY, False), (DAY - timedelta(days=1), True)]
)
def test_a_result_is_late_from_the_day_after_it_was_due(
    setup: Setup, due_on: date | None, late: bool | None
) -> None:
    returned = replace(SERVED, due_on=due_on, apology_no="12/XL", apology_on=DAY)
    row = row_of(setup, returned)
    told = (row["due_on"], row["late"], row["apology_no"], row["apology_on"])
    assert told == (due_on, late, "12/XL", DAY)


def test_whether_a_result_is_late_is_a_matter_of_the_hall_s_own_calendar(setup: Setup) -> None:
    late_evening = datetime(2026, 11, 23, 16, 59, tzinfo=UTC)  # 23:59 in the hall
    returned = replace(SERVED, due_on=DAY, ended_at=late_evening)
    assert row_of(setup, returned)["late"] is False
    after_midnight = replace(returned, ended_at=late_evening + timedelta(minutes=1))
    assert row_of(setup, after_midnight)["late"] is True


def test_each_turn_of_a_ticket_has_its_own_row(setup: Setup) -> None:
    second = Turn(service="HT01", opened_at=after(31), queued_at=EIGHT)
    rows = turn_rows(setup, DAY, ticket(replace(SERVED, stage=Stage.TRANSFERRED), second))
    assert [(row["turn"], row["field"], row["stage"]) for row in rows] == [
        (1, "A", "transferred"),
        (2, "C", "waiting"),
    ]


# --- Written, and worked out again --------------------------------------------------------------


def a_day_of_everything(seed: int) -> Iterator[list[c.Command]]:
    """Two hundred moments in the life of a hall, some of which it refuses."""
    chance = random.Random(seed)
    yield [c.SignIn("1", "an"), c.SignIn("2", "binh"), c.Open("1"), c.Open("2")]
    for _ in range(200):
        counter, number = chance.choice("12"), f"{chance.choice('AC')}00{chance.randint(1, 9)}"
        services = tuple(chance.sample(["CT01", "HT01"], chance.randint(1, 2)))
        yield chance.choices(
            [
                c.TakeTicket(services, "t", "vi", chance.choice([None, "elderly"])),
                c.CallNext(counter),
                c.CallTicket(counter, number, "deadline"),
                c.Recall(counter),
                c.Start(counter),
                c.Finish(counter, "received"),
                c.NoShow(counter),
                c.Undo(counter),
                c.AddService(counter, "HT01"),
                c.Postpone(counter),
                c.Finish(counter, "returned", None, DAY - chance.randint(0, 1) * timedelta(1)),
                c.Transfer(counter, to_counter="2"),
                c.Transfer(counter, service="HT01"),
                c.Hold(counter, "form"),
                c.Resume(counter, number),
                c.PutBack(counter),
                c.Cancel(counter, number, "left"),
                c.Rate(number, 1, chance.randint(1, 5), ("quick",)),
                c.StepClock(-120.0),
                c.MoveTicket(number, "deadline", "HT01", chance.choice([None, "2"])),
                c.SendWord("Xin chào"),
                c.ReadWord(counter, 1),
                c.Acknowledge("wait_over_target:A"),
                c.Spoken(1, "board-1", EIGHT, chance.choice([None, "left"])),
            ],
            weights=[9, 9, 1, 2, 9, 9, 9, 5, 2, 1, 3, 2, 2, 2, 3, 1, 1, 2, 0.2, 2, 1, 1, 1, 1],
            k=chance.randint(1, 4),
        )


def live_through(journal: Journal, setup: Setup, seed: int) -> Hall:
    """A day written down batch by batch."""
    hall, seq, chance, at = empty_hall(setup), 1, random.Random(-seed), EIGHT
    for commands in a_day_of_everything(seed):
        at += timedelta(seconds=chance.uniform(1, 120))
        batch = [Asked(command, f"{at} {n}", "d") for n, command in enumerate(commands)]
        outcome = prepare(hall, batch, at)
        journal.append(seq, outcome.entries, outcome.rows(), outcome.gone)
        hall, seq = outcome.hall, seq + outcome.events
    return hall


@pytest.mark.parametrize("seed", range(3))
def test_rows_written_through_a_day_are_those_its_events_would_have(
    journal: Journal, setup: Setup, seed: int
) -> None:
    live_through(journal, setup, seed)
    assert {row["stage"] for row in journal.turns(DAY)} >= {"done", "transferred", "no_show"}
    assert compare(journal, setup, DAY) == []
    assert all(value is None or value >= 0 for row in journal.turns(DAY) for value in spans(row))


TWO_SERVICES: list[c.Command] = [
    c.SignIn("2", "binh"),
    c.Open("2"),
    c.TakeTicket(("CT01", "HT01"), "t", "vi"),
    c.CallNext("2"),
    c.Finish("2", "received"),
]


def written(journal: Journal, setup: Setup, *batches: list[c.Command]) -> list[tuple[object, ...]]:
    """(which turn, stage) of each row after these batches, a second apart."""
    hall, seq = empty_hall(setup), 1
    for second, commands in enumerate(batches):
        batch = [Asked(command, f"{second} {n}", "d") for n, command in enumerate(commands)]
        outcome = prepare(hall, batch, EIGHT + timedelta(seconds=second))
        journal.append(seq, outcome.entries, outcome.rows(), outcome.gone)
        hall, seq = outcome.hall, seq + outcome.events
    assert compare(journal, setup, DAY) == []
    return [(row["turn"], row["stage"]) for row in journal.turns(DAY)]


UNDO: c.Command = c.Undo("2")
FINISH: c.Command = c.Finish("2", "received")


def test_the_row_of_a_turn_goes_when_its_beginning_is_taken_back(
    journal: Journal, setup: Setup
) -> None:
    assert written(journal, setup, TWO_SERVICES, [UNDO]) == [(1, "called")]


def test_a_turn_begun_and_taken_back_in_one_batch_leaves_no_row(
    journal: Journal, setup: Setup
) -> None:
    assert written(journal, setup, [*TWO_SERVICES, UNDO]) == [(1, "called")]


def test_a_turn_taken_back_and_begun_again_has_its_row(journal: Journal, setup: Setup) -> None:
    rows = written(journal, setup, TWO_SERVICES, [UNDO, FINISH])
    assert rows == [(1, "done"), (2, "waiting")]


def spans(row: Row) -> list[float | None]:
    names = ("wait_s", "wait_target_s", "service_s", "held_s")
    return [cast(float | None, row[name]) for name in names]


def test_rows_that_lie_are_found_and_written_anew(
    journal: Journal, setup: Setup, engine: Engine
) -> None:
    live_through(journal, setup, seed=1)
    written = journal.turns(DAY)
    served = next(row for row in written if row["stage"] == "done")
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE turns SET wait_s = 1 WHERE ticket = :ticket AND turn = :turn"),
            {"ticket": served["ticket"], "turn": served["turn"]},
        )
        connection.execute(text("DELETE FROM turns WHERE ticket = 'C001'"))
    found = compare(journal, setup, DAY)
    assert Difference("turns", ("C001", 1), None, False, True) in found
    wrong = [difference for difference in found if difference.column == "wait_s"]
    assert [(d.key[0], d.written, d.rebuilt) for d in wrong] == [
        (served["ticket"], 1.0, served["wait_s"])
    ]
    assert rebuild_day(journal, setup, DAY) == len(written)
    assert journal.turns(DAY) == written


def test_the_hall_read_back_is_the_hall_that_was(journal: Journal, setup: Setup) -> None:
    lived = live_through(journal, setup, seed=2)
    assert replayed(journal, setup, DAY).tickets == lived.tickets
