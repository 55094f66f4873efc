"""The officer's console on a real server with real records, by keyboard."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from datetime import time as clock
from pathlib import Path
from zoneinfo import ZoneInfo

from textual.pilot import Pilot

from config import Config, Officer, Server
from config.pins import hash_pin
from counter.app import build
from dispatch.timekeeper import Timekeeper
from hall import model
from link.client import Link
from link.messages import DeviceInfo, Hello, TakeTicket
from server import OpenHall, open_hall
from terminal.app import HallApp
from terminal.choice import Choice
from tests.screens.conftest import NOW, screen_text, small_hall
from tests.waiting import PATIENCE_S, until

DAY = (
    model.Session(clock(7, 30), clock(11, 30), clock(7), clock(11)),
    model.Session(clock(13), clock(17), clock(12, 45), clock(16)),
)
SETUP = model.Setup(
    hall="an-binh",
    hours=model.Hours(timezone=ZoneInfo("Asia/Ho_Chi_Minh"), week=(DAY,) * 7),
    services={
        "HT01": model.Service(code="HT01", field="A", mean_s=600),
        "CT01": model.Service(code="CT01", field="C", mean_s=300),
    },
    groups={},
    counters={"Q2": model.Counter(code="Q2", lag={"CT01": 0.0, "HT01": 0.0})},
    outcomes=frozenset({"accepted"}),
    undo_within_s=300.0,  # no machine stands still so long
)


def config(**settings: int) -> Config:
    """The small hall as a server wants it: one counter, one kiosk, one officer.

    `settings`: of the counter's screen.
    """
    console = DeviceInfo(device="counter-2", role="counter", counter="Q2")
    console.settings.update(settings)
    described = small_hall()
    described.counters = [one for one in described.counters if one.code in SETUP.counters]
    return Config(
        path=Path("config.toml"),
        setup=SETUP,
        hall_info=described,
        devices={
            "counter-2": console,
            "kiosk-1": DeviceInfo(device="kiosk-1", role="kiosk"),
        },
        officers={"cb1": Officer("cb1", {"vi": "Cán bộ 1"}, hash_pin("1234"), "officer")},
        server=Server("127.0.0.1", 0, "", False),
    )


@asynccontextmanager
async def hall(
    folder: Path, tickets: int, of: Config | None = None, **settings: int
) -> AsyncIterator[OpenHall]:
    """A server on a Monday morning, with so many people waiting."""
    zero = time.monotonic()

    def wall() -> datetime:
        return NOW + timedelta(seconds=time.monotonic() - zero)

    database = f"sqlite:///{folder / 'hall.db'}"
    described = of or config(**settings)
    async with open_hall(described, database, "127.0.0.1", 0, Timekeeper(wall)) as opened:
        hello = Hello(protocol=1, role="kiosk", device="kiosk-1")
        kiosk = Link(
            opened.url,
            hello,
            on_welcome=lambda _: None,
            on_view=lambda _: None,
            on_online=lambda *_: None,
            on_goodbye=lambda _: None,
        )
        running = asyncio.create_task(kiosk.run())
        for _ in range(tickets):
            assert (
                await kiosk.ask(TakeTicket(services=["CT01"]), patience_s=PATIENCE_S)
            ).ok is not None
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        yield opened


async def sit_down(app: HallApp, pilot: Pilot[None]) -> None:
    """Sign in and open the counter."""
    await until(lambda: "Mã PIN" in screen_text(app))
    await pilot.press(*"cb1", "enter", *"1234", "enter")
    await until(lambda: "Nhấn phím M" in screen_text(app))
    await pilot.press("m")
    await until(lambda: "để gọi số" in screen_text(app))


async def test_ten_people_are_served_one_after_another_by_keyboard_alone(tmp_path: Path) -> None:
    async with hall(tmp_path, tickets=10) as opened:
        app = build(opened.url, "counter-2", "")
        async with app.run_test(size=(80, 24)) as pilot:
            await sit_down(app, pilot)
            for served in range(10):
                await pilot.press("space")
                await until(lambda: "ĐANG ĐƯỢC GỌI" in screen_text(app))
                await pilot.press("b")
                await until(lambda: "ĐANG ĐƯỢC PHỤC VỤ" in screen_text(app))
                await pilot.press("k", "enter")
                done = served + 1
                await until(
                    lambda done=done: opened.dispatcher.hall.tally.served == done,  # type: ignore[misc]
                )
                await until(lambda: not app.query(Choice))
                await until(lambda: "ĐANG ĐƯỢC PHỤC VỤ" not in screen_text(app))
            await until(lambda: "Chưa có ai chờ" in screen_text(app))
        assert opened.dispatcher.hall.call == 10


PING_BYTES = 20  # or fewer; a request has more


class Wire:
    """The way between a console and its server, which can be cut before an answer comes back."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.cut_after_next_request = False
        self.cuts = 0
        self._is_asked = False  # what comes back next is lost, and with it the answer

    async def join(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        """Carry one connection's bytes both ways."""
        far, there = await asyncio.open_connection("127.0.0.1", self._port)
        tasks = [
            asyncio.create_task(self._forth(near, there)),
            asyncio.create_task(self._back(far, back)),
        ]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        back.transport.abort()
        there.transport.abort()

    async def _forth(self, near: asyncio.StreamReader, there: asyncio.StreamWriter) -> None:
        while chunk := await near.read(65536):
            if self.cut_after_next_request and len(chunk) > PING_BYTES:
                self.cut_after_next_request, self._is_asked = False, True
            there.write(chunk)
            await there.drain()

    async def _back(self, far: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        while chunk := await far.read(65536):
            if self._is_asked:
                self._is_asked = False
                self.cuts += 1
                return
            back.write(chunk)
            await back.drain()


async def test_a_call_whose_answer_was_lost_is_made_exactly_once(tmp_path: Path) -> None:
    async with hall(tmp_path, tickets=3) as opened:
        wire = Wire(opened.port)
        async with await asyncio.start_server(wire.join, "127.0.0.1", 0) as proxy:
            port = proxy.sockets[0].getsockname()[1]
            app = build(f"ws://127.0.0.1:{port}/", "counter-2", "")
            async with app.run_test(size=(80, 24)) as pilot:
                await sit_down(app, pilot)
                wire.cut_after_next_request = True
                await pilot.press("space")
                await until(lambda: wire.cuts)
                await pilot.press("space", "enter")
                await until(lambda: "ĐANG ĐƯỢC GỌI" in screen_text(app))
                await until(lambda: "● Đã kết nối" in screen_text(app))
                await pilot.press("b")
                await until(lambda: "ĐANG ĐƯỢC PHỤC VỤ" in screen_text(app))
                assert "Hãy kết thúc số này trước" not in screen_text(app)  # not refused either
    assert opened.dispatcher.hall.call == 1


async def test_a_console_started_in_english_speaks_english(tmp_path: Path) -> None:
    async with hall(tmp_path, tickets=0) as opened:
        app = build(opened.url, "counter-2", "", language="en")
        async with app.run_test(size=(80, 24)):
            await until(lambda: "Officer code" in screen_text(app))


async def serve_one(app: HallApp, pilot: Pilot[None]) -> None:
    """Sign in, call, start."""
    await sit_down(app, pilot)
    await pilot.press("space")
    await until(lambda: "ĐANG ĐƯỢC GỌI" in screen_text(app))
    await pilot.press("b")
    await until(lambda: "ĐANG ĐƯỢC PHỤC VỤ" in screen_text(app))


async def test_a_finish_by_mistake_is_undone_and_nothing_of_it_is_left(tmp_path: Path) -> None:
    async with hall(tmp_path, tickets=1) as opened:
        app = build(opened.url, "counter-2", "")
        async with app.run_test(size=(80, 24)) as pilot:
            await serve_one(app, pilot)
            await pilot.press("k", "enter")
            await until(lambda: "để hoàn tác" in screen_text(app))
            await pilot.press("z")
            await until(lambda: "ĐANG ĐƯỢC PHỤC VỤ" in screen_text(app))
        assert opened.dispatcher.hall.tally.served == 0


async def test_a_service_more_keeps_the_citizen_in_the_hall(tmp_path: Path) -> None:
    async with hall(tmp_path, tickets=1) as opened:
        app = build(opened.url, "counter-2", "")
        async with app.run_test(size=(80, 24)) as pilot:
            await serve_one(app, pilot)
            await pilot.press("plus", "1")
            await until(lambda: "Còn lại     Đăng ký khai sinh" in screen_text(app))
            await pilot.press("k", "enter")
            await until(lambda: "để gọi số C001" in screen_text(app))


async def test_after_the_break_is_the_first_place_to_pass_a_ticket_on_to(tmp_path: Path) -> None:
    async with hall(tmp_path, tickets=1) as opened:
        app = build(opened.url, "counter-2", "")
        async with app.run_test(size=(80, 24)) as pilot:
            await serve_one(app, pilot)
            await pilot.press("c", "1")
            await until(lambda: "đến 13:00" in screen_text(app))
        assert opened.dispatcher.hall.at_counter("Q2") is None


async def test_the_next_number_is_called_by_itself(tmp_path: Path) -> None:
    async with hall(tmp_path, tickets=2, auto_call_s=1) as opened:
        app = build(opened.url, "counter-2", "")
        async with app.run_test(size=(80, 24)) as pilot:
            await serve_one(app, pilot)
            await pilot.press("k", "enter")
            await until(lambda: opened.dispatcher.hall.call == 2)
            await until(lambda: "ĐANG ĐƯỢC GỌI" in screen_text(app))


async def test_a_locked_console_opens_for_its_officer_and_the_ticket_stays(tmp_path: Path) -> None:
    async with hall(tmp_path, tickets=1, lock_after_min=10) as opened:
        app = build(opened.url, "counter-2", "")
        async with app.run_test(size=(80, 24)) as pilot:
            await serve_one(app, pilot)
            await pilot.press("f11")
            await until(lambda: "Quầy đang khóa" in screen_text(app))
            await pilot.press(*"9999", "enter")
            await until(lambda: "mã PIN không đúng" in screen_text(app))
        again = build(opened.url, "counter-2", "")  # a new program does not open it either
        async with again.run_test(size=(80, 24)) as pilot:
            await until(lambda: "Quầy đang khóa" in screen_text(again))
            await pilot.press(*"1234", "enter")
            await until(lambda: "Vì sao      Đến lượt theo thứ tự" in screen_text(again))
        assert opened.dispatcher.hall.at_counter("Q2") is not None


async def test_another_pin_is_taken_and_the_old_one_is_no_longer_right(tmp_path: Path) -> None:
    async with hall(tmp_path, tickets=0) as opened:
        app = build(opened.url, "counter-2", "")
        async with app.run_test(size=(80, 24)) as pilot:
            await sit_down_alone(app, pilot)
            new = (*"741638", "enter")
            await pilot.press("asterisk", *"1234", "enter", *new, *new)
            await until(lambda: "Đã đổi mã PIN" in screen_text(app))
            await pilot.press("f11", *"1234", "enter")
            await until(lambda: "mã PIN không đúng" in screen_text(app))
            await pilot.press(*new)
            await until(lambda: "Chưa có ai chờ" in screen_text(app))


async def sit_down_alone(app: HallApp, pilot: Pilot[None]) -> None:
    """Sign in where nobody waits."""
    await until(lambda: "Mã PIN" in screen_text(app))
    await pilot.press(*"cb1", "enter", *"1234", "enter")
    await until(lambda: "Nhấn phím M" in screen_text(app))
    await pilot.press("m")
    await until(lambda: "Chưa có ai chờ" in screen_text(app))
