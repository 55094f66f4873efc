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
from tests.dispatch.test_forecaster import held_up
from tests.waiting import until

UPGRADE = (
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)


async def test_a_healthy_hall_says_so(hall: OpenHall) -> None:
    status, body = await get(hall, "/health")
    well = {"status": "ok", "reasons": [], "warnings": []}
    assert (status, msgspec.json.decode(body)) == (200, well)


async def test_what_is_in_trouble_while_the_hall_works_is_a_warning(
    hall: OpenHall, staff: Staff, clocks: Clocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    with held_up(monkeypatch) as begun:
        trouble = "kiosk-1/printer: no_paper"
        await staff.kiosk.ok("device_state", device="printer", trouble="no_paper")
        status, body = await get(hall, "/health")
        assert (status, msgspec.json.decode(body)["warnings"]) == (200, [trouble])
        await until(begun.is_set)
        clocks.pass_(minutes=5)
        status, body = await get(hall, "/health")
        assert (status, msgspec.json.decode(body)["status"]) == (200, "warning")
        assert "forecast: 300 s old" in msgspec.json.decode(body)["warnings"]


async def test_a_clock_far_behind_the_records_is_a_reason(
    hall: OpenHall, staff: Staff, clocks: Clocks
) -> None:
    clocks.set_(minutes=-10)
    status, body = await get(hall, "/health")
    assert status == 503
    assert b"clock_behind: 600 s" in body


async def test_the_figures_are_text_as_prometheus_reads_it(hall: OpenHall, staff: Staff) -> None:
    await staff.kiosk.ok("take_ticket", services=["CT01"])
    status, body = await get(hall, "/metrics?since=noon")
    lines = body.decode().splitlines()
    assert status == 200
    assert {"motcua_up 1", "motcua_tickets_waiting 1", "motcua_screens 4"} <= set(lines)
    assert all(re.fullmatch(LINE, line) for line in lines), lines
    said = [line.split()[2] for line in lines if line.startswith("# HELP")]
    typed = dict(line.split()[2:] for line in lines if line.startswith("# TYPE"))
    assert list(typed) == said
    assert len(set(said)) == len(said)
    samples = {re.split("[ {]", line)[0] for line in lines if not line.startswith("#")}
    endings = ("_bucket", "_sum", "_count")
    histograms = {name for name, kind in typed.items() if kind == "histogram"}
    parts = {f"{name}{ending}" for name in histograms for ending in endings}
    assert samples == (set(typed) - histograms) | parts


LINE = (
    "# (HELP|TYPE) motcua_[a-z_]+ .+"
    r"|motcua_[a-z_]+( |\{le=\"([0-9.]+|\+Inf)\"\} )[0-9.e+-]+"
)


async def test_every_answer_and_every_commit_is_counted_once(hall: OpenHall, staff: Staff) -> None:
    asked, written = hall.dispatcher.answered.count, hall.dispatcher.committed.count
    for _ in range(3):
        await staff.kiosk.ok("take_ticket", services=["CT01"])
    lines = (await get(hall, "/metrics"))[1].decode().splitlines()
    assert f"motcua_request_seconds_count {asked + 3}" in lines
    assert f"motcua_commit_seconds_count {written + 3}" in lines
    assert f'motcua_request_seconds_bucket{{le="10"}} {asked + 3}' in lines


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
