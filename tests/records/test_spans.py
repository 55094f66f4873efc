"""What lasted and what was said, from days small enough to follow by hand; and that the rows kept
through a day are those its events would have.
"""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Table, text

from hall import commands as c
from hall import events as e
from hall.model import Because, Setup
from records import tables
from records.journal import Entry, Journal
from records.rebuild import Difference, _lasting, compare, rebuild_day, unlike
from records.spans import TABLES, Spans
from records.turns import Row
from tests.records.attacker import without_guards
from tests.records.days import Day

DAY = date(2026, 11, 23)
EIGHT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
OPENED = e.DayOpened(DAY)
Happening = tuple[float, e.Event]  # minutes after eight


def after(minutes: float) -> datetime:
    return EIGHT + timedelta(minutes=minutes)


def happens(journal: Journal, *happened: Happening, first_seq: int = 1, day: date = DAY) -> None:
    """Each in a batch of its own."""
    for seq, (minutes, event) in enumerate(happened, first_seq):
        journal.append(seq, [Entry(after(minutes), day, (event,))], [])


def rows(
    journal: Journal, table: Table, *columns: str, day: date = DAY
) -> list[tuple[object, ...]]:
    """These columns of each row, with times in minutes after eight."""
    return [tuple(_in_minutes(row[name]) for name in columns) for row in journal.rows(table, day)]


def _in_minutes(value: object) -> object:
    return (value - EIGHT) / timedelta(minutes=1) if isinstance(value, datetime) else value


def spans(journal: Journal) -> Sequence[tuple[object, ...]]:
    names = ("counter", "since", "until", "state", "reason", "officer", "agency")
    return rows(journal, tables.counter_spans, *names)


def outages(journal: Journal, day: date = DAY) -> Sequence[tuple[object, ...]]:
    return rows(journal, tables.outages, "device", "since", "until", "trouble", day=day)


# --- Counters ------------------------------------------------------------------------------------


def test_a_counter_s_day_is_its_open_and_its_paused_spans(journal: Journal, setup: Setup) -> None:
    day = Day(journal, setup, EIGHT)
    day.at(0, c.SignIn("1", "an"), c.Open("1"))
    day.at(60, c.Pause("1", "meeting"))
    assert spans(journal) == [
        ("1", 0.0, 60.0, "open", None, "an", "UBND"),
        ("1", 60.0, None, "paused", "meeting", "an", "UBND"),
    ]
    day.at(75, c.Open("1"))
    day.at(90, c.Close("1"))
    day.at(100, c.Open("1"))
    day.at(110, c.SignOut("1"))
    assert [span[:4] for span in spans(journal)] == [
        ("1", 0.0, 60.0, "open"),
        ("1", 60.0, 75.0, "paused"),
        ("1", 75.0, 90.0, "open"),
        ("1", 100.0, 110.0, "open"),
    ]


def test_another_officer_who_takes_over_has_a_span_of_their_own(
    journal: Journal, setup: Setup
) -> None:
    day = Day(journal, setup, EIGHT)
    day.at(0, c.SignIn("1", "an"), c.Open("1"))
    day.at(30, c.SignIn("1", "binh", take_over=True), c.Open("1"))
    assert [(span[1], span[2], span[5]) for span in spans(journal)] == [
        (0.0, 30.0, "an"),
        (30.0, None, "binh"),
    ]


def test_spans_that_begin_and_end_in_one_moment_are_kept(journal: Journal, setup: Setup) -> None:
    day = Day(journal, setup, EIGHT)
    day.at(0, c.SignIn("1", "an"), c.Open("1"), c.Pause("1", "meeting"), c.Open("1"))
    assert [span[1:4] for span in spans(journal)] == [
        (0.0, 0.0, "open"),
        (0.0, 0.0, "paused"),
        (0.0, None, "open"),
    ]


def test_a_counter_belongs_to_the_agency_that_its_calls_name(journal: Journal) -> None:
    called = e.TicketCalled("A001", "1", "an", 1, Because("first_in_line"), agency="Sở Tư pháp")
    silent = e.TicketCalled("A002", "2", "binh", 2, Because("first_in_line"))
    opened = [(1.0, e.CounterOpened("1")), (2.0, e.CounterOpened("2"))]
    happens(journal, (0, OPENED), *opened, (3, called), (4, silent))
    assert [(span[0], span[6]) for span in spans(journal)] == [
        ("1", "Sở Tư pháp"),
        ("2", "Công an"),
    ]


