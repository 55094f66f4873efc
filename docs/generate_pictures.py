"""Draws the pictures of the README and of docs/kiosk.md, from programs that really run.

Run it from the project's root: .venv/bin/python docs/generate_pictures.py
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from argparse import Namespace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from textual.app import App

from config import Config, read
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

DAY: Final = date(2026, 11, 24)
SEED: Final = 4
SPEED: Final = 60.0
PLAYED: Final = timedelta(minutes=75)  # of the hall, from the moment the doors open
KIOSK: Final = (100, 32)
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
