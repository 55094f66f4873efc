"""What a stranger tried who had the protocol's page in hand, where no other test holds it."""

from __future__ import annotations

import asyncio
import re
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from stat import S_IMODE

import pytest

from config.pins import is_hash
from config.values import Config
from link.requests import BookedSlot
from link.tokens import keep_paired, token_to_pair_with
from records.backup import backup
from records.engine import connect
from records.errors import RecordsError
from server import OpenHall
from tests.cli.commands import ROOT
from tests.dispatch.conftest import Enter, OpenFor, Staff
from tests.dispatch.halls import PIN, Clocks, config
from tests.dispatch.screens import Screen, new_id, stranger
from tests.records.attacker import without_guards

NEW, PASSWORD = "528190", "trời xanh mây trắng"
BAD_PIN = {"reason": "bad_pin"}


# --- An id is no PIN -----------------------------------------------------------------------------


async def test_the_id_of_a_changed_pin_signs_in_nobody_else(staff: Staff) -> None:
    own = new_id()
    await staff.counter.ok("change_pin", own, pin=PIN, new_pin=NEW)
    for wish in ({}, {"new_pin": NEW}, {"new_pin": PASSWORD}):
        answer = await staff.counter.ask("sign_in", own, officer="hoa", pin="0000", **wish)
        assert answer["refused"]["reason"] in {"bad_pin", "locked_out"}
    assert staff.counter.view["officer"] == "lan"


async def test_an_auditor_is_no_administrator_by_the_id_of_an_own_change(
    hall: OpenHall, enter: Enter
) -> None:
    manager, own = await enter(hall, "manager", "manager-1"), new_id()
    await manager.ok("sign_in", officer="binh", pin=PIN)
    await manager.ok("change_pin", own, pin=PIN, new_pin=PASSWORD)
    refused = await manager.ask("sign_in", own, officer="quang", pin="0000")
    assert refused["refused"] == BAD_PIN
    assert await manager.refused("access") == {"reason": "not_allowed"}


async def test_the_id_of_a_changed_pin_is_worth_nothing_at_another_device(
    hall: OpenHall, staff: Staff, enter: Enter
) -> None:
    own = new_id()
    await staff.counter.ok("change_pin", own, pin=PIN, new_pin=NEW)
    other = await enter(hall, "counter", "counter-2")
    answer = await other.ask("sign_in", own, officer="lan", pin="0000", new_pin="640275")
    assert answer["refused"] == BAD_PIN


async def test_guessing_the_new_pin_under_the_id_of_its_change_is_counted(staff: Staff) -> None:
    own = new_id()
    await staff.counter.ok("change_pin", own, pin=PIN, new_pin=NEW)
    assert await staff.counter.ok("change_pin", own, pin=PIN, new_pin=NEW) == {}
    reasons = [
        (await staff.counter.ask("change_pin", own, pin=PIN, new_pin=f"{guess}"))["refused"]
        for guess in (640275, 640276, 640277, 640278)
    ]
    assert [one["reason"] for one in reasons] == [*["bad_pin"] * 3, "locked_out"]


async def test_of_two_pins_chosen_at_once_at_two_screens_one_counts(staff: Staff) -> None:
    chosen = ("trời xanh mây trắng", "gió mát trăng thanh")
    await staff.counter.ok("sign_in", officer="hoa", pin=PIN, take_over=True)
    screens = (staff.counter, staff.manager)
    answers = await asyncio.gather(
        *(
            screen.ask("change_pin", pin=PIN, new_pin=new)
            for screen, new in zip(screens, chosen, strict=True)
        )
    )
    assert any("ok" in answer for answer in answers)
    good = [await staff.manager.ask("sign_in", officer="hoa", pin=pin) for pin in (PIN, *chosen)]
    assert ["ok" in answer for answer in good].count(True) == 1
    assert "ok" not in good[0]


