"""Rows go to the driver as SQLAlchemy itself would hand them over."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import BigInteger, Boolean, Date, Float, Integer, LargeBinary, Text
from sqlalchemy.dialects import sqlite

from records import tables
from records.prepared import bind_of
from records.tables import Utc, utc_text

HANOI = timezone(timedelta(hours=7))
MOMENT = datetime(2026, 11, 23, 8, 0, 0, 250_001, tzinfo=HANOI)
VALUES: dict[type, list[Any]] = {
    Utc: [MOMENT, MOMENT.astimezone(UTC), datetime(2026, 11, 23, tzinfo=UTC)],
    Date: [date(2026, 11, 23), date(987, 1, 2)],
    Boolean: [True, False],
    LargeBinary: [b"", bytes(range(256))],
    Text: ["", "Nguyễn"],
    Integer: [0, -1],
    BigInteger: [1 << 40],
    Float: [0.5, 2.0],
}


def test_every_column_is_written_as_by_way_of_its_type() -> None:
    dialect = sqlite.dialect()
    for table in tables.metadata.tables.values():
        for column in table.columns:
            usual = column.type.dialect_impl(dialect).bind_processor(dialect)
            ours = bind_of(column, dialect)
            for value in VALUES[type(column.type)]:
                written = ours(value) if ours else value
                assert written == (usual(value) if usual else value), (table.name, column.name)
                assert type(written) is not bool


def test_a_moment_is_written_in_utc_wherever_it_was_and_never_without_a_zone() -> None:
    assert (
        utc_text(MOMENT) == utc_text(MOMENT.astimezone(UTC)) == "2026-11-23T01:00:00.250001+00:00"
    )
    with pytest.raises(ValueError, match="without time zone"):
        utc_text(MOMENT.replace(tzinfo=None))
