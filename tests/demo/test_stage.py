"""The demo's time: scenes in their order, at any speed."""

from __future__ import annotations

import asyncio
import math
import time
from datetime import UTC, datetime, timedelta

import pytest

from demo.stage import AS_FAST_AS_IT_GOES, Scene, Stage
from tests.waiting import PATIENCE_S, until

MORNING = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)


class Diary:
    """Which scenes were played, and when by the stage's clock."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.entries: list[tuple[str, datetime]] = []

    def scene(self, name: str) -> Scene:
        async def play() -> None:
            self.entries.append((name, self.stage.now()))

        return play

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.entries]


async def test_scenes_are_played_in_the_order_of_their_times() -> None:
    stage = Stage(MORNING, AS_FAST_AS_IT_GOES)
    diary = Diary(stage)
    for minutes, name in ((30, "third"), (10, "first"), (30, "fourth"), (20, "second")):
        stage.at(MORNING + timedelta(minutes=minutes), diary.scene(name))
    await stage.play()
    assert diary.names == ["first", "second", "third", "fourth"]
    assert [at - MORNING for _, at in diary.entries] == [
        timedelta(minutes=minutes) for minutes in (10, 20, 30, 30)
    ]


async def test_as_fast_as_it_goes_time_jumps_and_stands_still_between_scenes() -> None:
    stage = Stage(MORNING, AS_FAST_AS_IT_GOES)
    began = time.monotonic()
    stage.after(8 * 3600, Diary(stage).scene("evening"))
    await stage.play()
    assert time.monotonic() - began < PATIENCE_S  # and not eight hours
    assert stage.now() == MORNING + timedelta(hours=8)
    assert stage.steady_s() == 8 * 3600


async def test_a_scene_may_bring_others_and_the_past_is_played_next() -> None:
    stage = Stage(MORNING, AS_FAST_AS_IT_GOES)
    diary = Diary(stage)

    async def call() -> None:
        stage.after(60, diary.scene("a minute later"))
        stage.at(MORNING, diary.scene("long ago"))

    stage.after(600, call)
    await stage.play()
    assert diary.names == ["long ago", "a minute later"]
    assert diary.entries[0][1] == MORNING + timedelta(seconds=600)  # time never goes back


async def test_at_a_speed_an_hour_takes_its_share_of_life() -> None:
    stage = Stage(MORNING, 36_000.0)
    diary = Diary(stage)
    stage.after(3600, diary.scene("an hour later"))
    began = time.monotonic()
    await stage.play()
    assert 0.1 <= time.monotonic() - began < PATIENCE_S
    assert diary.entries[0][1] >= MORNING + timedelta(hours=1)


async def test_time_never_passes_a_scene_that_is_not_played_yet() -> None:
    stage = Stage(MORNING, 36_000.0)  # ten hours a second
    diary = Diary(stage)

    async def slow() -> None:
        before = stage.now()
        stage.after(60, diary.scene("a minute later"))
        for _ in range(1000):
            await asyncio.sleep(0)
        assert stage.now() == before == MORNING + timedelta(hours=1)

    stage.at(MORNING + timedelta(hours=1), slow)
    await stage.play()
    assert diary.entries == [("a minute later", MORNING + timedelta(hours=1, minutes=1))]


@pytest.mark.parametrize("faster", [1e6, math.inf])
async def test_a_faster_speed_is_felt_while_waiting(faster: float) -> None:
    stage = Stage(MORNING, 1.0)
    diary = Diary(stage)
    stage.after(3600, diary.scene("an hour later"))
    playing = asyncio.create_task(stage.play())
    await asyncio.sleep(0)
    before = stage.now()
    stage.speed = faster
    await asyncio.wait_for(playing, PATIENCE_S)
    assert diary.names == ["an hour later"]
    assert stage.now() > before


async def test_whoever_looks_on_may_bring_a_scene_after_the_last() -> None:
    stage = Stage(MORNING, AS_FAST_AS_IT_GOES)
    diary = Diary(stage)
    playing = asyncio.create_task(stage.play_on())
    for name in ("one", "two"):
        stage.after(1, diary.scene(name))
        await until(lambda name=name: name in diary.names)  # type: ignore[misc]
    playing.cancel()
    await asyncio.gather(playing, return_exceptions=True)
