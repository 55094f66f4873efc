"""Draws the pictures of the README and of the guides, from programs that really run.

Run it from the project's root: .venv/bin/python docs/generate_pictures.py
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from argparse import Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Final

from textual.app import App
from textual.pilot import Pilot

from config import Config, read
from config.pins import DEMO_PIN
from counter.app import build as counter_app
from demo.day import draw_day
from demo.play import Plan, doors_open, play_day
from demo.run import cast_of, demo_hall
from demo.stage import AS_FAST_AS_IT_GOES, Stage
from demo.window import DemoApp
from display.app import build as board_app
from display.pane import BoardPane
from hardware.layout import ticket_picture
from hardware.raster import preview
from hardware.template import SHIPPED
from hardware.template import read as template
from kiosk.app import build
from kiosk.paper import sample_facts
from link.messages import DeviceInfo
from manager.app import build as manager_app
from rating.app import build as rating_app
from terminal.app import HallApp

DAY: Final = date(2026, 11, 24)
SEED: Final = 4
SPEED: Final = 60.0
PLAYED: Final = timedelta(minutes=75)  # of the hall, from the moment the doors open
KIOSK: Final = (100, 32)
COUNTER: Final = (100, 30)
SERVED_S: Final = 4.0  # of ours: some minutes of the hall
SETTLED_S: Final = 1.0
NOW: Final = datetime(2026, 11, 24, 1, 12, tzinfo=UTC)
# Page -> the keys that lead on to it from the one before.
PAGES: Final = {
    "start": (),
    "services": ("1",),
    "search": ("0", "enter", "k", "h", "a", "i"),
    "groups": ("0", "9"),
    "confirm": ("2", "1", "1"),
    "ticket": ("1",),
}
BOARDS: Final = {"board-hall": (160, 45), "board-zone": (60, 100), "board-counter": (100, 30)}
FLASHED_S: Final = 4.5
MANAGER: Final = (150, 46)
MORNING: Final = timedelta(minutes=170)  # of the hall, from the moment the doors open
FAST: Final = 200.0
STAFFED: Final = 7  # counters on that morning: not quite enough
REPORTED_S: Final = 8.0  # in which a report is surely there
# Of the month before: the days that are played, and how many counters were staffed.
DAYS_BEFORE: Final = {
    date(2026, 10, 5): 8,
    date(2026, 10, 13): 9,
    date(2026, 10, 21): 7,
    date(2026, 10, 29): 8,
}
LOOK_S, LOOKS = 0.1, 300
PAPERS: Final = """# Đăng ký khai sinh

Giấy tờ cần mang:

- **Tờ khai** đăng ký khai sinh
- **Giấy chứng sinh** (bản chính)
- **Căn cước** của cha, mẹ

Thời hạn: trong ngày; nhận hồ sơ sau 15 giờ thì trả kết quả vào ngày làm việc tiếp theo.

Lệ phí: **không thu** nếu đăng ký trong 60 ngày kể từ ngày sinh.

# Giờ làm việc

- Thứ Hai đến thứ Sáu: 07:30 – 11:30, 13:00 – 17:00
- Thứ Bảy: 07:30 – 11:30
"""
PICTURES: Final = Path(__file__).with_name("pictures")


async def main() -> None:
    config = read(Path("config.toml"))
    ticket(config)
    cast, stage = cast_of(config), Stage(doors_open(config.setup, DAY), SPEED)
    plan = _plan(config)
    with tempfile.TemporaryDirectory() as folder:
        arguments = Namespace(database=f"sqlite:///{folder}/hall.db", port=0)
        async with demo_hall(config, arguments, stage) as hall:
            app = DemoApp(cast, hall.url, stage, plan)
            async with app.run_test(size=(160, 50)) as pilot:
                await asyncio.sleep(PLAYED.total_seconds() / SPEED)
                await pilot.pause()
                _keep(app, "demo")
            await kiosk_pages(config, hall.url, stage)
            stage.speed = 1.0
            await counter_pages(hall.url, stage)
            await rating_page(hall.url)
    await boards(config)
    await manager(config)


async def kiosk_pages(config: Config, url: str, stage: Stage) -> None:
    """The kiosk's main pages, while others wait."""
    app = build(url, "kiosk-1", "", language="vi")
    async with app.run_test(size=KIOSK) as pilot:
        for name, keys in PAGES.items():
            for key in keys:
                await asyncio.sleep(SETTLED_S)
                await pilot.press(key)
            await asyncio.sleep(SETTLED_S)
            _keep(app, f"kiosk-{name}")


async def counter_pages(url: str, stage: Stage) -> None:
    """The first counter's console, from where the demo's officer got up, to the next finish."""
    async with _sitting_down(url) as (app, pilot):
        await _press(pilot, "k")
        await _press(pilot, "1")
        _keep(app, "counter-ready")
        await _press(pilot, "space")
        await _press(pilot, "b")
    stage.speed = SPEED
    await asyncio.sleep(SERVED_S)
    stage.speed = 1.0
    async with _sitting_down(url) as (app, pilot):
        _keep(app, "counter-serving")
        await _press(pilot, "k")
        _keep(app, "counter-finish")
        await _press(pilot, "1")


