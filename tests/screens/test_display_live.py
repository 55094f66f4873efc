"""Boards of a real server with real records: of a zone, of one counter, and what was spoken."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from config import read
from config.pins import DEMO_PIN
from dispatch.timekeeper import Timekeeper
from display.app import build
from link.client import Link
from link.messages import (
    AnyDo,
    CallNext,
    DeviceInfo,
    Hello,
    NoShow,
    Open,
    Pause,
    Recall,
    Role,
    SignIn,
    TakeTicket,
    VoiceInfo,
)
from records.engine import connect_readonly
from records.tables import events
from server import OpenHall, open_hall
from terminal.app import HallApp
from terminal.big_number import BigNumber
from tests.screens.conftest import NOW, screen_text
from tests.waiting import until

ZONE_B = ["Q5", "Q6", "Q7", "Q8"]
LAND, CERTIFIED = "DD01", "CT01"


class Hall:
    """The shipped hall at work: counter 1 is in zone A, counter 6 in zone B."""

    def __init__(self, opened: OpenHall, folder: Path) -> None:
        self.opened, self._folder = opened, folder
        self.kiosk = self._link("kiosk", "kiosk-1")
        self.counters = {n: self._link("counter", f"counter-{n}") for n in (1, 6)}

    def _link(self, role: Role, device: str) -> Link:
        hello = Hello(protocol=1, role=role, device=device)
        none: Any = lambda *_: None  # noqa: E731
        url = self.opened.url
        return Link(url, hello, on_welcome=none, on_view=none, on_online=none, on_goodbye=none)

    async def ask(self, link: Link, do: AnyDo) -> dict[str, Any]:
        answer = await link.ask(do, patience_s=30)
        assert answer.ok is not None, answer.refused
        return answer.ok

    async def call(self, counter: int, service: str) -> str:
        """Somebody takes a number and is called."""
        await self.ask(self.kiosk, TakeTicket([service]))
        return str((await self.ask(self.counters[counter], CallNext()))["ticket"])

    def spoken(self) -> list[tuple[int, str | None]]:
        """Each call whose fate is written down, and why it was not spoken, if so."""
        engine = connect_readonly(f"sqlite:///{self._folder / 'hall.db'}")
        query = select(events.c.data).where(events.c.kind == "CallSpoken").order_by(events.c.seq)
        with engine.connect() as connection:
            fates = [json.loads(data) for data in connection.execute(query).scalars()]
        engine.dispose()
        return [(fate["call"], fate.get("skipped")) for fate in fates]


@asynccontextmanager
async def hall(folder: Path, board: DeviceInfo) -> AsyncIterator[tuple[Hall, HallApp]]:
    """The shipped hall on a Monday morning with two officers, and a running board."""
    zero, config = time.monotonic(), read(Path("config.toml"))

    def wall() -> datetime:
        return NOW + timedelta(seconds=time.monotonic() - zero)

    config = replace(config, devices={**config.devices, board.device: board})
    place = (config, f"sqlite:///{folder / 'hall.db'}", "127.0.0.1", 0)
    async with AsyncExitStack() as stack:
        opened = await stack.enter_async_context(open_hall(*place, Timekeeper(wall)))
        one = Hall(opened, folder)
        links = (one.kiosk, *one.counters.values())
        running = [asyncio.create_task(link.run()) for link in links]
        for n, link in one.counters.items():
            await one.ask(link, SignIn(f"cb{n}", DEMO_PIN))
            await one.ask(link, Open())
        app = build(opened.url, board.device, "")
        await stack.enter_async_context(app.run_test(size=(100, 30)))
        await until(lambda: app.pane.live)
        yield one, app
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def drawn(app: HallApp, name: str) -> str:
    return app.query_one(f"#{name}", BigNumber).text


async def test_a_zone_s_board_shows_its_own_calls_and_fields_alone(tmp_path: Path) -> None:
    board = DeviceInfo("board-b", "display", counters=ZONE_B)
    async with hall(tmp_path, board) as (one, app):
        await one.call(1, CERTIFIED)
        called = await one.call(6, LAND)
        await until(lambda: drawn(app, "number") == called)
        await until(lambda: "Khu B" in screen_text(app) and "Đất đai" in screen_text(app))
        assert "Chứng thực" not in screen_text(app)  # served in zone A


async def test_the_board_of_a_counter_follows_it_through_the_day(tmp_path: Path) -> None:
    board = DeviceInfo("board-6", "display", counters=["Q6"])
    async with hall(tmp_path, board) as (one, app):
        await until(lambda: drawn(app, "state") == "XIN CHỜ GỌI SỐ")
        called = await one.call(6, LAND)
        following = (await one.ask(one.kiosk, TakeTicket([LAND])))["ticket"]
        await until(lambda: drawn(app, "number") == called)
        await until(lambda: drawn(app, "next-number") == following)
        await one.ask(one.counters[6], NoShow())
        await one.ask(one.counters[6], Pause("meeting"))
        await until(lambda: drawn(app, "state") == "TẠM NGHỈ")
        await until(lambda: "Họp khẩn cấp · Urgent meeting" in screen_text(app))


async def test_every_call_that_was_spoken_is_on_record(tmp_path: Path) -> None:
    voice = VoiceInfo(f"file:{tmp_path / 'heard'}", chime=False, repeats=1, speed=2.0)
    board = DeviceInfo("board-b", "display", counters=ZONE_B, voice=voice)
    async with hall(tmp_path, board) as (one, _):
        await one.call(1, CERTIFIED)
        called = await one.call(6, LAND)
        await until(lambda: one.spoken() == [(2, None)])
        await one.ask(one.counters[6], Recall())
        await until(lambda: one.spoken() == [(2, None), (3, None)])
        heard = sorted(file.stem for file in (tmp_path / "heard").iterdir())
        assert heard == [f"0002-{called}-1", f"0003-{called}-1"]
