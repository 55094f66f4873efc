"""Starts a demo: a server of its own on this machine, with a clock that runs as fast as asked.

A rehearsal is the same with the people of a recorded day.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

import msgspec

from config import Config
from config.pins import DEMO_PIN, hash_pin
from config.values import Privacy, Reports
from demo.day import LIFE, TEXTBOOK, draw_day
from demo.play import Cast, Plan, as_text, differing, doors_open, play_day, side_by_side
from demo.recorded import RecordedDay, recorded_day, require_another
from demo.rehearsal import Script, officer_at, stand_ins
from demo.stage import AS_FAST_AS_IT_GOES, Stage
from dispatch.limits import NO_HURRY
from dispatch.timekeeper import Timekeeper
from link.messages import DeviceInfo
from server import OpenHall, open_hall

HOST: Final = "127.0.0.1"
WATCHED_SPEED: Final = 30.0  # times as fast as life: fast enough to see, slow enough to join in
LEARNING_SPEED: Final = 1.0  # whoever learns has the time that life has
LOCKS: Final = "lock_after_min"  # the setting of a screen
USUAL_DAY: Final = date(2026, 11, 24)


async def run(config: Config, arguments: argparse.Namespace) -> int:
    """Play a day with a window, or without one and print its figures.

    Raises ValueError, WhatIfError, RecordsError, NotRecorded or CannotStart.
    """
    logging.basicConfig(level=logging.ERROR)
    if arguments.source is not None:
        return await _rehearse(config, arguments)
    if arguments.without:
        raise ValueError("--without leaves a counter of a recorded day to you: it goes with --from")
    cast, day = cast_of(config), arguments.day or USUAL_DAY
    usual = AS_FAST_AS_IT_GOES if arguments.headless else WATCHED_SPEED
    stage = Stage(doors_open(config.setup, day), arguments.speed or usual)
    habits = TEXTBOOK if arguments.textbook else LIFE
    plan = Plan(
        day,
        draw_day(config.setup, day, arguments.visits, arguments.seed, habits),
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


# --- A recorded day ------------------------------------------------------------------------------


async def _rehearse(config: Config, arguments: argparse.Namespace) -> int:
    """Play a recorded day; without a window, its figures stand beside the recorded ones."""
    if arguments.day is None:
        raise ValueError("--from needs the day, such as --day 2026-11-16")
    if arguments.database is not None:
        require_another(arguments.source, arguments.database)
    cast, without = cast_of(config), _left_to_people(config, arguments.without)
    recorded = recorded_day(config, arguments.source, arguments.day)
    script = Script(recorded.day, without)
    stage = Stage(script.begins, arguments.speed or _usual_speed(arguments, without))
    config = replace(config, devices={**config.devices, **stand_ins(config.setup.counters)})
    async with demo_hall(config, arguments, stage) as hall:
        for line in _told(cast, hall.url, recorded, without):
            print(line, file=sys.stderr, flush=True)
        if not arguments.headless:
            from demo.window import show

            return await show(cast, hall.url, stage, script)
        figures, turned_away = await play_day(cast, hall.url, stage, script)
    print("\n".join(side_by_side(recorded.figures, figures, turned_away)))
    others = differing(recorded.figures, figures)
    print(f"Not as recorded: {', '.join(others)}." if others else "Every figure is as recorded.")
    return 0


def _usual_speed(arguments: argparse.Namespace, without: Iterable[str]) -> float:
    if without:
        return LEARNING_SPEED
    return AS_FAST_AS_IT_GOES if arguments.headless else WATCHED_SPEED


def _left_to_people(config: Config, counters: Iterable[str]) -> frozenset[str]:
    """The counters nobody plays. Raises ValueError for one that the hall does not have."""
    known = config.setup.counters
    for code in counters:
        if code not in known:
            raise ValueError(f"there is no counter {code}. There are: {', '.join(known)}")
    return frozenset(counters)


def _told(cast: Cast, url: str, recorded: RecordedDay, without: Iterable[str]) -> Iterable[str]:
    """Where screens find the rehearsal, who is missing, and what is to be known of the day."""
    yield from (f"note: {note}" for note in recorded.notes)
    yield f"rehearsal of {recorded.day.date}: {url}"
    port = url.rstrip("/").rpartition(":")[2]
    screens = {d.counter: d.device for d in cast.devices.values() if d.role == "counter"}
    for code in sorted(without):
        screen = screens.get(code, "...")
        yield (
            f"counter {code} is yours: motcua counter --device {screen} --port {port},"
            f" officer {officer_at(cast, code)}, PIN {cast.pin}"
        )


# --- The hall ------------------------------------------------------------------------------------


@asynccontextmanager
async def demo_hall(
    config: Config, arguments: argparse.Namespace, stage: Stage
) -> AsyncIterator[OpenHall]:
    """The hall's real server, on this machine only, in the demo's time."""
    timekeeper = Timekeeper(stage.now, stage.steady_s, lambda: stage.speed)
    with tempfile.TemporaryDirectory(prefix="motcua-demo-") as folder:
        database = arguments.database or f"sqlite:///{Path(folder) / 'demo.db'}"
        port = arguments.port or 0
        place = (_for_show(config), database, HOST, port, timekeeper)
        async with open_hall(*place, limits=NO_HURRY) as hall:
            _require_room(hall, stage, database)
            yield hall


def _require_room(hall: OpenHall, stage: Stage, database: str) -> None:
    """A day is played once: what was recorded later cannot be played before."""
    recorded = hall.dispatcher.hall
    if recorded.day is not None and recorded.at > stage.now():
        raise ValueError(
            f"{database} has records up to {recorded.day}: choose a later --day or another database"
        )


def _for_show(config: Config) -> Config:
    """The same hall, with officers whose PIN the demo knows, and whom no passing of time locks out.
    It writes nothing but its database, and listens in plain text to this machine.
    """
    pin_hash = hash_pin(DEMO_PIN)
    officers = {c: replace(officer, pin_hash=pin_hash) for c, officer in config.officers.items()}
    server = replace(config.server, log=None, tls=None, standby=None, tokens_always=False)
    return replace(
        config,
        officers=officers,
        devices={code: _never_locked(device) for code, device in config.devices.items()},
        server=server,
        sign_in=replace(config.sign_in, session_h=0.0),
        reports=Reports(),
        privacy=Privacy(config.privacy.keep_texts_days),
    )


def _never_locked(device: DeviceInfo) -> DeviceInfo:
    settings = {name: value for name, value in device.settings.items() if name != LOCKS}
    return msgspec.structs.replace(device, settings=settings)


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
