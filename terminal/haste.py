"""Keys that are typed, pasted or sent faster than the fields take them in. Knows no question."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from itertools import takewhile
from typing import Final

from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widget import Widget

PATIENCE_S: Final = 10.0  # on the slowest machine; a key that goes astray is worse than a wait
LOOK_S: Final = 0.05  # whether a widget was taken away: that one never catches up


async def caught_up(*widgets: Widget) -> None:
    """Wait until each of these, in this order, has taken in every key and message given to it.

    A field is named twice: it says that it changed in a message to itself. Awaited by the action
    of a priority binding, this holds back the keys that come after.
    """
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE_S):
            for widget in widgets:
                await _caught_up(widget)


async def _caught_up(widget: Widget) -> None:
    done = asyncio.Event()
    if not widget.call_later(done.set):
        return
    while widget.is_running and not done.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(done.wait(), LOOK_S)


async def heard(widget: Widget) -> None:
    """Wait until what a widget has just said was heard by everything around it."""
    around = takewhile(lambda node: not isinstance(node, Screen), widget.ancestors_with_self)
    await caught_up(*(node for node in around if isinstance(node, Widget)))


def gets_keys(widget: Widget) -> bool:
    """Whether the very next key goes there: `Widget.has_focus` follows a little later."""
    return widget.screen.focused is widget


def focus_now(widget: Widget) -> None:
    """The very next key goes there: `Widget.focus` takes its turn behind other messages."""
    widget.screen.set_focus(widget)


async def step(part: Widget, by: int) -> None:
    """Go on from field to field of a part, round and round, by the keys that `moves` are."""
    here = part.screen.focused
    if here is not None:
        await caught_up(here, here, part)
    fields = [one for one in part.query("Input, OptionList, Button").results(Widget) if one.display]
    place = fields.index(here) if here in fields else -by
    focus_now(fields[(place + by) % len(fields)])


def moves(forth: str = "tab", back: str = "shift+tab") -> list[BindingType]:
    """Keys to go from field to field with: what is typed after them goes where they lead."""
    return [
        Binding(forth, "step(1)", show=False, priority=True),
        Binding(back, "step(-1)", show=False, priority=True),
    ]
