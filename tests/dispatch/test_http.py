"""The small door: health and figures for machines, and nothing for pages in a browser."""

from __future__ import annotations

import re

import msgspec
import pytest
from websockets.exceptions import InvalidStatus

from server import OpenHall
from tests.dispatch.conftest import Staff
from tests.dispatch.halls import Clocks
from tests.dispatch.http import get
from tests.dispatch.screens import stranger

UPGRADE = (
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)


async def test_a_healthy_hall_says_so(hall: OpenHall) -> None:
    status, body = await get(hall, "/health")
    assert (status, msgspec.json.decode(body)) == (200, {"status": "ok", "reasons": []})


async def test_a_clock_far_behind_the_records_is_a_reason(
    hall: OpenHall, staff: Staff, clocks: Clocks
) -> None:
    clocks.set_(minutes=-10)
    status, body = await get(hall, "/health")
    assert status == 503
    assert b"clock_behind: 600 s" in body


async def test_the_figures_are_lines_a_collector_can_read(hall: OpenHall, staff: Staff) -> None:
    await staff.kiosk.ok("take_ticket", services=["CT01"])
    status, body = await get(hall, "/metrics?since=noon")
    lines = body.decode().splitlines()
    assert status == 200
    assert all(re.fullmatch(r"motcua_[a-z_]+ [0-9.e+]+", line) for line in lines)
    assert {"motcua_up 1", "motcua_tickets_waiting 1", "motcua_screens 4"} <= set(lines)


@pytest.mark.parametrize("path", ["/admin", "/health/", "/../etc/passwd", "/%00", "/healthy"])
async def test_there_is_nothing_else(hall: OpenHall, path: str) -> None:
    assert (await get(hall, path))[0] == 404


async def test_a_request_that_is_no_websocket_is_told_so(hall: OpenHall) -> None:
    assert (await get(hall, "/"))[0] == 426


@pytest.mark.parametrize("origin", ["https://example.org", "http://127.0.0.1", "null"])
async def test_a_page_in_a_browser_gets_no_websocket(hall: OpenHall, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with stranger(hall.url, origin=origin):
            pass
    assert refused.value.response.status_code == 403
    assert (await get(hall, "/", *UPGRADE, f"Origin: {origin}"))[0] == 403
