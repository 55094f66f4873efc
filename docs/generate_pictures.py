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
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from textual.app import App
from textual.pilot import Pilot

from config import Config, read
from config.pins import DEMO_PIN
from counter.app import build as counter_app
from demo.day import draw_day
from demo.play import Plan, doors_open
from demo.run import cast_of, demo_hall
from demo.stage import Stage
from demo.window import DemoApp
from hardware.layout import ticket_picture
from hardware.raster import preview
from hardware.template import SHIPPED
from hardware.template import read as template
from kiosk.app import build
from kiosk.paper import sample_facts
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
PICTURES: Final = Path(__file__).with_name("pictures")


async def main() -> None:
    config = read(Path("config.toml"))
    ticket(config)
    cast, stage = cast_of(config), Stage(doors_open(config.setup, DAY), SPEED)
    plan = Plan(DAY, draw_day(config.setup, DAY, 250, SEED), len(config.setup.counters), SEED)
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


async def _press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys, and wait until everything that comes of them is shown."""
    await asyncio.sleep(SETTLED_S)
    await pilot.press(*keys)
    await asyncio.sleep(SETTLED_S)


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
