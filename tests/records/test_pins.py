"""PINs that officers have chosen: one each, kept until it is replaced or forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from records.engine import connect_readonly
from records.errors import NotRecorded
from records.pins import forget_pin, keep_pin, pin_hash_of
from records.tables import pins
from tests.records.conftest import HALL


def test_nobody_has_chosen_a_pin_at_first(engine: Engine) -> None:
    assert pin_hash_of(engine, HALL, "lan") is None


def test_the_last_pin_chosen_is_the_one_kept(engine: Engine, eight: datetime) -> None:
    keep_pin(engine, HALL, "lan", "$first", eight)
    keep_pin(engine, HALL, "minh", "$other", eight)
    nine = eight + timedelta(hours=1)
    keep_pin(engine, HALL, "lan", "$second", nine)
    with engine.connect() as connection:
        kept = connection.execute(select(pins).order_by(pins.c.officer)).all()
    assert [tuple(row) for row in kept] == [
        (HALL, "lan", "$second", nine),
        (HALL, "minh", "$other", eight),
    ]


def test_halls_that_share_a_database_share_no_pins(engine: Engine, eight: datetime) -> None:
    keep_pin(engine, HALL, "lan", "$here", eight)
    assert pin_hash_of(engine, "elsewhere", "lan") is None
    assert not forget_pin(engine, "elsewhere", "lan", "hoa", eight)
    assert pin_hash_of(engine, HALL, "lan") == "$here"


def test_a_forgotten_pin_is_gone_and_forgetting_says_whether_there_was_one(
    engine: Engine, eight: datetime
) -> None:
    keep_pin(engine, HALL, "lan", "$chosen", eight)
    keep_pin(engine, HALL, "minh", "$other", eight)
    assert forget_pin(engine, HALL, "lan", "hoa", eight)
    assert not forget_pin(engine, HALL, "lan", "hoa", eight)
    assert pin_hash_of(engine, HALL, "lan") is None
    assert pin_hash_of(engine, HALL, "minh") == "$other"


def test_records_that_take_nothing_say_so_in_one_word_and_stay_as_they_were(
    engine: Engine, url: str, eight: datetime
) -> None:
    keep_pin(engine, HALL, "lan", "$first", eight)
    readers = connect_readonly(url)
    for change in (
        lambda: keep_pin(readers, HALL, "lan", "$second", eight),
        lambda: forget_pin(readers, HALL, "lan", "hoa", eight),
    ):
        with pytest.raises(NotRecorded) as caught:
            change()
        assert caught.value.reason == "read_only"
    assert pin_hash_of(readers, HALL, "lan") == "$first"
    readers.dispose()
