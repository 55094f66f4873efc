"""How right the expected waits were, of a morning worked out by hand; on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from hall.model import Setup, Stage, Ticket
from records import tables
from records.engine import connect_readonly
from records.journal import Journal
from records.turns import turn_rows
from tests.records.reports.asking import ask, chart, figures, rows, total, values
from tests.records.reports.monday import DAY, ticket, turn

MINUTE = 60.0
WAITS = ("waits_told", "told_inside", "told_error", "told_bias", "told_width")


def told(one: Ticket, low_min: int, high_min: int) -> Ticket:
    return replace(one, told_low_s=low_min * 60, told_high_s=high_min * 60)


def stepped(one: Ticket) -> Ticket:
    return replace(one, turns=tuple(replace(each, clock_stepped=True) for each in one.turns))


DONE = Stage.DONE
BIRTH: dict[str, Any] = {"service": "HT01"}
TICKETS = (
    # told 0-5, was 4; told 5-15, was 20; told 10-20, was 10; told 0-5 a birth, was 15
    told(ticket("A001", turn(DONE, "08:00", "08:04", "08:04", "08:10")), 0, 5),
    told(ticket("A002", turn(DONE, "08:02", "08:22", "08:22", "08:30")), 5, 15),
    told(ticket("A003", turn(Stage.NO_SHOW, "08:03", "08:13", None, "08:15")), 10, 20),
    told(ticket("C001", turn(DONE, "08:40", "08:55", "08:55", "08:59", **BIRTH)), 0, 5),
    # sent on: only the first wait counts, 8 minutes; told 0-10
    told(
        ticket(
            "A004",
            turn(Stage.TRANSFERRED, "08:05", "08:13", "08:13", "08:15"),
            turn(DONE, "08:15", "08:50", "08:50", "08:55", **BIRTH),
        ),
        *(0, 10),
    ),
    ticket("A005", turn(DONE, "08:20", "08:21", "08:21", "08:25")),  # no counter was open
    told(ticket("A006", turn(Stage.CANCELLED, "08:30", ended="08:31")), 0, 5),  # never called
    told(stepped(ticket("A007", turn(DONE, "09:00", "09:01", "09:01", "09:02"))), 0, 5),
)


@pytest.fixture
def morning(journal: Journal, setup: Setup, url: str) -> Iterator[Engine]:
    found = [row for one in TICKETS for row in turn_rows(setup, DAY, one)]
    journal.replace(DAY, {tables.turns: found})
    reader = connect_readonly(url)
    yield reader
    reader.dispose()


def test_the_whole_morning(morning: Engine, setup: Setup) -> None:
    main = values(ask(morning, setup, "accuracy", DAY), "accuracy")
    assert main == {
        "waits_told": 5,
        "told_inside": 3 / 5,  # A001, A003 at its end, A004
        # from the middle: 1.5 (2.5, 4), 10 (10, 20), 5 (15, 10), 12.5 (2.5, 15), 3 (5, 8)
        "told_error": 5 * MINUTE,
        "told_bias": (-1.5 - 10 + 5 - 12.5 - 3) / 5 * MINUTE,
        "told_width": 8 * MINUTE,  # 5, 10, 10, 5, 10
        "waits_not_told": 1,
    }


def test_by_service_and_half_hour(morning: Engine, setup: Setup) -> None:
    report = ask(morning, setup, "accuracy", DAY)
    copies, births = rows(report, "by_service")
    assert [copies[key] for key in WAITS] == [
        *(4, 3 / 4, 4 * MINUTE),  # the middle of 1.5, 3, 5, 10
        *(-9.5 / 4 * MINUTE, 8.75 * MINUTE),
    ]
    assert (births["waits_told"], births["told_inside"]) == (1, 0)
    assert [(row["half_hour"], row["waits_told"]) for row in rows(report, "by_half_hour")] == [
        ("08:00", 4),
        ("08:30", 1),
    ]
    assert total(report, "by_service")["waits_told"] == 5


def test_by_the_people_ahead(morning: Engine, setup: Setup) -> None:
    report = ask(morning, setup, "accuracy", DAY)
    # A001: nobody; A002: A001; A003: both; A004 at 08:05: A002 and A003, as A001 was called;
    # C001: at 08:40 the visit that was sent on waits for the same field
    shown = [(row["ahead"], row["waits_told"]) for row in rows(report, "by_ahead")]
    assert shown == [("0", 1), ("1–2", 4)]
    assert chart(report, "told_inside_by_ahead").series[0].values == [100.0, 50.0]


def test_of_a_long_period_the_last_year_counts_and_it_says_so(
    morning: Engine, setup: Setup
) -> None:
    for days, counted in ((366, 5), (367, 0)):
        last = DAY + timedelta(days=days - 1)
        block = figures(ask(morning, setup, "accuracy", DAY, last), "accuracy")
        assert block.figures[0].value == counted
        assert any("366" in note for note in block.notes) == (days > 366)


def test_where_nothing_was_told_nothing_is_said(journal: Journal, setup: Setup, url: str) -> None:
    journal.replace(DAY, {tables.turns: turn_rows(setup, DAY, TICKETS[5])})
    reader = connect_readonly(url)
    main = values(ask(reader, setup, "accuracy", DAY), "accuracy")
    reader.dispose()
    assert main == {
        **dict.fromkeys(WAITS),
        "waits_told": 0,
        "waits_not_told": 1,
    }
