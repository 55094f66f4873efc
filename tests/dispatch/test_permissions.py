"""Every role of device and account and every kind against the one table; what nobody may know."""

from __future__ import annotations

import logging
from typing import Any, get_args

import pytest

from dispatch.limits import NO_HURRY
from dispatch.permissions import TABLE, AccountRole, may_sit, reach
from link import messages as m
from server import OpenHall
from tests.dispatch.conftest import Enter, OpenFor, Staff
from tests.dispatch.halls import PIN
from tests.dispatch.screens import Json, Screen

DEVICE_OF: dict[m.Role, str] = {
    "kiosk": "kiosk-1",
    "counter": "counter-1",
    "rating": "rating-1",
    "display": "board-1",
    "manager": "manager-1",
    "ticket": "phone",
}

FIELDS: dict[type[m.Do], dict[str, Any]] = {
    m.TakeTicket: {"services": ["CT01"]},
    m.Printed: {"ticket": "A001", "ok": True},
    m.DeviceState: {"device": "printer"},
    m.SignIn: {"officer": "hoa", "pin": PIN},
    m.ChangePin: {"pin": PIN, "new_pin": "528190"},
    m.Pause: {"reason": "lunch"},
    m.CallTicket: {"ticket": "A001", "reason": "urgent"},
    m.Finish: {"outcome": "received"},
    m.AddService: {"service": "HT01"},
    m.Hold: {"reason": "form"},
    m.Resume: {"ticket": "A001"},
    m.Cancel: {"ticket": "A001", "reason": "left"},
    m.Rate: {"token": "A001", "level": 5},
    m.Announced: {"call": 1},
    m.Spoken: {"call": 1, "at": "2026-11-23T08:00:00+07:00"},
    m.MoveTicket: {"ticket": "A001", "reason": "urgent", "service": "HT01"},
    m.SendWord: {"text": "Xin chào"},
    m.ReadWord: {"word": 1},
    m.Acknowledge: {"alarm": "wait_over_target:A"},
    m.SetService: {"service": "CT01", "open": True},
    m.Notice: {"text": "Xin chào"},
    m.WhatIf: {"day": "2026-11-23", "runs": 1},
    m.Staffing: {"weekday": 0, "runs": 20},
    m.Trial: {"trial": "0" * 16},
    m.PairDevice: {"device": "board-2"},
    m.UnpairDevice: {"device": "board-2"},
    m.SuspendOfficer: {"officer": "minh"},
    m.RestoreOfficer: {"officer": "minh"},
    m.ResetPin: {"officer": "minh"},
    m.Report: {"report": "figures", "from": "2026-11-23", "to": "2026-11-23"},
    m.WhatIf: {"day": "2026-11-16"},
    m.Staffing: {"weekday": 0},
    m.Trial: {"trial": "0123456789abcdef"},
}


ACCOUNTS: dict[AccountRole, str] = {
    "officer": "lan",
    "coordinator": "thu",
    "manager": "hoa",
    "auditor": "binh",
    "administrator": "quang",
}


def tag(kind: type[m.Do]) -> str:
    return str(kind.__struct_config__.tag)


async def of_role(
    hall: OpenHall, role: m.Role, account: AccountRole | None, enter: Enter
) -> Screen:
    """A screen of this role, where an account of that role has signed in, or nobody has."""
    if role == "ticket":
        kiosk = await enter(hall, "kiosk", "kiosk-2")
        taken = await kiosk.ok("take_ticket", services=["CT01"])
        return await enter(hall, role, DEVICE_OF[role], taken["token"])
    screen = await enter(hall, role, DEVICE_OF[role])
    if account is not None:
        await screen.ok("sign_in", officer=ACCOUNTS[account], pin=PIN)
    return screen


def denied(answer: Json, role: m.Role, account: AccountRole | None) -> bool:
    """Was it refused for who asked, and not for what was asked?"""
    reasons = {"not_allowed"}
    if account is None:
        reasons |= {"not_signed_in", "counter_has_no_officer"}
    return answer.get("refused", {}).get("reason") in reasons


def kinds() -> list[type[m.Do]]:
    """All there are; what ends a sitting comes last."""
    ends = (m.SignOut, m.ChangePin, m.SignIn)
    return sorted(get_args(m.AnyDo), key=lambda kind: ends.index(kind) if kind in ends else -1)


@pytest.mark.parametrize("account", [None, *get_args(AccountRole)])
@pytest.mark.parametrize("role", get_args(m.Role))
async def test_who_may_ask_what_is_as_the_table_says(
    opened: OpenFor, role: m.Role, account: AccountRole | None, enter: Enter
) -> None:
    async with opened(limits=NO_HURRY) as hall:
        await walk(hall, role, account, enter)


