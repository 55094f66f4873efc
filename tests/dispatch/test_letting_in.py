"""Who is let in, who is not, and how many may knock at once."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack

import pytest
from websockets.exceptions import InvalidHandshake

from dispatch.limits import Limits
from link.messages import Role
from records.engine import connect
from records.pairing import pair
from server import OpenHall
from tests.dispatch.conftest import Enter, OpenFor, Staff
from tests.dispatch.halls import EIGHT, SETUP, open_to_the_lan
from tests.dispatch.screens import Screen, stranger
from tests.strangers.fuzz import frame
from tests.waiting import PATIENCE_S, until


async def turned_away(
    hall: OpenHall, role: Role, device: str, token: str = "", **more: object
) -> str:
    async with stranger(hall.url) as guest:
        await guest.hello(role, device, token, **more)
        return await guest.farewell()


# --- The hello -----------------------------------------------------------------------------------


@pytest.mark.parametrize("protocol", [0, 2, 10**18])
async def test_another_protocol_is_not_spoken(hall: OpenHall, protocol: int) -> None:
    assert await turned_away(hall, "kiosk", "kiosk-1", protocol=protocol) == "protocol"


async def test_a_device_that_is_not_configured_is_unknown(hall: OpenHall) -> None:
    assert await turned_away(hall, "kiosk", "kiosk-999") == "unknown_device"


@pytest.mark.parametrize("role", ["counter", "display", "rating", "manager"])
async def test_a_device_comes_in_only_as_what_it_is(hall: OpenHall, role: Role) -> None:
    assert await turned_away(hall, role, "kiosk-1") == "wrong_role"


async def test_a_role_that_there_is_not_is_named_to_the_technician(hall: OpenHall) -> None:
    async with stranger(hall.url) as guest:
        await guest.send({"type": "hello", "protocol": 1, "role": "mayor", "device": "kiosk-1"})
        assert await guest.farewell() == "protocol"
        assert guest.goodbye is not None
        assert "$.role" in guest.goodbye["detail"]


async def test_who_never_says_hello_is_told_goodbye(opened: OpenFor) -> None:
    async with (
        opened(limits=Limits(hello_within_s=0.05)) as hall,
        stranger(hall.url) as guest,
    ):
        assert await guest.farewell() == "no_hello"


async def test_beyond_this_machine_a_device_shows_its_token(
    opened: OpenFor, database: str, enter: Enter
) -> None:
    async with opened(open_to_the_lan(), host="0.0.0.0") as hall:
        engine = connect(database)
        old = pair(engine, SETUP.hall, "kiosk-1", EIGHT)
        token = pair(engine, SETUP.hall, "kiosk-1", EIGHT)
        engine.dispose()
        for wrong in ("", old, token + "x", "é" * 20):
            assert await turned_away(hall, "kiosk", "kiosk-1", wrong) == "bad_token"
        assert await turned_away(hall, "kiosk", "kiosk-2", token) == "bad_token"
        kiosk = await enter(hall, "kiosk", "kiosk-1", token)
        assert (await kiosk.ok("take_ticket", services=["CT01"]))["ticket"] == "A001"


async def test_the_same_device_again_takes_over_and_goes_on(hall: OpenHall, enter: Enter) -> None:
    before = await enter(hall, "kiosk", "kiosk-1")
    after = await enter(hall, "kiosk", "kiosk-1")
    assert await before.farewell() == "taken_over"
    assert (await after.ok("take_ticket", services=["CT01"]))["ticket"] == "A001"


async def test_a_line_that_was_taken_over_may_end_after_the_one_that_took_over(
    hall: OpenHall, enter: Enter, caplog: pytest.LogCaptureFixture
) -> None:
    before = await enter(hall, "kiosk", "kiosk-1")
    before.connection.transport.pause_reading()  # the cable hangs: it hears no goodbye
    after = await enter(hall, "kiosk", "kiosk-1")
    await after.connection.close()
    await until(lambda: not hall.doors.outbox.count("kiosk"))
    before.connection.transport.resume_reading()
    await before.connection.wait_closed()
    assert "a connection failed" not in caplog.text
    assert not [record for record in caplog.records if record.exc_info]


# --- The crowd before the door -------------------------------------------------------------------


KNOCK = (
    b"GET / HTTP/1.1\r\nHost: hall\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


async def _knock(hall: OpenHall, crowd: ExitStack) -> bool:
    """Connect, stay, and say nothing: whether there was room for it."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", hall.port)
        crowd.callback(writer.close)
        writer.write(KNOCK)
        return (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")
    except (OSError, asyncio.IncompleteReadError):
        return False


async def test_a_thousand_silent_connections_keep_nobody_from_the_work(
    hall: OpenHall, enter: Enter
) -> None:
    counter = await enter(hall, "counter", "counter-1")
    with ExitStack() as crowd:
        knocking = asyncio.gather(*(_knock(hall, crowd) for _ in range(1000)))
        answered = await _answers_while(knocking, counter)
        assert sum(await knocking) >= Limits().unannounced
        assert answered > 1
        assert (await _when_there_is_room(hall, enter)).view["kind"] == "kiosk"


async def _answers_while(busy: asyncio.Future[list[bool]], counter: Screen) -> int:
    """How often the counter is answered meanwhile."""
    answered = 0
    while not busy.done():
        assert (await counter.refused("call_next"))["reason"] == "counter_has_no_officer"
        answered += 1
    return answered


async def _when_there_is_room(hall: OpenHall, enter: Enter) -> Screen:
    """As a real screen does: knock until one is let in."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                return await enter(hall, "kiosk", "kiosk-1")
            except (InvalidHandshake, OSError):
                continue


# --- The citizen's own view ----------------------------------------------------------------------


async def test_who_holds_a_ticket_sees_its_way_by_its_token(
    hall: OpenHall, staff: Staff, enter: Enter
) -> None:
    taken = await staff.kiosk.ok("take_ticket", services=["CT01"])
    holder = await enter(hall, "ticket", "phone", taken["token"])
    assert (holder.view["number"], holder.view["stage"]) == ("A001", "waiting")
    await staff.counter.ok("call_next")
    await holder.until(lambda: holder.view["stage"] == "called")
    assert holder.view["counter"] == "Q1"


async def test_many_may_look_at_the_same_ticket(hall: OpenHall, staff: Staff, enter: Enter) -> None:
    taken = await staff.kiosk.ok("take_ticket", services=["CT01"])
    family = [await enter(hall, "ticket", "phone", taken["token"]) for _ in range(3)]
    await staff.counter.ok("call_next")
    for holder in family:
        await until(lambda holder=holder: holder.view["stage"] == "called")  # type: ignore[misc]


@pytest.mark.parametrize("token", ["", "x", "é", "A001"])
async def test_a_token_of_no_ticket_shows_nothing(hall: OpenHall, staff: Staff, token: str) -> None:
    await staff.kiosk.ok("take_ticket", services=["CT01"])
    assert await turned_away(hall, "ticket", "phone", token) == "unknown_ticket"


async def test_only_so_many_citizens_may_look_at_once(opened: OpenFor, enter: Enter) -> None:
    async with opened(limits=Limits(ticket_screens=1)) as hall:
        kiosk = await enter(hall, "kiosk", "kiosk-1")
        taken = await kiosk.ok("take_ticket", services=["CT01"])
        await enter(hall, "ticket", "phone", taken["token"])
        assert await turned_away(hall, "ticket", "phone", taken["token"]) == "too_many"


async def test_the_end_of_a_line_does_not_overtake_what_came_before_it(
    hall: OpenHall, caplog: pytest.LogCaptureFixture
) -> None:
    """Of strangers, who are looked at one after the other."""
    with ExitStack() as crowd:
        lines = [await asyncio.open_connection("127.0.0.1", hall.port) for _ in range(40)]
        for reader, writer in lines:
            crowd.callback(writer.close)
            writer.write(KNOCK)
            await reader.readuntil(b"\r\n\r\n")
        for _, writer in lines:
            writer.write(frame(b"{}") * 20)
            writer.write_eof()
        await asyncio.gather(*(reader.read() for reader, _ in lines))
    assert not [record for record in caplog.records if record.exc_info]
