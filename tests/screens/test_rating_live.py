"""The rating screen at a counter of a real server with real records, and a wire that is cut."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from textual.pilot import Pilot

from config import Config
from dispatch.timekeeper import Timekeeper
from link.client import Link
from link.messages import (
    AnyDo,
    CallNext,
    DeviceInfo,
    Finish,
    Hello,
    Open,
    Rate,
    Role,
    SignIn,
    TakeTicket,
    WordInfo,
)
from rating.app import build
from records.engine import connect_readonly
from records.tables import ratings
from server import open_hall
from terminal.app import HallApp
from tests.screens.conftest import NOW, screen_text
from tests.screens.rating_halls import ASLEEP, QUESTION, TAGS, THANKS, WHY
from tests.screens.test_counter_live import SETUP, Wire
from tests.screens.test_counter_live import config as small
from tests.waiting import until

DEVICES: dict[Role, str] = {"counter": "counter-2", "kiosk": "kiosk-1"}


def config(**settings: Any) -> Config:
    """The small hall, with a rating screen at counter 2."""
    hall = small()
    words = [WordInfo(code, {"vi": vi, "en": en}) for code, (vi, en) in TAGS.items()]
    hall.hall_info.rating_tags[:] = words
    screen = DeviceInfo("rating-2", "rating", "Q2", settings)
    setup = replace(SETUP, rating_tags=frozenset(TAGS))
    return replace(hall, setup=setup, devices={**hall.devices, "rating-2": screen})


class Hall:
    """A server, its officer at counter 2, and the kiosk."""

    def __init__(self, url: str, port: int, folder: Path) -> None:
        self.url, self.port = url, port
        self._folder = folder
        self.links = {role: self._link(role, device) for role, device in DEVICES.items()}

    def _link(self, role: Role, device: str) -> Link:
        hello = Hello(protocol=1, role=role, device=device)
        none: Any = lambda *_: None  # noqa: E731
        return Link(self.url, hello, on_welcome=none, on_view=none, on_online=none, on_goodbye=none)

    async def ask(self, do: AnyDo, role: Role = "counter") -> dict[str, Any]:
        answer = await self.links[role].ask(do, patience_s=10)
        assert answer.ok is not None, answer.refused
        return answer.ok

    async def serve(self, language: str = "vi") -> dict[str, Any]:
        """One citizen takes a number, is called, and the officer finishes."""
        ticket = await self.ask(TakeTicket(["CT01"], language=language), "kiosk")
        await self.ask(CallNext())
        await self.ask(Finish("accepted"))
        return ticket

    def ratings(self) -> list[dict[str, Any]]:
        """What is written down, without hall, day and time."""
        engine = connect_readonly(f"sqlite:///{self._folder / 'hall.db'}")
        columns = [ratings.c[name] for name in ("ticket", "turn", "level", "levels", "device")]
        query = select(*columns, ratings.c.tags, ratings.c.text).order_by(ratings.c.ticket)
        with engine.connect() as connection:
            rows = [dict(row) for row in connection.execute(query).mappings()]
        engine.dispose()
        return [{**row, "tags": json.loads(row["tags"])} for row in rows]


@asynccontextmanager
async def hall(folder: Path, **settings: Any) -> AsyncIterator[Hall]:
    """A server on a Monday morning, whose counter 2 is open."""
    zero = time.monotonic()

    def wall() -> datetime:
        return NOW + timedelta(seconds=time.monotonic() - zero)

    database = f"sqlite:///{folder / 'hall.db'}"
    place = (config(**settings), database, "127.0.0.1", 0)
    async with open_hall(*place, Timekeeper(wall)) as opened:
        one = Hall(opened.url, opened.port, folder)
        running = [asyncio.create_task(link.run()) for link in one.links.values()]
        await one.ask(SignIn("cb1", "1234"))
        await one.ask(Open())
        yield one
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def see(app: HallApp, pilot: Pilot[None], text: str) -> None:
    await until(lambda: text in " ".join(screen_text(app).split()))
    await pilot.pause(0.35)  # a page takes no touch before it has settled


async def touch(app: HallApp, pilot: Pilot[None], text: str) -> None:
    rows = screen_text(app).splitlines()
    await pilot.click(
        offset=next((row.index(text), y) for y, row in enumerate(rows) if text in row)
    )


async def test_a_finish_at_the_counter_wakes_the_screen_and_a_touch_is_written_down(
    tmp_path: Path,
) -> None:
    async with hall(tmp_path) as one:
        app = build(one.url, "rating-2", "")
        async with app.run_test(size=(80, 24)) as pilot:
            await see(app, pilot, ASLEEP)
            first = await one.serve()
            await see(app, pilot, QUESTION)
            await touch(app, pilot, "Rất không hài")
            await see(app, pilot, WHY)
            await pilot.press("1", "4", "9", "b", "u", "c")
            await see(app, pilot, "buc")
            await pilot.press("enter")
            await see(app, pilot, THANKS)
            second = await one.serve("en")
            await see(app, pilot, "How satisfied are you")
            await pilot.press("5")
            await until(lambda: len(one.ratings()) == 2)
        scale = {"turn": 1, "levels": 5, "device": "rating-2"}
        tags = ["long_wait", "attitude"]
        assert one.ratings() == [
            {"ticket": first["ticket"], "level": 1, "tags": tags, "text": "buc", **scale},
            {"ticket": second["ticket"], "level": 5, "tags": [], "text": None, **scale},
        ]


async def test_whoever_is_called_next_is_not_asked_about_the_one_before(tmp_path: Path) -> None:
    async with hall(tmp_path) as one:
        app = build(one.url, "rating-2", "")
        async with app.run_test(size=(80, 24)) as pilot:
            await one.serve()
            await see(app, pilot, QUESTION)
            await one.ask(TakeTicket(["CT01"]), "kiosk")
            await one.ask(CallNext())
            await see(app, pilot, ASLEEP)
            assert one.ratings() == []


async def test_a_rating_whose_answer_was_lost_is_written_down_once(tmp_path: Path) -> None:
    async with hall(tmp_path) as one:
        wire = Wire(one.port)
        async with await asyncio.start_server(wire.join, "127.0.0.1", 0) as proxy:
            port = proxy.sockets[0].getsockname()[1]
            app = build(f"ws://127.0.0.1:{port}/", "rating-2", "")
            async with app.run_test(size=(80, 24)) as pilot:
                await see(app, pilot, ASLEEP)
                await one.serve()
                await see(app, pilot, QUESTION)
                wire.cut_after_next_request = True
                await pilot.press("4")
                await until(lambda: wire.cuts)
                await see(app, pilot, THANKS)
                await until(lambda: app.pane.online)
                await see(app, pilot, ASLEEP)
        assert [row["level"] for row in one.ratings()] == [4]


async def test_a_visit_rated_at_the_kiosk_is_not_asked_about_twice(tmp_path: Path) -> None:
    async with hall(tmp_path) as one:
        app = build(one.url, "rating-2", "")
        async with app.run_test(size=(80, 24)) as pilot:
            ticket = await one.serve()
            await see(app, pilot, QUESTION)
            await one.ask(Rate(3, token=ticket["token"]), "kiosk")
            await see(app, pilot, ASLEEP)
        (row,) = one.ratings()
        assert (row["level"], row["device"]) == (3, "kiosk-1")


class Pad:
    """A pad on a serial line."""

    def __init__(self) -> None:
        self._ours, theirs = os.openpty()
        self.address = f"serial://{os.ttyname(theirs)}"

    def press(self, code: str) -> None:
        os.write(self._ours, code.encode() + b"\r")


async def test_a_key_of_a_pad_is_a_rating_and_the_first_one_counts(tmp_path: Path) -> None:
    pad = Pad()
    codes = ["1=5", "2=4", "3=3", "4=2", "5=1"]
    async with hall(tmp_path, pad=pad.address, pad_codes=codes) as one:
        app = build(one.url, "rating-2", "")
        async with app.run_test(size=(80, 24)) as pilot:
            await see(app, pilot, ASLEEP)
            pad.press("1")  # nobody was asked
            await one.serve()
            await see(app, pilot, QUESTION)
            pad.press("9")
            pad.press("4")
            pad.press("1")
            await see(app, pilot, WHY)
            pad.press("1")
            await touch(app, pilot, "Bỏ qua")
            await until(one.ratings)
        assert [(row["level"], row["tags"]) for row in one.ratings()] == [(2, [])]


async def test_a_pad_that_types_rates_by_its_own_keys(tmp_path: Path) -> None:
    async with hall(tmp_path, pad="keyboard", pad_codes=["1=5", "f1=1"]) as one:
        app = build(one.url, "rating-2", "")
        async with app.run_test(size=(80, 24)) as pilot:
            await see(app, pilot, ASLEEP)
            await one.serve()
            await see(app, pilot, QUESTION)
            await pilot.press("1")
            await until(one.ratings)
            await one.serve()
            await see(app, pilot, QUESTION)
            await pilot.press("f1")
            await see(app, pilot, WHY)
            await pilot.press("1", "enter")  # a second press is no reason
            await until(lambda: len(one.ratings()) == 2)
        assert [(row["level"], row["tags"]) for row in one.ratings()] == [(5, []), (1, [])]
