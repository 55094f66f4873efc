"""Texts that could lead to a person go in time and on request, while the hall is open."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from config.values import Config, Privacy
from dispatch import keeping
from records.engine import connect
from records.erasable import Erasure, count, order, orders
from records.errors import RecordsError
from records.verify import Proof, verify
from server import OpenHall
from tests.dispatch.conftest import Enter, OpenFor, Staff, staffed
from tests.dispatch.halls import Clocks, config
from tests.dispatch.screens import Screen
from tests.waiting import until

HALL = config().setup.hall
CODE = "H99-261123-0042"


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "POLL_S", 0.05)


def keeping_for(days: int) -> Config:
    return replace(config(), privacy=Privacy(keep_texts_days=days))


async def with_a_dossier(hall: OpenHall, enter: Enter) -> Staff:
    """One visit whose dossier was noted."""
    staff = await staffed(hall, enter)
    await staff.kiosk.ok("take_ticket", services=["CT01"])
    await staff.counter.ok("call_next")
    await staff.counter.ok("start")
    await staff.counter.ok("finish", outcome="received", dossier=CODE)
    return staff


async def day_of(hall: OpenHall, day: date) -> None:
    await until(lambda: hall.dispatcher.hall.day == day)


def left(tmp_path: Path) -> list[str]:
    """The files of the records that have the code."""
    files = ("hall.db", "hall.db-wal")
    there = [tmp_path / name for name in files if (tmp_path / name).exists()]
    return [path.name for path in there if CODE.encode() in path.read_bytes()]


def troubles(manager: Screen) -> list[tuple[str, str]]:
    return [(one["device"], one["trouble"]) for one in manager.view["troubles"]]


def proven(database: str) -> Proof:
    proof = verify(connect(database), HALL)
    assert proof.faults == []
    return proof


async def test_an_order_is_carried_out_by_the_server_that_runs(
    hall: OpenHall, enter: Enter, database: str, tmp_path: Path, clocks: Clocks
) -> None:
    await with_a_dossier(hall, enter)
    assert left(tmp_path)
    engine, day = connect(database), clocks.wall.date()
    order(engine, HALL, Erasure("command:an", of=day, number="A001"), clocks.wall)
    await until(lambda: not orders(engine, HALL))
    assert left(tmp_path) == []
    ((_, event),) = proven(database).asked
    assert (event.by, event.number, dict(event.texts)) == ("command:an", "A001", {"dossier": 1})
    ticket = hall.dispatcher.hall.known("A001")
    assert ticket.turn.dossier == ""


async def test_texts_go_by_themselves_when_they_were_kept_long_enough(
    opened: OpenFor, enter: Enter, database: str, tmp_path: Path, clocks: Clocks
) -> None:
    engine, day = connect(database), clocks.wall.date()
    everything = Erasure("", before=day + timedelta(days=99))
    async with opened(keeping_for(2)) as hall:
        await with_a_dossier(hall, enter)
    for days, kept in ((1, 1), (1, 1), (1, 0)):
        clocks.pass_(days=days)
        async with opened(keeping_for(2)) as hall:
            await day_of(hall, clocks.wall.date())
            if not kept:
                await until(lambda: not count(engine, HALL, everything))
                await until(lambda: not left(tmp_path))
            assert sum(count(engine, HALL, everything).values()) == kept
    proof = proven(database)
    assert (proof.erased, dict(proof.retired), proof.asked) == (1, {"dossier": 1}, [])


async def test_nothing_is_kept_beyond_its_day_where_the_hall_wants_that(
    opened: OpenFor, enter: Enter, database: str, tmp_path: Path, clocks: Clocks
) -> None:
    async with opened(keeping_for(0)) as hall:
        staff = await with_a_dossier(hall, enter)
        assert left(tmp_path)
        clocks.pass_(days=1)
        await staff.manager.ok("notice", text="Chào buổi sáng")
        await until(lambda: not left(tmp_path))
    assert dict(proven(database).retired) == {"dossier": 1}


async def test_a_lost_key_is_told_and_days_are_signed_with_a_new_one(
    opened: OpenFor, enter: Enter, database: str, tmp_path: Path, clocks: Clocks
) -> None:
    async with opened() as hall:
        await with_a_dossier(hall, enter)
        clocks.pass_(hours=14)
        hall.dispatcher.wake()
        await until(lambda: hall.dispatcher.hall.closed)
    (tmp_path / "hall.key").unlink()
    clocks.pass_(hours=10)
    async with opened() as hall:
        staff = await staffed(hall, enter)
        await until(lambda: "records" in hall.dispatcher.hall.devices)
        await staff.manager.until(lambda: ("records", "new_key") in troubles(staff.manager))
        clocks.pass_(hours=14)
        hall.dispatcher.wake()
        await until(lambda: hall.dispatcher.hall.closed)
    proof = proven(database)
    assert len(proof.keys) == 2
    assert proof.keys[0][0] != proof.keys[1][0]
    clocks.pass_(hours=10)
    async with opened() as hall:
        await until(lambda: hall.dispatcher.hall.devices["records"].trouble is None)


async def test_no_server_runs_with_a_key_that_others_can_read(
    opened: OpenFor, tmp_path: Path
) -> None:
    async with opened():
        pass
    (tmp_path / "hall.key").chmod(0o644)
    with pytest.raises(RecordsError, match="others can read the signing key"):
        async with opened():
            pass
