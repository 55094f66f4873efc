"""What the doors put up with, over real sockets: the rest of the hall notices nothing of it."""

from __future__ import annotations

import asyncio
import socket
import time
from contextlib import ExitStack, suppress
from dataclasses import replace

import pytest
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from dispatch.guarded import READ_AT_ONCE
from dispatch.limits import NO_HURRY, Limits, Rate
from server import OpenHall
from tests.dispatch.conftest import QUICK, Enter, OpenFor
from tests.dispatch.http import get
from tests.dispatch.screens import new_id, screen, stranger
from tests.dispatch.test_frames import is_served
from tests.dispatch.test_letting_in import KNOCK
from tests.waiting import PATIENCE_S, until

WISH = '{"type":"request","id":"%s","do":{"kind":"call_next"}}'


async def ended(hall: OpenHall, *pieces: bytes) -> bytes:
    """What the server says to these bytes until it closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", hall.port)
    try:
        async with asyncio.timeout(PATIENCE_S):
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
            return await reader.read()
    except OSError:
        return b""
    finally:
        writer.close()


# --- Before hello --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pieces",
    [
        [b"GET /" + b"a" * 30_000],
        [b"GET / HTTP/1.1\r\n", *[b"X-%d: y\r\n" % n for n in range(200)]],
        [b"GET / HTTP/1.1\r\n", *[b"X: " + b"y" * 6000 + b"\r\n"] * 20],
        [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 600],
        [b"\x00" * 100_000],
        [b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"],
    ],
    ids=["a long line", "many headers", "long headers", "TLS", "zeros", "a post"],
)
async def test_what_no_screen_says_ends_the_connection(
    hall: OpenHall, enter: Enter, pieces: list[bytes]
) -> None:
    counter = await enter(hall, "counter", "counter-1")
    said = await ended(hall, *pieces)
    assert b"101" not in said
    assert await is_served(counter)


async def test_before_hello_only_so_much_is_taken_in(hall: OpenHall, enter: Enter) -> None:
    ping = bytes.fromhex("8980") + b"\0\0\0\0"
    said = await ended(hall, KNOCK, *[ping * 100] * 50)
    assert said.count(b"\x8a\x00") <= Limits().pings.burst + 1


@pytest.mark.parametrize("origin", ["http://evil.vn", "null", "http://127.0.0.1:8765"])
async def test_a_page_in_a_browser_is_not_let_in(hall: OpenHall, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with stranger(hall.url, additional_headers={"Origin": origin}):
            pass
    assert refused.value.response.status_code == 403


async def test_health_is_told_while_strangers_fill_the_porch(hall: OpenHall) -> None:
    with ExitStack() as crowd:
        for _ in range(60):
            _, writer = await asyncio.open_connection("127.0.0.1", hall.port)
            crowd.callback(writer.close)
        await until(lambda: True)
        status = 0
        async with asyncio.timeout(PATIENCE_S):
            while status != 200:
                try:
                    status = (await get(hall, "/health"))[0]
                except (OSError, IndexError):
                    continue
        assert status == 200


# --- Requests ------------------------------------------------------------------------------------


async def test_who_asks_too_fast_is_answered_slower_and_everything_is_answered(
    opened: OpenFor, enter: Enter
) -> None:
    limits = replace(QUICK, requests={"counter": Rate(50, 10)})
    async with opened(limits=limits) as hall:
        hasty = await enter(hall, "counter", "counter-1")
        other = await enter(hall, "counter", "counter-2")
        asked = [new_id() for _ in range(60)]
        began = time.monotonic()
        for one in asked:
            await hasty.send(WISH % one)
        assert await is_served(other)
        await hasty.until(lambda: hasty.answers(asked[-1]))
        assert time.monotonic() - began >= (60 - 10 - 1) / 50
    assert all(len(hasty.answers(one)) == 1 for one in asked)


async def test_who_never_stops_is_told_goodbye_and_may_come_back(
    opened: OpenFor, enter: Enter
) -> None:
    limits = replace(QUICK, requests={"counter": Rate(5, 2)}, too_fast_after_s=0.3)
    async with opened(limits=limits) as hall:
        flooding = await enter(hall, "counter", "counter-1")
        with suppress(ConnectionClosed):
            while True:
                await flooding.send(WISH % new_id())
        assert await flooding.farewell() == "too_fast"
        assert await is_served(await enter(hall, "counter", "counter-1"))


async def test_a_kiosk_takes_tickets_no_faster_than_paper_comes(
    opened: OpenFor, enter: Enter
) -> None:
    async with opened(limits=replace(QUICK, tickets=Rate(20, 3))) as hall:
        kiosk = await enter(hall, "kiosk", "kiosk-1")
        began = time.monotonic()
        for _ in range(9):
            await kiosk.ok("take_ticket", services=["CT01"])
        assert time.monotonic() - began >= (9 - 3 - 1) / 20


async def test_a_flood_of_pings_ends_the_connection_that_sent_it(
    hall: OpenHall, enter: Enter
) -> None:
    other = await enter(hall, "counter", "counter-2")
    flooding = await enter(hall, "counter", "counter-1")
    raw = flooding.connection.transport
    raw.write((bytes.fromhex("8980") + b"\0\0\0\0") * 20_000)
    assert await is_served(other)
    await until(flooding.gone)


async def test_of_what_may_come_no_more_is_asked_for_at_once_than_one_message(
    hall: OpenHall, enter: Enter
) -> None:
    await enter(hall, "counter", "counter-1")
    await until(lambda: len(hall.doors.outbox) == 1)
    (connection,) = hall.doors.outbox.connections()
    assert vars(connection.transport)["max_size"] == READ_AT_ONCE  # a new object for each read


# --- Who takes nothing ---------------------------------------------------------------------------


async def test_a_screen_that_stops_reading_is_closed_and_nobody_waits_for_it(
    opened: OpenFor, enter: Enter
) -> None:
    async with opened(limits=replace(QUICK, stuck_s=0.3)) as hall:
        counter = await enter(hall, "counter", "counter-1")
        deaf = await _deaf(hall)
        for connection in list(hall.doors.outbox.connections()):
            sock = connection.transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        asking = (WISH % new_id()).encode()
        with deaf:
            loop = asyncio.get_running_loop()
            try:
                while len(hall.doors.outbox) > 1:
                    await asyncio.wait_for(loop.sock_sendall(deaf, _frame(asking)), PATIENCE_S)
            except OSError:
                pass
            await until(lambda: len(hall.doors.outbox) == 1)
            assert await is_served(counter)
        assert hall.doors.outbox.owed_bytes() < 256 * 1024


def _frame(text: bytes) -> bytes:
    return bytes([0x81, 0x80 | 126]) + len(text).to_bytes(2, "big") + b"\0\0\0\0" + text


async def _deaf(hall: OpenHall) -> socket.socket:
    """A counter that was let in, and reads nothing any more."""
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    raw.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(raw, ("127.0.0.1", hall.port))
    await loop.sock_sendall(raw, KNOCK)
    hello = b'{"type":"hello","protocol":1,"role":"counter","device":"counter-2","token":""}'
    await loop.sock_recv(raw, 400)
    await loop.sock_sendall(raw, _frame(hello.ljust(130)))
    await until(lambda: len(hall.doors.outbox) == 2)
    return raw


# --- Addresses, as seen from another machine -----------------------------------------------------


async def test_an_address_that_guesses_tokens_waits_for_its_answers(
    opened: OpenFor,
) -> None:
    limits = replace(NO_HURRY, free_tries=1, longest_wait_s=0.6)
    async with opened(limits=limits) as hall:
        porch = hall.doors.porch
        times = []
        for _ in range(3):
            async with stranger(hall.url) as guest:
                await until(lambda: len(porch._unannounced) == 1)  # whoever came before has gone
                (connection,) = porch._unannounced
                porch._places[connection].address = porch._address("192.0.2.7")
                began = time.monotonic()
                await guest.hello("kiosk", "kiosk-999")
                assert await guest.farewell() == "unknown_device"
                times.append(time.monotonic() - began)
        assert times[1] >= 0.5
        assert times[2] >= 0.6


async def test_nothing_of_a_connection_is_left_when_it_has_gone(hall: OpenHall) -> None:
    before = len(asyncio.all_tasks())
    for _ in range(30):
        async with screen(hall.url, "kiosk", "kiosk-1"):
            pass
        with pytest.raises((InvalidHandshake, OSError)):
            async with stranger(f"{hall.url}nowhere"):
                pass
        await ended(hall, b"\0" * 30_000)
    await until(lambda: len(hall.doors.porch) == 0)
    await until(lambda: len(asyncio.all_tasks()) <= before)
