"""How much travels to a screen: the bytes of each kind of view in the hall of config.toml, and how
many views a request sends to whom. Whoever is shown nothing new is sent nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from tests.guards.counts import Bound, require
from tests.guards.shipped import OUTCOME, SERVICE, Hall, hall_at_work
from tests.guards.test_statements import take_tickets

WAITING: Final = 200  # a very full hall

# Bytes with twelve people waiting, and with two hundred more: a view tells how many wait, not who.
ONE_SYSTEM_CALL: Final = "a view is to go out at once, thousands of times"
BYTES: Final = {
    "kiosk": Bound(2380, 4000, ONE_SYSTEM_CALL),
    "counter": Bound(580, 2000, ONE_SYSTEM_CALL),
    "board": Bound(1550, 3000, ONE_SYSTEM_CALL),
    "rating": Bound(64, 500, ONE_SYSTEM_CALL),
    "live": Bound(5340, 9000, ONE_SYSTEM_CALL),
    "ticket": Bound(111, 800, ONE_SYSTEM_CALL),
}
ONCE: Final = "a welcome goes to ten thousand screens after a power cut"
WELCOMES: Final = dict.fromkeys(BYTES, Bound(14_000, 20_000, ONCE))

# Views that a whole visit sends to each screen: one of every change, and a new forecast after some.
FEW: Final = "each view is worked out, sent, read and painted"
VISIT: Final = {
    "kiosk-1": Bound(2, 8, FEW),
    "counter-1": Bound(4, 8, FEW),
    "counter-2": Bound(2, 6, FEW),
    "board-1": Bound(3, 7, FEW),
    "rating-1": Bound(2, 4, FEW),
    "manager-1": Bound(4, 8, FEW),
    "phone": Bound(0, 0, "its own visit is over"),
}

# Whoever is shown something new; to all others nothing is sent, not even the same once more.
NEWS: Final[tuple[tuple[str, str, dict[str, Any], set[str]], ...]] = (
    ("manager-1", "send_word", {"text": "Mời ra gặp", "counter": "Q1"}, {"counter-1"}),
    ("counter-1", "read_word", {"word": 1}, {"counter-1"}),
    (
        "kiosk-1",
        "device_state",
        {"device": "printer-1", "trouble": "no_paper"},
        {"counter-1", "counter-2", "manager-1"},
    ),
    ("manager-1", "here", {}, set()),
)


async def test_a_view_is_small_however_many_wait(tmp_path: Path) -> None:
    async with hall_at_work(tmp_path) as hall:
        await hall.visit()
        await take_tickets(hall, 12)
        await hall.counter.ok("call_next")
        require(await sizes(hall), BYTES)
        await take_tickets(hall, WAITING)
        require(await sizes(hall), BYTES)
        require(await sizes(hall, "welcome"), WELCOMES)


async def sizes(hall: Hall, what: str = "view") -> dict[str, float]:
    """Bytes of the newest one that each kind of screen was sent."""
    await hall.settled()
    return {
        screen.view["kind"]: [
            len(frame)
            for frame, heard in zip(screen.frames, screen.heard, strict=True)
            if heard["type"] == what
        ][-1]
        for screen in hall.screens.values()
    }


async def test_a_visit_sends_a_screen_few_views(tmp_path: Path) -> None:
    async with hall_at_work(tmp_path) as hall:
        await hall.visit()
        await hall.settled()
        before = hall.views()
        for who, kind, facts in (
            (hall.kiosk, "take_ticket", {"services": [SERVICE]}),
            (hall.counter, "call_next", {}),
            (hall.counter, "start", {}),
            (hall.counter, "finish", {"outcome": OUTCOME}),
        ):
            await who.ok(kind, **facts)
            await hall.settled()
        require({name: sent - before[name] for name, sent in hall.views().items()}, VISIT)


async def test_whoever_is_shown_nothing_new_is_sent_nothing(tmp_path: Path) -> None:
    async with hall_at_work(tmp_path) as hall:
        for who, kind, facts, told in NEWS:
            await hall.settled()
            before = hall.views()
            await hall.screens[who].ok(kind, **facts)
            await hall.settled()
            sent = {name: views - before[name] for name, views in hall.views().items()}
            assert sent == {name: int(name in told) for name in sent}, kind


async def test_a_refusal_is_sent_to_nobody_else(tmp_path: Path) -> None:
    async with hall_at_work(tmp_path) as hall:
        await hall.settled()
        before = hall.views()
        await hall.counter.refused("start")
        await hall.settled()
        assert hall.views() == before
