"""Accounts: suspended and restored, first PINs by one-time codes, how long a sign-in lasts."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from config.pins import hash_pin, pin_is_right
from config.values import Config, Officer, SignIn
from dispatch.admission import Admission, Porter
from dispatch.registry import Hashing, Registry
from dispatch.registry import Officer as Account
from hall.commands import Refused
from link import messages as m
from link.messages import DeviceInfo
from records.engine import connect
from records.migrate import upgrade
from records.pairing import pair
from server import OpenHall
from tests.dispatch.conftest import Enter, OpenFor, Staff, staffed
from tests.dispatch.halls import EIGHT, PIN, SETUP, Clocks, config, open_to_the_lan
from tests.dispatch.screens import Screen, new_id
from tests.waiting import until

BAD_PIN = {"reason": "bad_pin"}
NOT_SIGNED_IN = {"reason": "not_signed_in"}
NEW_PIN, PASSWORD = "528190", "trời xanh mây trắng"


@pytest.fixture
def registry(database: str, hall: OpenHall) -> Iterator[Registry]:
    """What a command beside the running server does its work with."""
    engine = connect(database)
    yield Registry(engine, engine, SETUP.hall, Hashing(hash_pin, pin_is_right))
    engine.dispose()


def sitting(hall: OpenHall, counter: str = "Q1") -> str | None:
    return hall.dispatcher.hall.staffing[counter].officer


# --- Suspended -----------------------------------------------------------------------------------


async def test_a_suspended_officer_is_signed_out_within_a_second_and_told_why(
    hall: OpenHall, staff: Staff, registry: Registry
) -> None:
    registry.suspend("lan", "command:root", EIGHT)
    await staff.counter.until(lambda: staff.counter.view.get("officer") is None)
    assert staff.counter.view["sent_away"] == "suspended"
    refused = await staff.counter.refused("call_next")
    assert refused == {"reason": "counter_has_no_officer", "counter": "Q1"}
    assert await sign_in(staff.counter, "lan") == {"reason": "suspended"}
    await staff.counter.ok("sign_in", officer="minh", pin=PIN)
    assert "sent_away" not in staff.counter.view or not staff.counter.view["sent_away"]
    registry.restore("lan", "command:root", EIGHT)
    await staff.counter.ok("sign_in", officer="lan", pin=PIN, take_over=True)


async def sign_in(screen: Screen, officer: str, pin: str = PIN, **more: object) -> dict[str, Any]:
    return await screen.refused("sign_in", officer=officer, pin=pin, **more)


async def test_who_does_not_know_the_pin_does_not_learn_that_an_account_is_suspended(
    hall: OpenHall, enter: Enter, registry: Registry
) -> None:
    registry.suspend("lan", "command:root", EIGHT)
    counter = await enter(hall, "counter", "counter-1")
    assert await sign_in(counter, "lan", "836514") == BAD_PIN


async def test_a_citizen_called_by_who_is_suspended_keeps_the_place_in_line(
    hall: OpenHall, staff: Staff, registry: Registry
) -> None:
    for _ in range(2):
        await staff.kiosk.ok("take_ticket", services=["CT01"])
    await staff.counter.ok("call_next")
    registry.suspend("lan", "command:root", EIGHT)
    await until(lambda: sitting(hall) is None)
    await staff.counter.ok("sign_in", officer="minh", pin=PIN)
    await staff.counter.ok("open")
    assert (await staff.counter.ok("call_next"))["ticket"] == "A001"


async def test_a_citizen_served_by_who_is_suspended_stays_for_a_colleague_to_go_on(
    hall: OpenHall, staff: Staff, registry: Registry
) -> None:
    await staff.kiosk.ok("take_ticket", services=["CT01"])
    await staff.counter.ok("call_next")
    await staff.counter.ok("start")
    registry.suspend("lan", "command:root", EIGHT)
    await until(lambda: sitting(hall) is None)
    assert staff.counter.view["ticket"]["number"] == "A001"
    await staff.counter.ok("sign_in", officer="minh", pin=PIN)
    assert await staff.counter.ok("finish", outcome="received") == {"ticket": "A001"}


async def test_a_suspended_manager_may_ask_nothing_more(
    hall: OpenHall, staff: Staff, registry: Registry
) -> None:
    registry.suspend("hoa", "command:root", EIGHT)
    answers: list[dict[str, Any] | None] = []
    while answers[-1:] != [NOT_SIGNED_IN]:  # a second, on a machine at rest
        answer = await staff.manager.ask("notice", text="Xin chào")
        answers.append(answer.get("refused"))
    assert await sign_in(staff.manager, "hoa") == {"reason": "suspended"}


async def test_an_administrator_suspends_restores_and_resets_but_not_the_own_account(
    hall: OpenHall, staff: Staff, enter: Enter
) -> None:
    await staff.manager.ok("sign_in", officer="quang", pin=PIN)
    own = await staff.manager.refused("suspend_officer", officer="quang")
    assert own == {"reason": "own_account", "officer": "quang"}
    unknown = await staff.manager.refused("suspend_officer", officer="nobody")
    assert unknown == {"reason": "unknown_officer", "officer": "nobody"}
    asked = new_id()
    for _ in range(2):
        told = await staff.manager.ok("suspend_officer", asked, officer="lan")
        assert told == {"changed": True}
    await until(lambda: sitting(hall) is None)
    accounts = (await staff.manager.ok("access"))["accounts"]
    assert [one["officer"] for one in accounts if one["suspended"]] == ["lan"]
    await staff.manager.ok("restore_officer", officer="lan")
    await staff.counter.ok("sign_in", officer="lan", pin=PIN)
    await staff.counter.ok("change_pin", pin=PIN, new_pin=NEW_PIN)
    assert await staff.manager.ok("reset_pin", officer="lan") == {"officer": "lan"}
    assert await sign_in(staff.counter, "lan", NEW_PIN) == BAD_PIN
    await staff.counter.ok("sign_in", officer="lan", pin=PIN)


async def test_who_signs_in_at_a_managers_screen_is_told_what_the_account_may_ask(
    hall: OpenHall, enter: Enter
) -> None:
    manager = await enter(hall, "manager", "manager-1")
    told = await manager.ok("sign_in", officer="binh", pin=PIN)
    assert told["role"] == "auditor"
    beside = {"sign_in", "sign_out", "change_pin", "here", "device_state"}
    assert set(told["may"]) == beside | {"report"}


async def test_an_administrator_sees_who_is_where(
    hall: OpenHall, staff: Staff, enter: Enter
) -> None:
    await staff.manager.ok("sign_in", officer="quang", pin=PIN)
    told = await staff.manager.ok("access")
    places = {one["officer"]: one["at"] for one in told["accounts"] if one["at"]}
    assert places == {"lan": ["Q1"], "quang": ["manager-1"]}
    there = {one["device"] for one in told["devices"] if one["online"]}
    assert there >= {"counter-1", "manager-1"}
    assert all(one["seen_at"] for one in told["devices"] if one["online"])


async def test_a_sign_out_whose_answer_was_lost_is_answered_again(
    hall: OpenHall, staff: Staff, enter: Enter
) -> None:
    asked = new_id()
    await staff.counter.ok("sign_out", asked)
    again = await enter(hall, "counter", "counter-1")
    await again.ok("sign_out", asked)
    assert again.answers(asked) == staff.counter.answers(asked)


# --- One-time codes ------------------------------------------------------------------------------


def without_pins(described: Config | None = None) -> Config:
    """The same hall, whose configuration has no PINs and no administrator."""
    described = described or config()
    officers = {
        code: replace(one, pin_hash="")
        for code, one in described.officers.items()
        if one.role != "administrator"
    }
    return replace(described, officers=officers)


async def test_the_first_administrator_signs_in_with_a_code_and_chooses_a_password(
    opened: OpenFor, enter: Enter
) -> None:
    async with opened(without_pins()) as hall:
        code = await hall.access.first_code("admin")
        assert code is not None
        assert await hall.access.first_code("admin") is None
        screen = await enter(hall, "manager", "manager-1")
        assert await sign_in(screen, "admin") == BAD_PIN
        assert await sign_in(screen, "hoa", code) == BAD_PIN
        assert await sign_in(screen, "admin", code) == {"reason": "new_pin_needed"}
        weak = await sign_in(screen, "admin", code, new_pin="admin2026")
        assert weak == {"reason": "weak_pin", "shortest": 8}
        asked = new_id()
        for _ in range(2):
            await screen.ok("sign_in", asked, officer="admin", pin=code, new_pin=PASSWORD)
        officer = await screen.ok("reset_pin", officer="lan")
        assert set(officer) == {"officer", "code", "until"}
        await screen.ok("sign_out")
        assert await sign_in(screen, "admin", code, new_pin=PASSWORD) == BAD_PIN
        await screen.ok("sign_in", officer="admin", pin=PASSWORD)
        counter = await enter(hall, "counter", "counter-1")
        lan = {"officer": "lan", "pin": officer["code"].lower(), "new_pin": NEW_PIN}
        await counter.ok("sign_in", **lan)
        assert await hall.access.first_code("admin") is None
    async with opened(without_pins()) as hall:
        assert await hall.access.first_code("admin") is None


async def test_a_hall_with_an_administrator_needs_no_first_code(hall: OpenHall) -> None:
    assert await hall.access.first_code("admin") is None


async def test_a_code_to_sign_in_with_is_good_for_five_tries_and_seven_days(
    opened: OpenFor, enter: Enter, clocks: Clocks
) -> None:
    async with opened(without_pins()) as hall:
        code = await hall.access.first_code("admin")
        screen = await enter(hall, "manager", "manager-1")
        for _ in range(5):
            assert await sign_in(screen, "admin", "0000-0000") == BAD_PIN
            clocks.pass_(minutes=1)
        assert await sign_in(screen, "admin", code or "") == BAD_PIN
    async with opened(without_pins()) as hall:
        assert await hall.access.first_code("admin") is None


async def test_wrong_codes_at_one_screen_leave_the_code_good_at_another(
    opened: OpenFor, enter: Enter, clocks: Clocks
) -> None:
    async with opened(without_pins()) as hall:
        admin = await enter(hall, "manager", "manager-1")
        first = await hall.access.first_code("admin")
        await admin.ok("sign_in", officer="admin", pin=first, new_pin=PASSWORD)
        code = (await admin.ok("reset_pin", officer="lan"))["code"]
        one, other = [await enter(hall, "counter", f"counter-{n}") for n in (1, 2)]
        for _ in range(6):
            assert await sign_in(one, "lan", "0000-0000") == BAD_PIN
            clocks.pass_(minutes=1)
        assert await sign_in(one, "lan", code) == BAD_PIN
        await other.ok("sign_in", officer="lan", pin=code, new_pin=NEW_PIN)


async def test_beyond_this_machine_the_pin_that_everybody_knows_signs_in_nobody(
    opened: OpenFor, enter: Enter, database: str
) -> None:
    known = Officer("lan", {"vi": "Lan"}, hash_pin("1234"), "officer")
    described = replace(open_to_the_lan(), officers={**config().officers, "lan": known})
    for host, expected in (("127.0.0.1", {}), ("0.0.0.0", BAD_PIN)):
        async with opened(described, host=host) as hall:
            token = _paired(database, "counter-1")
            counter = await enter(hall, "counter", "counter-1", token)
            answer = await counter.ask("sign_in", officer="lan", pin="1234")
            assert answer.get("refused", {}) == expected
            if not expected:
                await counter.ok("sign_out")


def _paired(database: str, device: str) -> str:
    engine = connect(database)
    token = pair(engine, SETUP.hall, device, EIGHT)
    engine.dispose()
    return token


WHO = ("lan", "minh", "thu", "quang", "nobody")  # a PIN, none, a code, not at a counter, unknown


@pytest.mark.parametrize(("typed", "compared"), [("836514", 1), ("0000-0000", 2)])
async def test_no_account_is_refused_with_less_work_than_another(
    database: str, typed: str, compared: int
) -> None:
    """How long a refusal takes is the comparing of hashes, so that is counted, not the time."""
    tries: list[str] = []

    def matches(secret: str, secret_hash: str) -> bool:
        tries.append(secret_hash)
        return pin_is_right(secret, secret_hash)

    engine = connect(database)
    upgrade(engine)
    registry = Registry(engine, engine, SETUP.hall, Hashing(hash_pin, matches))
    officers = {
        code: Account(code, "" if code in ("minh", "thu") else one.pin_hash, one.role)
        for code, one in config().officers.items()
    }
    registry.reset_pin(officers["thu"], "command:root", EIGHT)
    registry.suspend("lan", "command:root", EIGHT)
    clock = itertools.count(step=1000)
    how = Admission(devices={}, officers=officers, kept=registry, tokens_always=False)
    porter = Porter(how, lambda: float(next(clock)))
    here = DeviceInfo("counter-1", "counter", "Q1")
    for who in WHO:
        tries.clear()
        refused = await porter.officer(m.SignIn(who, typed), new_id(), here, EIGHT)
        assert (who, refused, len(tries)) == (who, Refused("bad_pin"), compared)
    porter.close()
    engine.dispose()


async def test_a_code_of_one_who_does_not_sit_there_chooses_no_pin(
    hall: OpenHall, enter: Enter, opened: OpenFor, database: str
) -> None:
    engine = connect(database)
    registry = Registry(engine, engine, SETUP.hall, Hashing(hash_pin, pin_is_right))
    code = registry.reset_pin(Account("lan", "", "officer"), "command:root", EIGHT)
    engine.dispose()
    manager = await enter(hall, "manager", "manager-1")
    assert await sign_in(manager, "lan", code or "", new_pin=NEW_PIN) == BAD_PIN


# --- Guessed at ----------------------------------------------------------------------------------


async def test_the_manager_is_told_of_a_screen_where_pins_are_guessed_until_it_is_over(
    hall: OpenHall, staff: Staff, enter: Enter, clocks: Clocks
) -> None:
    other = await enter(hall, "counter", "counter-2")
    for _ in range(5):
        clocks.pass_(seconds=10)
        assert await sign_in(other, "minh", "836514") == BAD_PIN
    hall.dispatcher.wake()
    await staff.manager.until(lambda: "wrong_pins:counter-2" in alarms(staff.manager))
    clocks.pass_(minutes=10)
    hall.dispatcher.wake()
    await staff.manager.until(lambda: "wrong_pins:counter-2" not in alarms(staff.manager))


def alarms(manager: Screen) -> list[str]:
    return [one["alarm"] for one in manager.view["alarms"]]


# --- How long a sign-in lasts --------------------------------------------------------------------


def lasting(lock_after_min: int = 0, session_h: float = 0) -> Config:
    """The same hall, where sign-ins do not last for ever."""
    devices = {code: _with_lock(one, lock_after_min) for code, one in config().devices.items()}
    return replace(config(), devices=devices, sign_in=SignIn(6, session_h))


def _with_lock(device: DeviceInfo, minutes: int) -> DeviceInfo:
    return msgspec.structs.replace(device, settings={"lock_after_min": minutes})


async def test_the_server_forgets_a_manager_who_presses_no_key(
    opened: OpenFor, enter: Enter, clocks: Clocks
) -> None:
    async with opened(lasting(lock_after_min=10)) as hall:
        manager = await enter(hall, "manager", "manager-1")
        await manager.ok("sign_in", officer="hoa", pin=PIN)
        for _ in range(4):
            clocks.pass_(minutes=9)
            await manager.ok("here")
        clocks.pass_(minutes=9)
        await manager.ok("device_state", device="printer")  # that is no key
        clocks.pass_(minutes=1)
        assert await manager.refused("notice", text="?") == NOT_SIGNED_IN
        assert await manager.refused("here") == NOT_SIGNED_IN
        await manager.ok("sign_in", officer="hoa", pin=PIN)


async def test_a_counter_left_alone_asks_for_the_pin_again_but_not_during_a_service(
    opened: OpenFor, enter: Enter, clocks: Clocks
) -> None:
    async with opened(lasting(lock_after_min=10)) as hall:
        staff = await staffed(hall, enter)
        clocks.pass_(minutes=10)
        assert await staff.counter.refused("call_next") == NOT_SIGNED_IN
        assert sitting(hall) == "lan"
        await staff.counter.ok("sign_in", officer="lan", pin=PIN)
        await staff.kiosk.ok("take_ticket", services=["CT01"])
        await staff.counter.ok("call_next")
        await staff.counter.ok("start")
        clocks.pass_(minutes=45)
        await staff.counter.ok("finish", outcome="received")
        clocks.pass_(minutes=9)
        assert (await staff.counter.refused("call_next"))["reason"] == "nobody_waiting"


async def test_a_session_ends_after_its_hours_at_a_counter_once_nobody_is_there(
    opened: OpenFor, enter: Enter, clocks: Clocks
) -> None:
    async with opened(lasting(session_h=2)) as hall:
        staff = await staffed(hall, enter)
        await staff.kiosk.ok("take_ticket", services=["CT01"])
        await staff.counter.ok("call_next")
        await staff.counter.ok("start")
        clocks.pass_(hours=2)
        assert await staff.manager.refused("notice", text="?") == NOT_SIGNED_IN
        hall.dispatcher.wake()
        await staff.counter.ok("finish", outcome="received")
        hall.dispatcher.wake()
        await staff.counter.until(lambda: staff.counter.view.get("sent_away") == "session_over")
        await staff.counter.ok("sign_in", officer="lan", pin=PIN)
        assert sitting(hall) == "lan"


async def test_typing_the_pin_again_does_not_make_a_session_longer(
    opened: OpenFor, enter: Enter, clocks: Clocks
) -> None:
    async with opened(lasting(session_h=2)) as hall:
        manager = await enter(hall, "manager", "manager-1")
        await manager.ok("sign_in", officer="hoa", pin=PIN)
        clocks.pass_(minutes=90)
        await manager.ok("sign_in", officer="hoa", pin=PIN)
        clocks.pass_(minutes=30)
        assert await manager.refused("here") == NOT_SIGNED_IN
