"""The manager's screen on a real server with real records: what is done there happens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from multiprocessing import resource_tracker
from pathlib import Path

from textual.pilot import Pilot

from config import Config, Officer
from config.pins import hash_pin
from counter.app import build as counter_app
from link.client import Link
from link.messages import DeviceInfo, DeviceState, Hello
from manager.app import build
from server import OpenHall
from terminal.app import HallApp
from terminal.caps import KeyCap
from tests.screens import test_counter_live as counters
from tests.screens.conftest import screen_text
from tests.waiting import PATIENCE_S, until


def managed(folder: Path) -> Config:
    """The counters' hall with a manager, and two screens for one."""
    config = counters.config()
    setup = replace(config.setup, jump_reasons=frozenset({"other"}))
    manager = Officer("ql1", {"vi": "Quản lý 1"}, hash_pin("1234"), "manager")
    screens = {
        code: DeviceInfo(code, "manager", settings={"folder": str(folder / "saved")})
        for code in ("manager-1", "manager-2")
    }
    return replace(
        config,
        setup=setup,
        officers={**config.officers, "ql1": manager},
        devices={**config.devices, **screens},
    )


@asynccontextmanager
async def hall(folder: Path, tickets: int) -> AsyncIterator[OpenHall]:
    # What begins processes asks for the descriptors of a terminal, which no app here has.
    resource_tracker.ensure_running()
    async with counters.hall(folder, tickets, managed(folder)) as opened:
        yield opened


@asynccontextmanager
async def manager(
    opened: OpenHall, device: str = "manager-1", size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[HallApp, Pilot[None]]]:
    """A manager's screen, signed in."""
    app = build(opened.url, device, "")
    async with app.run_test(size=size) as pilot:
        await says(app, "Mã PIN")
        await pilot.press(*"ql1", "enter", *"1234", "enter")
        await says(app, "CẢNH BÁO")
        yield app, pilot


@asynccontextmanager
async def officer(opened: OpenHall) -> AsyncIterator[tuple[HallApp, Pilot[None]]]:
    """The officer's console, at work."""
    app = counter_app(opened.url, "counter-2", "")
    async with app.run_test(size=(80, 24)) as pilot:
        await counters.sit_down(app, pilot)
        yield app, pilot


async def says(app: HallApp, text: str) -> None:
    await until(lambda: text in screen_text(app))


async def test_a_manager_signs_in_with_the_right_pin_alone(tmp_path: Path) -> None:
    async with hall(tmp_path, tickets=0) as opened:
        app = build(opened.url, "manager-1", "")
        async with app.run_test(size=(80, 24)) as pilot:
            await says(app, "Mã PIN")
            await pilot.press(*"ql1", "enter", *"9999", "enter")
            await says(app, "mã PIN không đúng")
            await pilot.press(*"1234", "enter")
            await says(app, "CẢNH BÁO")


async def test_an_officer_is_no_manager(tmp_path: Path) -> None:
    async with hall(tmp_path, tickets=0) as opened:
        app = build(opened.url, "manager-1", "")
        async with app.run_test(size=(80, 24)) as pilot:
            await says(app, "Mã PIN")
            await pilot.press(*"cb1", "enter", *"1234", "enter")
            await until(lambda: "Đang đăng nhập" not in screen_text(app))
            assert "CẢNH BÁO" not in screen_text(app)


async def test_a_service_is_closed_and_offered_again_by_keyboard(tmp_path: Path) -> None:
    async with hall(tmp_path, tickets=0) as opened, manager(opened) as (app, pilot):
        await pilot.press("t", "2", "1")
        await until(lambda: opened.dispatcher.hall.closed_services == {"CT01"})
        await says(app, "Đang ngừng tiếp nhận: Chứng thực bản sao")
        await pilot.press("t", "2", "1")
        await until(lambda: not opened.dispatcher.hall.closed_services)
        await says(app, "Đã tiếp nhận trở lại: Chứng thực bản sao")


async def test_a_notice_goes_to_all_screens_and_is_taken_away(tmp_path: Path) -> None:
    async with hall(tmp_path, tickets=0) as opened, manager(opened) as (app, pilot):
        await pilot.press("b", *"nghi som", "enter")
        await until(lambda: opened.dispatcher.hall.notice == "nghi som")
        await says(app, "Thông báo: nghi som")
        await pilot.press("b", *("backspace" for _ in "nghi som"), "enter")
        await until(lambda: opened.dispatcher.hall.notice == "")


async def test_who_waits_longest_is_moved_with_a_reason(tmp_path: Path) -> None:
    async with hall(tmp_path, tickets=2) as opened, manager(opened) as (app, pilot):
        await says(app, "đang chờ 2")
        await pilot.press("c", "down", "1")
        await says(app, "Chuyển C001 đến đâu?")
        await pilot.press("2")
        await says(app, "Chuyển C001 vì")
        await pilot.press("1")
        await says(app, "Đã chuyển C001 sang Đăng ký khai sinh")
        ticket = opened.dispatcher.hall.known("C001")
        assert ticket.turn.service == "HT01"