@pytest.mark.parametrize("name", ["KIOSK-1", "kiosk-\uff11", "k\u0456osk-1", "kiosk-1\u200b"])
async def test_a_name_that_looks_like_a_devices_is_another(hall: OpenHall, name: str) -> None:
    async with stranger(hall.url) as guest:
        await guest.hello("kiosk", name)
        assert await guest.farewell() in {"unknown_device", "protocol"}


@pytest.mark.parametrize("name", ["LAN", "l\u0430n", "lan\u0301", "lan\u200b", "la\ufb01"])
async def test_a_name_that_looks_like_an_officers_is_another(staff: Staff, name: str) -> None:
    refused = await staff.counter.refused("sign_in", officer=name, pin=PIN)
    assert refused["reason"] in {"bad_pin", "bad_message"}


# --- A counter that was left alone ---------------------------------------------------------------


def locking() -> Config:
    """The small hall, whose first counter is locked after a minute."""
    described = config()
    first = described.devices["counter-1"]
    locked = type(first)(first.device, first.role, first.counter, {"lock_after_min": 1})
    return replace(described, devices={**described.devices, "counter-1": locked})


@pytest.mark.parametrize("officer", ["lan", "minh", "nobody"])
async def test_a_wrong_pin_does_not_unlock_a_counter_that_was_left_alone(
    opened: OpenFor, enter: Enter, clocks: Clocks, officer: str
) -> None:
    async with opened(locking()) as hall:
        counter = await enter(hall, "counter", "counter-1")
        await counter.ok("sign_in", officer="lan", pin=PIN)
        clocks.pass_(seconds=61)
        assert await counter.refused("open") == {"reason": "not_signed_in"}
        assert await counter.refused("sign_in", officer=officer, pin="000000") == BAD_PIN
        assert await counter.refused("open") == {"reason": "not_signed_in"}
        await counter.ok("sign_in", officer="lan", pin=PIN)
        await counter.ok("open")


# --- Other people's visits -----------------------------------------------------------------------


async def test_a_rating_pad_rates_by_number_only_what_was_served_at_its_own_counter(
    hall: OpenHall, staff: Staff, enter: Enter
) -> None:
    pad, other = await enter(hall, "rating", "rating-1"), await enter(hall, "counter", "counter-2")
    await other.ok("sign_in", officer="minh", pin=PIN)
    await other.ok("open")
    for counter in (other, staff.counter):
        await staff.kiosk.ok("take_ticket", services=["CT01"])
        await counter.ok("call_next")
        await counter.ok("finish", outcome="received")
    for turn in ({"turn": 1}, {}):
        refused = await pad.refused("rate", ticket="A001", level=1, **turn)
        assert refused == {"reason": "not_rateable", "ticket": "A001"}
    assert (await pad.refused("rate", ticket="A002", turn=9, level=1))["reason"] == "not_rateable"
    await pad.ok("rate", ticket="A002", turn=1, level=5)


# --- Times and numbers that no hall has ----------------------------------------------------------

FAR = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "3000-01-01T00:00:00Z"]


async def still_works(screen: Screen) -> None:
    await screen.ok("device_state", device="printer")


@pytest.mark.parametrize("far", FAR)
async def test_a_time_that_no_calendar_has_elsewhere_is_refused_at_the_door(
    staff: Staff, far: str
) -> None:
    near = "2026-11-23T02:00:00Z"
    for wish in ({"slot": far, "registered": near}, {"slot": near, "registered": far}):
        refused = await staff.kiosk.refused("take_ticket", services=["CT01"], booking=wish)
        assert refused["reason"] == "bad_message"
    assert (await staff.board.refused("spoken", call=1, at=far))["reason"] == "bad_message"
    await still_works(staff.kiosk)
    await still_works(staff.board)


