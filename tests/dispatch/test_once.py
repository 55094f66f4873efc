"""The same id gets the same answer and is done once; what comes together is written together."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from server import OpenHall
from tests.dispatch.conftest import Enter, OpenFor, Staff, staffed
from tests.dispatch.halls import KIOSKS, PIN
from tests.dispatch.screens import Json, Screen, new_id


async def all_at_once(wishes: Sequence[tuple[Screen, Json]]) -> list[Json]:
    """Every screen asks before any of them is answered."""
    return await asyncio.gather(*(screen.ask(**wish) for screen, wish in wishes))


async def test_the_same_id_twice_at_once_is_done_once(hall: OpenHall, enter: Enter) -> None:
    asked = new_id()
    kiosks = [await enter(hall, "kiosk", f"kiosk-{n}") for n in (1, 2)]
    wish = {"kind": "take_ticket", "request_id": asked, "services": ["CT01"]}
    await all_at_once([(kiosk, wish) for kiosk in kiosks])
    assert kiosks[0].answers(asked) == kiosks[1].answers(asked)
    assert hall.dispatcher.hall.issued == 1


async def test_the_same_id_twice_in_one_breath_is_done_once(staff: Staff, hall: OpenHall) -> None:
    asked = new_id()
    wish = {"kind": "take_ticket", "services": ["CT01"]}
    for _ in range(2):
        await staff.kiosk.send({"type": "request", "id": asked, "do": wish})
    await staff.kiosk.until(lambda: len(staff.kiosk.answers(asked)) == 2)
    assert len(set(staff.kiosk.answers(asked))) == 1
    assert hall.dispatcher.hall.issued == 1


async def test_the_same_id_after_a_restart_gets_the_same_bytes(
    opened: OpenFor, enter: Enter
) -> None:
    taken, refused = new_id(), new_id()
    answers = []
    for _ in range(3):
        async with opened() as hall:
            kiosk = await enter(hall, "kiosk", "kiosk-1")
            await kiosk.ask("take_ticket", taken, services=["CT01"])
            await kiosk.ask("take_ticket", refused, services=["NONE"])
            answers.append(kiosk.answers(taken) + kiosk.answers(refused))
            assert hall.dispatcher.hall.issued == 1
    assert answers[0] == answers[1] == answers[2]


async def test_an_id_the_memory_has_lost_is_found_in_the_records(
    opened: OpenFor, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dispatch.dispatcher.MAX_REMEMBERED", 2)
    async with opened() as hall:
        kiosks = [await enter(hall, "kiosk", f"kiosk-{n}") for n in range(1, 6)]
        first = new_id()
        await kiosks[0].ask("take_ticket", first, services=["CT01"])
        for kiosk in kiosks:
            await kiosk.ok("take_ticket", services=["CT01"])
        again: list[tuple[Screen, Json]] = [
            (kiosk, {"kind": "take_ticket", "services": ["CT01"]}) for kiosk in kiosks[1:]
        ]
        again.insert(
            2, (kiosks[0], {"kind": "take_ticket", "services": ["CT01"], "request_id": first})
        )
        others = await all_at_once(again)
        assert len(set(kiosks[0].answers(first))) == 1
        assert {answer["ok"]["ticket"] for answer in others} == {
            "A001",
            "A007",
            "A008",
            "A009",
            "A010",
        }
        assert hall.dispatcher.hall.issued == 10


async def test_two_officers_who_press_next_together_get_two_citizens_in_one_commit(
    hall: OpenHall, staff: Staff, enter: Enter
) -> None:
    second = await enter(hall, "counter", "counter-2")
    await second.ok("sign_in", officer="minh", pin=PIN)
    await second.ok("open")
    for _ in range(2):
        await staff.kiosk.ok("take_ticket", services=["CT01"])
    before = hall.dispatcher.committed.count
    answers = await all_at_once(
        [(staff.counter, {"kind": "call_next"}), (second, {"kind": "call_next"})]
    )
    assert {answer["ok"]["ticket"] for answer in answers} == {"A001", "A002"}
    assert hall.dispatcher.committed.count == before + 1


async def test_a_crowd_of_requests_shares_few_commits_and_nobody_shares_a_number(
    hall: OpenHall, enter: Enter
) -> None:
    kiosks = [await enter(hall, "kiosk", f"kiosk-{n}") for n in range(1, KIOSKS + 1)]
    before = hall.dispatcher.committed.count
    answers = await all_at_once(
        [(k, {"kind": "take_ticket", "services": ["CT01"]}) for k in kiosks]
    )
    numbers = {answer["ok"]["ticket"] for answer in answers}
    assert numbers == {f"A{n:03d}" for n in range(1, KIOSKS + 1)}
    assert hall.dispatcher.committed.count - before <= 12


async def test_a_restart_loses_nothing_and_revisions_go_on(opened: OpenFor, enter: Enter) -> None:
    async with opened() as hall:
        staff = await staffed(hall, enter)
        await staff.kiosk.ok("take_ticket", services=["CT01"])
        await staff.counter.ok("call_next")
        await staff.counter.until(lambda: staff.counter.view.get("ticket"))
        before, revs = staff.counter.view, staff.counter.revs
    async with opened() as hall:
        counter = await enter(hall, "counter", "counter-1")
        assert counter.view == before
        await counter.ok("start")
        await counter.until(lambda: counter.view["ticket"]["stage"] == "serving")
    revs += counter.revs
    assert revs == sorted(revs)
    assert revs[-1] > revs[0]