async def walk(hall: OpenHall, role: m.Role, account: AccountRole | None, enter: Enter) -> None:
    """Every kind, asked through the real door."""
    if account is not None and not may_sit(role, account):
        if role in ("counter", "manager"):
            screen = await enter(hall, role, DEVICE_OF[role])
            refused = await screen.refused("sign_in", officer=ACCOUNTS[account], pin=PIN)
            assert refused == {"reason": "bad_pin"}
        assert not any(reach(role, account, kind) for kind in kinds())
        return
    screen = await of_role(hall, role, account, enter)
    for kind in kinds():
        fields = FIELDS.get(kind, {})
        if kind is m.SignIn and account is not None:
            fields = fields | {"officer": ACCOUNTS[account]}
        answer = await screen.ask(tag(kind), **fields)
        assert denied(answer, role, account) == (reach(role, account, kind) is None), (kind, answer)
        reason = answer.get("refused", {}).get("reason")
        assert reason not in ("bad_message", "unknown_kind", "server_error"), (kind, answer)
        if kind is m.SignOut and account is not None:
            screen = await of_role(hall, role, account, enter)


@pytest.mark.parametrize("account", get_args(AccountRole))
@pytest.mark.parametrize("role", ["counter", "manager"])
async def test_who_may_act_for_other_counters_is_as_the_table_says(
    hall: OpenHall, role: m.Role, account: AccountRole, enter: Enter
) -> None:
    if not may_sit(role, account):
        return
    screen = await of_role(hall, role, account, enter)
    elsewhere = [kind for kind in kinds() if "counter" in kind.__struct_fields__]
    assert len(elsewhere) > 15
    for kind in elsewhere:
        answer = await screen.ask(tag(kind), **FIELDS.get(kind, {}) | {"counter": "Q2"})
        may = reach(role, account, kind) == "any"
        assert denied(answer, role, account) == (not may), (kind, answer)


def test_the_table_knows_no_role_and_no_kind_that_there_is_not() -> None:
    assert {role for role, _ in TABLE} == set(get_args(m.Role))
    assert {account for _, account in TABLE} == {None, *get_args(AccountRole)}
    assert {kind for row in TABLE.values() for kind in row} == set(get_args(m.AnyDo))


async def test_a_counter_may_name_itself_but_no_other(staff: Staff) -> None:
    assert (await staff.counter.refused("call_next", counter="Q1"))["reason"] == "nobody_waiting"
    refused = await staff.counter.refused("call_next", counter="Q2")
    assert refused == {"reason": "not_allowed", "counter": "Q2"}


async def test_a_manager_acts_for_any_counter_and_must_name_it(staff: Staff) -> None:
    await staff.kiosk.ok("take_ticket", services=["CT01"])
    assert (await staff.manager.refused("call_next"))["reason"] == "unknown_counter"
    assert (await staff.manager.ok("call_next", counter="Q1"))["ticket"] == "A001"


# --- Signing in ----------------------------------------------------------------------------------


async def test_a_manager_signs_in_first_and_stays_so_over_a_reconnect(
    hall: OpenHall, enter: Enter
) -> None:
    manager = await enter(hall, "manager", "manager-1")
    assert (await manager.refused("notice", text="?"))["reason"] == "not_signed_in"
    assert (await manager.refused("sign_out"))["reason"] == "not_signed_in"
    await manager.ok("sign_in", officer="hoa", pin=PIN)
    again = await enter(hall, "manager", "manager-1")
    await again.ok("notice", text="Xin chào")
    await again.ok("sign_out")
    assert (await again.refused("notice", text="?"))["reason"] == "not_signed_in"


@pytest.mark.parametrize(
    ("role", "officer", "pin"),
    [
        ("counter", "lan", "000000"),
        ("counter", "nobody", PIN),
        ("manager", "hoa", "000000"),
        ("manager", "lan", PIN),
    ],
)
async def test_a_wrong_pin_or_officer_is_refused_and_nothing_is_recorded(
    hall: OpenHall, enter: Enter, role: m.Role, officer: str, pin: str
) -> None:
    screen = await enter(hall, role, DEVICE_OF[role])
    known = {"device": "keypad", "trouble": "unplugged"}
    await screen.ok("device_state", **known)
    before = hall.dispatcher.seq
    assert await screen.refused("sign_in", officer=officer, pin=pin) == {"reason": "bad_pin"}
    await screen.ok("device_state", **known)
    assert hall.dispatcher.seq == before
    assert all(s.officer is None for s in hall.dispatcher.hall.staffing.values())


# --- What no screen and no log may know ----------------------------------------------------------


async def test_no_view_and_no_log_holds_a_token_or_a_pin(
    hall: OpenHall, staff: Staff, enter: Enter, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("websockets").setLevel(logging.CRITICAL)  # as a server that runs has it
    rating = await enter(hall, "rating", "rating-1")
    taken = await staff.kiosk.ok("take_ticket", services=["CT01"])
    holder = await enter(hall, "ticket", "phone", taken["token"])
    await staff.counter.refused("sign_in", officer="lan", pin="836514")
    await staff.counter.ok("call_next")
    await staff.counter.ok("finish", outcome="received")
    await rating.until(lambda: rating.view.get("ticket"))
    everybody = [*vars(staff).values(), rating, holder]
    views = [view for screen in everybody for view in screen.of_type("view")]
    shown = f"{views} {caplog.text}"
    assert len(views) > len(everybody)
    for secret in (taken["token"], PIN, "836514"):
        assert secret not in shown