def test_all_spans_of_a_day_are_of_the_agency_that_the_last_call_names(
    journal: Journal, setup: Setup
) -> None:
    """Also those that are over, whether they were written long ago or in this very moment."""
    called = [
        e.TicketCalled(f"A00{n}", "1", "an", n, Because("first_in_line"), agency=agency)
        for n, agency in enumerate(("Sở Tư pháp", "Sở Tư pháp", "Công an"), start=1)
    ]
    opened, paused = e.CounterOpened("1"), e.CounterPaused("1", "meeting")
    happens(journal, (0, OPENED), (1, opened), (2, paused), (3, opened), (4, called[0]))
    assert {span[6] for span in spans(journal)} == {"Sở Tư pháp"}
    at_once = (paused, opened, called[1], paused, opened, called[2], paused)
    journal.append(6, [Entry(after(5), DAY, at_once)], [])
    happens(journal, (6, opened), (7, e.CounterClosed("1")), first_seq=13)
    assert [span[3] for span in spans(journal)] == ["open", "paused"] * 4 + ["open"]
    assert {span[6] for span in spans(journal)} == {"Công an"}
    table = tables.counter_spans
    rebuilt = _lasting(setup, journal.events(DAY))[table]
    assert unlike(table, journal.rows(table, DAY), rebuilt) == []


def test_spans_that_are_over_are_not_kept_in_mind(setup: Setup) -> None:
    known = Spans(setup)
    known.see(1, EIGHT, OPENED)
    sizes = []
    for n in range(600):
        event = e.CounterPaused("1", "meeting") if n % 2 else e.CounterOpened("1")
        known.see(2 + n, after(n), event)
        sizes.append(len(pickle.dumps(known._today)))
    assert max(sizes[-100:]) <= max(sizes[:100]) + 16  # numbers grow longer


def test_a_counter_that_is_set_up_no_more_has_its_span(journal: Journal) -> None:
    happens(journal, (0, OPENED), (1, e.CounterOpened("99")))
    assert spans(journal) == [("99", 1.0, None, "open", None, None, "")]


def test_whoever_forgets_to_sign_out_has_gone_when_the_day_is_over(
    journal: Journal, setup: Setup
) -> None:
    day = Day(journal, setup, EIGHT)
    day.at(0, c.SignIn("1", "an"), c.Open("1"))
    day.time_passes(600)
    assert [span[1:3] for span in spans(journal)] == [(0.0, 600.0)]  # an hour after closing


def test_a_day_whose_end_nobody_saw_ended_at_midnight(journal: Journal) -> None:
    morning = 24 * 60.0
    happens(
        journal,
        *((0, OPENED), (1, e.OfficerSignedIn("1", "an")), (1, e.CounterOpened("1"))),
        *((2, e.DeviceReported("kiosk-1", "paper_out")), (3, e.AlarmRaised("silent:k", "silent"))),
        *((morning, e.OfficerSignedOut("1", "an")), (morning, e.DayClosed(0))),
    )
    midnight = 16 * 60.0
    assert [span[1:3] for span in spans(journal)] == [(1.0, midnight)]
    assert outages(journal) == [("kiosk-1", 2.0, midnight, "paper_out")]
    assert rows(journal, tables.alarms, "since", "until") == [(3.0, midnight)]


def test_nothing_begins_between_two_days(journal: Journal) -> None:
    happens(
        journal,
        *((0, OPENED), (600, e.DayClosed(0)), (601, e.OfficerSignedIn("1", "an"))),
        *((602, e.CounterOpened("1")), (603, e.DeviceReported("kiosk-1", "paper_out"))),
    )
    assert spans(journal) == outages(journal) == []


def test_no_span_is_negative_whatever_the_clock_did(journal: Journal) -> None:
    late = 20 * 60.0  # after midnight, where the clock had been set to
    happens(
        journal,
        *((0, OPENED), (late, e.DeviceReported("kiosk-1", "paper_out")), (late, e.DayClosed(0))),
    )
    assert outages(journal) == [("kiosk-1", late, late, "paper_out")]


# --- Devices -------------------------------------------------------------------------------------


def test_an_outage_lasts_until_the_device_works_or_has_another_trouble(journal: Journal) -> None:
    happens(
        journal,
        *((0, OPENED), (1, e.DeviceReported("kiosk-1", "paper_low"))),
        *((5, e.DeviceReported("kiosk-1", "paper_out")), (9, e.DeviceReported("kiosk-1", None))),
        *((10, e.DeviceReported("kiosk-1", None)), (11, e.DeviceReported("board-1", "voice"))),
    )
    assert outages(journal) == [
        ("board-1", 11.0, None, "voice"),
        ("kiosk-1", 1.0, 5.0, "paper_low"),
        ("kiosk-1", 5.0, 9.0, "paper_out"),
    ]


