"""What is painted for one thing that happens. Whatever did not change stays as it is, or screens
flicker, and one that is told fifty times a minute does nothing but paint.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import msgspec

from display.stage import Banner
from link.messages import AnyView
from terminal.pane import Pane, ViewChanged
from tests.guards.counts import Bound, require
from tests.guards.painted import Painted, painting, still
from tests.screens.boards import SLOW, board, old_calls
from tests.screens.consoles import READY, SERVING, desk
from tests.screens.kiosk_halls import kiosk, view
from tests.screens.managers import busy, office
from tests.screens.rating_halls import finished, rating
from tests.waiting import until

BOARD: Final = (160, 45)
CONSOLE: Final = (100, 30)
TICKS: Final = 8
STANDS_STILL: Final = {**SLOW, "languages": ["vi"]}  # no name comes round in another language


class Most(NamedTuple):
    """Each as it was counted when this was written, and what is put up with."""

    widgets: tuple[int, int]
    layouts: tuple[int, int]
    bytes: tuple[int, int]
    why: str


NOTHING: Final = (0, 0)
SAME: Final = Most(NOTHING, NOTHING, NOTHING, "what is the same is not painted again")
ALONE: Final = "a board is shown every ticket of the hall: only what changed is painted"
WHOLE: Final = "another page, painted once"
COSTS: Final = {
    "a board: a call": Most((3, 8), (0, 1), (9500, 16_000), ALONE),
    "a board: it flashes": Most((10, 15), (0, 1), (1300, 3000), ALONE),
    "a board: one more waits": Most((1, 3), NOTHING, (130, 500), ALONE),
    "a board: the same": SAME,
    "a kiosk: one more waits": Most((1, 4), NOTHING, (620, 1500), "a tile, and not the page"),
    "a kiosk: a key": Most((43, 90), (2, 4), (6400, 13_000), WHOLE),
    "a kiosk: the same": SAME,
    "a kiosk: time passes": SAME,
    "a console: a ticket": Most((61, 120), (2, 4), (13_200, 26_000), WHOLE),
    "a console: the queue": Most((4, 12), (2, 4), (2000, 5000), "the queue, and not the console"),
    "a console: a key": Most((8, 30), (2, 4), (21_500, 40_000), WHOLE),
    "a console: the same": SAME,
    "a console: time passes": SAME,
    "a manager: one figure": Most((1, 4), NOTHING, (120, 500), "a figure, and not the page"),
    "a manager: the same": SAME,
    "a manager: time passes": SAME,
    "a rating screen: it asks": Most((65, 250), (3, 6), (12_000, 25_000), WHOLE),
    "a rating screen: the same": SAME,
    "a rating screen: time passes": SAME,
}


def require_little(what: str, painted: Painted) -> None:
    most = COSTS[what]
    require(
        {
            f"{what}: widgets": len(painted.widgets),
            f"{what}: layouts": painted.layouts,
            f"{what}: bytes": painted.bytes,
        },
        {
            f"{what}: widgets": Bound(*most.widgets, most.why),
            f"{what}: layouts": Bound(*most.layouts, most.why),
            f"{what}: bytes": Bound(*most.bytes, most.why),
        },
    )


async def shown(pane: Pane[Any], new: AnyView) -> None:
    pane.post_message(ViewChanged(new))
    await until(lambda: pane.view is new)
    await still()


async def test_a_board_paints_a_call_and_nothing_else() -> None:
    async with board(STANDS_STILL, size=BOARD, calls=old_calls(12)) as hung:
        banner = hung.app.query_one(Banner)
        await hung.hall.call(("A105", "Q3"))
        await until(lambda: hung.number == "A105")
        await until(lambda: not banner.flashes)
        with painting() as called:
            await hung.hall.call(("A106", "Q4"))
            await until(lambda: hung.number == "A106")
            await still()
        with painting() as flashed:
            await until(lambda: not banner.flashes)
    require_little("a board: a call", called)
    require_little("a board: it flashes", flashed)


async def test_a_board_paints_one_more_who_waits_and_nothing_else() -> None:
    async with board(STANDS_STILL, size=BOARD, calls=old_calls(12)) as hung:
        await still()
        first, *others = hung.hall.view.waiting
        with painting() as waits:
            more = msgspec.structs.replace(first, waiting=first.waiting + 1)
            await hung.hall.show(waiting=[more, *others])
            await until(lambda: str(more.waiting) in hung.text)
            await still()
        with painting() as same:
            await shown(hung.pane, msgspec.structs.replace(hung.hall.view))
    require_little("a board: one more waits", waits)
    require_little("a board: the same", same)


async def test_a_kiosk_paints_what_is_new() -> None:
    async with kiosk() as stands:
        await still()
        with painting() as same:
            await shown(stands.pane, view())
        with painting() as waits:
            await shown(stands.pane, view(waiting=7))
        with painting() as pressed:
            await stands.press("1")
            await still()
        await stands.press("*")
        await still()
        with painting() as passes:
            for _ in range(TICKS):
                await stands.wait(0)
            await still()
    require_little("a kiosk: the same", same)
    require_little("a kiosk: one more waits", waits)
    require_little("a kiosk: a key", pressed)
    require_little("a kiosk: time passes", passes)


async def test_a_console_paints_what_is_new() -> None:
    async with desk(READY, CONSOLE) as sits:
        await still()
        with painting() as same:
            await sits.show(msgspec.structs.replace(READY))
            await still()
        with painting() as queue:
            await sits.show(msgspec.structs.replace(READY, queue=READY.queue[:1]))
            await still()
        with painting() as pressed:
            await sits.press("h")
            await still()
        await sits.press("escape")
        with painting() as ticket:
            await sits.show(SERVING)
            await still()
        with painting() as passes:
            for _ in range(TICKS):
                sits.pane._tick()
            await still()
    require_little("a console: the same", same)
    require_little("a console: the queue", queue)
    require_little("a console: a key", pressed)
    require_little("a console: a ticket", ticket)
    require_little("a console: time passes", passes)


async def test_a_manager_is_painted_what_is_new() -> None:
    today = busy().today
    async with office(size=CONSOLE) as sits:
        await still()
        with painting() as same:
            await sits.show(busy())
            await still()
        with painting() as figure:
            await sits.show(busy(today=msgspec.structs.replace(today, issued=today.issued + 1)))
            await still()
        with painting() as passes:
            for _ in range(TICKS):
                sits.pane._tick()
            await still()
    require_little("a manager: the same", same)
    require_little("a manager: one figure", figure)
    require_little("a manager: time passes", passes)


async def test_a_rating_screen_paints_what_is_new() -> None:
    async with rating() as stands:
        await still()
        with painting() as asks:
            await shown(stands.pane, finished())
        with painting() as same:
            await shown(stands.pane, finished())
        with painting() as passes:
            for _ in range(TICKS):
                stands.pane._tick()
            await still()
    require_little("a rating screen: it asks", asks)
    require_little("a rating screen: the same", same)
    require_little("a rating screen: time passes", passes)
