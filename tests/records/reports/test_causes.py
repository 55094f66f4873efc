"""Why somebody waited long: each cause alone, by hand, and just not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine

from hall.model import Setup, Stage, Ticket
from records import tables
from records.engine import connect_readonly
from records.journal import Journal
from records.turns import Row, turn_rows
from tests.records.reports.asking import ask, rows
from tests.records.reports.monday import DAY, span, ticket, turn

BOTH_OPEN = (span("1", 1, "07:30", "11:30"), span("2", 2, "07:30", "11:30"))
LONG = turn(Stage.DONE, "08:00", "08:40", "08:40", "08:45")  # waited 40 minutes


class Monday:
    """Writes days, and says why the long waits of the last one were long."""

    def __init__(self, journal: Journal, setup: Setup, reader: Engine) -> None:
        self._journal, self._setup, self._reader = journal, setup, reader

    def write(self, day: date, tickets: Sequence[Ticket], spans: Sequence[Row] = ()) -> None:
        found = [row for one in tickets for row in turn_rows(self._setup, day, one)]
        of_day = [{**row, "day": day} for row in spans]
        self._journal.replace(day, {tables.turns: found, tables.counter_spans: of_day})

    def causes(self) -> list[str]:
        answer = ask(self._reader, self._setup, "long_waits", DAY)
        return [str(row["causes"]) for row in rows(answer, "long_waits_list")]


@pytest.fixture
def monday(journal: Journal, setup: Setup, url: str) -> Iterator[Monday]:
    reader = connect_readonly(url)
    yield Monday(journal, setup, reader)
    reader.dispose()


NONE = "Các quầy mở đủ nhưng phục vụ không kịp"


def test_with_everybody_at_work_and_no_surge_there_is_no_cause(monday: Monday) -> None:
    monday.write(DAY, [ticket("A001", LONG)], BOTH_OPEN)
    assert monday.causes() == [NONE]


def test_a_wait_of_half_an_hour_is_not_long(monday: Monday) -> None:
    monday.write(DAY, [ticket("A001", turn(Stage.DONE, "08:00", "08:30", "08:30", "08:35"))])
    assert monday.causes() == []


def test_few_counters_were_open(monday: Monday) -> None:
    # of two counters one for 38 of the 40 minutes: fewer than one on average
    monday.write(DAY, [ticket("A001", LONG)], [span("1", 1, "08:02", "11:30")])
    assert monday.causes() == ["Ít quầy mở"]


@pytest.mark.parametrize(("until", "cause"), [("08:24", NONE), ("08:23", "Ít quầy mở")])
def test_four_in_five_of_the_counters_are_not_few(monday: Monday, until: str, cause: str) -> None:
    # two counters, 80 minutes between them: 64 are four in five
    spans = [span("1", 1, "07:30", "11:30"), span("2", 2, "07:30", until)]
    monday.write(DAY, [ticket("A001", LONG)], spans)
    assert monday.causes() == [cause]


def test_a_counter_that_cannot_serve_it_does_not_help(monday: Monday) -> None:
    # HT01 is served by counter 2 alone, which was open for 10 of 40 minutes
    long = replace(LONG, service="HT01")
    spans = [span("1", 1, "07:30", "11:30"), span("2", 2, "08:30", "11:30")]
    monday.write(DAY, [ticket("C001", long)], spans)
    assert monday.causes() == ["Ít quầy mở"]


@pytest.mark.parametrize(("until", "cause"), [("08:20", "Quầy tạm dừng nhiều"), ("08:19", NONE)])
def test_counters_paused_a_quarter_of_their_time(monday: Monday, until: str, cause: str) -> None:
    # two counters, 80 minutes between them: 20 of pause are a quarter
    spans = [
        span("1", 1, "08:00", until, paused=True),
        span("1", 2, until, "11:30"),
        span("2", 3, "07:30", "11:30"),
    ]
    monday.write(DAY, [ticket("A001", LONG)], spans)
    assert monday.causes() == [cause]


def came(count: int) -> list[Ticket]:
    """So many for the same field within half an hour."""
    short = turn(Stage.DONE, "08:10", "08:11", "08:11", "08:15")
    return [ticket(f"A{place:03d}", short) for place in range(2, count + 2)]


@pytest.mark.parametrize(
    ("before", "today", "cause"),
    [
        ((2, 2), 5, "Khách đến dồn"),  # 5 are 2.5 times 2, and three more
        ((2, 2), 4, NONE),  # twice as many, but only two more
        ((6, 8), 10, NONE),  # three more than 7, but not 1.5 times
        ((6, 6), 9, "Khách đến dồn"),  # just 1.5 times 6
        ((2,), 9, NONE),  # one Monday is not enough to know what is usual
    ],
)
def test_a_surge_against_the_mondays_before(
    monday: Monday, before: tuple[int, ...], today: int, cause: str
) -> None:
    for weeks, count in enumerate(before, start=1):
        day = DAY - timedelta(weeks=weeks)
        monday.write(day, [shifted(one, -weeks) for one in came(count)])
    monday.write(DAY, [ticket("A001", LONG), *came(today - 1)], BOTH_OPEN)
    assert monday.causes() == [cause]


def shifted(one: Ticket, weeks: int) -> Ticket:
    """The same visit so many weeks later."""
    later = timedelta(weeks=weeks)
    turns = tuple(
        replace(
            each,
            **{
                name: getattr(each, name) + later
                for name in ("opened_at", "queued_at", "called_at", "started_at", "ended_at")
            },
        )
        for each in one.turns
    )
    return replace(one, issued_at=one.issued_at + later, turns=turns)


def test_after_a_transfer(monday: Monday) -> None:
    moved = turn(Stage.TRANSFERRED, "07:50", "07:55", "07:55", "08:00")
    monday.write(DAY, [ticket("A001", moved, LONG)], BOTH_OPEN)
    assert monday.causes() == ["Chuyển từ quầy hoặc thủ tục khác"]


def test_a_second_service_on_the_same_ticket_is_no_transfer(monday: Monday) -> None:
    done = turn(Stage.DONE, "07:50", "07:55", "07:55", "08:00")
    monday.write(DAY, [ticket("A001", done, LONG)], BOTH_OPEN)
    assert monday.causes() == [NONE]


def test_a_wait_may_have_several_causes(monday: Monday) -> None:
    moved = turn(Stage.TRANSFERRED, "07:50", "07:55", "07:55", "08:00")
    monday.write(DAY, [ticket("A001", moved, LONG)], [])
    assert monday.causes() == ["Ít quầy mở, Chuyển từ quầy hoặc thủ tục khác"]
    (few, _, _, transfer, unknown) = rows(
        ask(monday._reader, monday._setup, "long_waits", DAY), "causes"
    )
    assert (few["long_waits"], transfer["long_waits"], unknown["long_waits"]) == (1, 1, 0)
