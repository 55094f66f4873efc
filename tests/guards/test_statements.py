"""How often the hall asks its database: for a request, for many at once, at a start, for a report.
None of it grows with how much has been written down.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Final
from uuid import uuid4

import pytest

from config.names import names_of
from dispatch.batch import Asked as Request
from hall.commands import TakeTicket
from records.engine import connect_readonly
from records.reports import NAMES, report
from tests.guards.counts import Bound, require
from tests.guards.shipped import (
    OUTCOME,
    RECORDS,
    SERVICE,
    Hall,
    config,
    counted,
    hall_at_work,
    opened,
)

DAY: Final = date(2026, 11, 23)
MANY: Final = 64
IDLE_S: Final = 2.0

# One INSERT into every table that a request touches. Each takes the one writer's time.
WRITER: Final = "everybody waits for the one writer"
STATEMENTS: Final = {
    "take_ticket": Bound(3, 5, WRITER),
    "call_next": Bound(3, 5, WRITER),
    "recall": Bound(3, 5, WRITER),
    "start": Bound(3, 5, WRITER),
    "finish": Bound(3, 5, WRITER),
    "refused": Bound(1, 3, WRITER),
}
BATCH: Final = "whoever asks together is written down together, table by table"
BATCHES: Final = {
    "one": Bound(3, 5, BATCH),
    "many": Bound(3, 5, BATCH),
    "commits of one": Bound(1, 1, BATCH),
    "commits of many": Bound(1, 2, BATCH),
}
GONE: Final = "until then the hall is gone; its day is read at once, not ticket by ticket"
STARTS: Final = {
    "the very first": Bound(110, 200, GONE),
    "after few tickets": Bound(33, 60, GONE),
    "after many more": Bound(33, 60, GONE),
}
IDLE: Final = {
    "in the records' thread": Bound(0, 0, "nothing has happened"),
    "elsewhere": Bound(8, 40, "who looks for orders need not look so often"),
}
PARTS: Final = "a part of a report is one question, however many visits it is about"
REPORTS: Final = {
    "day_sheet": Bound(34, 50, PARTS),
    "period": Bound(23, 35, PARTS),
    "counters": Bound(18, 30, PARTS),
    "officers": Bound(18, 30, PARTS),
    "heat": Bound(20, 30, PARTS),
    "waits": Bound(17, 30, PARTS),
    "long_waits": Bound(12, 20, PARTS),
    "accuracy": Bound(10, 20, PARTS),
    "satisfaction": Bound(25, 40, PARTS),
    "fairness": Bound(29, 45, PARTS),
    "results": Bound(21, 35, PARTS),
    "public_month": Bound(19, 30, PARTS),
    "outages": Bound(7, 15, PARTS),
    "r3": Bound(11, 20, PARTS),
    "nine_criteria": Bound(12, 20, PARTS),
    "data": Bound(11, 20, PARTS),
}


async def test_a_request_is_a_few_statements_and_one_commit(tmp_path: Path) -> None:
    async with hall_at_work(tmp_path) as hall:
        await hall.visit()
        found = {}
        for kind, facts in (
            ("take_ticket", {"services": [SERVICE]}),
            ("call_next", {}),
            ("recall", {}),
            ("start", {}),
            ("finish", {"outcome": OUTCOME}),
        ):
            who = hall.kiosk if kind == "take_ticket" else hall.counter
            with counted(RECORDS) as asked:
                await who.ok(kind, **facts)
            found[kind] = len(asked.statements)
            assert asked.commits == 1, kind
        with counted(RECORDS) as asked:
            await hall.counter.refused("finish", outcome=OUTCOME)
        found["refused"] = len(asked.statements)
    require(found, STATEMENTS)


async def test_many_requests_at_once_are_as_few_statements_as_one(tmp_path: Path) -> None:
    async with hall_at_work(tmp_path) as hall:
        await hall.visit()
        with counted(RECORDS) as one:
            await take_tickets(hall, 1)
        with counted(RECORDS) as many:
            await take_tickets(hall, MANY)
    found = {"one": len(one.statements), "many": len(many.statements)}
    require(found | {"commits of one": one.commits, "commits of many": many.commits}, BATCHES)


async def take_tickets(hall: Hall, many: int) -> None:
    """All at once."""
    taking = (TakeTicket((SERVICE,), token=uuid4().hex) for _ in range(many))
    asking = (Request(one, str(uuid4()), "kiosk-1") for one in taking)
    answers = await asyncio.gather(*map(hall.open.dispatcher.ask, asking))
    assert all(b'"ok"' in answer for answer in answers)


async def test_a_start_asks_no_more_for_many_tickets_than_for_few(tmp_path: Path) -> None:
    found = {}
    with counted() as asked:
        async with opened(tmp_path):
            found["the very first"] = len(asked.statements)
    async with hall_at_work(tmp_path) as hall:
        await hall.visit()
    found["after few tickets"] = await statements_of_a_start(tmp_path)
    async with hall_at_work(tmp_path) as hall:
        await take_tickets(hall, MANY)
    found["after many more"] = await statements_of_a_start(tmp_path)
    require(found, STARTS)


async def statements_of_a_start(folder: Path) -> int:
    with counted() as asked:
        async with opened(folder):
            return len(asked.statements)


async def test_nothing_is_written_while_nothing_happens(tmp_path: Path) -> None:
    async with hall_at_work(tmp_path) as hall:
        await hall.visit()
        await hall.settled()
        with counted(RECORDS) as written, counted() as asked:
            await asyncio.sleep(IDLE_S)  # what is counted is what nobody waits for
    of_records = len(written.statements)
    elsewhere = len(asked.statements) - of_records
    require({"in the records' thread": of_records, "elsewhere": elsewhere}, IDLE)


@pytest.mark.parametrize("visits", [1, 12])
async def test_a_report_is_as_few_questions_for_many_visits_as_for_one(
    visits: int, tmp_path: Path
) -> None:
    async with hall_at_work(tmp_path) as hall:
        for _ in range(visits):
            await hall.visit()
    found = {name: questions_of(name, tmp_path) for name in NAMES}
    require(found, REPORTS)


def questions_of(name: str, folder: Path) -> int:
    engine, hall = connect_readonly(str(folder / "hall.db")), config()
    names, tomorrow = names_of(hall)["vi"], datetime(2026, 11, 24, tzinfo=UTC)
    asking = partial(report, language="vi", now=tomorrow, officers_named=True)
    with counted() as asked:
        asking(engine, hall.setup, names, name, DAY, DAY)
    engine.dispose()
    return len(asked.statements)
