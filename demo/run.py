"""Starts a demo: a server of its own on this machine, with a clock that runs as fast as asked."""

from __future__ import annotations

import argparse
import logging
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from config import Config
from config.pins import DEMO_PIN, hash_pin
from demo.day import LIFE, TEXTBOOK, draw_day
from demo.play import Cast, Plan, as_text, doors_open, play_day
from demo.stage import AS_FAST_AS_IT_GOES, Stage
from dispatch.timekeeper import Timekeeper
from server import OpenHall, open_hall

HOST: Final = "127.0.0.1"
WATCHED_SPEED: Final = 30.0  # times as fast as life: fast enough to see, slow enough to join in


async def run(config: Config, arguments: argparse.Namespace) -> int:
    """Play a day with a window, or without one and print its figures."""
    logging.basicConfig(level=logging.ERROR)
    cast = cast_of(config)
    usual = AS_FAST_AS_IT_GOES if arguments.headless else WATCHED_SPEED
    stage = Stage(doors_open(config.setup, arguments.day), arguments.speed or usual)
    habits = TEXTBOOK if arguments.textbook else LIFE
    plan = Plan(
        arguments.day,
        draw_day(config.setup, arguments.day, arguments.visits, arguments.seed, habits),
        len(config.setup.counters) if arguments.counters is None else arguments.counters,
        arguments.seed,
        habits,
    )
    async with demo_hall(config, arguments, stage) as hall:
        if not arguments.headless:
            from demo.window import show

            return await show(cast, hall.url, stage, plan)
        figures, turned_away = await play_day(cast, hall.url, stage, plan)
    print("\n".join(as_text(figures, turned_away)))
    return 0


@asynccontextmanager
async def demo_hall(
    config: Config, arguments: argparse.Namespace, stage: Stage
) -> AsyncIterator[OpenHall]:
    """The hall's real server, on this machine only, in the demo's time."""
    timekeeper = Timekeeper(stage.now, stage.steady_s, lambda: stage.speed)
    with tempfile.TemporaryDirectory(prefix="motcua-demo-") as folder:
        database = arguments.database or f"sqlite:///{Path(folder) / 'demo.db'}"
        port = arguments.port or 0
        async with open_hall(_with_demo_pins(config), database, HOST, port, timekeeper) as hall:
            _require_room(hall, stage, database)
            yield hall


def _require_room(hall: OpenHall, stage: Stage, database: str) -> None:
    """A day is played once: what was recorded later cannot be played before."""
    recorded = hall.dispatcher.hall
    if recorded.day is not None and recorded.at > stage.now():
        raise ValueError(
            f"{database} has records up to {recorded.day}: choose a later --day or another database"
        )


def _with_demo_pins(config: Config) -> Config:
    """The same hall, with officers whose PIN the demo knows."""
    pin_hash = hash_pin(DEMO_PIN)
    officers = {c: replace(officer, pin_hash=pin_hash) for c, officer in config.officers.items()}
    return replace(config, officers=officers)


def cast_of(config: Config) -> Cast:
    """Everybody the hall has. Raises ValueError when somebody is missing."""
    officers = [code for code, officer in config.officers.items() if officer.role == "officer"]
    managers = [code for code, officer in config.officers.items() if officer.role == "manager"]
    if len(officers) < len(config.setup.counters) or not managers:
        raise ValueError("the demo needs an officer for every counter, and a manager")
    return Cast(
        setup=config.setup,
        hall_info=config.hall_info,
        devices=config.devices,
        officers=officers,
        manager=managers[0],
        pin=DEMO_PIN,
    )
