"""The expected wait beside the hall: there from the beginning, never in the way, always the newest.

Real websockets, a real SQLite file.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Event
from typing import Any

import pytest

from dispatch import forecaster
from hall.desk_times import Experience
from hall.model import Hall
from hall.waits import Forecast, forecast
from server import OpenHall
from tests.dispatch.conftest import Enter, OpenFor, Staff, staffed
from tests.dispatch.halls import PIN, Clocks
from tests.dispatch.screens import Screen
from tests.waiting import until

BURST = 40


def told(kiosk: Screen, service: str = "CT01") -> tuple[int | None, int | None]:
    """What the kiosk says of a service."""
    (shown,) = [one for one in kiosk.view["services"] if one["service"] == service]
    return shown.get("low_s"), shown.get("high_s")


async def take(kiosk: Screen, count: int) -> list[dict[str, Any]]:
    return [await kiosk.ok("take_ticket", services=["CT01"]) for _ in range(count)]


@contextmanager
def held_up(plant: pytest.MonkeyPatch) -> Iterator[Event]:
    """Forecasts that are made as slowly as the test likes; `begun` is set by the first."""
    begun, go_on = Event(), Event()

    def slowly(hall: Hall, now: datetime, experience: Experience) -> Forecast:
        begun.set()
        go_on.wait()
        return forecast(hall, now, experience)

    with plant.context() as planted:
        planted.setattr(forecaster, "forecast", slowly)
        try:
            yield begun
        finally:
            go_on.set()


async def test_every_screen_follows_the_line(hall: OpenHall, staff: Staff, enter: Enter) -> None:
    await staff.kiosk.until(lambda: told(staff.kiosk) == (0, 300))
    assert told(staff.kiosk, "HT01") == (0, 300)
    tickets = await take(staff.kiosk, 6)
    await staff.kiosk.until(lambda: (told(staff.kiosk)[0] or 0) >= 1800)  # six times 7.5 minutes
    low_s, high_s = told(staff.kiosk)
    (field,) = [one for one in staff.manager.view["fields"] if one["field"] == "A"]
    assert (field["low_s"], field["high_s"]) == (low_s, high_s)
    board = staff.board
    await board.until(lambda: board.view["waiting"][0].get("low_s") == low_s)
    holder = await enter(hall, "ticket", "phone", tickets[2]["token"])
    assert (holder.view["ahead"], holder.view["low_s"]) == (2, 300)  # 15 minutes, or 10 to 21
    await staff.counter.ok("close")
    await staff.kiosk.until(lambda: told(staff.kiosk) == (None, None))
    await holder.until(lambda: holder.view.get("low_s") is None)


async def test_a_ticket_is_told_what_the_kiosk_shows_and_how_many_are_ahead(staff: Staff) -> None:
    await staff.kiosk.until(lambda: told(staff.kiosk) == (0, 300))
    first, second = await take(staff.kiosk, 2)
    assert (first["ahead"], first["low_s"], first["high_s"]) == (0, 0, 300)
    assert second["ahead"] == 1
    await take(staff.kiosk, 4)
    await staff.kiosk.until(lambda: (told(staff.kiosk)[0] or 0) >= 1800)
    (last,) = await take(staff.kiosk, 1)
    assert (last["low_s"], last["high_s"]) >= (1800, 2700)
    assert last["ahead"] == 6


async def test_tickets_are_answered_while_a_forecast_is_being_made(
    staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    await staff.kiosk.until(lambda: told(staff.kiosk) == (0, 300))
    with held_up(monkeypatch) as begun:
        await take(staff.kiosk, 1)
        await until(begun.is_set)
        tickets = await asyncio.gather(
            *(staff.kiosk.ok("take_ticket", services=["CT01"]) for _ in range(BURST))
        )
        assert sorted(one["ahead"] for one in tickets) == list(range(1, BURST + 1))
        assert (await staff.counter.ok("call_next"))["ticket"] == "A001"
        await staff.board.until(lambda: staff.board.view["calls"])
        assert {(one["low_s"], one["high_s"]) for one in tickets} == {(0, 300)}  # the newest
    await staff.kiosk.until(lambda: (told(staff.kiosk)[0] or 0) > 5400)


async def test_the_first_view_of_a_screen_has_its_waits(opened: OpenFor, enter: Enter) -> None:
    async with opened() as hall:
        staff = await staffed(hall, enter)
        await take(staff.kiosk, 6)
    async with opened() as hall:
        kiosk = await enter(hall, "kiosk", "kiosk-1")
        assert len(kiosk.of_type("view")) == 1
        assert told(kiosk)[0] == 1800


async def test_after_a_bug_the_forecast_before_it_still_counts(
    staff: Staff, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await staff.kiosk.until(lambda: told(staff.kiosk) == (0, 300))

    def broken(hall: Hall, now: datetime, experience: Experience) -> Forecast:
        raise ZeroDivisionError

    with monkeypatch.context() as planted, caplog.at_level(logging.ERROR):
        planted.setattr(forecaster, "forecast", broken)
        await take(staff.kiosk, 2)
        await until(lambda: "no forecast" in caplog.text)
        (third,) = await take(staff.kiosk, 1)
    assert (third["ahead"], third["low_s"], third["high_s"]) == (2, 0, 300)
    await take(staff.kiosk, 3)
    await staff.kiosk.until(lambda: (told(staff.kiosk)[0] or 0) >= 1800)


async def test_the_next_day_knows_how_long_services_took(
    hall: OpenHall, staff: Staff, clocks: Clocks
) -> None:
    for _ in range(30):
        await take(staff.kiosk, 1)
        await staff.counter.ok("call_next")
        await staff.counter.ok("start")
        clocks.pass_(minutes=1)
        await staff.counter.ok("finish", outcome="received")
    await take(staff.kiosk, 6)
    await staff.kiosk.until(lambda: (told(staff.kiosk)[0] or 0) >= 1800)  # today is not over
    clocks.pass_(days=1, minutes=-30)
    await staff.manager.ok("notice", text="a new day")
    await staff.kiosk.until(lambda: staff.kiosk.view["services"][0]["waiting"] == 0)
    await staff.counter.ok("sign_in", officer="lan", pin=PIN)
    await staff.counter.ok("open")
    await staff.kiosk.until(lambda: told(staff.kiosk) == (0, 300))
    await take(staff.kiosk, 6)
    # 30 services of a minute, five of seven and half a minute's walk: six times 2.4 minutes
    await staff.kiosk.until(lambda: told(staff.kiosk) == (300, 1500))