@asynccontextmanager
async def _sitting_down(url: str) -> AsyncIterator[tuple[HallApp, Pilot[None]]]:
    """A console that is started anew is locked: it wants the PIN first."""
    app = counter_app(url, "counter-1", "")
    async with app.run_test(size=COUNTER) as pilot:
        await _press(pilot, *DEMO_PIN, "enter")
        yield app, pilot


async def rating_page(url: str) -> None:
    """What the citizen who was served there is asked."""
    app = rating_app(url, "rating-1", "", language="vi")
    async with app.run_test(size=COUNTER) as pilot:
        await _press(pilot)
        _keep(app, "rating")


async def boards(config: Config) -> None:
    """Three layouts of the board on a morning, each with a call on show."""
    with tempfile.TemporaryDirectory() as folder:
        pages = Path(folder) / "pages"
        pages.mkdir()
        (pages / "1.md").write_text(PAPERS, encoding="utf-8")
        devices = {name: _board(name, config, pages) for name in BOARDS}
        config = replace(config, devices={**config.devices, **devices})
        stage = Stage(doors_open(config.setup, DAY), SPEED)
        arguments = Namespace(database=f"sqlite:///{folder}/boards.db", port=0)
        async with demo_hall(config, arguments, stage) as hall:
            playing = asyncio.create_task(play_day(cast_of(config), hall.url, stage, _plan(config)))
            await asyncio.sleep(PLAYED.total_seconds() / SPEED)
            for name, size in BOARDS.items():
                await board(hall.url, stage, name, size)
            playing.cancel()


async def board(url: str, stage: Stage, name: str, size: tuple[int, int]) -> None:
    """A board with a call on show, once its flashing is over."""
    app = board_app(url, name, "", language="vi")
    async with app.run_test(size=size) as pilot:
        pane, stage.speed = app.pane, SPEED
        assert isinstance(pane, BoardPane)
        for _ in range(LOOKS):
            if pane.showing.call is not None:
                break
            await asyncio.sleep(LOOK_S)
        stage.speed = 1.0
        await asyncio.sleep(FLASHED_S)
        await pilot.pause()
        _keep(app, name)


def _board(name: str, config: Config, pages: Path) -> DeviceInfo:
    """One as its picture shows it; a call stays on show."""
    settings: dict[str, str | int | float | bool | list[str]] = {"show_call_s": 600}
    if name == "board-hall":
        settings |= {"media": str(pages), "media_s": 600}
    zone_b = [one.code for one in config.hall_info.counters if one.zone["vi"] == "Khu B"]
    counters = {"board-zone": zone_b, "board-counter": ["Q3"]}.get(name, [])
    return DeviceInfo(name, "display", None, settings, counters)


async def _press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys, and wait until everything that comes of them is shown."""
    await asyncio.sleep(SETTLED_S)
    await pilot.press(*keys)
    await asyncio.sleep(SETTLED_S)


async def manager(config: Config) -> None:
    """The hall on a busy morning, and the figures of the month before."""
    cast = cast_of(config)
    # What begins the process of the reports asks for descriptors that no app in this one has.
    resource_tracker.ensure_running()
    with tempfile.TemporaryDirectory() as folder:
        arguments = Namespace(database=f"sqlite:///{folder}/manager.db", port=0)
        for day, counters in DAYS_BEFORE.items():
            stage = Stage(doors_open(config.setup, day), AS_FAST_AS_IT_GOES)
            plan = Plan(day, draw_day(config.setup, day, 250, day.day), counters, day.day)
            async with demo_hall(config, arguments, stage) as hall:
                await play_day(cast, hall.url, stage, plan)
        stage = Stage(doors_open(config.setup, DAY), FAST)
        async with demo_hall(config, arguments, stage) as hall:
            plan = replace(_plan(config), counters=STAFFED)
            playing = asyncio.create_task(play_day(cast, hall.url, stage, plan))
            await asyncio.sleep(MORNING.total_seconds() / FAST)
            stage.speed = 1.0
            await manager_pages(hall.url, cast.manager)
            playing.cancel()


async def manager_pages(url: str, code: str) -> None:
    """The hall now, last month, and its heat map."""
    app = manager_app(url, "manager-1", "", language="vi")
    async with app.run_test(size=MANAGER) as pilot:
        await _press(pilot, *code, "enter", *DEMO_PIN, "enter")
        _keep(app, "manager-hall")
        for name, key in {"month": "s", "heat": "7"}.items():
            await _press(pilot, key)
            await asyncio.sleep(REPORTED_S)
            await pilot.pause()
            _keep(app, f"manager-{name}")


def _plan(config: Config) -> Plan:
    return Plan(DAY, draw_day(config.setup, DAY, 250, SEED), len(config.setup.counters), SEED)


def ticket(config: Config) -> None:
    """The ticket as it is printed."""
    facts = sample_facts(config.hall_info, "CT01", "elderly", None, NOW)
    (PICTURES / "ticket.png").write_bytes(preview(ticket_picture(facts, template(SHIPPED), 576)))


def _keep(app: App[None], name: str) -> None:
    (PICTURES / f"{name}.svg").write_text(_without_fonts(app.export_screenshot()))


def _without_fonts(svg: str) -> str:
    """Nothing is to be fetched from elsewhere: any monospaced font will do."""
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


if __name__ == "__main__":
    asyncio.run(main())
