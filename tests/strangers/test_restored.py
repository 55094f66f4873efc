"""Older records in the place of newer ones give nobody back what was taken from them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from config.pins import hash_pin, pin_is_right
from dispatch.registry import Hashing, Officer, Registry
from records.backup import backup
from records.engine import connect
from records.migrate import upgrade
from records.pairing import pair
from records.restore import Restored, restore
from tests.dispatch.halls import EIGHT, SETUP

LAN = Officer("lan", "", "officer")
HALL = SETUP.hall


@contextmanager
def registry(database: Path) -> Iterator[Registry]:
    engine = connect(str(database))
    upgrade(engine)
    yield Registry(engine, engine, HALL, Hashing(hash_pin, pin_is_right))
    engine.dispose()


def paired(database: Path, *devices: str) -> list[str]:
    """Their tokens."""
    engine = connect(str(database))
    tokens = [pair(engine, HALL, device, EIGHT, "kiosk") for device in devices]
    engine.dispose()
    return tokens


def backed_up(folder: Path) -> tuple[Path, Path, str]:
    """A hall with a device and an officer's PIN, its backup, and the device's token."""
    database, copy = folder / "hall.db", folder / "copy.db"
    with registry(database) as kept:
        (token,) = paired(database, "kiosk-1")
        kept.keep_pin(LAN, "528190", EIGHT)
    backup(database, copy, HALL)
    return database, copy, token


def put_back(copy: Path, database: Path) -> Restored:
    return restore(copy, database, HALL, datetime.now(UTC), replacing=True)


def test_who_was_turned_away_since_the_backup_does_not_come_back_with_it(tmp_path: Path) -> None:
    database, copy, token = backed_up(tmp_path)
    with registry(database) as kept:
        kept.unpair("kiosk-1", "command:root", EIGHT)
        kept.suspend("minh", "command:root", EIGHT)
        kept.keep_pin(LAN, "640275", EIGHT)
        (newer,) = paired(database, "kiosk-2")
    assert put_back(copy, database).access_carried
    assert not list(tmp_path.glob("*.part*"))
    with registry(database) as kept:
        assert kept.standing("kiosk-1", "kiosk", token) == "unpaired"
        assert kept.standing("kiosk-2", "kiosk", newer) == "right"
        assert kept.is_suspended("minh")
        assert kept.pin_is_right(LAN, "640275")
        assert not kept.pin_is_right(LAN, "528190")


def test_where_the_newer_records_are_lost_it_is_said_that_access_is_as_it_was_then(
    tmp_path: Path,
) -> None:
    database, copy, token = backed_up(tmp_path)
    with registry(database) as kept:
        kept.unpair("kiosk-1", "command:root", EIGHT)
    for left in tmp_path.glob("hall.db-*"):
        left.unlink()
    database.write_bytes(b"\0" * 8192)
    assert not put_back(copy, database).access_carried
    with registry(database) as kept:
        assert kept.standing("kiosk-1", "kiosk", token) == "right"


def test_another_halls_devices_in_the_same_file_stay_as_they_are(tmp_path: Path) -> None:
    database, copy, _ = backed_up(tmp_path)
    engine = connect(str(copy))
    token = pair(engine, "another", "kiosk-9", EIGHT, "kiosk")
    engine.dispose()
    put_back(copy, database)
    engine = connect(str(database))
    other = Registry(engine, engine, "another", Hashing(hash_pin, pin_is_right))
    assert other.standing("kiosk-9", "kiosk", token) == "right"
    engine.dispose()
