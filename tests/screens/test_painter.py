"""What stands on a terminal that was told only of changes is what all at once would look like."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import pyte
import pytest
from textual._compositor import CompositorUpdate, LayoutUpdate
from textual.app import App
from textual.geometry import Region
from textual.screen import Screen

from terminal.painter import Patches
from tests.guards.painted import still
from tests.screens.boards import SLOW, board, in_line, old_calls
from tests.screens.consoles import CALLED, READY, SERVING, desk
from tests.screens.kiosk_halls import LOW, kiosk
from tests.screens.managers import office
from tests.waiting import until

BOARDS = [(160, 45), (80, 24), (67, 120)]
CONSOLE = (100, 30)
Row = list[tuple[str, str, str, bool]]  # of cells: letter, its colour, the one behind it, bold


class Terminal:
    """What a terminal of this size shows of all that it was sent."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._cells = pyte.Screen(*size)
        self._stream = pyte.Stream(self._cells)
        self.frames = 0  # of those that say changes alone

    def take(self, app: App[Any], shown: object) -> None:
        if isinstance(shown, CompositorUpdate):
            self.frames += isinstance(shown, Patches)
            self._stream.feed(shown.render_segments(app.console).replace("\n", ""))

    def rows(self) -> list[Row]:
        width, height = self._cells.columns, self._cells.lines
        rows = [[self._cells.buffer[y][x] for x in range(width)] for y in range(height)]
        return [[(cell.data, cell.fg, cell.bg, cell.bold) for cell in row] for row in rows]


@contextmanager
def on_terminal(size: tuple[int, int]) -> Iterator[Terminal]:
    """A terminal that every screen is painted on meanwhile."""
    terminal, display = Terminal(size), App._display

    def displayed(app: App[Any], screen: Screen[Any], shown: Any) -> None:
        terminal.take(app, shown)
        display(app, screen, shown)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(App, "_display", displayed)
        yield terminal


async def whole(terminal: Terminal, app: App[Any]) -> None:
    """A frame may be on its way: something flashes, or a clock goes on."""
    await until(lambda: terminal.rows() == at_once(app))


def at_once(app: App[Any]) -> list[Row]:
    """All of a screen on a terminal that showed nothing before."""
    terminal = Terminal(app.size)
    strips = app.screen._compositor.render_strips(app.size)
    terminal.take(app, LayoutUpdate([[strip] for strip in strips], app.size.region))
    return terminal.rows()


@pytest.mark.parametrize("size", BOARDS, ids=str)
async def test_a_board_looks_whole_whatever_happened_in_its_hall(size: tuple[int, int]) -> None:
    chance = Random(1)
    with on_terminal(size) as terminal:
        async with board(SLOW, size=size, calls=old_calls(9)) as hung:
            for _ in range(12):
                number, waiting = f"A{chance.randrange(1000):03}", chance.randrange(40)
                match chance.randrange(4):
                    case 0:
                        await hung.hall.call((number, f"Q{chance.randint(1, 12)}"), priority=True)
                    case 1:
                        await hung.hall.call((number, "Q1"), (f"C{number[1:]}", "Q2"))
                    case 2:
                        await hung.hall.show(waiting=in_line(waiting))
                    case _:
                        await hung.hall.show(notice="Nghỉ đến 13:30. " * chance.randrange(9))
                await hung.settled()
                await whole(terminal, hung.app)
            hung.hall.cut(away=True)
            await hung.settled()
            await whole(terminal, hung.app)
    assert terminal.frames > 12


@pytest.mark.parametrize("size", BOARDS, ids=str)
async def test_the_number_called_goes_to_the_terminal_before_anything_else(
    size: tuple[int, int],
) -> None:
    async with board(SLOW, size=size, calls=old_calls(9)) as hung:
        await hung.settled()
        with frames() as shown:
            await hung.hall.call(("A123", "Q1"))
            await until(lambda: len(shown) > 1)
        first, rest = shown[:2]
        number = hung.app.query_one("#number").region
        assert number.contains_region(first)
        assert first.height > 1  # its letters, from edge to edge
        assert not number.contains_region(rest)


@contextmanager
def frames() -> Iterator[list[Region]]:
    """Where something was painted, frame by frame."""
    shown, display = [], App._display

    def displayed(app: App[Any], screen: Screen[Any], what: Any) -> None:
        if isinstance(what, Patches):
            cells = (
                Region(x, y, sum(strip.cell_length for strip in strips), 1)
                for x, y, strips in what._patches
            )
            shown.append(Region.from_union(list(cells)))
        display(app, screen, what)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(App, "_display", displayed)
        yield shown


async def test_a_console_looks_whole_whatever_is_asked_on_it() -> None:
    with on_terminal(CONSOLE) as terminal:
        async with desk(READY, size=CONSOLE) as sits:
            for view, keys in ((CALLED, "b"), (SERVING, "kt"), (SERVING, "?"), (READY, " ")):
                await sits.show(view)
                for key in (*keys, "escape", "f12"):
                    await sits.press(key)
                    await still()
                    await whole(terminal, sits.app)
            await sits.link(online=False)
            await still()
            await whole(terminal, sits.app)
    assert terminal.frames > 4


async def test_a_kiosk_looks_whole_on_every_page() -> None:
    with on_terminal(LOW) as terminal:
        async with kiosk(size=LOW) as stands:
            for key in "1100":
                await stands.press(key)
                await still()
                await whole(terminal, stands.app)
    assert terminal.frames


async def test_a_managers_page_looks_whole_after_it_was_scrolled() -> None:
    with on_terminal(CONSOLE) as terminal:
        async with office(size=CONSOLE) as works:
            for key in ("down", "down", "pagedown", "f2", "down", "f3", "pagedown", "f1"):
                await works.press(key)
                await still()
                await whole(terminal, works.app)
    assert terminal.frames
