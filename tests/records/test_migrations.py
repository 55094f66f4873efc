"""The steps of the migrations add up to the tables of the program."""

from __future__ import annotations

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, MetaData, inspect

from records.engine import connect
from records.errors import RecordsError
from records.migrate import upgrade
from records.tables import metadata


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