def test_an_outage_that_goes_on_over_the_night_begins_anew(journal: Journal, setup: Setup) -> None:
    day, tomorrow = Day(journal, setup, EIGHT), DAY + timedelta(days=1)
    day.at(30, c.ReportDevice("kiosk-1", "paper_out"))
    day.time_passes(600)
    midnight = 16 * 60.0
    day.time_passes(midnight)
    day.at(midnight + 5, c.ReportDevice("kiosk-1", None))
    assert outages(journal) == [("kiosk-1", 30.0, 600.0, "paper_out")]
    assert outages(journal, tomorrow) == [("kiosk-1", midnight, midnight + 5, "paper_out")]


# --- Alarms --------------------------------------------------------------------------------------


def test_an_alarm_lasts_until_it_is_cleared_and_says_when_it_was_seen(journal: Journal) -> None:
    raised = e.AlarmRaised("wait:A", "wait_over_30", "A", "A007", 1800.0, None)
    happens(
        journal,
        *((0, OPENED), (1, raised), (2, raised), (3, e.AlarmAcknowledged("wait:A"))),
        *((4, e.AlarmAcknowledged("wait:A")), (9, e.AlarmCleared("wait:A")), (20, raised)),
        *((30, e.AlarmCleared("another")), (31, e.AlarmAcknowledged("another"))),
    )
    names = ("alarm", "kind", "of", "number", "value_s", "since", "until", "acknowledged_at")
    what = ("wait:A", "wait_over_30", "A", "A007", 1800.0)
    assert rows(journal, tables.alarms, *names) == [
        (*what, 1.0, 9.0, 3.0),
        (*what, 20.0, None, None),
    ]


# --- Announcements -------------------------------------------------------------------------------


def test_what_was_announced_says_whom_and_when(journal: Journal) -> None:
    called = e.TicketCalled("A001", "1", "an", 7, Because("first_in_line"))
    happens(
        journal,
        *((0, OPENED), (1, called), (2, e.CallSpoken(7, "board-1", after(1.5)))),
        *((2, e.CallSpoken(7, "board-1", after(1.9))), (3, e.TicketRecalled("A001", "1", 8))),
        *((4, e.CallSpoken(8, "board-1", after(4), "recalled")),),
        *((5, e.CallSpoken(3, "board-2", after(4.5))),),
    )
    names = ("call", "device", "ticket", "counter", "called_at", "spoken_at", "skipped")
    assert rows(journal, tables.announcements, *names) == [
        (3, "board-2", None, None, None, 4.5, None),  # a call of the day before
        (7, "board-1", "A001", "1", 1.0, 1.5, None),
        (8, "board-1", "A001", "1", 3.0, None, "recalled"),
    ]


# --- Kept, and worked out again ------------------------------------------------------------------


def everything(setup: Setup) -> list[Happening]:
    called = e.TicketCalled("A001", "1", "an", 1, Because("first_in_line"), agency="UBND")
    taken = e.TicketTaken("A001", "t", ("CT01",), "vi", None, "kiosk", EIGHT)
    return [
        *((0, e.DayOpened(DAY, troubles={"kiosk-1": "paper_out"})), (1, taken)),
        *((2, e.OfficerSignedIn("1", "an")), (2, e.CounterOpened("1")), (3, called)),
        *((4, e.CallSpoken(1, "board-1", after(4))), (5, e.AlarmRaised("a", "silent", "kiosk-1"))),
        *((6, e.AlarmAcknowledged("a")), (7, e.DeviceReported("kiosk-1", None))),
        *((8, e.AlarmCleared("a")), (9, e.DeviceReported("kiosk-1", "cut"))),
    ]


def kept(journal: Journal) -> dict[str, list[Row]]:
    return {table.name: journal.rows(table, DAY) for table in TABLES}


def test_a_server_that_starts_anew_goes_on_where_the_one_before_was(
    journal: Journal, setup: Setup
) -> None:
    """After every single event once."""
    day = everything(setup)
    happens(journal, *day)
    through = kept(journal)
    assert all(through.values())
    with journal._engine.begin() as connection:
        without_guards(connection)
        for table in (*TABLES, tables.events):
            connection.execute(table.delete())
    for seq, one in enumerate(day, 1):
        again = Journal(journal._engine, setup)
        happens(again, one, first_seq=seq)
        again.close()
    assert kept(journal) == through


def test_rows_that_lie_are_found_and_written_anew(journal: Journal, setup: Setup) -> None:
    happens(journal, *everything(setup)[:1], *everything(setup)[2:4])
    truth = kept(journal)
    with journal._engine.begin() as connection:
        connection.execute(text("UPDATE counter_spans SET officer = 'binh'"))
        connection.execute(text("DELETE FROM outages"))
    assert compare(journal, setup, DAY) == [
        Difference("counter_spans", ("1", 3), "officer", "binh", "an"),
        Difference("outages", ("kiosk-1", 1), None, False, True),
    ]
    rebuild_day(journal, setup, DAY)
    assert kept(journal) == truth
    assert compare(journal, setup, DAY) == []
