"""What is appended comes back, batch by batch, on both databases."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError

from hall.events import CounterOpened, Event, TicketTaken, TurnRated
from hall.model import Setup, Stage, Ticket, Turn
from records import tables
from records.errors import AlreadyAnswered, OwnedByAnother
from records.journal import Entry, Journal, Recorded
from records.turns import turn_rows
from tests.records.small import small_hall

DAY = date(2026, 11, 23)
EIGHT = datetime(2026, 11, 23, 1, 0, 0, 250_001, tzinfo=UTC)


def taken(number: str) -> TicketTaken:
    return TicketTaken(number, f"token {number}", ("CT01",), "vi", "elderly", "kiosk", EIGHT)


def entry(request: str, *events: Event, minutes: int = 0, day: date = DAY) -> Entry:
    at = EIGHT + timedelta(minutes=minutes)
    return Entry(at, day, events, request, "kiosk-1", None, f'{{"ok":"{request} đã ghi"}}'.encode())


def ticket(number: str) -> Ticket:
    turn = Turn(service="CT01", opened_at=EIGHT, queued_at=EIGHT)
    return Ticket(
        number=number,
        order=0,
        token="t",
        issued_at=EIGHT,
        language="vi",
        group=None,
        channel="kiosk",
        turns=(turn,),
        told_low_s=600,
        told_high_s=900,
    )


def test_a_new_hall_has_an_empty_journal(journal: Journal) -> None:
    assert journal.last_day() == (0, [])
    assert journal.days() == []
    assert journal.answers(10) == {}


def test_events_come_back_in_order_with_their_times(journal: Journal) -> None:
    journal.append(1, [entry("a", taken("A001"), CounterOpened("1")), entry("b", minutes=1)], [])
    journal.append(3, [entry("c", taken("A002"), minutes=2)], [])
    assert journal.last_day() == (
        3,
        [
            Recorded(1, EIGHT, taken("A001")),
            Recorded(2, EIGHT, CounterOpened("1")),
            Recorded(3, EIGHT + timedelta(minutes=2), taken("A002")),
        ],
    )


def test_only_the_latest_day_is_read_at_start_and_the_others_can_be(journal: Journal) -> None:
    tomorrow = DAY + timedelta(days=1)
    journal.append(1, [entry("a", taken("A001"))], [])
    journal.append(2, [entry("b", taken("A001"), day=tomorrow, minutes=1440)], [])
    last, recorded = journal.last_day()
    assert (last, [event.seq for event in recorded]) == (2, [2])
    assert journal.days() == [DAY, tomorrow]
    assert [event.seq for event in journal.events(DAY)] == [1]


def test_answers_come_back_byte_by_byte_the_most_recent_ones_oldest_first(journal: Journal) -> None:
    journal.append(1, [entry(name, minutes=n) for n, name in enumerate("zyxw")], [])
    assert list(journal.answers(3).items()) == [
        (name, f'{{"ok":"{name} đã ghi"}}'.encode()) for name in "yxw"
    ]


def test_what_time_alone_brought_has_events_but_no_answer(journal: Journal) -> None:
    journal.append(1, [Entry(EIGHT, DAY, (CounterOpened("1"),))], [])
    assert journal.last_day()[0] == 1
    assert journal.answers(10) == {}


def test_a_request_answered_before_is_found_with_its_answer_also_after_a_restart(
    journal: Journal, engine: Engine
) -> None:
    first = entry("a", taken("A001"))
    journal.append(1, [first], [])
    journal.close()
    again = Journal(engine, small_hall())
    with pytest.raises(AlreadyAnswered) as known:
        again.append(2, [entry("new", taken("A002")), replace(first, answer=b"other")], [])
    assert known.value.answers == {"a": first.answer}
    assert again.last_day()[0] == 1
    again.append(2, [entry("new", taken("A002"), minutes=1)], [])
    assert list(again.answers(10)) == ["a", "new"]
    again.close()


def test_events_that_somebody_else_wrote_stop_the_server(journal: Journal, engine: Engine) -> None:
    other = Journal(engine, small_hall())
    other.append(1, [entry("a", taken("A001"))], [])
    with pytest.raises(OwnedByAnother):
        journal.append(1, [entry("b", taken("A001"))], [])
    assert list(journal.answers(10)) == ["a"]
    other.close()


def test_the_same_id_twice_in_one_batch_is_our_mistake(journal: Journal) -> None:
    with pytest.raises(IntegrityError):
        journal.append(1, [entry("a"), entry("a")], [])
    assert journal.answers(10) == {}
    journal.append(1, [entry("a")], [])


def test_a_time_without_zone_is_refused(journal: Journal) -> None:
    naive = replace(entry("a"), at=EIGHT.replace(tzinfo=None))
    with pytest.raises(ValueError, match="without time zone"):
        journal.append(1, [naive], [])
    journal.append(1, [entry("a")], [])


def test_a_turn_is_written_over_and_over_and_comes_back_as_it_was_last(
    journal: Journal, setup: Setup
) -> None:
    before = ticket("A001")
    turn = replace(
        before.turn, stage=Stage.CALLED, counter="1", called_at=EIGHT + timedelta(seconds=90.5)
    )
    after = replace(before, turns=(turn,))
    journal.append(1, [entry("a")], turn_rows(setup, DAY, before))
    assert journal.turns(DAY) == turn_rows(setup, DAY, before)
    both = [*turn_rows(setup, DAY, before), *turn_rows(setup, DAY, after)]
    journal.append(1, [entry("b")], both)
    assert journal.turns(DAY) == turn_rows(setup, DAY, after)


def test_a_rating_has_a_row_of_its_own(journal: Journal, engine: Engine) -> None:
    rated = TurnRated("A001", 1, 4, 5, ("quick", "polite"), "Cán bộ tận tình")
    journal.append(1, [replace(entry("a", rated), device="rating-1")], [])
    with engine.connect() as connection:
        row = connection.execute(select(tables.ratings)).one()
    tags = '["quick","polite"]'
    said = "Cán bộ tận tình"
    assert row == ("an-binh", DAY, "A001", 1, EIGHT, 4, 5, tags, "rating-1", said)


def test_a_turn_that_was_taken_back_has_no_row_any_more(journal: Journal, setup: Setup) -> None:
    one, other = (turn_rows(setup, DAY, ticket(number)) for number in ("A001", "A002"))
    journal.append(1, [entry("a")], [*one, *other])
    journal.append(1, [entry("b")], [], [(DAY, "A001", 1)])
    assert journal.turns(DAY) == other
    journal.append(1, [entry("c")], one, [(DAY, "A001", 1)])
    assert journal.turns(DAY) == [*one, *other]


def test_two_halls_share_a_database_and_see_nothing_of_each_other(
    journal: Journal, engine: Engine
) -> None:
    other = Journal(engine, small_hall("hoa-binh"))
    journal.append(1, [entry("a", taken("A001"))], [])
    other.append(1, [entry("a", taken("A001")), entry("b", taken("A002"))], [])
    assert journal.last_day()[0] == 1
    assert other.last_day()[0] == 2
    assert list(journal.answers(10)) == ["a"]
    other.close()


def test_old_answers_are_forgotten_and_events_never(journal: Journal) -> None:
    tomorrow = DAY + timedelta(days=1)
    journal.append(1, [entry("a", taken("A001"))], [])
    journal.append(2, [entry("b", taken("A001"), day=tomorrow)], [])
    journal.forget_requests(tomorrow)
    assert list(journal.answers(10)) == ["b"]
    assert journal.days() == [DAY, tomorrow]


def test_another_thread_may_go_on_writing(journal: Journal) -> None:
    journal.append(1, [entry("a", taken("A001"))], [])
    thread = threading.Thread(
        target=journal.append, args=(2, [entry("b", taken("A002"))], []), name="records"
    )
    thread.start()
    thread.join()
    assert journal.last_day()[0] == 2


def test_a_probe_leaves_one_row_per_hall(journal: Journal, engine: Engine) -> None:
    journal.probe(EIGHT)
    journal.probe(EIGHT + timedelta(minutes=1))
    with engine.connect() as connection:
        assert connection.execute(select(tables.probes)).all() == [
            ("an-binh", EIGHT + timedelta(minutes=1))
        ]


def test_a_time_in_any_zone_is_kept_in_utc(journal: Journal) -> None:
    in_hanoi = EIGHT.astimezone(ZoneInfo("Asia/Ho_Chi_Minh"))
    journal.append(1, [replace(entry("a", taken("A001")), at=in_hanoi)], [])
    (recorded,) = journal.events(DAY)
    assert (recorded.at, recorded.at.tzinfo) == (EIGHT, UTC)


def test_a_hall_that_begins_anew_among_the_records_of_others_is_told_so(
    engine: Engine, journal: Journal, setup: Setup, caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody may have changed its code, and would wonder where the day has gone."""
    assert journal.last_day() == (0, [])
    journal.append(1, [entry("a", taken("A001"))], [])
    assert journal.last_day()[0] == 1
    assert caplog.messages == []
    assert Journal(engine, replace(setup, hall="hoa-binh")).last_day() == (0, [])
    assert "records of an-binh and none of hoa-binh" in caplog.text
