"""The demo's window on a real hall at high speed: four panes at work, and a part to take."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta

from textual.pilot import Pilot

from config import read
from demo.day import draw_day
from demo.play import Plan, doors_open
from demo.run import cast_of, demo_hall
from demo.stage import Stage
from demo.window import SPEEDS, DemoApp
from terminal.pane import Pane
from tests.cli.commands import ROOT
from tests.screens.conftest import screen_text
from tests.waiting import until

DAY = date(2026, 11, 24)
FAST = 120.0  # the day is over after five minutes: no machine is that slow
BEFORE_THE_FIRST_CALL = timedelta(minutes=35)  # since the doors opened


@asynccontextmanager
async def window(
    size: tuple[int, int], speed: float = FAST
) -> AsyncIterator[tuple[DemoApp, Pilot[None]]]:
    """The demo's window of this size, in front of a hall of its own."""
    config = read(ROOT / "config.toml")
    stage = Stage(doors_open(config.setup, DAY) + BEFORE_THE_FIRST_CALL, speed)
    plan = Plan(DAY, draw_day(config.setup, DAY, 400, 7), len(config.setup.counters), 7)
    async with demo_hall(config, Namespace(database=None, port=None), stage) as hall:
        app = DemoApp(cast_of(config), hall.url, stage, plan)
        async with app.run_test(size=size) as pilot:
            yield app, pilot


def in_sight(app: DemoApp) -> list[str]:
    return [pane.id or "" for pane in app.query(Pane) if pane.region.area and pane.display]


def counter_text(app: DemoApp) -> str:
    """What stands in the counter's pane."""
    _, y, _, height = app.counter.region
    return "\n".join(screen_text(app).splitlines()[y : y + height])


def shows(app: DemoApp, *words: str) -> bool:
    return all(word in screen_text(app) for word in words)


def stage(app: DemoApp) -> str | None:
    """How the ticket at the counter in sight stands."""
    view = app.counter.view
    return view.ticket.stage if view and view.ticket else None


def number(app: DemoApp) -> str | None:
    view = app.counter.view
    return view.ticket.number if view and view.ticket else None


def asks_to_finish(app: DemoApp) -> bool:
    return f"Kết thúc {number(app)}" in counter_text(app)


async def test_all_four_panes_show_the_day() -> None:
    async with window((150, 45)) as (app, _):
        assert in_sight(app) == ["kiosk", "counter", "board", "figures-pane"]
        await until(lambda: shows(app, "Mời Quý khách chọn lĩnh vực", "nhanh gấp 120 lần"))
        await until(lambda: shows(app, "Chờ trung bình hôm nay", "Quầy 9", "cb9"))
        await until(lambda: app.board.view and app.board.view.calls)
        await until(lambda: number(app))
        await until(lambda: app.figures.view and app.figures.view.today.served)


async def test_whoever_takes_over_has_the_keys_until_the_officer_sits_down_again() -> None:
    async with window((150, 45)) as (app, pilot):
        await take_over_with_somebody_there(app, pilot)
        await until(lambda: app.stage.speed == SPEEDS[0])
        await until(lambda: in_sight(app) == ["counter"])
        await until(lambda: "làm thay cán bộ ở quầy này · Ctrl+T trả" in screen_text(app))
        await until(lambda: asks_to_finish(app))
        await pilot.press("enter")
        await until(lambda: number(app) is None)

        await pilot.press("ctrl+t")
        assert app.play is not None
        officer = app.play.officers["Q1"]
        await until(lambda: not officer.away)


async def take_over_with_somebody_there(app: DemoApp, pilot: Pilot[None]) -> None:
    """Take over, and ask to finish. The officer may have finished in that very moment: again."""
    while True:
        app.stage.speed = FAST / 4
        await until(lambda: stage(app) == "serving")
        await pilot.press("ctrl+t")
        while not asks_to_finish(app) and stage(app) == "serving":
            await pilot.press("k")  # a key that comes before its pane listens is lost
        if stage(app) == "serving":
            return
        await pilot.press("ctrl+t")


async def test_one_pane_alone_is_shown_when_asked_for_and_all_of_them_again() -> None:
    async with window((150, 45), speed=1.0) as (app, pilot):
        for key, name in (("k", "kiosk"), ("o", "counter"), ("b", "board"), ("f", "figures-pane")):
            await pilot.press(f"ctrl+{key}")
            await until(lambda name=name: in_sight(app) == [name])  # type: ignore[misc]
        await pilot.press("ctrl+a")
        await until(lambda: len(in_sight(app)) == 4)


async def test_a_small_window_shows_one_pane_at_a_time() -> None:
    async with window((80, 24), speed=1.0) as (app, pilot):
        await until(lambda: in_sight(app) == ["kiosk"])
        await until(lambda: "Mời Quý khách chọn lĩnh vực" in screen_text(app))
        await pilot.press("ctrl+o")
        await until(lambda: in_sight(app) == ["counter"])
        await pilot.press("ctrl+a")
        await until(lambda: len(in_sight(app)) == 1)


async def test_time_goes_faster_and_slower_by_key() -> None:
    async with window((80, 24), speed=30.0) as (app, pilot):
        before: datetime = app.stage.now()
        await pilot.press("ctrl+right")
        await until(lambda: app.stage.speed == 60.0)
        for _ in SPEEDS:
            await pilot.press("ctrl+left")
        await until(lambda: app.stage.speed == 1.0)
        await until(lambda: app.stage.now() > before)
