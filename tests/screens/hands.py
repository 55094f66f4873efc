"""Keys and clicks that a screen has wholly taken in before a test goes on, on any machine.

Textual's own pilot goes on as soon as the process uses little of the processor, as it does where
other processes have it, too. Here the queues of the widgets say when there is nothing left to do.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any, Final

import pytest
import textual.app
from textual.app import App
from textual.message_pump import MessagePump
from textual.pilot import Pilot

from tests.waiting import LOOK_S, PATIENCE_S

QUIET_TURNS: Final = 12  # of the loop: what a worker says after its answer comes that much later
TURNS_IN_A_ROW: Final = 500  # then the loop may sleep: something is waited for


async def settled(app: App[Any]) -> None:
    """Wait until every widget has taken in what was given to it, and the screen is painted."""
    deadline, quiet, turns = time.monotonic() + PATIENCE_S, 0, 0
    while quiet < QUIET_TURNS and app.is_running:
        await asyncio.sleep(0 if turns < TURNS_IN_A_ROW else LOOK_S)
        assert time.monotonic() < deadline, f"still at work: {[*filter(_works, _pumps(app))]}"
        quiet, turns = (0 if _is_busy(app) else quiet + 1), turns + 1


def _pumps(app: App[Any]) -> list[MessagePump]:
    return [app, *app._registry]


def _works(pump: Any) -> bool:
    """Whether it has not taken in everything yet: one that has waits at its queue."""
    task, given = pump._task, pump._message_queue.ready_event
    if task is None or task.done():
        return False
    waits = given._waiters and not given.is_set()
    return not waits or bool(pump._pending_message or pump._next_callbacks)


def _is_busy(app: App[Any]) -> bool:
    if any(map(_works, _pumps(app))):
        return True
    screen = app.screen
    if not (screen._layout_required or screen._dirty_widgets or screen._callbacks):
        return False
    with app._context():  # of several apps in one test, this one
        screen._on_timer_update()  # paint now what a timer would paint soon
    return True


async def _press(pilot: Pilot[Any], *keys: str) -> None:
    for key in keys:
        await pilot.app._press_keys([key])
        await settled(pilot.app)


async def _pause(pilot: Pilot[Any], delay: float | None = None) -> None:
    if delay is not None:
        await asyncio.sleep(delay)
    await settled(pilot.app)


async def _at_once(*_: float) -> None:
    pass


def taken_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every pilot of a test presses, clicks and pauses like this."""
    monkeypatch.setattr(textual.app, "wait_for_idle", _at_once)
    monkeypatch.setattr(Pilot, "press", _press)
    monkeypatch.setattr(Pilot, "pause", _pause)
