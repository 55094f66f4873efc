"""Counts what a screen under a pilot does to be painted: widgets, layouts, bytes for a terminal."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
from textual._compositor import Compositor, CompositorUpdate
from textual.app import App
from textual.screen import Screen
from textual.widget import Widget

from tests.waiting import until

STILL_S: Final = 0.3  # without a stroke: it has painted
LOOKS: Final = 25  # in this time, unless the machine itself stood still


@dataclass
class Painted:
    """`widgets`: that were painted anew by themselves; `layouts`: how often all were laid out,
    and painted where that moved them; `bytes`: as a terminal would be sent them.
    """

    widgets: list[Widget] = field(default_factory=list)
    layouts: int = 0
    bytes: int = 0


@contextmanager
def painting() -> Iterator[Painted]:
    """Whatever is painted meanwhile, on any screen of this process."""
    painted = Painted()
    display, update, reflow = App._display, Compositor.update_widgets, Compositor.reflow

    def displayed(app: App[Any], screen: Screen[Any], shown: Any) -> None:
        if isinstance(shown, CompositorUpdate):
            painted.bytes += len(shown.render_segments(app.console).encode())
        display(app, screen, shown)

    def updated(compositor: Compositor, widgets: set[Widget]) -> None:
        painted.widgets += widgets
        update(compositor, widgets)

    def laid_out(compositor: Compositor, *how: Any) -> Any:
        painted.layouts += 1
        return reflow(compositor, *how)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(App, "_display", displayed)
        patch.setattr(Compositor, "update_widgets", updated)
        patch.setattr(Compositor, "reflow", laid_out)
        yield painted


async def still() -> None:
    """Wait until nothing has been painted for a while."""
    with painting() as painted:
        seen, since, looks = painted.bytes, time.monotonic(), 0

        def is_still() -> bool:
            nonlocal seen, since, looks
            if painted.bytes != seen:
                seen, since, looks = painted.bytes, time.monotonic(), 0
            looks += 1
            return time.monotonic() - since > STILL_S and looks > LOOKS

        await until(is_still)
