"""Draws the pictures of the README: the demo's window, half an hour after opening.

Run it from the project's root: .venv/bin/python docs/generate_pictures.py
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from argparse import Namespace
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from config import read
from demo.day import draw_day
from demo.play import Plan, doors_open
from demo.run import cast_of, demo_hall
from demo.stage import Stage
from demo.window import DemoApp

DAY: Final = date(2026, 11, 24)
SEED: Final = 4
SPEED: Final = 60.0
PLAYED: Final = timedelta(minutes=75)  # of the hall, from the moment the doors open
PICTURES: Final = Path(__file__).with_name("pictures")


async def main() -> None:
    config = read(Path("config.toml"))
    cast, stage = cast_of(config), Stage(doors_open(config.setup, DAY), SPEED)
    plan = Plan(DAY, draw_day(config.setup, DAY, 250, SEED), len(config.setup.counters), SEED)
    with tempfile.TemporaryDirectory() as folder:
        arguments = Namespace(database=f"sqlite:///{folder}/hall.db", port=0)
        async with demo_hall(config, arguments, stage) as hall:
            app = DemoApp(cast, hall.url, stage, plan)
            async with app.run_test(size=(160, 50)) as pilot:
                await asyncio.sleep(PLAYED.total_seconds() / SPEED)
                await pilot.pause()
                (PICTURES / "demo.svg").write_text(_without_fonts(app.export_screenshot()))


def _without_fonts(svg: str) -> str:
    """Nothing is to be fetched from elsewhere: any monospaced font will do."""
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


if __name__ == "__main__":
    asyncio.run(main())
