"""What screens are told: whole views, the newest, only when they differ; and goodbye."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from itertools import pairwise

import msgspec
import pytest

from dispatch import outbox
from hall.model import Service
from link import messages as m
from server import WRITE_LIMIT, OpenHall
from tests.dispatch.conftest import Enter, OpenFor, Staff, staffed
from tests.dispatch.halls import PIN, with_setup
from tests.dispatch.http import get
from tests.dispatch.screens import Screen, screen

CHANGES = 40  # of a large view; so many more until the machine's network buffers hold no more


def says(screen: Screen, what: str, value: str) -> bool:
    return bool(screen.view.get(what) == value)


async def test_every_view_and_answer_is_one_the_wire_defines(
    hall: OpenHall, staff: Staff, enter: Enter
) -> None:
    rating = await enter(hall, "rating", "rating-1")
    taken = await staff.kiosk.ok("take_ticket", services=["CT01", "HT01"], group="elderly")
    holder = await enter(hall, "ticket", "phone", taken["token"])
    await staff.kiosk.ok("printed", ticket="A001", ok=False, trouble="paper_out")
    await staff.counter.ok("call_next")
    await staff.counter.ok("finish", outcome="received")
    await rating.until(lambda: rating.view.get("ticket") == "A001")
    everybody = [*vars(staff).values(), rating, holder]
    for heard in everybody:
        for frame in heard.frames:
            msgspec.json.decode(frame, type=m.FromServer)
    kinds = {heard.view["kind"] for heard in everybody}
    assert kinds == {str(view.__struct_config__.tag) for view in m.AnyView.__args__}


async def test_a_view_is_sent_only_when_it_changed(
    staff: Staff, enter: Enter, hall: OpenHall
) -> None:
    seen = len(staff.kiosk.of_type("view"))
    await staff.manager.ok("set_service", service="HT01", open=True)
    await staff.counter.ok("pause", reason="lunch")
    await staff.manager.ok("notice", text="Xin chào")
    await staff.kiosk.until(lambda: staff.kiosk.view.get("notice") == "Xin chào")
    views = [msgspec.json.encode(message["view"]) for message in staff.kiosk.of_type("view")]
    assert len(views) > seen
    assert all(one != other for one, other in pairwise(views))


async def test_whoever_asked_is_answered_before_anybody_is_shown_what_changed(staff: Staff) -> None:
    counter = staff.counter
    await staff.kiosk.ok("take_ticket", services=["CT01"])
    await counter.until(lambda: counter.view.get("next"))
    for kind, stage in (("call_next", "called"), ("start", "serving")):
        seen = len(counter.heard)
        await counter.ok(kind)
        await counter.until(lambda: _stage(counter) == stage)  # noqa: B023
        assert [message["type"] for message in counter.heard[seen:][:2]] == ["answer", "view"]


def _stage(counter: Screen) -> str | None:
    ticket: dict[str, str] = counter.view.get("ticket") or {}
    return ticket.get("stage")


async def test_a_screen_that_does_not_read_costs_little_and_gets_the_newest_view_later(
    opened: OpenFor, enter: Enter
) -> None:
    many = {f"S{n}": Service(code=f"S{n}", field="A", mean_s=300) for n in range(300)}
    async with opened(with_setup(services=many)) as hall, frozen(hall, "kiosk-2") as kiosk:
        quick = await enter(hall, "kiosk", "kiosk-1")
        manager = await enter(hall, "manager", "manager-1")
        await manager.ok("sign_in", officer="hoa", pin=PIN)
        last, owed, skipped = 0, 0.0, 0.0
        while not (owed and skipped):
            for last in range(last + 1, last + 1 + CHANGES):  # noqa: B020
                await manager.ok("notice", text=str(last))
            owed, skipped = await _figures(hall, "owed_bytes", "views_skipped_total")
        await quick.until(lambda: quick.view.get("notice") == str(last))
        assert owed <= WRITE_LIMIT + m.MAX_VIEW
        kiosk.connection.transport.resume_reading()
        await kiosk.until(lambda: kiosk.view.get("notice") == str(last))
        assert len(kiosk.of_type("view")) < len(quick.of_type("view"))
        assert kiosk.revs == sorted(kiosk.revs)


@asynccontextmanager
async def frozen(hall: OpenHall, device: str) -> AsyncIterator[Screen]:
    """A kiosk that reads nothing after its first view, over a narrow line."""
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    narrow.connect(("127.0.0.1", hall.port))
    async with screen(hall.url, "kiosk", device, sock=narrow) as kiosk:
        kiosk.connection.transport.pause_reading()
        yield kiosk


async def _figures(hall: OpenHall, *names: str) -> list[float]:
    _, body = await get(hall, "/metrics")
    figures = dict(line.split() for line in body.decode().splitlines() if line[0] != "#")
    return [float(figures[f"motcua_{name}"]) for name in names]


@pytest.mark.parametrize("together", [1, 3])
async def test_screens_that_are_told_one_after_the_other_all_get_the_newest_view(
    hall: OpenHall, enter: Enter, monkeypatch: pytest.MonkeyPatch, together: int
) -> None:
    monkeypatch.setattr(outbox, "SLICE", together)
    staff = await staffed(hall, enter)
    taken = await staff.kiosk.ok("take_ticket", services=["CT01"])
    holders = [await enter(hall, "ticket", f"phone-{n}", taken["token"]) for n in range(8)]
    for n in range(5):
        await staff.manager.ok("notice", text=f"{n}")
    await staff.counter.ok("call_next")
    for holder in holders:
        await holder.until(partial(says, holder, "stage", "called"))
    for told in (staff.kiosk, staff.board):
        await told.until(partial(says, told, "notice", "4"))
    await staff.board.until(lambda: staff.board.view["calls"])


async def test_a_screen_that_goes_while_others_are_told_holds_up_nobody(
    hall: OpenHall, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "SLICE", 1)
    staff = await staffed(hall, enter)
    taken = await staff.kiosk.ok("take_ticket", services=["CT01"])
    holders = [await enter(hall, "ticket", f"phone-{n}", taken["token"]) for n in range(8)]
    asked = asyncio.create_task(staff.counter.ok("call_next"))
    for holder in holders[::2]:
        holder.connection.transport.abort()
    await asked
    for holder in holders[1::2]:
        await holder.until(partial(says, holder, "stage", "called"))


async def test_revisions_only_grow(staff: Staff) -> None:
    for _ in range(5):
        await staff.kiosk.ok("take_ticket", services=["CT01"])
        await staff.counter.ok("call_next")
        await staff.counter.ok("finish", outcome="received")
    for heard in vars(staff).values():
        assert heard.revs == sorted(heard.revs)


async def test_a_closing_server_says_goodbye_to_everybody(opened: OpenFor, enter: Enter) -> None:
    async with opened() as hall:
        staff = await staffed(hall, enter)
        taken = await staff.kiosk.ok("take_ticket", services=["CT01"])
        holder = await enter(hall, "ticket", "phone", taken["token"])
    for heard in [*vars(staff).values(), holder]:
        assert await heard.farewell() == "restart"
    async with opened() as hall:
        counter = await enter(hall, "counter", "counter-1")
        assert counter.view["officer"] == "lan"
        assert (await counter.ok("call_next"))["ticket"] == "A001"
        manager = await enter(hall, "manager", "manager-1")
        assert (await manager.refused("notice", text="?"))["reason"] == "not_signed_in"
        await manager.ok("sign_in", officer="hoa", pin=PIN)
