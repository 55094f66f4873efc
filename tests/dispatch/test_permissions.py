"""Every role and every kind against the one table, and what no screen may know."""

from __future__ import annotations

import logging
from typing import Any, get_args

import pytest

from dispatch.permissions import MAY_ASK
from link import messages as m
from server import OpenHall
from tests.dispatch.conftest import Enter, Staff
from tests.dispatch.halls import PIN
from tests.dispatch.screens import Screen

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
    m.Report: {"report": "figures", "from": "2026-11-23", "to": "2026-11-23"},
}


def tag(kind: type[m.Do]) -> str:
    return str(kind.__struct_config__.tag)


async def of_role(hall: OpenHall, role: m.Role, enter: Enter) -> Screen:
    """A screen of this role; whoever may sign in has."""
    if role != "ticket":
        screen = await enter(hall, role, DEVICE_OF[role])
    else:
        kiosk = await enter(hall, "kiosk", "kiosk-2")
        taken = await kiosk.ok("take_ticket", services=["CT01"])
        screen = await enter(hall, role, DEVICE_OF[role], taken["token"])
    if role in ("counter", "manager"):
        await screen.ok("sign_in", officer="hoa", pin=PIN)
    return screen


@pytest.mark.parametrize("role", get_args(m.Role))
async def test_a_role_may_ask_what_the_table_says_and_nothing_else(
    hall: OpenHall, role: m.Role, enter: Enter
) -> None:
    screen = await of_role(hall, role, enter)
    kinds = sorted(get_args(m.AnyDo), key=lambda kind: kind is m.SignOut)  # signing out comes last
    for kind in kinds:
        answer = await screen.ask(tag(kind), **FIELDS.get(kind, {}))
        reason = answer.get("refused", {}).get("reason")
        assert (reason == "not_allowed") == (kind not in MAY_ASK[role]), (kind, answer)
        assert reason not in ("bad_message", "unknown_kind", "server_error"), (kind, answer)


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
