"""A reader that leaves a file as it lies: not a byte of it changes, nor of its log."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from records.engine import connect, connect_readonly
from records.migrate import upgrade
from tests.records.untouched import killed, prints


def test_what_a_killed_server_left_is_read_and_stays_where_it_is(tmp_path: Path) -> None:
    file = tmp_path / "hall.db"
    upgrade(connect(str(file)))
    killed(file, "INSERT INTO probes (hall, at) VALUES ('an-binh', '2026-11-16 00:00:00')")
    before = prints(file)
    assert before["hall.db-wal"] is not None
    reader = connect_readonly(str(file), as_it_lies=True)
    with reader.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM probes")).scalar_one() == 1
        with pytest.raises(DBAPIError, match="readonly"):
            connection.execute(text("DELETE FROM probes"))
    reader.dispose()
    assert prints(file) == before


def test_a_file_that_was_put_away_in_order_gets_no_company(tmp_path: Path) -> None:
    file = tmp_path / "hall.db"
    engine = connect(str(file))
    upgrade(engine)
    engine.dispose()
    before = prints(file)
    assert list(before) == ["hall.db"]
    reader = connect_readonly(str(file), as_it_lies=True)
    with reader.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM probes")).scalar_one() == 0
    reader.dispose()
    assert prints(file) == before
