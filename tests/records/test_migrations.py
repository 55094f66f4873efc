"""The steps of the migrations add up to the tables of the program."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, MetaData, inspect, select, text

from hall.model import Setup
from records import codec, rollup, tables
from records.engine import connect
from records.errors import RecordsError
from records.journal import Journal
from records.migrate import _config, is_current, upgrade
from records.rebuild import WORKED_OUT, compare, freshen
from records.tables import metadata
from tests.records.busy import BusyDays


def differences(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        found: list[Any] = compare_metadata(context, metadata)
        return found


def test_the_migrated_tables_are_those_of_the_program(engine: Engine) -> None:
    assert differences(engine) == []


def test_the_comparison_would_notice_a_forgotten_step(url: str) -> None:
    engine = connect(url)
    assert len(differences(engine)) >= len(metadata.tables)
    engine.dispose()


@pytest.mark.parametrize("table", metadata.tables)
def test_primary_keys_are_those_of_the_program(engine: Engine, table: str) -> None:
    found = inspect(engine).get_pk_constraint(table)
    assert found["constrained_columns"] == [c.name for c in metadata.tables[table].primary_key]


def test_every_table_carries_the_hall_first_in_its_key() -> None:
    for table in metadata.tables.values():
        assert next(iter(table.primary_key)).name == "hall", table.name


def test_tables_created_at_once_and_step_by_step_are_the_same(engine: Engine, url: str) -> None:
    by_steps = MetaData()
    by_steps.reflect(engine, only=list(metadata.tables))
    with engine.begin() as connection:
        by_steps.drop_all(connection)
        metadata.create_all(connection)
    at_once = MetaData()
    at_once.reflect(engine, only=list(metadata.tables))
    assert described(at_once) == described(by_steps)


def described(tables: MetaData) -> dict[str, list[str]]:
    return {
        name: [f"{c.name} {c.type!r} {c.nullable} {c.primary_key}" for c in table.columns]
        + sorted(str(index.name) for index in table.indexes)
        for name, table in tables.tables.items()
    }


def test_a_second_start_finds_nothing_to_do(engine: Engine) -> None:
    upgrade(engine)
    assert differences(engine) == []


def test_a_database_of_a_newer_program_is_refused_in_words(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(RecordsError, match=r"newer version of this program \(step 9999\)"):
        upgrade(engine)


def test_a_step_that_fails_leaves_nothing_behind(url: str) -> None:
    engine = connect(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE turns (hall INTEGER)")
    with pytest.raises(Exception, match="already exists"):
        upgrade(engine)
    assert inspect(engine).get_table_names() == ["turns"]
    engine.dispose()


# --- A database of the version before ------------------------------------------------------------

FIRST = date(2026, 11, 23)
OLD_TABLES = ("events", "requests", "turns", "ratings")


@pytest.fixture
def lived(journal: Journal, setup: Setup) -> list[date]:
    """Two days written by this program; the second goes on."""
    days = [FIRST, FIRST + timedelta(days=1)]
    played = BusyDays(journal, setup)
    for day in days:
        played.play(day)
    return days


def as_before(engine: Engine, url: str) -> Engine:
    """The same records in a database of the step before this program's last one."""
    with engine.connect() as connection:
        written = {
            name: connection.exec_driver_sql(f"SELECT * FROM {name}").mappings().all()
            for name in OLD_TABLES
        }
        texts: dict[int, dict[str, str]] = {}
        for row in connection.execute(select(tables.erasable)):
            texts.setdefault(row.seq, {})[row.field] = row.value
        connection.rollback()
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE alembic_version")
        metadata.drop_all(connection)
    to_step(engine, "0003")
    with engine.begin() as connection:
        for name, rows in written.items():
            columns = [c for c in rows[0] if c not in ("longest", "hash")]
            values = ", ".join(f":{column}" for column in columns)
            insert = text(f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({values})")
            connection.execute(insert, [plain(dict(row), texts) for row in rows])
    return engine


def plain(row: dict[str, Any], texts: dict[int, dict[str, str]]) -> dict[str, Any]:
    """An event's row as it was written when the texts stood in it."""
    if "data" in row:
        event = codec.decode(row["kind"], row["data"], texts.get(row["seq"], {}))
        row["data"] = codec.encode(event)
    return row


def to_step(engine: Engine, step: str) -> None:
    config = _config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, step)


def everything(journal: Journal, days: list[date]) -> list[Any]:
    return [journal.rows(table, day) for table in WORKED_OUT for day in days]


def test_what_an_older_version_wrote_is_worked_out_anew_by_the_next_start(
    lived: list[date], journal: Journal, engine: Engine, url: str, setup: Setup
) -> None:
    before = everything(journal, lived)
    assert all(rows for rows in before[:4])
    assert any(row["longest"] for rows in before[:2] for row in rows)
    with engine.connect() as connection:
        rolled = sorted(map(tuple, connection.execute(select(tables.rollup)).all()))
    journal.close()
    as_before(engine, url)
    assert not is_current(engine)
    upgrade(engine)
    assert is_current(engine)
    again = Journal(engine, setup)
    assert again.stale_days() == lived
    assert freshen(again, setup) == 2
    assert everything(again, lived) == before
    with engine.connect() as connection:
        assert sorted(map(tuple, connection.execute(select(tables.rollup)).all())) == rolled
        assert list(rollup.differences(connection, setup)) == []
    assert freshen(again, setup) == 0
    again.close()


def test_a_start_that_is_cut_short_goes_on_with_the_days_that_are_left(
    lived: list[date], journal: Journal, engine: Engine, url: str, setup: Setup
) -> None:
    journal.close()
    upgrade(as_before(engine, url))
    stopping = StoppedAfterOneDay(engine, setup)
    with pytest.raises(KeyboardInterrupt):
        freshen(stopping, setup)
    stopping.close()
    again = Journal(engine, setup)
    assert freshen(again, setup) == 1
    assert [compare(again, setup, day) for day in lived] == [[], []]
    again.close()


class StoppedAfterOneDay(Journal):
    """As if somebody lost patience."""

    def roll_up(self, before: date) -> None:
        raise KeyboardInterrupt


def test_days_of_counters_that_are_no_more_keep_what_they_had(
    lived: list[date], journal: Journal, engine: Engine, url: str, setup: Setup
) -> None:
    before = journal.turns(FIRST)
    journal.close()
    upgrade(as_before(engine, url))
    smaller = replace(setup, counters={"1": setup.counters["1"]})
    again = Journal(engine, smaller)
    assert freshen(again, smaller) == 2
    assert again.turns(FIRST) == [{**row, "longest": None} for row in before]
    spans = again.rows(tables.counter_spans, FIRST)
    assert {row["counter"]: row["agency"] for row in spans} == {"1": "UBND", "2": "Công an"}
    again.close()
