"""The years that reports are measured on are such as a hall would have left them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from benchmarks import big_hall
from benchmarks.years import write_days
from hall.hours import open_wait_s
from records import rollup, tables
from records.engine import connect
from records.periods import DAY
from tests.faults.ground import empty_records

SETUP = big_hall.setup()
FIRST, LAST = date(2026, 1, 30), date(2026, 2, 11)  # with the days off


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    file = Path(tmp_path_factory.mktemp("years"), "hall.db")
    file.write_bytes(empty_records())
    engine = connect(str(file))
    with engine.connect() as connection:
        days = list(big_hall.working_days(FIRST, LAST))
        assert write_days(connection, days, visits=900, seed=1) > 700
        connection.commit()
    yield engine
    engine.dispose()


def test_the_days_off_are_off(years: Engine) -> None:
    with years.connect() as connection:
        days = connection.execute(select(tables.turns.c.day).distinct()).scalars().all()
    assert sorted(days) == [FIRST, FIRST + DAY, LAST - DAY, LAST]


def test_every_day_but_the_last_is_rolled_up_as_its_turns_say(years: Engine) -> None:
    with years.connect() as connection:
        assert rollup.last_rolled(connection, SETUP.hall) == LAST - DAY
        assert list(rollup.differences(connection, SETUP)) == []
        of_days = rollup.tallies(connection, SETUP, FIRST, LAST, "all")[""]
    assert of_days.visits > of_days.visits_served > of_days.priority > 0
    assert min(of_days.no_shows, of_days.transferred, of_days.overtaking, of_days.due) > 0


def test_waits_are_counted_as_the_hall_counts_them(years: Engine) -> None:
    columns = tables.turns.c
    with years.connect() as connection:
        called = connection.execute(select(tables.turns).where(columns.called_at.is_not(None)))
        for row in called.all():
            since = max(row.opened_at, row.slot_at or row.opened_at)
            counted = open_wait_s(SETUP.hours, since, row.called_at)
            assert row.wait_target_s == pytest.approx(counted, abs=1e-5), row
            assert row.wait_s >= row.wait_target_s