async def test_a_typed_number_is_moved_to_a_counter(tmp_path: Path) -> None:
    async with hall(tmp_path, tickets=2) as opened, manager(opened) as (app, pilot):
        await says(app, "đang chờ 2")
        await pilot.press("c", *"c2", "enter")
        await says(app, "Chuyển C002 đến đâu?")
        await pilot.press("1")
        await says(app, "Chuyển C002 vì")
        await pilot.press("1")
        await says(app, "Đã chuyển C002 đến quầy 2")


async def test_a_number_that_does_not_exist_is_refused_in_words(tmp_path: Path) -> None:
    async with hall(tmp_path, tickets=1) as opened, manager(opened) as (app, pilot):
        await says(app, "đang chờ 1")
        await pilot.press("c", *"c99", "enter")
        await says(app, "Chuyển C099 đến đâu?")
        await pilot.press("3")
        await says(app, "Chuyển C099 vì")
        await pilot.press("1")
        await says(app, "Hôm nay không có số này.")


async def test_a_word_reaches_the_officer_who_says_that_it_was_read(tmp_path: Path) -> None:
    async with (
        hall(tmp_path, tickets=1) as opened,
        officer(opened) as (console, hands),
        manager(opened) as (app, pilot),
    ):
        await says(app, "cb1")
        await pilot.press("n", "2", *"giup quay 3", "enter")
        await says(app, "Lời nhắn đã hiện ở quầy 2.")
        await says(console, "giup quay 3")
        await pilot.press("n", "1", *"het gio", "enter")
        await says(app, "Lời nhắn đã hiện ở tất cả")
        await says(console, "còn 1 tin nữa")
        await hands.press("at")
        await says(console, "het gio")
        await hands.click("#word")
        await until(lambda: "het gio" not in screen_text(console))


async def test_an_alarm_is_acknowledged_and_calmer_on_every_managers_screen(
    tmp_path: Path,
) -> None:
    async with (
        hall(tmp_path, tickets=0) as opened,
        manager(opened) as (app, pilot),
        manager(opened, "manager-2") as (other, _),
        kiosk_without_paper(opened),
    ):
        await says(app, "Thiết bị kiosk-1, máy in: hết giấy")
        await says(other, "Thiết bị kiosk-1, máy in: hết giấy")
        await pilot.press("g")
        await says(app, "Ghi nhận cảnh báo nào?")
        await pilot.press("1")
        await says(app, "Đã ghi nhận cảnh báo.")
        await until(lambda: "✓  08:3" in screen_text(app))
        await until(lambda: "✓  08:3" in screen_text(other))


@asynccontextmanager
async def kiosk_without_paper(opened: OpenHall) -> AsyncIterator[None]:
    """A kiosk that tells of its printer, and stays."""
    kiosk = Link(
        opened.url,
        Hello(protocol=1, role="kiosk", device="kiosk-1"),
        on_welcome=lambda _: None,
        on_view=lambda _: None,
        on_online=lambda *_: None,
        on_goodbye=lambda _: None,
    )
    running = asyncio.create_task(kiosk.run())
    state = DeviceState(device="printer", trouble="no_paper")
    assert (await kiosk.ask(state, patience_s=PATIENCE_S)).ok is not None
    yield
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_everything_on_the_keys_is_done_by_mouse_too(tmp_path: Path) -> None:
    async with hall(tmp_path, tickets=1) as opened, manager(opened) as (app, pilot):
        cap = next(cap for cap in app.query(KeyCap) if cap.key.kind == "set_service")
        await until(lambda: cap.has_class("-on"))
        await pilot.pause()  # it stays where it is
        await pilot.click(cap)
        await says(app, "Mở hoặc ngừng thủ tục")
        await pilot.pause()
        await pilot.click("OptionList", offset=(3, 1))
        await says(app, "Ngừng tiếp nhận hôm nay")
        await pilot.pause()
        await pilot.click("OptionList", offset=(3, 0))
        await until(lambda: opened.dispatcher.hall.closed_services == {"CT01"})


async def test_the_figures_of_today_come_and_are_saved(tmp_path: Path) -> None:
    async with hall(tmp_path, tickets=2) as opened, manager(opened) as (app, pilot):
        await pilot.press("s", "0")
        await says(app, "Báo cáo ngày")
        await pilot.press("l", "1")
        await says(app, "Đã lưu:")
        (saved,) = (tmp_path / "saved").iterdir()
        assert saved.name == "day_sheet-2026-11-23.xlsx"
        assert saved.read_bytes()[:2] == b"PK"


async def test_a_word_whose_answer_was_lost_is_sent_exactly_once(tmp_path: Path) -> None:
    async with hall(tmp_path, tickets=1) as opened, officer(opened) as (console, _):
        wire = counters.Wire(opened.port)
        async with await asyncio.start_server(wire.join, "127.0.0.1", 0) as proxy:
            port = proxy.sockets[0].getsockname()[1]
            app = build(f"ws://127.0.0.1:{port}/", "manager-1", "")
            async with app.run_test(size=(120, 40)) as pilot:
                await says(app, "Mã PIN")
                await pilot.press(*"ql1", "enter", *"1234", "enter")
                await says(app, "CẢNH BÁO")
                await pilot.press("n", "1", *"mot lan")
                wire.cut_after_next_request = True
                await pilot.press("enter")
                await until(lambda: wire.cuts)
                await says(app, "Lời nhắn đã hiện")
                await says(app, "● Đã kết nối")
        await says(console, "mot lan")
        assert "tin nữa" not in screen_text(console)