async def test_a_number_of_thousands_of_digits_is_not_written_down(staff: Staff) -> None:
    for call in (10**12 + 1, 10**4000):
        assert (await staff.board.refused("announced", call=call))["reason"] == "bad_message"
    assert (await staff.board.refused("announced", call=10**12))["reason"] == "unknown_call"


async def test_a_ticket_has_each_service_once(staff: Staff) -> None:
    for services in (["CT01"] * 8, ["CT01", "HT01", "CT01"]):
        refused = await staff.kiosk.refused("take_ticket", services=services)
        assert refused == {"reason": "same_service", "service": "CT01"}
    await staff.kiosk.ok("take_ticket", services=["CT01", "HT01"])


def test_a_booking_made_by_the_program_itself_keeps_to_the_same_years() -> None:
    with pytest.raises(ValueError, match="years 1970 to 2999"):
        BookedSlot(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


# --- Files ---------------------------------------------------------------------------------------


async def test_nobody_but_the_owner_can_read_the_records_of_a_new_hall(
    hall: OpenHall, staff: Staff, database: str
) -> None:
    await staff.kiosk.ok("take_ticket", services=["CT01"])
    written = [Path(f"{database}{ending}") for ending in ("", "-wal", "-shm")]
    assert [S_IMODE(file.stat().st_mode) for file in written] == [0o600] * 3


@pytest.mark.parametrize("what", ["data = '[[['", "kind = 'nonsense'", "data = '{}'"])
async def test_a_row_that_is_no_event_any_more_is_named_and_the_hall_does_not_open(
    opened: OpenFor, enter: Enter, database: str, what: str
) -> None:
    async with opened() as hall:
        await (await enter(hall, "kiosk", "kiosk-1")).ok("take_ticket", services=["CT01"])
        last = hall.dispatcher.seq
    engine = connect(database)
    with engine.begin() as connection:
        without_guards(connection)
        connection.exec_driver_sql(f"UPDATE events SET {what} WHERE seq = {last}")
    engine.dispose()
    with pytest.raises(RecordsError, match=f"event {last} of the records cannot be read"):
        async with opened():
            pass


def test_a_hash_that_would_take_hours_to_compare_is_none() -> None:
    _, kind, version, _, salt, of = config().officers["lan"].pin_hash.split("$")
    for costs in ("m=4194304,t=2,p=1", "m=19456,t=1000,p=1"):
        assert not is_hash("$".join(["", kind, version, costs, salt, of]))
    assert is_hash(config().officers["lan"].pin_hash)


async def test_what_is_written_onto_a_link_does_not_reach_the_file_behind_it(
    hall: OpenHall, database: str, tmp_path: Path
) -> None:
    behind = tmp_path / "somebody's"
    links = [tmp_path / "hall.copy", tmp_path / "kiosk-1.token"]
    behind.write_text("theirs")
    for link in links:
        link.symlink_to(behind)
    backup(Path(database), links[0], config().setup.hall, replacing=True)
    token_to_pair_with(links[1])
    keep_paired(links[1])
    assert behind.read_text() == "theirs"
    assert not any(link.is_symlink() for link in links)
    assert [S_IMODE(link.stat().st_mode) for link in links] == [0o600] * 2


# --- The table of what was tried -----------------------------------------------------------------


def test_every_attack_in_the_table_has_a_verdict_and_a_test_that_exists() -> None:
    tried = tomllib.loads((ROOT / "docs" / "attacks.toml").read_text(encoding="utf-8"))["attacks"]
    for one in tried:
        assert set(one) == {"attack", "tried", "verdict", "outcome", "test"}, one
        assert one["verdict"] in {"held", "mended", "weak"}, one
        file, _, name = one["test"].partition("::")
        assert re.search(rf"def {name or 'test_'}", (ROOT / file).read_text(encoding="utf-8")), one


def test_every_test_that_the_page_on_security_names_is_there() -> None:
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(tests/[^`]+)`", page))
    assert len(named) > 20
    assert not [name for name in named if not (ROOT / name).is_file()]
